"""The lists of racks and trays: rows, filters, sorting, export, and one number of queries at any length."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from assembly.operations.kits import open_kit
from assembly.operations.nonconformities import report_nonconformity
from assembly.queries.kits import kit_shortages
from assembly.queries.racks import BuildFilter, build_list, build_rows
from assembly.queries.waiting_racks import waiting_racks
from inventory.operations.endings import end_unit
from tests.assembly.pages import a_client, queries_of, text_of
from tests.assembly.world import TRAY, a_build, a_finished_switch, done, held, started
from tests.cast import a_caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

TODAY = date(2026, 11, 20)


def names(**wish: object) -> list[str]:
    sort = str(wish.pop("sort", ""))
    rows = build_list(BuildFilter(today=TODAY, **wish), sort)  # type: ignore[arg-type]
    return [row.number for row in build_rows(list(rows.values_list("pk", flat=True)), TODAY)]


def test_a_row_says_need_operation_trays_and_state() -> None:
    rack = a_build("D-20", need_by=date(2026, 12, 5))
    started(rack, 200)

    page = text_of(a_client().get("/racks/"))

    assert rack.unit.serial in page
    assert "12/05" in page
    assert "200 ラック準備" in page
    assert "0 · 0" in page
    assert "組立中" in page
    assert 'data-state="run"' in page


def test_the_page_speaks_english() -> None:
    rack = a_build("D-20")
    started(rack, 200)

    page = text_of(a_client(language="en").get("/racks/"))

    assert "200 Rack preparation" in page
    assert "being built" in page


def test_states_are_those_of_the_route() -> None:
    waiting, running, overdue = a_build(), a_build(), a_build(need_by=TODAY - timedelta(days=1))
    on_hold, undecided, failed = a_build(), a_build(), a_build()
    started(running, 200)
    held(on_hold.unit)
    report_nonconformity(caller=a_caller("mei"), serial=undecided.unit.tag, text="傷")
    done(failed, 200)
    started(failed, 210)

    rows = {row.id: row for row in build_rows([b.pk for b in (waiting, running, overdue, on_hold, undecided)], TODAY)}

    assert [rows[b.pk].state for b in (waiting, running, overdue, on_hold, undecided)] == [
        "wait", "run", "late", "hold", "hold",
    ]  # fmt: skip
    assert names(state="hold") == [on_hold.unit.serial, undecided.unit.serial]
    assert names(state="late") == [overdue.unit.serial]
    assert running.unit.serial in names(state="run")


def test_a_complete_build_is_listed_only_when_asked_for() -> None:
    switch = a_finished_switch()
    client = a_client()

    assert switch.serial not in text_of(client.get("/builds/"))
    assert switch.serial in text_of(client.get("/builds/?state=done"))
    assert switch.serial in text_of(client.get("/builds/?state=all"))


def test_a_scrapped_tray_is_nobody_s_work_any_more() -> None:
    client, kept, gone = a_client(), a_build(TRAY), a_build(TRAY)
    open_kit(caller=a_caller("mei"), build_id=gone.pk, location_code="LINE-TRAY")
    assert any(row.build == gone.unit.serial for row in kit_shortages(TODAY))

    end_unit(caller=a_caller("tanaka"), unit=gone.unit.tag, how="scrapped", reason="落下")

    assert names(kind="tray", state="open") == [kept.unit.serial]
    assert names(kind="tray", state="wait") == [kept.unit.serial]
    assert names(kind="tray", state="ended") == [gone.unit.serial]
    assert gone.unit.serial not in text_of(client.get("/builds/"))
    assert "廃棄・返却済み" in text_of(client.get("/builds/?state=ended"))
    assert not any(row.build == gone.unit.serial for row in kit_shortages(TODAY))


def test_a_scrapped_rack_waits_for_no_cell() -> None:
    rack = a_build("D-20")
    assert rack in waiting_racks()

    end_unit(caller=a_caller("tanaka"), unit=rack.unit.tag, how="scrapped", reason="落下")

    assert rack not in waiting_racks()


@pytest.mark.parametrize("where", ["serial", "tag", "order", "ending"])
def test_text_finds_a_rack_by_any_number(where: str) -> None:
    rack, _other = a_build(), a_build()
    text = {
        "serial": rack.unit.serial, "tag": rack.unit.tag, "order": rack.order_number, "ending": rack.unit.serial[-4:],
    }[where]  # fmt: skip

    assert names(text=text) == [rack.unit.serial]


def test_stage_and_day_narrow_the_list() -> None:
    soon, later = a_build(need_by=date(2026, 12, 1)), a_build(need_by=date(2026, 12, 31))

    assert names(stage="rack_build") == [soon.unit.serial, later.unit.serial]
    assert names(stage="pack") == []
    assert names(need_by=date(2026, 12, 5)) == [soon.unit.serial]


@pytest.mark.parametrize("sort", ["need_by", "number", "operation", "stay", "updated", "nonsense"])
def test_every_sort_has_its_reverse(sort: str) -> None:
    for day in (3, 1, 2):
        a_build(need_by=date(2026, 12, day))

    assert names(sort=f"-{sort}") == list(reversed(names(sort=sort)))


def test_a_day_that_is_none_narrows_nothing() -> None:
    rack = a_build()

    assert rack.unit.serial in text_of(a_client().get("/racks/?need_by=yesterday&page=99&sort=-x"))


def test_the_export_has_the_filter_of_the_screen() -> None:
    one, other = a_build(need_by=date(2026, 12, 1)), a_build(need_by=date(2026, 12, 31))

    reply = a_client().get("/racks/?need_by=2026-12-05&export=csv")
    lines = b"".join(reply.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]

    assert len(lines) == 2
    assert one.unit.serial in lines[1]
    assert other.unit.serial not in "".join(lines)


def test_the_number_of_queries_does_not_grow() -> None:
    client = a_client()
    a_build()
    few = queries_of(client, "/racks/")
    for _ in range(12):
        started(a_build(), 200)

    assert queries_of(client, "/racks/") == few
    assert few == 6


def test_acts_are_offered_to_whom_they_are_open() -> None:
    assert "/builds/new/" in text_of(a_client("plan").get("/racks/"))
    assert "/builds/new/" not in text_of(a_client("aud").get("/racks/"))


def test_who_may_not_read_is_turned_away() -> None:
    assert a_client("stranger").get("/racks/").status_code == 403


def test_stay_is_counted_from_the_start_of_the_running_operation() -> None:
    rack = a_build()
    done(rack, 200)
    run = started(rack, 210)

    row = build_rows([rack.pk], TODAY)[0]

    assert row.since == run.started_at
    assert (row.operation, row.running) == (210, True)
    assert timezone.is_aware(row.updated)


def test_a_switch_under_way_shows_its_filled_places() -> None:
    build = a_build("N5200")
    done(build, 100)
    started(build, 110)

    page = text_of(a_client().get("/builds/"))

    assert "0 / 1" in page
