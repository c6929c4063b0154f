"""The impatient double tap: one key sent many times at once is one change, and everybody gets its answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.models import Station
from accounts.operations.sessions import register_station
from inventory.operations.parts import define_supplier
from ledger.models import Event, Receipt
from tests.cast import a_caller, admin, plan
from tests.database import at_once

pytestmark = pytest.mark.commits

HANDS = 6


def register(code: str = "A9", *, user: str = "admin", key: str = "k-1") -> Station:
    """One station, by the operation."""
    return register_station(caller=a_caller(user, key=key), code=code, name_ja="九", name_en="Nine", kind="assembly")


def left() -> tuple[int, int, int]:
    """Stations, their events, receipts of them."""
    return (
        Station.objects.count(),
        Event.objects.filter(kind="accounts.station-registered").count(),
        Receipt.objects.filter(operation="accounts.register_station").count(),
    )


def test_one_key_many_times_at_once_is_one_change_with_one_answer() -> None:
    admin()

    answers = at_once(*[register] * HANDS)

    assert {type(answer) for answer in answers} == {Station}
    assert len({answer.pk for answer in answers}) == 1
    assert left() == (1, 1, 1)


def test_one_key_for_different_requests_at_once_serves_one() -> None:
    admin()

    answers = at_once(*[lambda n=n: register(f"A{n}") for n in range(HANDS)])  # type: ignore[misc]

    assert sorted(type(answer).__name__ for answer in answers) == ["KeyReused"] * (HANDS - 1) + ["Station"]
    assert left() == (1, 1, 1)


def test_one_key_by_two_people_at_once_serves_one_and_tells_the_other_nothing() -> None:
    admin(), plan()

    def supplier(user: str) -> object:
        return define_supplier(caller=a_caller(user, key="k-1"), code="S1", name="One", country="JP")

    answers = at_once(lambda: supplier("admin"), lambda: supplier("plan"))

    assert sorted(type(answer).__name__ for answer in answers) == ["KeyReused", "Supplier"]
    assert Receipt.objects.filter(key="k-1").count() == 1


def test_after_a_refusal_the_one_who_waited_is_judged_afresh() -> None:
    """The first holds the key and is refused; the second, who waited for it, must not get a refusal as an answer."""
    admin()
    register("A9", key="other")

    answers = at_once(register, lambda: register("A10"))

    kinds = sorted(type(answer).__name__ for answer in answers)
    assert kinds in (["Station", "StationTaken"], ["KeyReused", "Station"])  # whoever came first
    assert Receipt.objects.get(key="k-1").answer == Station.objects.get(code="A10").pk


def test_the_second_waits_for_the_first_and_gets_its_answer() -> None:
    admin()

    with transaction.atomic():
        first = register()
        # Elsewhere the same key cannot pass while this transaction is open: it waits, and is told so by a time limit.
        answers = at_once(lambda: _impatiently(register))
        assert "lock timeout" in str(answers[0])

    assert register() == first
    assert left() == (1, 1, 1)


def _impatiently(call: Callable[[], Station]) -> Station:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
        return call()
