"""The plant's limits for testers' files: released ones judge, each file keeps its revision, drafts judge nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.test import Client

from assembly.models import LimitSet, Nonconformity, TestLimit, TestRun
from assembly.operations.limit_sets import (
    LimitDraftThere,
    LimitSpec,
    LimitsReleased,
    LimitUnknown,
    NoLimits,
    ReleaseReasonWanted,
    UnknownOperation,
    UnknownTester,
    WrongLimit,
    discard_limits,
    draft_limits,
    drop_limit,
    put_limit,
    release_limits,
)
from assembly.operations.test_runs import import_test_log
from assembly.test_logs.writing import GpuState, nvidia_smi_xml, tray_gpus
from documents import files
from inventory.operations.units import UnknownPart
from ledger.models import Event
from ledger.refusals import NotPermitted, Refusal
from tests.assembly.burn_in_world import SERIALS, UUIDS, a_tray_with_superchips
from tests.cast import NOON, a_caller, person
from tests.database import at_once
from tests.world import a_part

pytestmark = pytest.mark.django_db

NAME = "gpu_temp"
PART = "LIMITED"


@pytest.fixture(autouse=True)
def _part() -> None:
    """Another part than the tray's."""
    a_part(PART)


def a_draft(part: str, *limits: LimitSpec, tool: str = "nvidia-smi", operation: int | None = None) -> LimitSet:
    drafted = draft_limits(caller=a_caller("kenji"), part_number=part, tool=tool, operation_number=operation)
    standing = {row.name: row.version for row in drafted.limits.all()}
    for limit in limits:
        version = standing.get(limit.name, 0)
        drafted = put_limit(caller=a_caller("kenji"), limit_set_id=drafted.pk, version=version, limit=limit)
    return drafted


def released(part: str, *limits: LimitSpec, **where: Any) -> LimitSet:
    drafted = a_draft(part, *limits, **where)
    return release_limits(
        caller=a_caller("tanaka"), limit_set_id=drafted.pk, version=drafted.version, reason="golden rack"
    )


def a_file(celsius: int, tray: Any) -> TestRun:
    gpus = tray_gpus(UUIDS, SERIALS, slot=14, tray_index=4, chassis_serial="1820000000001")
    content = nvidia_smi_xml(gpus, at=NOON, states={2: GpuState(celsius=celsius)}).encode()
    return import_test_log(
        caller=a_caller("kenji"), file_sha256=files.put(content), file_name="tray.xml", unit=tray.tag, exit_code=0
    )


def hottest(celsius: int, guard: int = 0) -> LimitSpec:
    return LimitSpec(NAME, high=Decimal(celsius), guard=Decimal(guard), unit="C", source="study 7")


@pytest.mark.parametrize(
    ("celsius", "verdict", "disposition"), [(40, "pass", "accept"), (58, "warn", "review"), (61, "fail", "hold")]
)
def test_a_released_limit_judges_and_the_file_says_so(celsius: int, verdict: str, disposition: str) -> None:
    tray = a_tray_with_superchips().unit
    limits = released(tray.part.number, hottest(60, guard=3))

    run = a_file(celsius, tray)

    assert (run.verdict, run.disposition, run.limit_set) == (verdict, disposition, limits)
    judged = run.results.get(entity="gpu:2", name=NAME)
    assert (judged.value, judged.low, judged.high, judged.verdict) == (celsius, None, 60.0, verdict)
    assert Event.objects.get(pk=run.event_id).payload["limits"] == f"{tray.part.number} nvidia-smi r1"
    assert any(NAME in reason for reason in run.reasons) is (verdict != "pass")


def test_a_draft_judges_nothing_and_another_part_s_limits_neither() -> None:
    tray = a_tray_with_superchips().unit
    a_draft(tray.part.number, hottest(10))
    released(PART, hottest(10))

    run = a_file(40, tray)

    assert (run.verdict, run.limit_set) == ("pass", None)
    assert run.results.get(entity="gpu:2", name=NAME).verdict == "none"


def test_the_running_operation_s_own_limits_go_first() -> None:
    tray = a_tray_with_superchips().unit  # operation 170 runs
    released(tray.part.number, hottest(10))
    own = released(tray.part.number, hottest(60), operation=170)

    run = a_file(40, tray)

    assert (run.verdict, run.limit_set) == ("pass", own)


def test_a_new_revision_judges_what_comes_later_only() -> None:
    tray = a_tray_with_superchips().unit
    first = released(tray.part.number, hottest(60))
    before = a_file(50, tray)
    second = released(tray.part.number, hottest(45))

    after = a_file(51, tray)
    same = a_file(50, tray)

    assert (first.revision, second.revision) == (1, 2)
    assert (after.verdict, after.limit_set) == ("fail", second)
    assert same == before
    before.refresh_from_db()
    assert (before.verdict, before.limit_set) == ("pass", first)


def test_a_limited_value_that_is_missing_is_no_pass() -> None:
    tray = a_tray_with_superchips().unit
    released(tray.part.number, LimitSpec("lux", low=Decimal(1)), LimitSpec(NAME, high=Decimal(60), unit="K"))

    run = a_file(40, tray)

    assert (run.verdict, run.disposition) == ("not_run", "review")
    assert not Nonconformity.objects.exists()


WRONG: dict[str, LimitSpec] = {
    "nameless": LimitSpec(" ", low=Decimal(1)),
    "long": LimitSpec("x" * 101, low=Decimal(1)),
    "unbounded": LimitSpec("x"),
    "reversed": LimitSpec("x", low=Decimal(2), high=Decimal(1)),
    "guarded away": LimitSpec("x", low=Decimal(1), high=Decimal(2), guard=Decimal("0.6")),
    "guarded away by a hair": LimitSpec("x", low=Decimal("0.1"), high=Decimal("0.3"), guard=Decimal("0.1")),
    "negative guard": LimitSpec("x", low=Decimal(1), guard=Decimal(-1)),
    "no number": LimitSpec("x", low=Decimal("NaN")),
    "endless": LimitSpec("x", high=Decimal("Infinity")),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_limit_that_is_none_is_refused(what: str) -> None:
    drafted = a_draft(PART)
    before = Event.objects.count()

    with pytest.raises(WrongLimit):
        put_limit(caller=a_caller("kenji"), limit_set_id=drafted.pk, version=0, limit=WRONG[what])

    assert not drafted.limits.exists()
    assert Event.objects.count() == before


Act = Callable[[LimitSet], object]
KENJI: dict[str, tuple[type[Refusal], Act]] = {
    "written": (
        LimitsReleased,
        lambda row: put_limit(caller=a_caller("kenji"), limit_set_id=row.pk, version=0, limit=hottest(1)),
    ),
    "taken out": (
        LimitsReleased,
        lambda row: drop_limit(caller=a_caller("kenji"), limit_set_id=row.pk, name=NAME, version=2),
    ),
    "released again": (
        LimitsReleased,
        lambda row: release_limits(caller=a_caller("kenji"), limit_set_id=row.pk, version=row.version, reason="again"),
    ),
    "given up": (
        LimitsReleased,
        lambda row: discard_limits(caller=a_caller("kenji"), limit_set_id=row.pk, version=row.version, reason="no"),
    ),
}


@pytest.mark.parametrize("what", KENJI)
def test_what_is_released_is_never_changed(what: str) -> None:
    limits = released(PART, hottest(60))
    refusal, act = KENJI[what]

    with pytest.raises(refusal):
        act(limits)

    assert [row.high for row in limits.limits.all()] == [60.0]


@pytest.mark.parametrize(
    "write",
    [
        lambda rows: rows.update(high=models.F("high")),
        lambda rows: rows._raw_delete(rows.db),
        lambda rows: TestLimit.objects.create(limit_set=rows[0].limit_set, name="more", low=1.0),
        lambda rows: a_draft(PART, hottest(50)).limits.update(limit_set=rows[0].limit_set, name="moved in"),
    ],
    ids=["changed", "taken", "added", "moved in"],
)
def test_nor_by_anybody_who_goes_past_the_operations(write: Callable[[Any], object]) -> None:
    rows = released(PART, hottest(60)).limits.all()

    with pytest.raises(IntegrityError) as fault, transaction.atomic():
        write(rows)

    assert fault.value.__cause__.diag.constraint_name == "released_master_data_is_fixed"  # type: ignore[union-attr]


def test_what_cannot_be_begun_released_or_taken_is_refused() -> None:
    def begin(**given: Any) -> LimitSet:
        return draft_limits(caller=a_caller("kenji"), **{"part_number": PART, "tool": "nvidia-smi", **given})

    for refusal, given in (
        (UnknownPart, {"part_number": "NO-PART"}), (UnknownTester, {"tool": "auto"}),
        (UnknownOperation, {"operation_number": 9_999}),
    ):  # fmt: skip
        with pytest.raises(refusal):
            begin(**given)
    drafted = begin()
    with pytest.raises(LimitDraftThere):
        begin()
    with pytest.raises(NoLimits):
        release_limits(caller=a_caller("kenji"), limit_set_id=drafted.pk, version=1, reason="why not")
    with pytest.raises(LimitUnknown):
        drop_limit(caller=a_caller("kenji"), limit_set_id=drafted.pk, name="x", version=1)
    drafted = put_limit(caller=a_caller("kenji"), limit_set_id=drafted.pk, version=0, limit=hottest(60))
    with pytest.raises(ReleaseReasonWanted):
        release_limits(caller=a_caller("kenji"), limit_set_id=drafted.pk, version=drafted.version, reason=" ")
    with pytest.raises(NotPermitted):
        release_limits(caller=a_caller("mei"), limit_set_id=drafted.pk, version=drafted.version, reason="mine")
    assert LimitSet.objects.get().released_at is None


def test_a_draft_given_up_frees_its_revision_and_the_event_keeps_its_limits() -> None:
    released(PART, hottest(60))
    drafted = a_draft(PART, hottest(55))

    discard_limits(caller=a_caller("kenji"), limit_set_id=drafted.pk, version=drafted.version, reason="measured wrong")

    told = Event.objects.get(kind="assembly.limits-discarded").payload
    assert (told["reason"], told["limits"][0]["high"]) == ("measured wrong", "55")
    again = a_draft(PART)
    assert (again.revision, again.limits.get().high) == (2, 60.0)


@pytest.mark.commits
def test_of_many_who_begin_at_once_one_draft_is_there() -> None:
    callers = [a_caller("kenji") for _turn in range(6)]

    said = at_once(
        *(
            lambda caller=caller: draft_limits(caller=caller, part_number=PART, tool="fio")  # type: ignore[misc]
            for caller in callers
        )
    )

    assert sum(isinstance(one, LimitSet) for one in said) == 1
    assert sum(isinstance(one, LimitDraftThere) for one in said) == 5
    assert LimitSet.objects.count() == 1


def test_the_pages_go_from_what_was_measured_to_released_limits(client: Client) -> None:
    tray = a_tray_with_superchips().unit
    a_file(41, tray)
    drafted = a_draft(tray.part.number)
    client.force_login(person("kenji"))

    page = client.get(f"/planning/test-limits/{drafted.pk}/").content.decode()
    assert NAME in page and "n=4" in page
    form = {"name": NAME, "high": "60", "guard": "3", "unit": "C", "source": "", "key": "limit-1"}
    assert client.post(f"/planning/test-limits/{drafted.pk}/limits/new/", form).status_code == 302
    drafted.refresh_from_db()
    release = {"reason": "study 7", "version": str(drafted.version), "key": "limit-2"}
    assert client.post(f"/planning/test-limits/{drafted.pk}/release/", release).status_code == 302
    run = a_file(42, tray)
    told = client.get(f"/test-runs/{run.pk}/", headers={"accept-language": "en"}).content.decode()
    assert f"{tray.part.number} nvidia-smi r1" in told
    late = client.post(f"/planning/test-limits/{drafted.pk}/limits/new/", {**form, "key": "limit-3"})
    assert late.status_code == 422
