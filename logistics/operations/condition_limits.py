"""The limits of the road as released data: a change is the next revision of all of them, and what was read keeps the
revision that judged it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from inventory.models import Part
from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.models import ConditionLimit, ConditionLimits
from logistics.queries.conditions import Limit, rows_in_force

Measure = Literal["shock", "tilt", "temperature", "humidity", "gap"]
Grade = Literal["A", "B", "C"]
REASON_LIMIT = 300
LARGEST = Decimal(100_000)


class LimitWrong(Refusal):
    """A limit that cannot be, or that does not say where its figure is from."""


class LimitsChanged(Refusal):
    """Somebody released other limits since these were looked at."""


class SameLimits(Refusal):
    """Nothing would be different."""


class LimitReasonWanted(Refusal):
    """Limits are changed for a reason."""


@dataclass(frozen=True, slots=True)
class RoadLimit:
    """The limits of a measure: for the crates of a part, "" for every crate. At least one end, with two decimals; in g,
    degrees, ℃, %, minutes (gap). `grade`: A measured, B sourced, C assumed; `basis`: where the figure is from."""

    measure: Measure
    low: Decimal | None
    high: Decimal | None
    grade: Grade
    basis: str
    crate_part: str = ""


@operation(permission="logistics.keep_condition_limits", returns=ConditionLimits)
def release_condition_limits(
    *, caller: Caller, revision: int, changes: list[RoadLimit], reason: str
) -> ConditionLimits:
    """Release the next revision of the limits of the road: those in force with these changes (each is a new limit or
    replaces the one of its measure and crate part). `revision`: the one that was looked at (0: the shipped ones). Files
    read from now on are judged by it.

    Locks nothing: a revision is released once (constraint). Refuses LimitsChanged, LimitWrong, SameLimits,
    LimitReasonWanted."""
    changed = {(one.measure, one.crate_part.strip()): _checked(one) for one in changes}
    if not reason.strip() or len(reason) > REASON_LIMIT:
        raise LimitReasonWanted(
            _("A reason of 1 to %(limit)d characters is needed.") % {"limit": REASON_LIMIT},
            true=_("Nothing was recorded."),
        )
    newest, before = rows_in_force()
    if revision != (newest.revision if newest else 0):
        raise LimitsChanged(
            _("Other limits were released meanwhile: revision %(revision)d.")
            % {"revision": newest.revision if newest else 0},
            true=_("Nothing was recorded."),
            do=_("Look at the limits again."),
        )
    after = before | changed
    if after == before and newest is not None:
        raise SameLimits(_("The limits say that already."), true=_("Nothing was recorded."))
    return _released(caller, revision + 1, after, reason.strip(), before)


def _released(
    caller: Caller,
    revision: int,
    after: Mapping[tuple[str, str], Limit],
    reason: str,
    before: Mapping[tuple[str, str], Limit],
) -> ConditionLimits:
    told = [
        {"measure": at[0], "crate_part": at[1], "low": _text(one.low), "high": _text(one.high), "grade": one.grade}
        for at, one in sorted(after.items())
        if before.get(at) != one
    ]
    (key,) = next_keys(ConditionLimits, 1)
    event = record(
        caller, "logistics.condition-limits-released", ("logistics.conditionlimits", key), revision=revision,
        reason=reason, changes=told, count=len(after),
    )  # fmt: skip
    released = ConditionLimits.objects.create(
        pk=key, revision=revision, reason=reason, released_at=caller.at, released_by_id=caller.user.pk, event_id=event
    )
    ConditionLimit.objects.bulk_create(
        ConditionLimit(
            limits=released, measure=at[0], crate_part=at[1], low=_decimal(one.low), high=_decimal(one.high),
            grade=one.grade, basis=one.basis,
        )
        for at, one in sorted(after.items())
    )  # fmt: skip
    return released


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))


def _checked(spec: RoadLimit) -> Limit:
    """The limit as it counts. Refuses LimitWrong."""
    ends = [end for end in (spec.low, spec.high) if end is not None]
    basis = " ".join(spec.basis.split())[:REASON_LIMIT]
    part = spec.crate_part.strip()
    fault = ""
    if not ends or any(not end.is_finite() or abs(end) >= LARGEST for end in ends):
        fault = _("A limit has a lowest or a highest value, or both.")
    elif any(end != round(end, 2) for end in ends):
        fault = _("A limit has two decimals.")
    elif spec.low is not None and spec.high is not None and spec.low >= spec.high:
        fault = _("The lowest value must be below the highest.")
    elif spec.measure in ("shock", "tilt", "gap") and (spec.high is None or spec.high <= 0 or spec.low is not None):
        fault = _("Shock, tilt and the gap have a highest value above zero, and no lowest one.")
    elif not basis:
        fault = _("Say where the figure is from.")
    elif part and not Part.objects.filter(number=part, kind="crate").exists():
        fault = _("%(part)s is no part that crates are made of.") % {"part": part[:40]}
    if fault:
        raise LimitWrong(fault, true=_("Nothing was recorded."), do=_("Correct the limit."))
    low, high = (None if end is None else float(end) for end in (spec.low, spec.high))
    return Limit(low, high, spec.grade, basis)


wall(
    "logistics_conditionlimits_revision_key",
    lambda: LimitsChanged(_("Limits were released at the same moment."), true=_("Nothing was recorded.")),
)
