"""report_nonconformity, dispose_nonconformity, approve_deviation: what is wrong, who decides, when it is answered."""

from datetime import timedelta

import pytest

from accounts.operations.sessions import PinNotChecked
from assembly.models import Build, Deviation, Nonconformity, OperationRun, Rework
from assembly.operations.concessions import approve_concession, propose_concession
from assembly.operations.deviations import DeviationApproved, approve_deviation
from assembly.operations.installs import UnknownSlot, WrongPart, install_unit
from assembly.operations.nonconformities import (
    AlreadyDisposed,
    NothingToRepeat,
    ReasonWanted,
    UnknownDisposition,
    UnknownNonconformity,
    dispose_nonconformity,
    report_nonconformity,
)
from assembly.operations.rework import NoBuildOfUnit
from assembly.operations.runs import NonconformityOpen
from assembly.queries.route import routes_of
from inventory.models import Placement
from inventory.operations.finding import UnknownSerial
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.world import (
    a_build,
    a_finished_switch,
    a_rack_taking_trays,
    a_tray,
    a_unit_of,
    done,
    everything,
    fill,
    finished,
    pin_check,
    slot_of,
    started,
)
from tests.cast import NOON, a_caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def a_failed_tray() -> tuple[Build, Nonconformity]:
    """A compute tray that lost pressure in its leak test."""
    tray = a_tray()
    fill(tray)
    finished(tray, 110)
    started(tray, 120)
    finished(tray, 120, p_drop="9.9")
    return tray, Nonconformity.objects.get(build=tray)


def decide(report: Nonconformity, disposition: str, **others):  # type: ignore[no-untyped-def]
    who = others.pop("who", "tanaka")
    return dispose_nonconformity(
        caller=others.pop("caller", None) or a_caller(who),
        number=report.number,
        disposition=disposition,
        reason=others.pop("reason", "継手を締め直す"),
        pin_check_id=others.pop("pin_check_id", None) or pin_check(who),
        **others,
    )


def states(build: Build) -> dict[int, str]:
    route = routes_of([Build.objects.select_related("design", "unit").get(pk=build.pk)])[build.pk]
    return {state.operation.number: state.state for state in route.operations}


@pytest.mark.complaint(20)
def test_a_person_reports_what_is_wrong_and_the_build_waits() -> None:
    tray = a_tray()

    report = report_nonconformity(
        caller=a_caller("mei"), serial=tray.unit.serial, text=" 凹みがある ", defect_code="DENT"
    )

    assert report.number.startswith("NC-26-")
    assert (report.text, report.defect_code, report.build_id, report.run) == ("凹みがある", "DENT", tray.pk, None)
    event = Event.objects.get(pk=report.opened_event_id)
    assert (event.kind, event.subject_id) == ("assembly.nonconformity-opened", tray.pk)


def test_a_fault_of_a_part_stops_the_tray_it_sits_in() -> None:
    tray = a_tray()
    fill(tray)
    part = Placement.objects.get(host=tray.unit, position="pdb_0", to_at=None).unit

    report = report_nonconformity(caller=a_caller("mei"), serial=part.serial, text="焦げ")

    assert (report.build_id, report.unit_id) == (tray.pk, part.pk)


def test_a_fault_of_a_finished_tray_stops_the_rack_it_sits_in() -> None:
    rack, switch = a_rack_taking_trays(), a_finished_switch()
    install_unit(caller=a_caller("mei"), slot_id=slot_of(rack, "ST-0").pk, serial=switch.serial)

    report = report_nonconformity(caller=a_caller("mei"), serial=switch.serial, text="ファン異音")

    assert (report.build_id, report.unit_id) == (rack.pk, switch.pk)
    with pytest.raises(NonconformityOpen):
        install_unit(caller=a_caller("mei"), slot_id=slot_of(rack, "ST-1").pk, serial=a_unit_of("N5200_LD").serial)


@pytest.mark.parametrize(
    ("serial", "text", "refusal"), [("NOBODY", "凹み", UnknownSerial), ("FREE", "凹み", NoBuildOfUnit)]
)
def test_what_is_in_no_build_is_refused(serial: str, text: str, refusal: type[Exception]) -> None:
    free = a_unit_of("PDB-CT")
    before = everything()

    with pytest.raises(refusal):
        report_nonconformity(caller=a_caller("mei"), serial=free.tag if serial == "FREE" else serial, text=text)

    assert everything() == before


def test_a_report_needs_words() -> None:
    tray = a_build("GB200-CT")

    with pytest.raises(ReasonWanted):
        report_nonconformity(caller=a_caller("mei"), serial=tray.unit.serial, text=" ")

    assert not Nonconformity.objects.exists()


@pytest.mark.complaint(20)
def test_a_retest_demands_the_failed_operation_and_closes_when_it_passes() -> None:
    tray, report = a_failed_tray()

    decided = decide(report, "retest")

    assert (decided.disposition, decided.disposed_by.username, decided.closed_at) == ("retest", "tanaka", None)
    assert states(tray)[120] == "swap"
    done(tray, 120)
    report.refresh_from_db()
    assert report.closed_at is not None
    assert Event.objects.get(pk=report.closed_event_id).kind == "assembly.nonconformity-closed"
    assert [run.result for run in OperationRun.objects.filter(build=tray, operation__number=120)] == ["fail", "pass"]


@pytest.mark.complaint(32)
def test_rework_demands_more_and_closes_when_all_is_done() -> None:
    tray, report = a_failed_tray()

    decide(report, "rework", repeats=[110])

    assert (states(tray)[110], states(tray)[120]) == ("swap", "swap")
    assert sorted(Rework.objects.get(nonconformity=report).operations.values_list("operation__number", flat=True)) == [
        110,
        120,
    ]
    done(tray, 110)
    report.refresh_from_db()
    assert report.closed_at is None
    done(tray, 120)
    report.refresh_from_db()
    assert report.closed_at is not None


def conceded(report: Nonconformity, reason: str = "x") -> Nonconformity:
    """Use as is, proposed by quality and approved by a second person."""
    propose_concession(caller=a_caller("tanaka"), number=report.number, reason=reason, pin_check_id=pin_check("tanaka"))
    approve_concession(caller=a_caller("plan"), number=report.number, pin_check_id=pin_check("plan"))
    report.refresh_from_db()
    return report


@pytest.mark.complaint(21)
def test_use_as_is_passes_conditionally_and_the_failure_stays() -> None:
    tray, report = a_failed_tray()

    decided = conceded(report, reason="客先了承")

    failed, passed = OperationRun.objects.filter(build=tray, operation__number=120)
    assert (failed.result, passed.result, passed.note) == ("fail", "conditional", report.number)
    assert passed.signatures.get().meaning == "approved"
    assert decided.closed_at is not None
    started(tray, 130)


def test_use_as_is_of_the_last_operation_completes_the_build() -> None:
    build = a_build("N5200")
    for number in (100, 110, 120, 130):
        done(build, number)
    started(build, 140)
    finished(build, 140, sel_open="1")

    conceded(Nonconformity.objects.get(build=build))

    build.refresh_from_db()
    assert build.completed_at is not None


def test_a_report_kept_a_build_from_completion_until_it_is_decided() -> None:
    build = a_build("N5200")
    for number in (100, 110, 120, 130):
        done(build, number)
    started(build, 140)
    report = report_nonconformity(caller=a_caller("mei"), serial=build.unit.serial, text="塗装の傷")
    finished(build, 140)
    build.refresh_from_db()
    assert build.completed_at is None

    conceded(report)

    build.refresh_from_db()
    assert build.completed_at is not None


def test_rework_reopens_a_complete_build() -> None:
    switch = a_finished_switch()
    report = report_nonconformity(caller=a_caller("mei"), serial=switch.serial, text="ねじの緩み")

    decide(report, "rework", repeats=[140])

    switch.build.refresh_from_db()
    assert switch.build.completed_at is None
    done(switch.build, 140)
    switch.build.refresh_from_db()
    assert switch.build.completed_at is not None


def refused(refusal: type[Exception], report: Nonconformity, disposition: str = "retest", **others) -> Exception:  # type: ignore[no-untyped-def]
    others.setdefault("pin_check_id", pin_check(others.get("who", "tanaka")))
    before = everything()
    with pytest.raises(refusal) as said:
        decide(report, disposition, **others)
    assert everything() == before
    assert Nonconformity.objects.get(pk=report.pk).disposition is None
    assert not Rework.objects.exists()
    return said.value


@pytest.mark.complaint(21)
def test_what_is_no_decision_is_refused() -> None:
    _tray, report = a_failed_tray()

    refused(UnknownDisposition, report, "forget")
    refused(ReasonWanted, report, reason=" ")
    refused(PinNotChecked, report, pin_check_id=10**9)
    refused(PinNotChecked, report, pin_check_id=pin_check("mei"))
    refused(PinNotChecked, report, pin_check_id=pin_check("tanaka", NOON - timedelta(minutes=11)))
    refused(NothingToRepeat, report, "rework", repeats=[999])
    refused(NotPermitted, report, who="mei")
    refused(NotPermitted, report, who="plan")


def test_a_decision_that_demands_nothing_is_refused() -> None:
    tray = a_tray()
    report = report_nonconformity(caller=a_caller("mei"), serial=tray.unit.serial, text="凹み")

    refused(NothingToRepeat, report, "retest")
    refused(NothingToRepeat, report, "rework", repeats=[])


def test_a_decision_is_made_once() -> None:
    _tray, report = a_failed_tray()
    check = pin_check("tanaka")
    first = decide(report, "retest", caller=a_caller("tanaka", key="k"), pin_check_id=check)
    assert decide(report, "retest", caller=a_caller("tanaka", key="k"), pin_check_id=check).pk == first.pk
    before = everything()

    with pytest.raises(AlreadyDisposed):
        decide(report, "rework", repeats=[110])

    assert everything() == before


def test_a_nonconformity_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownNonconformity):
        dispose_nonconformity(
            caller=a_caller("tanaka"), number="NC-0", disposition="retest", reason="x", pin_check_id=1
        )


def test_a_deviation_names_part_position_and_approver() -> None:
    tray = a_build("GB200-CT")

    deviation = approve_deviation(
        caller=a_caller("tanaka"), build_id=tray.pk, position="pdb_0", part_number="HMC-GB", reason="欠品"
    )

    assert (deviation.part.number, deviation.approved_by.username) == ("HMC-GB", "tanaka")
    assert Event.objects.get(pk=deviation.event_id).payload["position"] == "pdb_0"


def test_a_deviation_is_approved_once_and_with_a_reason() -> None:
    tray = a_build("GB200-CT")
    told = {"build_id": tray.pk, "position": "pdb_0", "part_number": "HMC-GB"}
    with pytest.raises(ReasonWanted):
        approve_deviation(caller=a_caller("tanaka"), reason=" ", **told)
    approve_deviation(caller=a_caller("tanaka"), reason="欠品", **told)
    before = everything()

    with pytest.raises(DeviationApproved):
        approve_deviation(caller=a_caller("tanaka"), reason="欠品", **told)

    assert everything() == before


@pytest.mark.parametrize(
    ("position", "number", "who", "refusal"),
    [
        ("nowhere", "HMC-GB", "tanaka", UnknownSlot),
        ("pdb_0", "NO-PART", "tanaka", WrongPart),
        ("pdb_0", "HMC-GB", "mei", NotPermitted),
    ],
)
def test_a_deviation_that_cannot_be_is_refused(position: str, number: str, who: str, refusal: type[Exception]) -> None:
    tray = a_build("GB200-CT")
    before = everything()

    with pytest.raises(refusal):
        approve_deviation(caller=a_caller(who), build_id=tray.pk, position=position, part_number=number, reason="欠品")

    assert everything() == before
    assert not Deviation.objects.exists()
