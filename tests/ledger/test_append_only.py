"""Events and scans are kept: the database refuses, whoever asks and however."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from ledger.models import Event, LedgerQueue, ScanLog
from ledger.recording import record
from tests.cast import NOON, a_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    """A recorded event."""
    return Event.objects.get(pk=record(a_caller("mei"), "tests.thing-done", ("tests.thing", 1)))


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def refused(statement: str, constraint: str) -> None:
    """The statement is refused by that name, also as a replica would run it (which a superuser may)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        roles = ("origin", "replica") if cursor.fetchone()[0] else ("origin",)
    for role in roles:
        with pytest.raises(IntegrityError) as fault, transaction.atomic():
            _run(f"SET LOCAL session_replication_role = {role}; {statement}")
        assert fault.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


@pytest.mark.complaint(27)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET kind = kind",
        "UPDATE ledger_event SET payload = '{}' WHERE id > 0",
        "DELETE FROM ledger_event",
        "TRUNCATE ledger_event",
        "TRUNCATE ledger_event CASCADE",
        "INSERT INTO ledger_event SELECT * FROM ledger_event ON CONFLICT (id) DO UPDATE SET kind = 'forged'",
        "MERGE INTO ledger_event e USING ledger_queue q ON e.id = q.event_id WHEN MATCHED THEN DELETE",
    ],
)
def test_raw_sql_cannot_change_an_event(event: Event, statement: str) -> None:
    refused(statement, "events_are_append_only")

    assert Event.objects.get(pk=event.pk).kind == "tests.thing-done"


@pytest.mark.complaint(27)
@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda event: Event.objects.all().update(station="X"),
        lambda event: Event.objects.all().delete(),
        lambda event: Event.objects.bulk_update([event], ["kind"]),
    ],
)
def test_the_models_cannot_change_an_event(event: Event, change: Callable[[Event], object]) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change(event)

    assert Event.objects.filter(pk=event.pk, station="").exists()


COLUMNS = (
    "uuid, kind, subject_type, subject_id, recorded_at, happened_at, utc_offset, actor, door, station, session, amends,"
    " schema, payload, body, leaf_hash"
)


def test_raw_inserts_are_queued_too(event: Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_event ({COLUMNS}) SELECT {COLUMNS.replace('uuid', 'gen_random_uuid()', 1)}"
            " FROM ledger_event, generate_series(1, 3) WHERE id = %s RETURNING id",
            [event.pk],
        )
        ids = {row[0] for row in cursor.fetchall()}

    assert len(ids) == 3
    assert LedgerQueue.objects.filter(event_id__in=ids).count() == 3


def test_copied_rows_are_queued_too(event: Event) -> None:
    values = Event.objects.filter(pk=event.pk).values_list(*COLUMNS.replace(" ", "").split(",")).get()
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY ledger_event ({COLUMNS}) FROM STDIN") as copy:
            copy.write_row([uuid.uuid4(), *values[1:13], "{}", *values[14:]])
        cursor.execute("SELECT max(id) FROM ledger_event")
        (copied,) = cursor.fetchone()

    assert copied > event.pk
    assert LedgerQueue.objects.filter(event_id=copied).exists()


def test_nothing_is_recorded_before_it_happened(event: Event) -> None:
    columns = COLUMNS.replace("uuid", "gen_random_uuid()", 1)
    columns = columns.replace("happened_at", "recorded_at + interval '1 microsecond'", 1)

    with pytest.raises(IntegrityError) as fault, transaction.atomic():
        _run(f"INSERT INTO ledger_event ({COLUMNS}) SELECT {columns} FROM ledger_event")

    assert "event_happened_before_it_was_recorded" in str(fault.value)


@pytest.fixture
def scan() -> ScanLog:
    """A raw scan without an answer."""
    return ScanLog.objects.create(
        id=uuid.uuid4(), operator_session=uuid.uuid4(), seq=1, station="A1", text="X", at=NOON, received_at=NOON
    )


def test_a_scan_is_answered_once(scan: ScanLog) -> None:
    ScanLog.objects.filter(pk=scan.pk).update(answer={"state": "ok"})

    refused("""UPDATE ledger_scanlog SET answer = '{"state": "stop"}'""", "scan_is_answered_once")
    refused("UPDATE ledger_scanlog SET answer = NULL", "scan_is_answered_once")
    assert ScanLog.objects.get(pk=scan.pk).answer == {"state": "ok"}


@pytest.mark.parametrize("column", ["text = 'Y'", "seq = 2", "station = 'B'", "at = now()", "received_at = now()"])
def test_a_scan_keeps_what_was_read_also_while_it_is_answered(scan: ScanLog, column: str) -> None:
    refused(f"UPDATE ledger_scanlog SET answer = '{{}}', {column}", "scan_is_answered_once")

    assert ScanLog.objects.get(pk=scan.pk).answer is None


@pytest.mark.parametrize("statement", ["DELETE FROM ledger_scanlog", "TRUNCATE ledger_scanlog"])
def test_a_scan_is_never_removed(scan: ScanLog, statement: str) -> None:
    refused(statement, "scan_is_answered_once")

    assert ScanLog.objects.filter(pk=scan.pk).exists()
