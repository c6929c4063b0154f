"""The pages of a shipment that arrives in parts: what is here, what is late, receiving of crates by name; a form
that is sent again, and one that was overtaken."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from logistics.models import Arrival, CrateArrival, Shipment
from logistics.operations.arrivals import AlreadyArrived, ArrivedInPart
from logistics.operations.custody import SealSeen
from logistics.operations.handovers import Handing, hand_over
from logistics.operations.receivings import ReceivingFinished
from tests.cast import a_caller, person
from tests.logistics.parted import crates_of, gone, seen_on

pytestmark = pytest.mark.django_db
SENT_AGAIN = "This form was recorded already; nothing was recorded twice."


@pytest.fixture
def shipment() -> Shipment:
    a_caller("sora"), a_caller("mei")
    return gone()


@pytest.fixture
def client() -> Client:
    """The site's receiver at a page in English."""
    client = Client()
    client.force_login(person("sora"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_the_page_takes_scans_and_says_what_is_missing(client: Client, shipment: Shipment) -> None:
    one, two, three = crates_of(shipment)
    address = reverse("part_arrival", args=[shipment.number])
    scanned = client.get(reverse("milestone_scan"), {"code": f"00{one.sscc}"})
    assert f"{address}?crate={one.sscc}" in scanned.text
    form = {f"indicator-{seen.serial}": "intact" for seen in seen_on([one, two])} | {"seal-S-1": "intact"}
    form |= {"here": f"00{one.sscc}\n{two.sscc}", "key": "k", "occurred_at": "2026-11-20T06:00"}

    stopped = client.post(address, form)
    assert (stopped.status_code, three.sscc in stopped.text) == (422, True)
    told = {f"why-{three.sscc}": "other_vehicle", f"where-{three.sscc}": "宮崎 130 か 12-34", "key": "l"}
    assert client.post(address, form | told).status_code == 302
    again = client.post(address, form | told, follow=True)
    assert [str(word) for word in again.context["messages"]][-1:] == [SENT_AGAIN]
    second = client.post(address, form | told | {"key": "m"})  # a form that somebody else had open
    assert (second.status_code, type(second.context["refusal"])) == (422, ArrivedInPart)
    assert "required if it is here" in client.get(address).text

    page = client.get(reverse("shipment", args=[shipment.number]))
    state = page.context["shipment"]
    assert (state["state"], state["word"]) == ("late", "Arrived in part, 2 of 3")
    assert [row["standing"]["state"] for row in page.context["crates"]] == ["run", "run", "late"]
    assert page.context["crates"][2]["holder"].startswith("held by ")
    assert [act["label"] for act in page.context["acts"][:2]] == ["Receiving is finished", "Arrival of a late crate"]
    listed = client.get(reverse("shipments"), {"state": "in_part"})
    assert [(row["number"], row["word"]) for row in listed.context["shipments"]] == [(shipment.number, state["word"])]
    assert 'value="in_part" selected' in listed.text
    _receive_and_take_late(client, shipment)


def _receive_and_take_late(client: Client, shipment: Shipment) -> None:
    """Receiving ends of the crates that are ticked; a late crate tells its own seal and no other."""
    one, two, three = crates_of(shipment)
    receiving = reverse("shipment_act", args=[shipment.number, "receiving"])
    shown = client.get(receiving).context["form"]
    assert shown["crates"].value() == [one.sscc, two.sscc]
    assert client.post(receiving, {"key": "r"}).status_code == 422
    for _again in range(2):
        assert client.post(receiving, {"key": "r", "crates": [one.sscc]}).status_code == 302
    assert client.get(receiving).context["form"]["crates"].value() == [two.sscc]
    assert CrateArrival.objects.exclude(received_at=None).get().shipment_crate.crate == one
    taken = client.post(receiving, {"key": "s", "crates": [one.sscc, two.sscc]})
    assert type(taken.context["refusal"]) is ReceivingFinished
    handing = Handing(shipment.pk, "CR-HYUGA", "甲", "乙", [SealSeen("S-9", "fitted")], [three.sscc])
    hand_over(caller=a_caller("rosa"), handing=handing)
    late_page = reverse("part_arrival", args=[shipment.number])
    form = {f"indicator-{seen.serial}": "intact" for seen in seen_on([three])}
    form |= {"here": three.sscc, "late": "True", "seal-S-9": "intact", "key": "t"}
    for _again in range(2):
        assert client.post(late_page, form).status_code == 302
    assert Shipment.objects.get(pk=shipment.pk).has_arrived


def test_a_whole_arrival_that_is_sent_again_is_told_as_recorded(client: Client, shipment: Shipment) -> None:
    address = reverse("shipment_act", args=[shipment.number, "arrival"])
    form = {f"indicator-{seen.serial}": "intact" for seen in seen_on(crates_of(shipment))}
    form |= {"seal-S-1": "intact", "key": "k"}

    assert client.post(address, form).status_code == 302
    again = client.post(address, form, follow=True)

    assert [str(word) for word in again.context["messages"]][-1:] == [SENT_AGAIN]
    assert Arrival.objects.count() == 1
    assert type(client.post(address, form | {"key": "other"}).context["refusal"]) is AlreadyArrived
