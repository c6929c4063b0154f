"""The doors themselves, as tests knock at them: API, task, command, page and scan; and what a call leaves behind."""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from accounts.operations.sessions import start_session
from genpin.tasks import run_operation
from ledger.models import Event, ScanLog
from ledger.shapes import answer_of
from tests.contracts.small_plant import signed_in
from tests.contracts.source import APPS
from tests.doors.act import Act, Arguments, Form, Upload, caller

Traces = tuple[list[tuple[Any, ...]], dict[str, int]]
"""Events without what differs from call to call, and new rows by table."""

LETTERS_OF_A_NUMBER = re.compile(r"[0-9a-f-]{32,}|\b[A-Z]{2}\d{6,}[0-9A-Z]\b|\d+")
AT_THE_DOOR = ("accounts.PinAttempt", "accounts.PinCheck", "ledger.ScanLog")
"""Rows of the door itself: it checks a PIN and keeps a raw scan before there is an operation."""


OURS = {
    model._meta.db_table: model._meta.label
    for model in apps.get_models()
    if model._meta.app_label in APPS and model._meta.label not in AT_THE_DOOR
}
"""Tables of ours, by the names that the database has for them."""

_WRITTEN = """
  SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_deleted(oid)
  FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)
"""


def _written() -> dict[str, int]:
    """How many rows this transaction has put into or taken out of each table so far, what was taken back included."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [list(OURS)])
        return dict(cursor.fetchall())


def _rows(tables: list[str]) -> dict[str, int]:
    if not tables:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
        return dict(cursor.fetchall())


def left_by(door: Callable[[], Any]) -> tuple[Any, Traces]:
    """What the door answers and what it leaves; all of it is taken back.

    Only tables that the door wrote to are counted, with it and again when it is taken back: counting them all around
    every call was a third of what these tests cost."""
    with transaction.atomic():
        before, last = _written(), Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
        answer = door()
        events = [
            (event.kind, event.subject_type, event.actor, event.station, _without_numbers(event.payload))
            for event in Event.objects.filter(id__gt=last).order_by("id")
        ]
        tables = sorted(table for table, count in _written().items() if count != before[table])
        counted = _rows(tables)
        transaction.set_rollback(True)
    counted_before = _rows(tables)
    new = {OURS[table]: counted[table] - counted_before[table] for table in tables}
    return answer, (events, {label: count for label, count in new.items() if count})


def _without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_numbers(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return "#"
    return LETTERS_OF_A_NUMBER.sub("#", value) if isinstance(value, str) else value


def somewhere(traces: Traces) -> Traces:
    """The same without the station: tasks and commands have none."""
    events, new = traces
    return [(*event[:3], "", *event[4:]) for event in events], new


class Visitor:
    """A person with a browser, at a station where the act has one."""

    def __init__(self, name: str, station: str = "") -> None:
        self.client = signed_in(User.objects.get(username=name))
        self.station = station
        if station:
            self.session = start_session(caller=caller(name), station_code=station)
            kept = self.client.session
            kept["operator_session"], kept["station"] = str(self.session.pk), station
            kept.save()

    def api(self, name: str, arguments: Arguments) -> Any:
        """POST to the operation's generic endpoint."""
        body, headers = json.dumps(answer_of(arguments)), {"Idempotency-Key": uuid.uuid4().hex}
        return self.client.post(f"/api/operations/{name}/", body, content_type="application/json", headers=headers)

    def page(self, form: Form) -> Any:
        """The form, sent."""
        address, fields = form
        sent = {name: value.sent() if isinstance(value, Upload) else value for name, value in fields.items()}
        return self.client.post(address, {**sent, "key": uuid.uuid4().hex})

    def scan(self, text: str) -> dict[str, Any]:
        """One scan; its answer."""
        body = {
            "id": str(uuid.uuid4()), "operator_session": str(self.session.pk), "station": self.station, "text": text,
            "seq": ScanLog.objects.filter(operator_session=self.session.pk).count() + 1,
        }  # fmt: skip
        reply = self.client.post("/api/scans/", json.dumps(body), content_type="application/json")
        assert reply.status_code == 200, reply.content
        return dict(reply.json())


def by_task(name: str, user: str, arguments: Arguments) -> Any:
    """The one task that calls any operation."""
    return run_operation(name=name, arguments=answer_of(arguments), user=user, key=uuid.uuid4().hex)


def by_command(name: str, user: str, arguments: Arguments, folder: Path) -> str:
    """The one command that calls any operation; what it prints."""
    file = folder / "arguments.json"
    file.write_text(json.dumps(answer_of(arguments)), encoding="utf-8")
    out = io.StringIO()
    call_command("operate", name, "--json", str(file), "--as", user, "--key", uuid.uuid4().hex, stdout=out)
    return out.getvalue()


def visitor_of(act: Act) -> Visitor:
    """Who does it, standing where it is done."""
    return Visitor(act.user, act.station)
