"""Shapes: what the pages of packing and returns send."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assembly.models import OperationField
from assembly.operations.runs import RecordedValue
from logistics.forms import FoundForm
from logistics.operations.crates import Centre, FittedIndicator, RackToPack
from logistics.operations.site_returns import ReturnAsked, ReturnCrate

_MASS: dict[str, Any] = {"max_digits": 7, "decimal_places": 1, "min_value": Decimal(1)}
_SIZE: dict[str, Any] = {"min_value": 1, "max_value": 20_000}
GROSS = "gross"
"""The field of a packing operation that is the crate's gross mass."""
_SCAN = {"lang": "en", "spellcheck": "false", "autocomplete": "off", "inputmode": "text"}


class OpenReturnForm(forms.Form):
    """What goes back, why, and who asks."""

    unit = forms.CharField(
        label=_("Rack or tray"), max_length=60, widget=forms.TextInput(attrs={**_SCAN, "autofocus": True}),
        help_text=_("Scan its label"),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    rma = forms.CharField(
        label=_("RMA number"), max_length=60, help_text=_("Of the customer or the maker, as it stands on their paper")
    )
    asked_by = forms.CharField(label=_("Asked by"), max_length=120)
    destination = forms.ChoiceField(label=_("Goes to"))
    retest_from = forms.IntegerField(
        label=_("Operation to begin again with"), min_value=1, max_value=9_999, required=False,
        help_text=_("Blank: its first test"),
    )  # fmt: skip

    def __init__(self, *args: Any, plants: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["destination"].choices = plants  # type: ignore[attr-defined]

    @property
    def asked(self) -> ReturnAsked:
        """What a valid form asks."""
        given = self.cleaned_data
        return ReturnAsked(
            given["unit"], given["destination"], given["reason"], given["rma"], given["asked_by"], given["retest_from"]
        )


class CrateForm(forms.Form):
    """The figures of a crate, and the indicators on it; intact when a crate is sealed."""

    tare_kg = forms.DecimalField(label=_("Tare (kg)"), **_MASS)
    gross_kg = forms.DecimalField(label=_("Gross mass (kg)"), **_MASS)
    length_mm = forms.IntegerField(label=_("Length (mm)"), **_SIZE)
    width_mm = forms.IntegerField(label=_("Width (mm)"), **_SIZE)
    height_mm = forms.IntegerField(label=_("Height (mm)"), **_SIZE)
    centre_x_mm = forms.IntegerField(label=_("Centre of gravity along (mm)"), required=False)
    centre_y_mm = forms.IntegerField(label=_("Centre of gravity across (mm)"), required=False)
    centre_height_mm = forms.IntegerField(
        label=_("Centre of gravity above the floor (mm)"), min_value=1, required=False,
        help_text=_("Blank: not measured"),
    )  # fmt: skip
    shock = forms.CharField(label=_("Shock indicator"), max_length=60, widget=forms.TextInput(attrs=_SCAN))
    shock_rating = forms.CharField(label=_("Rating of the shock indicator"), max_length=20, initial="25 g")
    tilt = forms.CharField(label=_("Tilt indicator"), max_length=60, widget=forms.TextInput(attrs=_SCAN))
    tilt_rating = forms.CharField(label=_("Rating of the tilt indicator"), max_length=20, initial="80°")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        beside = given.get("centre_x_mm") is not None or given.get("centre_y_mm") is not None
        if beside and given.get("centre_height_mm") is None and "centre_height_mm" not in self.errors:
            self.add_error("centre_height_mm", _("Missing."))
        return given

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Length, width and height in mm."""
        given = self.cleaned_data
        return given["length_mm"], given["width_mm"], given["height_mm"]

    @property
    def centre(self) -> Centre | None:
        """The centre of gravity; None: not measured."""
        given = self.cleaned_data
        if given["centre_height_mm"] is None:
            return None
        return Centre(given["centre_x_mm"] or 0, given["centre_y_mm"] or 0, given["centre_height_mm"])

    @property
    def fitted(self) -> list[FittedIndicator]:
        """The indicators."""
        given = self.cleaned_data
        return [FittedIndicator(kind, given[kind].strip(), given[f"{kind}_rating"]) for kind in ("shock", "tilt")]


class ReturnCrateForm(CrateForm):
    """The crate of a return."""

    @property
    def crate(self) -> ReturnCrate:
        """What a valid form says."""
        given = self.cleaned_data
        return ReturnCrate(given["tare_kg"], given["gross_kg"], *self.sizes, self.fitted, self.centre)


class PackForm(CrateForm):
    """The crate of a rack that leaves, what its packing operation records, and the PIN that signs it as made. The
    gross mass is asked for once: it is the operation's value too."""

    def __init__(self, *args: Any, values: Sequence[OperationField], signed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [one.code for one in values]
        for one in values:
            if one.code == GROSS:
                continue
            limits = [f"≧ {one.low.normalize():f}"] if one.low is not None else []
            limits += [f"≦ {one.high.normalize():f}"] if one.high is not None else []
            name = one.name_en if get_language() == "en" else one.name_ja
            self.fields[f"v-{one.code}"] = forms.CharField(
                label=f"{name} ({one.unit})" if one.unit else name, max_length=60, required=one.required,
                help_text=" ".join(limits), widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip
        if signed:
            self.fields["pin"] = forms.CharField(
                label=_("PIN"), max_length=12, help_text=_("Signs the packing as made"),
                widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )  # fmt: skip

    def packing(self, rack: str, check: int | None) -> RackToPack:
        """What a valid form says of a rack (as it was scanned), signed with a PIN check."""
        given = self.cleaned_data
        told = {code: str(given["gross_kg"]) if code == GROSS else given[f"v-{code}"] for code in self.codes}
        values = [RecordedValue(code, text) for code, text in told.items() if text.strip()]
        return RackToPack(
            rack, given["tare_kg"], given["gross_kg"], *self.sizes, self.fitted, values, check, centre=self.centre
        )


class GiveUpForm(forms.Form):
    """Why a return is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class TakeInForm(FoundForm):
    """A shipment of returns at the plant: where they go, who hands them over, every seal and indicator. `asks`: its
    arrival is not recorded yet."""

    location_code = forms.CharField(label=_("Place"), max_length=60, help_text=_("Scan the place, such as quarantine"))
    handed_by = forms.CharField(label=_("Handed over by (driver)"), max_length=60, required=False)

    def __init__(
        self, *args: Any, seals: list[str], serials: list[str], loggers: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.add_found(seals, serials, loggers, must_read=True)
