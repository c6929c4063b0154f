"""Milestones by scan: scan a crate, press what comes next; refusals change nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.doors import new_key
from logistics.models import Milestone, Shipment
from logistics.operations.milestones import Report, report_milestone
from tests.cast import NOON, a_caller, person
from tests.logistics.world import HOUR, a_crate, a_shipment, arrived, departed

pytestmark = pytest.mark.django_db
LEFT = NOON - 20 * HOUR
URL = "/shipments/milestones/"


def tablet(user: str = "rosa", language: str = "en") -> Client:
    client = Client()
    client.force_login(person(user))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def sscc_of(shipment: Shipment) -> str:
    return shipment.crates.get().crate.sscc


def press(client: Client, shipment: Shipment, end: str, **others: Any) -> Any:
    """A scan of the crate, then one button."""
    form = {
        "code": sscc_of(shipment),
        "end": end,
        "ago": "0",
        "key": new_key(),
        "scanned_at": timezone.now().isoformat(),
    }
    return client.post(URL, form | others)


def tell(shipment: Shipment, kind: str, leg: int, at: datetime) -> None:
    report_milestone(caller=a_caller("rosa", at=max(at, NOON)), report=Report(shipment.pk, kind, at, leg))  # type: ignore[arg-type]


def test_scan_proposes_what_comes_next_and_the_press_reports_it() -> None:
    shipment = departed(at=LEFT)
    tell(shipment, "leg_arrived", 1, LEFT + 3 * HOUR)
    client = tablet()

    for code in (sscc_of(shipment), f"(00){sscc_of(shipment)}", f"]C100{sscc_of(shipment)}", shipment.number):
        page = client.get(URL, {"code": code})
        assert page.status_code == 200
        assert page.context["expected"]["value"] == "2:leg_departed"
    assert [one["value"] for one in page.context["others"]] == ["2:leg_arrived", "3:leg_departed", "3:leg_arrived"]
    assert 'name="end" value="2:leg_departed"' in page.text

    scanned_at = page.context["form"].initial["scanned_at"]
    form = {"ago": "15", "scanned_at": scanned_at, "key": "k"}
    answers = [press(client, shipment, "2:leg_departed", **form) for _twice in range(2)]  # the line was bad
    row = Milestone.objects.get(leg__number=2)
    assert (row.kind, row.source) == ("leg_departed", "scan")
    assert row.happened_at == datetime.fromisoformat(scanned_at) - timedelta(minutes=15)
    assert [answer.status_code for answer in answers] == [302, 302]
    with CaptureQueriesContext(connection) as asked:
        told = client.get(answers[1].url)
    assert 'class="answer" data-state="ok"' in told.text
    assert "Leg 2 departed" in told.text
    assert len(asked) <= 11
    with CaptureQueriesContext(connection) as asked:
        after = client.get(URL, {"code": sscc_of(shipment)})
    assert after.context["expected"]["value"] == "2:leg_arrived"
    assert len(asked) <= 9


def test_what_was_left_out_is_taken_late_and_shown_so() -> None:
    shipment, client, now = departed(at=LEFT), tablet(), timezone.now()
    tell(shipment, "leg_departed", 2, now - HOUR)

    others = client.get(URL, {"code": sscc_of(shipment)}).context["others"]
    assert (others[0]["value"], others[0]["note"]) == ("1:leg_arrived", "late: not reported so far")
    answer = press(client, shipment, "1:leg_arrived")  # leg 2 had left: not now
    assert (answer.status_code, "does not fit: leg 2 was reported" in answer.text) == (422, True)
    left_lying = press(client, shipment, "1:leg_arrived", scanned_at=(now - HOUR).isoformat())
    assert (left_lying.status_code, "too long ago" in left_lying.text) == (422, True)
    assert Milestone.objects.count() == 1

    answer = press(client, shipment, "1:leg_arrived", minutes="420")
    assert "out of order: later reports were known" in client.get(answer.url).text
    assert "late: 7 hours after it happened" in client.get(answer.url).text


@pytest.mark.parametrize(
    ("end", "others", "says"),
    [
        ("2:leg_departed", {}, "Nothing was recorded."),
        ("9:leg_arrived", {}, "no leg 9"),
        ("2:position", {}, "valid value"),
        ("2:leg_arrived", {"minutes": "20000"}, "10080"),
        ("2:leg_arrived", {"scanned_at": "2999-01-01T00:00:00+09:00"}, "future"),
        ("2:leg_arrived", {"key": ""}, ""),
    ],
    ids=["twice", "leg", "kind", "minutes", "future", "key"],
)
def test_what_cannot_be_is_a_red_answer_and_changes_nothing(end: str, others: dict[str, str], says: str) -> None:
    shipment = departed(at=LEFT)
    tell(shipment, "leg_departed", 2, NOON - HOUR)

    answer = press(tablet(), shipment, end, **others)

    assert answer.status_code == 422
    assert answer.context["answer"]["state"] == "stop"
    assert says in answer.text
    assert answer.context["expected"]["value"] == "2:leg_arrived"  # the next try is at hand
    assert Milestone.objects.count() == 1


def test_loads_that_do_not_travel_say_so() -> None:
    waiting, there = a_shipment([a_crate()]), arrived(departed(at=LEFT), at=NOON - HOUR)
    client = tablet()

    page = client.get(URL, {"code": sscc_of(waiting)})
    assert (page.status_code, page.context["expected"], "has not left yet" in page.text) == (422, None, True)
    assert "has not left yet" in press(client, waiting, "1:leg_arrived").text
    page = client.get(URL, {"code": sscc_of(there)})
    assert (page.status_code, page.context["expected"], "It arrived at" in page.text) == (200, None, True)
    assert "lies after the arrival" in press(client, there, "2:leg_departed").text
    page = client.get(URL, {"code": "049512345600000010"})
    assert (page.status_code, "No shipment has" in page.text) == (404, True)
    assert client.get(URL, {"reported": "77"})["Location"] == reverse("milestone_scan")
    assert press(tablet("tanaka"), there, "2:leg_departed").status_code == 403
    assert not Milestone.objects.exists()
