"""Automatic placement: always inside every limit, never worse than first come first served, the same answer twice."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from assembly.burn_in.placement import NO_ROOM, TOO_LARGE, Effort, Kept, Plan, Question, Room, Waiting, plan_of
from tests.cast import NOON

HOUR = timedelta(hours=1)
LITTLE = Effort(rounds=2, lifted=8, steps=0.01)


def faults(question: Question, plan: Plan) -> list[str]:
    """What is wrong with a plan, looked at moment by moment by nobody's code but this."""
    rooms = {room.code: room for room in question.rooms}
    racks = {rack.key: rack for rack in question.racks}
    spans = [(one.cell, one.from_at, one.to_at, racks[one.key].kw, racks[one.key].lpm) for one in plan.placings]
    found = []
    for one in plan.placings:
        rack, room = racks[one.key], rooms[one.cell]
        if one.from_at < rack.earliest or (one.to_at - one.from_at) < timedelta(minutes=rack.minutes):
            found.append(f"{one} is too early or too short")
        if rack.kw > room.max_kw or rack.lpm > room.max_lpm:
            found.append(f"{one} needs more than the cell gives")
        found += [f"{one} is in a shut cell" for a, b in room.shut if one.from_at < b and a < one.to_at]
    spans += [(kept.cell, kept.from_at, kept.to_at, kept.kw, kept.lpm) for kept in question.kept]
    placed = {(one.cell, one.from_at) for one in plan.placings}
    for at in sorted({span[1] for span in spans if span[1] >= question.at} | {question.at}):
        there = [span for span in spans if span[1] <= at < span[2]]
        if any((span[0], span[1]) in placed for span in there):  # what was kept before may be over by itself
            found += sums_over(question, rooms, there, at)
    return found


def sums_over(question, rooms, there, at) -> list[str]:  # type: ignore[no-untyped-def]
    cells = [span[0] for span in there]
    found = [f"{cell} is taken twice at {at}" for cell in set(cells) if cells.count(cell) > 1]
    for feed, most in question.feeds.items():
        if sum(span[3] for span in there if rooms[span[0]].feed == feed) > most:
            found.append(f"{feed} is over at {at}")
    for loop, (kw, lpm) in question.loops.items():
        mine = [span for span in there if rooms[span[0]].loop == loop]
        if sum(span[3] for span in mine) > kw or sum(span[4] for span in mine) > lpm:
            found.append(f"{loop} is over at {at}")
    return found


def first_come_lateness(question: Question) -> int:
    """Weighted hours by first come first served, written a second time and otherwise: hour by hour, cell by cell."""
    rooms = {room.code: room for room in question.rooms}
    racks = {rack.key: rack for rack in question.racks}
    placed: list[tuple[str, datetime, datetime, Decimal, Decimal]] = []

    def fits(rack: Waiting, room: Room, at: datetime, until: datetime) -> bool:
        near = [span for span in placed if span[1] < until and at < span[2]]
        if any(span[0] == room.code for span in near):
            return False
        for moment in {at, *(span[1] for span in near if span[1] > at)}:
            there = [span for span in near if span[1] <= moment < span[2]]
            fed = [span[3] for span in there if rooms[span[0]].feed == room.feed]
            looped = [span for span in there if rooms[span[0]].loop == room.loop]
            if sum(fed) + rack.kw > question.feeds[room.feed]:
                return False
            kw, lpm = question.loops[room.loop]
            if sum(span[3] for span in looped) + rack.kw > kw or sum(span[4] for span in looped) + rack.lpm > lpm:
                return False
        return True

    late = 0
    for rack in sorted(racks.values(), key=lambda rack: (rack.arrived, rack.key)):
        ends = {span[2] for span in placed if span[2] > rack.earliest}
        spot = next(
            (at, room) for at in sorted({rack.earliest, *ends}) for room in question.rooms
            if fits(rack, room, at, at + timedelta(minutes=rack.minutes))
        )  # fmt: skip
        until = spot[0] + timedelta(minutes=rack.minutes)
        placed.append((spot[1].code, spot[0], until, rack.kw, rack.lpm))
        if rack.due is not None and until > rack.due:
            late += rack.weight * int((until - rack.due) / HOUR)
    return late


def a_hall(cells: int, *, feed_kw: int, loop_kw: int, loop_lpm: int) -> dict[str, object]:
    """Ten cells a feed, two feeds a loop."""
    codes = [(f"C-{n:02}", f"F{n // 10}", f"L{n // 20}") for n in range(cells)]
    return {
        "rooms": tuple(Room(code, feed, loop, Decimal(150), Decimal(225)) for code, feed, loop in codes),
        "feeds": {feed: Decimal(feed_kw) for _code, feed, _loop in codes},
        "loops": {loop: (Decimal(loop_kw), Decimal(loop_lpm)) for _code, _feed, loop in codes},
    }


def some_waiting(count: int, seed: int) -> tuple[Waiting, ...]:
    chance = random.Random(seed)
    found = []
    for key in range(count):
        hours, kw, at = chance.choice([60, 84, 84, 108]), Decimal(chance.choice([132, 142])), chance.randrange(240)
        due = NOON + (at + hours + chance.choice([0, 24, 48, 120, 240])) * HOUR
        found.append(
            Waiting(key, kw, kw * Decimal("1.5"), hours * 60, NOON + at * HOUR, NOON + at * HOUR, due,
                    chance.choice([1, 1, 1, 5]))
        )  # fmt: skip
    return tuple(found)


def test_two_hundred_racks_on_sixty_cells_beat_first_come_first_served() -> None:
    """The effort is counted in the solver's steps, so that this ends within seconds on an idle machine."""
    hall = a_hall(60, feed_kw=1000, loop_kw=2200, loop_lpm=3300)
    question = Question(NOON, some_waiting(200, 7), **hall, effort=LITTLE)  # type: ignore[arg-type]

    plan = plan_of(question)

    assert len(plan.placings) == 200 and not plan.unplaced and faults(question, plan) == []
    by_arrival = first_come_lateness(question)
    assert by_arrival == plan.first_come_late_hours
    late = sum(
        rack.weight * int(one.late / HOUR) for one in plan.placings for rack in question.racks if rack.key == one.key
    )
    assert plan.at_least <= late == plan.late_hours < by_arrival / 2


def test_the_solver_betters_the_rules_and_answers_twice_alike() -> None:
    hall = a_hall(10, feed_kw=560, loop_kw=1400, loop_lpm=2100)
    racks = some_waiting(18, 3)
    rules = plan_of(Question(NOON, racks, **hall, effort=Effort(rounds=0)))  # type: ignore[arg-type]
    question = Question(NOON, racks, **hall, effort=Effort(rounds=6, lifted=8, seconds=60))  # type: ignore[arg-type]

    plan = plan_of(question)

    assert faults(question, plan) == [] and plan.late_hours < rules.late_hours
    assert plan_of(question) == plan


def test_who_has_no_place_is_named_with_the_reason() -> None:
    hall = a_hall(1, feed_kw=150, loop_kw=150, loop_lpm=300)
    large = Waiting(1, Decimal(151), Decimal(10), 60, NOON, NOON)
    long = Waiting(2, Decimal(100), Decimal(10), 60 * 24 * 9, NOON, NOON)
    right = Waiting(3, Decimal(100), Decimal(10), 60, NOON, NOON)

    plan = plan_of(Question(NOON, (large, long, right), **hall, days=8, effort=LITTLE))  # type: ignore[arg-type]

    assert plan.unplaced == {1: TOO_LARGE, 2: NO_ROOM}
    assert [one.key for one in plan.placings] == [3]


def test_what_is_planned_stays_when_nothing_is_gained_by_moving() -> None:
    hall = a_hall(4, feed_kw=600, loop_kw=600, loop_lpm=900)
    planned = tuple(
        Waiting(n, Decimal(142), Decimal(213), 600, NOON, NOON + n * HOUR, planned=(f"C-0{3 - n}", NOON))
        for n in range(3)
    )

    plan = plan_of(Question(NOON, planned, **hall, effort=LITTLE))  # type: ignore[arg-type]

    assert plan.moved == 0 and {one.key: one.cell for one in plan.placings} == {0: "C-03", 1: "C-02", 2: "C-01"}


hours = st.integers(0, 60)


@settings(max_examples=15, deadline=None)
@given(
    racks=st.lists(
        st.tuples(hours, st.integers(1, 30), st.sampled_from([70, 120, 142]), st.none() | hours), max_size=9
    ),
    kept=st.lists(st.tuples(hours, st.integers(1, 40), st.sampled_from([60, 142])), max_size=4),
    shut=st.tuples(hours, st.integers(1, 20)),
    feed=st.sampled_from([150, 290, 450]),
    lpm=st.sampled_from([215, 430, 900]),
)
def test_any_small_plant_gets_a_plan_inside_its_limits(racks, kept, shut, feed, lpm) -> None:  # type: ignore[no-untyped-def]
    hall = a_hall(4, feed_kw=feed, loop_kw=600, loop_lpm=lpm)
    first, *others = hall["rooms"]  # type: ignore[misc]
    closed = (NOON + shut[0] * HOUR, NOON + (shut[0] + shut[1]) * HOUR)
    hall["rooms"] = (Room(first.code, first.feed, first.loop, first.max_kw, first.max_lpm, (closed,)), *others)
    half = timedelta(minutes=30)  # what is kept ends within an hour of the plan's
    there = tuple(
        Kept(f"C-0{n}", NOON + at * HOUR - half, NOON + (at + length) * HOUR - half, Decimal(kw), Decimal(kw) * 3 / 2)
        for n, (at, length, kw) in enumerate(kept)
    )
    waiting = tuple(
        Waiting(key, Decimal(kw), Decimal(kw) * 3 / 2, length * 60 - 10, NOON + at * HOUR, NOON + at * HOUR,
                None if due is None else NOON + due * HOUR)
        for key, (at, length, kw, due) in enumerate(racks)
    )  # fmt: skip
    question = Question(NOON, waiting, **hall, kept=there, days=30, effort=LITTLE)  # type: ignore[arg-type]

    plan = plan_of(question)

    assert faults(question, plan) == []
    assert len(plan.placings) + len(plan.unplaced) == len(waiting)
    assert plan.at_least <= plan.late_hours and len(plan.first_come) == len(plan.placings)
