"""Custody: who hands the load to whom, under which seals; the chain has no gap, and what nobody told is a gap."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assembly.models import Nonconformity
from inventory.models import Hold
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Handover, IndicatorReading, Shipment
from logistics.operations.arrivals import AlreadyArrived, arrive_shipment
from logistics.operations.conditions import IndicatorRead, UnknownIndicator
from logistics.operations.custody import HandOverTooEarly, SealSeen, SealUnread, UnknownSeal
from logistics.operations.handovers import (
    CrateNotOfIt,
    Handing,
    HolderAlready,
    NothingSeen,
    PersonsMissing,
    hand_over,
)
from logistics.operations.lanes import UnknownCarrier
from logistics.operations.milestones import BeforeDeparture, NotDeparted, Report, report_milestone
from logistics.operations.moments import MomentAhead
from logistics.operations.shipments import UnknownCrate
from tests.cast import NOON, a_caller, mei
from tests.logistics.facts import refused
from tests.logistics.world import HOUR, a_crate, a_shipment, arrived, departed, readings_of

pytestmark = pytest.mark.django_db
LEFT = NOON - 20 * HOUR
FERRY = "CR-HYUGA"
INTACT = SealSeen("S-1", "intact")


@pytest.fixture
def shipment() -> Shipment:
    return departed(at=LEFT)


def hand(shipment: Shipment, to: str = FERRY, user: str = "rosa", key: str | None = None, **others: object) -> Handover:
    told = {"given_by": "架空 太郎", "taken_by": "港 花子", "seals": [INTACT], "occurred_at": LEFT + 3 * HOUR}
    caller = a_caller(user, key=key) if key else a_caller(user)
    return hand_over(caller=caller, handing=Handing(shipment.pk, to, **{**told, **others}))  # type: ignore[arg-type]


def page_of(shipment: Shipment, language: str = "en") -> str:
    client = Client()
    client.force_login(User.objects.get(username="rosa"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client.get(reverse("shipment", args=[shipment.number])).text


def test_the_chain_runs_from_the_plant_over_the_ferry_to_the_site(shipment: Shipment) -> None:
    row = hand(shipment)
    arrive_shipment(
        caller=a_caller("sora"), shipment_id=shipment.pk, readings=readings_of(shipment), seals=[INTACT],
        handed_by="九州 次郎",
    )  # fmt: skip

    chain = list(Handover.objects.all())
    assert [(one.giver, one.taker) for one in chain] == [
        ("site:JPHRM-1", "carrier:CR-AKASHI"),
        ("carrier:CR-AKASHI", "carrier:CR-HYUGA"),
        ("carrier:CR-HYUGA", "site:JPSEN-1"),
    ]
    assert [(one.number, one.previous) for one in chain] == [(1, None), (2, 1), (3, 2)]
    assert [[(seal.number, seal.state) for seal in one.seals.all()] for one in chain] == [
        [("S-1", "fitted")], [("S-1", "intact")], [("S-1", "intact")],
    ]  # fmt: skip
    assert (chain[0].giver_user, chain[1].giver_user, chain[2].taker_user) == (
        User.objects.get(username="rosa"), None, User.objects.get(username="sora"),
    )  # fmt: skip
    assert [one.crates.count() for one in chain] == [1, 0, 1]
    event = Event.objects.get(kind="logistics.custody-handed-over")
    assert (event.pk, event.happened_at, event.payload["taken_by"]) == (row.event_id, LEFT + 3 * HOUR, "港 花子")
    assert not Hold.objects.exists()


def test_hand_overs_that_nobody_recorded_are_shown_as_gaps(shipment: Shipment) -> None:
    assert "no hand-over recorded" not in page_of(shipment)
    report_milestone(caller=a_caller("rosa"), report=Report(shipment.pk, "leg_departed", LEFT + 5 * HOUR, 2))
    assert page_of(shipment).count("no hand-over recorded") == 1

    arrived(shipment, at=NOON - HOUR)

    page = page_of(shipment)
    assert page.count("no hand-over recorded") == 2  # to the ferry, and from it
    assert "Gap in the chain of custody" in page
    assert "S-1 not read" in page


@pytest.mark.parametrize("state", ["broken", "missing"])
def test_seal_that_is_not_intact_holds_every_rack(shipment: Shipment, state: str) -> None:
    hand(shipment, seals=[SealSeen("S-1", state), SealSeen("S-2", "fitted")])  # type: ignore[arg-type]

    assert Hold.objects.get().unit is not None
    assert Nonconformity.objects.get().says[0]["code"] == "seals"
    assert f"S-1 {state}" in page_of(shipment)
    # the new seal is the one to read from now on
    with refused(UnknownSeal):
        hand(shipment, "CR-AKASHI", occurred_at=LEFT + 4 * HOUR)
    assert hand(shipment, "CR-AKASHI", occurred_at=LEFT + 4 * HOUR, seals=[SealSeen("S-2", "intact")]).number == 3


def test_tripped_indicator_holds_its_rack_once(shipment: Shipment) -> None:
    readings = readings_of(shipment, tilt="tripped")
    hand(shipment, readings=readings[1:])

    assert IndicatorReading.objects.get(moment="handover").state == "tripped"
    assert Nonconformity.objects.count() == 1
    arrived(shipment, at=NOON - HOUR, tilt="tripped")
    assert Nonconformity.objects.count() == 1  # it was told of on the way


def test_crate_that_is_not_there_holds_its_rack() -> None:
    there, gone = a_crate(at=LEFT - 24 * HOUR), a_crate(at=LEFT - 24 * HOUR)
    shipment = departed([there, gone], at=LEFT)

    hand(shipment, crates=[f"00{there.sscc}"])

    assert Hold.objects.get().unit.placements.get(to_at=None).host_id == gone.unit_id  # type: ignore[union-attr]
    assert "1 of 2 counted" in page_of(shipment)


def test_what_cannot_be_is_refused(shipment: Shipment) -> None:
    other = departed(at=LEFT)
    for kind, told in [
        (UnknownCarrier, {"to": "CR-NOBODY"}),
        (HolderAlready, {"to": "CR-AKASHI"}),
        (PersonsMissing, {"taken_by": " "}),
        (MomentAhead, {"occurred_at": NOON + HOUR}),
        (BeforeDeparture, {"occurred_at": LEFT - HOUR}),
        (SealUnread, {"seals": []}),
        (UnknownSeal, {"seals": [SealSeen("S-9", "intact")]}),
        (UnknownSeal, {"seals": [INTACT, SealSeen("S-1", "fitted")]}),
        (UnknownCrate, {"crates": ["049512345600000010"]}),
        (CrateNotOfIt, {"crates": [other.crates.get().crate.sscc]}),
        (UnknownIndicator, {"readings": [IndicatorRead("X", "intact")]}),
        (NotPermitted, {"user": mei().username}),
    ]:
        with refused(kind):
            hand(shipment, **told)  # type: ignore[arg-type]
    hand(shipment)
    with refused(HandOverTooEarly):
        hand(shipment, "CR-AKASHI", occurred_at=LEFT + 2 * HOUR)
    waiting, there = a_shipment(), arrived(other, at=NOON - HOUR)
    with refused(NotDeparted):
        hand(waiting)
    with refused(AlreadyArrived):
        hand(there)


def test_load_without_a_seal_is_counted(shipment: Shipment) -> None:
    hand(shipment, seals=[SealSeen("S-1", "missing")])
    with refused(NothingSeen):
        hand(shipment, "CR-AKASHI", seals=[SealSeen("S-2", "fitted")])

    row = hand(shipment, "CR-AKASHI", seals=[], crates=[shipment.crates.get().crate.sscc])
    assert row.crates.count() == 1


def test_seals_that_are_told_at_the_arrival_are_all_told(shipment: Shipment) -> None:
    told, sora = {"shipment_id": shipment.pk, "readings": readings_of(shipment)}, a_caller("sora")
    with refused(UnknownSeal):
        arrive_shipment(caller=sora, seals=[SealSeen("S-2", "intact")], **told)  # type: ignore[arg-type]

    arrive_shipment(caller=a_caller("sora"), seals=[SealSeen("S-1", "broken")], **told)  # type: ignore[arg-type]
    assert Hold.objects.count() == Nonconformity.objects.count() == 1


def test_crate_scanned_at_the_tablet_opens_its_hand_over(shipment: Shipment) -> None:
    client, sscc = Client(), shipment.crates.get().crate.sscc
    client.force_login(User.objects.get(username="rosa"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    for code in (sscc, f"(00){sscc}", f"]C100{sscc}", "S-1", shipment.number):
        answer = client.get(reverse("hand_over_scan"), {"code": code})
        assert answer.status_code == 302, code
        assert answer.url.startswith(reverse("shipment_act", args=[shipment.number, "hand-over"]))
    page = client.get(reverse("hand_over_scan"), {"code": "049512345600000010"})
    assert (page.status_code, "No shipment has" in page.text) == (404, True)

    form = {"to_carrier": FERRY, "given_by": "A", "taken_by": "B", "seal-S-1": "intact", "crates": sscc, "key": "k"}
    address = reverse("shipment_act", args=[shipment.number, "hand-over"])
    assert f">{sscc}</textarea>" in client.get(address, {"crate": sscc}).text.replace("\n", "")
    assert client.post(address, {**form, "seal-S-1": ""}).status_code == 422
    assert client.post(address, form).status_code == 302
    assert [one.taker for one in Handover.objects.all()][1:] == [f"carrier:{FERRY}"]
    api = client.get(reverse("api_custody", args=[shipment.pk])).json()["results"]
    assert next((one["giver"], one["seals"], one["crates"]) for one in api) == (
        "carrier:CR-AKASHI", [{"number": "S-1", "state": "intact"}], 1,
    )  # fmt: skip


def test_same_key_hands_over_once(shipment: Shipment) -> None:
    first = hand(shipment, key="k")

    assert hand(shipment, key="k") == first
    assert Handover.objects.count() == 2


def test_wall_no_giver_but_who_took_before(shipment: Shipment) -> None:
    row = Handover.objects.get()
    facts = {
        "shipment": shipment, "number": 2, "kind": "change", "taker": "carrier:X", "at": NOON, "previous": 1,
        "previous_at": row.at, "recorded_at": NOON, "by": row.by, "event_id": 1,
    }  # fmt: skip

    with pytest.raises(IntegrityError, match="custody_chain_has_no_gap"), transaction.atomic():
        Handover.objects.create(giver="carrier:CR-SETO", **facts)
    assert Handover.objects.create(giver=row.taker, **facts).pk
