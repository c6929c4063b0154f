"""The soak clock, alarms, summaries and capacity as pure arithmetic, against a slow second reckoning."""

import math
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from assembly.burn_in.capacity import Load, peak_of
from assembly.burn_in.moments import MINUTE, micros, moment
from assembly.burn_in.packing import digest_of, packed, unpacked
from assembly.burn_in.soak import AlarmSpan, Interval, Limits, course_of, gaps_between
from assembly.burn_in.summaries import summaries_of

LIMITS = Limits((17.0, None, None), (45.0, 150.0, None))
GAP = 5 * MINUTE
NAN = float("nan")
GOOD = [30.0, 130.0, 1.0]


def course(samples):
    times = np.array([int(at * MINUTE) for at, _values in samples], dtype=np.int64)
    values = np.array([values for _at, values in samples], dtype=float).reshape(len(samples), 3)
    return course_of(times, values, LIMITS, GAP)


def spans(found):
    return [(one.from_at / MINUTE, one.to_at / MINUTE) for one in found.intervals]


def test_good_samples_up_to_five_minutes_apart_run_the_clock():
    found = course([(at, GOOD) for at in (0, 1, 6, 11)])

    assert spans(found) == [(0, 11)] and found.soak_minutes == 11


def test_a_gap_of_five_minutes_and_a_microsecond_stops_it():
    found = course([(0, GOOD), (1, GOOD), (6 + 1 / MINUTE, GOOD), (7, GOOD)])

    assert len(found.intervals) == 2 and found.soak_minutes == 1


def test_61_seconds_between_samples_are_no_gap():
    found = course([(at * 61 / 60, GOOD) for at in range(11)])

    assert len(found.intervals) == 1 and found.soak_micros == 10 * 61 * 1_000_000


def test_an_alarm_stops_the_clock_at_the_last_good_sample_until_it_clears():
    found = course([(0, GOOD), (1, GOOD), (2, [46.0, 130.0, 1.0]), (3, GOOD), (4, GOOD)])

    assert spans(found) == [(0, 1), (3, 4)]
    assert found.alarms == (AlarmSpan(0, 2 * MINUTE, 3 * MINUTE, 46.0),) and found.open_alarms == ()


def test_a_value_that_does_not_come_neither_clears_an_alarm_nor_counts_as_good():
    blind = [NAN, 130.0, 1.0]
    found = course([(0, GOOD), (1, [50.0, 130.0, 1.0]), (2, blind), (3, blind), (4, GOOD), (5, blind), (9, GOOD)])

    assert spans(found) == [(0, 0), (4, 9)] and found.alarms[0].cleared_at == 4 * MINUTE


def test_a_series_without_limits_may_be_silent():
    assert course([(0, [30.0, 130.0, NAN]), (1, [30.0, 130.0, NAN])]).soak_minutes == 1


def test_nothing_gives_nothing():
    assert course([]).intervals == () and course([]).soak_minutes == 0


def slow(samples):  # noqa: C901 - plain on purpose
    """The same rule, sample by sample."""
    intervals, alarms, last, opened = [], [], None, {}
    for at, values in samples:
        for series, value in enumerate(values):
            low, high = LIMITS.low[series], LIMITS.high[series]
            if math.isnan(value):
                continue
            out = (low is not None and value < low) or (high is not None and value > high)
            if out and series not in opened:
                opened[series] = [series, int(at * MINUTE), None, value]
                alarms.append(opened[series])
            elif not out and series in opened:
                opened.pop(series)[2] = int(at * MINUTE)
        if opened:
            last = None
        elif not math.isnan(values[0] + values[1]):
            if last is not None and (at - last) * MINUTE <= GAP:
                intervals[-1] = (intervals[-1][0], at)
            else:
                intervals.append((at, at))
            last = at
    return intervals, sorted(tuple(alarm) for alarm in alarms)


@pytest.mark.parametrize("seed", range(60))
def test_arrays_and_the_slow_reckoning_agree(seed):
    dice = random.Random(seed)
    at, samples = 0, []
    for _ in range(dice.randrange(1, 80)):
        at += dice.choice([1, 1, 1, 2, 5, 6, 30])
        row = [dice.choice([30.0, 30.0, 30.0, 50.0, 10.0, NAN]), dice.choice([130.0, 130.0, 160.0, NAN]), NAN]
        samples.append((at, row if dice.random() < 0.4 else GOOD))

    found = course(samples)

    intervals, alarms = slow(samples)
    assert spans(found) == intervals
    assert sorted((a.series, a.started_at, a.cleared_at, a.value) for a in found.alarms) == alarms


def test_gaps_are_what_lies_between():
    found = gaps_between([Interval(2, 4), Interval(6, 9)], 0, 10)

    assert found == [Interval(0, 2), Interval(4, 6), Interval(9, 10)]


def test_summaries_count_gaps_at_both_ends_and_leave_out_what_did_not_come():
    times = np.array([10 * MINUTE, 11 * MINUTE, 12 * MINUTE], dtype=np.int64)
    values = np.array([[1.0, NAN], [NAN, NAN], [3.0, NAN]])

    first, second = summaries_of(times, values, GAP, 0, 13 * MINUTE)

    assert (first.n, first.gaps, first.minimum, first.mean, first.maximum, first.last) == (2, 1, 1.0, 2.0, 3.0, 3.0)
    assert (second.n, second.gaps, second.mean) == (0, 1, None)


def test_packing_gives_back_the_same_numbers():
    values = np.array([[1.5, NAN], [0.1, -3.0]])

    again = unpacked(packed(values), 2)

    assert np.array_equal(values, again, equal_nan=True)
    assert digest_of(np.array([1, 2], dtype=np.int64), values) == digest_of(np.array([1, 2], dtype=np.int64), again)


@pytest.mark.parametrize("text", ["***", "AAAA", "é"])
def test_text_that_is_no_table_is_a_value_error(text):
    with pytest.raises(ValueError, match="not"):
        unpacked(text, 2)


def test_the_peak_is_the_worst_moment_not_the_sum_of_all():
    noon = datetime(2026, 11, 20, 3, tzinfo=UTC)
    hours = [noon + timedelta(hours=n) for n in range(5)]
    loads = [Load(hours[0], hours[2], Decimal(100), Decimal(10)), Load(hours[2], hours[4], Decimal(90), Decimal(20))]

    assert peak_of(loads, hours[0], hours[4]) == (Decimal(100), Decimal(20))
    assert peak_of([*loads, Load(hours[1], hours[3], Decimal(50), Decimal(5))], hours[0], hours[4]) == (150, 25)
    assert peak_of(loads, hours[4], hours[4] + timedelta(hours=1)) == (0, 0)


def test_moments_are_exact_both_ways():
    at = datetime(2026, 11, 20, 3, 0, 0, 123457, tzinfo=UTC)

    assert moment(micros(at)) == at
