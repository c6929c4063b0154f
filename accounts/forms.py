"""Shapes of the forms about people and devices: text → plain values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy


class DeviceForm(forms.Form):
    """Which station this device stands at, and what people call it."""

    station = forms.ChoiceField(label=pgettext_lazy("place", "Station"))
    name = forms.CharField(
        label=gettext_lazy("Name of the device"),
        max_length=60,
        help_text=gettext_lazy("What stands on it: “tablet A1-1”."),
    )

    def __init__(self, *args: Any, stations: list[tuple[str, str]], **others: Any) -> None:
        super().__init__(*args, **others)
        self.fields["station"].choices = stations  # type: ignore[attr-defined]


class IdleLockForm(forms.Form):
    """After how many minutes the devices of a station lock themselves."""

    station = forms.CharField(max_length=60)
    minutes = forms.IntegerField(min_value=0, max_value=240)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class BadgeForm(forms.Form):
    """What the card says to a scanner; empty makes a fresh one."""

    scan_text = forms.CharField(
        label=gettext_lazy("Scan the card"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Empty: Genpin makes a code of its own, to be printed on a card."),
    )


class PinForm(forms.Form):
    """A new PIN, twice."""

    pin = forms.RegexField(
        r"^[0-9]{6,8}$",
        label=gettext_lazy("New PIN"),
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Six to eight digits.")},
    )
    again = forms.CharField(
        label=gettext_lazy("The PIN again"),
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both the same, and not one digit over and over or a run of them."""
        told = super().clean() or {}
        pin = told.get("pin", "")
        if pin and pin != told.get("again"):
            self.add_error("again", _("The two are not the same."))
        elif pin and (len(set(pin)) == 1 or pin in "01234567890" or pin in "09876543210"):
            self.add_error("pin", _("Everybody would guess that one."))
        return told
