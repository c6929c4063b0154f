"""Shapes: what the pages of loads and vehicles send."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.loads.deck import Stand
from logistics.operations.load_judging import CratePlace, LoadWish
from logistics.operations.vehicles import VehicleFigures

MASS: dict[str, Any] = {"max_digits": 7, "decimal_places": 1, "min_value": Decimal(0)}
DECK = 30_000
"""mm: no deck is longer."""


class LoadForm(forms.Form):
    """The vehicle, the road, and where each crate stands: three fields a crate, named by its SSCC."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    vehicle = forms.ChoiceField(label=_("Vehicle"))
    securing_kg = forms.DecimalField(label=_("Mass of what secures the crates (kg)"), **MASS)
    on_designated_roads = forms.BooleanField(
        label=_("The whole way is on designated roads (25 t, 4.1 m)"), required=False
    )
    permit = forms.CharField(label=_("Special-vehicle permit number"), max_length=60, required=False)
    permit_until = forms.DateField(
        label=_("Permit holds until"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    placed = forms.ChoiceField(
        label=_("Where the crates stand"),
        choices=[("told", _("as entered below")), ("spread", _("not known: reckon the load as spread over the deck"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, vehicles: list[tuple[str, str]], ssccs: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vehicle"].choices = vehicles  # type: ignore[attr-defined]
        self.ssccs = list(ssccs)
        for sscc in self.ssccs:
            for axis in ("x", "y"):
                self.fields[f"{axis}-{sscc}"] = forms.IntegerField(
                    label=_("From the front (mm)") if axis == "x" else _("From the left (mm)"),
                    min_value=0, max_value=DECK, required=False,
                )  # fmt: skip
            self.fields[f"turned-{sscc}"] = forms.BooleanField(label=_("Turned"), required=False)
            for name in ("x", "y", "turned"):
                field = self.fields[f"{name}-{sscc}"]
                field.widget.attrs["aria-label"] = f"{field.label} {sscc}"

    @staticmethod
    def first(stands: Sequence[Stand]) -> dict[str, Any]:
        """What the fields of the crates begin with."""
        found: dict[str, Any] = {}
        for one in stands:
            name = one.box.name
            found |= {f"x-{name}": one.x_mm, f"y-{name}": one.y_mm, f"turned-{name}": one.turned}
        return found

    @property
    def plain(self) -> list[forms.BoundField]:
        """The fields above the table of crates."""
        return [self[name] for name in self.fields if name.partition("-")[0] not in ("x", "y", "turned", "version")]

    @property
    def crates(self) -> list[dict[str, Any]]:
        """A row a crate."""
        return [
            {"sscc": sscc, "cells": [self[f"{name}-{sscc}"] for name in ("x", "y", "turned")]} for sscc in self.ssccs
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("placed") == "told":
            for name in (f"{axis}-{sscc}" for sscc in self.ssccs for axis in ("x", "y")):
                if given.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Missing."))
        return given

    @property
    def wish(self) -> LoadWish:
        """What a valid form says."""
        given = self.cleaned_data
        places = [
            CratePlace(sscc, given[f"x-{sscc}"], given[f"y-{sscc}"], given[f"turned-{sscc}"]) for sscc in self.ssccs
        ]
        return LoadWish(
            given["vehicle"], given["securing_kg"], given["on_designated_roads"], given["permit"],
            given["permit_until"], places if given["placed"] == "told" else [],
        )  # fmt: skip


class VehicleForm(forms.Form):
    """A kind of vehicle by its figures."""

    code = forms.CharField(label=_("Code"), max_length=40)
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=120)
    name_en = forms.CharField(label=_("Name (English)"), max_length=120)
    payload_kg = forms.DecimalField(label=_("Payload (kg)"), **MASS)
    gross_limit_kg = forms.DecimalField(label=_("Gross mass it bears (kg)"), **MASS)
    kerb_front_kg = forms.DecimalField(label=_("Front axle, empty (kg)"), **MASS)
    kerb_rear_kg = forms.DecimalField(label=_("Rear axles, empty (kg)"), **MASS)
    front_limit_kg = forms.DecimalField(label=_("Front axle bears (kg)"), **MASS)
    rear_limit_kg = forms.DecimalField(label=_("Rear axles bear (kg)"), **MASS)
    deck_length_mm = forms.IntegerField(label=_("Deck length (mm)"), min_value=1, max_value=DECK)
    deck_width_mm = forms.IntegerField(label=_("Deck width (mm)"), min_value=1, max_value=DECK)
    deck_height_mm = forms.IntegerField(label=_("Deck height (mm)"), min_value=1, max_value=DECK)
    inside_height_mm = forms.IntegerField(
        label=_("Height inside the body (mm)"), min_value=1, max_value=DECK, required=False,
        help_text=_("Blank: an open deck"),
    )  # fmt: skip
    front_axle_mm = forms.IntegerField(
        label=_("Front axle from the front of the deck (mm)"), min_value=-DECK, max_value=DECK,
        help_text=_("Before the deck: negative"),
    )  # fmt: skip
    rear_axle_mm = forms.IntegerField(
        label=_("Middle of the rear axles from the front of the deck (mm)"), min_value=-DECK, max_value=DECK
    )
    length_mm = forms.IntegerField(label=_("Length of the vehicle (mm)"), min_value=1, max_value=DECK)
    width_mm = forms.IntegerField(label=_("Width of the vehicle (mm)"), min_value=1, max_value=DECK)
    source = forms.CharField(label=_("Source of the figures"), max_length=300)
    grade = forms.ChoiceField(
        label=_("Grade"), choices=[("A", _("A: measured")), ("B", _("B: published")), ("C", _("C: assumed"))]
    )

    @property
    def figures(self) -> VehicleFigures:
        """What a valid form says."""
        return VehicleFigures(**{name: value for name, value in self.cleaned_data.items() if name != "code"})
