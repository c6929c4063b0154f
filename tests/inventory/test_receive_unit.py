"""receive_unit: by scan against what was announced."""

import pytest

from inventory.models import GoodsReceipt, Identifier, Placement, Unit
from inventory.operations.receiving import receive_unit
from ledger.models import Event
from tests.cast import a_caller
from tests.world import a_location, a_notice, a_part, a_superchip

pytestmark = pytest.mark.django_db


def test_announced_unit_comes_to_life_at_its_place() -> None:
    part = a_part()
    a_notice([{"part number": part.number, "serial": "1640124000234", "country": "TW"}])
    a_location("RCV-1")

    receipt = receive_unit(caller=a_caller("mei"), serial="１６４０１２４０００２３４ ", location_code="RCV-1")

    unit = Unit.objects.get(pk=receipt.unit_id)
    assert (unit.serial, unit.part, unit.country) == ("1640124000234", part, "TW")
    assert Placement.objects.get(unit=unit).location.code == "RCV-1"
    event = Event.objects.get(kind="inventory.unit-received")
    assert (event.subject_id, receipt.event_id, unit.born_event_id) == (unit.pk, event.pk, event.pk)


def test_superchip_brings_its_cpu_and_its_announced_gpu() -> None:
    board = a_superchip()
    gpu = board.revisions.get().positions.get(position="GPU1").child
    a_notice(
        [
            {"part number": board.number, "serial": "S1"},
            {
                "part number": gpu.number,
                "uuid": "GPU-11111111-2222-3333-4444-555555555555",
                "parent serial": "S1",
                "position": "GPU1",
            },
        ]
    )
    a_location("RCV-1")

    receipt = receive_unit(caller=a_caller("mei"), serial="S1", location_code="RCV-1")

    inside = {row.position: row.unit for row in Placement.objects.filter(host=receipt.unit_id)}
    assert sorted(inside) == ["CPU0", "GPU1"]
    assert inside["GPU1"].identifiers.get().normalised == "gpu-11111111-2222-3333-4444-555555555555"
    assert not Identifier.objects.filter(unit=inside["CPU0"]).exists()
    assert GoodsReceipt.objects.count() == 2
    assert Event.objects.filter(kind="inventory.unit-received").count() == 2
    assert Event.objects.filter(kind="inventory.unit-born").count() == 1
