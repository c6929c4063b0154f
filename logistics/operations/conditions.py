"""Steps on how a load is found: its indicators as they are read, and what a shaken or opened load brings about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from assembly.models import Build, Nonconformity
from assembly.operations.nonconformities import Finding, open_many
from assembly.text import told
from inventory.models import Unit
from inventory.operations.holds import put_on_hold
from ledger.callers import Caller
from ledger.refusals import Refusal
from logistics.models import CrateLogger, Indicator, IndicatorReading, Shipment
from logistics.models.crates import INDICATOR_STATES
from logistics.operations.custody import SealSeen
from logistics.operations.departures import racks_of_crates

ROAD_DEFECT = "TRANSPORT"
"""Defect code of what the road did to a rack."""
OPENED = ("broken", "missing")
"""States of a seal that tell that the load may have been opened."""
Reading = tuple[int, Indicator, str]
"""Shipment id, indicator, state."""
Fitted = TypeVar("Fitted", Indicator, CrateLogger)


class IndicatorsUnread(Refusal):
    """An indicator of a crate was not read at receipt."""


class UnknownIndicator(Refusal):
    """An indicator that is on no crate of the shipment."""


@dataclass(frozen=True, slots=True)
class IndicatorRead:
    """An indicator as it is found: intact, tripped or missing."""

    serial: str
    state: str
    kind: str = ""


def fitted_indicators(shipments: Mapping[int, Shipment]) -> dict[int, dict[str, Indicator]]:
    """Step: the indicators on the crates of each shipment, by serial. One query."""
    found: dict[int, dict[str, Indicator]] = {pk: {} for pk in shipments}
    rows = Indicator.objects.filter(crate__shipment_crate__shipment_id__in=list(shipments))
    for one in rows.select_related("crate__shipment_crate"):
        found[one.crate.shipment_crate.shipment_id][one.serial] = one
    return found


def of_crates(fitted: Mapping[str, Fitted], crate_ids: Collection[int]) -> dict[str, Fitted]:
    """Step: of what is fitted to a shipment, what is on these crates."""
    return {serial: one for serial, one in fitted.items() if one.crate_id in crate_ids}


def matched_readings(
    readings: Sequence[IndicatorRead], shipment: Shipment, fitted: Mapping[str, Indicator], *, whole: bool
) -> list[Reading]:
    """Step: readings matched with the crates' indicators; `whole`: every one must be read. Refuses UnknownIndicator,
    IndicatorsUnread."""
    matched: dict[str, Reading] = {}
    for reading in readings:
        serial = reading.serial.strip()
        indicator = fitted.get(serial)
        if indicator is None or serial in matched or reading.state not in INDICATOR_STATES:
            raise UnknownIndicator(
                _("%(serial)s is no indicator of shipment %(number)s.")
                % {"serial": reading.serial[:40], "number": shipment.number},
                true=_("Nothing was recorded."),
                do=_("Read the serial on the crate again; its state is intact, tripped or missing."),
            )
        matched[serial] = (shipment.pk, indicator, reading.state)
    unread = sorted(set(fitted) - set(matched))
    if whole and unread:
        raise IndicatorsUnread(
            _("Indicator %(serial)s on crate %(sscc)s was not read.")
            % {"serial": unread[0], "sscc": fitted[unread[0]].crate.sscc},
            true=_("%(count)d of %(all)d indicators are unread. Nothing was recorded.")
            % {"count": len(unread), "all": len(fitted)},
            do=_("Read every indicator before the crates are unloaded; one that is not there is missing."),
        )
    return list(matched.values())


def keep_readings(
    readings: Sequence[Reading], moment: str, moments: Mapping[int, datetime], events: Mapping[int, int]
) -> None:
    """Step: write readings of a moment (receipt, handover); `moments` and `events` by shipment."""
    IndicatorReading.objects.bulk_create(
        [
            IndicatorReading(indicator=indicator, moment=moment, state=state, at=moments[pk], event_id=events[pk])
            for pk, indicator, state in readings
        ]
    )


def hold_shaken(
    caller: Caller,
    readings: Sequence[Reading],
    seals: Mapping[int, Sequence[SealSeen]],
    builds: Mapping[int, Build],
    missing: Sequence[int] = (),
    loggers: Sequence[tuple[int, CrateLogger, str]] = (),
) -> None:
    """Step: a hold and a nonconformity on the rack of each crate whose indicator is not intact (japan.md 5), on the
    racks of a load with a seal that is broken or missing (`seals` by the unit of each crate that was under them), on
    the rack of a crate that was not there (`missing`: its unit) and of one whose logger is gone. What was found before
    and is on hold for it is not told again; the caller holds the builds' locks."""
    found = _found(readings, seals, missing)
    for _pk, logger, state in loggers:
        if state == "missing":
            found[logger.crate.unit_id].append({"code": "logger-missing", "serial": logger.serial})
    racks = racks_of_crates(list(found)) if found else []
    hold_racks(caller, [(rack, _with_wish(found[crate.pk])) for crate, rack in racks], builds)


def hold_racks(
    caller: Caller, found: Sequence[tuple[Unit, Sequence[dict[str, Any]]]], builds: Mapping[int, Build]
) -> list[Nonconformity]:
    """Step: a hold and a nonconformity on each of these racks for what the road did to it; the caller holds the
    builds' locks."""
    reports = []
    for rack, says in found:
        put_on_hold(caller, [rack.tag], told(says))
        reports += open_many(caller, [Finding(builds[rack.pk], rack.pk, defect_code=ROAD_DEFECT, says=says)])
    return reports


def _with_wish(says: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With what is asked for after a shock, a tilt or a logger that is gone (japan.md 5)."""
    shaken = any(one["code"] in ("indicators", "logger-missing") for one in says)
    return [*says, {"code": "road-asks"}] if shaken else says


def _found(
    readings: Sequence[Reading], seals: Mapping[int, Sequence[SealSeen]], missing: Sequence[int]
) -> dict[int, list[dict[str, Any]]]:
    """What was found, by the unit of the crate."""
    says: dict[int, list[dict[str, Any]]] = defaultdict(list)
    bad = [(indicator, state) for _pk, indicator, state in readings if state != "intact"]
    known = _told_before([indicator.pk for indicator, _state in bad])
    shaken: dict[int, list[dict[str, str]]] = defaultdict(list)
    for indicator, state in bad:
        if (indicator.pk, state) not in known:
            shaken[indicator.crate.unit_id].append({"serial": indicator.serial, "state": state})
    for unit_id, rows in shaken.items():
        says[unit_id].append({"code": "indicators", "readings": rows})
    for unit_id, seen in seals.items():
        opened = [{"serial": one.number.strip(), "state": one.state} for one in seen if one.state in OPENED]
        if opened:
            says[unit_id].append({"code": "seals", "readings": opened})
    for unit_id in missing:
        says[unit_id].append({"code": "crate-missing"})
    return says


def _told_before(indicator_ids: Sequence[int]) -> set[tuple[int, str]]:
    """Which of these were found so at a hand-over on the way. One query, none where nothing is amiss."""
    if not indicator_ids:
        return set()
    rows = IndicatorReading.objects.filter(indicator_id__in=indicator_ids, moment="handover")
    return set(rows.values_list("indicator_id", "state"))
