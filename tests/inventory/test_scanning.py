"""What scans mean: receiving, a place after a unit, looking up."""

import pytest

from accounts.operations.sessions import register_station
from inventory.models import Placement, Unit
from inventory.operations.finding import UnitHeld, UnknownSerial
from inventory.operations.holds import place_hold
from inventory.operations.placements import UnknownLocation
from inventory.operations.receiving import AlreadyReceived
from inventory.scanning import ScanContext, UnknownScan, read_scan, refused
from inventory.text import LayoutError
from ledger.models import Event
from tests.cast import a_caller
from tests.world import a_location, a_lot, a_notice, a_part, a_unit

pytestmark = pytest.mark.django_db

RECEIVING = ScanContext(station="RCV-1", station_kind="receiving")
ELSEWHERE = ScanContext(station="ST-1", station_kind="site")


def after(answer: object, context: ScanContext) -> ScanContext:
    facts = answer.as_json()["context"]  # type: ignore[attr-defined]
    return ScanContext(station=context.station, station_kind=context.station_kind, facts=facts)


def where(unit: Unit) -> str:
    placement = Placement.objects.get(unit=unit, to_at=None)
    return placement.location.code if placement.location else ""


def test_goods_come_in_by_notice_label_and_place() -> None:
    part = a_part()
    notice = a_notice([{"part number": part.number, "serial": "S1"}, {"part number": part.number, "serial": "S2"}])
    a_location("RCV-1")
    a_location("STORE-1", "store")

    taken = read_scan(a_caller("mei"), notice.number, RECEIVING)
    first = read_scan(a_caller("mei"), "S1", after(taken, RECEIVING))
    moved = read_scan(a_caller("mei"), "LOC-STORE-1", after(first, RECEIVING))
    second = read_scan(a_caller("mei"), "S2", after(moved, RECEIVING))

    assert (taken.state, first.state, first.as_json()["signal"]) == ("run", "ok", "ok")
    assert where(Unit.objects.get(serial="S1")) == "STORE-1"
    assert where(Unit.objects.get(serial="S2")) == "RCV-1"
    assert second.context["notice"] == notice.pk
    assert Event.objects.filter(kind="inventory.unit-moved").count() == 1


def test_a_place_alone_is_where_goods_are_put() -> None:
    a_notice([{"part number": a_part().number, "serial": "S1"}])
    a_location("STORE-1", "store")
    answer = read_scan(a_caller("mei"), "LOC-STORE-1", RECEIVING)
    read_scan(a_caller("mei"), "S1", after(answer, RECEIVING))
    assert where(Unit.objects.get(serial="S1")) == "STORE-1"


def test_station_without_a_place_and_repeated_label_are_refused() -> None:
    a_notice([{"part number": a_part().number, "serial": "S1"}])
    with pytest.raises(UnknownLocation):
        read_scan(a_caller("mei"), "S1", RECEIVING)
    a_location("RCV-1")
    read_scan(a_caller("mei"), "S1", RECEIVING)
    with pytest.raises(AlreadyReceived):
        read_scan(a_caller("mei"), "S1", RECEIVING)


def test_own_tag_at_receiving_is_looked_up_and_moves() -> None:
    unit = a_unit()
    a_location("STORE-1", "store")
    shown = read_scan(a_caller("mei"), unit.tag, RECEIVING)
    read_scan(a_caller("mei"), "LOC-STORE-1", after(shown, RECEIVING))
    assert (shown.state, where(unit)) == ("run", "STORE-1")


def test_a_held_unit_is_shown_held_and_does_not_leave() -> None:
    unit = a_unit()
    a_location("TRUCK-1", "vehicle")
    place_hold(caller=a_caller("tanaka"), target=unit.tag, reason="Scratch")
    shown = read_scan(a_caller("mei"), unit.serial, ELSEWHERE)
    assert (shown.state, shown.as_json()["signal"]) == ("hold", "hold")
    with pytest.raises(UnitHeld) as caught:
        read_scan(a_caller("mei"), "LOC-TRUCK-1", after(shown, ELSEWHERE))
    assert refused(caught.value, after(shown, ELSEWHERE)).state == "hold"


def test_a_lot_is_shown() -> None:
    lot = a_lot()
    assert read_scan(a_caller("mei"), lot.tag, ELSEWHERE).context["lot"] == lot.tag


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("LOC-STORE-1", UnknownScan), ("LOC-MOON", UnknownLocation), ("NOBODY", UnknownSerial),
        ("CMD-HELP", UnknownScan), ("SLOT-U1", UnknownScan), ("https+//x.jp/01/04", LayoutError),
        ("［Ｃ１", LayoutError), ("サクラ", LayoutError),
    ],
)  # fmt: skip
def test_what_means_nothing_here_is_refused(text: str, refusal: type[Exception]) -> None:
    a_location("STORE-1", "store")
    with pytest.raises(refusal) as caught:
        read_scan(a_caller("mei"), text, ELSEWHERE)
    answer = refused(caught.value, ELSEWHERE).as_json()  # type: ignore[arg-type]
    assert (answer["state"], answer["signal"], bool(answer["true"])) == ("stop", "stop", True)


def test_receiving_page_shows_the_notice_in_work(client) -> None:  # type: ignore[no-untyped-def]
    register_station(caller=a_caller("admin"), code="RCV-1", name_ja="入荷", name_en="Goods in", kind="receiving")
    client.force_login(a_caller("mei").user)
    page = client.get("/receiving/", follow=True)
    assert page.status_code == 200
    assert client.session["station"] == "RCV-1"
    assert "data-scan-door" in page.content.decode()
