"""The history of stations and cells, and the list of calibrations: pages, files and papers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.operations.sessions import register_station
from assembly.models import BurnInCell
from assembly.operations.tools import record_calibration, register_tool, retire_tool
from assembly.queries.calibration_sheet import calibration_sheet
from assembly.queries.station_history import Period, cell_history, merged, station_history
from documents.kinds import NothingToPrint
from documents.operations.issuing import copy_of, issue_document
from tests.assembly.burn_in_world import MINUTE, feed
from tests.assembly.paper_world import BEGIN, a_soaking_rack
from tests.cast import NOON, a_caller, person
from tests.documents.reading import text_of

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


def a_client(name: str = "plan") -> Client:
    client = Client()
    client.force_login(person(name))
    return client


def a_tool(code: str, *calibrated: tuple[int, str]) -> None:
    """With calibrations so many days ago: (days, result)."""
    register_tool(
        caller=a_caller("plan"), code=code, name_ja="トルクレンチ", name_en="Torque wrench", kind="torque", maker="KTC",
        serial=f"S-{code}", place="T-3",
    )  # fmt: skip
    for days, result in calibrated:
        record_calibration(
            caller=a_caller("plan"), tool_code=code, calibrated_on=TODAY - timedelta(days=days), result=result,
            certificate=f"C-{days}", laboratory="JQA",
        )  # fmt: skip


def test_the_list_tells_how_each_tool_stands_and_where_it_was_used_since() -> None:
    a_soaking_rack()  # records values with TQ-0417
    a_tool("TQ-0500")
    a_tool("TQ-0501", (400, "pass"))
    a_tool("TQ-0502", (340, "pass"))
    a_tool("TQ-0503", (30, "pass"), (1, "fail"))
    a_tool("TQ-0504", (10, "pass"))
    lost = register_tool(
        caller=a_caller("plan"), code="TQ-0505", name_ja="紛失", name_en="Gone", kind="torque", maker="", serial="",
        place="",
    )  # fmt: skip
    retire_tool(caller=a_caller("plan"), tool_id=lost.pk, version=lost.version, reason="紛失")

    rows = {row.code: row for row in calibration_sheet("torque", TODAY).tools}

    assert {code: row.state for code, row in rows.items() if code.startswith("TQ-05")} == {
        "TQ-0500": "never", "TQ-0501": "expired", "TQ-0502": "soon", "TQ-0503": "failed", "TQ-0504": "valid",
        "TQ-0505": "retired",
    }  # fmt: skip
    assert (rows["TQ-0505"].why, rows["TQ-0504"].certificate) == ("紛失", "C-10")
    for lang, words in (("ja", "校正一覧 期限切れ 紛失 期限近し"), ("en", "Calibrationlist expired duesoon")):
        text = text_of(copy_of("calibration-list", "torque", lang)[0])
        assert [word for word in words.split() if word not in text] == []
    with pytest.raises(NothingToPrint):
        copy_of("calibration-list", "hammers", "ja")
    assert issue_document(caller=a_caller("tanaka"), kind="calibration-list", key="all").pk


def test_a_cell_tells_its_burn_ins_with_alarms_and_a_station_its_runs() -> None:
    _build, burn_in = a_soaking_rack()
    feed(burn_in, [31, 32], [30.0, 170.0, 0.0])
    feed(burn_in, [33])
    period = Period(BEGIN.date() - timedelta(days=1), TODAY + timedelta(days=5))

    sheet = cell_history(BurnInCell.objects.get(code="A-01"), "x", period)

    assert [(row.step, row.finished_at, row.result) for row in sheet.runs] == [("350", None, "")]
    assert [(row.raised_at, row.settled_at) for row in sheet.calls] == [
        (burn_in.started_at + 31 * MINUTE, burn_in.started_at + 33 * MINUTE)
    ]
    assert not cell_history(BurnInCell.objects.get(code="A-01"), "x", Period(date(2020, 1, 1), date(2020, 2, 1))).runs
    text = text_of(copy_of("station-history", f"A-01@{period.from_on}..{period.to_on}", "ja")[0])
    assert "設備履歴" in text and "警報" in text
    page = a_client().get(f"/planning/stations/history/A-01/?from={period.from_on}&to={period.to_on}")
    assert page.status_code == 200 and burn_in.run.build.unit.name in page.content.decode()


def test_an_idle_station_has_a_page_a_file_and_a_paper_and_nonsense_does_not() -> None:
    station = register_station(caller=a_caller("admin"), code="T9", name_ja="試験 9", name_en="Test 9", kind="test")
    with CaptureQueriesContext(connection) as caught:
        sheet = station_history(station, "x", Period(TODAY, TODAY))
    assert len(caught) <= 12 and (sheet.runs, sheet.busy_minutes, sheet.record) == ((), 0, 0)
    client = a_client()
    for query in ("", "?from=2026-11-30&to=2026-11-01", "?from=x&to=9999-99-99", "?export=csv", "?export=xlsx"):
        assert client.get(f"/planning/stations/history/T9/{query}").status_code == 200
    assert client.get("/planning/stations/history/NONE/").status_code == 404
    assert a_client("stranger").get("/planning/stations/history/T9/").status_code == 403
    assert a_client("aud").get("/documents/station-history/T9.pdf").status_code == 200
    for key in ("NONE", "T9@2026-11-30..2026-11-01", "T9@2020-01-01..2026-01-01", "T9@2026-13-01..2026-14-01", "T9@x"):
        with pytest.raises(NothingToPrint):
            copy_of("station-history", key, "ja")


def test_time_that_overlaps_is_busy_once_and_what_lies_between_is_idle() -> None:
    def at(hour: int) -> datetime:
        return datetime(2026, 11, 20, hour, tzinfo=UTC)

    busy, idle = merged([(at(9), at(11)), (at(1), at(3)), (at(2), at(5)), (at(5), at(6))])

    assert busy == [(at(1), at(6)), (at(9), at(11))] and idle == [(at(6), at(9))]
