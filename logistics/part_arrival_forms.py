"""Shapes: what the page sends of a shipment that arrives in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.forms import MOMENTS, FoundForm, moment_input

REASONS: dict[str, Any] = {
    "left_behind": _("left behind"),
    "other_vehicle": _("on another vehicle"),
    "unknown": _("nobody knows where"),
}


@dataclass(slots=True)
class CrateToFind:
    """A crate that may be at the dock: its SSCC, the rack in it, the serials of its indicators and loggers."""

    sscc: str
    rack: str = ""
    serials: list[str] = field(default_factory=list)
    loggers: list[str] = field(default_factory=list)


class CratesForm(FoundForm):
    """The crates that are at the dock, by scan; of each how it was found. `late`: they come after the others of their
    shipment; else it is said of each of the others why it is not here. The page sends `late` as it was shown: what
    arrives meanwhile makes no other act of a form that is open."""

    late = forms.BooleanField(required=False, widget=forms.HiddenInput)
    here = forms.CharField(
        label=_("Crates that are here (SSCC, one a line)"),
        help_text=_("Scan every crate that stands at the dock"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en", "spellcheck": "false", "autofocus": True}),
    )
    handed_by = forms.CharField(label=_("Handed over by (driver)"), max_length=60, required=False)
    occurred_at = forms.DateTimeField(
        label=_("Happened at"),
        input_formats=MOMENTS,
        widget=moment_input(),
        help_text=_("Blank: just now"),
        required=False,
    )

    def __init__(self, *args: Any, crates: Sequence[CrateToFind], seals: list[str], late: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.crates, self.says_why = crates, not late
        serials = [serial for one in crates for serial in one.serials]
        loggers = [serial for one in crates for serial in one.loggers]
        self.add_found(seals, serials, loggers, must_read=False, sealed=not late)
        for name in (*(f"indicator-{serial}" for serial in serials), *(f"logger-{serial}" for serial in loggers)):
            self.fields[name].need = _("required if it is here")  # type: ignore[attr-defined]
        for one in crates if self.says_why else ():
            choices = [("", _("it is here")), *REASONS.items()]
            label = _("Not here because")
            self.fields[f"why-{one.sscc}"] = forms.ChoiceField(label=label, choices=choices, required=False)
            where = forms.CharField(label=_("Left where, or on which vehicle"), max_length=120, required=False)
            where.need = _("required if it was left behind")  # type: ignore[attr-defined]
            self.fields[f"where-{one.sscc}"] = where

    @property
    def common(self) -> Iterator[forms.BoundField]:
        """The fields of the whole load: who handed it over, when, its seals."""
        return (one for one in self if one.name in ("handed_by", "occurred_at") or one.name.startswith("seal-"))

    @property
    def groups(self) -> Iterator[dict[str, Any]]:
        """Each crate with its fields."""
        for one in self.crates:
            names = [f"{stem}-{one.sscc}" for stem in ("why", "where") if self.says_why]
            names += [f"indicator-{serial}" for serial in one.serials]
            names += [f"logger-{serial}" for serial in one.loggers]
            yield {"sscc": one.sscc, "rack": one.rack, "fields": [self[name] for name in names]}

    def absent(self) -> list[tuple[str, str, str]]:
        """(SSCC, reason, place) of each crate that is said not to be here."""
        given = self.cleaned_data
        rows = [(one.sscc, given[f"why-{one.sscc}"], given[f"where-{one.sscc}"]) for one in self.crates]
        return [row for row in rows if row[1]]


class ReceivingForm(forms.Form):
    """The crates of a shipment in parts whose receiving is finished: those that its presser sees."""

    crates = forms.MultipleChoiceField(
        label=_("Crates whose receiving is finished"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Take out those that are still open: their clock goes on"),
    )  # fmt: skip

    def __init__(self, *args: Any, crates: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["crates"] = [sscc for sscc, _rack in crates]
        self.fields["crates"].choices = [(sscc, f"{sscc}  {rack}") for sscc, rack in crates]  # type: ignore[attr-defined]
