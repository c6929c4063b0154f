"""Releasing the way a build goes: a routing with its operations, fields, limits, signs and re-entry rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.operations.skills import skill_of
from assembly.models import OperationField, ReentryRule, Routing, RoutingOperation
from assembly.operations.routing_specs import FieldSpec, OperationSpec, ReentrySpec, refuse_wrong_routing
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal


class RoutingExists(Refusal):
    """That revision of the routing is released already."""


@operation(permission="assembly.keep_master_data", returns=Routing)
def release_routing(
    *, caller: Caller, code: str, revision: str, operations: list[OperationSpec], reentry: list[ReentrySpec]
) -> Routing:
    """Release a routing at once with all it has; a change is a new revision. Minutes are standard times.

    Locks nothing: the name is kept unique by its constraint. Refuses RoutingEmpty, RoutingExists,
    WrongOperationNumber, UnknownOperationKind, UnknownSkill, WrongTime, WrongField, LimitsReversed, WrongReentry."""
    code, revision = code.strip(), revision.strip()
    refuse_wrong_routing(code, revision, operations, reentry)
    for skill in sorted({spec.skill for spec in operations} - {""}):
        skill_of(skill)
    if Routing.objects.filter(code=code, revision=revision).exists():
        raise RoutingExists(
            _("Routing %(name)s is released already.") % {"name": f"{code} {revision}"},
            true=_("Nothing was recorded."),
            do=_("Release the change as a new revision."),
        )

    routing = Routing.objects.create(code=code, revision=revision, event_id=0)
    event = record(
        caller, "assembly.routing-released", routing, code=code, revision=revision,
        operations=told_operations(operations), reentry={rule.slot_kind: list(rule.repeats) for rule in reentry},
    )  # fmt: skip
    write_operations(routing, operations)
    ReentryRule.objects.bulk_create(
        [ReentryRule(routing=routing, slot_kind=rule.slot_kind, repeats=sorted(rule.repeats)) for rule in reentry]
    )
    routing.released_at, routing.event_id = caller.at, event
    Routing.objects.filter(pk=routing.pk).update(released_at=caller.at, event_id=event)
    return routing


def write_operations(
    routing: Routing, specs: Sequence[OperationSpec], version: int = 1, rows: Mapping[int, int] | None = None
) -> None:
    """Step: the rows of operations with their fields, in a routing that is not released. `rows`: number → key of those
    that are there and are written over (their fields are gone by now)."""
    keys = rows or {}
    made = [_row(routing, spec, version) for spec in specs]
    for row in made:
        if row.number in keys:
            row.pk = keys[row.number]
            row.save()
    RoutingOperation.objects.bulk_create([row for row in made if row.pk is None])
    OperationField.objects.bulk_create(
        [
            _field_row(row, order, field)
            for row, spec in zip(made, specs, strict=True)
            for order, field in enumerate(spec.fields)
        ]
    )


def _row(routing: Routing, spec: OperationSpec, version: int) -> RoutingOperation:
    return RoutingOperation(
        routing=routing,
        number=spec.number,
        name_ja=spec.name_ja,
        name_en=spec.name_en,
        kind=spec.kind,
        work_centre=spec.work_centre,
        stage=spec.stage,
        standard_minutes=spec.standard_minutes,
        soak_minutes=spec.soak_minutes,
        slot_kinds=list(spec.slot_kinds),
        required_tools=list(spec.required_tools),
        signs=list(spec.signs),
        beside=list(spec.beside),
        instruction_ja=spec.instruction_ja,
        instruction_en=spec.instruction_en,
        tool_kinds=list(spec.tool_kinds),
        skill=spec.skill,
        version=version,
    )


def _field_row(row: RoutingOperation, order: int, spec: FieldSpec) -> OperationField:
    return OperationField(
        operation=row,
        code=spec.code,
        name_ja=spec.name_ja,
        name_en=spec.name_en,
        kind=spec.kind,
        unit=spec.unit,
        low=spec.low,
        high=spec.high,
        expected=spec.expected,
        required=spec.required,
        order=order,
    )


def told_operations(specs: Sequence[OperationSpec]) -> list[dict[str, object]]:
    """Step: what the event says of the operations: enough to see later which limits were released."""
    return [
        {
            "number": spec.number,
            "name": spec.name_en,
            "kind": spec.kind,
            "soak_minutes": spec.soak_minutes,
            "tools": list(spec.required_tools),
            "tool_kinds": list(spec.tool_kinds),
            "skill": spec.skill,
            "signs": list(spec.signs),
            "beside": list(spec.beside),
            "fields": {field.code: _judged_by(field) for field in spec.fields},
        }
        for spec in specs
    ]


def _judged_by(field: FieldSpec) -> dict[str, object]:
    if field.kind == "text":
        return {"expected": field.expected}
    return {"low": field.low, "high": field.high, "unit": field.unit}


__all__ = ["FieldSpec", "OperationSpec", "ReentrySpec", "RoutingExists", "release_routing"]

wall(
    "routing_revision_is_unique",
    lambda: RoutingExists(_("This routing revision was released at the same moment."), true=_("Nothing was recorded.")),
)
