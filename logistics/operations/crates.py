"""Packing racks into crates: a crate is a unit with an SSCC, the rack sits in it at position 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from assembly.operations.runs import RecordedValue
from inventory.models import Placement, Unit
from inventory.operations.finding import Whereabouts, find_unit_ids, lock_units, one_unit_id, refuse_ended
from inventory.operations.placements import Move, UnitNotHere, place
from inventory.operations.units import Birth, bear, revision_of
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Crate, Indicator, IndicatorReading
from logistics.models.crates import INDICATOR_STATES
from logistics.operations.contents import lock_with_contents, refuse_held_contents
from logistics.operations.readiness import begin_packing, end_packing, lock_builds_of, refuse_differing
from logistics.text import sscc_text

RACK_POSITION = "1"
"""Where the rack stands in its crate: there is one place."""


class RackPacked(Refusal):
    """The rack is in a crate already."""


class IndicatorUsed(Refusal):
    """The indicator was fitted to a crate before."""


class CrateWrong(Refusal):
    """The figures of a crate cannot be."""


class IndicatorTripped(Refusal):
    """An indicator is not intact when the crate is sealed."""


@dataclass(frozen=True, slots=True)
class FittedIndicator:
    """A shock (rating in g) or tilt (rating in degrees) indicator and its state at sealing."""

    kind: str
    serial: str
    rating: str
    state: str = "intact"


@dataclass(frozen=True, slots=True)
class Centre:
    """The centre of gravity of a closed crate, mm: from the middle of its floor along its length and its width, and
    above its floor."""

    x_mm: int
    y_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class RackToPack:
    """A rack and its crate: masses in kg (gross with the rack), outer sizes in mm, indicators fitted. `values` and
    `pin_check_id` are what the packing operation records and the PIN that signs it as made; `centre`: the centre of
    gravity, if it was measured."""

    rack: str
    tare_kg: Decimal
    gross_kg: Decimal
    length_mm: int
    width_mm: int
    height_mm: int
    indicators: list[FittedIndicator] = field(default_factory=list)
    values: list[RecordedValue] = field(default_factory=list)
    pin_check_id: int | None = None
    crate_part: str = "CRATE-NVL72"
    centre: Centre | None = None


@operation(permission="logistics.pack", returns=Crate, deferred=True)
def pack_rack(*, caller: Caller, packing: RackToPack) -> Crate:
    """Seal a rack into a crate with an SSCC of the plant; finishes the rack's packing operation.

    Locks the rack's build, then the rack with its contents. Refuses UnknownSerial, AmbiguousSerial, NoBuild, NoPacking,
    UnitHeld, UnitEnded, ConfigurationDiffers, RackPacked, IndicatorUsed, IndicatorTripped, CrateWrong, and what
    assembly refuses at the start and end of an operation (OutOfOrder, NonconformityOpen, BuildDone, FieldMissing,
    PinNotChecked, …)."""
    return pack(caller, [packing])[0]


@operation(permission="logistics.pack", deferred=True)
def pack_racks(*, caller: Caller, packings: list[RackToPack]) -> dict[str, object]:
    """Seal many racks, all or none; the rules of pack_rack."""
    crates = pack(caller, packings)
    return {"crates": [crate.pk for crate in crates], "sscc": [crate.sscc for crate in crates]}


def pack(caller: Caller, packings: Sequence[RackToPack]) -> list[Crate]:
    """Step: seal racks; set-based. Locks builds, then racks with contents, by key."""
    hits = find_unit_ids([packing.rack for packing in packings])
    rack_ids = [one_unit_id(packing.rack, hits[packing.rack]) for packing in packings]
    builds = lock_builds_of(Unit.objects.in_bulk(rack_ids))
    inside = lock_with_contents(rack_ids)
    here = lock_units(rack_ids)

    for rack_id in rack_ids:
        refuse_ended(here[rack_id].unit)
        _refuse_place(here[rack_id].unit, here[rack_id].placement)
    refuse_crates(packings, rack_ids)
    refuse_held_contents(inside)
    refuse_differing(rack_ids)

    numbers = begin_packing(caller, [builds[rack_id] for rack_id in rack_ids])
    standing = [here[rack_id] for rack_id in rack_ids]
    crates = crate_up(caller, packings, standing, [one.placement.location_id or 0 for one in standing if one.placement])
    told = {
        builds[rack_id].pk: (packing.values, packing.pin_check_id)
        for packing, rack_id in zip(packings, rack_ids, strict=True)
    }
    end_packing(caller, numbers, told)
    return crates


def crate_up(
    caller: Caller, packings: Sequence[RackToPack], racks: Sequence[Whereabouts], location_ids: Sequence[int]
) -> list[Crate]:
    """Step: crates at these locations, sealed, with the (locked) racks in them. Refuses through its callers:
    `refuse_crates` first."""
    numbers = next_ssccs(len(packings))
    hosts = _build_crates(caller, packings, list(zip(numbers, location_ids, strict=True)))
    crates = _seal(caller, packings, [here.unit for here in racks], list(zip(hosts, numbers, strict=True)))
    moves = [
        Move(
            unit=here.unit,
            event_id=crate.event_id,
            host=host,
            position=RACK_POSITION,
            was=here.placement,
            why="packed",
            host_free_from=host.born_at,
        )
        for here, crate, host in zip(racks, crates, hosts, strict=True)
    ]
    place(caller, moves)
    return crates


def _build_crates(caller: Caller, packings: Sequence[RackToPack], named: Sequence[tuple[str, int]]) -> list[Unit]:
    """The crates as units, each with its SSCC as an identifier, at its location."""
    revisions = {number: revision_of(number, "") for number in {packing.crate_part for packing in packings}}
    return bear(
        caller,
        "logistics.crate-built",
        [
            Birth(
                revision=revisions[packing.crate_part],
                location_id=location_id,
                names=(("sscc", sscc),),
                why="crate built",
                source="plant",
            )
            for packing, (sscc, location_id) in zip(packings, named, strict=True)
        ],
    )


def next_ssccs(count: int) -> list[str]:
    """Step: that many fresh SSCCs; the serial reference comes from a sequence, gaps are fine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('logistics_sscc_reference') FROM generate_series(1, %s)", [count])
        return [sscc_of(row[0]) for row in cursor.fetchall()]


def sscc_of(reference: int) -> str:
    """The SSCC of a serial reference under the plant's company prefix."""
    # An example prefix: the plant's own GS1 company prefix goes into the settings before a label is printed.
    return sscc_text(getattr(settings, "GENPIN_GS1_PREFIX", "456995111"), reference)


def _seal(
    caller: Caller, packings: Sequence[RackToPack], racks: Sequence[Unit], hosts: Sequence[tuple[Unit, str]]
) -> list[Crate]:
    told = [
        Happening(
            rack,
            {
                "rack": rack.name,
                "crate": host.tag,
                "sscc": sscc,
                "gross_kg": packing.gross_kg,
                "tare_kg": packing.tare_kg,
                **_centre_told(packing),
                "indicators": [[one.kind, one.serial, one.state] for one in packing.indicators],
            },
        )
        for rack, (host, sscc), packing in zip(racks, hosts, packings, strict=True)
    ]
    events = record_many(caller, "logistics.rack-packed", told)
    crates = Crate.objects.bulk_create(
        [
            Crate(
                unit=host,
                sscc=sscc,
                tare_kg=packing.tare_kg,
                gross_kg=packing.gross_kg,
                length_mm=packing.length_mm,
                width_mm=packing.width_mm,
                height_mm=packing.height_mm,
                centre_x_mm=packing.centre.x_mm if packing.centre else None,
                centre_y_mm=packing.centre.y_mm if packing.centre else None,
                centre_height_mm=packing.centre.height_mm if packing.centre else None,
                sealed_at=caller.happened_at,
                event_id=event,
            )
            for (host, sscc), packing, event in zip(hosts, packings, events, strict=True)
        ]
    )
    _fit_indicators(caller, packings, crates)
    return crates


def _centre_told(packing: RackToPack) -> dict[str, object]:
    centre = packing.centre
    return {} if centre is None else {"centre_mm": [centre.x_mm, centre.y_mm, centre.height_mm]}


def _fit_indicators(caller: Caller, packings: Sequence[RackToPack], crates: Sequence[Crate]) -> None:
    fitted = [(crate, one) for crate, packing in zip(crates, packings, strict=True) for one in packing.indicators]
    indicators = Indicator.objects.bulk_create(
        [Indicator(crate=crate, kind=one.kind, serial=one.serial, rating=one.rating) for crate, one in fitted]
    )
    IndicatorReading.objects.bulk_create(
        [
            IndicatorReading(
                indicator=indicator, moment="seal", state=one.state, at=caller.happened_at, event_id=crate.event_id
            )
            for indicator, (crate, one) in zip(indicators, fitted, strict=True)
        ]
    )


def _refuse_place(rack: Unit, placement: Placement | None) -> None:
    if placement is None:
        raise UnitNotHere(
            _("%(rack)s has no place in the plant.") % {"rack": rack.name}, true=_("Nothing was recorded.")
        )
    if placement.host is not None:
        raise RackPacked(
            _("%(rack)s is already in crate %(crate)s.") % {"rack": rack.name, "crate": placement.host.name},
            true=_("Nothing was recorded."),
            do=_("Scan another rack, or read the label of that crate."),
        )


def refuse_crates(packings: Sequence[RackToPack], rack_ids: Sequence[int]) -> None:
    """Step: what the figures and indicators of crates must be. Refuses CrateWrong, IndicatorTripped, IndicatorUsed,
    RackPacked (named twice)."""
    for packing in packings:
        _refuse_figures(packing)
    _refuse_twice(packings, rack_ids)


def _refuse_figures(packing: RackToPack) -> None:
    sizes = (packing.length_mm, packing.width_mm, packing.height_mm)
    if packing.tare_kg <= 0 or packing.gross_kg <= packing.tare_kg or min(sizes) <= 0:
        raise CrateWrong(
            _("The figures of the crate of %(rack)s cannot be: gross mass must be above tare, sizes above zero.")
            % {"rack": packing.rack},
            true=_("Nothing was recorded."),
            do=_("Weigh and measure the crate again."),
        )
    _refuse_centre(packing)
    for one in packing.indicators:
        if one.kind not in ("shock", "tilt") or one.state not in INDICATOR_STATES or not one.serial.strip():
            raise CrateWrong(
                _("An indicator is a shock or tilt one, with its serial and its state."),
                true=_("Nothing was recorded."),
                do=_("Read the indicator again."),
            )
        if one.state != "intact":
            raise IndicatorTripped(
                _("Indicator %(serial)s is not intact.") % {"serial": one.serial},
                true=_("The crate is not sealed. Nothing was recorded."),
                do=_("Fit a new indicator."),
            )


def _refuse_centre(packing: RackToPack) -> None:
    centre = packing.centre
    if centre is None:
        return
    beside = abs(centre.x_mm) * 2 > packing.length_mm or abs(centre.y_mm) * 2 > packing.width_mm
    if beside or not 0 < centre.height_mm < packing.height_mm:
        raise CrateWrong(
            _("The centre of gravity of the crate of %(rack)s lies outside the crate.") % {"rack": packing.rack},
            true=_("It is told in mm from the middle of the floor. Nothing was recorded."),
            do=_("Measure it again, or leave it out."),
        )


def _refuse_twice(packings: Sequence[RackToPack], rack_ids: Sequence[int]) -> None:
    if len(set(rack_ids)) < len(rack_ids):
        raise RackPacked(_("A rack is named twice."), true=_("Nothing was recorded."))
    fitted = [(one.kind, one.serial) for packing in packings for one in packing.indicators]
    known = {
        (one.kind, one.serial): one.crate.sscc
        for one in Indicator.objects.filter(serial__in=[serial for _kind, serial in fitted]).select_related("crate")
    }
    used = next((one for place, one in enumerate(fitted) if one in known or one in fitted[:place]), None)
    if used is not None:
        raise IndicatorUsed(
            _("Indicator %(serial)s was used before.") % {"serial": used[1]},
            true=_("It belongs to crate %(sscc)s. Nothing was recorded.") % {"sscc": known[used]}
            if used in known
            else _("It is named twice. Nothing was recorded."),
            do=_("Fit a new indicator and read its serial."),
        )


wall(
    "indicator_serial_is_used_once",
    lambda: IndicatorUsed(
        _("An indicator was used for another crate at the same moment."), true=_("Nothing was recorded.")
    ),
)
