"""The gate: permission, transaction, receipt, the operation, deferred constraints, answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Station
from accounts.operations.sessions import StationTaken, register_station, start_session
from ledger.callers import Caller
from ledger.models import Event, Receipt
from ledger.operations import OPERATIONS, operation, wall
from ledger.recording import record
from ledger.refusals import BadInput, KeyMissing, KeyReused, NotPermitted
from tests.cast import NOON, a_caller, person
from tests.ledger.toy_operations import NotToday, toy

pytestmark = pytest.mark.django_db


def register(code: str = "A9", *, key: str | None = None, user: str = "admin", **others: Any) -> Station:
    """One station, by the operation."""
    names = {"name_ja": "組立九", "name_en": "Assembly nine", "kind": "assembly"}
    return register_station(caller=a_caller(user, key=key), code=code, **{**names, **others})


def counts() -> tuple[int, int, int]:
    """Rows, events, receipts."""
    return Station.objects.count(), Event.objects.count(), Receipt.objects.count()


@pytest.fixture(autouse=True)
def _cast() -> None:
    for name in ("admin", "mei", "plan"):
        person(name)


def test_a_change_leaves_its_row_its_event_and_its_receipt() -> None:
    station = register(key="k-1")

    receipt, event = Receipt.objects.get(key="k-1"), Event.objects.get(kind="accounts.station-registered")
    assert (receipt.operation, receipt.answer, receipt.at) == ("accounts.register_station", station.pk, NOON)
    assert receipt.user_id == person("admin").pk
    assert (event.subject_type, event.subject_id) == ("accounts.station", station.pk)


def test_without_the_right_nothing_happens() -> None:
    before = counts()

    with pytest.raises(NotPermitted) as refusal:
        register(user="mei")

    assert refusal.value.permission == "accounts.keep_stations"
    assert counts() == before


def test_without_a_key_nothing_happens() -> None:
    before = counts()

    with pytest.raises(KeyMissing):
        register(key="")

    assert counts() == before


def test_same_key_gives_the_same_answer_and_no_second_row() -> None:
    first = register(key="k-1")
    before = counts()

    again = register(key="k-1")

    assert again == first
    assert counts() == before


def test_a_default_that_is_spelt_out_is_the_same_request() -> None:
    first = register(key="k-1")

    assert register(key="k-1", work_centre="", order=0) == first


@pytest.mark.parametrize("others", [{"code": "A8"}, {"order": 1}, {"kind": "test"}])
def test_same_key_with_other_arguments_is_refused(others: dict[str, Any]) -> None:
    register(key="k-1")
    before = counts()

    with pytest.raises(KeyReused):
        register(**{"code": "A9", "key": "k-1", **others})

    assert counts() == before


def test_same_key_for_another_operation_is_refused() -> None:
    register(key="k-1")
    before = counts()

    with pytest.raises(KeyReused):
        start_session(caller=a_caller("admin", key="k-1"), station_code="A9")

    assert counts() == before


def test_same_key_by_somebody_else_is_refused_and_tells_nothing() -> None:
    def read(*, caller: Caller, secret: str) -> dict[str, str]:
        return {"secret": secret}

    with toy(read) as gated:
        gated(caller=a_caller("mei", key="k-1"), secret="blue")

        with pytest.raises(KeyReused) as refusal:
            gated(caller=a_caller("plan", key="k-1"), secret="blue")

    assert "blue" not in refusal.value.detail


def test_a_refusal_leaves_no_receipt_and_the_corrected_request_may_keep_its_key() -> None:
    register(code="A9")
    before = counts()

    with pytest.raises(StationTaken):
        register(code="A9", key="k-2")
    assert counts() == before

    assert register(code="A10", key="k-2").code == "A10"


def test_a_fault_in_the_middle_leaves_nothing() -> None:
    def break_down(*, caller: Caller) -> None:
        record(caller, "tests.half-done", ("tests.thing", 1))
        raise ZeroDivisionError

    before = counts()

    with toy(break_down) as gated, pytest.raises(ZeroDivisionError):
        gated(caller=a_caller("mei"))

    assert counts() == before


def test_a_refusal_after_a_change_takes_the_change_back() -> None:
    def change_your_mind(*, caller: Caller) -> None:
        record(caller, "tests.half-done", ("tests.thing", 1))
        raise NotToday("No.")

    before = counts()

    with toy(change_your_mind) as gated, pytest.raises(NotToday):
        gated(caller=a_caller("mei"))

    assert counts() == before


def test_inside_a_transaction_a_refusal_takes_back_only_its_own_change() -> None:
    with transaction.atomic():
        register(code="A8")
        with pytest.raises(StationTaken):
            register(code="A8")
        register(code="A7")

    assert set(Station.objects.filter(code__in=["A7", "A8"]).values_list("code", flat=True)) == {"A7", "A8"}


def test_a_dictionary_answers_the_same_the_second_time() -> None:
    def measure(*, caller: Caller, at: Any = None) -> dict[str, Any]:
        return {"weight_kg": Decimal("12.50"), "at": NOON + timedelta(microseconds=1), "ids": (1, 2)}

    with toy(measure) as gated:
        first = gated(caller=a_caller("mei", key="k-1"))
        again = gated(caller=a_caller("mei", key="k-1"))

    assert first["weight_kg"] == Decimal("12.50")
    assert again == {"weight_kg": "12.50", "at": "2026-11-20T03:00:00.000001+00:00", "ids": [1, 2]}


def _two_deferred_rules() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE toy (n int, CONSTRAINT toy_is_said_once UNIQUE (n) DEFERRABLE INITIALLY DEFERRED)"
            " ON COMMIT DROP"
        )


def test_deferred_constraints_are_checked_before_the_answer() -> None:
    _two_deferred_rules()

    def say_twice(*, caller: Caller, then_once: bool) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO toy VALUES (1), (1)")
            if then_once:
                cursor.execute("DELETE FROM toy WHERE ctid = (SELECT min(ctid) FROM toy)")

    with toy(say_twice) as gated:
        gated(caller=a_caller("mei"), then_once=True)
        wall("toy_is_said_once", lambda: NotToday("Said already."))
        before = counts()
        with pytest.raises(NotToday):
            gated(caller=a_caller("mei"), then_once=False)

    assert counts() == before


def test_a_wall_that_nobody_named_is_a_fault_and_not_a_refusal() -> None:
    _two_deferred_rules()

    def say_twice(*, caller: Caller) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO toy VALUES (1), (1)")

    with toy(say_twice) as gated, pytest.raises(IntegrityError):
        gated(caller=a_caller("mei"))


def test_a_value_the_database_cannot_hold_is_bad_input() -> None:
    before = counts()

    with pytest.raises(BadInput):
        register(order=70_000)
    with pytest.raises(BadInput):
        register(code="A\x009")

    assert counts() == before


def test_another_database_fault_stays_itself() -> None:
    def ask_wrongly(*, caller: Caller) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    with toy(ask_wrongly) as gated, pytest.raises(DatabaseError):
        gated(caller=a_caller("mei"))


def test_two_operations_of_one_name_are_refused_at_start_up() -> None:
    def read(*, caller: Caller) -> None: ...

    with toy(read), pytest.raises(RuntimeError):
        operation(permission="inventory.read")(read)

    assert "tests.read" not in OPERATIONS
