"""Scanned against reported: what the hardware of a rack says, what stops it from leaving, who lets it go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from assembly.models import ConfigurationDifference
from assembly.operations.configuration import approve_differences, withdraw_approvals
from assembly.operations.installs import Fit, install_units, remove_unit
from assembly.operations.judging import ConfigurationDiffers
from assembly.queries.configuration import Compared, differences_of, open_differences, reconciled
from inventory.models import Part
from inventory.operations.part_edits import add_part_alias
from inventory.operations.placements import UnitNotHere
from ledger.models import Event
from ledger.refusals import Refusal
from logistics.models import Departure, Shipment
from logistics.operations.crates import pack_rack
from logistics.operations.departures import depart_shipment
from tests.assembly.pages import a_client, text_of
from tests.assembly.small_rack import TRAYS, SmallRack, a_serial, a_small_rack, agreeing_rack
from tests.assembly.world import a_unit_of, pin_check, slot_of, started
from tests.cast import PIN, a_caller, person
from tests.logistics.world import a_shipment, packing_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


@pytest.fixture(scope="module")
def racks(plant: None, django_db_blocker: Any) -> Iterator[tuple[SmallRack, SmallRack]]:
    """A rack that reports what was scanned, and one that was not read in its place yet. Building them is the slow part:
    they are built once, in a transaction around the module's tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield agreeing_rack(), a_small_rack()
        transaction.set_rollback(True)


@pytest.fixture
def rack(racks: tuple[SmallRack, SmallRack]) -> SmallRack:
    return replace(racks[0])


@pytest.fixture
def unread(racks: tuple[SmallRack, SmallRack]) -> SmallRack:
    return replace(racks[1])


def said(rack: SmallRack) -> list[tuple[str, str, str, str, str]]:
    """What differs and nobody approved."""
    rows = [row for row in differences_of(rack.build) if row.is_open]
    return [(row.state, row.what, row.place, row.scanned, row.reported) for row in rows]


def shipped(rack: SmallRack) -> Shipment:
    """The rack in its crate on a planned shipment."""
    crate = pack_rack(caller=a_caller("mei"), packing=packing_of(rack.build.unit))
    return a_shipment([crate])


def leave(shipment: Shipment) -> Departure:
    return depart_shipment(caller=a_caller("rosa"), shipment_id=shipment.pk, truck="姫路 130 あ 12-34")


def approve(
    rack: SmallRack, who: str = "tanaka", reason: str = "現物を確認した", **others: object
) -> dict[str, list[int]]:
    keys = [row.key for row in differences_of(rack.build) if row.is_open]
    arguments = {"differences": keys, "reason": reason, "pin_check_id": pin_check(who), **others}
    return approve_differences(caller=a_caller(who), build_id=rack.build.pk, **arguments)  # type: ignore[arg-type]


def test_a_rack_that_reports_what_was_scanned_leaves(rack: SmallRack) -> None:
    told = reconciled([rack.build.pk])[rack.build.pk]

    assert said(rack) == []
    assert {(row.what, row.place) for row in told} >= {
        ("cartridge", "CBC_0"), ("superchip", "CT-00/superchip_1"), ("slot", "CT-01"),
    }  # fmt: skip
    assert not ConfigurationDifference.objects.exists()
    assert leave(shipped(rack)).truck


def another_board(rack: SmallRack) -> tuple[str, str, str, str, str]:
    serial = a_serial()
    rack.smi("CT-00", boards=(rack.boards["CT-00"][0], serial))
    return ("not_scanned", "superchip", "CT-00", "", serial)


def another_gpu(rack: SmallRack) -> tuple[str, str, str, str, str]:
    uuid = "GPU-5e00dead-0000-4a1b-8c2d-0000beef0001"
    rack.smi("CT-01", gpus=(*rack.gpus["CT-01"][:3], uuid))
    return ("not_scanned", "gpu", "CT-01", "", uuid.lower())


def another_slot(rack: SmallRack) -> tuple[str, str, str, str, str]:
    rack.smi("CT-00", slot=2, index=1)
    return ("slot", "slot", "CT-00", "1/0", "2/1")


def another_slot_by_the_cartridges(rack: SmallRack) -> tuple[str, str, str, str, str]:
    rack.redfish("CT-01", slot=14, tray_index=4)
    return ("slot", "slot", "CT-01", "2/1", "14/4")


def another_chassis(rack: SmallRack) -> tuple[str, str, str, str, str]:
    rack.smi("CT-01", chassis="1829999999999")
    return ("not_scanned", "chassis", "CT-01", "1820000000001", "1829999999999")


def another_cartridge(rack: SmallRack) -> tuple[str, str, str, str, str]:
    serial = a_serial()
    rack.redfish("CT-00", {"CBC_1": serial})
    return ("not_scanned", "cartridge", "CBC_1", rack.cartridges["CBC_1"], serial)


def crossed_cartridges(rack: SmallRack) -> tuple[str, str, str, str, str]:
    rack.redfish("CT-00", {"CBC_1": rack.cartridges["CBC_0"]})
    return ("slot", "cartridge", "CBC_1", rack.cartridges["CBC_1"], rack.cartridges["CBC_0"])


def another_part_number(rack: SmallRack) -> tuple[str, str, str, str, str]:
    rack.redfish("CT-00", cartridge_part="750-9999-002")
    return ("not_scanned", "part", "CBC_0", "750-0567-002", "750-9999-002")


def unreadable_cartridge(rack: SmallRack) -> tuple[str, str, str, str, str]:
    rack.redfish("CT-00", {"CBC_0": "<<<NOT_SUPPORTED>>>", "CBC_1": "NA"})
    return ("unreadable", "cartridge", "CBC_0", rack.cartridges["CBC_0"], "<<<NOT_SUPPORTED>>>")


OTHERWISE = [
    another_board, another_gpu, another_slot, another_slot_by_the_cartridges, another_chassis, another_cartridge,
    crossed_cartridges, another_part_number, unreadable_cartridge,
]  # fmt: skip


def test_a_rack_that_reports_otherwise_may_not_leave(rack: SmallRack) -> None:
    """Each way of reporting otherwise by itself, from the same rack (building one is slow)."""
    shipment = shipped(rack)
    for otherwise in OTHERWISE:
        with transaction.atomic():
            _is_stopped(rack, shipment, otherwise(rack))
            transaction.set_rollback(True)
    assert leave(shipment).truck


def _is_stopped(rack: SmallRack, shipment: Shipment, wanted: tuple[str, str, str, str, str]) -> None:
    events = Event.objects.count()

    with pytest.raises(ConfigurationDiffers) as refused:
        leave(shipment)

    assert wanted in said(rack)
    assert wanted[2].split("/")[0] in str(refused.value)
    assert rack.build.unit.serial in str(refused.value)
    assert Event.objects.count() == events
    assert not Departure.objects.filter(shipment=shipment).exists()
    row = ConfigurationDifference.objects.get(state=wanted[0], what=wanted[1], place=wanted[2], reported=wanted[4])
    assert (row.build_id, row.scanned, row.approved_at, row.settled_at) == (rack.build.pk, wanted[3], None, None)


def test_a_rack_that_reports_otherwise_is_not_packed_before_a_later_file_settles_it(rack: SmallRack) -> None:
    another_slot(rack)
    row = ConfigurationDifference.objects.get()
    with pytest.raises(ConfigurationDiffers):
        pack_rack(caller=a_caller("mei"), packing=packing_of(rack.build.unit))

    rack.smi("CT-00")

    row.refresh_from_db()
    assert said(rack) == [] and row.settled_at is not None
    settled = Event.objects.get(pk=row.settled_event_id)
    assert settled.kind == "assembly.differences-settled"
    assert settled.payload["differences"][0]["was_approved"] is False


def test_an_approved_difference_lets_the_rack_go_and_a_later_other_report_stops_it_again(rack: SmallRack) -> None:
    shipment = shipped(rack)
    another_cartridge(rack)
    approve(rack)
    row = ConfigurationDifference.objects.get()
    assert (row.approved_by, row.reason) == (person("tanaka"), "現物を確認した")
    assert said(rack) == []

    # The same fact read again, by the other tray too, stays approved.
    rack.redfish("CT-00", {"CBC_1": row.reported})
    rack.redfish("CT-01", {"CBC_1": row.reported})
    row.refresh_from_db()
    assert said(rack) == [] and row.settled_at is None

    # Another serial at the same place is another difference; the approved one is over, for good.
    for place in TRAYS:
        rack.redfish(place, {"CBC_1": "1880000000123"})
    row.refresh_from_db()
    assert row.settled_at is not None
    with pytest.raises(ConfigurationDiffers):
        leave(shipment)
    for place in TRAYS:
        rack.redfish(place, {"CBC_1": row.reported})
    with pytest.raises(ConfigurationDiffers):
        leave(shipment)

    approve(rack)
    assert leave(shipment).truck

    # What has left is stopped by other means.
    keys = [row.key for row in differences_of(rack.build)]
    with pytest.raises(UnitNotHere):
        withdraw_approvals(caller=a_caller("tanaka"), build_id=rack.build.pk, differences=keys, reason="x")


def test_an_approved_difference_passes_the_configuration_check(unread: SmallRack) -> None:
    rack = unread
    for place in TRAYS:
        rack.smi(place)
    another_slot_by_the_cartridges(rack)
    with pytest.raises(ConfigurationDiffers):
        rack.check()

    approve(rack)
    rack.check()

    assert rack.build.runs.get(operation__number=30).result == "pass"


def test_a_reported_part_number_becomes_an_alias(rack: SmallRack) -> None:
    another_part_number(rack)
    part = Part.objects.get(number="750-0567-002")

    add_part_alias(caller=a_caller("plan"), part_id=part.pk, version=part.version, number="750-9999-002")

    told = reconciled([rack.build.pk])[rack.build.pk]
    assert said(rack) == []
    assert ("alias", "part", "CBC_0") in {(row.state, row.what, row.place) for row in told}


def test_a_cartridge_that_was_replaced_must_be_read_again(rack: SmallRack) -> None:
    """What the trays said before is no word on the new one."""
    slot = slot_of(rack.build, "CBC_0")
    remove_unit(caller=a_caller("mei"), slot_id=slot.pk, reason="曲がり", location_code="QRN")
    spare = a_unit_of("750-0567-002")
    started(rack.build, 20)
    install_units(caller=a_caller("mei"), fits=[Fit(slot.pk, spare.serial)])

    assert said(rack) == [("not_in_hardware", "cartridge", "CBC_0", spare.serial, "")]


def approve_as_fitter(rack: SmallRack) -> None:
    """Somebody of quality who fitted the tray himself."""
    keys = [row.key for row in differences_of(rack.build)]
    check = pin_check("mei")
    caller = replace(a_caller("tanaka"), history=True)  # a check of another person, as history names it
    approve_differences(caller=caller, build_id=rack.build.pk, differences=keys, reason="x", pin_check_id=check)


REFUSALS: list[tuple[str, Callable[[SmallRack], object]]] = [
    ("ReasonWanted", lambda rack: approve(rack, reason="  ")),
    ("DifferenceGone", lambda rack: approve(rack, differences=["0" * 32])),
    ("DifferenceGone", lambda rack: approve(rack, differences=[])),
    ("SecondPersonWanted", approve_as_fitter),
    ("PinNotChecked", lambda rack: approve(rack, pin_check_id=0)),
    ("NotPermitted", lambda rack: approve(rack, "mei")),
]


def test_refused_approvals_change_nothing(rack: SmallRack) -> None:
    another_slot(rack)
    keys = [row.key for row in differences_of(rack.build)]
    events = Event.objects.count()

    for code, act in REFUSALS:
        with pytest.raises(Refusal) as refused:
            act(rack)
        assert type(refused.value).__name__ == code
    assert Event.objects.count() == events
    assert ConfigurationDifference.objects.get().approved_at is None

    approve(rack)
    with pytest.raises(Refusal, match=person("tanaka").name_ja):
        approve(rack, differences=keys)


def test_the_page_says_what_differs_and_quality_approves_it_there(rack: SmallRack) -> None:
    shipment = shipped(rack)
    state, _what, place, scanned, reported = another_cartridge(rack)
    url = f"/racks/{rack.build.unit.serial}/"
    reader = text_of(a_client("mei").get(url))
    assert scanned in reader and reported in reader and "申告あり・読取りなし" in reader
    assert "differences/approval" not in reader

    page = text_of(a_client("rosa").get(f"/shipments/{shipment.number}/"))
    assert "出荷できません" in page and place in page and reported in page
    assert "構成に相違" in text_of(a_client("rosa").get("/shipments/"))
    form = {"truck": "1", "driver": "", "seal": "", "key": "leave-1"}
    assert a_client("rosa").post(f"/shipments/{shipment.number}/departure/", form).status_code == 422

    client = a_client("tanaka")
    asked = client.get(f"{url}differences/approval/")
    key = differences_of(rack.build)[0].key
    assert key in text_of(asked)
    wrong = client.post(f"{url}differences/approval/", {"differences": [key], "reason": "", "pin": PIN, "key": "k1"})
    assert wrong.status_code == 422 and ConfigurationDifference.objects.get().approved_at is None
    form = {"differences": [key], "reason": "銘板を確認", "pin": PIN, "key": "k2"}
    assert client.post(f"{url}differences/approval/", form).status_code == 302

    after = text_of(client.get(url))
    assert "銘板を確認" in after and "相違はすべて承認済み" in after
    assert a_client("mei").get(f"{url}differences/approval/").status_code == 403
    assert state == "not_scanned"


def test_the_api_tells_the_configuration_and_refuses_the_departure(rack: SmallRack) -> None:
    shipment = shipped(rack)
    another_slot(rack)
    client = Client()
    client.force_login(person("rosa"))

    body = client.get(f"/api/racks/{rack.build.pk}/configuration/").json()
    answer = client.post(
        "/api/operations/logistics.depart_shipment/", {"shipment_id": shipment.pk, "truck": "1"},
        content_type="application/json", headers={"Idempotency-Key": "leave-2"},
    )  # fmt: skip

    assert body["may_leave"] is False
    [row] = [row for row in body["compared"] if row["open"]]
    assert (row["state"], row["place"], row["scanned"], row["reported"]) == ("slot", "CT-00", "1/0", "2/1")
    assert (answer.status_code, answer.json()["code"]) == (409, "ConfigurationDiffers")


def test_many_racks_are_compared_in_one_query(rack: SmallRack, unread: SmallRack) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        told = open_differences([rack.build.unit_id, unread.build.unit_id])

    assert len(asked) == 2
    assert list(told) == [unread.build.unit_id]


def test_every_sentence_is_told_in_both_languages() -> None:
    states = [
        ("not_scanned", what, scanned)
        for what in ("gpu", "superchip", "cartridge", "chassis", "part") for scanned in ("", "S")
    ] + [(state, what, "S") for state in ("slot", "unreadable") for what in ("slot", "cartridge")]  # fmt: skip
    for state, what, scanned in [*states, ("not_in_hardware", "io_board", "S")]:
        row = Compared(1, state, what, "CT-00", "CT-00", scanned, "R", 1, None, "", None, None, None)
        for language in ("ja", "en"):
            with override(language):
                assert row.say.startswith("CT-00")
