"""Instruments: registered, calibrated, used only while calibrated; qualifications that an operation asks for."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.operations.skills import SkillNotHeld, UnknownSkill, define_skill, end_skill, grant_skill
from assembly.models import Build, CalibrationRecord, Measurement, OperationRun, Routing, Tool
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.designs import SlotSpec, release_design
from assembly.operations.judging import ToolMissing
from assembly.operations.routing_specs import UnknownOperationKind
from assembly.operations.routings import FieldSpec, OperationSpec, release_routing
from assembly.operations.runs import RecordedValue, finish_run, start_run
from assembly.operations.tools import (
    CalibrationExpired,
    ToolOdd,
    ToolRegistered,
    ToolRetired,
    UnknownTool,
    WrongToolKind,
    edit_tool,
    record_calibration,
    register_tool,
    retire_tool,
    tool_for_use,
)
from ledger.models import Event
from ledger.refusals import NotPermitted
from ledger.versions import StaleEdit
from tests.assembly.world import pin_check
from tests.cast import NOON, a_caller, mei
from tests.world import a_location, a_part, fresh

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


def a_tool(code: str = "TD-01", kind: str = "torque", *, calibrated: date | None = date(2026, 6, 1)) -> Tool:
    tool = register_tool(
        caller=a_caller("plan"), code=code, name_ja="トルクドライバー", name_en="Torque driver", kind=kind, place="T-3"
    )
    if calibrated:
        record_calibration(caller=a_caller("plan"), tool_code=code, calibrated_on=calibrated, certificate="C-1")
    return tool


def test_a_tool_is_registered_once() -> None:
    tool = a_tool()

    assert Event.objects.get(pk=tool.event_id).kind == "assembly.tool-registered"
    with pytest.raises(ToolRegistered):
        a_tool()
    with pytest.raises(ToolOdd):
        a_tool("X", kind="hammer")
    with pytest.raises(NotPermitted):
        register_tool(caller=a_caller("mei"), code="Y", name_ja="y", name_en="y", kind="torque")


def test_a_calibration_is_good_to_its_due_day() -> None:
    a_tool()

    assert CalibrationRecord.objects.get().due_on == date(2027, 5, 31)
    assert tool_for_use(" TD-01", TODAY, ["torque"]).code == "TD-01"
    with pytest.raises(CalibrationExpired, match="2027/05/31"):
        tool_for_use("TD-01", date(2027, 6, 1))
    with pytest.raises(CalibrationExpired):
        tool_for_use("TD-01", date(2026, 5, 31))
    with pytest.raises(WrongToolKind):
        tool_for_use("TD-01", TODAY, ["leak_tester"])
    with pytest.raises(UnknownTool):
        tool_for_use("TD-99", TODAY)


def test_a_failed_calibration_ends_the_one_before() -> None:
    a_tool()
    record_calibration(caller=a_caller("plan"), tool_code="TD-01", calibrated_on=TODAY, result="fail")

    assert tool_for_use("TD-01", TODAY - timedelta(days=1))
    with pytest.raises(CalibrationExpired, match="2026/11/20"):
        tool_for_use("TD-01", TODAY)
    assert CalibrationRecord.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"calibrated_on": TODAY + timedelta(days=1)},
        {"result": "perhaps"},
        {"due_on": TODAY},
    ],
)
def test_an_odd_calibration_is_refused(wrong: dict[str, object]) -> None:
    a_tool(calibrated=None)
    before = Event.objects.count()

    with pytest.raises(ToolOdd):
        record_calibration(caller=a_caller("plan"), **{"tool_code": "TD-01", "calibrated_on": TODAY, **wrong})  # type: ignore[arg-type]
    assert (CalibrationRecord.objects.count(), Event.objects.count()) == (0, before)


def test_two_editors_of_one_tool_see_each_other() -> None:
    tool = a_tool()
    given = {"tool_id": tool.pk, "name_ja": "ドライバー", "name_en": "Driver", "kind": "torque"}
    edit_tool(caller=a_caller("plan"), version=1, place="T-4", **given)  # type: ignore[arg-type]

    with pytest.raises(StaleEdit) as stale:
        edit_tool(caller=a_caller("tanaka"), version=1, place="T-9", **given)  # type: ignore[arg-type]

    place = next(one for one in stale.value.differences if one.name == "place")
    assert (place.was, place.theirs, place.yours, place.clashes) == ("T-3", "T-4", "T-9", True)
    with pytest.raises(StaleEdit):
        retire_tool(caller=a_caller("plan"), tool_id=tool.pk, version=1, reason="worn")
    tool.refresh_from_db()
    assert (tool.place, tool.version) == ("T-4", 2)


def test_a_retired_tool_measures_no_more() -> None:
    tool = a_tool()
    with pytest.raises(ToolOdd):
        retire_tool(caller=a_caller("plan"), tool_id=tool.pk, version=1, reason="")
    retire_tool(caller=a_caller("plan"), tool_id=tool.pk, version=1, reason="摩耗")

    with pytest.raises(ToolRetired):
        tool_for_use("TD-01", TODAY)
    with pytest.raises(ToolRetired):
        record_calibration(caller=a_caller("plan"), tool_code="TD-01", calibrated_on=TODAY)


FIELD = FieldSpec("torque", "トルク", "Torque", "N·m")


def a_build_that_asks() -> Build:
    """A tray whose only operation asks for a torque driver and for somebody who may tighten."""
    board, tray = a_part(), a_part(kind="compute", level="tray")
    a_location("LINE-TRAY", "line")
    define_skill(caller=a_caller("plan"), code="TIGHTEN", name_ja="締付け", name_en="Tightening")
    spec = OperationSpec(
        10, "組立", "Fit", "assemble", "WC", "tray_build", 10, slot_kinds=("board",), fields=(FIELD,),
        tool_kinds=("torque",), skill="TIGHTEN",
    )  # fmt: skip
    release_routing(caller=a_caller("plan"), code=fresh("RT"), revision="A", operations=[spec], reentry=[])
    code, routing = fresh("D-"), Routing.objects.latest("pk")
    release_design(
        caller=a_caller("plan"), code=code, kind="tray", part_number=tray.number, revision="A",
        routing_code=routing.code, routing_revision="A", rack_model="", unit_prefix="T",
        slots=[SlotSpec("board_0", "board", board.number, required=False)],
    )  # fmt: skip
    return start_build(caller=a_caller("plan"), start=BuildStart(design_code=code))


def skilled() -> int:
    return grant_skill(
        caller=a_caller("plan"), username=mei().username, skill_code="TIGHTEN", from_on=date(2026, 1, 1)
    ).pk


def finish(build: Build, tool: str) -> OperationRun:
    return finish_run(
        caller=a_caller("mei"), build_id=build.pk, number=10, values=[RecordedValue("torque", "1.2", tool)],
        pin_check_id=pin_check("mei"),
    )  # fmt: skip


def test_only_the_skilled_start_an_operation_that_asks() -> None:
    build = a_build_that_asks()

    with pytest.raises(SkillNotHeld):
        start_run(caller=a_caller("mei"), build_id=build.pk, number=10)
    assert not OperationRun.objects.exists()
    grant = skilled()
    end_skill(caller=a_caller("plan"), grant_id=grant, reason="x")
    with pytest.raises(SkillNotHeld):
        start_run(caller=a_caller("mei"), build_id=build.pk, number=10)
    skilled_again = grant_skill(caller=a_caller("plan"), username="mei", skill_code="TIGHTEN", from_on=TODAY)
    assert skilled_again.until_on is None
    assert start_run(caller=a_caller("mei"), build_id=build.pk, number=10).attempt == 1


def test_the_database_asks_for_the_skill_too() -> None:
    build = a_build_that_asks()
    skilled()
    run = start_run(caller=a_caller("mei"), build_id=build.pk, number=10)

    with pytest.raises(IntegrityError) as fault, transaction.atomic():
        OperationRun.objects.create(
            build=build, operation=run.operation, attempt=2, started_by_id=a_caller("kenji").user.pk,
            started_at=NOON, started_event_id=run.started_event_id, finished_at=NOON,
            finished_event_id=run.started_event_id, result="aborted",
        )  # fmt: skip
    assert fault.value.__cause__.diag.constraint_name == "run_is_started_by_the_skilled"  # type: ignore[union-attr]


def test_an_operation_that_asks_for_a_tool_ends_with_a_calibrated_one() -> None:
    build = a_build_that_asks()
    skilled()
    start_run(caller=a_caller("mei"), build_id=build.pk, number=10)
    a_tool("LT-01", "leak_tester")
    a_tool("TD-OLD", calibrated=date(2025, 1, 1))
    a_tool("TD-01")

    for tool, refusal in (
        ("", ToolMissing),
        ("TD-77", UnknownTool),
        ("LT-01", WrongToolKind),
        ("TD-OLD", CalibrationExpired),
    ):
        with pytest.raises(refusal):
            finish(build, tool)
    assert not Measurement.objects.exists()
    run = finish(build, "TD-01")
    assert (run.result, run.measurements.get().tool) == ("pass", "TD-01")


def test_the_database_asks_for_the_tool_too() -> None:
    build = a_build_that_asks()
    skilled()
    run = start_run(caller=a_caller("mei"), build_id=build.pk, number=10)

    with transaction.atomic():
        OperationRun.objects.filter(pk=run.pk).update(
            finished_at=NOON, finished_event_id=run.started_event_id, result="pass"
        )
        with pytest.raises(IntegrityError) as fault, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    assert fault.value.__cause__.diag.constraint_name == "passed_run_has_its_tools"  # type: ignore[union-attr]


def test_a_routing_asks_for_what_there_is() -> None:
    spec = OperationSpec(10, "組立", "Fit", "assemble", "WC", "tray_build", 10, skill="NONE")
    for wrong, refusal in (
        (spec, UnknownSkill),
        (replace(spec, skill="", tool_kinds=("hammer",)), UnknownOperationKind),
    ):
        with pytest.raises(refusal):
            release_routing(caller=a_caller("plan"), code="RT-X", revision="A", operations=[wrong], reentry=[])
