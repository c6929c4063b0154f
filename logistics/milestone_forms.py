"""Shapes: what the page of milestones by scan sends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.operations.milestones import LEG_KINDS

MINUTES_AGO = (0, 5, 15, 30, 60)
"""Minutes before the scan that are one touch away."""
EARLIEST_MINUTES = 7 * 24 * 60
"""Minutes before the scan that may be typed: a week. What is older is entered with its day on the shipment's page."""


def end_value(number: int, kind: str) -> str:
    """An end of a leg as a button of the form sends it: `2:leg_departed`."""
    return f"{number}:{kind}"


class MilestoneScanForm(forms.Form):
    """An end of a leg, and how long before the scan it happened. What was scanned comes along as `code`.

    The moment counts back from the scan, not from the press: the same press sent again on a bad line is the same
    report."""

    end = forms.RegexField(rf"^[1-9]:({'|'.join(LEG_KINDS)})$")
    scanned_at = forms.DateTimeField(widget=forms.HiddenInput)
    ago = forms.TypedChoiceField(label=gettext_lazy("Happened at"), coerce=int, widget=forms.RadioSelect, initial=0)
    minutes = forms.IntegerField(
        label=gettext_lazy("Or minutes ago"), min_value=0, max_value=EARLIEST_MINUTES, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "lang": "en", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, clock: dict[int, str] | None = None, **kwargs: Any) -> None:
        """`clock`: the time of day that so many minutes ago were, as the buttons say it."""
        super().__init__(*args, **kwargs)
        clock = clock or {}
        words = {minutes: _("%(n)d min ago") % {"n": minutes} if minutes else _("now") for minutes in MINUTES_AGO}
        choices = [(minutes, f"{word} {clock.get(minutes, '')}".strip()) for minutes, word in words.items()]
        self.fields["ago"].choices = choices  # type: ignore[attr-defined]

    def report(self) -> dict[str, Any]:
        """Leg, kind and moment, as a Report takes them."""
        number, _colon, kind = self.cleaned_data["end"].partition(":")
        typed = self.cleaned_data["minutes"]
        minutes = self.cleaned_data["ago"] if typed is None else typed
        scanned_at: datetime = self.cleaned_data["scanned_at"]
        return {
            "milestone": kind,
            "leg_number": int(number),
            "occurred_at": scanned_at - timedelta(minutes=minutes),
        }
