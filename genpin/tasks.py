"""Doors of the queue: a reaction to an event, and any operation by name."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from accounts.models import User
from assembly.feeding import read_received, sweep_received
from assembly.operations.judged_attempts import keep_all_attempts
from genpin.inbox import take_in
from genpin.raw_store import keep_raw_store
from genpin.reactions import REACTIONS
from genpin.scans import give_up_left_scans
from ledger.callers import Caller
from ledger.doors import command_caller, public_answer
from ledger.models import Delivery, Event
from ledger.operations import OPERATIONS
from ledger.refusals import Refusal
from ledger.shapes import arguments_from_json
from logistics.models import ShipmentException
from logistics.operations.exceptions import end_exception
from logistics.operations.forecasts import record_forecasts
from logistics.operations.weekly_reports import make_weekly_report, week_due
from logistics.queries.exceptions import exceptions_now

logger = logging.getLogger("genpin.tasks")

SYSTEM_USER = "genpin"


@shared_task(name="genpin.react", ignore_result=True)
def react(*, delivery_id: int, **_extra: Any) -> None:
    """Do the work of one delivery once: its row is locked, and marked done in the same transaction.

    A refusal is logged and not tried again; any other fault rolls back, is noted on the row, and the relay sends the
    row again later."""
    delivery = Delivery.objects.filter(pk=delivery_id, done_at=None).first()
    if delivery is None:
        return
    try:
        if REACTIONS[delivery.reaction].atomic:
            _react_at_once(delivery_id)
        else:
            _react_in_steps(delivery)
    except Exception as fault:
        note = f"{type(fault).__name__}: {fault}"[:500].replace("\x00", "")
        Delivery.objects.filter(pk=delivery_id, done_at=None).update(last_fault=note)
        raise


def _react_at_once(delivery_id: int) -> None:
    """The work and its mark commit together; a refusal takes back the work and keeps the mark."""
    with transaction.atomic():
        locked = Delivery.objects.select_for_update(skip_locked=True).filter(pk=delivery_id, done_at=None).first()
        if locked is None:
            return
        _mark(locked, _run(locked, transaction.atomic()))


def _react_in_steps(delivery: Delivery) -> None:
    """No transaction around the work: each of its steps commits and is seen at once."""
    _mark(delivery, _run(delivery, nullcontext()))


def _mark(delivery: Delivery, fault: str) -> None:
    Delivery.objects.filter(pk=delivery.pk, done_at=None).update(done_at=timezone.now(), last_fault=fault)


def _run(delivery: Delivery, around: AbstractContextManager[None]) -> str:
    event = Event.objects.get(pk=delivery.event_id)
    caller = system_caller(f"delivery:{delivery.pk}")
    try:
        with translation.override("ja"), around:
            REACTIONS[delivery.reaction].function(caller, event)
    except Refusal as refusal:
        logger.warning("reaction %s to event %s was refused: %s", delivery.reaction, event.pk, refusal.code)
        return f"{refusal.code}: {refusal.detail}"[:500]
    return ""


@shared_task(name="genpin.run_operation")
def run_operation(*, name: str, arguments: dict[str, Any], user: str, key: str, **_extra: Any) -> Any:
    """Any registered operation as a task: rights are those of the user named, the key makes a second delivery harmless.

    A refusal is logged and given back, not retried."""
    entry = OPERATIONS[name]
    person = User.objects.get(username=user, is_active=True)
    try:
        result = entry.gated(
            caller=command_caller(person, key=key, door="task"), **arguments_from_json(entry.function, arguments)
        )
    except Refusal as refusal:
        logger.warning("operation %s was refused: %s", name, refusal.code)
        return {"refused": refusal.as_json()}
    return public_answer(result)


@shared_task(name="genpin.give_up_left_scans", ignore_result=True)
def give_up_left(**_extra: Any) -> int:
    """Scans that their device never came back for are answered and listed. By the clock, every five minutes."""
    with translation.override("ja"):
        return give_up_left_scans(system_caller(f"left-scans:{timezone.now():%Y%m%d%H%M%S}"))


@shared_task(name="genpin.keep_forecasts", ignore_result=True)
def keep_forecasts(**_extra: Any) -> int:
    """What is forecast of every open rack this morning is kept: the record by which forecasts are judged. By the clock,
    once a day; a second bell of the same day finds the receipt."""
    with translation.override("ja"):
        day = timezone.localdate()
        return int(str(record_forecasts(caller=system_caller(f"forecasts:{day}"))["forecasts"]))


@shared_task(name="genpin.make_weekly_report", ignore_result=True)
def make_last_weekly_report(**_extra: Any) -> str:
    """The report of the last week that is over, from Monday 07:00 on. By the clock, every hour: a plant that was down
    on Monday morning gets its report when it is up. It is made once."""
    begins_on = week_due(timezone.now())
    if begins_on is None:
        return ""
    with translation.override("ja"):
        row = make_weekly_report(caller=system_caller(f"weekly-report:{begins_on}"), begins_on=begins_on)
        return str(row.number)


@shared_task(name="genpin.take_in_files", ignore_result=True)
def take_in_files(**_extra: Any) -> int:
    """One look at the watched folder; another worker that looks already is left alone. By the clock, every 15 s."""
    with translation.override("ja"):
        return take_in(Path(settings.INBOX_FOLDER), system_caller(f"inbox:{timezone.now():%Y%m%d%H%M%S}")).done


@shared_task(name="genpin.keep_attempts", ignore_result=True)
def keep_attempts(**_extra: Any) -> int:
    """Attempts judged anew where something changed, and kept: figures read faster, and are the same without. By the
    clock, every 20 s; a second one at once leaves it to the first."""
    return keep_all_attempts()


@shared_task(name="genpin.keep_raw_telemetry", ignore_result=True)
def keep_raw_telemetry(**_extra: Any) -> int:
    """Raw files joined, ended runs settled. By the clock, every minute; two at once do each other no harm."""
    with translation.override("ja"):
        return keep_raw_store(system_caller(f"raw-store:{timezone.now():%Y%m%d%H%M%S}"))


@shared_task(name="genpin.end_exceptions", ignore_result=True)
def end_exceptions(**_extra: Any) -> int:
    """Care of exceptions whose fact is over is ended, each in a transaction of its own; one that comes back at that
    moment stays. By the clock, every minute; where nobody has one in hand it asks a single question."""
    if not ShipmentException.objects.filter(closed_at=None).exists():
        return 0
    now, ended = timezone.now(), 0
    with translation.override("ja"):
        for row in exceptions_now(now):
            if row.fact is None and row.care is not None and row.care.is_open:
                caller = system_caller(f"exception:{row.care.pk}:{row.care.version}:{now:%Y%m%d%H%M%S}")
                try:
                    end_exception(caller=caller, exception_id=row.care.pk)
                    ended += 1
                except Refusal as refusal:
                    logger.info("exception %s stays: %s", row.care.number, refusal.code)
    return ended


@shared_task(name="genpin.read_telemetry_files", ignore_result=True)
def read_telemetry_files(**_extra: Any) -> int:
    """Telemetry files that were received are read, oldest first. By the clock, every 15 s; a file that another worker
    reads is left to it, one whose reader was killed goes on where it stood."""
    with translation.override("ja"):
        sweep_received()
        return read_received(system_caller(f"telemetry-files:{timezone.now():%Y%m%d%H%M%S}"))


def system_caller(key: str) -> Caller:
    """The system's own caller, by the door of the queue."""
    return command_caller(User.objects.get(username=SYSTEM_USER), key=key, door="task")
