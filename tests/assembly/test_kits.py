"""open_kit, pick_parts, return_pick, complete_kit, cancel_kit: a kit from its frozen design, fetched by scan."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from assembly.models import Build, BuildOrder, Kit, KitPick
from assembly.operations.build_orders import move_order, start_from_order
from assembly.operations.deviations import approve_deviation
from assembly.operations.fits import WrongPart
from assembly.operations.installs import install_unit
from assembly.operations.kit_rules import KitClosed, KitLineFull, ReservedForKit, UnknownKit
from assembly.operations.kits import (
    Fetched,
    KitOpen,
    KitShort,
    cancel_kit,
    complete_kit,
    open_kit,
    pick_parts,
    return_pick,
)
from assembly.operations.nonconformities import ReasonWanted
from assembly.queries.kits import kit_lines, kit_rows, kit_shortages
from documents.operations.issuing import copy_of
from inventory.models import Placement, Stock, Unit
from inventory.operations.finding import UnitHeld, UnknownSerial
from inventory.operations.lots import LotExpired, QuantityOdd
from inventory.operations.placements import UnknownLocation
from inventory.scanning import ScanContext, read_scan
from ledger.models import Event
from ledger.refusals import NotPermitted, Refusal
from tests.assembly.world import TRAY, a_build, a_tray, a_unit_of, everything, held, part, received, slot_of
from tests.cast import NOON, a_caller, person
from tests.documents.reading import text_of
from tests.planning.edits import an_order
from tests.world import a_lot, received_units

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

TODAY = NOON.date()


def a_kit(build: Build | None = None) -> Kit:
    return open_kit(caller=a_caller("mei"), build_id=(build or a_build(TRAY)).pk, location_code="LINE-TRAY")


def pick(kit: Kit, *codes: str, by: str = "mei", **others: Any) -> dict[str, Any]:
    fetched = [Fetched(code, others.get("quantity")) for code in codes]
    return pick_parts(caller=a_caller(by), kit_number=kit.number, fetched=fetched)


def wanted_parts(kit: Kit) -> list[str]:
    return [line.part.number for line in kit.lines.select_related("part") if line.slot_id]


def refused(refusal: type[Refusal], step: Any) -> Refusal:
    person("mei")
    before = everything(), KitPick.objects.count()
    with pytest.raises(refusal) as caught:
        step()
    assert (everything(), KitPick.objects.count()) == before
    return caught.value


def test_a_kit_lists_the_empty_slots_of_the_frozen_design_and_the_loose_parts_of_its_bill() -> None:
    build = a_build(TRAY)

    kit = a_kit(build)

    slots = build.slots.filter(required=True)
    assert kit.lines.filter(slot__isnull=False).count() == slots.count()
    loose = kit.lines.filter(slot=None)
    bill = build.bom.lines.exclude(part__traceability="serial") if build.bom else []
    assert sorted(line.part_id for line in loose) == sorted(row.part_id for row in bill)
    event = Event.objects.get(pk=kit.event_id)
    assert (event.kind, event.payload["lines"]) == ("assembly.kit-opened", kit.lines.count())
    refused(KitOpen, lambda: a_kit(build))
    other = a_tray()
    refused(UnknownLocation, lambda: open_kit(caller=a_caller("mei"), build_id=other.pk, location_code="NOWHERE"))


def test_a_whole_kit_in_one_go_reserves_its_parts_and_moves_them_together() -> None:
    kit = a_kit()
    units = received(wanted_parts(kit))

    answer = pick(kit, *(unit.serial for unit in units))

    assert answer["missing"] == kit.lines.filter(slot=None).count()
    for line in kit.lines.filter(slot=None).select_related("part"):
        lot = a_lot(line.part, str(line.quantity + 5), location="STORE-3")
        pick(kit, lot.number)
        assert Stock.objects.get(lot=lot, location__code="LINE-TRAY").quantity == line.quantity
    assert all(state.is_done for state in kit_lines(kit, TODAY))
    done = complete_kit(caller=a_caller("mei"), kit_number=kit.number)

    assert done.completed_at == NOON
    here = Placement.objects.filter(unit__in=units, to_at=None)
    assert set(here.values_list("location__code", flat=True)) == {"LINE-TRAY"}
    assert Event.objects.filter(kind="assembly.part-picked").count() == len(units)
    assert kit_rows(state="complete").get().done_count == kit.lines.count()
    refused(KitClosed, lambda: pick(kit, "X"))


def test_a_kit_with_something_missing_is_not_complete() -> None:
    kit = a_kit()
    pick(kit, a_unit_of("PDB-CT").serial)

    refusal = refused(KitShort, lambda: complete_kit(caller=a_caller("mei"), kit_number=kit.number))

    assert str(kit.lines.count() - 1) in refusal.say


@pytest.mark.complaint(5)
def test_a_part_of_one_kit_is_refused_to_another_and_at_every_other_build() -> None:
    first, second = a_tray(), a_tray()
    one, two = a_kit(first), a_kit(second)
    unit = a_unit_of("PDB-CT")
    pick(one, unit.serial)

    refusal = refused(ReservedForKit, lambda: pick(two, unit.serial))
    assert one.number in refusal.say
    refused(ReservedForKit, lambda: pick(one, unit.serial))
    refused(
        ReservedForKit,
        lambda: install_unit(caller=a_caller("mei"), slot_id=slot_of(second, "pdb_0").pk, serial=unit.serial),
    )
    install_unit(caller=a_caller("mei"), slot_id=slot_of(first, "pdb_0").pk, serial=unit.serial)

    used = KitPick.objects.get(picked_unit=unit)
    assert (used.ended_why, used.ended_event_id) == ("used", Event.objects.get(kind="assembly.unit-installed").pk)


def test_a_part_put_back_is_free_for_another_kit() -> None:
    one, two = a_kit(), a_kit()
    unit = a_unit_of("PDB-CT")
    made = pick(one, unit.serial)["picks"][0]

    refused(ReasonWanted, lambda: return_pick(caller=a_caller("mei"), pick_id=made, reason=" "))
    return_pick(caller=a_caller("mei"), pick_id=made, reason="Wrong shelf")

    assert pick(two, unit.tag)["kit"] == two.number
    assert Event.objects.filter(kind="assembly.pick-returned").count() == 1


def test_cancelling_puts_everything_back() -> None:
    kit = a_kit()
    unit = a_unit_of("PDB-CT")
    pick(kit, unit.serial)
    line = kit.lines.filter(slot=None).select_related("part").first()
    lot = a_lot(line.part, "500", location="STORE-3") if line else None
    if lot is not None:
        pick(kit, lot.tag)

    cancel_kit(caller=a_caller("mei"), kit_number=kit.number, reason="Order cancelled")

    assert not KitPick.objects.filter(ended_at=None).exists()
    if lot is not None:
        assert Stock.objects.get(lot=lot, location__code="STORE-3").quantity == 500
    assert a_kit(kit.build).number != kit.number


def test_wrong_held_unknown_twice_and_too_many_are_refused() -> None:
    kit = a_kit()
    bad = a_unit_of("PDB-CT")
    held(bad)
    good, more = received(["PDB-CT", "PDB-CT"])

    refused(UnitHeld, lambda: pick(kit, bad.serial))
    other = a_unit_of("PSU-5K5")
    refused(WrongPart, lambda: pick(kit, other.serial))
    refused(UnknownSerial, lambda: pick(kit, "NO-SUCH"))
    refused(UnknownKit, lambda: pick_parts(caller=a_caller("mei"), kit_number="KT999999", fetched=[Fetched("X")]))
    refused(Refusal, lambda: pick(kit, good.serial, good.tag))
    pick(kit, good.serial)
    refused(KitLineFull, lambda: pick(kit, more.serial))


def test_an_expired_lot_and_too_much_of_a_lot_are_refused() -> None:
    kit = a_kit()
    line = kit.lines.filter(slot=None).select_related("part").first()
    if line is None:
        pytest.skip("the bill of this design names no loose part")
    old = a_lot(line.part, "500", location="STORE-3", expires_on=(TODAY - timedelta(days=1)).isoformat())
    fresh = a_lot(line.part, "500", location="STORE-3", expires_on=(TODAY + timedelta(days=1)).isoformat())

    refused(LotExpired, lambda: pick(kit, old.number))
    refused(QuantityOdd, lambda: pick(kit, fresh.number, quantity=line.quantity + 1))
    pick(kit, fresh.number, quantity=Decimal(1))

    state = next(state for state in kit_lines(kit, TODAY) if state.line.pk == line.pk)
    assert (state.left, state.next and state.next.name) == (line.quantity - 1, fresh.number)


def test_a_substitute_needs_an_approved_deviation() -> None:
    build = a_build(TRAY)
    kit = a_kit(build)
    other = a_unit_of("PSU-5K5")
    refused(WrongPart, lambda: pick(kit, other.serial))

    approve_deviation(
        caller=a_caller("tanaka"), build_id=build.pk, position="pdb_0", part_number="PSU-5K5", reason="Trial"
    )

    assert pick(kit, other.serial)["picks"]
    assert KitPick.objects.get().line.slot == slot_of(build, "pdb_0")


def test_the_oldest_is_suggested_and_a_newer_one_is_told() -> None:
    kit = a_kit()
    old = a_unit_of("PDB-CT")
    new = received_later("PDB-CT")
    line = next(state for state in kit_lines(kit, TODAY) if state.line.part == part("PDB-CT"))
    assert line.next is not None
    assert line.next.tag == old.tag

    answer = pick(kit, new.serial)

    assert answer["older"] == [new.name]
    assert Event.objects.get(kind="assembly.part-picked").payload["older"] is True


def received_later(number: str) -> Unit:
    return received_units(part(number), 1, location="STORE", at=NOON + timedelta(minutes=1))[0]


def test_shortages_are_told_at_once() -> None:
    kit = a_kit()
    missing = {row.part_number: row.missing for row in kit_shortages(TODAY) if row.kit == kit.number}
    assert missing["PDB-CT"] == 1

    a_unit_of("PDB-CT")

    assert "PDB-CT" not in {row.part_number for row in kit_shortages(TODAY)}


def test_a_free_part_is_promised_to_one_kit_in_the_order_of_building() -> None:
    orders = [an_order(product="GB300-CT", start_on=TODAY, need_by=TODAY) for _order in range(2)]
    kits = []
    for order in orders:
        started = start_from_order(caller=a_caller("plan"), order_id=order.pk, version=order.version, quantity=1)
        kits.append(a_kit(Build.objects.get(pk=started["builds"][0])))  # type: ignore[index]
    a_kit()  # of no order: served last
    a_unit_of("PDB-CT")

    def lacking() -> dict[str, Decimal]:
        return {row.kit: row.missing for row in kit_shortages(TODAY) if row.part_number == "PDB-CT"}

    assert kits[0].number not in lacking()
    assert len(lacking()) == 2
    second = BuildOrder.objects.get(pk=orders[1].pk)
    move_order(caller=a_caller("plan"), order_id=second.pk, version=second.version, before_id=orders[0].pk)
    assert kits[1].number not in lacking()
    assert lacking()[kits[0].number] == 1
    a_unit_of("PDB-CT")
    assert not {kit.number for kit in kits} & set(lacking())


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_kit_list_names_what_is_fetched_what_is_next_and_what_is_short(language: str) -> None:
    kit = a_kit()
    unit, _spare = a_unit_of("PDB-CT"), a_unit_of("BMC-DCSCM")
    pick(kit, unit.serial)

    content, subject = copy_of("kit_list", kit.number.lower(), language)
    again, _subject = copy_of("kit_list", kit.number, language)

    assert content == again
    assert subject.name == kit.number
    text = text_of(content)
    assert kit.number in text
    assert unit.serial in text
    assert _spare.serial in text
    assert ("欠品" if language == "ja" else "SHORT") in text
    folder = os.environ.get("GENPIN_PICTURES", "")
    if folder:
        Path(folder, f"kit-{language}.pdf").write_bytes(content)


def test_the_api_opens_fetches_and_shows_a_kit() -> None:
    build = a_build(TRAY)
    unit = a_unit_of("PDB-CT")
    client = Client()
    client.force_login(person("mei"))

    made = client.post(f"/api/builds/{build.pk}/kit/", {"location_code": "LINE-TRAY"}, content_type="application/json")
    kit = Kit.objects.get(pk=made.json()["id"])
    picked = client.post(
        f"/api/kits/{kit.number}/picks/", {"fetched": [{"code": unit.serial}]}, content_type="application/json"
    )
    again = client.post(
        f"/api/kits/{kit.number}/picks/", {"fetched": [{"code": unit.serial}]}, content_type="application/json"
    )
    shown = client.get(f"/api/kits/{kit.pk}/").json()

    assert (made.status_code, picked.status_code) == (201, 201)
    assert (again.status_code, again.json()["code"]) == (409, "ReservedForKit")
    assert [line["picks"][0]["unit"] for line in shown["lines"] if line["picks"]] == [unit.tag]
    assert client.get("/api/kits/?state=open").json()["results"][0]["done_count"] == 1


def test_the_tablets_page_fetches_by_a_form_and_puts_back() -> None:
    kit = a_kit()
    unit = a_unit_of("PDB-CT")
    client = Client()
    client.force_login(person("mei"))
    address = f"/kitting/{kit.number}/"

    wrong = client.post(address, {"key": "p0", "code": "NO-SUCH"})
    done = client.post(address, {"key": "p1", "code": unit.serial})
    twice = client.post(address, {"key": "p1", "code": unit.serial})
    back = client.post(f"{address}return/", {"key": "p2", "pick": KitPick.objects.get().pk})

    assert (wrong.status_code, done.status_code, twice.status_code, back.status_code) == (422, 200, 200, 302)
    assert KitPick.objects.get().ended_why == "returned"
    assert client.post(f"{address}complete/", {"key": "p3"}).status_code == 422
    assert client.post(f"/racks/{kit.build.unit.name}/kit/", {"key": "p4"}).headers["Location"] == address


def test_scans_take_up_a_kit_and_fetch_for_it() -> None:
    kit = a_kit()
    unit = a_unit_of("PDB-CT")
    at_receiving = ScanContext(station="R1", station_kind="receiving")

    taken = read_scan(a_caller("mei"), kit.number, at_receiving)
    fetched = read_scan(a_caller("mei"), unit.serial, replace(at_receiving, facts=taken.context))

    assert (taken.state, taken.context) == ("run", {"kit": kit.number})
    assert unit.name in taken.next
    assert (fetched.state, fetched.context) == ("ok", {"kit": kit.number})
    with pytest.raises(KitShort):
        read_scan(a_caller("mei"), "CMD-OK", replace(at_receiving, facts=fetched.context))


def test_rights() -> None:
    kit = a_kit()

    refused(NotPermitted, lambda: pick(kit, "X", by="aud"))
    refused(NotPermitted, lambda: complete_kit(caller=a_caller("tanaka"), kit_number=kit.number))
