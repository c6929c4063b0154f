"""What the scan door makes of scans that waited on a device: whose, when, in which order, and what is listed."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import OperatorSession
from accounts.operations.sessions import end_session, start_session
from genpin.scans import give_up_left_scans
from genpin.tasks import give_up_left
from inventory.checks import run_checks
from inventory.models import Placement, ScanConflict
from ledger.models import Event, ScanLog
from tests.assembly.world import a_tray, a_unit_of
from tests.cast import a_caller, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


class Tablet:
    """A device at a station: its own clock (off by `clock`), its own queue numbers."""

    def __init__(self, who: str = "mei", station: str = "A1", clock: timedelta = timedelta(0)) -> None:
        self.client = Client(headers={"accept-language": "ja"})
        self.client.force_login(person(who))
        begun = a_caller(who, at=timezone.now() - timedelta(hours=2))
        self.session = start_session(caller=begun, station_code=station)
        self.clock, self.seq = clock, 0

    def now(self) -> datetime:
        """What its clock shows."""
        return timezone.now() + self.clock

    def read(self, text: str, ago: timedelta = timedelta(0), **others: Any) -> dict[str, Any]:
        """A scan as it lies in the queue."""
        self.seq += 1
        return {
            "id": str(uuid.uuid4()), "operator_session": str(self.session.pk), "seq": self.seq, "text": text,
            "station": self.session.station.code, "at": (self.now() - ago).isoformat(), **others,
        }  # fmt: skip

    def post(self, scan: dict[str, Any]) -> Any:
        """Send one."""
        body = {**scan, "sent_at": self.now().isoformat()}
        return self.client.post("/api/scans/", json.dumps(body), content_type="application/json")

    def replay(self, *scans: dict[str, Any]) -> list[dict[str, Any]]:
        """Send the queue; the answers."""
        replies = [self.post({**scan, "kept": True}) for scan in scans]
        assert {reply.status_code for reply in replies} == {200}, [reply.content for reply in replies]
        return [reply.json() for reply in replies]


MINUTES = timedelta(minutes=1)


def listed() -> list[tuple[str, str]]:
    """What waits to be settled."""
    return list(ScanConflict.objects.open().order_by("pk").values_list("text", "code"))


@pytest.mark.complaint(24)
def test_a_queue_is_applied_in_order_and_its_refusals_are_listed() -> None:
    tray, chip, tablet = a_tray(), a_unit_of("900-2G548-A801-000"), Tablet()
    queue = [tablet.read(text, 5 * MINUTES) for text in (tray.unit.tag, chip.serial, chip.serial, "NOBODY")]

    answers = tablet.replay(*queue)

    assert [answer["state"] for answer in answers] == ["ok", "ok", "stop", "stop"]
    assert Placement.objects.get(unit=chip, to_at=None).host_id == tray.unit_id
    assert Event.objects.filter(kind="assembly.unit-installed").count() == 1
    assert [text for text, _code in listed()] == [chip.serial, "NOBODY"]
    assert [answer.get("conflict") for answer in answers[2:]] == list(
        ScanConflict.objects.order_by("pk").values_list("pk", flat=True)
    )


def test_a_refusal_that_its_person_sees_at_once_is_not_listed() -> None:
    tablet = Tablet()

    reply = tablet.post(tablet.read("NOBODY"))

    assert (reply.json()["state"], listed()) == ("stop", [])
    assert abs(int(reply["Genpin-Now"]) / 1000 - timezone.now().timestamp()) < 5


def test_the_whole_queue_twice_and_out_of_order_changes_nothing_more() -> None:
    tray, chip, tablet = a_tray(), a_unit_of("900-2G548-A801-000"), Tablet()
    queue = [tablet.read(text, 5 * MINUTES) for text in (tray.unit.tag, chip.serial, "NOBODY")]
    early = tablet.post(queue[1])
    assert (early.status_code, early["Genpin-Code"], early["Retry-After"]) == (425, "ScanTooEarly", "1")

    first = tablet.replay(*queue)
    again = tablet.replay(queue[2], queue[0], queue[1], queue[1])

    assert again == [first[2], first[0], first[1], first[1]]
    assert Event.objects.filter(kind="assembly.unit-installed").count() == 1
    assert (ScanLog.objects.count(), len(listed())) == (3, 1)


@pytest.mark.parametrize("clock", [timedelta(days=1), timedelta(days=-1)])
@pytest.mark.parametrize("measured", [True, False])
def test_a_tablet_whose_clock_is_off_by_a_day_tells_the_right_moment(clock: timedelta, measured: bool) -> None:
    tray, tablet = a_tray(), Tablet(clock=clock)
    offset = {"offset_ms": round(-clock.total_seconds() * 1000)} if measured else {}

    before = timezone.now()
    tablet.replay(tablet.read(f"OP-{tray.unit.tag}-110", 30 * MINUTES, **offset), tablet.read("NOBODY", **offset))

    conflict = ScanConflict.objects.get()
    assert abs(conflict.happened_at - before) < MINUTES
    assert abs(ScanLog.objects.get(seq=1).at - (before + clock - 30 * MINUTES)) < MINUTES


def test_an_event_of_a_kept_scan_happened_when_it_was_read() -> None:
    tray, chip, tablet = a_tray(), a_unit_of("900-2G548-A801-000"), Tablet(clock=timedelta(days=1))
    before = timezone.now()

    tablet.replay(tablet.read(tray.unit.tag, 30 * MINUTES), tablet.read(chip.serial, 20 * MINUTES))

    event = Event.objects.get(kind="assembly.unit-installed")
    assert abs(event.happened_at - (before - 20 * MINUTES)) < MINUTES
    assert event.recorded_at >= before


def test_two_tablets_that_read_one_serial_offline_leave_one_installation_and_one_conflict() -> None:
    first, second, chip = a_tray(), a_tray(), a_unit_of("900-2G548-A801-000")
    mei, kenji = Tablet("mei"), Tablet("kenji")
    queues = [
        [tablet.read(text, 5 * MINUTES) for text in (tray.unit.tag, chip.serial)]
        for tablet, tray in ((mei, first), (kenji, second))
    ]

    kenji.replay(*queues[1])
    mei.replay(*queues[0])

    assert Placement.objects.get(unit=chip, to_at=None).host_id == second.unit_id
    conflict = ScanConflict.objects.get()
    assert (conflict.text, conflict.session) == (chip.serial, mei.session)


def test_what_was_read_after_the_session_had_ended_is_listed_and_not_applied() -> None:
    tray, chip, tablet = a_tray(), a_unit_of("900-2G548-A801-000"), Tablet()
    queue = [tablet.read(tray.unit.tag, 30 * MINUTES), tablet.read(chip.serial, 5 * MINUTES)]
    end_session(caller=a_caller("mei", at=timezone.now() - 10 * MINUTES), session_id=tablet.session.pk)

    answers = tablet.replay(*queue)

    assert (answers[0]["state"], answers[1]["code"]) == ("ok", "ScanAfterSession")
    assert listed() == [(chip.serial, "ScanAfterSession")]
    assert not Placement.objects.filter(unit=chip, host__isnull=False).exists()


def test_what_a_person_sets_aside_is_stored_listed_and_not_applied() -> None:
    tray, chip, tablet = a_tray(), a_unit_of("900-2G548-A801-000"), Tablet()
    queue = [tablet.read(tray.unit.tag), tablet.read(chip.serial, aside=True), tablet.read("CMD-HELP")]

    answers = tablet.replay(*queue)

    assert [answer["code"] for answer in answers] == ["", "ScanSetAside", ""]
    assert listed() == [(chip.serial, "ScanSetAside")]
    assert answers[2]["context"]["build"] == tray.pk
    assert not Placement.objects.filter(unit=chip, host__isnull=False).exists()


def test_a_number_that_is_taken_comes_back_with_the_next_free_one() -> None:
    tray, tablet = a_tray(), Tablet()
    tablet.post(tablet.read(tray.unit.tag))

    reply = tablet.post({**tablet.read("CMD-HELP"), "seq": 1})

    assert (reply.status_code, reply["Genpin-Code"], reply["Genpin-Next-Seq"]) == (409, "ScanNumberReused", "2")


def test_scans_of_a_device_that_never_came_back_are_answered_and_listed() -> None:
    tablet = Tablet()
    for seq, minutes in ((1, 20), (2, 2)):
        moment = timezone.now() - minutes * MINUTES
        ScanLog.objects.create(
            id=uuid.uuid4(), operator_session=tablet.session.pk, seq=seq, station="A1", text=f"LEFT-{seq}", at=moment,
            received_at=moment,
        )  # fmt: skip

    assert give_up_left() == 1
    assert give_up_left_scans(a_caller("mei")) == 0

    assert listed() == [("LEFT-1", "ScanNeverJudged")]
    assert ScanLog.objects.get(seq=1).answer["conflict"] == ScanConflict.objects.get().pk
    assert ScanLog.objects.get(seq=2).answer is None
    assert not list(run_checks(["inventory.refused-scans-are-listed"]))


def test_the_check_finds_a_refused_scan_that_nobody_is_asked_about() -> None:
    tablet = Tablet()
    ScanLog.objects.create(
        id=uuid.uuid4(), operator_session=tablet.session.pk, seq=1, station="A1", text="X", at=timezone.now(),
        received_at=timezone.now(), answer={"code": "ScanAfterSession"},
    )  # fmt: skip

    assert len(list(run_checks(["inventory.refused-scans-are-listed"]))) == 1


def test_the_pulse_tells_the_device_what_it_needs() -> None:
    tablet = Tablet()
    tablet.replay(tablet.read("NOBODY", 5 * MINUTES))

    reply = tablet.client.get(f"/api/scans/pulse/?operator_session={tablet.session.pk}")
    facts = reply.json()

    assert (facts["open"], facts["yours"], facts["next_seq"], facts["conflicts"]) == (True, True, 2, 1)
    other = Tablet("kenji").client.get(f"/api/scans/pulse/?operator_session={tablet.session.pk}").json()
    assert other["yours"] is False
    assert tablet.client.get(f"/api/scans/pulse/?operator_session={uuid.uuid4()}").status_code == 404
    assert tablet.client.get("/api/scans/pulse/?operator_session=x").status_code == 404
    assert Client().get(f"/api/scans/pulse/?operator_session={tablet.session.pk}").status_code in (401, 403)
    assert OperatorSession.objects.filter(ended_at=None, pk=tablet.session.pk).exists()


@pytest.mark.parametrize("spoil", [{"offset_ms": "x"}, {"offset_ms": True}, {"offset_ms": 10**16}, {"sent_at": "noon"}])
def test_a_clock_that_is_none_is_said(spoil: dict[str, Any]) -> None:
    tablet = Tablet()

    reply = tablet.client.post(
        "/api/scans/", json.dumps({**tablet.read("X"), **spoil}), content_type="application/json"
    )

    assert reply.status_code == 400
    assert not ScanLog.objects.exists()
