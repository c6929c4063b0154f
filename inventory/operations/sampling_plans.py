"""Sampling plans: drafted, released by quality, and named by the parts that are inspected on arrival."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, cast

from django.utils.translation import gettext as _

from accounts.models import User
from inventory.models import InspectionPoint, Part, SamplingLine, SamplingPlan, SamplingRule, Supplier
from inventory.operations.units import UnknownPart
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal
from ledger.versions import refuse_stale, write_changed

PlanKind = Literal["sample", "full", "none"]
PointKind = Literal["visual", "measured"]
ROWS_LIMIT = 60
"""Lines or points of one plan: more is no plan that anybody works by."""


class PlanOdd(Refusal):
    """The plan does not say how to inspect every lot: a gap between its lines, limits that no value meets."""


class UnknownPlan(Refusal):
    """No plan of that code is there, drafted or released, as it is needed."""


class UnknownRuleSupplier(Refusal):
    """No supplier has that code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """For lots from so many pieces (to the next line's beginning): sample size, accepted at most."""

    lot_from: int
    sample: int
    accept: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPoint:
    """A point to look at, or to measure against limits that belong to what is good; they are numbered in order."""

    text_ja: str
    text_en: str
    kind: PointKind = "visual"
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent:
    """What a revision of a sampling plan says."""

    name_ja: str
    name_en: str
    kind: PlanKind
    standard: str = ""
    lines: list[PlanLine] = field(default_factory=list)
    points: list[PlanPoint] = field(default_factory=list)


@operation(permission="inventory.keep_sampling_plans", returns=SamplingPlan)
def draft_sampling_plan(*, caller: Caller, code: str, content: PlanContent, version: int = 0) -> SamplingPlan:
    """Draft the next revision of a plan (`version` 0), or change the draft that was seen (`version`: its version).
    Nobody is inspected by a draft. Locks the draft.

    Refuses PlanOdd, StaleEdit."""
    code = code.strip().upper()
    _refuse_odd(code, content)
    draft = SamplingPlan.objects.select_for_update(no_key=True).filter(code=code, released_at=None).first()
    told = {
        "name_ja": content.name_ja.strip(),
        "name_en": content.name_en.strip(),
        "standard": content.standard.strip(),
        "kind": content.kind,
    }
    if draft is None:
        return _drafted(caller, code, content, told)
    refuse_stale(draft, version, told)
    lines, points = _lines(draft, content), _points(draft, content)
    before = _rows_text(SamplingLine.objects.filter(plan=draft), InspectionPoint.objects.filter(plan=draft))
    after = _rows_text(lines, points)
    changed = {name: [getattr(draft, name), value] for name, value in told.items() if getattr(draft, name) != value}
    changed |= {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changed:
        return draft

    for name, value in told.items():
        setattr(draft, name, value)
    if "lines" in changed:
        SamplingLine.objects.filter(plan=draft).delete()
        SamplingLine.objects.bulk_create(lines)
    if "points" in changed:
        InspectionPoint.objects.filter(plan=draft).delete()
        InspectionPoint.objects.bulk_create(points)
    write_changed(caller, draft, "inventory.sampling-plan-changed", changed, code=code)
    draft.save(update_fields=[*told, "version"])
    return draft


@operation(permission="inventory.keep_sampling_plans", returns=SamplingPlan)
def release_sampling_plan(*, caller: Caller, code: str, version: int) -> SamplingPlan:
    """Release the draft that was seen: what arrives from now on is inspected by it; open inspections keep theirs.
    Locks the draft. Refuses UnknownPlan, StaleEdit."""
    draft = SamplingPlan.objects.select_for_update(no_key=True).filter(code=code.strip(), released_at=None).first()
    if draft is None:
        raise UnknownPlan(
            _("There is no draft of plan %(code)s.") % {"code": code.strip()[:40]}, true=_("Nothing was recorded.")
        )
    refuse_stale(draft, version, {})

    told = _rows_text(SamplingLine.objects.filter(plan=draft), InspectionPoint.objects.filter(plan=draft))
    draft.released_event_id = record(
        caller, "inventory.sampling-plan-released", draft, code=draft.code, revision=draft.revision,
        lines=told["lines"], points=told["points"], version=draft.version,
    )  # fmt: skip
    draft.released_at, draft.released_by = caller.at, cast("User", caller.user)
    draft.save(update_fields=["released_at", "released_by", "released_event_id"])
    return draft


@operation(permission="inventory.keep_sampling_plans", returns=SamplingRule)
def assign_sampling_plan(
    *, caller: Caller, part_number: str, plan_code: str, supplier_code: str = "", version: int = 0
) -> SamplingRule:
    """Say by which plan a part is inspected when it arrives, of one supplier or (blank) of any without a rule of its
    own; a blank plan: not inspected. What has arrived stays as it is. `version`: of the rule that was seen, 0 for none.

    Locks the part. Refuses UnknownPart, UnknownRuleSupplier, UnknownPlan (nothing of that code is released),
    StaleEdit."""
    part = Part.objects.select_for_update(no_key=True).filter(number=part_number.strip()).first()
    if part is None:
        raise UnknownPart(
            _("There is no part %(number)s.") % {"number": part_number.strip()[:60]},
            do=_("Check the part number or have it registered."),
        )
    supplier = _supplier(supplier_code.strip())
    code = plan_code.strip().upper()
    if code and not SamplingPlan.objects.filter(code=code, released_at__isnull=False).exists():
        raise UnknownPlan(
            _("No sampling plan %(code)s is released.") % {"code": code[:40]},
            true=_("Nothing was recorded."),
            do=_("Release it first, or choose another one."),
        )
    rule = SamplingRule.objects.filter(part=part, supplier=supplier).first()
    if rule is None:
        rule = SamplingRule(part=part, supplier=supplier, version=0)
    refuse_stale(rule, version, {"plan_code": code})
    if rule.pk is not None and rule.plan_code == code:
        return rule

    changed = {"plan_code": [rule.plan_code, code]}
    rule.plan_code, rule.event_id = code, rule.event_id or 0
    rule.save()  # a new rule has its key now, which the event names
    rule.event_id = write_changed(
        caller, rule, "inventory.sampling-plan-assigned", changed, part=part.number,
        supplier=supplier.code if supplier else "",
    )  # fmt: skip
    rule.save(update_fields=["event_id", "version"])
    return rule


def _supplier(code: str) -> Supplier | None:
    if not code:
        return None
    found = Supplier.objects.filter(code=code).first()
    if found is None:
        raise UnknownRuleSupplier(
            _("There is no supplier %(code)s.") % {"code": code[:40]}, true=_("Nothing was recorded.")
        )
    return found


def _drafted(caller: Caller, code: str, content: PlanContent, told: dict[str, str]) -> SamplingPlan:
    last = SamplingPlan.objects.filter(code=code).order_by("-revision").values_list("revision", flat=True).first() or 0
    draft = SamplingPlan.objects.create(
        code=code, revision=last + 1, drafted_at=caller.at, drafted_by_id=caller.user.pk, event_id=0, **told
    )
    lines, points = _lines(draft, content), _points(draft, content)
    SamplingLine.objects.bulk_create(lines)
    InspectionPoint.objects.bulk_create(points)
    facts = {"code": code, "revision": draft.revision, **_rows_text(lines, points)}
    happening = Happening(draft, {**told, **facts, "version": 1})
    draft.event_id = record_many(caller, "inventory.sampling-plan-drafted", [happening])[0]
    draft.save(update_fields=["event_id"])
    return draft


def _lines(draft: SamplingPlan, content: PlanContent) -> list[SamplingLine]:
    ends = [line.lot_from - 1 for line in content.lines[1:]]
    return [
        SamplingLine(plan=draft, lot_from=line.lot_from, lot_to=end, sample=line.sample, accept=line.accept)
        for line, end in zip(content.lines, [*ends, None], strict=False)
    ]


def _points(draft: SamplingPlan, content: PlanContent) -> list[InspectionPoint]:
    return [
        InspectionPoint(
            plan=draft, number=number, text_ja=point.text_ja.strip(), text_en=point.text_en.strip(),
            kind=point.kind, low=point.low, high=point.high, unit=point.unit.strip(),
        )
        for number, point in enumerate(content.points, start=1)
    ]  # fmt: skip


def _refuse_odd(code: str, content: PlanContent) -> None:
    if not code or len(code) > 40 or not content.name_ja.strip() or not content.name_en.strip():
        raise _odd(_("A plan has a code and a name in both languages."))
    if len(content.lines) > ROWS_LIMIT or len(content.points) > ROWS_LIMIT:
        raise _odd(_("A plan has at most %(limit)d lines and points.") % {"limit": ROWS_LIMIT})
    if (content.kind == "sample") != bool(content.lines):
        raise _odd(_("A plan by samples has lines; one of every piece, or of none, has no lines."))
    if content.kind != "none" and not content.points:
        raise _odd(_("A plan says at which points a piece is inspected."))
    _refuse_odd_lines(content.lines)
    for point in content.points:
        _refuse_odd_point(point)


def _refuse_odd_lines(lines: Sequence[PlanLine]) -> None:
    if lines and lines[0].lot_from != 1:
        raise _odd(_("The first line begins with lots of one piece."))
    for before, line in itertools.pairwise(lines):
        if line.lot_from <= before.lot_from:
            raise _odd(_("The lines go from small lots to large ones."))
    for line in lines:
        if not (1 <= line.sample <= 100_000 and 0 <= line.accept < line.sample and line.lot_from < 2**31):
            raise _odd(_("A line accepts fewer than it looks at: a sample from 1, accepted from 0."))


def _refuse_odd_point(point: PlanPoint) -> None:
    if not point.text_ja.strip() or not point.text_en.strip():
        raise _odd(_("A point says what is inspected, in both languages."))
    limits = [limit for limit in (point.low, point.high) if limit is not None]
    if (point.kind == "measured") != bool(limits):
        raise _odd(_("A measured point has a limit; one that is looked at has none."))
    if len(limits) == 2 and limits[0] > limits[1]:
        raise _odd(_("The lower limit is above the upper one."))
    for limit in limits:
        if abs(limit) >= 10**10 or limit != limit.quantize(Decimal("0.0001")):
            raise _odd(_("A value has at most ten digits and four decimals."))


def _odd(say: str) -> PlanOdd:
    return PlanOdd(say, true=_("Nothing was recorded."), do=_("Correct the plan and save it again."))


def _rows_text(lines: Iterable[SamplingLine], points: Iterable[InspectionPoint]) -> dict[str, str]:
    """Lines and points as events tell them: `1–150: 20/0`; a point with both its texts."""
    told = (
        f"{point.number} {point.text_ja} / {point.text_en} {point.kind} {_limit(point.low)}–{_limit(point.high)}"
        f" {point.unit}"
        for point in points
    )
    return {"lines": "; ".join(map(str, lines)), "points": "; ".join(told)}


def _limit(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.4f}"


wall(
    "sampling_plan_has_one_draft",
    lambda: PlanOdd(_("Somebody drafted this plan at the same moment."), true=_("Nothing was recorded.")),
)
wall(
    "sampling_plan_revision_is_unique",
    lambda: PlanOdd(_("Somebody drafted this plan at the same moment."), true=_("Nothing was recorded.")),
)
