"""Devices at the stations: registered by an administrator, known by a cookie, revoked for a reason."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import cast

from django.utils.translation import gettext as _

from accounts.models import Device, OperatorSession, Station, User
from accounts.operations.sessions import UnknownStation, end_sessions
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.statements import columns, joined

IDLE_LIMIT = 240
"""Minutes after which a device locks itself at the latest."""


class UnknownDevice(Refusal):
    """There is no such device, or it was revoked already."""


class DeviceNamed(Refusal):
    """A device needs a name, and its cookie a hash."""


class DeviceTaken(Refusal):
    """That cookie is another device's."""


class DeviceReasonWanted(Refusal):
    """A device is revoked for a reason."""


class IdleOutOfRange(Refusal):
    """No lock waits that long."""


def token_hash(token: str) -> str:
    """What is kept of a device's cookie: SHA-256, in hexadecimal digits. The cookie is long and random: no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


@operation(permission="accounts.keep_stations", returns=Device)
def register_device(
    *, caller: Caller, station_code: str, name: str, token_hash: str, former_id: int | None = None
) -> Device:
    """Register a tablet or PC to a station. `token_hash`: SHA-256 of the cookie that the door gives the device; the
    cookie itself reaches no receipt and no event. `former_id`: what the same device was before, revoked with this.

    Refuses UnknownStation, DeviceNamed, DeviceTaken, UnknownDevice (former)."""
    station = _station(station_code)
    if not name.strip() or not re.fullmatch("[0-9a-f]{64}", token_hash):
        raise DeviceNamed(
            _("A device needs a name that people know it by."),
            true=_("Nothing was recorded."),
            do=_("Write what stands on the device, such as “tablet A1-1”."),
        )
    if former_id is not None:
        revoke(caller, _live(former_id), _("registered anew"))

    event = record(caller, "accounts.device-registered", station, name=name.strip(), station=station.code)
    return Device.objects.create(
        station=station,
        name=name.strip(),
        token_hash=token_hash,
        registered_by=cast("User", caller.user),
        registered_at=caller.at,
        event_id=event,
    )


@operation(permission="accounts.keep_stations", returns=Device)
def revoke_device(*, caller: Caller, device_id: int, reason: str) -> Device:
    """Revoke a device: lost, replaced, moved. Whoever works at it is signed out. Locks the device.

    Refuses UnknownDevice, DeviceReasonWanted."""
    device = _live(device_id)
    if not reason.strip():
        raise DeviceReasonWanted(_("Revoking a device needs a reason."), true=_("Nothing was recorded."))
    return revoke(caller, device, reason.strip())


@operation(permission="accounts.keep_stations", returns=Station)
def set_idle_lock(*, caller: Caller, station_code: str, minutes: int) -> Station:
    """Say after how many minutes without an act the devices of a station lock themselves; 0: never. At most 240.

    Refuses UnknownStation, IdleOutOfRange."""
    station = _station(station_code)
    if not 0 <= minutes <= IDLE_LIMIT:
        raise IdleOutOfRange(
            _("The idle lock takes 0 to %(limit)d minutes.") % {"limit": IDLE_LIMIT}, true=_("Nothing was recorded.")
        )
    record(
        caller, "accounts.idle-lock-set", station, station=station.code, minutes=minutes, before=station.idle_minutes
    )
    station.idle_minutes = minutes
    station.save(update_fields=["idle_minutes"])
    return station


def revoke(caller: Caller, device: Device, why: str) -> Device:
    """Step: end a (locked) device and what is open at it."""
    event = record(
        caller, "accounts.device-revoked", device.station, name=device.name, station=device.station.code, reason=why
    )
    open_here = OperatorSession.objects.select_for_update(no_key=True, of=("self",)).filter(
        device=device, ended_at=None
    )
    end_sessions(caller, open_here.select_related("station").order_by("pk"))
    device.revoked_at, device.revoked_why, device.revoked_event_id = caller.at, why, event
    device.save(update_fields=["revoked_at", "revoked_why", "revoked_event_id"])
    return device


def _live(device_id: int) -> Device:
    device = (
        Device.objects.select_for_update(no_key=True, of=("self",))
        .select_related("station")
        .filter(pk=device_id, revoked_at=None)
        .first()
    )
    if device is None:
        raise UnknownDevice(_("There is no such device, or it was revoked already."), true=_("Nothing was recorded."))
    return device


def _station(code: str) -> Station:
    station = Station.objects.select_for_update(no_key=True).filter(code=code).first()
    if station is None:
        raise UnknownStation(
            _("There is no station %(code)s.") % {"code": code[:40]}, do=_("Choose a station from the list.")
        )
    return station


wall(
    "accounts_device_token_hash_key",
    lambda: DeviceTaken(_("This device is registered already."), true=_("Nothing was recorded.")),
)

_DEVICE = f"""
SELECT {columns(Device, "d")}, {columns(Station, "s")} FROM accounts_device d
JOIN accounts_station s ON s.id = d.station_id WHERE d.token_hash = %s AND d.revoked_at IS NULL
"""

_BENCH = f"""
SELECT {columns(OperatorSession, "o")}, {columns(Station, "s")}, {columns(Device, "d")} FROM accounts_operatorsession o
JOIN accounts_station s ON s.id = o.station_id JOIN accounts_device d ON d.id = o.device_id WHERE o.id = %s
"""


def device_of(token: str) -> Device | None:
    """Step: the device that a cookie names, with its station; None for none or a revoked one. Locks nothing."""
    for device, station in joined((Device, Station), _DEVICE, [token_hash(token)]):
        device.station = station
        return device  # type: ignore[no-any-return]
    return None


def bench_session(session_id: uuid.UUID) -> OperatorSession | None:
    """Step: a session that was opened at a registered device, with station and device. Locks nothing."""
    for session, station, device in joined((OperatorSession, Station, Device), _BENCH, [session_id]):
        session.station, session.device = station, device
        return session  # type: ignore[no-any-return]
    return None
