"""What waits for stations, how the shift goes, who works beside whom; and the list of stations that shows it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from assembly.operations.andon import raise_andon
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.runs import start_run
from assembly.queries.pace import centres_by_code, ended_by_station, pace_of
from assembly.queries.shifts import shift_at
from assembly.queries.station_queue import load_at, loads, queue_of
from tests.assembly.pages import a_client, queries_of, text_of
from tests.assembly.world import TRAY, a_build, a_rack_taking_trays, done, held
from tests.cast import NOON, a_caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

RACK_LINE = frozenset({"WC-RACK"})
TRAY_LINE = frozenset({"WC-TRAY"})


def due(day: int) -> str:
    build = start_build(caller=a_caller("plan"), start=BuildStart(design_code=TRAY, need_by=date(2026, 12, day)))
    return build.unit.name


def test_the_earliest_need_stands_first_and_what_is_held_last() -> None:
    late, early, held_one = due(9), due(3), a_build(TRAY, need_by=date(2026, 12, 1))
    held(held_one.unit)

    queue = queue_of(TRAY_LINE)

    assert [row.name for row in queue.rows] == [early, late, held_one.unit.name]
    assert [row.stopped for row in queue.rows] == [False, False, True]
    assert (queue.total, queue.rows[0].number, queue.rows[0].standard_minutes) == (3, 100, 30)
    assert [row.name for row in queue_of(TRAY_LINE, most=1).rows] == [early]
    assert queue_of(frozenset({"WC-PACK"})).total == 0


def test_a_build_waits_where_its_next_operation_is_done() -> None:
    tray = a_build(TRAY)
    for number in (100, 110, 120, 130):
        done(tray, number)

    assert queue_of(TRAY_LINE).total == 0
    assert [row.number for row in queue_of(frozenset({"WC-TTEST"})).rows] == [140]


def test_what_may_be_done_beside_waits_already() -> None:
    rack = a_rack_taking_trays()

    assert [row.number for row in queue_of(RACK_LINE).rows] == [240]
    load = load_at(RACK_LINE, loads())
    assert (load.waiting, load.running, load.stopped) == (1, 1, 0)
    start_run(caller=a_caller("mei", station="A3"), build_id=rack.pk, number=240)
    assert queue_of(RACK_LINE).total == 0
    assert load_at(RACK_LINE, loads()).running == 2


@pytest.mark.parametrize(
    ("hour", "number", "starts"),
    [(6, 0, 6), (13, 0, 6), (14, 1, 14), (22, 2, 22), (2, 2, 22)],
)
def test_shifts_are_the_plants(hour: int, number: int, starts: int) -> None:
    now = datetime(2026, 11, 20, hour, 30, tzinfo=UTC) - timedelta(hours=9)

    shift = shift_at(now)

    assert (shift.number, shift.starts_at.hour) == (number, starts)
    assert shift.starts_at <= now < shift.ends_at
    assert shift.minutes_gone(now) == ((hour - starts) % 24) * 60 + 30


def test_the_pace_counts_what_passed_in_the_shift() -> None:
    build = a_build(TRAY)
    done(build, 100)  # at noon, by a caller without a station
    ended = ended_by_station(shift_at(NOON))

    pace = pace_of("", TRAY_LINE, centres_by_code(), ended, NOON)

    assert ended == {"": 1}
    assert (pace.done, pace.wanted, pace.whole, pace.takt_minutes) == (1, 8, 10, 45)  # six hours of eight at 45 min
    assert pace.state == "late"
    assert ended_by_station(shift_at(NOON - timedelta(hours=8))) == {}
    nothing_set = pace_of("R1", frozenset({"WC-RECV"}), centres_by_code(), {}, NOON)
    assert (nothing_set.wanted, nothing_set.state) == (None, "info")


def test_the_list_of_stations_says_who_what_and_whether_it_calls() -> None:
    due(3)
    raise_andon(caller=a_caller("mei", station="A1"), reason="material")
    client = a_client("mei")
    client.get("/stations/A1/")

    page = text_of(client.get("/stations/"))

    assert "WC-" not in page
    assert "トレイ組立" in page
    assert "小林 芽衣" in page
    assert "待ち 1" in page
    assert "最短納期" in page
    assert "部品不足 · " in page
    english = text_of(a_client("mei", "en").get("/stations/"))
    assert "Tray assembly" in english
    assert "Material is missing" in english


def test_the_list_asks_the_same_however_much_waits() -> None:
    due(3)
    client = a_client("mei")
    one = queries_of(client, "/stations/")
    for day in range(4, 9):
        due(day)

    assert queries_of(client, "/stations/") == one
    assert one <= 12
