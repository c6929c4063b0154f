"""Fifty planners at once for the last kilowatt, the last litre a minute, the last place in the middle of a period: the
sums hold at every instant, exactly as many win as fit, the others are told, nobody waits for ever. The sums are looked
at by plain SQL, and so are those who write by plain SQL."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from assembly.models import Build, BurnInCell, Feed, Loop, Reservation
from assembly.operations.replanning import RackPlacing, move_reservation, place_racks
from assembly.operations.reservations import reserve_cell
from ledger.models import Event
from ledger.refusals import Refusal
from tests import cast
from tests.assembly.burn_in_world import a_burn_in_room, some_racks
from tests.cast import NOON, a_caller, person
from tests.database import at_once, connected_to

HANDS = 50
HOUR = timedelta(hours=1)


@pytest.fixture
def hall(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Build]]:
    """Fifty cells on one feed of 450 kW and one loop, a rack of 142 kW and 213 L/min for each, a connection a hand."""
    monkeypatch.setenv("GENPIN_POOL", str(HANDS + 4))
    with connected_to(committed_db):
        cast.system()
        person("plan")
        a_burn_in_room(feed_kw="450", cells=HANDS, lpm="90000")
        yield some_racks(HANDS)


pytestmark = [pytest.mark.commits]


def keep(build: Build, cell: int, day: int, hours: tuple[int, int] = (0, 10)) -> Reservation:
    start = NOON + timedelta(days=day)
    return reserve_cell(
        caller=a_caller("plan"), build_id=build.pk, cell_code=f"A-{cell + 1:02}", from_at=start + hours[0] * HOUR,
        to_at=start + hours[1] * HOUR,
    )  # fmt: skip


def all_keep(racks: list[Build], day: int, first: int = 0) -> Counter[str]:
    return outcomes(at_once(*[lambda n=n: keep(racks[n], n, day) for n in range(first, HANDS)]))  # type: ignore[misc]


def outcomes(results: list[Any]) -> Counter[str]:
    for result in results:
        assert not isinstance(result, Exception) or isinstance(result, Refusal), repr(result)
    return Counter(type(result).__name__ for result in results)


def peaks(day: int) -> tuple[int, int]:
    """The greatest sums of kW and L/min at any instant of the day, by plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(kw), max(lpm) FROM (SELECT m.at, sum(r.kw) AS kw, sum(r.lpm) AS lpm"
            " FROM (SELECT DISTINCT lower(period) AS at FROM assembly_reservation WHERE cancelled_at IS NULL) m"
            " JOIN assembly_reservation r ON r.cancelled_at IS NULL AND r.period @> m.at"
            " WHERE m.at >= %s AND m.at < %s GROUP BY m.at) sums",
            [NOON + timedelta(days=day), NOON + timedelta(days=day + 1)],
        )
        kw, lpm = cursor.fetchone()
        return int(kw), int(lpm)


def test_fifty_planners_and_the_last_kilowatt_litre_and_middle(hall: list[Build]) -> None:
    # 1. The feed has room for three.
    assert all_keep(hall, 1) == {"Reservation": 3, "FeedFull": 47}
    assert peaks(1) == (3 * 142, 3 * 213)

    # 2. The loop's flow has room for three, the feed for all.
    Feed.objects.filter(code="F1").update(capacity_kw=9000)
    Loop.objects.filter(code="L1").update(capacity_lpm=3 * 213)
    assert all_keep(hall, 3) == {"Reservation": 3, "LoopFull": 47}
    assert peaks(3) == (3 * 142, 3 * 213)

    # 3. Room for two at either end, for one in the middle.
    keep(hall[0], 0, 5, (0, 6))
    keep(hall[1], 1, 5, (4, 10))
    assert all_keep(hall, 5, first=2) == {"Reservation": 1, "LoopFull": 47}
    assert peaks(5) == (3 * 142, 3 * 213)

    # 4. Several plans of several racks: whole plans win, or nothing of them.
    day = NOON + timedelta(days=7)
    plans = [
        [RackPlacing(hall[n].pk, f"A-{n + 1:02}", day, day + 9 * HOUR) for n in (at, at + 1)] for at in range(0, 50, 2)
    ]
    told = outcomes(at_once(*[lambda plan=plan: place_racks(caller=a_caller("plan"), placings=plan) for plan in plans]))  # type: ignore[misc]
    assert told == {"dict": 1, "LoopFull": 24}
    assert Reservation.objects.filter(period__startswith=day).count() == 2

    # 5. Many move one rack: one does, the others are told where it is.
    kept = Reservation.objects.filter(period__startswith=day).first()
    assert kept is not None
    moves = [
        lambda n=n: move_reservation(  # type: ignore[misc]
            caller=a_caller("plan"), reservation_id=kept.pk, cell_code=f"A-{n + 10:02}", from_at=day + HOUR
        )
        for n in range(12)
    ]
    assert outcomes(at_once(*moves)) == {"Reservation": 1, "ReservationMoved": 11}
    assert Reservation.objects.filter(build=kept.build, cancelled_at=None, period__startswith=day + HOUR).count() == 1
    assert Event.objects.filter(kind="assembly.reservation-moved").count() == 1

    # 6. Round the operations.
    plain_sql_waits_for_the_sum_too(hall, NOON + timedelta(days=9))


def plain_sql_waits_for_the_sum_too(hall: list[Build], day: datetime) -> None:
    """All have written before the first commits: only the lock of the trigger can tell them apart."""
    hands, written = 10, threading.Barrier(10)

    def write(n: int) -> str:
        cell = BurnInCell.objects.get(code=f"A-{n + 1:02}")
        with transaction.atomic():
            row(cell, hall[n], day)
            written.wait(20)
        return "done"

    results = at_once(*[lambda n=n: write(n) for n in range(hands)])  # type: ignore[misc]

    told = Counter("done" if result == "done" else constraint_of(result) for result in results)
    assert told == {"done": 3, "reservations_stay_within_capacity": 7}
    first = Reservation.objects.filter(period__startswith=day)[0]
    with pytest.raises(IntegrityError, match="exceeds"):  # rewritten to need more
        Reservation.objects.filter(pk=first.pk).update(lpm=300)


def row(cell: BurnInCell, build: Build, at: datetime) -> Reservation:
    """A reservation round the operation."""
    return Reservation.objects.create(
        cell=cell, build=build, kw=142, lpm=213, event_id=1, period=DateTimeTZRange(at, at + HOUR)
    )


def constraint_of(fault: Exception) -> str:
    assert isinstance(fault, IntegrityError), repr(fault)
    return str(fault.__cause__.diag.constraint_name)  # type: ignore[union-attr]
