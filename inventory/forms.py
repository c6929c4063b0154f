"""Shapes: what pages of parts, units and notices send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.forms import PhotosField
from inventory.event_words import DIFFERENCES
from inventory.files.tables import SIZE_LIMIT


class FileForm(forms.Form):
    """A file to be read in."""

    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, at most 20 MB"))

    def clean_file(self) -> Any:
        """No larger than what is read."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > SIZE_LIMIT:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return file


class PlaceForm(forms.Form):
    """Where goods are put."""

    location = forms.CharField(label=_("Place"), max_length=60)


class LotForm(PlaceForm):
    """A quantity of an announced lot."""

    line = forms.IntegerField(label=_("Line"), widget=forms.HiddenInput)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=14, decimal_places=4, localize=False)


class HoldForm(forms.Form):
    """What is to be held, one number a line, and why."""

    targets = forms.CharField(
        label=_("Units and lots"),
        help_text=_("Tags, serials or lot numbers, one a line"),
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en"}),
        max_length=40_000,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def targets_list(self) -> list[str]:
        """The lines that are not blank, each once."""
        lines = (line.strip() for line in str(self.cleaned_data["targets"]).splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class DiscrepancyForm(forms.Form):
    """What came otherwise than announced. `lines`: (number, words) of the notice's lines."""

    kind = forms.ChoiceField(
        label=_("What is different"),
        choices=[(code, words) for code, (_state, words) in DIFFERENCES.items()],
        widget=forms.RadioSelect,
    )
    code = forms.CharField(
        label=_("Label"),
        required=False,
        max_length=200,
        help_text=_("Scan the label of the damaged or wrong part"),
        widget=forms.TextInput(attrs={"inputmode": "none", "lang": "en", "autocomplete": "off", "autofocus": True}),
    )
    line = forms.TypedChoiceField(label=_("Line"), required=False, coerce=int)
    quantity = forms.DecimalField(
        label=_("Quantity"), max_digits=14, decimal_places=4, localize=False, initial=1, min_value=0
    )
    text = forms.CharField(label=_("Remark"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    photos = PhotosField()

    def __init__(self, *given: Any, lines: list[tuple[int, str]], **others: Any) -> None:
        super().__init__(*given, **others)
        self.fields["line"].choices = [("", "–"), *lines]  # type: ignore[attr-defined]

    def report(self) -> dict[str, Any]:
        """The fields of a DiscrepancyReport."""
        told = dict(self.cleaned_data)
        return told | {"line": told["line"] or 0}


class DecisionForm(forms.Form):
    """How a discrepancy is settled. A place is asked for only where something is received by it."""

    settlement = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    location = forms.ChoiceField(
        label=_("Place"), required=False, help_text=_("Where the surplus is put when it is accepted")
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(
        self, *given: Any, fitting: list[tuple[str, str]], places: list[tuple[str, str]], **others: Any
    ) -> None:
        super().__init__(*given, **others)
        self.fields["settlement"].choices = fitting  # type: ignore[attr-defined]
        self.fields["location"].choices = places  # type: ignore[attr-defined]
        if not places:
            del self.fields["location"]


def searched(text: str | None) -> str:
    """What a reader searches for: printable, trimmed, at most 100 characters."""
    return "".join(char for char in text or "" if char.isprintable()).strip()[:100]


class UnitFilterForm(forms.Form):
    """The filters of the list of units; whatever cannot be read narrows nothing."""

    q = forms.CharField(required=False, max_length=200)
    part = forms.CharField(required=False, max_length=200)
    kind = forms.CharField(required=False, max_length=60)
    location = forms.CharField(required=False, max_length=60)
    supplier = forms.CharField(required=False, max_length=60)
    state = forms.ChoiceField(required=False, choices=[(name, name) for name in ("free", "fitted", "held", "ended")])

    def chosen(self) -> dict[str, Any]:
        """What was chosen, by filter; unreadable values are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class SettlementForm(forms.Form):
    """How a refused scan is settled: a button carries the way, or way and reason in one (`way|reason`)."""

    how = forms.CharField(max_length=200)
    reason = forms.CharField(label=_("In your own words"), max_length=500, required=False)

    def arguments(self) -> dict[str, str]:
        """What the operation takes. A ready reason comes first, own words after it."""
        how, _bar, ready = str(self.cleaned_data["how"]).partition("|")
        own = str(self.cleaned_data["reason"]).strip()
        return {"how": how, "reason": " · ".join(text for text in (ready, own) if text)}


class ReturnForm(ReasonForm):
    """A unit that goes back to its supplier."""

    unit = forms.CharField(label=_("Unit"), help_text=_("Tag or serial"), max_length=200)
    field_order = ("unit", "reason")


class TradeCheckForm(forms.Form):
    """The trade-control check of a return."""

    gaihi = forms.ChoiceField(label=_("Judgement (該非判定)"), choices=[])
    eccn = forms.CharField(label="ECCN", max_length=20)
    destination = forms.CharField(label=_("Country it goes to, two letters"), max_length=2)
    basis = forms.CharField(label=_("What the judgement rests on"), max_length=300)
    licence = forms.CharField(
        label=_("Licence or exception"),
        help_text=_("Needed where a listed item leaves the country"),
        max_length=100,
        required=False,
    )

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["gaihi"].choices = choices  # type: ignore[attr-defined]


class SendingForm(forms.Form):
    """How a return leaves."""

    carrier = forms.CharField(label=_("Carrier"), max_length=100)
    tracking = forms.CharField(label=_("Tracking number"), max_length=100, required=False)


class ReturnOutcomeForm(forms.Form):
    """What became of a return."""

    outcome = forms.ChoiceField(label=_("What became of it"), choices=[])
    location_code = forms.CharField(
        label=_("Place"), help_text=_("Where it is, if it came back"), max_length=60, required=False
    )
    replacement = forms.CharField(label=_("Serial of the replacement"), max_length=200, required=False)
    remarks = forms.CharField(label=_("Remarks"), max_length=500, required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
