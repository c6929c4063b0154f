"""Shapes: what the pages of builds send. Rules are in the operations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.forms import PhotosField

_CODE = {"lang": "en", "autocomplete": "off", "spellcheck": "false"}


class BuildFilterForm(forms.Form):
    """The filters of a list of builds; what cannot be read narrows nothing."""

    q = forms.CharField(required=False, max_length=100)
    stage = forms.CharField(required=False, max_length=20)
    state = forms.CharField(required=False, max_length=20)
    design = forms.CharField(required=False, max_length=60)
    need_by = forms.DateField(required=False)

    def chosen(self) -> dict[str, str]:
        """What was chosen, as text."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


class BuildStartForm(forms.Form):
    """What to build, in how many pieces, for which order."""

    design = forms.ChoiceField(label=_("Design"))
    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=200, initial=1)
    serials = forms.CharField(
        label=_("Serials"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={**_CODE, "rows": 3}),
        help_text=_("Only for units that came from a supplier: one a line. The plant numbers its own."),
    )
    order_number = forms.CharField(
        label=_("Work order"), required=False, max_length=60, help_text=_("Blank: the plant numbers it.")
    )
    need_by = forms.DateField(
        label=_("Needed by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    location = forms.ChoiceField(label=_("Place"))

    def __init__(self, *args: Any, designs: list[tuple[str, str]], places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["design"].choices = designs  # type: ignore[attr-defined]
        self.fields["location"].choices = places  # type: ignore[attr-defined]

    def serial_list(self) -> list[str]:
        """The lines that are not blank."""
        return [line.strip() for line in str(self.cleaned_data["serials"]).splitlines() if line.strip()]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class RemovalForm(ReasonForm):
    """Why a unit comes out, and where it goes."""

    location = forms.ChoiceField(label=_("Where to"))

    def __init__(self, *args: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["location"].choices = places  # type: ignore[attr-defined]


class NonconformityForm(forms.Form):
    """What was found, on which unit."""

    serial = forms.CharField(
        label=_("Affected unit"),
        max_length=200,
        widget=forms.TextInput(attrs=_CODE),
        help_text=_("Scan the tag or the label."),
    )
    text = forms.CharField(label=_("What is wrong"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))
    defect_code = forms.CharField(
        label=_("Defect code"), required=False, max_length=40, widget=forms.TextInput(attrs=_CODE)
    )


class DispositionForm(ReasonForm):
    """Quality's decision, signed by PIN."""

    disposition = forms.ChoiceField(label=_("Disposition"), widget=forms.RadioSelect)
    repeats = forms.TypedMultipleChoiceField(
        label=_("Operations to repeat"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    cause = forms.ChoiceField(label=_("Cause"), required=False)
    pin = forms.CharField(
        label=_("PIN"),
        max_length=20,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Meaning of the signature: “Approved”. I decided this."),
    )
    field_order = ("disposition", "repeats", "cause", "reason", "pin")

    def __init__(
        self,
        *args: Any,
        choices: list[tuple[str, Any]],
        operations: list[tuple[int, str]],
        causes: list[tuple[str, str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["cause"].choices = [("", _("not known yet")), *causes]  # type: ignore[attr-defined]
        self.fields["disposition"].choices = choices  # type: ignore[attr-defined]
        self.fields["repeats"].choices = operations  # type: ignore[attr-defined]


class ConcessionForm(forms.Form):
    """The second person's word on a use as is, signed by PIN."""

    remarks = forms.CharField(
        label=_("Remarks"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where it is declined."),
    )  # fmt: skip
    pin = forms.CharField(
        label=_("PIN"),
        max_length=20,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Who proposed it may not sign here."),
    )


class PhotosForm(forms.Form):
    """Photos of what is wrong."""

    photos = PhotosField(required=True, help_text=_("At most 8. The place and the device are taken out of them."))


class CauseForm(forms.Form):
    """One cause code."""

    code = forms.CharField(label=_("Code"), max_length=20, widget=forms.TextInput(attrs=_CODE))
    category = forms.ChoiceField(label=_("Category"))
    name_ja = forms.CharField(label=_("Name, Japanese"), max_length=80)
    name_en = forms.CharField(label=_("Name, English"), max_length=80, widget=forms.TextInput(attrs={"lang": "en"}))
    at_bench = forms.BooleanField(
        label=_("Offered at the stations"),
        required=False,
        help_text=_("Stands on the card beside the scanner, after NG."),
    )

    def __init__(self, *args: Any, categories: list[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]


class DeviationForm(ReasonForm):
    """Another part at a position of one build."""

    position = forms.ChoiceField(label=_("Position"))
    part = forms.CharField(label=_("Part number"), max_length=60, widget=forms.TextInput(attrs=_CODE))
    field_order = ("position", "part", "reason")

    def __init__(self, *args: Any, positions: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["position"].choices = positions  # type: ignore[attr-defined]


class KeptForm(forms.Form):
    """Values that waited on a device, and what it knows of their moment (`at` by its own clock)."""

    key = forms.UUIDField()
    operator_session = forms.UUIDField()
    build = forms.IntegerField(min_value=1)
    number = forms.IntegerField(min_value=1, max_value=10**6)
    at = forms.DateTimeField()
    sent_at = forms.DateTimeField()
    offset_ms = forms.IntegerField(required=False, min_value=-(10**13), max_value=10**13)
    summary = forms.CharField(required=False, max_length=2_000)
    received_at: datetime

    def clean(self) -> dict[str, Any]:
        """Without a measured offset the moment of sending stands in: it left the device just now."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("offset_ms") is None and found.get("sent_at"):
            found["offset_ms"] = round((self.received_at - found["sent_at"]).total_seconds() * 1000)
        return found


class ColumnMapForm(forms.Form):
    """The head of a column map."""

    code = forms.CharField(label=_("Code"), max_length=30, widget=forms.TextInput(attrs=_CODE))
    name = forms.CharField(label=_("Tester or file"), max_length=200)


class MapColumnForm(forms.Form):
    """One column: its heading as the file has it, and what it means. Limits take full-width digits and no comma."""

    header = forms.CharField(max_length=120, widget=forms.HiddenInput, strip=False)
    samples = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)
    role = forms.ChoiceField(label=_("Meaning"))
    name = forms.CharField(label=_("Measured item"), required=False, max_length=120)
    unit = forms.CharField(
        label=_("Unit of measure"), required=False, max_length=30, widget=forms.TextInput(attrs=_CODE)
    )
    low = forms.DecimalField(label=_("Low"), required=False, max_digits=24, decimal_places=9)
    high = forms.DecimalField(label=_("High"), required=False, max_digits=24, decimal_places=9)

    def __init__(self, *args: Any, roles: list[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        for name in ("role", "name", "unit", "low", "high"):
            spoken = f"{self.fields[name].label}: {self['header'].value() or ''}"
            self.fields[name].widget.attrs.update({"aria-label": spoken, "class": "input"})
        for name in ("low", "high"):
            self.fields[name].widget = forms.TextInput(attrs={**self.fields[name].widget.attrs, "inputmode": "decimal"})


MapColumnForms = forms.formset_factory(MapColumnForm, extra=0, max_num=200, absolute_max=200)
