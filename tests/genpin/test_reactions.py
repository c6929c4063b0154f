"""The papers that follow from events, pressed by the shipped relay and worker: each once, whatever is killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from celery import Celery
from django.utils import timezone

from documents import files
from documents.models import IssuedDocument
from genpin import reactions
from genpin.relay import relay_once
from ledger.models import Delivery, Event
from tests.assembly.paper_world import a_complete_rack, a_tray, parts
from tests.cast import NOON, a_caller
from tests.documents.reading import text_of
from tests.logistics.world import a_crate, a_shipment, departed
from tests.plant import Plant


def until(holds: Callable[[], bool], plant: Plant, seconds: float = 90) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            pytest.fail("It did not happen.\n" + plant.lines("worker") + plant.lines("relay"))
        time.sleep(0.05)


def undone() -> int:
    return Delivery.objects.filter(done_at=None).count()


def papers() -> list[tuple[str, int]]:
    return list(IssuedDocument.objects.order_by("kind").values_list("kind", "revision"))


def react_to(event: Event, names: list[str]) -> None:
    for name in names:
        reactions.REACTIONS[name].function(a_caller("plan"), event)


@pytest.mark.django_db
def test_completed_rack_gets_traveller_and_as_built_record() -> None:
    build = a_complete_rack()
    event = Event.objects.get(kind="assembly.build-completed", subject_id=build.pk)
    names = reactions.TABLE[event.kind]

    assert set(Delivery.objects.filter(event_id=event.pk).values_list("reaction", flat=True)) == set(names)
    react_to(event, names)
    react_to(event, names)

    assert papers() == [("as-built", 1), ("traveller", 1)]
    assert {paper.subject_name for paper in IssuedDocument.objects.all()} == {build.unit.serial}


@pytest.mark.django_db
def test_completed_tray_gets_its_traveller_only() -> None:
    parts()
    tray = a_tray()
    event = Event.objects.get(kind="assembly.build-completed", subject_id=tray.build.pk)

    react_to(event, reactions.TABLE[event.kind])

    assert papers() == [("traveller", 1)]


@pytest.mark.django_db
def test_departed_shipment_gets_its_packing_list_and_delivery_note() -> None:
    a_shipment([a_crate()])
    shipment = departed()
    event = Event.objects.get(kind="logistics.shipment-departed")

    react_to(event, reactions.TABLE[event.kind])

    kinds = IssuedDocument.objects.order_by("kind").values_list("kind", "subject_name")
    assert list(kinds) == [("delivery-note", shipment.number), ("packing-list", shipment.number)]
    paper = IssuedDocument.objects.get(kind="packing-list")
    assert "姫路130あ12-34" in text_of(files.get(paper.bytes_hash))


@pytest.mark.commits
@pytest.mark.slow
def test_completion_is_followed_by_its_papers_exactly_once_though_the_worker_is_killed(live_plant: Plant) -> None:
    # 1. The worker dies before the rack is complete; the relay rings a bell that nobody hears.
    worker = live_plant.processes["worker"]
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    build = a_complete_rack(NOON - timedelta(days=8))
    until(lambda: not Delivery.objects.filter(published_at=None).exists(), live_plant)
    assert papers() == [] and undone() > 0

    # 2. A new worker comes up; it is killed again as soon as the first paper is there.
    live_plant.start("worker", worker.args)  # type: ignore[arg-type]
    until(IssuedDocument.objects.exists, live_plant)
    again = live_plant.processes["worker"]
    os.killpg(again.pid, signal.SIGKILL)
    again.wait()

    # 3. The third one finishes what is left; the relay rings for every undone row once more, and once too often.
    live_plant.start("worker", worker.args)  # type: ignore[arg-type]
    ring_again(live_plant)
    until(lambda: undone() == 0, live_plant)
    ring_again(live_plant)

    rack = IssuedDocument.objects.filter(subject_name=build.unit.serial)
    assert sorted(rack.values_list("kind", "revision")) == [("as-built", 1), ("traveller", 1)]
    trays = IssuedDocument.objects.exclude(subject_name=build.unit.serial)
    assert sorted(trays.values_list("kind", "revision")) == [("traveller", 1)] * 3
    assert Event.objects.filter(kind="documents.document-issued").count() == 5
    for paper in IssuedDocument.objects.all():
        assert paper.subject_name in text_of(files.get(paper.bytes_hash))
    assert set(Delivery.objects.values_list("last_fault", flat=True)) == {""}


def ring_again(plant: Plant) -> None:
    """What the relay does later by itself: every undone row is sent again."""
    broker = Celery(broker=plant.environment["BROKER_URL"])
    broker.conf.task_default_queue = "genpin"
    relay_once(
        timezone.now() + timedelta(hours=2),
        lambda pk: broker.send_task("genpin.react", kwargs={"delivery_id": pk}),
    )
