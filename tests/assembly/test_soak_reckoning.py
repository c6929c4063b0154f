"""The soak clock and a burn-in's yield against a second reckoning that knows only seconds and samples.

The product cuts arrays at gaps and alarms; here every second of the run is looked at by itself.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from assembly.models import BurnInRun, SoakInterval
from assembly.operations.burn_in import abort_burn_in, stop_burn_in
from assembly.operations.telemetry import Sample, feed_telemetry
from assembly.quality_forms import asked_of
from assembly.queries.yields import Figure, yields_of
from tests.assembly.burn_in_world import GOOD, a_soaking_rack
from tests.assembly.yield_world import recount
from tests.cast import a_caller

pytestmark = pytest.mark.django_db

HOT, BLIND, LIMIT = [46.0, 130.0, 0.0], [None, 130.0, 0.0], 300
EVENING = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # 23:30 in Satsumasendai: midnight is half an hour away
Story = list[tuple[int, list[float | None]]]


def soaked_seconds(story: Story) -> int:
    """Seconds that lie between two samples at most five minutes apart, both good, with nothing out of limits since the
    first of them; a sample without its supply temperature is as if it had not come, but ends no alarm."""
    seen: dict[int, list[float | None]] = {}
    for second, values in story:
        seen.setdefault(second, values)  # the first of a moment stays
    counted, last_good, alarm = 0, None, False
    for second in range(max(seen, default=0) + 1):
        values = seen.get(second)
        if values is None or values[0] is None:
            continue
        alarm = values[0] > 45.0
        if alarm:
            last_good = None
            continue
        if last_good is not None and second - last_good <= LIMIT:
            counted += second - last_good
        last_good = second
    return counted


def told(burn_in: BurnInRun, story: Story, *, at_once: int = 10_000) -> None:
    """The samples in this order, so many in a call, long after all of them."""
    at = burn_in.started_at + timedelta(days=2)
    for begin in range(0, len(story), at_once):
        samples = [
            Sample(burn_in.started_at + timedelta(seconds=second), list(values))
            for second, values in story[begin : begin + at_once]
        ]
        feed_telemetry(caller=a_caller("kenji", at=at), cell_code=burn_in.cell.code, samples=samples)


def kept_seconds(burn_in: BurnInRun) -> float:
    rows = SoakInterval.objects.filter(burn_in=burn_in)
    return sum(((row.to_at - row.from_at).total_seconds() for row in rows), 0.0)


def minutes(first: int, last: int, values: list[float | None] = GOOD) -> Story:  # type: ignore[assignment]
    return [(60 * minute, values) for minute in range(first, last + 1)]


TRAPS: dict[str, tuple[Story, int]] = {
    "a gap of exactly the limit counts": ([(0, GOOD), (300, GOOD)], 300),
    "one more second does not": ([(0, GOOD), (301, GOOD)], 0),
    "gap at midnight": ([*minutes(0, 28), *minutes(34, 40)], 34 * 60),
    "over midnight without a gap": (minutes(0, 60), 60 * 60),
    "alarm across a gap": ([(0, GOOD), (60, HOT), (600, GOOD), (660, GOOD)], 60),
    "alarm that a blind sample does not end": ([(0, GOOD), (60, HOT), (120, BLIND), (180, GOOD), (240, GOOD)], 60),
    "blind samples bridge no gap": ([(0, GOOD), (150, BLIND), (301, GOOD)], 0),
    "blind samples break no clock": ([(0, GOOD), (150, BLIND), (300, GOOD)], 300),
    "out of order and doubled": ([(120, GOOD), (0, GOOD), (60, HOT), (60, GOOD), (180, GOOD)], 60),
    "one sample is no time": ([(60, GOOD)], 0),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAPS)
def test_each_trap_has_its_seconds_in_both_reckonings(name: str) -> None:
    story, seconds = TRAPS[name]
    burn_in = a_soaking_rack(at=EVENING)

    told(burn_in, story, at_once=1)

    assert (soaked_seconds(story), kept_seconds(burn_in)) == (seconds, seconds)


@pytest.mark.parametrize("seed", range(3))
def test_a_random_run_that_is_fed_in_any_order_ends_with_the_minutes_of_the_second_reckoning(seed: int) -> None:
    dice = random.Random(seed)
    second, story = 0, []
    for _ in range(150):
        second += dice.choice([1, 59, 60, 60, 60, 61, 299, 300, 301, 700])
        story.append((second, dice.choice([GOOD, GOOD, GOOD, GOOD, GOOD, HOT, BLIND])))
    shuffled = story[:]
    dice.shuffle(shuffled)
    burn_in = a_soaking_rack(at=EVENING)

    told(burn_in, shuffled, at_once=37)
    ended = stop_burn_in(caller=a_caller("kenji", at=EVENING + timedelta(days=2)), build_id=burn_in.run.build_id)

    assert kept_seconds(burn_in) == soaked_seconds(story)
    assert ended.soak_minutes == soaked_seconds(story) // 60  # whole minutes, never rounded up


def test_broken_off_keeps_what_soaked_and_counts_as_failed_only_with_an_alarm_standing() -> None:
    quiet, hot = a_soaking_rack("A-01", at=EVENING), a_soaking_rack("A-02", at=EVENING)
    told(quiet, minutes(0, 40))
    told(hot, [*minutes(0, 40), (41 * 60, HOT)])
    at = EVENING + timedelta(days=2)
    ended = [
        abort_burn_in(caller=a_caller("kenji", at=at), build_id=one.run.build_id, reason="停電") for one in (quiet, hot)
    ]

    assert [(one.verdict, one.soak_minutes) for one in ended] == [("aborted", 40), ("aborted", 40)]
    wish = asked_of({"from": "2026-11-01", "to": "2026-11-30"}, EVENING.date()).wish
    assert yields_of(wish).whole == Figure(n=1, passed=0, aborted=1)
    assert list(recount(wish.starts_at, wish.ends_at).values()) == [(1, 0)]
