"""Measured values that waited on a device: recorded once with the PIN that no device keeps, or listed to be settled."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import OperatorSession
from accounts.operations.sessions import end_session
from assembly.models import Build, OperationRun
from inventory.models import ScanConflict
from tests.assembly.pages import a_client, text_of
from tests.assembly.test_station_page import HTMX, a_full_tray_at, hidden
from tests.assembly.world import finished
from tests.cast import PIN, a_caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

ADDRESS = "/stations/A1/finish/kept/"
GIVEN = {"v_torque_board": "0.6", "v_torque_coldplate": "0.9", "t_torque": "TQ-014"}


@pytest.fixture
def bench() -> tuple[Client, Build, dict[str, Any]]:
    """Mei's tablet, a full tray, and the form of values as the device has kept it for five minutes."""
    client = a_client("mei")
    tray, page = a_full_tray_at(client)
    moment = timezone.now() - timedelta(minutes=5)
    kept = {
        **hidden(page), **GIVEN, "operator_session": client.session["operator_session"], "at": moment.isoformat(),
        "sent_at": timezone.now().isoformat(), "summary": "110 トレイ組立 · 0.6 N·m · 0.9 N·m",
    }  # fmt: skip
    return client, tray, kept


def runs(tray: Build) -> list[str | None]:
    """How the runs of the assembly ended."""
    return list(OperationRun.objects.filter(build=tray, operation__number=110).values_list("result", flat=True))


def test_the_values_come_back_with_the_question_for_the_pin(bench: tuple[Client, Build, dict[str, Any]]) -> None:
    client, tray, kept = bench

    asked = client.post(ADDRESS, kept, headers=HTMX)
    again = client.post(ADDRESS, kept, headers=HTMX)

    assert (asked.status_code, again.status_code) == (200, 200)
    form = hidden(text_of(again))
    assert {name: form[name] for name in GIVEN} == GIVEN
    assert "pin" in text_of(asked) and not ScanConflict.objects.exists()
    done = client.post("/stations/A1/finish/", form | {"pin": PIN}, headers=HTMX)
    assert done.status_code == 200
    assert runs(tray) == ["pass"]


def test_values_of_an_operation_that_is_done_are_listed_once(bench: tuple[Client, Build, dict[str, Any]]) -> None:
    client, tray, kept = bench
    finished(tray, 110, checked=False)

    answers = [client.post(ADDRESS, kept, headers=HTMX) for _turn in range(2)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0]["Genpin-Code"]
    conflict = ScanConflict.objects.get()
    assert (conflict.kind, conflict.act, conflict.text) == ("form", uuid.UUID(kept["key"]), kept["summary"])
    assert timezone.now() - conflict.happened_at > timedelta(minutes=4)
    assert runs(tray) == ["pass"]


def test_values_after_the_session_are_listed(bench: tuple[Client, Build, dict[str, Any]]) -> None:
    client, tray, kept = bench
    session = OperatorSession.objects.get(pk=kept["operator_session"])
    ended = a_caller("mei", at=timezone.now() - timedelta(minutes=10))
    end_session(caller=ended, session_id=session.pk)

    assert client.post(ADDRESS, kept, headers=HTMX)["Genpin-Code"] == "ValuesAfterSession"

    assert ScanConflict.objects.get().code == "ValuesAfterSession"
    assert runs(tray) == [None]


def test_nobody_records_the_values_of_somebody_else(bench: tuple[Client, Build, dict[str, Any]]) -> None:
    _client, tray, kept = bench

    answer = a_client("kenji").post(ADDRESS, kept, headers=HTMX)

    assert (answer.status_code, answer["Genpin-Code"]) == (422, "ValuesOfAnotherPerson")
    assert "芽衣" in text_of(answer)
    assert ScanConflict.objects.get().session_id == uuid.UUID(kept["operator_session"])
    assert runs(tray) == [None]


def test_a_form_that_is_none_and_a_stranger_leave_nothing(bench: tuple[Client, Build, dict[str, Any]]) -> None:
    client, _tray, kept = bench

    assert client.post(ADDRESS, {**kept, "at": "noon"}, headers=HTMX).status_code == 400
    assert client.post(ADDRESS, {**kept, "operator_session": str(uuid.uuid4())}, headers=HTMX).status_code == 404
    assert a_client("stranger").post(ADDRESS, kept, headers=HTMX).status_code == 403
    assert not ScanConflict.objects.exists()
