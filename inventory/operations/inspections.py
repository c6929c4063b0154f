"""What arrives of an inspected part opens its incoming inspection, and is held until the verdict (受入検査)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from inventory.models import (
    GoodsReceipt,
    Hold,
    InspectedPiece,
    Inspection,
    Lot,
    SamplingPlan,
    SamplingRule,
    ShipNotice,
    ShipNoticeLine,
    Unit,
)
from inventory.models.sampling import pieces
from inventory.operations.holds import hold_things, lock_things
from inventory.operations.units import next_keys
from ledger.bulk import insert_rows, update_rows
from ledger.callers import Caller
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal


class UnknownInspection(Refusal):
    """No inspection has that number."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A quantity of a (locked) line that is being received; `lot` where its part has no serials."""

    line: ShipNoticeLine
    quantity: Decimal
    lot: Lot | None = None

    @property
    def group(self) -> tuple[int, int, int | None]:
        """What is inspected together: part, ship notice (and with it the supplier), lot of a part without serials."""
        return self.line.part_id, self.line.notice_id, self.lot.pk if self.lot else None


def open_inspections(caller: Caller, coming: Sequence[Coming]) -> dict[int, Inspection]:
    """Step: the inspections that what is coming belongs to, by the key of its line: opened, or grown where the group's
    one is not judged yet (its plan's revision stays, its sample is counted anew). Absent: nothing inspects that part.

    Locks the notices of inspected parts (so that two stations open one inspection), then the open inspections. One
    query where no part has a rule; a fixed number else."""
    plans = _plans_of([one.line for one in coming])
    inspected = [one for one in coming if one.line.pk in plans]
    if not inspected:
        return {}
    list(
        ShipNotice.objects.select_for_update(no_key=True)
        .filter(pk__in={one.line.notice_id for one in inspected})
        .order_by("pk")
        .values_list("pk")
    )
    sums: dict[tuple[int, int, int | None], Decimal] = defaultdict(Decimal)
    for one in inspected:
        sums[one.group] += one.quantity
    there = _lock_open(inspected)
    _grow(caller, [(there[group], by) for group, by in sums.items() if group in there])
    first = {one.group: one for one in reversed(inspected) if one.group not in there}
    there |= _open(caller, [(one, plans[one.line.pk], sums[one.group]) for one in first.values()])
    return {one.line.pk: there[one.group] for one in inspected}


def hold_for_inspection(
    caller: Caller, units: Iterable[tuple[Inspection, Unit]], lots: Iterable[tuple[Inspection, Lot]]
) -> None:
    """Step: what has just arrived (newborn units, lots) is held for its inspection; a lot once. Locks the lots."""
    groups: dict[int, tuple[Inspection, list[Unit], dict[int, Lot]]] = {}
    for inspection, unit in units:
        groups.setdefault(inspection.pk, (inspection, [], {}))[1].append(unit)
    for inspection, lot in lots:
        groups.setdefault(inspection.pk, (inspection, [], {}))[2][lot.pk] = lot
    if not groups:
        return
    known = set(Hold.objects.filter(inspection__in=groups, lot__isnull=False).values_list("inspection_id", "lot_id"))
    lock_things(sorted({pk for _one, _units, found in groups.values() for pk in found}), [])
    for key, (inspection, newborn, found) in sorted(groups.items()):
        fresh = [lot for pk, lot in sorted(found.items()) if (key, pk) not in known]
        reason = _("Incoming inspection %(number)s") % {"number": inspection.number}
        hold_things(caller, newborn, fresh, reason, inspection=inspection)


def sized(plan: SamplingPlan, lot_size: Decimal) -> tuple[int, int]:
    """How many of a lot are looked at, and with how many nonconforming it is accepted at most. A sample that the lot
    does not hold is the whole lot (ISO 2859-1, 10.3)."""
    count = pieces(lot_size)
    if plan.kind == "full":
        return count, 0
    line = next(line for line in plan.lines.all() if line.lot_from <= count <= (line.lot_to or count))
    return min(line.sample, count), line.accept


def sample_of(inspection: Inspection, gone: int) -> int:
    """How many pieces an inspection (with its plan's lines and its origin) looks at, when so many of its units have
    ended unseen: what is not there any more is not looked at."""
    count = pieces(inspection.lot_size) - gone
    if inspection.origin is not None:
        return count - inspection.origin.inspected
    return min(sized(inspection.plan, inspection.lot_size)[0], count)


def gone_of(inspection_ids: Iterable[int]) -> QuerySet[GoodsReceipt]:
    """The receipts with these inspections (those of the arrival) whose unit has ended before anybody looked at it."""
    seen = InspectedPiece.objects.filter(unit=OuterRef("unit"), withdrawn_at=None)
    arrived = GoodsReceipt.objects.filter(inspection__in=list(inspection_ids), unit__ended_at__isnull=False)
    return arrived.exclude(Exists(seen))


def _count_gone(inspection_ids: Iterable[int]) -> Counter[int]:
    return Counter(gone_of(inspection_ids).values_list("inspection_id", flat=True))


def lock_inspections_of(unit_id: int) -> list[Inspection]:
    """Step: lock the inspection that a unit arrived with, then what sorts it: before its lot and the unit, as a verdict
    does. Gives those that are open. One query where nothing inspects it or it is free."""
    rows = Inspection.objects.select_for_update(no_key=True, of=("self",))
    arrival = rows.filter(receipts__unit=unit_id, conceded_at=None).exclude(verdict="accepted").first()
    if arrival is None:
        return []
    both = rows.filter(Q(pk=arrival.pk) | Q(origin=arrival), verdict=None).select_related("plan", "origin")
    return list(both.prefetch_related("plan__lines").order_by("pk"))


def resize(caller: Caller, inspections: Sequence[Inspection]) -> None:
    """Step: the samples of these (locked, open) inspections are what can still be looked at; an event where one
    changes."""
    if not inspections:
        return
    gone = _count_gone([one.origin_id or one.pk for one in inspections])
    for one in inspections:
        before, one.sample = one.sample, sample_of(one, gone[one.origin_id or one.pk])
        if one.sample != before:
            record(
                caller, "inventory.inspection-resized", one, number=one.number, size=one.lot_size, before=before,
                sample=one.sample,
            )  # fmt: skip
            one.save(update_fields=["sample"])


def _plans_of(lines: Sequence[ShipNoticeLine]) -> dict[int, SamplingPlan]:
    """By the key of the line the plan its part is inspected by: the rule of its supplier goes before that of all."""
    rules = {
        (rule.part_id, rule.supplier_id): rule.plan_code
        for rule in SamplingRule.objects.filter(part_id__in={line.part_id for line in lines})
    }
    if not rules:
        return {}
    codes = {}
    for line in lines:
        of_all = rules.get((line.part_id, None), "")
        codes[line.pk] = rules.get((line.part_id, line.notice.supplier_id), of_all)
    released = SamplingPlan.objects.filter(code__in=set(codes.values()) - {""}, released_at__isnull=False)
    newest = {plan.code: plan for plan in released.order_by("revision").prefetch_related("lines")}
    return {key: newest[code] for key, code in codes.items() if code in newest and newest[code].kind != "none"}


def _lock_open(coming: Sequence[Coming]) -> dict[tuple[int, int, int | None], Inspection]:
    rows = (
        Inspection.objects.select_for_update(no_key=True, of=("self",))
        .filter(
            verdict=None,
            origin=None,
            part_id__in={one.line.part_id for one in coming},
            notice_id__in={one.line.notice_id for one in coming},
        )
        .select_related("plan")
        .prefetch_related("plan__lines")
        .order_by("pk")
    )
    return {(row.part_id, row.notice_id, row.lot_id): row for row in rows}


def _grow(caller: Caller, grown: Sequence[tuple[Inspection, Decimal]]) -> None:
    gone = _count_gone([inspection.pk for inspection, _by in grown])
    for inspection, by in grown:
        inspection.lot_size += by
        _sample, inspection.accept = sized(inspection.plan, inspection.lot_size)
        inspection.sample = sample_of(inspection, gone[inspection.pk])
    record_many(
        caller,
        "inventory.inspection-grown",
        [
            Happening(row, {"number": row.number, "by": by, "size": row.lot_size, "sample": row.sample})
            for row, by in grown
        ],
    )
    update_rows([row for row, _by in grown], ["lot_size", "sample", "accept"])


def _open(
    caller: Caller, wanted: Sequence[tuple[Coming, SamplingPlan, Decimal]]
) -> dict[tuple[int, int, int | None], Inspection]:
    numbers, keys = next_numbers(len(wanted)), next_keys(Inspection, len(wanted))
    rows = []
    for (one, plan, quantity), number, key in zip(wanted, numbers, keys, strict=True):
        sample, accept = sized(plan, quantity)
        rows.append(
            Inspection(
                pk=key,
                number=number,
                kind=plan.kind,
                plan=plan,
                part_id=one.line.part_id,
                supplier_id=one.line.notice.supplier_id,
                notice_id=one.line.notice_id,
                lot=one.lot,
                lot_size=quantity,
                sample=sample,
                accept=accept,
                opened_at=caller.at,
                event_id=0,
            )
        )
    events = record_many(
        caller,
        "inventory.inspection-opened",
        [
            Happening(
                row,
                {
                    "number": row.number,
                    "plan": plan.code,
                    "plan_revision": plan.revision,
                    "part": one.line.part.number,
                    "notice": one.line.notice.number,
                    "lot": one.lot.number if one.lot else "",
                    "size": row.lot_size,
                    "sample": row.sample,
                    "accept": row.accept,
                },
            )
            for (one, plan, _quantity), row in zip(wanted, rows, strict=True)
        ],
    )
    for row, event in zip(rows, events, strict=True):
        row.event_id = event
    insert_rows(rows)
    return {one.group: row for (one, _plan, _quantity), row in zip(wanted, rows, strict=True)}


def next_numbers(count: int) -> list[str]:
    """Step: that many fresh inspection numbers; gaps are fine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inventory_inspection_number') FROM generate_series(1, %s)", [count])
        return [f"IQ{row[0]:06d}" for row in cursor.fetchall()]


def lock_inspection(number: str) -> Inspection:
    """Step: lock an inspection by its number, with its plan and part. Refuses UnknownInspection."""
    rows = Inspection.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("plan", "part", "lot", "origin").filter(number=number.strip().upper()).first()
    if found is None:
        raise UnknownInspection(
            _("There is no inspection %(number)s.") % {"number": number.strip()[:40]},
            true=_("Nothing was recorded."),
            do=_("Choose one on the list."),
        )
    return found
