"""The doors of the queue: each delivery does its work once, and any operation runs by name with its user's rights."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.utils import timezone, translation

from accounts.models import Station, User
from documents.models import PrintJob, StoredFile
from documents.operations.printing import request_prints
from genpin import reactions, tasks
from genpin.reactions import Reaction
from genpin.relay import relay_once
from ledger.callers import Caller
from ledger.models import Delivery, Event, Receipt
from ledger.recording import record
from ledger.refusals import Refusal
from tests.cast import a_caller, admin, mei, person, system
from tests.database import at_once
from tests.plant import Plant
from tests.world import a_location, a_unit

Work = Callable[[Caller, Event], None]
COUNT = 60
"""Papers in a job that lasts long enough to be interrupted."""


class Impossible(Refusal):
    """The work cannot be done."""


@pytest.fixture
def following(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Lets the given work follow an event, and records one: gives its delivery."""

    def follow(work: Work, *, atomic: bool = True) -> int:
        monkeypatch.setitem(reactions.REACTIONS, "work", Reaction(work, atomic=atomic))
        event = record(a_caller("mei"), "tests.thing-done", ("tests.thing", 1))
        return Delivery.objects.create(event_id=event, reaction="work").pk

    return follow


def a_station(caller: Caller, event: Event) -> None:
    """Work that can be counted."""
    Station.objects.create(code=f"S{Station.objects.count()}", name_ja="", name_en="", kind="test")


def test_the_work_is_done_once_and_marked(db: None, following: Callable[..., int]) -> None:
    pk = following(a_station)

    tasks.react(delivery_id=pk)
    tasks.react(delivery_id=pk, something_new="a later version may send more")

    assert Station.objects.count() == 1
    assert Delivery.objects.filter(pk=pk, done_at__isnull=False, last_fault="").exists()


def test_a_delivery_that_is_gone_is_no_work(db: None) -> None:
    tasks.react(delivery_id=0)


def test_the_system_does_it_in_japanese_and_under_the_deliverys_own_key(
    db: None, following: Callable[..., int]
) -> None:
    seen: list[tuple[Any, ...]] = []
    pk = following(
        lambda caller, _event: seen.append((caller.user, caller.key, caller.door, translation.get_language()))
    )

    with translation.override("en"):
        tasks.react(delivery_id=pk)

    assert seen == [(system(), f"delivery:{pk}", "task", "ja")]


def test_a_refusal_takes_the_work_back_and_is_not_tried_again(db: None, following: Callable[..., int]) -> None:
    def begin_and_refuse(caller: Caller, event: Event) -> None:
        a_station(caller, event)
        raise Impossible("There is no paper.")

    pk = following(begin_and_refuse)

    tasks.react(delivery_id=pk)

    assert not Station.objects.exists()
    delivery = Delivery.objects.get(pk=pk)
    assert delivery.done_at is not None
    assert delivery.last_fault == "Impossible: There is no paper."


@pytest.mark.parametrize("atomic", [True, False])
def test_a_fault_is_noted_and_the_row_stays_undone(db: None, following: Callable[..., int], atomic: bool) -> None:
    def break_down(caller: Caller, event: Event) -> None:
        a_station(caller, event)
        raise ZeroDivisionError("by zero")

    pk = following(break_down, atomic=atomic)

    with pytest.raises(ZeroDivisionError):
        tasks.react(delivery_id=pk)

    delivery = Delivery.objects.get(pk=pk)
    assert (delivery.done_at, delivery.last_fault) == (None, "ZeroDivisionError: by zero")
    assert Station.objects.count() == (0 if atomic else 1)


def test_a_reaction_nobody_knows_is_noted(db: None, following: Callable[..., int]) -> None:
    pk = following(a_station)
    Delivery.objects.filter(pk=pk).update(reaction="forgotten")

    with pytest.raises(KeyError):
        tasks.react(delivery_id=pk)

    assert "forgotten" in Delivery.objects.get(pk=pk).last_fault


@pytest.mark.commits
def test_two_workers_with_one_delivery_do_it_once(following: Callable[..., int]) -> None:
    def slowly(caller: Caller, event: Event) -> None:
        a_station(caller, event)
        time.sleep(0.1)  # so that both are at it

    pk = following(slowly)

    assert at_once(*[lambda: tasks.react(delivery_id=pk)] * 4) == [None] * 4

    assert Station.objects.count() == 1


@pytest.mark.commits
def test_long_work_shows_its_steps_while_it_runs(following: Callable[..., int]) -> None:
    seen: list[Any] = []

    def in_steps(caller: Caller, event: Event) -> None:
        a_station(caller, event)
        seen.extend(at_once(Station.objects.count))

    tasks.react(delivery_id=following(in_steps, atomic=False))

    assert seen == [1]


ARGUMENTS = {"code": "A9", "name_ja": "組立九", "name_en": "Nine", "kind": "assembly"}


def run(user: User, key: str = "k-1", **others: Any) -> Any:
    """register_station as a task."""
    return tasks.run_operation(
        name="accounts.register_station", arguments={**ARGUMENTS, **others}, user=user.username, key=key
    )


def test_any_operation_runs_by_name_and_its_repeat_is_harmless(db: None) -> None:
    first = run(admin())

    assert first == run(admin())
    assert first == {"id": Station.objects.get().pk, "label": "A9"}
    assert Event.objects.get(kind="accounts.station-registered").door == "task"


def test_rights_are_those_of_the_user_named(db: None) -> None:
    answer = run(mei())

    assert answer["refused"]["code"] == "NotPermitted"
    assert not Station.objects.exists()
    assert not Receipt.objects.filter(key="k-1").exists()


@pytest.mark.parametrize("others", [{"order": "x"}, {"is_staff": True}, {"kind": "kitchen"}])
def test_a_wrong_shape_and_a_refusal_are_given_back(db: None, others: dict[str, Any]) -> None:
    assert "refused" in run(admin(), **others)

    assert not Station.objects.exists()


def test_somebody_who_has_left_does_nothing(db: None) -> None:
    User.objects.filter(pk=admin().pk).update(is_active=False)

    with pytest.raises(User.DoesNotExist):
        run(person("admin"))


@pytest.fixture
def print_job(live_plant: Plant) -> tuple[Plant, PrintJob]:
    """A job of many labels, asked for while a real worker waits."""
    a_location("RCV-1")
    unit = a_unit()
    job = request_prints(
        caller=a_caller("mei", at=timezone.now()), kind="unit-label", keys=[unit.tag] * COUNT, language="ja"
    )
    return live_plant, job


def until(holds: Callable[[], bool], plant: Plant, seconds: float = 120) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            pytest.fail("It did not happen.\n" + plant.lines("worker") + plant.lines("relay"))
        time.sleep(0.02)


@pytest.mark.commits
@pytest.mark.slow
def test_a_killed_workers_work_is_done_once_by_the_next(print_job: tuple[Plant, PrintJob]) -> None:
    plant, job = print_job
    delivery = Delivery.objects.get(reaction="press_prints")
    progress = PrintJob.objects.filter(pk=job.pk)

    # 1. The worker is at it, and its progress can be seen; then it is killed.
    until(lambda: progress.filter(done__gt=0).exists(), plant)
    worker = plant.processes["worker"]
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    assert progress.filter(finished_at=None, done__lt=COUNT).exists()
    assert Delivery.objects.filter(pk=delivery.pk, done_at=None).exists()

    # 2. Another worker comes up, and the relay rings again, twice over.
    plant.start("worker", worker.args)
    broker = Celery(broker=plant.environment["BROKER_URL"])
    broker.conf.task_default_queue = "genpin"
    later = timezone.now() + timedelta(minutes=1)
    for turn in range(2):
        relay_once(
            later + timedelta(hours=turn),
            lambda pk: broker.send_task("genpin.react", kwargs={"delivery_id": pk}),
        )

    # 3. The job is finished, once.
    until(lambda: Delivery.objects.filter(pk=delivery.pk, done_at__isnull=False).exists(), plant)
    finished = progress.get()
    assert (finished.done, finished.fault) == (COUNT, "")
    assert StoredFile.objects.filter(sha256=finished.file_sha256).count() == 1
    assert StoredFile.objects.filter(name=f"unit-label-{job.pk}.pdf").count() == 1
