"""Shapes: what the pages of disruptions and new plans send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.models.disruptions import DISRUPTION_KINDS

KIND_WORDS: dict[str, Any] = {
    "ferry_stopped": _("Ferry stopped"),
    "port_closed": _("Port closed"),
    "road_closed": _("Road closed"),
    "typhoon": _("Typhoon"),
    "heavy_rain": _("Heavy rain"),
    "licence_delay": _("Licence delay"),
    "air_capacity": _("Air capacity short"),
    "other": _("Other"),
}
GRADE_WORDS = [
    ("A", _("A: official or measured")),
    ("B", _("B: published, a carrier's notice")),
    ("C", _("C: assumed, by phone")),
]
Choices = list[tuple[str, str]]


def moment_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateTimeField:
    """A moment in the plant's time."""
    return forms.DateTimeField(
        label=label, required=required, help_text=help_text,
        input_formats=["%Y-%m-%dT%H:%M", "%Y/%m/%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip


class ExpectationForm(forms.Form):
    """When it is believed to end, and who says so."""

    p50_at = moment_field(_("Expected end (P50)"))
    p10_at = moment_field(
        _("At the earliest (P10)"), required=False, help_text=_("Blank: 0.7 of the length, an assumption")
    )
    p90_at = moment_field(
        _("At the latest (P90)"), required=False, help_text=_("Blank: 1.6 times the length, an assumption")
    )
    source = forms.CharField(
        label=_("Source"), max_length=200, help_text=_("Carrier's notice, JMA text, phone call with whom")
    )
    grade = forms.ChoiceField(label=_("Grade"), choices=GRADE_WORDS, initial="B")


class DisruptionForm(ExpectationForm):
    """Something that stops legs."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind, KIND_WORDS[kind]) for kind in DISRUPTION_KINDS])
    headline = forms.CharField(label=_("Headline"), max_length=120)
    begins_at = moment_field(_("Begins at"))
    carrier = forms.ChoiceField(label=_("All legs of a carrier"), required=False)
    mode = forms.ChoiceField(label=_("All legs of a mode"), required=False)
    place = forms.ChoiceField(label=_("All legs from or to a place"), required=False)
    legs = forms.MultipleChoiceField(
        label=_("Single legs"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Carrier, mode and place together mean the legs that fit all of them; single legs are added."),
    )  # fmt: skip

    field_order = (
        "kind", "headline", "begins_at", "p50_at", "p10_at", "p90_at", "source", "grade", "carrier", "mode", "place",
        "legs",
    )  # fmt: skip

    def __init__(
        self, *args: Any, carriers: Choices, modes: Choices, places: Choices, legs: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("carrier", carriers), ("mode", modes), ("place", places)):
            self.fields[name].choices = [("", "–"), *choices]  # type: ignore[attr-defined]
        self.fields["legs"].choices = legs  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """It is over."""

    ended_at = moment_field(_("Ended at"), required=False, help_text=_("Blank: now"))


class ReplanForm(forms.Form):
    """A shipment that has not left, planned anew."""

    lane = forms.ChoiceField(label=_("Lane"))
    carrier = forms.ChoiceField(label=_("Carrier"))
    planned_departure_at = moment_field(_("Planned departure"))
    need_by = forms.DateField(
        label=_("Needed by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Blank: the day stays"),
    )  # fmt: skip
    disruption = forms.ChoiceField(label=_("Because of"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    accepted_because = forms.CharField(
        label=_("Why it may go against a calendar"), max_length=300, required=False,
        help_text=_("Only where a gate, a carrier or the site is closed: what was agreed, with whom. It is kept."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, lanes: Choices, carriers: Choices, disruptions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, lane=lanes, carrier=carriers, disruption=[("", "–"), *disruptions])


class RerouteForm(forms.Form):
    """A shipment on its way that goes on by another lane."""

    place = forms.CharField(label=_("Where it turns"), max_length=120)
    lane = forms.ChoiceField(label=_("Goes on by"))
    from_leg = forms.IntegerField(label=_("From leg"), min_value=1, max_value=9)
    carrier = forms.ChoiceField(label=_("Carrier"), required=False)
    disruption = forms.ChoiceField(label=_("Because of"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, lanes: Choices, carriers: Choices, disruptions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, lane=lanes, carrier=[("", "–"), *carriers], disruption=[("", "–"), *disruptions])


def _choose(form: forms.Form, **choices: Choices) -> None:
    for name, rows in choices.items():
        form.fields[name].choices = rows  # type: ignore[attr-defined]
