"""The plant's limits for testers' files: drafted, written line by line, released. A file is judged by what is released
when it comes in, and says by which revision; what was judged is never judged again by later limits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assembly.models import LimitSet, RoutingOperation, TestLimit
from assembly.test_logs.result import FORMATS
from inventory.operations.bom_drafts import refuse_no_discard_reason
from inventory.operations.units import revision_of
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import locked, refuse_stale, refuse_stale_part, touch, write_changed

NAME_LIMIT, UNIT_LIMIT, SOURCE_LIMIT, REASON_LIMIT = 100, 20, 300, 500


class UnknownTester(Refusal):
    """No reader reads files of that tool."""


class UnknownOperation(Refusal):
    """No routing has an operation of that number."""


class LimitDraftThere(Refusal):
    """A draft of these limits is begun already."""


class LimitsReleased(Refusal):
    """The limits are released and fixed."""


class WrongLimit(Refusal):
    """A limit without a name, without a bound, not finite, or with its low above its high."""


class LimitUnknown(Refusal):
    """The draft has no limit of that name."""


class NoLimits(Refusal):
    """The draft has no limit: a set that judges nothing is not released."""


class ReleaseReasonWanted(Refusal):
    """Nobody says why these limits are right."""


@dataclass(frozen=True, slots=True)
class LimitSpec:
    """A limit: the name as the reader gives it (`nvbandwidth`: `<case>_min`), bounds with both ends included, the unit
    as the tool writes it (blank: any), the guard band in that unit, and where the number comes from."""

    name: str
    low: Decimal | None = None
    high: Decimal | None = None
    guard: Decimal = Decimal(0)
    unit: str = ""
    source: str = ""


@operation(permission="assembly.keep_limits", returns=LimitSet)
def draft_limits(*, caller: Caller, part_number: str, tool: str, operation_number: int | None = None) -> LimitSet:
    """Begin the next revision of the limits of a part, a tool and an operation (None: of whichever runs); it starts as
    a copy of the newest released one. Locks nothing: one draft at a time is a constraint.

    Refuses UnknownPart, UnknownTester, UnknownOperation, LimitDraftThere."""
    part = revision_of(part_number.strip(), "").part
    if tool not in FORMATS or tool == "auto":
        raise UnknownTester(
            _("No reader reads files of “%(tool)s”.") % {"tool": tool[:40]},
            true=_("Readers: %(names)s.") % {"names": ", ".join(sorted(set(FORMATS) - {"auto"}))},
        )
    if operation_number is not None and not RoutingOperation.objects.filter(number=operation_number).exists():
        raise UnknownOperation(_("No routing has an operation %(number)d.") % {"number": operation_number})
    before = LimitSet.objects.filter(part=part, tool=tool, operation=operation_number).order_by("-revision").first()
    if before is not None and before.released_at is None:
        raise _draft_there(str(before))
    lines = specs_of(before) if before else []
    revision = before.revision + 1 if before else 1
    drafted = LimitSet.objects.create(part=part, tool=tool, operation=operation_number, revision=revision, event_id=0)
    drafted.event_id = record(
        caller, "assembly.limits-drafted", drafted, part=part.number, tool=tool, operation=operation_number,
        revision=revision, version=1,
    )  # fmt: skip
    drafted.save(update_fields=["event_id"])
    TestLimit.objects.bulk_create([_line(drafted, line) for line in lines])
    return drafted


@operation(permission="assembly.keep_limits", returns=LimitSet)
def put_limit(*, caller: Caller, limit_set_id: int, version: int, limit: LimitSpec) -> LimitSet:
    """Write a limit of a draft: a new one (`version` 0) or that of its name (`version`: the one that was seen). Locks
    the set. Refuses StaleEdit, LimitsReleased, WrongLimit."""
    limit = _checked(limit)
    drafted = _draft(limit_set_id)
    row = drafted.limits.filter(name=limit.name).first()
    now = _told(_spec(row)) if row else {}
    refuse_stale_part(drafted, limit.name, row.version if row else 0, version, now, _told(limit))
    changed = {
        f"{limit.name}.{key}": [now.get(key), value] for key, value in _told(limit).items() if now.get(key) != value
    }
    if not changed:
        return drafted
    touch(caller, drafted, "assembly.limit-put", changed, name=limit.name)
    line = _line(drafted, limit)
    line.pk = row.pk if row else None
    line.save()
    return drafted


@operation(permission="assembly.keep_limits", returns=LimitSet)
def drop_limit(*, caller: Caller, limit_set_id: int, name: str, version: int) -> LimitSet:
    """Take a limit out of a draft; `version` is that of the limit which was seen. Locks the set.

    Refuses StaleEdit, LimitsReleased, LimitUnknown."""
    drafted = _draft(limit_set_id)
    row = drafted.limits.filter(name=name).first()
    if row is None:
        raise LimitUnknown(_("The draft has no limit of “%(name)s”.") % {"name": name[:NAME_LIMIT]})
    now = _told(_spec(row))
    refuse_stale_part(drafted, name, row.version, version, now, {})
    gone = {f"{name}.{key}": [value, None] for key, value in now.items()}
    touch(caller, drafted, "assembly.limit-dropped", gone, name=name)
    row.delete()
    return drafted


@operation(permission="assembly.keep_limits", returns=LimitSet)
def release_limits(*, caller: Caller, limit_set_id: int, version: int, reason: str) -> LimitSet:
    """Release the draft that was seen: from now on it judges, and is fixed. `reason` says why the numbers are right.
    Locks the set. Refuses StaleEdit, LimitsReleased, NoLimits, ReleaseReasonWanted."""
    drafted = _draft(limit_set_id)
    refuse_stale(drafted, version, {})
    limits = specs_of(drafted)
    reason = reason.strip()[:REASON_LIMIT]
    if not limits:
        raise NoLimits(
            _("%(name)s has no limit yet.") % {"name": str(drafted)},
            true=_("Limits that judge nothing are not released."),
            do=_("Add a limit, or give the draft up."),
        )
    if not reason:
        raise ReleaseReasonWanted(
            _("Say why these limits are right."),
            true=_("Nothing was recorded."),
            do=_("Name the study, the data sheet or the decision they come from."),
        )
    drafted.event_id = write_changed(
        caller, drafted, "assembly.limits-released", {"released_at": [None, caller.at.isoformat()]}, reason=reason,
        part=drafted.part.number, tool=drafted.tool, operation=drafted.operation, revision=drafted.revision,
        limits=[_told(limit) | {"name": limit.name} for limit in limits],
    )  # fmt: skip
    drafted.released_at, drafted.reason = caller.at, reason
    drafted.save(update_fields=["released_at", "reason", "event_id", "version"])
    return drafted


@operation(permission="assembly.keep_limits")
def discard_limits(*, caller: Caller, limit_set_id: int, version: int, reason: str) -> dict[str, str]:
    """Give up the draft that was seen; the event keeps its limits. Locks the set.

    Refuses StaleEdit, LimitsReleased, DiscardReasonWanted."""
    drafted = _draft(limit_set_id)
    refuse_stale(drafted, version, {})
    refuse_no_discard_reason(reason)
    write_changed(
        caller, drafted, "assembly.limits-discarded", {"draft": [str(drafted), None]}, reason=reason.strip(),
        limits=[_told(limit) | {"name": limit.name} for limit in specs_of(drafted)],
    )  # fmt: skip
    drafted.limits.all().delete()
    drafted.delete()
    return {"discarded": str(drafted)}


def specs_of(limit_set: LimitSet) -> list[LimitSpec]:
    """Step: the limits of a set as plain values, by name."""
    return [_spec(row) for row in limit_set.limits.order_by("name")]


def _checked(limit: LimitSpec) -> LimitSpec:
    """The limit with its texts trimmed. Refuses WrongLimit."""
    name, unit, source = limit.name.strip(), limit.unit.strip(), limit.source.strip()
    fault = ""
    if not name or len(name) > NAME_LIMIT or len(unit) > UNIT_LIMIT or len(source) > SOURCE_LIMIT:
        fault = _("A limit needs the name of a measurement, of at most %(count)d characters.") % {"count": NAME_LIMIT}
    elif limit.low is None and limit.high is None:
        fault = _("“%(name)s” has neither a low nor a high limit.") % {"name": name}
    elif not all(value.is_finite() for value in (limit.low, limit.high, limit.guard) if value is not None):
        fault = _("A bound of “%(name)s” is not a finite number.") % {"name": name}
    elif limit.guard < 0:
        fault = _("The guard band of “%(name)s” is below zero.") % {"name": name}
    elif limit.low is not None and limit.high is not None and not _has_room(limit.low, limit.high, limit.guard):
        fault = _("“%(name)s” leaves no room: its low limit, its high limit and twice its guard band overlap.") % {
            "name": name
        }
    if fault:
        raise WrongLimit(fault, true=_("Nothing was recorded."), do=_("Correct the limits."))
    return LimitSpec(name, limit.low, limit.high, limit.guard, unit, source)


def _has_room(low: Decimal, high: Decimal, guard: Decimal) -> bool:
    """In the numbers that are stored, as the database asks: 0.3 − 2 × 0.1 is a little less than 0.1 there."""
    return float(low) <= float(high) - 2 * float(guard)


def _draft(limit_set_id: int) -> LimitSet:
    found = locked(LimitSet, pk=limit_set_id)
    if found.released_at is not None:
        raise LimitsReleased(
            _("%(name)s is released.") % {"name": str(found)},
            true=_("Released limits are never changed. Nothing was recorded."),
            do=_("Begin a draft of the next revision."),
        )
    return found


def _spec(row: TestLimit) -> LimitSpec:
    low, high, guard = (None if value is None else Decimal(repr(value)) for value in (row.low, row.high, row.guard))
    return LimitSpec(row.name, low, high, guard or Decimal(0), row.unit, row.source)


def _told(limit: LimitSpec) -> dict[str, Any]:
    """What events say of a limit."""
    numbers = {
        key: None if (value := getattr(limit, key)) is None else f"{value.normalize():f}"
        for key in ("low", "high", "guard")
    }
    return {**numbers, "unit": limit.unit, "source": limit.source}


def _line(limit_set: LimitSet, limit: LimitSpec) -> TestLimit:
    bounds = {key: None if (value := getattr(limit, key)) is None else float(value) for key in ("low", "high")}
    return TestLimit(
        limit_set=limit_set, name=limit.name, **bounds, guard=float(limit.guard), unit=limit.unit, source=limit.source,
        version=limit_set.version,
    )  # fmt: skip


def _draft_there(name: str) -> LimitDraftThere:
    return LimitDraftThere(
        _("The draft %(name)s is begun already.") % {"name": name},
        true=_("Nothing was recorded."),
        do=_("Go on with that draft, or give it up."),
    )


for _name in ("limit_leaves_room_between_its_guard_bands", "limit_is_a_finite_number", "limit_has_a_bound"):
    wall(_name, lambda: WrongLimit(_("The limit is none that can be kept."), true=_("Nothing was recorded.")))
for _name in ("limit_set_has_one_draft", "limit_set_revision_is_unique"):
    wall(_name, lambda: _draft_there(_("of the same moment")))
