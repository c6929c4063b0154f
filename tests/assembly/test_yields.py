"""First-pass yield: each trap by name, and a random history, against a second reckoning in plain Python."""

from __future__ import annotations

import math
import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from assembly.figures.intervals import Share
from assembly.models import JudgedAttempt, StaleAttempt
from assembly.operations.instructions import issue_instruction
from assembly.operations.judged_attempts import keep_all_attempts, keep_attempts
from assembly.operations.reference_units import end_reference_mark, mark_reference_unit
from assembly.quality_forms import asked_of
from assembly.queries.attempts import KINDS, AttemptList
from assembly.queries.yields import Figure, yields_by_tool, yields_of
from inventory.checks import CHECKS
from tests.assembly.yield_world import BAD, CUT, GOOD, Life, a_life, a_product, jst, recount
from tests.cast import a_caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _product() -> None:
    a_product()


@pytest.fixture(autouse=True)
def _kept_now_and_then(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some acts what is judged is kept: whatever comes next has to mark it."""
    dice = random.Random(request.node.name)
    for name in ("begin", "file", "end", "off", "amend", "report", "dispose"):
        act = getattr(Life, name)

        def acted(*args: Any, _act: Any = act, **others: Any) -> Any:
            done = _act(*args, **others)
            if dice.random() < 0.5:
                keep_all_attempts()
            return done

        monkeypatch.setattr(Life, name, acted)


def figure(day: int = 1, last: int = 30, **others: str) -> Figure:
    """Of the plant's days of November."""
    return yields_of(asked(day, last, **others)).whole


def asked(day: int = 1, last: int = 30, **others: str) -> Any:
    days = {"from": f"2026-11-{day:02d}", "to": f"2026-11-{last:02d}"}
    return asked_of({**days, **others}, date(2026, 11, 30)).wish


def agrees(day: int = 1, last: int = 30) -> None:
    """Every operation's figure is that of the second reckoning, and every list is as long as its number: judged at the
    look, kept, and with what changed since."""
    _agrees(day, last)
    keep_attempts(batch=2)
    _agrees(day, last)
    keep_all_attempts()
    assert not StaleAttempt.objects.exists()
    _agrees(day, last)
    assert not list(CHECKS["assembly.kept-attempts-are-as-judged"]())


def _agrees(day: int, last: int) -> None:
    wish = asked(day, last)
    found = yields_of(wish)
    mine = {
        (row.part.number, row.operation.routing.revision, row.operation.number): (row.figure.n, row.figure.passed)
        for row in found.operations
        if row.figure.n
    }
    assert mine == recount(wish.starts_at, wish.ends_at)
    counts = {kind: AttemptList(asked(day, last, kind=kind)).count() for kind in KINDS}
    whole = found.whole
    assert counts["first"] == whole.n == counts["first_pass"] + counts["first_fail"]
    assert (counts["first_pass"], counts["later"], counts["left_out"]) == (whole.passed, whole.later, whole.left_out)
    assert sum(one.n for one in found.stations.values()) == sum(one.n for one in found.days.values()) == whole.n


def failed_then_passed(life: Life, day: int = 5) -> None:
    life.run(10, jst(day, 9), "11")
    life.dispose(jst(day, 10))
    life.run(10, jst(day + 1, 9), "5")


def test_a_retest_is_no_first_pass_on_whichever_day_it_passes() -> None:
    failed_then_passed(a_life(jst(4)))

    assert (figure().n, figure().passed, figure().later) == (1, 0, 1)
    assert (figure(6, 6).n, figure(6, 6).later) == (0, 1)
    agrees(5, 5)
    agrees(6, 6)


@pytest.mark.parametrize(
    ("ended", "day"),
    [(jst(5, 23, 59, 59), 5), (jst(6, 0, 0, 0), 6), (jst(6, 8, 59, 59), 6), (jst(6, 9, 0, 0), 6)],
    ids=["last second", "midnight here", "before midnight UTC", "midnight UTC"],
)
def test_a_day_is_the_plants_day(ended: datetime, day: int) -> None:
    a_life(jst(4)).run(10, ended, minutes=45)

    assert [d for d in range(4, 8) if figure(d, d).n] == [day]
    assert list(yields_of(asked()).days) == [date(2026, 11, 2)]  # the Monday of its week


def test_broken_off_is_left_out_and_the_next_one_is_the_first() -> None:
    life = a_life(jst(4))
    life.begin(10, jst(5, 9))
    life.off(10, jst(5, 10))
    life.run(10, jst(6, 9))

    assert figure() == Figure(n=1, passed=1, aborted=1)
    agrees()


def test_broken_off_after_a_failing_file_is_a_failure() -> None:
    life = a_life(jst(4))
    life.run(10, jst(5, 8))
    life.begin(20, jst(5, 9))
    life.file(BAD, jst(5, 10))
    life.off(20, jst(5, 11))
    life.run(20, jst(6, 9))

    assert figure(station="-", tool="hpl") == Figure(n=1, passed=0, later=1)
    agrees()


def test_a_second_file_that_passes_does_not_undo_the_first() -> None:
    life = a_life(jst(4))
    life.run(10, jst(5, 8))
    life.begin(20, jst(5, 9))
    life.file(BAD, jst(5, 10))
    life.file(GOOD, jst(5, 11))

    assert life.end(20, jst(5, 12)).result == "pass"
    assert yields_by_tool(asked()) == {"hpl": Figure(n=1, passed=0)}
    agrees()


def test_a_tester_that_could_not_run_is_the_stations_fault() -> None:
    life = a_life(jst(4))
    life.run(10, jst(5, 8))
    life.begin(20, jst(5, 9))
    life.file(CUT, jst(5, 10))
    life.off(20, jst(5, 11))
    life.begin(20, jst(6, 9))
    life.file(CUT, jst(6, 10))
    life.file(GOOD, jst(6, 11))
    life.end(20, jst(6, 12))

    assert figure(tool="hpl") == Figure(n=1, passed=1, station=1)
    agrees()


def test_broken_off_after_a_report_and_passed_in_spite_of_one_both_failed() -> None:
    first, second = a_life(jst(4)), a_life(jst(4))
    for life in (first, second):
        life.begin(10, jst(5, 9))
        life.report(jst(5, 10))
    first.off(10, jst(5, 11))
    second.dispose(jst(5, 11), "rework", repeats=(10,))
    second.end(10, jst(5, 12))

    assert (figure().n, figure().passed) == (2, 0)
    agrees()


def test_a_reference_unit_counts_before_its_mark_and_after_its_end_only() -> None:
    life = a_life(jst(4))
    failed_then_passed(life)
    unit = life.build.unit.tag
    mark_reference_unit(caller=a_caller("tanaka", at=jst(7)), unit=unit, reason="T1 日常点検")
    life.run(20, jst(8, 9))
    end_reference_mark(caller=a_caller("tanaka", at=jst(9)), unit=unit, reason="点検終了")
    life.run(30, jst(10, 9))

    assert figure() == Figure(n=2, passed=1, later=1, reference=1)  # 10 failed before the mark, and stays counted
    agrees()


def test_a_mark_does_not_reach_back_to_what_had_begun() -> None:
    life = a_life(jst(4))
    life.begin(10, jst(5, 9))
    mark_reference_unit(caller=a_caller("tanaka", at=jst(5, 10)), unit=life.build.unit.tag, reason="隠したい")
    life.end(10, jst(5, 11), "11")

    assert (figure().n, figure().passed, figure().reference) == (1, 0, 0)
    agrees()


def test_rework_that_reopens_an_operation_adds_later_attempts() -> None:
    life = a_life(jst(4))
    life.run(10, jst(5, 9))
    life.run(20, jst(6, 9))
    life.run(30, jst(6, 12), "-1")
    life.dispose(jst(6, 13), "rework", repeats=(10,))
    life.run(10, jst(7, 9), "11")
    life.dispose(jst(7, 10))
    life.run(10, jst(8, 9))

    assert {row.operation.number: (row.figure.n, row.figure.passed, row.figure.later)
            for row in yields_of(asked()).operations} == {10: (1, 1, 2), 20: (1, 1, 0), 30: (1, 0, 0)}  # fmt: skip
    agrees()


def test_a_new_instruction_between_attempts_is_no_new_chance_but_a_new_routing_revision_is_counted_apart() -> None:
    life = a_life(jst(4))
    life.run(10, jst(5, 9), "11")
    step = life.build.design.routing.operations.get(number=10)
    issue_instruction(
        caller=a_caller("plan", at=jst(5, 10)), operation_id=step.pk, text_ja="新", text_en="New", pictures=[]
    )
    life.dispose(jst(5, 11))
    life.run(10, jst(6, 9))
    a_product("B")
    a_life(jst(6), "B").run(10, jst(7, 9))

    found = {row.operation.routing.revision: (row.figure.n, row.figure.passed) for row in yields_of(asked()).operations
             if row.operation.number == 10}  # fmt: skip
    assert found == {"A": (1, 0), "B": (1, 1)}
    agrees()


def test_a_scrapped_unit_stays_counted_and_what_ran_then_counts_by_what_was_found() -> None:
    failed, quiet, found = a_life(jst(4)), a_life(jst(4)), a_life(jst(4))
    failed.run(10, jst(5, 9), "11")
    failed.dispose(jst(5, 10), "scrap")
    quiet.run(10, jst(5, 9))
    quiet.report(jst(5, 10))
    quiet.dispose(jst(5, 11), "scrap")
    found.begin(10, jst(6, 9))
    found.report(jst(6, 10))
    found.dispose(jst(6, 11), "scrap")

    assert (figure().n, figure().passed) == (3, 1)
    assert (figure(6, 6).n, figure(6, 6).passed) == (1, 0)
    agrees()


def test_a_correction_may_take_a_pass_away_and_never_gives_one() -> None:
    up, down = a_life(jst(4)), a_life(jst(4))
    up.amend(up.run(10, jst(5, 9), "11"), "1.1", jst(5, 10))
    down.amend(down.run(10, jst(5, 9), "1.1"), "11", jst(6, 10))

    assert figure() == Figure(n=2, passed=0)  # and no second attempt: the work was done once
    agrees()


def test_rolled_yield_multiplies_all_operations_and_is_none_while_one_is_missing() -> None:
    for number in range(4):
        life = a_life(jst(4))
        life.run(10, jst(5, 9), "11" if number == 0 else "5")
        if number:
            life.run(20, jst(5, 10))
    assert [(one.value, one.missing, one.fewest) for one in yields_of(asked()).rolled] == [(None, (30,), 0)]
    life.run(30, jst(5, 11), "11")
    life.dispose(jst(5, 12))
    assert yields_of(asked()).rolled[0].value == 0.0
    other = a_life(jst(4))
    for number in (10, 20, 30):
        other.run(number, jst(6, 9 + number // 10))

    rolled = yields_of(asked()).rolled[0]
    assert rolled.value == pytest.approx(4 / 5 * 4 / 4 * 1 / 2)
    assert (rolled.missing, rolled.fewest) == ((), 2)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_random_history_agrees_with_the_second_reckoning(seed: int) -> None:
    dice = random.Random(seed)
    a_product("B")
    for _ in range(6):
        life = a_life(jst(2), dice.choice("AB"))
        at = jst(3) + timedelta(minutes=dice.randrange(600))
        for number in (10, 20, 30):
            at = _until_passed(life, number, at, dice)
    for first, last in ((1, 30), (3, 4), (5, 5), (8, 20)):
        agrees(first, last)


def _until_passed(life: Life, number: int, at: datetime, dice: random.Random) -> datetime:
    """Attempts with everything that may happen, hours apart, until one passes."""
    while True:
        at += timedelta(hours=dice.choice([1, 3, 11]), minutes=dice.randrange(60))
        life.begin(number, at, station=dice.choice(["", "S-1", "S-2"]))
        fate = dice.choice(["good", "good", "good", "bad", "off", "cut", "report"])
        if number == 20 and fate != "off":
            life.file({"bad": BAD, "cut": CUT}.get(fate, GOOD), at + timedelta(minutes=5))
        if fate == "report":
            life.report(at + timedelta(minutes=6))
            life.dispose(at + timedelta(minutes=7), "rework", repeats=(number,))
        end = at + timedelta(minutes=10)
        if fate in ("off", "report") or (number == 20 and fate in ("bad", "cut") and dice.random() < 0.5):
            life.off(number, end)
            continue
        if number == 20 and fate in ("bad", "cut"):
            life.file(GOOD, end)
        run = life.end(number, end, "11" if fate == "bad" else "5")
        if run.result == "pass":
            return end
        life.dispose(end + timedelta(minutes=1))


def test_what_was_kept_gives_way_to_what_came_after() -> None:
    """A report on a finished attempt's build, a mark taken back: the kept row is not asked any more."""
    life = a_life(jst(4))
    life.run(10, jst(5, 9), "5")
    keep_all_attempts()
    kept = JudgedAttempt.objects.get()
    assert (kept.outcome, kept.turn) == ("pass", 1)
    JudgedAttempt.objects.update(outcome="fail")
    assert (figure().n, figure().passed) == (1, 0), "what is kept is what is read"
    assert list(CHECKS["assembly.kept-attempts-are-as-judged"]())

    life.begin(20, jst(6))
    assert figure().passed == 1, "a build in which something happened is judged at the look"
    keep_all_attempts()
    assert (figure().n, figure().passed) == (1, 1)


def test_wilsons_interval_solves_its_own_equation() -> None:
    """The ends are those shares whose own error reaches the observed one: (p - q)² = z² q (1 - q) / n."""
    for part, whole in ((0, 1), (1, 1), (3, 7), (97, 100), (100, 100), (1, 4000)):
        low, high = Share(part, whole).interval or (0.0, 0.0)
        for end in (low, high):
            if 0 < end < 1:
                error = abs(part / whole - end) - 1.959963984540054 * math.sqrt(end * (1 - end) / whole)
                assert abs(error) < 1e-12
        assert 0 <= low <= part / whole <= high <= 1
    assert Share(0, 0).value is None
