"""Kinds of vehicles: what they weigh, carry and measure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.models import VehicleKind


class VehicleTaken(Refusal):
    """A kind of vehicle with that code exists already."""


class VehicleWrong(Refusal):
    """The figures of a vehicle cannot be."""


class UnknownVehicle(Refusal):
    """No kind of vehicle in use has that code."""


@dataclass(frozen=True, slots=True)
class VehicleFigures:
    """Masses in kg, lengths in mm, axles from the front of the deck (before it: negative); `rear` is all rear axles
    together. `inside_height_mm` none: an open deck. `source` and `grade` (A measured, B published, C assumed)."""

    name_ja: str
    name_en: str
    payload_kg: Decimal
    kerb_front_kg: Decimal
    kerb_rear_kg: Decimal
    front_limit_kg: Decimal
    rear_limit_kg: Decimal
    gross_limit_kg: Decimal
    deck_length_mm: int
    deck_width_mm: int
    deck_height_mm: int
    front_axle_mm: int
    rear_axle_mm: int
    length_mm: int
    width_mm: int
    source: str
    grade: str = "C"
    inside_height_mm: int | None = None


@operation(permission="logistics.keep_master_data", returns=VehicleKind)
def define_vehicle_kind(*, caller: Caller, code: str, figures: VehicleFigures) -> VehicleKind:
    """Define a kind of vehicle by its figures. What changes gets a new code: loads were judged by the old one.

    Refuses VehicleTaken, VehicleWrong, TextUnprintable."""
    code = code.strip()
    refuse_unprintable(code, figures.name_ja, figures.name_en, figures.source)
    if VehicleKind.objects.filter(code=code).exists():
        raise VehicleTaken(
            _("Vehicle %(code)s exists already.") % {"code": code},
            true=_("Loads were judged by its figures. Nothing was recorded."),
            do=_("Choose another code, and retire the old one."),
        )
    row = VehicleKind(code=code, event_id=0, **asdict(figures))
    _refuse_figures(row)

    row.save(force_insert=True)
    row.event_id = record(caller, "logistics.vehicle-defined", row, code=code, **asdict(figures))
    row.save(update_fields=["event_id"])
    return row


@operation(permission="logistics.keep_master_data", returns=VehicleKind)
def retire_vehicle_kind(*, caller: Caller, code: str) -> VehicleKind:
    """No load is planned on this kind of vehicle any more; loads planned stay. Locks the kind. Refuses
    UnknownVehicle."""
    rows = VehicleKind.objects.select_for_update(no_key=True, of=("self",)).filter(retired_at=None)
    row = rows.filter(code=code.strip()).first()
    if row is None:
        raise unknown_vehicle(code)
    row.retired_at = caller.at
    row.retired_event_id = record(caller, "logistics.vehicle-retired", row, code=row.code)
    row.save(update_fields=["retired_at", "retired_event_id"])
    return row


def unknown_vehicle(code: str) -> UnknownVehicle:
    """Step: the refusal of a code that no vehicle in use has."""
    return UnknownVehicle(
        _("There is no vehicle %(code)s in use.") % {"code": code.strip()[:40] or "–"},
        true=_("Nothing was recorded."),
        do=_("Choose a vehicle from the list."),
    )


def _refuse_figures(row: VehicleKind) -> None:
    """The rules that the database keeps too, each by its sentence."""
    kerb = row.kerb_front_kg + row.kerb_rear_kg
    sizes = (row.deck_length_mm, row.deck_width_mm, row.deck_height_mm, row.length_mm, row.width_mm)
    masses = (row.payload_kg, row.kerb_front_kg, row.kerb_rear_kg)
    inside = 1 if row.inside_height_mm is None else row.inside_height_mm
    wrong = {
        _("Masses and sizes of a vehicle are above zero."): min(*sizes, inside) <= 0 or min(masses) <= 0,
        _("An axle bears more than the empty vehicle puts on it."): row.front_limit_kg <= row.kerb_front_kg
        or row.rear_limit_kg <= row.kerb_rear_kg,
        _("The gross mass is at least that of the vehicle and its payload."): row.gross_limit_kg
        < kerb + row.payload_kg,
        _("The rear axle is behind the front one."): row.rear_axle_mm <= row.front_axle_mm,
        _("The figures need their source and a grade A, B or C."): not row.source or row.grade not in ("A", "B", "C"),
    }
    for sentence, is_wrong in wrong.items():
        if is_wrong:
            raise VehicleWrong(sentence, true=_("Nothing was recorded."), do=_("Correct the figures."))


wall(
    "logistics_vehiclekind_code_key",
    lambda: VehicleTaken(_("The vehicle was defined at the same moment."), true=_("Nothing was recorded.")),
)
