"""Shapes: what the planner's pages of parts and bills send. Rules are in the operations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.forms import FileForm

_CODE = {"lang": "en", "autocomplete": "off", "spellcheck": "false"}


def code_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """A number or code as people write it."""
    return forms.CharField(
        label=label, required=required, max_length=60, widget=forms.TextInput(attrs=_CODE), help_text=help_text
    )


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """A day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class PartFactsForm(forms.Form):
    """What is said of a part."""

    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=200)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200, widget=forms.TextInput(attrs={"lang": "en"}))
    kind = code_field(_("Kind"))
    manufacturer = forms.CharField(label=_("Maker"), required=False, max_length=200)
    gtin = code_field(_("GTIN"), required=False)
    hs_code = code_field(_("HS code"), required=False)
    eccn = code_field(_("ECCN"), required=False)
    gaihi = forms.CharField(
        label=_("Export judgement"), required=False, max_length=200, help_text=_("Blank until a named person judges.")
    )
    country = code_field(_("Country of origin"), required=False)
    weight_kg = forms.DecimalField(
        label=_("Weight (kg)"), required=False, max_digits=10, decimal_places=3, localize=False
    )


class PartNewForm(PartFactsForm):
    """A new part with its first revision."""

    number = code_field(_("Part number"))
    revision = code_field(_("Revision"))
    level = forms.ChoiceField(label=_("Level"))
    traceability = forms.ChoiceField(label=_("Followed by"))
    field_order = ("number", "revision", "level", "traceability")

    def __init__(self, *args: Any, levels: list[tuple[str, Any]], followed: list[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["level"].choices = levels  # type: ignore[attr-defined]
        self.fields["traceability"].choices = followed  # type: ignore[attr-defined]


class RevisionForm(forms.Form):
    """A further revision of a part."""

    revision = code_field(_("Revision"))
    released_on = day_field(_("Released on"))


class AliasForm(forms.Form):
    """Another number of a part."""

    number = code_field(_("Other number"))
    source = forms.CharField(label=_("Whose number"), required=False, max_length=60)


class SupplierForm(forms.Form):
    """A supplier."""

    name = forms.CharField(label=_("Name"), max_length=200)
    country = code_field(_("Country"), required=False)


class BomDraftForm(forms.Form):
    """A draft of a bill."""

    part_number = code_field(_("Part number"))
    part_revision = code_field(_("Part revision"))
    revision = code_field(_("Revision of the bill"))
    from_revision = code_field(_("Begin with the lines of"), required=False, help_text=_("Blank: an empty bill."))


class BomLineForm(forms.Form):
    """A line of a draft."""

    number = forms.IntegerField(label=_("Line"), min_value=1, max_value=32_000)
    part_number = code_field(_("Part number"))
    quantity = forms.DecimalField(label=_("Quantity"), min_value=0, max_digits=14, decimal_places=4, localize=False)
    unit = code_field(_("Unit of measure"))


class EffectiveForm(forms.Form):
    """From which day a release counts."""

    effective_from = day_field(
        _("Effective from"), help_text=_("Blank: from today. Running builds keep what they were started with.")
    )


class DiscardForm(forms.Form):
    """Why a draft is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ImportForm(FileForm):
    """A file of master data."""

    kind = forms.ChoiceField(label=_("What the file holds"))
    check = forms.BooleanField(label=_("Only check, change nothing"), required=False)
    field_order = ("kind", "file", "check")

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
