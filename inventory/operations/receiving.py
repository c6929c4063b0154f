"""Goods come in: what a ship notice announced becomes units with tags and lots with stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext as _

from inventory.models import GoodsReceipt, Identifier, Location, ShipNotice, ShipNoticeLine
from inventory.operations.arrivals import lines_with_contents, receive_lines
from inventory.operations.finding import AmbiguousSerial, UnknownSerial
from inventory.operations.holds import lock_things
from inventory.operations.inspections import Coming, hold_for_inspection, open_inspections
from inventory.operations.placements import location_by_code
from inventory.operations.recalls import hold_arrivals
from inventory.operations.stock import LotToBe, Shift, lots_of, shift
from inventory.operations.units import place_sentence
from inventory.text import normalise
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class AlreadyReceived(Refusal):
    """The unit was received before."""


class ArrivesInside(Refusal):
    """The unit arrives inside another unit, which is what is received."""


class NothingExpected(Refusal):
    """Everything of the ship notice is received."""


class QuantityOdd(Refusal):
    """The quantity is not more than zero, or more than was announced."""


class NotByLot(Refusal):
    """The line announces a unit with a serial, or the unit's part is followed by lot."""


@operation(permission="inventory.receive", returns=GoodsReceipt)
def receive_unit(*, caller: Caller, serial: str, location_code: str) -> GoodsReceipt:
    """Receive one announced unit by its serial (or PART:SERIAL); what was announced inside it arrives with it.

    Locks the ship notice lines, then (for a new lot) the part. Refuses LayoutError, UnknownSerial, AmbiguousSerial,
    AlreadyReceived (and says where it is), ArrivesInside, UnknownLocation, SerialTaken, IdentifierTaken, NotByLot."""
    return _receive(caller, [serial], location_code)[0]


@operation(permission="inventory.receive")
def receive_units(*, caller: Caller, serials: list[str], location_code: str) -> dict[str, object]:
    """Receive several announced units, all or none: the step of receive_unit over many rows, with its refusals."""
    receipts = _receive(caller, list(dict.fromkeys(serials)), location_code)
    return {"location": location_code, "units": [receipt.unit_id for receipt in receipts]}


@operation(permission="inventory.receive")
def receive_notice(*, caller: Caller, notice_id: int, location_code: str) -> dict[str, object]:
    """Receive everything of a ship notice that has not come yet: units with their contents, lots with their rest.

    Locks all lines of the notice, then parts of new lots. Refuses NothingExpected, UnknownLocation, SerialTaken,
    IdentifierTaken."""
    notice = ShipNotice.objects.get(pk=notice_id)
    location = location_by_code(location_code)
    lines = lock_lines(list(ShipNoticeLine.objects.filter(notice=notice).values_list("pk", flat=True)))
    rest = [(line, left) for line, left in left_of(lines) if left > 0]
    if not rest:
        raise NothingExpected(
            _("Everything of ship notice %(number)s is received.") % {"number": notice.number},
            true=_("Nothing was recorded."),
        )

    units = receive_lines(caller, [line for line, _left in rest if line.part.is_serialised], location)
    lots = receive_quantities(caller, [(line, left) for line, left in rest if not line.part.is_serialised], location)
    return {"notice": notice.pk, "units": [row.unit_id for row in units], "lots": [row.lot_id for row in lots]}


@operation(permission="inventory.receive", returns=GoodsReceipt)
def receive_lot(*, caller: Caller, line_id: int, quantity: Decimal, location_code: str) -> GoodsReceipt:
    """Receive a quantity of an announced lot; the rest may come later.

    Locks the line, then (for a new lot) the part. Refuses QuantityOdd, NotByLot, UnknownLocation."""
    location = location_by_code(location_code)
    line = lock_lines([line_id])[0]
    if line.part.is_serialised:
        raise NotByLot(
            _("Line %(number)s announces a part with serials.") % {"number": line.number},
            true=_("Nothing was recorded."),
            do=_("Scan the serial of each part."),
        )
    _line, left = left_of([line])[0]
    if not 0 < quantity <= left:
        raise QuantityOdd(
            _("%(quantity)s cannot be received on line %(number)s.") % {"quantity": quantity, "number": line.number},
            true=_("%(left)s of %(announced)s are still expected. Nothing was recorded.")
            % {"left": figure(left), "announced": figure(line.quantity)},
            do=_("Count again; more than announced goes back to the supplier or onto a new ship notice."),
        )

    return receive_quantities(caller, [(line, quantity)], location)[0]


def _receive(caller: Caller, serials: Sequence[str], location_code: str) -> list[GoodsReceipt]:
    """Find without a lock, lock the lines by key, read again; then the set-based step."""
    location = location_by_code(location_code)
    texts = [normalise(serial) for serial in serials]
    by_text = _lines_by_serial(texts)
    found = list(dict.fromkeys(_expected_line(text, by_text[text]) for text in texts))
    line_ids = [line.pk for line in found]
    lines = {line.pk: line for line in lock_lines(lines_with_contents(found))}
    received = GoodsReceipt.objects.filter(line_id__in=lines, unit__isnull=False).select_related("unit")
    for receipt in received:
        if receipt.line_id in line_ids and receipt.unit is not None:
            raise _already(receipt.unit.name, place_sentence(receipt.unit))

    receipts = {row.line_id: row for row in receive_lines(caller, list(lines.values()), location)}
    return [receipts[line_id] for line_id in line_ids]


def _expected_line(text: str, lines: Sequence[ShipNoticeLine]) -> ShipNoticeLine:
    """The one announced line of those a text names that has not come. Refuses as receive_unit says."""
    open_lines = [line for line in lines if not line.is_received]  # type: ignore[attr-defined]
    if not open_lines:
        raise _unexpected(text, lines)
    if len({line.part_id for line in open_lines}) > 1:
        raise AmbiguousSerial(
            _("%(text)s is announced for several parts: %(parts)s.")
            % {"text": text, "parts": ", ".join(sorted({line.part.number for line in open_lines}))},
            true=_("Nothing was recorded."),
            do=_("Enter the part number, a colon and the serial."),
        )
    line = open_lines[0]
    if not line.part.is_serialised:
        raise _by_quantity(text)
    if line.parent_serial:
        raise ArrivesInside(
            _("%(text)s arrives inside %(parent)s.") % {"text": text, "parent": line.parent_serial},
            true=_("Nothing was recorded."),
            do=_("Scan the label of %(parent)s.") % {"parent": line.parent_serial},
        )
    return line


def _lines_by_serial(texts: Sequence[str]) -> dict[str, list[ShipNoticeLine]]:
    """The announced lines that each text names, by serial or PART:SERIAL, each marked `is_received`. One query."""
    bare = set(texts) | {text.partition(":")[2] for text in texts if ":" in text}
    came = GoodsReceipt.objects.filter(line=OuterRef("pk"), unit__isnull=False)
    lines = ShipNoticeLine.objects.annotate(is_received=Exists(came)).filter(serial__in=bare - {""})
    by_serial: dict[str, list[ShipNoticeLine]] = defaultdict(list)
    for line in lines.select_related("part").order_by("pk"):
        by_serial[line.serial].append(line)
    found = {}
    for text in texts:
        part, _colon, serial = text.partition(":")
        found[text] = by_serial.get(text) or [line for line in by_serial.get(serial, []) if line.part.number == part]
    return found


def _unexpected(text: str, lines: Sequence[ShipNoticeLine]) -> Refusal:
    receipt = GoodsReceipt.objects.filter(line__in=lines).select_related("unit").order_by("-pk").first()
    if receipt is not None and receipt.unit is not None:
        return _already(text, place_sentence(receipt.unit))
    known = Identifier.objects.filter(normalised=text, closed_at=None).select_related("unit").first()
    if known is not None:
        return _already(text, place_sentence(known.unit))
    if ShipNoticeLine.objects.filter(lot_number=text, serial="").exists():
        return _by_quantity(text)
    return UnknownSerial(
        _("%(text)s is not announced by any supplier.") % {"text": text[:60]},
        true=_("Nothing was recorded."),
        do=_("Check the label. If the part is right, have its ship notice imported first."),
    )


def _by_quantity(text: str) -> NotByLot:
    return NotByLot(
        _("%(text)s is announced by quantity.") % {"text": text},
        true=_("Nothing was recorded."),
        do=_("Open the ship notice and receive its lot."),
    )


def _already(name: str, place: str) -> AlreadyReceived:
    return AlreadyReceived(
        _("%(unit)s is received already.") % {"unit": name},
        true=_("%(place)s Nothing was recorded.") % {"place": place},
        do=_("Check the label on the part with the line leader."),
    )


def lock_lines(line_ids: Sequence[int]) -> list[ShipNoticeLine]:
    """Step: lock announced lines by key, and read them with their notice and part."""
    lines = (
        ShipNoticeLine.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=line_ids)
        .select_related("notice__supplier", "part", "part_revision__part")
        .order_by("pk")
    )
    locked = list(lines)
    if len(locked) != len(set(line_ids)):
        raise ShipNoticeLine.DoesNotExist
    return locked


def left_of(lines: Sequence[ShipNoticeLine]) -> list[tuple[ShipNoticeLine, Decimal]]:
    """What has not come yet of each (locked) line."""
    came = dict(
        GoodsReceipt.objects.filter(line__in=lines).values_list("line_id").annotate(came=Sum("quantity")).order_by()
    )
    return [(line, line.quantity - came.get(line.pk, Decimal(0))) for line in lines]


def receive_quantities(
    caller: Caller, lines: Sequence[tuple[ShipNoticeLine, Decimal]], location: Location
) -> list[GoodsReceipt]:
    """Step: quantities of (locked) lines become stock; an event for each. What is inspected on arrival is held for it,
    the whole lot: what of it was accepted before cannot be told from what has come now. Where something is inspected
    the lots are locked before their stock, as whoever uses or moves a lot does."""
    if not lines:
        return []
    lots = lots_of(caller, [lot_of_line(line) for line, _quantity in lines])
    coming = [(line, lots[line.part_id, lot_number(line)], quantity) for line, quantity in lines]
    inspections = open_inspections(caller, [Coming(line, quantity, lot) for line, lot, quantity in coming])
    if inspections:
        lock_things(sorted({lot.pk for lot in lots.values()}), [])
    hold_arrivals(caller, [], list(lots.values()))
    events = record_many(
        caller,
        "inventory.lot-received",
        [
            Happening(
                lot,
                {
                    "lot": lot.number,
                    "part": line.part.number,
                    "quantity": quantity,
                    "location": location.code,
                    "notice": line.notice.number,
                    "line": line.number,
                },
            )
            for line, lot, quantity in coming
        ],
    )
    shift(
        [
            Shift(lot.pk, None, location.pk, quantity, event)
            for (_line, lot, quantity), event in zip(coming, events, strict=True)
        ]
    )
    hold_for_inspection(
        caller, (), [(inspections[line.pk], lot) for line, lot, _quantity in coming if line.pk in inspections]
    )
    return GoodsReceipt.objects.bulk_create(
        [
            GoodsReceipt(
                line=line,
                lot=lot,
                quantity=quantity,
                location=location,
                inspection=inspections.get(line.pk),
                at=caller.at,
                event_id=event,
            )
            for (line, lot, quantity), event in zip(coming, events, strict=True)
        ],
        batch_size=2_000,
    )


def lot_number(line: ShipNoticeLine) -> str:
    """The lot's number: the supplier's, else the notice and its line, so that bulk goods are followed too."""
    return line.lot_number or f"{line.notice.number}/{line.number}"


def lot_of_line(line: ShipNoticeLine) -> LotToBe:
    """The lot that a line announces."""
    return LotToBe(line.part_revision, lot_number(line), line.notice.supplier, expires_on=line.expires_on)


def figure(quantity: Decimal) -> str:
    """A quantity without the zeros behind it."""
    return format(quantity.normalize(), "f")
