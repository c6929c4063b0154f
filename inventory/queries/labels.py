"""The facts of labels (現品票): of units and lots, one or many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import F, QuerySet, Sum

from documents.words import PLANT_NAME, PLANT_TIME, Plant, Words, plain_digits
from inventory.documents.unit_label import LabelSet, UnitLabelSheet
from inventory.models import GoodsReceipt, Hold, Lot, Stock, Unit

PLANT = Plant(PLANT_NAME, Words("資材課", "Materials"))


def unit_label_sheet(unit_id: int) -> UnitLabelSheet:
    """The label of one unit. Four queries. Raises Unit.DoesNotExist."""
    sheets = unit_label_sheets([unit_id])
    if not sheets:
        raise Unit.DoesNotExist
    return sheets[0]


def unit_label_sheets(unit_ids: Iterable[int]) -> list[UnitLabelSheet]:
    """The labels of units by tag. Four queries, however many."""
    rows = Unit.objects.filter(pk__in=set(unit_ids)).select_related("part", "part_revision", "lot")
    units = list(rows.order_by("pk"))
    ids = [unit.pk for unit in units]
    came = {row.unit_id: row for row in _receipts().filter(unit_id__in=ids)}
    held = dict(Hold.objects.open().filter(unit_id__in=ids).order_by("-id").values_list("unit_id", "number"))
    of_lot = _held_lots({unit.lot_id for unit in units if unit.lot_id})
    last = _last_events("inventory.unit", ids)
    return [
        UnitLabelSheet(
            plant=PLANT,
            tag=unit.tag,
            part_number=unit.part.number,
            part_revision=unit.part_revision.revision,
            name=Words(unit.part.name_ja, unit.part.name_en),
            serial=unit.serial,
            lot=unit.lot.number if unit.lot else "",
            country=unit.country,
            quantity=Decimal(1),
            unit="pcs",
            received_on=_day(came.get(unit.pk)),
            order=_order(came.get(unit.pk)),
            held=held.get(unit.pk) or of_lot.get(unit.lot_id or 0, ""),
            code_text=unit.tag,
            record=last[unit.pk][0],
            at=last[unit.pk][1],
            made_here=unit.pk not in came and unit.supplier_id is None,
        )
        for unit in units
    ]


def lot_label_sheet(lot_id: int) -> UnitLabelSheet:
    """The label of one lot. Raises Lot.DoesNotExist."""
    sheets = lot_label_sheets([lot_id])
    if not sheets:
        raise Lot.DoesNotExist
    return sheets[0]


def lot_label_sheets(lot_ids: Iterable[int]) -> list[UnitLabelSheet]:
    """The labels of lots; the quantity is what is in stock now. Five queries, however many."""
    lots = list(Lot.objects.filter(pk__in=set(lot_ids)).select_related("part", "part_revision").order_by("pk"))
    ids = [lot.pk for lot in lots]
    came: dict[int, GoodsReceipt] = {}
    for row in _receipts().filter(lot_id__in=ids):
        came.setdefault(row.lot_id or 0, row)
    held, last = _held_lots(ids), _last_events("inventory.lot", ids)
    stock = dict(Stock.objects.filter(lot_id__in=ids).values_list("lot_id").annotate(left=Sum("quantity")).order_by())
    return [
        UnitLabelSheet(
            plant=PLANT,
            tag=lot.tag,
            part_number=lot.part.number,
            part_revision=lot.part_revision.revision,
            name=Words(lot.part.name_ja, lot.part.name_en),
            serial="",
            lot=lot.number,
            country=came[lot.pk].line.country if lot.pk in came else "",
            quantity=plain_digits(stock.get(lot.pk, Decimal(0))),
            unit=lot.unit,
            received_on=_day(came.get(lot.pk)),
            order=_order(came.get(lot.pk)),
            held=held.get(lot.pk, ""),
            code_text=lot.tag,
            record=last[lot.pk][0],
            at=last[lot.pk][1],
        )
        for lot in lots
    ]


def notice_labels(notice_id: int) -> LabelSet:
    """The labels of all that was received of a ship notice, units first; empty when nothing has come. Ten queries.

    What arrived inside another unit has no label of its own: the label is on what was received."""
    rows = GoodsReceipt.objects.filter(line__notice=notice_id, line__parent_serial="").values_list("unit_id", "lot_id")
    units = [unit for unit, _lot in rows if unit]
    lots = [lot for _unit, lot in rows if lot]
    return LabelSet((*unit_label_sheets(units), *lot_label_sheets(lots)))


def _receipts() -> QuerySet[GoodsReceipt]:
    return GoodsReceipt.objects.select_related("line__notice").order_by("id")


def _held_lots(lot_ids: Iterable[int]) -> dict[int, str]:
    rows = Hold.objects.open().filter(lot_id__in=set(lot_ids)).order_by("-id")
    return dict(rows.annotate(key=F("lot_id")).values_list("key", "number"))


def _last_events(subject_type: str, ids: list[int]) -> dict[int, tuple[int, datetime]]:
    """The last event about each subject: id and time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (subject_id) subject_id, id, recorded_at FROM ledger_event"
            " WHERE subject_type = %s AND subject_id = ANY(%s) ORDER BY subject_id, id DESC",
            [subject_type, ids],
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def _day(receipt: GoodsReceipt | None) -> date | None:
    return receipt.at.astimezone(PLANT_TIME).date() if receipt else None


def _order(receipt: GoodsReceipt | None) -> str:
    return receipt.line.notice.order_number if receipt else ""
