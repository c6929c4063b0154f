"""What carriers, persons and our model expect of a shipment: all of it kept, none wins silently, each is judged."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import User
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Eta, Forecast, Shipment
from logistics.operations.etas import (
    EtaBeforeDeparture,
    EtaDisordered,
    EtaGiven,
    EtaPassed,
    EtaTooFar,
    EtaUnfounded,
    NothingAwaited,
    NotItsCarrier,
    give_eta,
)
from logistics.operations.milestones import Report, report_milestone
from logistics.operations.moments import MomentAhead
from logistics.queries.etas import record_by_source
from tests.cast import NOON, a_caller
from tests.logistics.facts import refused
from tests.logistics.world import HOUR, arrived, departed, rack_of, received

pytestmark = pytest.mark.django_db
LEFT = NOON - 30 * HOUR
SAID = "driver called from Miyazaki"


def give(shipment: Shipment, hours: float = 10, *, user: str = "rosa", at: datetime = NOON, **others: Any) -> Eta:
    told: dict[str, Any] = {
        "earliest_at": NOON + hours * HOUR,
        "reason": "" if others.get("carrier_code") else SAID,
    } | others
    return give_eta(caller=a_caller(user, at=at), eta=EtaGiven(shipment.pk, **told))


@pytest.fixture
def on_the_way() -> Shipment:
    return departed(at=LEFT)


def test_every_word_is_kept_beside_the_others(on_the_way: Shipment) -> None:
    first = give(on_the_way, 10, carrier_code="CR-AKASHI", at=NOON - 3 * HOUR)
    own = give(on_the_way, 12, latest_at=NOON + 15 * HOUR, awaited="receiving")
    again = give(on_the_way, 11, carrier_code="CR-AKASHI")

    assert list(Eta.objects.all()) == [again, own, first]
    assert (own.source, own.carrier, own.by.username, own.reason) == ("person", None, "rosa", SAID)
    assert (again.source, again.carrier.code if again.carrier else "") == ("carrier", "CR-AKASHI")
    event = Event.objects.get(pk=own.event_id)
    assert (event.kind, event.payload["awaited"]) == ("logistics.eta-given", "receiving")


def test_same_word_twice_is_one_and_a_confirmation_is_another(on_the_way: Shipment) -> None:
    first = give(on_the_way, carrier_code="CR-AKASHI")
    again = give(on_the_way, carrier_code="CR-AKASHI", at=NOON + 0.5 * HOUR)
    later = give(on_the_way, carrier_code="CR-AKASHI", at=NOON + 2 * HOUR)

    assert again == first
    assert later.given_at == NOON + 2 * HOUR
    assert Event.objects.filter(kind="logistics.eta-given").count() == 2


def test_moments_of_other_zones_are_the_same_moments(on_the_way: Shipment) -> None:
    honolulu = (NOON + 10 * HOUR).astimezone(timezone(timedelta(hours=-10)))

    assert give(on_the_way, earliest_at=honolulu).earliest_at == NOON + 10 * HOUR


def test_what_cannot_be_is_refused_and_changes_nothing(on_the_way: Shipment) -> None:
    for refusal, told in (
        (EtaPassed, {"hours": -1}),
        (EtaBeforeDeparture, {"earliest_at": LEFT - HOUR, "latest_at": NOON + HOUR}),
        (EtaDisordered, {"latest_at": NOON + 9 * HOUR}),
        (EtaTooFar, {"hours": 24 * 365}),
        (MomentAhead, {"given_at": NOON + HOUR}),
        (EtaUnfounded, {"reason": " "}),
        (NotItsCarrier, {"carrier_code": "CR-NISHI"}),
        (NotPermitted, {"user": "mei"}),
    ):
        with refused(refusal):
            give(on_the_way, **told)  # type: ignore[arg-type]
    assert not Eta.objects.exists()


def test_nobody_foretells_what_has_come() -> None:
    there = arrived(at=NOON - HOUR)
    with refused(NothingAwaited):
        give(there, 2, given_at=NOON - 5 * HOUR)

    assert give(there, 2, awaited="receiving").awaited == "receiving"


def test_carriers_report_carries_its_word_and_no_odd_one(on_the_way: Shipment) -> None:
    def report(kind: Any, expected: datetime, **others: Any) -> None:
        told = Report(on_the_way.pk, kind, NOON - HOUR, expected_at=expected, source="edi", **others)
        report_milestone(caller=a_caller("rosa"), report=told)

    report("delayed", NOON + 5 * HOUR)
    row = Eta.objects.get()
    assert (row.source, row.given_at, row.latest_at) == ("carrier", NOON - HOUR, NOON + 5 * HOUR)
    report("position", NOON - 2 * HOUR)  # late: its old ETA is no word, and loses no report
    with refused(EtaTooFar):
        report("position", NOON + 2_900 * HOUR)
    report("leg_arrived", NOON - HOUR, leg_number=1)
    assert Eta.objects.count() == 1


def test_who_reports_a_stale_eta_by_hand_is_told(on_the_way: Shipment, client: Any) -> None:
    client.force_login(User.objects.get(username="rosa"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    told = {"milestone": "delayed", "occurred_at": "2026-11-20 09:00", "expected_at": "2026-11-20 08:30", "key": "k"}
    page = client.post(reverse("shipment_act", args=[on_the_way.number, "milestone"]), told, follow=True)

    assert "2026/11/20 08:30 was past when it was reported" in page.content.decode()
    assert not Eta.objects.exists()


def test_record_judges_what_was_known_a_day_before() -> None:
    shipment = departed(at=NOON - 60 * HOUR)
    give(shipment, 3, at=NOON - 50 * HOUR, carrier_code="CR-AKASHI")
    give(shipment, 8, at=NOON - 30 * HOUR, carrier_code="CR-AKASHI")
    give(shipment, 0.5, at=NOON - 2 * HOUR, carrier_code="CR-AKASHI")  # nobody plans by that
    rack = rack_of(shipment)
    for hours in (40, 10):
        at = NOON - hours * HOUR
        tens = [at + n * HOUR for n in (30, 40, 46, 60)]
        told = dict(zip(("p10_at", "p50_at", "p80_at", "p95_at"), tens, strict=True))
        Forecast.objects.create(unit=rack, made_at=at, model="m", p_late=None, event_id=1, **told)
    arrived(shipment, at=NOON)
    received(shipment, at=NOON + 6 * HOUR)
    silent = departed(at=NOON - 40 * HOUR)
    arrived(silent, at=NOON + HOUR)

    model, carrier = record_by_source(NOON + 24 * HOUR)

    assert (model.source, model.asked, model.told, model.error, model.kept) == ("model", 1, 1, 6, 1)
    assert (carrier.carrier, carrier.asked, carrier.told) == ("CR-AKASHI", 2, 1)
    assert (carrier.error, carrier.spread, carrier.kept) == (-8, 8, 0)


def test_page_shows_silence_as_silence(on_the_way: Shipment, client: Any) -> None:
    client.force_login(User.objects.get(username="rosa"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = reverse("shipment", args=[on_the_way.number])

    etas = client.get(page).context["etas"]
    assert [(row["source"], row["state"]) for row in etas["newest"]] == [("carrier", "unknown")]
    assert etas["newest"][0]["silence"].startswith("nothing for")
    give(on_the_way, 24 * 100)
    answer = client.get(page)
    assert [row["source"] for row in answer.context["etas"]["newest"]] == ["carrier", "person"]
    assert SAID in answer.content.decode()
    assert b"The promise follows our model" in answer.content
