"""Stations receive, inspect and judge one delivery at once: one inspection, each piece once, nothing free too early."""

from __future__ import annotations

import pytest

from inventory.checks import run_checks
from inventory.models import Hold, InspectedPiece, Inspection
from inventory.operations.receiving import receive_unit
from ledger.refusals import Refusal
from tests.cast import a_caller, person
from tests.database import at_once
from tests.inventory.inspected import inspected_part, judged, looked
from tests.world import a_location, a_notice, fresh

pytestmark = pytest.mark.commits

HANDS = 4


def test_stations_that_receive_one_notice_at_once_open_one_inspection(committed_db: str) -> None:
    part, serials = inspected_part((1, HANDS, 1)), [fresh("SN") for _ in range(HANDS)]
    a_location("RCV-1")
    a_notice([{"part number": part.number, "serial": serial} for serial in serials])
    people = [person("mei") for _hand in range(HANDS)]

    at_once(
        *(
            lambda one=one, serial=serial: receive_unit(caller=a_caller(one), serial=serial, location_code="RCV-1")
            for one, serial in zip(people, serials, strict=True)
        )
    )

    found = Inspection.objects.get()
    assert (found.lot_size, found.sample, Hold.objects.open().count()) == (HANDS, HANDS, HANDS)

    told = at_once(*(lambda: looked(found, serials[0]) for _hand in range(HANDS)))
    assert sum(isinstance(one, InspectedPiece) for one in told) == 1
    assert sum(isinstance(one, Refusal) for one in told) == HANDS - 1

    for serial in serials[1:-1]:
        looked(found, serial)
    at_once(lambda: looked(found, serials[-1]), lambda: judged(found))
    found.refresh_from_db()
    assert (found.inspected, Hold.objects.open().count()) == ((HANDS, 0) if found.verdict else (HANDS, HANDS))
    assert list(run_checks()) == []
