"""Working at a station: sessions begun, taken over, locked, ended; and whose PIN stands behind a signature."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Device, OperatorSession, PinCheck, Station, User
from ledger.callers import Caller
from ledger.models import ScanLog
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import amend, locked

PIN_CHECK_MINUTES = 10
"""How long one entered PIN serves for signing (a signing session)."""

SEEN_EVERY = timedelta(seconds=30)
"""How exactly the last sign of life of a session is kept."""

STAYS = ("build", "notice", "location")
"""Facts of a station's scans that stay in hand at a change of operator."""

STATION_KINDS = ("receiving", "assembly", "test", "burn_in", "packing", "quality", "site")


class UnknownStation(Refusal):
    """No station has that code."""


class StationTaken(Refusal):
    """A station with that code exists already."""


class SessionOver(Refusal):
    """The operator session has ended or belongs to somebody else."""


class PinNotChecked(Refusal):
    """No valid PIN check of the signer stands behind a signature."""


class DeviceElsewhere(Refusal):
    """The device is registered to another station, or to none."""


class SessionLocked(Refusal):
    """The session's device is locked until badge and PIN open it."""


@operation(permission="accounts.keep_stations", returns=Station)
def register_station(  # noqa: PLR0913 - the fields of a form
    *, caller: Caller, code: str, name_ja: str, name_en: str, kind: str, work_centre: str = "", order: int = 0
) -> Station:
    """Register a station. `kind` is one of STATION_KINDS. Refuses StationTaken, UnknownStation (kind)."""
    if kind not in STATION_KINDS:
        raise UnknownStation(_("There is no station kind “%(kind)s”.") % {"kind": kind})
    if Station.objects.filter(code=code).exists():
        raise _station_taken(code)

    station = Station.objects.create(
        code=code, name_ja=name_ja, name_en=name_en, kind=kind, work_centre=work_centre, order=order
    )
    record(caller, "accounts.station-registered", station, code=code, station_kind=kind)
    return station


@operation(permission="accounts.plan_stations", returns=Station)
def edit_station(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    station_id: int,
    version: int,
    name_ja: str,
    name_en: str,
    kind: str,
    work_centre: str = "",
    order: int = 0,
) -> Station:
    """Change a station's names, kind, work centres (comma-separated) and place in the lists; its code stays. Locks the
    station. Refuses StaleEdit, UnknownStation (kind)."""
    station = locked(Station, pk=station_id)
    if kind not in STATION_KINDS:
        raise UnknownStation(_("There is no station kind “%(kind)s”.") % {"kind": kind})
    given = {"name_ja": name_ja, "name_en": name_en, "kind": kind, "work_centre": work_centre, "order": order}
    return amend(caller, station, "accounts.station-edited", version, given, code=station.code)  # type: ignore[no-any-return]


def _station_taken(code: str = "") -> StationTaken:
    return StationTaken(_("Station %(code)s exists already.") % {"code": code}, true=_("Nothing was recorded."))


wall("accounts_station_code_key", _station_taken)


@operation(permission="accounts.work_at_station", returns=OperatorSession)
def start_session(*, caller: Caller, station_code: str, device_id: int | None = None) -> OperatorSession:
    """Begin work at a station; the person's session elsewhere ends. `device_id`: the registered device it is opened at,
    by badge and PIN; such a session locks itself. Locks the person: of two stations chosen at once, one stays.

    Refuses UnknownStation, DeviceElsewhere."""
    User.objects.select_for_update(no_key=True).get(pk=caller.user.pk)
    station = _station_for(station_code, device_id)
    end_sessions(caller, _open_ones_of(caller.user.pk))
    return _begin(caller, station, device_id)


@operation(permission="accounts.work_at_station", returns=OperatorSession)
def take_over_session(*, caller: Caller, session_id: uuid.UUID, pin_check_id: int) -> OperatorSession:
    """Change of operator at a registered device: the session there ends by its own event, the caller's begins with the
    work that lay in hand. Locks both persons by key. Refuses SessionOver, PinNotChecked."""
    former = OperatorSession.objects.filter(pk=session_id).exclude(device=None).first()
    if former is None:
        raise _session_over()
    list(User.objects.select_for_update(no_key=True).filter(pk__in={caller.user.pk, former.user_id}).order_by("pk"))
    former = _locked_session(session_id)
    refuse_unproven(caller, pin_check_id)

    end_sessions(caller, [former, *_open_ones_of(caller.user.pk).exclude(pk=former.pk)])
    return _begin(caller, former.station, former.device_id, _in_hand(former))


@operation(permission="accounts.work_at_station", returns=OperatorSession)
def lock_session(*, caller: Caller, session_id: uuid.UUID, idle: bool = False) -> OperatorSession:
    """Lock a session at a registered device, by hand or because nobody acted (`idle`): only badge and PIN open it.
    A locked one stays as it is. Refuses SessionOver (also: not the caller's, not at a device)."""
    session = _locked_session(session_id)
    if session.user_id != caller.user.pk or session.device_id is None:
        raise _session_over()
    if session.locked_at is None:
        record(caller, "accounts.session-locked", session.station, session_id=session.pk, idle=idle)
        session.locked_at = caller.at
        session.save(update_fields=["locked_at"])
    return session


@operation(permission="accounts.work_at_station", returns=OperatorSession)
def unlock_session(*, caller: Caller, session_id: uuid.UUID, pin_check_id: int) -> OperatorSession:
    """Open a locked session again, by the PIN of its own person. Refuses SessionOver, PinNotChecked."""
    session = _locked_session(session_id)
    if session.user_id != caller.user.pk:
        raise _session_over()
    refuse_unproven(caller, pin_check_id)

    record(caller, "accounts.session-unlocked", session.station, session_id=session.pk)
    session.locked_at, session.seen_at = None, caller.at
    session.save(update_fields=["locked_at", "seen_at"])
    return session


@operation(permission="accounts.work_at_station", returns=OperatorSession)
def end_session(*, caller: Caller, session_id: uuid.UUID) -> OperatorSession:
    """End work at a station. Refuses SessionOver."""
    session = (
        OperatorSession.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=session_id, user_id=caller.user.pk, ended_at=None)
        .first()
    )
    if session is None:
        raise _session_over()

    end_sessions(caller, [session])
    return session


def end_sessions(caller: Caller, sessions: Iterable[OperatorSession]) -> None:
    """Step: one event for each session that ends, whether its person ended it, went elsewhere or was relieved."""
    for session in sessions:
        record(caller, "accounts.session-ended", session.station, session_id=session.pk)
        session.ended_at = caller.at
        session.save(update_fields=["ended_at"])


def keep_alive(session: OperatorSession, at: datetime) -> None:
    """Step: somebody is working in this session; written at most every half minute, so that no scan pays for it."""
    if session.seen_at is None or at - session.seen_at > SEEN_EVERY:
        OperatorSession.objects.filter(pk=session.pk, ended_at=None).update(seen_at=at)
        session.seen_at = at


def is_locked(session: OperatorSession, at: datetime) -> bool:
    """Whether a session (with `station`) at a registered device is locked at that moment: by hand, or because nothing
    happened for the station's minutes. What was done on the device before stays done."""
    if session.device_id is None or session.ended_at is not None:
        return False
    if session.locked_at is not None and at >= session.locked_at:
        return True
    minutes = session.station.idle_minutes
    return bool(minutes) and at - (session.seen_at or session.started_at) > timedelta(minutes=minutes)


def refuse_locked(session: OperatorSession, at: datetime) -> None:
    """Step: refuse SessionLocked."""
    if is_locked(session, at):
        raise SessionLocked(
            _("This device is locked."),
            true=_("Nothing was recorded. What you typed and scanned is kept on the device."),
            do=_("Scan your badge and enter your PIN."),
        )


def refuse_unproven(caller: Caller, pin_check_id: int) -> None:
    """Step: refuse PinNotChecked unless the caller entered their own PIN within the last minutes."""
    check = PinCheck.objects.filter(pk=pin_check_id, user_id=caller.user.pk).first()
    if check is None or not timedelta(0) <= caller.at - check.at <= timedelta(minutes=PIN_CHECK_MINUTES):
        raise PinNotChecked(
            _("This needs your PIN."), true=_("Nothing was recorded."), do=_("Scan your badge and enter your PIN.")
        )


def _begin(
    caller: Caller, station: Station, device_id: int | None, in_hand: dict[str, Any] | None = None
) -> OperatorSession:
    identity = uuid.uuid4()
    told: dict[str, Any] = {"session_id": identity}
    if device_id is not None:
        told["device"] = device_id
    event = record(caller, "accounts.session-started", station, **told)
    return OperatorSession.objects.create(
        id=identity,
        user_id=caller.user.pk,
        station=station,
        started_at=caller.at,
        event_id=event,
        device_id=device_id,
        seen_at=caller.at,
        begins_with=in_hand or {},
    )


def _station_for(code: str, device_id: int | None) -> Station:
    station = Station.objects.filter(code=code).first()
    if station is None:
        raise UnknownStation(
            _("There is no station %(code)s.") % {"code": code}, do=_("Choose a station from the list.")
        )
    if device_id is not None and not Device.objects.filter(pk=device_id, station=station, revoked_at=None).exists():
        raise DeviceElsewhere(
            _("This device is not registered to station %(code)s.") % {"code": code},
            true=_("Nothing was recorded."),
            do=_("Ask an administrator to register it."),
        )
    return station


def _open_ones_of(user_id: int) -> QuerySet[OperatorSession]:
    rows = OperatorSession.objects.select_for_update(no_key=True, of=("self",)).select_related("station")
    return rows.filter(user_id=user_id, ended_at=None).order_by("pk")


def _locked_session(session_id: uuid.UUID) -> OperatorSession:
    """An open session, locked. Refuses SessionOver."""
    session = (
        OperatorSession.objects.select_for_update(no_key=True, of=("self",))
        .select_related("station")
        .filter(pk=session_id, ended_at=None)
        .first()
    )
    if session is None:
        raise _session_over()
    return session


def _session_over() -> SessionOver:
    return SessionOver(_("This session has already ended."), do=_("Choose your station again."))


def _in_hand(former: OperatorSession) -> dict[str, Any]:
    """What stays on the bench when its operator changes: the work, never what the former operator could take back."""
    answers = ScanLog.objects.filter(operator_session=former.pk, answer__isnull=False).order_by("-seq")
    last = answers.values_list("answer", flat=True).first()
    facts = (last or {}).get("context") or former.begins_with
    return {name: facts[name] for name in STAYS if facts.get(name)}


def signer_of(caller: Caller, pin_check_id: int) -> User:
    """Step: the person behind a PIN check of the last ten minutes: the caller, or somebody who entered it at the same
    station session. Refuses PinNotChecked; locks nothing.

    Imported or simulated history names checks of its own time, so age is compared with the caller's moment."""
    check = PinCheck.objects.select_related("user").filter(pk=pin_check_id).first()
    fresh = check is not None and caller.at - check.at <= timedelta(minutes=PIN_CHECK_MINUTES) and check.at <= caller.at
    own = check is not None and (
        check.user_id == caller.user.pk or (check.session is not None and check.session == caller.session)
    )
    if check is None or not ((fresh and own) or caller.history) or not check.user.is_active:
        raise PinNotChecked(
            _("The signature needs your PIN."), true=_("Nothing was signed."), do=_("Enter your PIN and sign again.")
        )
    if not check.user.has_perm("accounts.sign"):
        raise PinNotChecked(
            _("%(name)s may not sign.") % {"name": check.user.name},
            true=_("Nothing was signed."),
            do=_("Ask the line leader."),
        )
    return check.user
