"""Steps on what readings of the road come to, by file or singly: the journey that they must be of, the limits in force,
what went beyond them, which stops the rack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from assembly.burn_in.moments import micros, moment
from assembly.models import Build, Nonconformity
from inventory.models import Unit
from ledger.callers import Caller
from ledger.refusals import Refusal
from logistics.files.road_course import Course, Stretch, continues, figures_of, fresh, joined, judged, within
from logistics.models import ConditionLimits, ConditionSummary, CrateLogger, Excursion, LoggerFile, Shipment
from logistics.operations.conditions import hold_racks
from logistics.operations.loggers import racks_been_in
from logistics.operations.moments import plant_clock
from logistics.operations.readiness import lock_builds_of
from logistics.queries.conditions import MEASURE_WORDS, Limit, bounds_of, courses_of, limits_in_force
from logistics.queries.custody import holder_names_at

AHEAD = timedelta(minutes=10)
"""How far a logger's clock may run before ours."""
TOLD = 6
"""Excursions that a nonconformity names; the page has all."""


class NotThisJourney(Refusal):
    """The readings cannot be of the journey that the logger made with the crate."""


@dataclass(frozen=True, slots=True)
class Journey:
    """From when to when a logger recorded the crate; `over`: it stopped (else `end` is now, by a clock that may run as
    far ahead as readings are taken)."""

    logger: CrateLogger
    shipment: Shipment
    start: datetime
    end: datetime
    over: bool

    @classmethod
    def of(cls, caller: Caller, logger: CrateLogger, shipment: Shipment) -> Journey:
        over = logger.stopped_at is not None
        return cls(logger, shipment, logger.started_at, logger.stopped_at or caller.at + AHEAD, over)

    def inside(self, course: Course) -> Course:
        return within(course, micros(self.start), micros(self.end))


@dataclass(frozen=True, slots=True)
class Judgement:
    """The limits that judged, what was found beyond them and not told before, and the readings on the way. `known`: the
    excursions of the logger before."""

    limits: ConditionLimits | None
    counting: Mapping[str, Limit]
    stretches: Sequence[Stretch]
    inside: Course
    known: Sequence[Excursion]


@dataclass(frozen=True, slots=True)
class Stopped:
    """The racks that a crate holds or held last, with the locks of their builds."""

    racks: Sequence[Unit]
    builds: Mapping[int, Build]


def lock_racks(journey: Journey) -> Stopped:
    """Step: locks the racks' builds and the racks, of a locked shipment."""
    racks = racks_been_in([journey.logger.crate.unit_id])
    return Stopped(racks, lock_builds_of({rack.pk: rack for rack in racks}))


def way_words(journey: Journey) -> str:
    """Step: from when to when the crate was on its way, and that nothing was recorded."""
    end = journey.end if journey.over else journey.end - AHEAD
    return _("The crate was on its way from %(start)s to %(end)s. Nothing was imported.") % {
        "start": plant_clock(journey.shipment.departure.at), "end": plant_clock(end),
    }  # fmt: skip


def refuse_beside(caller: Caller, span: tuple[int, int], journey: Journey, do: str) -> None:
    """Step: readings (first and last, µs) must be of this journey, and not ahead of our clock. Refuses
    NotThisJourney."""
    first, last = (moment(end) for end in span)
    told = {"first": plant_clock(first), "last": plant_clock(last)}
    if last > caller.at + AHEAD:
        say = _("The last reading is of %(last)s: that lies in the future.") % told
        raise NotThisJourney(say, true=way_words(journey), do=do)
    if last < journey.shipment.departure.at or first > journey.end:
        say = _("The readings run from %(first)s to %(last)s: that is not this journey.") % told
        raise NotThisJourney(say, true=way_words(journey), do=do)


def judge(course: Course, journey: Journey, *, holes: bool = True) -> Judgement:
    """Step: what lies beyond the limits in all that the logger told together and was not told before. `holes`: whether
    silences are judged too."""
    limits, counting = limits_in_force(journey.logger.crate.unit.part_revision.part.number)
    earlier = list(journey.logger.files.order_by("pk"))
    whole = joined([*courses_of(earlier), course])
    start, end = micros(journey.start), micros(journey.end)
    if not journey.over:  # it records on: what comes after the last reading is no hole
        end = min(end, max(int(at[-1]) for at, _values in whole.values()))
    bounds = bounds_of(counting)
    found = judged(whole, start, end, bounds if holes else {name: one for name, one in bounds.items() if name != "gap"})
    known = list(Excursion.objects.filter(file__in=earlier).select_related("nonconformity"))
    return Judgement(limits, counting, fresh(found, map(as_stretch, known)), journey.inside(course), known)


def as_stretch(one: Excursion) -> Stretch:
    """Step: a kept excursion as it was found."""
    return Stretch(one.measure, micros(one.began_at), micros(one.ended_at), float(one.peak), float(one.limit))


def findings_of(course: Course, journey: Journey) -> list[dict[str, Any]]:
    """Step: what is odd about readings that are taken: those beside the journey, as codes with how many."""
    times = np.unique(np.concatenate([at for at, _values in course.values()]))
    before, after = int((times < micros(journey.start)).sum()), int((times > micros(journey.end)).sum())
    found = [{"code": "before-start", "n": before}] if before else []
    return found + ([{"code": "after-stop", "n": after}] if after else [])


def sum_up(row: LoggerFile, judgement: Judgement) -> None:
    """Step: the figures of what lies on the way."""
    gap = judgement.counting["gap"].high if "gap" in judgement.counting else None
    rows = []
    for measure, (at, values) in judgement.inside.items():
        one = figures_of(at, values, gap)
        rows.append(
            ConditionSummary(
                file=row, measure=measure, n=one.n, gaps=one.gaps, longest_gap_minutes=_exact(one.longest, 1),
                minimum=_exact(one.minimum), mean=_exact(one.mean), maximum=_exact(one.maximum), last=_exact(one.last),
            )
        )  # fmt: skip
    ConditionSummary.objects.bulk_create(rows)


def _exact(value: float, places: int = 3) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places))


def stop_racks(caller: Caller, row: LoggerFile, judgement: Judgement, journey: Journey, stopped: Stopped) -> None:
    """Step: keep what went beyond the limits. What goes on from an excursion whose nonconformity is open belongs to
    that: three hours of heat told every ten minutes are one finding. Anything else puts the rack on hold and opens one
    nonconformity."""
    open_ones = [one for one in judgement.known if one.nonconformity.closed_at is None]
    going_on = {
        number: next((one for one in reversed(open_ones) if continues(stretch, as_stretch(one))), None)
        for number, stretch in enumerate(judgement.stretches)
    }
    new = [stretch for number, stretch in enumerate(judgement.stretches) if going_on[number] is None]
    says = _says(new, journey.shipment, journey.logger.crate_id)
    reports = hold_racks(caller, [(rack, says) for rack in stopped.racks], stopped.builds) if says else []
    kept = []
    for number, stretch in enumerate(judgement.stretches):
        before = going_on[number]
        report = before.nonconformity if before is not None else (reports[0] if reports else None)
        if report is not None:
            kept.append(_excursion(row, stretch, report))
    Excursion.objects.bulk_create(kept)


def _excursion(row: LoggerFile, one: Stretch, report: Nonconformity) -> Excursion:
    return Excursion(
        file=row, measure=one.measure, began_at=moment(one.began), ended_at=moment(one.ended), peak=_exact(one.peak),
        limit=_exact(one.limit, 2), nonconformity=report, event_id=row.event_id,
    )  # fmt: skip


def told_of(row: LoggerFile) -> dict[str, object]:
    """Step: what an answer says of the excursions of what was taken."""
    found = list(row.excursions.select_related("nonconformity"))
    return {"excursions": len(found), "nonconformity": found[0].nonconformity.number if found else ""}


def _says(stretches: Sequence[Stretch], shipment: Shipment, crate_id: int) -> list[dict[str, Any]]:
    """What a nonconformity says of them, in both languages; a shock or a tilt asks for the re-test (japan.md 5)."""
    if not stretches:
        return []
    told = list(stretches[:TOLD])
    holders = holder_names_at(shipment, [moment(one.began) for one in told], crate_id)
    says: list[dict[str, Any]] = [_said(one, holder) for one, holder in zip(told, holders, strict=True)]
    if len(stretches) > TOLD:
        says.append({"code": "plain", "text": f"+ {len(stretches) - TOLD}"})
    if any(one.measure in ("shock", "tilt", "gap") for one in stretches):
        says.append({"code": "road-asks"})
    return says


def _said(one: Stretch, holder: dict[str, str]) -> dict[str, Any]:
    ja, en, unit = MEASURE_WORDS[one.measure]
    return {
        "code": "excursion", "name": {"ja": ja, "en": en}, "peak": f"{one.peak:.4g} {unit}",
        "limit": f"{one.limit:g} {unit}", "began": plant_clock(moment(one.began)), "holder": holder,
    }  # fmt: skip
