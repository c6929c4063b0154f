"""Complaints 8 and 9: recall and genealogy say the same both ways after return, rename and rework; a swap gives back
exactly what was installed."""

from __future__ import annotations

import pytest

from assembly.operations.installs import install_unit, remove_unit
from assembly.operations.runs import start_run
from inventory.models import Criterion, Placement, Unit
from inventory.operations.returns import check_return, request_return, send_return, settle_return
from inventory.operations.units import add_identifier
from inventory.queries.genealogy import contents
from logistics.queries.recalls import RecallAnswer, recall_answer
from tests.cast import NOON, a_caller
from tests.logistics.recall_world import DAY, LOT, a_suspect_rack, open_hosts, tray_of
from tests.logistics.world import HOUR, lanes
from tests.world import a_consumable, a_location, a_lot, received_units

pytestmark = pytest.mark.django_db


def pairs_up(answer: RecallAnswer) -> set[tuple[int, int]]:
    """Each hit unit with everything that the recall says is around it now."""
    return {
        (path.start.unit_id, thing.unit_id)
        for row in answer.rows
        for path in row.paths
        if not path.is_past
        for thing in path.units[1:]
    }


def pairs_down(suspects: set[int]) -> set[tuple[int, int]]:
    """The same by the plain truth: downwards from every host there is, and by single steps upwards."""
    down = {
        (node.unit.unit_id, host.pk)
        for host in Unit.objects.filter(level__lt=60)
        for node in contents(host.pk)
        if node.unit.unit_id in suspects
    }
    crates = set(Unit.objects.filter(level__gte=60).values_list("pk", flat=True))
    up = {(pk, host) for pk in suspects for host in open_hosts(Unit.objects.get(pk=pk)) if host not in crates}
    assert down == up
    return down


def same_both_ways() -> RecallAnswer:
    answer = recall_answer(Criterion("lots", [LOT]))
    assert pairs_up(answer) == pairs_down({start.unit_id for start in answer.starts.units})
    return answer


@pytest.mark.complaint(8)
@pytest.mark.complaint(9)
def test_both_ways_say_the_same_after_rework_rename_and_return() -> None:
    lanes()
    a_location("STORE-1", "store")
    lot = a_lot(a_consumable("TIM-1"), number=LOT, at=NOON - 40 * DAY)
    first, second = a_suspect_rack(lot, -5 * DAY), a_suspect_rack(lot, -4 * DAY)
    assert same_both_ways().count("rack") == 2
    bad, slot = tray_of(first), first.build.slots.get()

    # rework: the tray comes out exactly as it was installed, another one goes in
    was = Placement.objects.get(unit=bad, to_at=None)
    remove_unit(caller=a_caller("mei"), slot_id=slot.pk, reason="漏れ", location_code="STORE-1")
    was.refresh_from_db()
    assert (was.host_id, was.position, was.to_at is not None) == (first.pk, slot.position, True)
    assert Placement.objects.get(unit=bad, to_at=None).location.code == "STORE-1"  # type: ignore[union-attr]
    start_run(caller=a_caller("mei"), build_id=first.build.pk, number=20)  # demanded again by the removal
    fresh = received_units(bad.part, 1)[0]
    install_unit(caller=a_caller("mei"), slot_id=slot.pk, serial=fresh.serial)
    answer = same_both_ways()
    assert {row.thing.unit_id for row in answer.rows} == {second.pk, bad.pk}
    ever = recall_answer(Criterion("lots", [LOT]), ever=True)
    assert first.pk in {row.thing.unit_id for row in ever.rows if row.is_past}
    then = recall_answer(Criterion("lots", [LOT]), NOON - HOUR)
    assert {row.thing.unit_id for row in then.rows} == {first.pk, second.pk}

    # rename: another name of the same thing finds the same thing
    add_identifier(caller=a_caller("mei"), unit_id=bad.pk, identifier_kind="asset", text="ASSET-77")
    by_name = recall_answer(Criterion("serials", ["ASSET-77"]))
    assert [row.thing.unit_id for row in by_name.rows] == [bad.pk]

    # return: away it stands nowhere; back it is found again
    found = request_return(caller=a_caller("tanaka"), unit=bad.tag, reason="漏れ")
    check_return(
        caller=a_caller("rosa"), number=found.number, gaihi="not_listed", eccn="EAR99", destination="TW", basis="12"
    )
    send_return(caller=a_caller("rosa", at=NOON + HOUR), number=found.number, carrier="x")
    assert {row.place for row in same_both_ways().rows if row.thing.unit_id == bad.pk} == {"gone"}
    settle_return(
        caller=a_caller("mei", at=NOON + 2 * HOUR), number=found.number, outcome="repaired", location_code="STORE-1"
    )
    assert {row.place for row in same_both_ways().rows if row.thing.unit_id == bad.pk} == {"floor"}
