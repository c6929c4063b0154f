"""Feeding telemetry: order, doubles, gaps, alarms; whatever order samples come in, the clock says the same."""

import random
from datetime import timedelta

import numpy as np
import pytest

from assembly.burn_in.moments import MINUTE as MICROS
from assembly.burn_in.packing import packed
from assembly.burn_in.soak import course_of
from assembly.models import Alarm, SoakInterval, StaleAttempt, TelemetrySample
from assembly.operations.burn_in import BurnInStart, start_burn_ins, stop_burn_ins
from assembly.operations.telemetry import NothingSoaks, Sample, SampleBlock, WrongSample, feed_blocks, feed_telemetry
from assembly.queries.burn_in import limits_of_series, samples_of, soak_clocks
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.burn_in_world import GOOD, MINUTE, a_burn_in_room, a_soaking_rack, feed, some_racks
from tests.cast import NOON, a_caller

pytestmark = pytest.mark.django_db


def clock(burn_in):
    return soak_clocks([burn_in])[burn_in.pk]


def spans(burn_in):
    start = burn_in.started_at
    rows = SoakInterval.objects.filter(burn_in=burn_in).order_by("from_at")
    return [((row.from_at - start) / MINUTE, (row.to_at - start) / MINUTE) for row in rows]


def test_samples_a_minute_apart_run_the_clock():
    burn_in = a_soaking_rack()

    for minute in range(8):
        assert feed(burn_in, [minute]) == {"stored": 1, "known": 0, "dropped": 0}

    assert spans(burn_in) == [(0, 7)] and clock(burn_in).minutes == 7


def test_a_stopped_feeder_stops_the_clock():
    burn_in = a_soaking_rack()
    feed(burn_in, range(11))

    now = NOON + 60 * MINUTE

    assert clock(burn_in).minutes == 10
    assert clock(burn_in).state_at(NOON + 12 * MINUTE) == "run" and clock(burn_in).state_at(now) == "stale"
    feed(burn_in, [60])
    assert clock(burn_in).minutes == 10 and clock(burn_in).state_at(now) == "run"
    assert spans(burn_in) == [(0, 10), (60, 60)]


def test_61_seconds_are_no_gap_and_5_minutes_are_the_last_that_are_none():
    burn_in = a_soaking_rack()

    feed(burn_in, [0, 61 / 60, 61 / 60 + 5])

    assert len(spans(burn_in)) == 1
    feed(burn_in, [61 / 60 + 5 + 301 / 60])
    assert len(spans(burn_in)) == 2


def test_the_same_moment_is_stored_once_and_the_first_value_stays():
    burn_in = a_soaking_rack()
    feed(burn_in, [0, 1])

    assert feed(burn_in, [1, 1, 2], [31.0, 1.0, 0.0]) == {"stored": 1, "known": 1, "dropped": 0}

    stored = TelemetrySample.objects.filter(burn_in=burn_in).order_by("at")
    assert [row.values[0] for row in stored] == [30.0, 30.0, 31.0] and spans(burn_in) == [(0, 2)]


def test_samples_from_before_the_start_and_from_the_future_are_dropped():
    burn_in = a_soaking_rack()

    assert feed(burn_in, [-1, 0, 1, 2.5], at=NOON + MINUTE) == {"stored": 2, "known": 0, "dropped": 2}


def test_a_late_sample_closes_a_gap():
    burn_in = a_soaking_rack()
    feed(burn_in, [0, 1, 9, 10])
    assert clock(burn_in).minutes == 2

    feed(burn_in, [5], at=NOON + 11 * MINUTE)

    assert spans(burn_in) == [(0, 10)]


def test_values_that_are_none_become_null():
    burn_in = a_soaking_rack()

    feed(burn_in, [0], ["NaN", None, float("inf")])

    assert TelemetrySample.objects.get().values == [None, None, None] and spans(burn_in) == []


def test_an_alarm_starts_and_clears_with_its_events():
    burn_in = a_soaking_rack()
    feed(burn_in, [0, 1])
    feed(burn_in, [2], [50.0, 130.0, 0.0])

    assert clock(burn_in).state_at(NOON + 2 * MINUTE) == "alarm"
    feed(burn_in, [3])

    alarm = Alarm.objects.get()
    marked = StaleAttempt.objects.filter(build=burn_in.run.build_id)
    assert marked.count() >= 3, "the run, the raised alarm and the cleared one speak of its attempts"
    assert (alarm.started_at, alarm.cleared_at, alarm.value) == (NOON + 2 * MINUTE, NOON + 3 * MINUTE, 50.0)
    kinds = list(Event.objects.filter(kind__startswith="assembly.alarm").order_by("id").values_list("kind", flat=True))
    assert kinds == ["assembly.alarm-raised", "assembly.alarm-cleared"]
    assert spans(burn_in) == [(0, 1), (3, 3)]


@pytest.mark.parametrize("seed", range(6))
def test_in_whatever_order_samples_come_the_clock_is_that_of_the_whole(seed):
    dice = random.Random(seed)
    burn_in = a_soaking_rack()
    minutes = sorted(dice.sample(range(120), 50))
    rows = [(m, dice.choice([GOOD, GOOD, GOOD, [50.0, 130.0, 0.0], [None, 130.0, 0.0]])) for m in minutes]
    dice.shuffle(rows)
    at = NOON + 200 * MINUTE
    while rows:
        part = [rows.pop() for _ in range(min(len(rows), dice.randrange(1, 9)))]
        samples = [Sample(NOON + minute * MINUTE, list(values)) for minute, values in part]
        feed_telemetry(caller=a_caller("kenji", at=at), cell_code="A-01", samples=samples)

    whole = course_of(*samples_of(burn_in.pk), limits_of_series(), 5 * MICROS)

    assert [round(to - start, 6) for start, to in spans(burn_in)] == [
        (one.to_at - one.from_at) / MICROS for one in whole.intervals
    ]
    assert Alarm.objects.count() == len(whole.alarms)
    assert Alarm.objects.filter(cleared_at=None).count() == len(whole.open_alarms)


def test_what_cannot_be_a_sample_is_refused():
    burn_in = a_soaking_rack()
    with pytest.raises(WrongSample, match="2"):
        feed(burn_in, [0], [1.0, 2.0])
    with pytest.raises(NothingSoaks):
        feed_telemetry(caller=a_caller("kenji"), cell_code="A-02", samples=[])
    with pytest.raises(NotPermitted):
        feed_telemetry(caller=a_caller("mei"), cell_code="A-01", samples=[])
    block = SampleBlock(burn_in.pk, NOON, 60, "not base64")
    with pytest.raises(WrongSample):
        feed_blocks(caller=a_caller("kenji"), blocks=[block])

    assert not TelemetrySample.objects.exists()


def test_after_the_end_nothing_is_stored():
    burn_in = a_soaking_rack()
    stop_burn_ins(caller=a_caller("kenji"), build_ids=[burn_in.run.build_id])

    with pytest.raises(NothingSoaks):
        feed_telemetry(caller=a_caller("kenji"), burn_in_id=burn_in.pk, samples=[Sample(NOON, list(GOOD))])


def test_blocks_of_many_runs_are_loaded_at_once_and_their_holes_are_gaps():
    a_burn_in_room("9000", 6, lpm="9000")
    racks = some_racks(6, soak=4320)
    starts = [BurnInStart(build.pk, f"A-{n:02}") for n, build in enumerate(racks, start=1)]
    ids = start_burn_ins(caller=a_caller("kenji"), starts=starts)["burn_ins"]
    table = np.tile(np.array(GOOD), (4340, 1))
    table[1000:1010] = np.nan
    end = NOON + timedelta(minutes=4339)

    counts = feed_blocks(
        caller=a_caller("kenji", at=end), blocks=[SampleBlock(pk, NOON, 60, packed(table)) for pk in ids]
    )
    stop_burn_ins(caller=a_caller("kenji", at=end), build_ids=[build.pk for build in racks])

    assert counts[str(ids[0])] == {"stored": 4330, "known": 0, "dropped": 0}
    stored = SoakInterval.objects.filter(burn_in_id=ids[0])
    assert stored.count() == 2
