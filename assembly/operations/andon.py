"""Andon calls: raised at a station, acknowledged by whoever comes, resolved; each once, by whom and when."""

from __future__ import annotations

from typing import cast

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Station, User
from assembly.models import AndonCall, Build
from assembly.models.andon import REASONS
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal

LONGEST_TEXT = 500


class CallerWithoutStation(Refusal):
    """A call comes from a station."""


class UnknownReason(Refusal):
    """A call is raised for one of the known reasons."""


class CalledAlready(Refusal):
    """The station's call for that reason is still open."""


class UnknownCall(Refusal):
    """No call has that number."""


class CallAnswered(Refusal):
    """Somebody is coming already."""


class CallResolved(Refusal):
    """The call is settled already."""


class OutcomeMissing(Refusal):
    """What was done is missing."""


@operation(permission="accounts.work_at_station", returns=AndonCall)
def raise_andon(
    *, caller: Caller, reason: str, text: str = "", build_id: int | None = None, station_code: str = ""
) -> AndonCall:
    """Call the line leader to a station (the caller's own unless another is named), with the build in hand if any.
    `reason`: material, quality, machine, tool, safety or help.

    Locks nothing: the open call is kept single by its constraint. Refuses CallerWithoutStation, UnknownReason,
    CalledAlready."""
    code = station_code.strip() or caller.station
    station = Station.objects.filter(code=code).first() if code else None
    if station is None:
        raise CallerWithoutStation(
            _("A call comes from a station."), true=_("Nobody was called."), do=_("Choose your station, then call.")
        )
    if reason not in REASONS:
        raise UnknownReason(
            _("There is no reason “%(reason)s” for a call.") % {"reason": reason[:40]},
            true=_("Nobody was called."),
            do=_("Choose one of: %(names)s.") % {"names": ", ".join(REASONS)},
        )
    standing = AndonCall.objects.open().filter(station=station, reason=reason).first()
    if standing is not None:
        raise _called_already(standing)
    build = Build.objects.select_related("unit").get(pk=build_id) if build_id is not None else None

    key, number = _next_number()
    event = record(
        caller,
        "assembly.andon-raised",
        (AndonCall._meta.label_lower, key),
        number=number,
        at_station=station.code,
        reason=reason,
        text=text.strip()[:LONGEST_TEXT],
        unit=build.unit.name if build else "",
        build=build.pk if build else None,
    )
    return AndonCall.objects.create(
        pk=key,
        number=number,
        station=station,
        build=build,
        reason=reason,
        text=text.strip()[:LONGEST_TEXT],
        raised_at=caller.happened_at,
        raised_by=cast("User", caller.user),
        raised_event_id=event,
    )


@operation(permission="assembly.answer_andon", returns=AndonCall)
def acknowledge_andon(*, caller: Caller, number: str) -> AndonCall:
    """Say that one is coming: the station sees the name. Locks the call.

    Refuses UnknownCall, CallAnswered, CallResolved."""
    call = _locked(number)
    _refuse_resolved(call)
    if call.acknowledged_at is not None and call.acknowledged_by is not None:
        raise CallAnswered(
            _("%(name)s is coming to %(station)s already.")
            % {"name": call.acknowledged_by.name, "station": call.station.name},
            true=_("Nothing was recorded."),
        )

    event = record(
        caller, "assembly.andon-acknowledged", call, number=call.number, at_station=call.station.code,
        reason=call.reason,
    )  # fmt: skip
    call.acknowledged_at = max(caller.happened_at, call.raised_at)
    call.acknowledged_by, call.acknowledged_event_id = cast("User", caller.user), event
    call.save(update_fields=["acknowledged_at", "acknowledged_by", "acknowledged_event_id"])
    return call


@operation(permission="accounts.work_at_station", returns=AndonCall)
def resolve_andon(*, caller: Caller, number: str, outcome: str) -> AndonCall:
    """Settle a call: what was done. By whoever came, or by the station itself when it needs nobody any more.
    Locks the call. Refuses UnknownCall, CallResolved, OutcomeMissing."""
    call = _locked(number)
    _refuse_resolved(call)
    if not outcome.strip():
        raise OutcomeMissing(
            _("What was done is missing."), true=_("The call stays open."), do=_("Write it in a few words.")
        )

    event = record(
        caller, "assembly.andon-resolved", call, number=call.number, at_station=call.station.code,
        reason=call.reason, outcome=outcome.strip()[:LONGEST_TEXT],
    )  # fmt: skip
    call.resolved_at = max(caller.happened_at, call.acknowledged_at or call.raised_at)
    call.resolved_by, call.resolved_event_id = cast("User", caller.user), event
    call.outcome = outcome.strip()[:LONGEST_TEXT]
    call.save(update_fields=["resolved_at", "resolved_by", "resolved_event_id", "outcome"])
    return call


def _locked(number: str) -> AndonCall:
    rows = AndonCall.objects.select_for_update(no_key=True, of=("self",)).select_related("station")
    call = rows.filter(number=number.strip()).first()
    if call is None:
        raise UnknownCall(_("There is no call %(number)s.") % {"number": number.strip()[:40]})
    return call


def _refuse_resolved(call: AndonCall) -> None:
    if call.resolved_at is not None:
        raise CallResolved(
            _("Call %(number)s is settled already.") % {"number": call.number},
            true=_("What was done: %(outcome)s. Nothing was recorded.") % {"outcome": call.outcome},
        )


def _called_already(call: AndonCall | None) -> CalledAlready:
    if call is not None and call.acknowledged_by is not None:
        true = _("%(name)s is coming.") % {"name": call.acknowledged_by.name}
    else:
        true = _("Nobody has answered yet. The call stands on the board.")
    return CalledAlready(
        _("This station has called for that reason already."), true=true, do=_("Wait here, or settle the call.")
    )


def _next_number() -> tuple[int, str]:
    """The key and the number of the next call: its event names the key before the row is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('assembly_andoncall', 'id'))")
        key = cursor.fetchone()[0]
    return key, f"C{key:06d}"


wall("station_calls_once_for_a_reason", lambda: _called_already(None))
