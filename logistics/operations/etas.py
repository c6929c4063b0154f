"""What is expected of an arrival, as a carrier or a person says it, beside our model's forecasts. All is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from django.utils.translation import gettext as _

from accounts.models import User
from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.models import Carrier, Eta, Milestone, Shipment
from logistics.operations.moments import moment_of, plant_clock
from logistics.operations.shipments import lock_shipments
from logistics.queries.etas import carriers_of

FARTHEST = timedelta(days=120)
"""Farther ahead than any lane takes: a mistyped year or month."""
SAID_AGAIN = timedelta(hours=1)
"""The same once more within this time is the same word; later it is a confirmation, and kept with its own moment."""


class EtaPassed(Refusal):
    """What is expected lies before it was said."""


class EtaBeforeDeparture(Refusal):
    """What is expected lies before the departure."""


class EtaTooFar(Refusal):
    """What is expected lies farther ahead than any lane takes."""


class EtaDisordered(Refusal):
    """The window ends before it begins."""


class NothingAwaited(Refusal):
    """The shipment has arrived, or its receiving is finished."""


class EtaUnfounded(Refusal):
    """A carrier's word names its carrier, a person's word its reason."""


class NotItsCarrier(Refusal):
    """The carrier has no part in the shipment's way."""


@dataclass(frozen=True, slots=True)
class EtaGiven:
    """What is expected: between `earliest_at` and `latest_at` (none: one moment), of the `arrival` at the dock or the
    end of `receiving`. `carrier_code`: whose word it is; blank: the caller's own, with its `reason`. `given_at`: when
    the carrier said it (none: now)."""

    shipment_id: int
    earliest_at: datetime
    latest_at: datetime | None = None
    awaited: Literal["arrival", "receiving"] = "arrival"
    carrier_code: str = ""
    reason: str = ""
    given_at: datetime | None = None

    @property
    def window(self) -> tuple[datetime, datetime]:
        return self.earliest_at, self.latest_at or self.earliest_at


@operation(permission="logistics.report_milestone", returns=Eta)
def give_eta(*, caller: Caller, eta: EtaGiven) -> Eta:
    """Keep what a carrier or a person expects of a shipment; earlier words stay. Locks the shipment. The same window of
    the same source within an hour changes nothing and gives back the row that is there.

    Refuses UnknownShipment, NothingAwaited, MomentAhead, EtaDisordered, EtaPassed, EtaBeforeDeparture, EtaTooFar,
    EtaUnfounded, NotItsCarrier, UnprintableText."""
    shipment = lock_shipments([eta.shipment_id])[eta.shipment_id]
    given_at = moment_of(caller, eta.given_at)
    carrier = _carrier_of(shipment, eta.carrier_code)
    _refuse_unfounded(eta)
    _refuse_arrived(shipment, eta.awaited)
    _refuse_window(shipment, eta.window, given_at)
    there = _said_already(shipment, eta, carrier, given_at)
    if there is not None:
        return there

    event = record(
        caller, "logistics.eta-given", shipment, number=shipment.number, awaited=eta.awaited,
        source="carrier" if carrier else "person", carrier=eta.carrier_code, earliest_at=eta.window[0],
        latest_at=eta.window[1], given_at=given_at, reason=eta.reason.strip(),
    )  # fmt: skip
    return Eta.objects.create(
        shipment=shipment, awaited=eta.awaited, source="carrier" if carrier else "person", carrier=carrier,
        earliest_at=eta.window[0], latest_at=eta.window[1], reason=eta.reason.strip(), given_at=given_at,
        recorded_at=caller.at, by=cast(User, caller.user), event_id=event,
    )  # fmt: skip


def keep_reported_etas(
    caller: Caller, milestones: Sequence[Milestone], shipments: Mapping[int, Shipment], carrier: Carrier | None
) -> None:
    """Step: what carriers' reports expect, kept as their word beside the report; of the carrier that sent them, else
    the one of the shipment. One that its report has overtaken, or that lies too far ahead, is no expectation.
    Set-based; of locked shipments."""
    Eta.objects.bulk_create(
        Eta(
            shipment_id=one.shipment_id, awaited="arrival", source="carrier",
            carrier=carrier or shipments[one.shipment_id].carrier, earliest_at=one.expected_at,
            latest_at=one.expected_at, given_at=one.happened_at, recorded_at=one.reported_at,
            by=cast(User, caller.user), milestone=one, event_id=one.event_id,
        )
        for one in milestones
        if one.expected_at is not None and timedelta(0) < one.expected_at - one.happened_at <= FARTHEST
    )  # fmt: skip


def odd_expectation(expected_at: datetime | None, given_at: datetime) -> str:
    """Step: what is wrong with an expected arrival in a report, as a sentence; blank when nothing is. A late truck's
    report often still carries its old ETA: that loses no report (`overtaken_expectation`)."""
    if expected_at is None or expected_at - given_at <= FARTHEST:
        return ""
    return _too_far(expected_at)


def unkept_expectation(kind: str, expected_at: datetime | None, given_at: datetime) -> str:
    """Step: why a carrier's file tells a report whose expected arrival is put aside, as a sentence; else blank. Nobody
    can correct the file in the night: a mistyped year loses the ETA, never the report nor the lines beside it."""
    odd = odd_expectation(expected_at, given_at)
    if odd:
        return f"{odd} " + _("The arrival is put aside, the report is taken.")
    return overtaken_expectation(kind, expected_at, given_at)


def overtaken_expectation(kind: str, expected_at: datetime | None, given_at: datetime) -> str:
    """Step: that the report's moment is past the arrival it expects, which is then not kept as a word; else blank. The
    report that a leg has ended may repeat the moment itself, as carriers' lists do: nothing to say of it."""
    if expected_at is None or expected_at > given_at or kind == "leg_arrived":
        return ""
    return _("The arrival expected at %(moment)s was past when it was reported: it is not kept as an ETA.") % {
        "moment": plant_clock(expected_at)
    }


def _passed(expected_at: datetime, given_at: datetime) -> str:
    return _("An arrival expected at %(moment)s is not ahead: it was said at %(given)s.") % {
        "moment": plant_clock(expected_at), "given": plant_clock(given_at),
    }  # fmt: skip


def _too_far(expected_at: datetime) -> str:
    return _("%(moment)s lies more than %(days)d days ahead.") % {
        "moment": plant_clock(expected_at), "days": FARTHEST.days,
    }  # fmt: skip


def _refuse_window(shipment: Shipment, window: tuple[datetime, datetime], given_at: datetime) -> None:
    earliest, latest = window
    kept = {"true": _("Nothing was recorded."), "do": _("Enter day and time as they were told.")}
    if earliest > latest:
        say = _("The window ends at %(end)s, before it begins.") % {"end": plant_clock(latest)}
        raise EtaDisordered(say, **kept)
    if latest <= given_at:
        raise EtaPassed(_passed(latest, given_at), **kept)
    left = shipment.departure.at if shipment.has_departed else shipment.planned_departure_at
    if earliest <= left:
        raise EtaBeforeDeparture(
            _("%(moment)s lies before the departure.") % {"moment": plant_clock(earliest)},
            true=_("The departure is at %(moment)s. Nothing was recorded.") % {"moment": plant_clock(left)},
            do=kept["do"],
        )
    if latest - given_at > FARTHEST:
        raise EtaTooFar(_too_far(latest), **kept)


def _refuse_arrived(shipment: Shipment, awaited: str) -> None:
    """What is known is not foretold: a word after the event would flatter its source."""
    if not shipment.has_arrived:
        return
    at = shipment.arrival.at if awaited == "arrival" else shipment.arrival.received_at
    if at is not None:
        say = (
            _("Shipment %(number)s has arrived: %(moment)s.")
            if awaited == "arrival"
            else _("Receiving of shipment %(number)s is finished: %(moment)s.")
        )
        raise NothingAwaited(
            say % {"number": shipment.number, "moment": plant_clock(at)}, true=_("Nothing was recorded.")
        )


def _refuse_unfounded(eta: EtaGiven) -> None:
    refuse_unprintable(eta.reason)
    if not eta.carrier_code and not eta.reason.strip():
        raise EtaUnfounded(
            _("A person's word needs its reason."),
            true=_("Nothing was recorded."),
            do=_("Write what you know, or choose the carrier who said it."),
        )


def _carrier_of(shipment: Shipment, code: str) -> Carrier | None:
    if not code:
        return None
    carriers = {one.code: one for one in carriers_of(shipment)}
    if code not in carriers:
        raise NotItsCarrier(
            _("%(number)s is not carried by %(carrier)s.") % {"number": shipment.number, "carrier": code[:40]},
            true=_("It is carried by %(list)s. Nothing was recorded.") % {"list": ", ".join(sorted(carriers))},
            do=_("Choose one of its carriers."),
        )
    return carriers[code]


def _said_already(shipment: Shipment, eta: EtaGiven, carrier: Carrier | None, given_at: datetime) -> Eta | None:
    """The newest word of this source on this event, if it is the same and of the same hour."""
    rows = Eta.objects.filter(shipment=shipment, awaited=eta.awaited, carrier=carrier)
    last = rows.order_by("-given_at", "-pk").first()
    if last is None or (last.earliest_at, last.latest_at) != eta.window or last.reason != eta.reason.strip():
        return None
    return last if abs(given_at - last.given_at) < SAID_AGAIN else None
