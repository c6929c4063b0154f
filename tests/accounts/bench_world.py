"""A station with a registered device, for tests of badges, PINs and sessions."""

from __future__ import annotations

from accounts.models import Device, OperatorSession, Station
from accounts.operations.devices import register_device, token_hash
from accounts.operations.pins import check_pin
from accounts.operations.sessions import register_station, start_session
from ledger.models import Event, Receipt, ScanLog
from tests.cast import NOON, PIN, a_caller, person

TOKEN = "the cookie of tablet A1-1"


def a_station(code: str = "A1", kind: str = "assembly") -> Station:
    """A station; the one that is there when it was made before."""
    there = Station.objects.filter(code=code).first()
    names = {"name_ja": f"組立 {code}", "name_en": f"Assembly {code}"}
    return there or register_station(caller=a_caller("admin"), code=code, kind=kind, **names)


def a_device(code: str = "A1", token: str = "", name: str = "tablet A1-1") -> Device:
    """A device registered to a station; its cookie is TOKEN at A1."""
    a_station(code)
    token = token or (TOKEN if code == "A1" else f"the cookie of a tablet at {code}")
    return register_device(caller=a_caller("admin"), station_code=code, name=name, token_hash=token_hash(token))


def at_bench(who: str = "mei", code: str = "A1", device: Device | None = None) -> OperatorSession:
    """Somebody's session at a registered device."""
    device = device or Device.objects.filter(station__code=code, revoked_at=None).first() or a_device(code)
    return start_session(caller=a_caller(who), station_code=code, device_id=device.pk)


def proof(who: str, **others: object) -> int:
    """The check of somebody's right PIN."""
    return check_pin(person(who), PIN, at=NOON, **others).pk  # type: ignore[arg-type]


def everything() -> tuple[int, ...]:
    """Rows that a refusal must leave alone."""
    rows = (Event, Receipt, OperatorSession, Device, ScanLog)
    return (*(model.objects.count() for model in rows), OperatorSession.objects.filter(ended_at=None).count())
