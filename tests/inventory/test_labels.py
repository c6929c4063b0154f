"""Labels of units and lots: their facts, and the keys they are asked for by."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.kinds import NothingToPrint
from documents.operations.issuing import copy_of
from inventory.models import Lot, Unit
from inventory.operations.boms import BomRow, release_bom
from inventory.operations.finding import AmbiguousSerial, UnknownSerial
from inventory.operations.holds import place_hold
from inventory.operations.lots import consume_lot
from inventory.operations.receiving import receive_notice
from inventory.papers import find_labelled, find_notice, labels_of_notice
from inventory.queries.labels import (
    lot_label_sheet,
    lot_label_sheets,
    notice_labels,
    unit_label_sheet,
    unit_label_sheets,
)
from ledger.models import Event
from tests.cast import a_caller
from tests.documents.reading import pages_of, text_of
from tests.world import (
    a_consumable,
    a_location,
    a_lot,
    a_notice,
    a_part,
    a_superchip,
    a_supplier,
    a_unit,
    received_units,
)

pytestmark = pytest.mark.django_db


def test_label_says_what_was_received() -> None:
    a_location("RCV-1")
    part = a_part("900-2G548", name_ja="基板", name_en="Board", revision="C")
    line = {"part number": part.number, "serial": "SN-77", "country": "TW", "lot": "L-9"}
    notice = a_notice([line], order="PO-26-0711")
    receive_notice(caller=a_caller("mei"), notice_id=notice.pk, location_code="RCV-1")
    unit = Unit.objects.get(serial="SN-77")

    label = unit_label_sheet(unit.pk)

    assert (label.tag, label.code_text, label.serial) == (unit.tag, unit.tag, "SN-77")
    assert (label.part_number, label.part_revision, label.name.en) == ("900-2G548", "C", "Board")
    assert (label.country, label.order, label.received_on) == ("TW", "PO-26-0711", date(2026, 11, 20))
    assert (label.quantity, label.unit, label.lot, label.held) == (Decimal(1), "pcs", "L-9", "")
    assert label.record == Event.objects.of_subject(unit).latest("pk").pk
    assert not label.made_here


def test_hold_is_on_the_label_also_that_of_its_lot() -> None:
    free, own, of_lot = a_unit(), a_unit(), received_units(a_part(), 1, lot="L-1")[0]
    first = place_hold(caller=a_caller("tanaka"), target=own.tag, reason="Scratch")
    second = place_hold(caller=a_caller("tanaka"), target="L-1", reason="Recall")

    labels = {label.tag: label.held for label in unit_label_sheets([free.pk, own.pk, of_lot.pk])}

    assert labels == {free.tag: "", own.tag: first.number, of_lot.tag: second.number}


def test_label_of_a_lot_tells_what_is_left() -> None:
    lot = a_lot(a_consumable("PG25"), "40.50")
    consume_lot(caller=a_caller("mei"), lot=lot.tag, host=a_unit().tag, quantity=Decimal("0.5"))

    label = lot_label_sheet(lot.pk)

    assert (label.tag, label.serial, label.lot, str(label.quantity)) == (lot.tag, "", lot.number, "40")


def test_questions_are_as_many_for_one_label_as_for_many() -> None:
    units = [unit.pk for unit in received_units(a_part(), 12)]
    lots = [a_lot().pk for _ in range(3)]
    for ask, ids in ((unit_label_sheets, units), (lot_label_sheets, lots)):
        counts = []
        for some in (ids[:1], ids):
            with CaptureQueriesContext(connection) as caught:
                assert len(ask(some)) == len(some)
            counts.append(len(caught))
        assert counts[0] == counts[1] <= 5


def test_notice_gives_a_label_to_each_thing_that_came() -> None:
    a_location("RCV-1")
    board, paste = a_superchip(), a_consumable()
    notice = a_notice(
        [
            *({"part number": board.number, "serial": f"SN-{n}"} for n in range(9)),
            {"part number": paste.number, "lot": "L-5", "quantity": "20"},
        ]
    )
    receive_notice(caller=a_caller("mei"), notice_id=notice.pk, location_code="RCV-1")

    labels = notice_labels(notice.pk).labels

    assert [label.serial or label.lot for label in labels] == [*(f"SN-{n}" for n in range(9)), "L-5"]
    content, subject = copy_of("unit-labels", notice.number, "ja")
    assert subject.name == notice.number
    assert [page.count("現品票") for page in pages_of(content)] == [8, 2]


def test_notice_of_which_nothing_came_has_no_labels() -> None:
    notice = a_notice([{"part number": a_part().number, "serial": "SN-1"}])

    with pytest.raises(NothingToPrint):
        labels_of_notice(find_notice(notice.number))


def test_unknown_notice_is_refused() -> None:
    with pytest.raises(NothingToPrint):
        find_notice("ASN-404")


def test_number_that_two_suppliers_used_is_refused() -> None:
    a_supplier("SUP-2")
    for supplier in ("SUP-1", "SUP-2"):
        a_notice([{"part number": a_part().number, "serial": "SN-1"}], number="ASN-1", supplier=supplier)

    with pytest.raises(AmbiguousSerial):
        find_notice("ASN-1")


def test_label_is_found_by_tag_serial_and_lot() -> None:
    unit, lot = a_unit(), a_lot()

    assert find_labelled(unit.tag) == find_labelled(f" {unit.serial} ")
    assert (find_labelled(unit.tag).type, find_labelled(unit.tag).name) == ("inventory.unit", unit.tag)
    assert (find_labelled(lot.number).type, find_labelled(lot.number).id) == ("inventory.lot", lot.pk)


def test_unknown_and_ambiguous_keys_are_refused() -> None:
    received_units(a_part(), serials=["TWIN"])
    received_units(a_part(), serials=["TWIN"])

    with pytest.raises(UnknownSerial):
        find_labelled("NOBODY")
    with pytest.raises(AmbiguousSerial):
        find_labelled("TWIN")


@pytest.mark.parametrize(("language", "title"), [("ja", "現品票"), ("en", "Unitlabel")])
def test_label_is_pressed_in_both_languages(language: str, title: str) -> None:
    unit = a_unit()

    text = text_of(copy_of("unit-label", unit.serial, language)[0])

    assert title in text and unit.tag in text and unit.serial in text
    assert "COPY" not in text


def test_missing_rows_are_said() -> None:
    with pytest.raises(Unit.DoesNotExist):
        unit_label_sheet(0)
    with pytest.raises(Lot.DoesNotExist):
        lot_label_sheet(0)


def test_lot_is_counted_as_the_bills_count_its_part() -> None:
    coolant = a_part("PG25", kind="coolant", level="chip", traceability="lot")
    rack = a_part("RACK", kind="rack", level="rack")
    release_bom(
        caller=a_caller("plan"), part_number=rack.number, part_revision="A", revision="1",
        lines=[BomRow(number=10, part_number=coolant.number, quantity=Decimal(40), unit="L")],
    )  # fmt: skip

    counted, pieces = lot_label_sheets([a_lot(coolant).pk, a_lot().pk])

    assert (counted.unit, pieces.unit) == ("L", "pcs")
