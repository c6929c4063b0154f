"""What may be fetched for a kit: the facts and refusals behind a pick."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from assembly.models import Deviation, Kit, KitLine, KitPick
from assembly.operations.fits import Known, UnitInstalled, WrongPart, refuse_unit
from inventory.models import Lot, Unit
from inventory.operations.finding import Whereabouts
from ledger.callers import Caller
from ledger.refusals import Refusal


class UnknownKit(Refusal):
    """No kit has that number."""


class KitClosed(Refusal):
    """The kit is complete or cancelled."""


class ReservedForKit(Refusal):
    """The unit was fetched for another kit."""


class KitLineFull(Refusal):
    """Nothing more of that part is needed in the kit."""


def lock_kit(number: str) -> Kit:
    """Step: lock an open kit: who fetches for one kit queues up, who fetches for another does not. Refuses UnknownKit,
    KitClosed."""
    kit = (
        Kit.objects.select_for_update(no_key=True, of=("self",))
        .select_related("build__unit", "location")
        .filter(number=number.strip().upper())
        .first()
    )
    if kit is None:
        raise UnknownKit(
            _("There is no kit %(number)s.") % {"number": number.strip()[:40]},
            true=_("Nothing was recorded."),
            do=_("Scan the code on the kit list."),
        )
    if not kit.is_open:
        raise KitClosed(
            _("Kit %(number)s is complete.") % {"number": kit.number}
            if kit.completed_at
            else _("Kit %(number)s is cancelled.") % {"number": kit.number},
            true=_("Nothing was recorded."),
            do=_("Open a new kit if parts are missing."),
        )
    return kit


class OpenLines:
    """The lines of a locked kit with what is still to be fetched, as picks of one call use them up."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.lines = list(KitLine.objects.filter(kit=kit).select_related("part", "slot"))
        picked = KitPick.objects.filter(line__kit=kit).exclude(ended_why="returned").order_by()
        came = dict(picked.values_list("line_id").annotate(sum=Sum("quantity")))
        self.left = {line.pk: line.quantity - came.get(line.pk, Decimal(0)) for line in self.lines}
        approved = Deviation.objects.filter(build=kit.build_id).values_list("position", "part_id")
        self.deviations = set(approved)

    def for_unit(self, unit: Unit) -> KitLine:
        """The first line that still wants this part, its own before those that take it as a substitute. Refuses
        WrongPart, KitLineFull."""
        fitting = [line for line in self.lines if line.slot is not None and self._takes(line, unit.part_id)]
        wanting = [line for line in fitting if self.left[line.pk] > 0]
        if wanting:
            return min(wanting, key=lambda line: (line.part_id != unit.part_id, line.number))
        raise self._full(unit.part.number) if fitting else self._wrong(unit.name, unit.part.number)

    def for_lot(self, lot: Lot) -> KitLine:
        """The line that wants this part by quantity. Refuses WrongPart, KitLineFull."""
        fitting = [line for line in self.lines if line.slot is None and line.part_id == lot.part_id]
        wanting = [line for line in fitting if self.left[line.pk] > 0]
        if wanting:
            return wanting[0]
        raise self._full(lot.part.number) if fitting else self._wrong(lot.number, lot.part.number)

    def take(self, line: KitLine, quantity: Decimal) -> None:
        self.left[line.pk] -= quantity

    def _takes(self, line: KitLine, part_id: int) -> bool:
        slot = line.slot
        return slot is not None and (slot.accepts(part_id) or (slot.position, part_id) in self.deviations)

    def _full(self, part: str) -> KitLineFull:
        return KitLineFull(
            _("Kit %(number)s has all of %(part)s that it needs.") % {"number": self.kit.number, "part": part},
            true=_("Nothing was recorded."),
            do=_("Put it back where it was."),
        )

    def _wrong(self, name: str, part: str) -> WrongPart:
        return WrongPart(
            _("%(unit)s is %(part)s; kit %(number)s does not need it.")
            % {"unit": name, "part": part, "number": self.kit.number},
            true=_("A substitute needs an approved deviation. Nothing was recorded."),
            do=_("Put it back and fetch the part that the list names."),
        )


def refuse_reserved(unit: Unit, known: Known, *, kit_id: int | None = None, build_id: int | None = None) -> None:
    """Step: refuse ReservedForKit for a (locked) unit that another kit has, or that this kit has already."""
    if known.kit_id is None or known.kit_build_id == build_id:
        return
    if known.kit_id == kit_id:
        raise ReservedForKit(
            _("%(unit)s is in this kit already.") % {"unit": unit.name},
            true=_("Nothing was recorded."),
            do=_("Fetch the next part."),
        )
    raise ReservedForKit(
        _("%(unit)s was fetched for kit %(kit)s of %(build)s.")
        % {"unit": unit.name, "kit": known.kit_number, "build": known.kit_build},
        true=_("Nothing was recorded."),
        do=_("Take another one, or have it put back from that kit."),
    )


def refuse_unpickable(here: Whereabouts, known: Known, kit: Kit, twice: bool) -> None:
    """Step: refuse a (locked) unit that cannot be fetched: ended, held, without a place, built in, unfinished, of
    another kit."""
    if twice:
        raise UnitInstalled(
            _("%(unit)s was scanned twice.") % {"unit": here.unit.name},
            true=_("Nothing was recorded."),
            do=_("Scan each part once."),
        )
    refuse_unit(here, known, twice=False)
    refuse_reserved(here.unit, known, kit_id=kit.pk)


def lots_of_units(units: Sequence[Unit]) -> list[Lot]:
    """The lots that these (locked) units were made in."""
    return list(Lot.objects.filter(pk__in={unit.lot_id for unit in units if unit.lot_id}))


def end_picks(caller: Caller, fitted: Sequence[tuple[int, int]]) -> None:
    """Step: the (locked) units of these pairs (unit, event) are fitted: they are reserved no longer."""
    events = dict(fitted)
    picks = list(KitPick.objects.filter(picked_unit_id__in=events, ended_at=None))
    for pick in picks:
        pick.ended_at, pick.ended_event_id, pick.ended_why = caller.at, events[pick.picked_unit_id or 0], "used"
    KitPick.objects.bulk_update(picks, ["ended_at", "ended_event_id", "ended_why"], batch_size=1_000)
