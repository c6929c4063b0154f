"""What is reported on the way."""

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Milestone
from logistics.operations.milestones import (
    AfterArrival,
    BeforeDeparture,
    LegContradicts,
    LegReported,
    NotDeparted,
    Report,
    UnknownLeg,
    report_milestone,
    report_milestones,
)
from logistics.operations.moments import MomentAhead
from logistics.operations.shipments import UnknownShipment
from tests.cast import NOON, a_caller, mei
from tests.logistics.facts import refused
from tests.logistics.world import HOUR, a_shipment, arrived, departed

pytestmark = pytest.mark.django_db
LEFT = NOON - 20 * HOUR


@pytest.fixture
def on_the_way():
    return departed(at=LEFT)


def report(shipment, milestone="position", occurred_at=NOON - HOUR, user="rosa", **others):
    return report_milestone(
        caller=a_caller(user),
        report=Report(shipment_id=shipment.pk, milestone=milestone, occurred_at=occurred_at, **others),
    )


def test_report_keeps_both_times_and_its_source(on_the_way):
    row = report(on_the_way, place="Miyazaki", source="edi", expected_at=NOON + 5 * HOUR)

    assert (row.happened_at, row.reported_at, row.source, row.place) == (NOON - HOUR, NOON, "edi", "Miyazaki")
    event = Event.objects.get(kind="logistics.milestone-reported")
    assert (event.pk, event.subject_id, event.happened_at) == (row.event_id, on_the_way.pk, NOON - HOUR)


def test_legs_are_reported_in_order(on_the_way):
    legs = [
        ("leg_arrived", 1, 3), ("leg_departed", 2, 4), ("leg_arrived", 2, 15), ("leg_departed", 3, 16),
    ]  # fmt: skip
    report_milestones(
        caller=a_caller("rosa"),
        reports=[Report(on_the_way.pk, kind, LEFT + hours * HOUR, number) for kind, number, hours in legs],
    )

    assert Milestone.objects.count() == 4


def test_end_of_a_leg_is_reported_once(on_the_way):
    report(on_the_way, "leg_arrived", LEFT + 3 * HOUR, leg_number=1)

    with refused(LegReported):
        report(on_the_way, "leg_arrived", LEFT + 4 * HOUR, leg_number=1)


def test_end_of_a_leg_without_the_one_before_is_taken_and_shown_so(on_the_way, client):
    report(on_the_way, "leg_departed", LEFT + 4 * HOUR, leg_number=2)
    report(on_the_way, "leg_arrived", LEFT + 3 * HOUR, leg_number=1)

    first, second = Milestone.objects.with_order().order_by("happened_at")
    assert (first.out_of_order, second.out_of_order) == (True, False)
    assert (first.is_late, second.is_late) == (True, True)
    client.force_login(User.objects.get(username="rosa"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get(reverse("api_milestones", args=[on_the_way.pk])).json()["results"]
    assert {(one["leg"], one["late"], one["out_of_order"]) for one in answer} == {(1, True, True), (2, True, False)}
    page = client.get(reverse("shipment", args=[on_the_way.number])).text
    assert page.count("out of order: later reports were known") == 1
    assert page.count("late: 16 hours after it happened") == 1
    assert "an earlier end of a leg is not reported" not in page


def test_missing_end_of_a_leg_is_told_on_the_page(on_the_way, client):
    report(on_the_way, "leg_arrived", LEFT + 15 * HOUR, leg_number=2)

    client.force_login(User.objects.get(username="rosa"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse("shipment", args=[on_the_way.number])).text
    assert page.count("an earlier end of a leg is not reported") == 1


def test_end_of_a_leg_that_contradicts_another_is_refused(on_the_way):
    report(on_the_way, "leg_arrived", LEFT + 3 * HOUR, leg_number=1)

    with refused(LegContradicts):
        report(on_the_way, "leg_departed", LEFT + 2 * HOUR, leg_number=2)
    with refused(LegContradicts):
        report(on_the_way, "leg_departed", LEFT + 4 * HOUR, leg_number=1)


@pytest.mark.parametrize("number", [None, 0, 4])
def test_unknown_leg_is_refused(on_the_way, number):
    with refused(UnknownLeg):
        report(on_the_way, "leg_arrived", leg_number=number)


def test_moments_that_cannot_be_are_refused(on_the_way):
    with refused(MomentAhead):
        report(on_the_way, occurred_at=NOON + HOUR)
    with refused(BeforeDeparture):
        report(on_the_way, occurred_at=LEFT - HOUR)


def test_late_report_of_before_the_arrival_is_taken():
    shipment = arrived(departed(at=LEFT), at=NOON - 2 * HOUR)

    assert report(shipment, "position", NOON - 3 * HOUR).pk
    with refused(AfterArrival):
        report(shipment, "position", NOON - HOUR)


def test_shipment_that_has_not_left_is_refused():
    shipment = a_shipment()

    with refused(NotDeparted):
        report(shipment)


def test_unknown_shipment_is_refused(on_the_way):
    with refused(UnknownShipment):
        report_milestone(caller=a_caller("rosa"), report=Report(999_999, "position", NOON))


def test_same_key_reports_once(on_the_way):
    what = Report(on_the_way.pk, "position", NOON - HOUR)

    first = report_milestone(caller=a_caller("rosa", key="k"), report=what)

    assert report_milestone(caller=a_caller("rosa", key="k"), report=what) == first


def test_who_may_not_report_is_refused(on_the_way):
    mei()

    with refused(NotPermitted):
        report(on_the_way, user="mei")


def test_wall_a_leg_milestone_is_there_once_and_never_ahead(on_the_way):
    row = report(on_the_way, "leg_arrived", LEFT + 3 * HOUR, leg_number=1)
    facts = {"shipment": on_the_way, "leg": row.leg, "kind": "leg_arrived", "event_id": 1, "reported_at": NOON}

    with pytest.raises(IntegrityError, match="leg_milestone_is_reported_once"), transaction.atomic():
        Milestone.objects.create(happened_at=NOON, **facts)
    with pytest.raises(IntegrityError, match="milestone_happened_before_its_report"), transaction.atomic():
        Milestone.objects.create(happened_at=NOON + HOUR, **{**facts, "kind": "position"})
