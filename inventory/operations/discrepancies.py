"""What came otherwise than announced: told by whoever unpacks, settled by whoever answers to the supplier."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _

from documents.operations.photos import attach_photos
from inventory.models import Discrepancy, GoodsReceipt, Hold, ShipNotice, ShipNoticeLine, Unit
from inventory.operations.finding import find_unit_id
from inventory.operations.holds import ReasonMissing, lock_hold, put_on_hold, release_many
from inventory.operations.placements import location_by_code
from inventory.operations.receiving import NotByLot, figure, left_of, lock_lines, receive_quantities
from inventory.operations.units import next_keys, place_sentence
from inventory.text import normalise
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal

Kind = Literal["over", "under", "wrong_part", "damaged"]
Settlement = Literal["accept", "return", "await_rest", "supplier_informed"]


class DiscrepancyOdd(Refusal):
    """The report does not fit the ship notice: another line, another quantity, nothing said."""


class UnknownDiscrepancy(Refusal):
    """No discrepancy has that number."""


class DiscrepancySettled(Refusal):
    """The discrepancy is settled already."""


class SettlementOdd(Refusal):
    """That decision does not fit this kind of discrepancy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyReport:
    """What somebody found. `line`: the number of the notice's line (0: none fits). `code`: what the label says: of a
    damaged unit its tag or serial, of a wrong part whatever stands on it. `photos`: hashes of kept photos."""

    kind: Kind
    line: int = 0
    quantity: Decimal = Decimal(1)
    code: str = ""
    text: str = ""
    photos: list[str] = field(default_factory=list)


@operation(permission="inventory.receive", returns=Discrepancy)
def report_discrepancy(*, caller: Caller, notice_id: int, report: DiscrepancyReport) -> Discrepancy:
    """Tell a difference between a ship notice and what came. Earlier receipts stay as they are. A damaged unit, or the
    lot of a damaged quantity, is put on hold at once, so that nobody builds it in.

    Locks the announced line, then lot or unit (for the hold). Refuses DiscrepancyOdd, UnknownSerial, AmbiguousSerial,
    LayoutError, TooManyPhotos, PhotoMissing, NotAPhoto."""
    notice = ShipNotice.objects.get(pk=notice_id)
    line = _line(notice, report.line) if report.line else None
    code = normalise(report.code)
    unit = _damaged_unit(notice, code) if report.kind == "damaged" and code else None
    if unit is not None and line is None:
        line = unit.goods_receipt.line
    _refuse_odd(report, line, code, unit)

    (key,), number = next_keys(Discrepancy, 1), _number()
    event = record(
        caller,
        "inventory.discrepancy-reported",
        ("inventory.discrepancy", key),
        number=number,
        notice=notice.number,
        difference=report.kind,
        line=line.number if line else None,
        part=line.part.number if line else "",
        quantity=report.quantity,
        unit=unit.tag if unit else "",
        seen=code,
        text=report.text.strip(),
        photos=list(report.photos),
    )
    found = Discrepancy.objects.create(
        pk=key,
        number=number,
        notice=notice,
        line=line,
        unit=unit,
        hold=_hold(caller, report, number, line, unit),
        kind=report.kind,
        quantity=report.quantity,
        seen=code,
        text=report.text.strip(),
        found_at=caller.at,
        found_by_id=caller.user.pk,
        event_id=event,
    )
    attach_photos(caller, found, report.photos, event)
    return found


@operation(permission="inventory.settle_discrepancy", returns=Discrepancy)
def settle_discrepancy(
    *, caller: Caller, number: str, settlement: Settlement, reason: str, location_code: str = ""
) -> Discrepancy:
    """Decide a discrepancy, once. `accept`: what is too much of a lot is received at `location_code`, what is damaged
    is good after all and its hold is released, what is missing is no longer waited for. `return`: it goes back (its
    hold stays until it ends). `await_rest`: the supplier sends the rest. `supplier_informed`: told, no more.

    Locks the discrepancy, its line, its lot or unit, its hold. Refuses UnknownDiscrepancy, DiscrepancySettled,
    ReasonMissing, SettlementOdd, UnknownLocation, NotByLot."""
    if not reason.strip():
        raise ReasonMissing(
            _("The reason is missing."), true=_("Nothing was recorded."), do=_("Write why, in a few words.")
        )
    found = _lock(number)
    _refuse_misfit(found, settlement)
    if settlement == "accept" and found.kind == "over":
        _receive_surplus(caller, found, location_code)
    if settlement == "accept" and found.hold is not None:
        hold = lock_hold(found.hold)
        if hold.released_at is None:
            release_many(caller, [hold], f"{found.number}: {reason.strip()}")

    event = record(
        caller,
        "inventory.discrepancy-settled",
        found,
        number=found.number,
        settlement=settlement,
        reason=reason.strip(),
        location=location_code.strip(),
    )
    found.settlement, found.settlement_reason, found.settled_at = settlement, reason.strip(), caller.at
    found.settled_by_id, found.settled_event_id = caller.user.pk, event
    found.save(update_fields=["settlement", "settlement_reason", "settled_at", "settled_by", "settled_event_id"])
    return found


def _line(notice: ShipNotice, number: int) -> ShipNoticeLine:
    line_id = ShipNoticeLine.objects.filter(notice=notice, number=number).values_list("pk", flat=True).first()
    if line_id is None:
        raise DiscrepancyOdd(
            _("Ship notice %(notice)s has no line %(line)d.") % {"notice": notice.number, "line": number},
            true=_("Nothing was recorded."),
            do=_("Choose a line of this ship notice."),
        )
    return lock_lines([line_id])[0]


def _damaged_unit(notice: ShipNotice, code: str) -> Unit:
    """The received unit that a label names. Refuses UnknownSerial, AmbiguousSerial, DiscrepancyOdd."""
    unit = Unit.objects.select_related("goods_receipt__line__part", "goods_receipt__line__notice").get(
        pk=find_unit_id(code)
    )
    receipt: GoodsReceipt | None = getattr(unit, "goods_receipt", None)
    if receipt is None or receipt.line.notice_id != notice.pk:
        raise DiscrepancyOdd(
            _("%(unit)s did not come with ship notice %(notice)s.") % {"unit": unit.name, "notice": notice.number},
            true=_("%(place)s Nothing was recorded.") % {"place": place_sentence(unit)},
            do=_("Choose the ship notice that it came with, or report a nonconformity."),
        )
    return unit


def _refuse_odd(report: DiscrepancyReport, line: ShipNoticeLine | None, code: str, unit: Unit | None) -> None:
    if line is None and not code:
        raise _odd(_("It is not said what is different."), _("Scan the label, or choose the line."))
    if report.kind in ("over", "under") and line is None:
        raise _odd(_("Too many or too few is told of a line."), _("Choose the line."))
    if report.kind == "wrong_part" and not code:
        raise _odd(_("The label of the wrong part is missing."), _("Scan its label."))
    if report.kind == "damaged" and unit is None and line is not None and line.part.is_serialised:
        raise _odd(
            _("A damaged part with a serial is told by its label."),
            _("Receive it first, so that it has a tag; then scan it."),
        )
    if report.quantity <= 0 or report.quantity != report.quantity.quantize(Decimal("0.0001")):
        raise _odd(_("The quantity must be more than zero, with at most four decimals."), _("Count again."))
    if report.kind == "under" and line is not None and report.quantity > _missing(line):
        raise _odd(
            _("%(quantity)s cannot be missing: only %(left)s have not come.")
            % {"quantity": figure(report.quantity), "left": figure(_missing(line))},
            _("Count again."),
        )


def _odd(say: str, do: str) -> DiscrepancyOdd:
    return DiscrepancyOdd(say, true=_("Nothing was recorded."), do=do)


def _missing(line: ShipNoticeLine) -> Decimal:
    """What has not come of a line; of a part with serials, of all lines of that part and lot of the notice."""
    if not line.part.is_serialised:
        return left_of([line])[0][1]
    alike = ShipNoticeLine.objects.filter(
        notice=line.notice_id, part_revision=line.part_revision_id, lot_number=line.lot_number
    )
    came = GoodsReceipt.objects.filter(line__in=alike).aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)
    return Decimal(alike.count()) - came


def _hold(
    caller: Caller, report: DiscrepancyReport, number: str, line: ShipNoticeLine | None, unit: Unit | None
) -> Hold | None:
    """What is damaged is held at once: the unit, else the lot as far as it has come."""
    if report.kind != "damaged":
        return None
    reason = f"{number}: {report.text.strip() or _('damaged on arrival')}"
    if unit is not None:
        return put_on_hold(caller, [unit.tag], reason)[0]
    receipt = GoodsReceipt.objects.filter(line=line, lot__isnull=False).select_related("lot").first()
    return put_on_hold(caller, [receipt.lot.tag], reason)[0] if receipt is not None and receipt.lot else None


def _number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inventory_discrepancy_number')")
        return f"DC{cursor.fetchone()[0]:06d}"


def _lock(number: str) -> Discrepancy:
    found = (
        Discrepancy.objects.select_for_update(no_key=True, of=("self",))
        .select_related("notice", "line__part", "hold")
        .filter(number=number.strip())
        .first()
    )
    if found is None:
        raise UnknownDiscrepancy(
            _("There is no discrepancy %(number)s.") % {"number": number.strip()[:40]}, true=_("Nothing was recorded.")
        )
    if found.settled_at is not None:
        raise DiscrepancySettled(
            _("Discrepancy %(number)s is settled already.") % {"number": found.number},
            true=_("The reason was: %(reason)s. Nothing was recorded.") % {"reason": found.settlement_reason},
        )
    return found


FITTING: dict[str, tuple[str, ...]] = {
    "over": ("accept", "return", "supplier_informed"),
    "under": ("accept", "await_rest", "supplier_informed"),
    "wrong_part": ("return", "supplier_informed"),
    "damaged": ("accept", "return", "supplier_informed"),
}
"""Kind → the decisions that fit it."""


def _refuse_misfit(found: Discrepancy, settlement: str) -> None:
    if settlement not in FITTING[found.kind]:
        raise SettlementOdd(
            _("This decision does not fit this kind of discrepancy."),
            true=_("Nothing was recorded."),
            do=_("A part that nobody announced goes back, or its supplier announces it on a new ship notice.")
            if found.kind == "wrong_part"
            else _("Choose another decision."),
        )


def _receive_surplus(caller: Caller, found: Discrepancy, location_code: str) -> None:
    """What came above the announced quantity of a lot becomes stock."""
    location = location_by_code(location_code)
    assert found.line_id is not None  # a surplus is told of a line
    line = lock_lines([found.line_id])[0]
    if line.part.is_serialised:
        raise NotByLot(
            _("%(part)s has serials: what was not announced cannot be received.") % {"part": line.part.number},
            true=_("Nothing was recorded."),
            do=_("Have the supplier announce it on a new ship notice, or send it back."),
        )
    receive_quantities(caller, [(line, found.quantity)], location)
