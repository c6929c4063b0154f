"""Many hands fetch at once: a unit has one holder, a lot is never overdrawn, nobody waits for ever."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from assembly.models import Kit, KitPick
from assembly.operations.kits import Fetched, cancel_kit, open_kit, pick_parts
from genpin.master.loading import load
from inventory.models import Stock
from inventory.operations.holds import place_hold
from ledger.refusals import Refusal
from tests import cast
from tests.assembly.world import TRAY, a_build, a_unit_of, received
from tests.cast import a_caller, person
from tests.database import at_once, connected_to
from tests.world import a_lot

HANDS = 24


@pytest.fixture
def plant_with_commits(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The plant's master data in a database of the test's own, and a connection for every hand."""
    monkeypatch.setenv("GENPIN_POOL", str(HANDS + 4))
    with connected_to(committed_db):
        load(a_caller(cast.system(), key="master"))
        for who in cast.CAST:
            person(who)
        yield


pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("plant_with_commits")]


def kits(count: int) -> list[Kit]:
    return [
        open_kit(caller=a_caller("mei"), build_id=a_build(TRAY).pk, location_code="LINE-TRAY") for _turn in range(count)
    ]


def outcomes(results: list[Any]) -> Counter[str]:
    for result in results:
        assert not isinstance(result, Exception) or isinstance(result, Refusal), repr(result)
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


def fetch(kit: Kit, *codes: str, quantity: Decimal | None = None) -> Any:
    return lambda: pick_parts(
        caller=a_caller("mei"), kit_number=kit.number, fetched=[Fetched(code, quantity) for code in codes]
    )


@pytest.mark.complaint(5)
def test_one_unit_goes_into_one_of_many_kits() -> None:
    unit, wanting = a_unit_of("PDB-CT"), kits(4)

    results = at_once(*[fetch(wanting[hand % 4], unit.serial) for hand in range(HANDS)])

    assert outcomes(results)["done"] == 1
    assert set(outcomes(results)) <= {"done", "ReservedForKit", "KitLineFull"}
    assert KitPick.objects.filter(picked_unit=unit, ended_at=None).count() == 1


@pytest.mark.complaint(5)
def test_the_same_two_units_in_opposite_order_never_hang() -> None:
    one, two = received(["PDB-CT", "BMC-DCSCM"])
    wanting = kits(4)

    results = at_once(
        *[
            fetch(wanting[hand % 4], *((one.serial, two.serial) if hand % 2 else (two.serial, one.serial)))
            for hand in range(HANDS)
        ]
    )

    assert outcomes(results)["done"] == 1
    assert len({pick.line.kit_id for pick in KitPick.objects.select_related("line")}) == 1


def test_a_lot_is_never_overdrawn_while_it_is_held_and_given_back() -> None:
    wanting = kits(4)
    line = wanting[0].lines.filter(slot=None).select_related("part").first()
    if line is None:
        pytest.skip("the bill of this design names no loose part")
    lot = a_lot(line.part, str(line.quantity * 2), location="STORE-3")

    results = at_once(
        *[fetch(wanting[hand % 4], lot.tag, quantity=line.quantity / 2) for hand in range(HANDS - 2)],
        lambda: cancel_kit(caller=a_caller("mei"), kit_number=wanting[0].number, reason="Race"),
        lambda: place_hold(caller=a_caller("tanaka"), target=lot.tag, reason="Race"),
    )

    outcomes(results)
    stock = sum(row.quantity for row in Stock.objects.filter(lot=lot))
    assert stock == line.quantity * 2
    assert all(row.quantity >= 0 for row in Stock.objects.filter(lot=lot))
