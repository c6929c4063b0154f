"""Feeds, loops, cells and series: what they need and what is refused."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from assembly.models import BurnInCell, Feed, Loop, TelemetrySeries
from assembly.operations import cells
from assembly.operations.cells import SeriesSpec, define_cell, define_feed, define_loop, define_telemetry_series
from inventory.operations.locations import LocationRow, define_location
from ledger.callers import Caller
from ledger.doors import new_key
from ledger.models import Event
from ledger.operations import WALLS
from ledger.refusals import NotPermitted, Refusal
from tests.cast import a_caller, mei

pytestmark = pytest.mark.django_db

FLOW = SeriesSpec(0, "RackLiquidFlow", "流量", "Flow", "L/min", Decimal(120), Decimal(284))
POWER = SeriesSpec(1, "RackPower", "ラック電力", "Rack power", "kW", None, Decimal(150))


@pytest.fixture
def caller() -> Caller:
    return a_caller("plan")


@pytest.fixture
def room(caller: Caller) -> Caller:
    """One feed, one loop and the place of one cell."""
    define_feed(caller=fresh(caller), code="F1", capacity_kw=Decimal(450))
    define_loop(caller=fresh(caller), code="L1", capacity_kw=Decimal(900), capacity_lpm=Decimal(1300))
    place = LocationRow(code="A-01", name_ja="セル A-01", name_en="Cell A-01", kind="cell")
    define_location(caller=fresh(caller), location=place)
    return caller


def fresh(caller: Caller) -> Caller:
    return replace(caller, key=new_key())


def cell(caller: Caller, **more: Any) -> BurnInCell:
    given: dict[str, Any] = {
        "code": "A-01", "feed_code": "F1", "loop_code": "L1", "max_kw": Decimal(150), "max_lpm": Decimal(225), **more
    }  # fmt: skip
    return define_cell(caller=fresh(caller), **given)


def test_a_cell_is_defined_on_its_feed_and_loop(room: Caller) -> None:
    row = cell(room, order=3)

    assert (row.feed.code, row.loop.code, row.max_kw, row.max_lpm, row.order) == ("F1", "L1", 150, 225, 3)
    event = Event.objects.get(kind="assembly.cell-defined")
    assert event.payload["feed"] == "F1"


WRONG = [
    pytest.param({"feed_code": "F9"}, cells.UnknownFeed, id="feed"),
    pytest.param({"loop_code": "L9"}, cells.UnknownLoop, id="loop"),
    pytest.param({"max_kw": Decimal(451)}, cells.WrongCapacity, id="more-than-the-feed"),
    pytest.param({"max_lpm": Decimal(1301)}, cells.WrongCapacity, id="more-than-the-loop"),
    pytest.param({"max_kw": Decimal(0)}, cells.WrongCapacity, id="no-power"),
    pytest.param({"code": "A-02"}, cells.CellWithoutPlace, id="no-location"),
    pytest.param({"code": " "}, cells.WrongCapacity, id="no-code"),
]


@pytest.mark.parametrize(("change", "refusal"), WRONG)
def test_a_cell_that_cannot_be_is_refused(room: Caller, change: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        cell(room, **change)
    assert not BurnInCell.objects.exists()
    assert not Event.objects.filter(kind="assembly.cell-defined").exists()


def test_codes_are_used_once(room: Caller) -> None:
    cell(room)

    with pytest.raises(cells.PlantCodeTaken):
        cell(room)
    with pytest.raises(cells.PlantCodeTaken):
        define_feed(caller=fresh(room), code="F1", capacity_kw=Decimal(1))
    with pytest.raises(cells.PlantCodeTaken):
        define_loop(caller=fresh(room), code="L1", capacity_kw=Decimal(1), capacity_lpm=Decimal(1))
    assert (Feed.objects.count(), Loop.objects.count(), BurnInCell.objects.count()) == (1, 1, 1)


def test_a_feed_or_loop_without_capacity_is_refused(caller: Caller) -> None:
    with pytest.raises(cells.WrongCapacity):
        define_feed(caller=fresh(caller), code="F1", capacity_kw=Decimal(0))
    with pytest.raises(cells.WrongCapacity):
        define_loop(caller=fresh(caller), code="L1", capacity_kw=Decimal(1), capacity_lpm=Decimal(-1))
    assert not Feed.objects.exists()
    assert not Loop.objects.exists()


def test_series_take_the_next_places(caller: Caller) -> None:
    assert define_telemetry_series(caller=fresh(caller), series=[FLOW, POWER]) == ["RackLiquidFlow", "RackPower"]
    later = replace(FLOW, index=2, code="RackLeakDetect")
    define_telemetry_series(caller=fresh(caller), series=[later])

    assert list(TelemetrySeries.objects.values_list("index", "code")) == [
        (0, "RackLiquidFlow"), (1, "RackPower"), (2, "RackLeakDetect")
    ]  # fmt: skip
    assert Event.objects.filter(kind="assembly.telemetry-series-defined").count() == 3


@pytest.mark.parametrize(
    "series",
    [
        pytest.param([], id="none"),
        pytest.param([FLOW, replace(POWER, index=2)], id="gap"),
        pytest.param([FLOW, replace(POWER, index=0)], id="place-twice"),
        pytest.param([FLOW, replace(FLOW, index=1)], id="code-twice"),
        pytest.param([replace(FLOW, index=-1)], id="place-below-zero"),
        pytest.param([replace(FLOW, low=Decimal(285))], id="limits"),
    ],
)
def test_series_that_cannot_be_are_refused(caller: Caller, series: list[SeriesSpec]) -> None:
    with pytest.raises(cells.WrongSeries):
        define_telemetry_series(caller=fresh(caller), series=series)
    assert not TelemetrySeries.objects.exists()


def test_a_known_series_is_refused(caller: Caller) -> None:
    define_telemetry_series(caller=fresh(caller), series=[FLOW])

    with pytest.raises(cells.PlantCodeTaken):
        define_telemetry_series(caller=fresh(caller), series=[replace(FLOW, index=1)])
    assert TelemetrySeries.objects.count() == 1


def test_who_may_not_keep_master_data_is_refused(caller: Caller) -> None:
    with pytest.raises(NotPermitted):
        define_feed(caller=replace(fresh(caller), user=mei()), code="F1", capacity_kw=Decimal(1))
    assert not Feed.objects.exists()


def test_the_walls_name_constraints_that_are_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE conname LIKE 'assembly%%key'")
        there = {row[0] for row in cursor.fetchall()}

    for table in ("feed_code", "loop_code", "burnincell_code", "telemetryseries_code", "telemetryseries_index"):
        assert f"assembly_{table}_key" in there & set(WALLS)
