"""Many rows at once: COPY and INSERT leave the same rows, constraints hold in both, updates touch what they name."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import PinAttempt, RoleGrant, Station
from ledger.bulk import COPY_FROM, insert_rows, update_rows
from ledger.models import Delivery, Event, Receipt, ScanLog
from tests.cast import NOON, mei

pytestmark = pytest.mark.django_db

AWKWARD = ["", "\\N", "\\.", "tab\tline\nreturn\r", "quote\"'", "back\\slash", "現品\U0001f600", "NULL", "{}"]


def a_receipt(n: int) -> Receipt:
    """Bytes, JSON, awkward text."""
    answer: Any = [None, {"n": n, "text": AWKWARD[n % 9]}, [n, None], "text", 0, False][n % 6]
    text = AWKWARD[n % 9]
    return Receipt(
        key=f"{n}{text}", user_id=n, operation=text, arguments_hash=bytes([n % 256, 0, 92]), answer=answer, at=NOON
    )


def a_delivery(n: int) -> Delivery:
    """Null times and defaults."""
    return Delivery(event_id=n, reaction="press", done_at=NOON + timedelta(microseconds=n) if n % 2 else None)


def a_scan(n: int) -> ScanLog:
    """A key that comes with the row."""
    return ScanLog(
        id=uuid.uuid5(uuid.NAMESPACE_OID, str(n)),
        operator_session=uuid.UUID(int=1),
        seq=n + 1,
        station="A1",
        text=AWKWARD[n % 9],
        at=NOON,
        received_at=NOON,
    )


def _written(make: Callable[[int], models.Model], count: int) -> list[dict[str, Any]]:
    model = type(make(0))
    rows = insert_rows([make(n) for n in range(count)])
    assert all(row.pk and not row._state.adding for row in rows)
    stored = model._default_manager.in_bulk([row.pk for row in rows])
    found = []
    for row in rows:
        facts = model._default_manager.filter(pk=stored[row.pk].pk).values().get()
        if model._meta.auto_field:
            del facts["id"]
        found.append({name: bytes(v) if isinstance(v, memoryview) else v for name, v in facts.items()})
    return found


@pytest.mark.parametrize("make", [a_receipt, a_delivery, a_scan])
def test_copy_leaves_the_rows_that_insert_leaves(make: Callable[[int], models.Model]) -> None:
    with transaction.atomic():
        copied = _written(make, COPY_FROM)
        transaction.set_rollback(True)
    with transaction.atomic():
        inserted = [row for n in range(0, COPY_FROM, 20) for row in _written(lambda i, n=n: make(n + i), 20)]
        transaction.set_rollback(True)

    assert copied == inserted


def test_no_row_is_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert insert_rows([]) == []
        update_rows([], ["name"])


@pytest.mark.complaint(28)
def test_many_rows_are_two_statements(django_assert_num_queries: Callable[..., CaptureQueriesContext]) -> None:
    with django_assert_num_queries(2):  # keys, COPY
        insert_rows([a_delivery(n) for n in range(500)])

    assert Delivery.objects.count() == 500


@pytest.mark.parametrize("count", [2, COPY_FROM + 1])
def test_a_wall_holds_in_both_paths_and_nothing_stays(count: int) -> None:
    rows = [a_delivery(n) for n in range(count - 1)] + [a_delivery(0)]

    with pytest.raises(IntegrityError) as fault, transaction.atomic():
        insert_rows(rows)

    assert fault.value.__cause__.diag.constraint_name == "event_reacts_once_to_each_reaction"  # type: ignore[union-attr]
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("count", [2, COPY_FROM + 1])
def test_a_check_holds_in_both_paths(count: int) -> None:
    stations = [Station(code=f"S{n}", name_ja="", name_en="", kind="kitchen") for n in range(count)]

    with pytest.raises(IntegrityError, match="station_kind_is_known"), transaction.atomic():
        insert_rows(stations)


def test_update_writes_the_named_fields_and_no_other() -> None:
    rows = insert_rows([a_delivery(n) for n in range(3)])
    for row in rows:
        row.published_at, row.attempts, row.last_fault, row.reaction = NOON, row.event_id, AWKWARD[3], "forged"

    update_rows(rows, ["published_at", "attempts", "last_fault"])

    for row in Delivery.objects.all():
        assert (row.published_at, row.attempts, row.last_fault) == (NOON, row.event_id, AWKWARD[3])
        assert row.reaction == "press"


def test_update_writes_null_json_and_bytes() -> None:
    receipts = insert_rows([a_receipt(n) for n in range(4)])
    for receipt in receipts:
        receipt.answer, receipt.arguments_hash = {"n": receipt.user_id}, b"\x00\x01"
    receipts[3].answer = None

    update_rows(receipts, ["answer", "arguments_hash"])

    found = Receipt.objects.order_by("user_id")
    assert [receipt.answer for receipt in found] == [{"n": 0}, {"n": 1}, {"n": 2}, None]
    assert {bytes(receipt.arguments_hash) for receipt in found} == {b"\x00\x01"}


def test_update_reaches_foreign_keys_and_flags() -> None:
    person = mei()
    attempts = insert_rows([PinAttempt(user=person, at=NOON, right=False) for _ in range(2)])
    grant = RoleGrant.objects.get(user=person)
    attempts[0].right = True
    grant.ended_at = NOON

    update_rows(attempts, ["right", "user"])
    update_rows([grant], ["ended_at"])

    assert sorted(PinAttempt.objects.values_list("right", flat=True)) == [False, True]
    assert not mei().role_codes


def test_events_are_not_updated_in_bulk_either() -> None:
    event = Event(
        uuid=uuid.uuid4(), kind="tests.thing-done", subject_type="t", subject_id=1, recorded_at=NOON, happened_at=NOON,
        utc_offset=540, actor=uuid.uuid4(), door="page", station="", schema=1, payload={}, body=b"", leaf_hash=b"",
    )  # fmt: skip
    insert_rows([event])

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        update_rows([event], ["kind"])
