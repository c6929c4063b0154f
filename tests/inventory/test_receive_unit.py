"""receive_unit: by scan against what was announced."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from inventory.models import GoodsReceipt, Identifier, Lot, Placement, ShipNotice, ShipNoticeLine, Unit
from inventory.operations.finding import AmbiguousSerial, UnknownSerial
from inventory.operations.parts import BuiltInRow
from inventory.operations.placements import UnknownLocation
from inventory.operations.receiving import AlreadyReceived, ArrivesInside, NotByLot, receive_unit, receive_units
from inventory.text import LayoutError
from ledger.models import Event, Receipt
from ledger.refusals import KeyReused, NotPermitted, Refusal
from tests.cast import a_caller
from tests.inventory.unchanged import refused
from tests.world import a_consumable, a_location, a_notice, a_part, a_superchip, a_unit

pytestmark = pytest.mark.django_db


def announced(serial: str = "1640124000234", **others: object) -> ShipNotice:
    a_location("RCV-1")
    return a_notice([{"part number": a_part().number, "serial": serial, **others}])


def test_announced_unit_comes_to_life_at_its_place() -> None:
    notice = announced(country="TW")

    receipt = receive_unit(caller=a_caller("mei"), serial="１６４０１２４０００２３４ ", location_code="RCV-1")

    unit = Unit.objects.get(pk=receipt.unit_id)
    assert (unit.serial, unit.country, receipt.line.notice) == ("1640124000234", "TW", notice)
    assert Placement.objects.get(unit=unit).location.code == "RCV-1"
    event = Event.objects.get(kind="inventory.unit-received")
    assert (event.subject_id, receipt.event_id, unit.born_event_id) == (unit.pk, event.pk, event.pk)
    assert Identifier.objects.get(unit=unit).event_id == event.pk


def test_superchip_brings_its_cpu_and_its_announced_gpu() -> None:
    board = a_superchip()
    gpu = board.revisions.get().positions.get(position="GPU1").child
    uuid = "GPU-11111111-2222-3333-4444-555555555555"
    a_notice(
        [
            {"part number": board.number, "serial": "S1"},
            {"part number": gpu.number, "uuid": uuid, "parent serial": "S1", "position": "GPU1"},
        ]
    )
    a_location("RCV-1")

    receipt = receive_unit(caller=a_caller("mei"), serial="S1", location_code="RCV-1")

    inside = {row.position: row.unit for row in Placement.objects.filter(host=receipt.unit_id)}
    assert sorted(inside) == ["CPU0", "GPU1"]
    assert inside["GPU1"].identifiers.get().normalised == uuid.lower()
    assert not Identifier.objects.filter(unit=inside["CPU0"]).exists()
    assert GoodsReceipt.objects.count() == 2
    assert Event.objects.filter(kind="inventory.unit-received").count() == 2
    assert Event.objects.filter(kind="inventory.unit-born").count() == 1


def test_built_in_parts_are_born_at_every_depth() -> None:
    chip = a_part(level="chip")
    board = a_part(level="board", built_in=[BuiltInRow(position="U1", part_number=chip.number)])
    tray = a_part(level="tray", built_in=[BuiltInRow(position="B1", part_number=board.number)])

    unit = a_unit(tray)

    inner = Placement.objects.get(host=unit)
    assert Placement.objects.get(host=inner.unit).unit.part == chip
    assert {event.kind for event in Event.objects.filter(subject_type="inventory.unit")} == {
        "inventory.unit-received",
        "inventory.unit-born",
    }


def test_supplier_lot_of_a_serial_is_kept() -> None:
    announced(lot="L-77")

    receipt = receive_unit(caller=a_caller("mei"), serial="1640124000234", location_code="RCV-1")

    assert Unit.objects.get(pk=receipt.unit_id).lot == Lot.objects.get(number="L-77")


def test_unannounced_serial_is_refused() -> None:
    announced()
    with refused(UnknownSerial):
        receive_unit(caller=a_caller("mei"), serial="NOBODY", location_code="RCV-1")


def test_serial_of_two_parts_is_refused_until_the_part_is_named() -> None:
    parts = [a_part(), a_part()]
    a_location("RCV-1")
    a_notice([{"part number": part.number, "serial": "X1"} for part in parts])
    with refused(AmbiguousSerial):
        receive_unit(caller=a_caller("mei"), serial="X1", location_code="RCV-1")

    receipt = receive_unit(caller=a_caller("mei"), serial=f"{parts[1].number}:X1", location_code="RCV-1")

    assert Unit.objects.get(pk=receipt.unit_id).part == parts[1]


def test_second_receipt_is_refused_and_says_where_it_is() -> None:
    announced()
    receive_unit(caller=a_caller("mei"), serial="1640124000234", location_code="RCV-1")
    with refused(AlreadyReceived) as caught:
        receive_unit(caller=a_caller("mei"), serial="1640124000234", location_code="RCV-1")
    assert "RCV-1" in caught.value.true


def test_what_arrives_inside_is_refused_alone() -> None:
    board, chip = a_part(), a_part(level="chip")
    a_location("RCV-1")
    a_notice(
        [
            {"part number": board.number, "serial": "B"},
            {"part number": chip.number, "serial": "C", "parent serial": "B", "position": "U1"},
        ]
    )
    with refused(ArrivesInside):
        receive_unit(caller=a_caller("mei"), serial="C", location_code="RCV-1")


def test_lot_number_is_refused_as_a_serial() -> None:
    a_location("RCV-1")
    a_notice([{"part number": a_consumable().number, "lot": "L-1", "quantity": "5"}])
    with refused(NotByLot):
        receive_unit(caller=a_caller("mei"), serial="L-1", location_code="RCV-1")


@pytest.mark.parametrize("text", ["１６４０\u2070", "1640ー124", "S" * 201, "\u202eS1"])
def test_text_that_no_label_has_is_refused(text: str) -> None:
    announced()
    with refused(LayoutError):
        receive_unit(caller=a_caller("mei"), serial=text, location_code="RCV-1")


def test_unknown_place_is_refused() -> None:
    announced()
    with refused(UnknownLocation):
        receive_unit(caller=a_caller("mei"), serial="1640124000234", location_code="MOON")


@pytest.mark.parametrize("who", ["stranger", "aud", "rosa"])
def test_who_may_not_receive_is_refused(who: str) -> None:
    announced()
    caller = a_caller(who)
    with refused(NotPermitted):
        receive_unit(caller=caller, serial="1640124000234", location_code="RCV-1")


def test_same_key_gives_the_same_receipt_and_no_other_request() -> None:
    announced()
    caller = a_caller("mei", key="one")

    first = receive_unit(caller=caller, serial="1640124000234", location_code="RCV-1")

    assert receive_unit(caller=caller, serial="1640124000234", location_code="RCV-1") == first
    assert Receipt.objects.filter(key="one").count() == 1
    with refused(KeyReused):
        receive_unit(caller=caller, serial="another", location_code="RCV-1")


def test_several_units_are_received_all_or_none() -> None:
    part = a_part()
    a_location("RCV-1")
    a_notice([{"part number": part.number, "serial": f"N{n}"} for n in range(30)])
    with refused(UnknownSerial):
        receive_units(caller=a_caller("mei"), serials=["N1", "N2", "N99"], location_code="RCV-1")

    answer = receive_units(caller=a_caller("mei"), serials=["N1", "N2", "N1"], location_code="RCV-1")

    assert [Unit.objects.get(pk=pk).serial for pk in answer["units"]] == ["N1", "N2"]  # type: ignore[union-attr]


def test_the_wall_refuses_a_line_received_twice() -> None:
    unit = a_unit()
    receipt = GoodsReceipt.objects.get(unit=unit)
    other = a_unit(unit.part)
    with pytest.raises(IntegrityError, match="announced_unit_is_received_once"), transaction.atomic():
        GoodsReceipt.objects.create(
            line=receipt.line,
            unit=_bare_copy(other),
            quantity=1,
            location=receipt.location,
            at=receipt.at,
            event_id=receipt.event_id,
        )


def _bare_copy(unit: Unit) -> Unit:
    unit.pk, unit.tag = None, "GP99999999X"
    unit.save(force_insert=True)
    return unit


@pytest.mark.complaint(2)
def test_the_wall_refuses_a_serial_twice_for_a_part() -> None:
    name = Identifier.objects.get(unit=a_unit())
    other = a_unit(name.part)
    with pytest.raises(IntegrityError, match="label_serial_is_unique_for_its_part"), transaction.atomic():
        Identifier.objects.create(
            unit=other, part=name.part, kind="label", raw=name.raw, normalised=name.normalised,
            first_seen_at=name.first_seen_at, last_seen_at=name.last_seen_at, event_id=name.event_id,
        )  # fmt: skip


@pytest.mark.parametrize("table", ["goodsreceipt", "shipnotice", "shipnoticeline"])
def test_the_wall_keeps_what_came(table: str) -> None:
    a_unit()
    with (
        pytest.raises(IntegrityError, match="what happened is kept"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM inventory_{table}")


@pytest.mark.complaint(2)
@pytest.mark.commits
def test_fifty_scanners_receive_one_serial_once() -> None:
    announced()
    line = ShipNoticeLine.objects.get()
    caller = [a_caller("mei") for _ in range(50)]
    barrier = threading.Barrier(5)

    def scan(number: int) -> str:
        try:
            if number < 5:
                barrier.wait(20)
            receive_unit(caller=caller[number], serial="1640124000234", location_code="RCV-1")
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "received"

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(scan, range(50)))

    assert answers.count("received") == 1
    assert set(answers) == {"received", "AlreadyReceived"}
    assert GoodsReceipt.objects.filter(line=line).count() == 1
    assert Event.objects.filter(kind="inventory.unit-received").count() == 1


@pytest.mark.commits
def test_two_serials_of_a_new_lot_come_at_once() -> None:
    part = a_part()
    a_location("RCV-1")
    a_notice([{"part number": part.number, "serial": f"T{n}", "lot": "NEW"} for n in range(6)])
    callers = [a_caller("mei") for _ in range(6)]

    def scan(number: int) -> None:
        try:
            receive_unit(caller=callers[number], serial=f"T{number}", location_code="RCV-1")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(scan, range(6)))

    assert Lot.objects.get(number="NEW").units.count() == 6
