"""Working at a station and checking PINs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.models import OperatorSession, PinCheck, Station, User
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import amend, locked

PIN_CHECK_MINUTES = 10
"""How long one entered PIN serves for signing (a signing session)."""

STATION_KINDS = ("receiving", "assembly", "test", "burn_in", "packing", "quality", "site")


class UnknownStation(Refusal):
    """No station has that code."""


class StationTaken(Refusal):
    """A station with that code exists already."""


class SessionOver(Refusal):
    """The operator session has ended or belongs to somebody else."""


class PinNotChecked(Refusal):
    """No valid PIN check of the signer stands behind a signature."""


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
def start_session(*, caller: Caller, station_code: str) -> OperatorSession:
    """Begin work at a station; the person's session elsewhere ends. Locks the person: of two stations chosen at once,
    one stays. Refuses UnknownStation."""
    User.objects.select_for_update(no_key=True).get(pk=caller.user.pk)
    station = Station.objects.filter(code=station_code).first()
    if station is None:
        raise UnknownStation(
            _("There is no station %(code)s.") % {"code": station_code}, do=_("Choose a station from the list.")
        )

    _end(caller, OperatorSession.objects.filter(user_id=caller.user.pk, ended_at=None).select_related("station"))
    identity = uuid.uuid4()
    event = record(caller, "accounts.session-started", station, session_id=identity)
    return OperatorSession.objects.create(
        id=identity, user_id=caller.user.pk, station=station, started_at=caller.at, event_id=event
    )


@operation(permission="accounts.work_at_station", returns=OperatorSession)
def end_session(*, caller: Caller, session_id: uuid.UUID) -> OperatorSession:
    """End work at a station. Refuses SessionOver."""
    session = (
        OperatorSession.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=session_id, user_id=caller.user.pk, ended_at=None)
        .first()
    )
    if session is None:
        raise SessionOver(_("This session has already ended."), do=_("Choose your station again."))

    _end(caller, [session])
    return session


def _end(caller: Caller, sessions: Iterable[OperatorSession]) -> None:
    """One event for each session that ends, whether its person ended it or went to another station."""
    for session in sessions:
        record(caller, "accounts.session-ended", session.station, session_id=session.pk)
        session.ended_at = caller.at
        session.save(update_fields=["ended_at"])


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
