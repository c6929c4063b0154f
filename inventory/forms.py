"""Shapes: what pages of parts, units and notices send."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.forms import PhotosField
from inventory.event_words import DIFFERENCES, PLAN_KINDS
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


class PieceForm(forms.Form):
    """What somebody saw on one piece: the button that was pressed, values by point, points that are NG to the eye."""

    code = forms.CharField(required=False, max_length=200)
    ok = forms.TypedChoiceField(choices=[("1", "OK"), ("0", "NG")], coerce=lambda value: value == "1")
    defect = forms.CharField(label=_("What is wrong"), required=False, max_length=500)
    photos = PhotosField()

    def __init__(self, *given: Any, points: list[Any], **others: Any) -> None:
        super().__init__(*given, **others)
        visual = [(point.number, point.text) for point in points if point.kind == "visual"]
        self.fields["failed"] = forms.TypedMultipleChoiceField(choices=visual, coerce=int, required=False)
        self.measured = [point for point in points if point.kind == "measured"]
        for point in self.measured:
            self.fields[f"v_{point.number}"] = forms.DecimalField(
                label=point.text, required=False, max_digits=14, decimal_places=4, localize=False
            )

    def values(self) -> list[tuple[int, Decimal]]:
        """The values that were entered, by the number of their point."""
        given = ((point.number, self.cleaned_data.get(f"v_{point.number}")) for point in self.measured)
        return [(number, value) for number, value in given if value is not None]


class VerdictForm(forms.Form):
    """The signature under a verdict: whose PIN, and a word where there is one."""

    person = forms.CharField(
        label=_("Who signs"),
        required=False,
        max_length=200,
        help_text=_("Scan the badge; blank: you"),
        widget=forms.TextInput(attrs={"lang": "en", "autocomplete": "off"}),
    )
    remarks = forms.CharField(label=_("Remark"), required=False, max_length=500)
    pin = forms.CharField(
        label=_("PIN"),
        max_length=12,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class ConcessionForm(VerdictForm):
    """A special acceptance says why."""

    remarks = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Who agreed: designer, customer; their reference")
    )


class SamplingDraftForm(forms.Form):
    """A draft of a sampling plan; lines and points one a line."""

    code = forms.CharField(label=_("Code"), max_length=40, widget=forms.TextInput(attrs={"lang": "en"}))
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=200)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200, widget=forms.TextInput(attrs={"lang": "en"}))
    standard = forms.CharField(label=_("Standard"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(PLAN_KINDS.items()))
    lines = forms.CharField(
        label=_("Lines"),
        required=False,
        max_length=4_000,
        help_text=_("Lots from, sample, accepted at most: three whole numbers a line, such as 151 50 1"),
        widget=forms.Textarea(attrs={"rows": 8, "class": "code", "lang": "en"}),
    )
    points = forms.CharField(
        label=_("Points"),
        required=False,
        max_length=20_000,
        help_text=_(
            "One a line: Japanese | English; a measured one has four more: lower limit | upper limit | unit,"
            " such as 長さ | Length | 9.5 | 10.5 | mm"
        ),
        widget=forms.Textarea(attrs={"rows": 8, "class": "code"}),
    )

    def clean_lines(self) -> list[tuple[int, int, int]]:
        """The lines as numbers. Raises ValidationError naming the line."""
        rows = []
        for text in _lines_of(self.cleaned_data["lines"]):
            numbers = re.split(r"[\s,;|]+", text)
            if len(numbers) != 3 or not all(re.fullmatch(r"[0-9]{1,9}", number) for number in numbers):
                raise forms.ValidationError(_("Three whole numbers are expected: %(text)s"), params={"text": text})
            rows.append((int(numbers[0]), int(numbers[1]), int(numbers[2])))
        return rows

    def clean_points(self) -> list[dict[str, Any]]:
        """The points by field. Raises ValidationError naming the line."""
        return [_point_of(text) for text in _lines_of(self.cleaned_data["points"])]


def _lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _point_of(text: str) -> dict[str, Any]:
    fields = [field.strip() for field in text.replace("\uff5c", "|").split("|")]
    if len(fields) == 2:
        return {"text_ja": fields[0], "text_en": fields[1]}
    try:
        ja, en, low, high, unit = fields
        limits = [Decimal(limit) if limit else None for limit in (low, high)]
    except (ValueError, InvalidOperation):
        raise forms.ValidationError(_("A point has two or five fields: %(text)s"), params={"text": text}) from None
    if any(limit is not None and not limit.is_finite() for limit in limits):
        raise forms.ValidationError(_("A limit is a number: %(text)s"), params={"text": text})
    return {"text_ja": ja, "text_en": en, "kind": "measured", "low": limits[0], "high": limits[1], "unit": unit}


class RuleForm(forms.Form):
    """Which plan a part is inspected by on arrival."""

    part = forms.CharField(label=_("Part number"), max_length=60, widget=forms.TextInput(attrs={"lang": "en"}))
    supplier = forms.ChoiceField(label=_("Supplier"), required=False)
    plan = forms.ChoiceField(label=_("Sampling plan"), required=False)

    def __init__(
        self, *given: Any, suppliers: list[tuple[str, str]], plans: list[tuple[str, str]], **others: Any
    ) -> None:
        super().__init__(*given, **others)
        self.fields["supplier"].choices = [("", _("Any")), *suppliers]  # type: ignore[attr-defined]
        self.fields["plan"].choices = [("", _("Not inspected")), *plans]  # type: ignore[attr-defined]
