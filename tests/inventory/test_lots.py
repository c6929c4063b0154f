"""receive_lot, consume_lot, move_stock: what has no serial."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from inventory.models import Consumption, Lot, ShipNoticeLine, Stock, StockMove
from inventory.operations import receiving
from inventory.operations.endings import end_unit
from inventory.operations.finding import AmbiguousSerial, UnitEnded, UnitHeld, UnknownSerial
from inventory.operations.holds import place_hold
from inventory.operations.lots import (
    LotExpired,
    LotHeld,
    LotUse,
    QuantityOdd,
    Use,
    consume,
    consume_lot,
    consume_lots,
    move_stock,
)
from inventory.operations.placements import UnknownLocation
from inventory.operations.receiving import NotByLot, NothingExpected, receive_lot, receive_notice
from inventory.operations.stock import StockShort
from ledger.models import Event
from ledger.refusals import NotPermitted, Refusal
from tests.cast import NOON, a_caller
from tests.inventory.unchanged import refused
from tests.world import a_consumable, a_location, a_lot, a_notice, a_part, a_unit

pytestmark = pytest.mark.django_db


def balance(lot: Lot) -> dict[str, Decimal]:
    return {row.location.code: row.quantity for row in Stock.objects.filter(lot=lot).select_related("location")}


def test_lot_comes_in_parts() -> None:
    a_location("STORE-1", "store")
    notice = a_notice([{"part number": a_consumable().number, "lot": "L1", "quantity": "10"}])
    line = ShipNoticeLine.objects.get(notice=notice)

    first = receive_lot(caller=a_caller("mei"), line_id=line.pk, quantity=Decimal("4.5"), location_code="STORE-1")

    assert first.lot is not None
    assert balance(first.lot) == {"STORE-1": Decimal("4.5")}
    assert Event.objects.get(pk=first.event_id).subject_id == first.lot.pk
    for too_much in (Decimal("5.6"), Decimal(0), Decimal(-1)):
        with refused(receiving.QuantityOdd):
            receive_lot(caller=a_caller("mei"), line_id=line.pk, quantity=too_much, location_code="STORE-1")
    receive_notice(caller=a_caller("mei"), notice_id=notice.pk, location_code="STORE-1")
    assert balance(first.lot) == {"STORE-1": Decimal(10)}
    with refused(NothingExpected):
        receive_notice(caller=a_caller("mei"), notice_id=notice.pk, location_code="STORE-1")


def test_part_with_serials_is_not_received_by_quantity() -> None:
    a_location("RCV-1")
    notice = a_notice([{"part number": a_part().number, "serial": "S1"}])
    line = ShipNoticeLine.objects.get(notice=notice)
    with refused(NotByLot):
        receive_lot(caller=a_caller("mei"), line_id=line.pk, quantity=Decimal(1), location_code="RCV-1")


def test_use_leaves_the_stock_and_names_its_host() -> None:
    lot, host = a_lot(quantity="10"), a_unit()

    row = consume_lot(
        caller=a_caller("mei"), lot=lot.tag, host=host.serial, quantity=Decimal("2.25"), operation_name="TIM"
    )

    assert (row.lot, row.host, row.quantity, row.operation) == (lot, host, Decimal("2.25"), "TIM")
    assert balance(lot) == {"STORE-1": Decimal("7.75")}
    event = Event.objects.get(pk=row.event_id)
    assert (event.kind, event.subject_id, event.payload["host"]) == ("inventory.lot-consumed", lot.pk, host.tag)


def test_many_uses_are_one_step() -> None:
    lot, host = a_lot(quantity="10"), a_unit()
    with transaction.atomic():
        consume(a_caller("mei"), [Use(lot.pk, host.pk, Decimal(3)), Use(lot.pk, host.pk, Decimal(4))])
    assert balance(lot) == {"STORE-1": Decimal(3)}
    with refused(StockShort), transaction.atomic():
        consume(a_caller("mei"), [Use(lot.pk, host.pk, Decimal(2)), Use(lot.pk, host.pk, Decimal(2))])


def test_many_uses_are_one_call_all_or_none() -> None:
    lot, first, second = a_lot(quantity="10"), a_unit(), a_unit()
    uses = [LotUse(lot.tag, first.tag, Decimal(3)), LotUse(lot.tag, second.serial, Decimal(4), "TIM")]
    with refused(UnknownSerial):
        consume_lots(caller=a_caller("mei"), uses=[*uses, LotUse(lot.tag, "NOBODY", Decimal(1))])

    answer = consume_lots(caller=a_caller("mei"), uses=uses)

    assert len(answer["consumptions"]) == 2
    assert balance(lot) == {"STORE-1": Decimal(3)}
    assert Event.objects.filter(kind="inventory.lot-consumed").count() == 2


def test_stock_of_the_station_is_used_first() -> None:
    lot, host = a_lot(quantity="10"), a_unit()
    a_location("ST-9", "station")
    move_stock(caller=a_caller("mei"), lot=lot.tag, quantity=Decimal(5), from_code="STORE-1", to_code="ST-9")

    consume_lot(caller=a_caller("mei", station="ST-9"), lot=lot.tag, host=host.tag, quantity=Decimal(1))

    assert balance(lot) == {"STORE-1": Decimal(5), "ST-9": Decimal(4)}


def test_expired_lot_is_refused_the_day_after() -> None:
    lot, host = a_lot(expires_on="2026-11-20"), a_unit()
    consume_lot(caller=a_caller("mei"), lot=lot.tag, host=host.tag, quantity=Decimal(1))
    after = NOON + timedelta(hours=12, minutes=1)
    with refused(LotExpired):
        consume_lot(caller=a_caller("mei", at=after), lot=lot.tag, host=host.tag, quantity=Decimal(1))


def test_held_lot_held_host_and_ended_host_are_refused() -> None:
    lot, held, scrapped, free = a_lot(), a_unit(), a_unit(), a_unit()
    use = {"lot": lot.tag, "quantity": Decimal(1)}
    place_hold(caller=a_caller("tanaka"), target=held.tag, reason="Scratch")
    end_unit(caller=a_caller("tanaka"), unit=scrapped.tag, how="scrapped", reason="Dropped")
    with refused(UnitHeld):
        consume_lot(caller=a_caller("mei"), host=held.tag, **use)  # type: ignore[arg-type]
    with refused(UnitEnded):
        consume_lot(caller=a_caller("mei"), host=scrapped.tag, **use)  # type: ignore[arg-type]
    place_hold(caller=a_caller("tanaka"), target=lot.tag, reason="Viscosity")
    with refused(LotHeld):
        consume_lot(caller=a_caller("mei"), host=free.tag, **use)  # type: ignore[arg-type]


def test_more_than_there_is_is_refused() -> None:
    lot, host = a_lot(quantity="1"), a_unit()
    with refused(StockShort):
        consume_lot(caller=a_caller("mei"), lot=lot.tag, host=host.tag, quantity=Decimal("1.0001"))
    a_location("ST-9", "station")
    with refused(StockShort):
        move_stock(caller=a_caller("mei"), lot=lot.tag, quantity=Decimal(1), from_code="ST-9", to_code="STORE-1")


@pytest.mark.parametrize("quantity", ["0", "-1", "0.00001"])
def test_odd_quantities_are_refused(quantity: str) -> None:
    lot, host = a_lot(), a_unit()
    with refused(QuantityOdd):
        consume_lot(caller=a_caller("mei"), lot=lot.tag, host=host.tag, quantity=Decimal(quantity))


def test_unknown_and_doubtful_names_are_refused() -> None:
    lot, twin, host = a_lot(number="TWIN"), a_lot(number="TWIN"), a_unit()
    assert lot.part != twin.part
    for name, refusal in (("NOBODY", UnknownSerial), ("TWIN", AmbiguousSerial)):
        with refused(refusal):
            consume_lot(caller=a_caller("mei"), lot=name, host=host.tag, quantity=Decimal(1))
    with refused(UnknownLocation):
        move_stock(caller=a_caller("mei"), lot=lot.tag, quantity=Decimal(1), from_code="STORE-1", to_code="MOON")


def test_held_lot_may_go_to_quarantine() -> None:
    lot = a_lot(quantity="10")
    a_location("QUA-1", "quarantine")
    place_hold(caller=a_caller("tanaka"), target=lot.tag, reason="Viscosity")

    move = move_stock(caller=a_caller("mei"), lot=lot.tag, quantity=Decimal(10), from_code="STORE-1", to_code="QUA-1")

    assert balance(lot) == {"STORE-1": Decimal(0), "QUA-1": Decimal(10)}
    assert Event.objects.get(pk=move.event_id).kind == "inventory.stock-moved"


def test_who_may_not_move_is_refused_and_one_key_moves_once() -> None:
    lot, host = a_lot(quantity="10"), a_unit()
    caller = a_caller("aud")
    with refused(NotPermitted):
        consume_lot(caller=caller, lot=lot.tag, host=host.tag, quantity=Decimal(1))
    again = a_caller("mei", key="k")
    for _ in range(2):
        consume_lot(caller=again, lot=lot.tag, host=host.tag, quantity=Decimal(1))
    assert Consumption.objects.count() == 1


def test_the_walls_stand_alone() -> None:
    lot = a_lot(quantity="10")
    consume_lot(caller=a_caller("mei"), lot=lot.tag, host=a_unit().tag, quantity=Decimal(1))
    with pytest.raises(IntegrityError, match="stock_is_never_negative"), transaction.atomic():
        Stock.objects.update(quantity=-1)
    for rows in (StockMove.objects.all(), Consumption.objects.all()):
        with pytest.raises(IntegrityError, match="what happened is kept"), transaction.atomic():
            rows.update(quantity=5)
    with pytest.raises(IntegrityError, match="what happened is kept"), transaction.atomic():
        StockMove.objects.all().delete()


@pytest.mark.complaint(1)
@pytest.mark.commits
def test_twenty_uses_of_ten_leave_ten_refused() -> None:
    lot, host = a_lot(quantity="10"), a_unit()
    callers = [a_caller("mei") for _ in range(20)]

    def use(number: int) -> str:
        try:
            consume_lot(caller=callers[number], lot=lot.tag, host=host.tag, quantity=Decimal(1))
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(use, range(20)))

    assert sorted(answers) == ["StockShort"] * 10 + ["done"] * 10
    assert balance(lot) == {"STORE-1": Decimal(0)}
