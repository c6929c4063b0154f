"""register_station: a place with a screen."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Station
from accounts.operations.sessions import StationTaken, UnknownStation, register_station
from ledger.models import Event, Receipt
from ledger.refusals import NotPermitted, Refusal
from tests.cast import a_caller, admin, mei
from tests.database import at_once


def register(code: str = "A1", kind: str = "assembly", *, user: str = "admin", **others: Any) -> Station:
    """One station, by the operation."""
    return register_station(caller=a_caller(user), code=code, kind=kind, name_ja="組立", name_en="Assembly", **others)


def test_a_station_has_its_kind_and_its_names(db: None) -> None:
    station = register(work_centre="RACK", order=3)

    assert (station.code, station.kind, station.work_centre, station.order) == ("A1", "assembly", "RACK", 3)
    event = Event.objects.get(kind="accounts.station-registered")
    assert event.payload == {"code": "A1", "station_kind": "assembly"}


@pytest.mark.parametrize(
    ("refusal", "others"),
    [(StationTaken, {"code": "A1"}), (UnknownStation, {"kind": "kitchen"}), (NotPermitted, {"user": "mei"})],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    db: None, refusal: type[Refusal], others: dict[str, str]
) -> None:
    register()
    admin(), mei()
    before = Station.objects.count(), Event.objects.count(), Receipt.objects.count()

    with pytest.raises(refusal):
        register(**{"code": "A2", **others})

    assert (Station.objects.count(), Event.objects.count(), Receipt.objects.count()) == before


@pytest.mark.commits
def test_of_two_at_once_the_second_is_refused() -> None:
    admin()

    said = at_once(register, register)

    assert sorted(type(one).__name__ for one in said) == ["Station", "StationTaken"]
