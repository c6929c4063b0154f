"""Drafts of routings: begun from a released revision, edited operation by operation, released when they are right.

A draft is seen by no build; a build keeps the routing of its design for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.operations.skills import skill_of
from assembly.models import Instruction, InstructionPicture, OperationField, ReentryRule, Routing, RoutingOperation
from assembly.operations.designs import UnknownRouting
from assembly.operations.routing_specs import (
    FieldSpec,
    OperationSpec,
    ReentrySpec,
    RoutingEmpty,
    WrongOperationNumber,
    WrongReentry,
    refuse_wrong_operation,
    refuse_wrong_routing,
)
from assembly.operations.routings import RoutingExists, told_operations, write_operations
from inventory.operations.bom_drafts import refuse_no_discard_reason
from ledger.callers import Caller
from ledger.canonical import plain
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import locked, refuse_stale, refuse_stale_part, touch, write_changed


class RoutingReleased(Refusal):
    """The routing is released and fixed."""


class OperationThere(Refusal):
    """An operation of that number stands in the routing already."""


@operation(permission="assembly.keep_master_data", returns=Routing)
def draft_routing(*, caller: Caller, code: str, revision: str, from_revision: str = "") -> Routing:
    """Begin a draft of a routing; with `from_revision` it starts as a copy of that one. Locks nothing.

    Refuses RoutingEmpty (blank), RoutingExists, UnknownRouting."""
    code, revision = code.strip(), revision.strip()
    if not code or not revision or max(len(code), len(revision)) > 40:
        raise RoutingEmpty(_("A routing needs a code and a revision."))
    if Routing.objects.filter(code=code, revision=revision).exists():
        raise RoutingExists(
            _("Routing %(name)s is there already.") % {"name": f"{code} {revision}"},
            true=_("Nothing was recorded."),
            do=_("Give the next revision."),
        )
    specs: list[OperationSpec] = []
    rules: list[ReentrySpec] = []
    if from_revision:
        source = Routing.objects.filter(code=code, revision=from_revision).first()
        if source is None:
            raise UnknownRouting(_("There is no routing %(name)s.") % {"name": f"{code} {from_revision}"})
        specs, rules = specs_of(source), rules_of(source)

    routing = Routing.objects.create(code=code, revision=revision, event_id=0)
    routing.event_id = record(
        caller, "assembly.routing-drafted", routing, code=code, revision=revision, from_revision=from_revision,
        version=1,
    )  # fmt: skip
    routing.save(update_fields=["event_id"])
    write_operations(routing, specs)
    _write_rules(routing, rules)
    return routing


@operation(permission="assembly.keep_master_data", returns=RoutingOperation)
def put_routing_operation(*, caller: Caller, routing_id: int, version: int, spec: OperationSpec) -> RoutingOperation:
    """Add an operation to a draft (`version` 0) or change the one of that number, with its fields and limits
    (`version`: that of the operation which was seen). Locks the routing.

    Refuses StaleEdit, RoutingReleased, OperationThere, WrongOperationNumber, UnknownOperationKind, UnknownSkill,
    WrongTime, WrongField, LimitsReversed."""
    return write_operation(caller, _draft(routing_id), version, spec)


def write_operation(caller: Caller, routing: Routing, version: int | None, spec: OperationSpec) -> RoutingOperation:
    """Step: an operation of a locked draft; `version` None takes what stands. Refuses as put_routing_operation says."""
    refuse_wrong_operation(spec)
    if spec.skill:
        skill_of(spec.skill)
    row = RoutingOperation.objects.filter(routing=routing, number=spec.number).first()
    now = flat(spec_of(row)) if row else {}
    then = flat(spec)
    if row is not None and version == 0:
        raise OperationThere(
            _("Operation %(number)d stands in the routing already.") % {"number": spec.number},
            true=_("Nothing was recorded."),
            do=_("Take another number, or change that operation."),
        )
    if version is not None:
        refuse_stale_part(routing, spec.number, row.version if row else 0, version, now, then)
    changed = {
        f"{spec.number}.{name}": [now.get(name), then.get(name)]
        for name in [*then, *(name for name in now if name not in then)]
        if now.get(name) != then.get(name)
    }
    if row is not None and not changed:
        return row
    touch(caller, routing, "assembly.routing-operation-put", changed, operation=spec.number)
    if row is not None:  # the row stays: instructions may hang on it
        OperationField.objects.filter(operation=row).delete()
    write_operations(routing, [spec], version=routing.version, rows={spec.number: row.pk} if row else {})
    return RoutingOperation.objects.get(routing=routing, number=spec.number)


@operation(permission="assembly.keep_master_data", returns=Routing)
def drop_routing_operation(*, caller: Caller, routing_id: int, number: int, version: int) -> Routing:
    """Take an operation out of a draft; `version` is that of the operation which was seen. Locks the routing.

    Refuses StaleEdit, RoutingReleased, WrongOperationNumber (none of that number)."""
    routing = _draft(routing_id)
    row = RoutingOperation.objects.filter(routing=routing, number=number).first()
    if row is None:
        raise WrongOperationNumber(_("The routing has no operation %(number)d.") % {"number": number})
    now = flat(spec_of(row))
    refuse_stale_part(routing, number, row.version, version, now, {})
    if row.instructions.exists():
        raise OperationThere(
            _("Operation %(number)d has a work instruction, which is kept.") % {"number": number},
            true=_("Nothing was recorded."),
            do=_("Begin another draft without it."),
        )
    gone = {f"{number}.{name}": [value, None] for name, value in now.items()}
    touch(caller, routing, "assembly.routing-operation-dropped", gone, operation=number)
    OperationField.objects.filter(operation=row).delete()
    row.delete()
    return routing


@operation(permission="assembly.keep_master_data", returns=Routing)
def put_reentry_rule(*, caller: Caller, routing_id: int, version: int, slot_kind: str, repeats: list[int]) -> Routing:
    """Say what is repeated after a unit of a slot kind was taken out; no numbers take the rule away. `version` is that
    of the routing. Locks the routing. Refuses StaleEdit, RoutingReleased, WrongReentry."""
    routing = _draft(routing_id)
    rule = ReentryRule.objects.filter(routing=routing, slot_kind=slot_kind).first()
    refuse_stale(routing, version, {})
    numbers = set(routing.operations.values_list("number", flat=True))
    if set(repeats) - numbers or not slot_kind.strip():
        raise WrongReentry(
            _("The re-entry rule for “%(kind)s” repeats no operation of this routing: %(numbers)s.")
            % {"kind": slot_kind, "numbers": ", ".join(map(str, sorted(set(repeats) - numbers))) or "–"}
        )
    before, after = rule.repeats if rule else [], sorted(set(repeats))
    if before == after:
        return routing
    touch(caller, routing, "assembly.routing-reentry-put", {f"reentry.{slot_kind}": [before, after]})
    ReentryRule.objects.filter(routing=routing, slot_kind=slot_kind).delete()
    if after:
        ReentryRule.objects.create(routing=routing, slot_kind=slot_kind, repeats=after)
    return routing


@operation(permission="assembly.keep_master_data", returns=Routing)
def release_routing_draft(*, caller: Caller, routing_id: int, version: int) -> Routing:
    """Release the draft that was seen; it is fixed from now on. Locks the routing.

    Refuses StaleEdit, RoutingReleased, and what release_routing refuses."""
    routing = _draft(routing_id)
    refuse_stale(routing, version, {})
    specs, rules = specs_of(routing), rules_of(routing)
    refuse_wrong_routing(routing.code, routing.revision, specs, rules)

    event = write_changed(
        caller, routing, "assembly.routing-draft-released", {"released_at": [None, caller.at.isoformat()]},
        code=routing.code, revision=routing.revision, operations=told_operations(specs),
        reentry={rule.slot_kind: list(rule.repeats) for rule in rules},
    )  # fmt: skip
    carry_instructions(routing)
    routing.released_at, routing.event_id = caller.at, event
    routing.save(update_fields=["released_at", "event_id", "version"])
    return routing


@operation(permission="assembly.keep_master_data")
def discard_routing_draft(*, caller: Caller, routing_id: int, version: int, reason: str) -> dict[str, str]:
    """Give up the draft that was seen: its operations, rules and the instructions written for it go (nobody worked by
    them), its revision is free again; the event keeps what it said. Locks the routing.

    Refuses StaleEdit, RoutingReleased, DiscardReasonWanted."""
    routing = _draft(routing_id)
    refuse_stale(routing, version, {})
    refuse_no_discard_reason(reason)

    write_changed(
        caller, routing, "assembly.routing-draft-discarded", {"draft": [routing.revision, None]}, code=routing.code,
        revision=routing.revision, reason=reason.strip(), operations=told_operations(specs_of(routing)),
        reentry={rule.slot_kind: list(rule.repeats) for rule in rules_of(routing)},
    )  # fmt: skip
    InstructionPicture.objects.filter(instruction__operation__routing=routing).delete()
    Instruction.objects.filter(operation__routing=routing).delete()
    OperationField.objects.filter(operation__routing=routing).delete()
    routing.operations.all().delete()
    routing.reentry_rules.all().delete()
    routing.delete()
    return {"discarded": str(routing)}


def specs_of(routing: Routing) -> list[OperationSpec]:
    """Step: the operations of a routing as plain values. Two queries."""
    return [spec_of(row) for row in routing.operations.order_by("number").prefetch_related("fields")]


def rules_of(routing: Routing) -> list[ReentrySpec]:
    """Step: the re-entry rules of a routing as plain values."""
    rules = routing.reentry_rules.order_by("slot_kind")
    return [ReentrySpec(rule.slot_kind, tuple(rule.repeats)) for rule in rules]


def spec_of(row: RoutingOperation) -> OperationSpec:
    """Step: an operation as plain values."""
    return OperationSpec(
        number=row.number,
        name_ja=row.name_ja,
        name_en=row.name_en,
        kind=row.kind,
        work_centre=row.work_centre,
        stage=row.stage,
        standard_minutes=row.standard_minutes,
        soak_minutes=row.soak_minutes,
        slot_kinds=tuple(row.slot_kinds),
        required_tools=tuple(row.required_tools),
        signs=tuple(row.signs),
        fields=tuple(_field(field) for field in row.fields.all()),
        instruction_ja=row.instruction_ja,
        instruction_en=row.instruction_en,
        tool_kinds=tuple(row.tool_kinds),
        skill=row.skill,
        beside=tuple(row.beside),
    )


def _field(field: OperationField) -> FieldSpec:
    return FieldSpec(
        code=field.code,
        name_ja=field.name_ja,
        name_en=field.name_en,
        unit=field.unit,
        low=None if field.low is None else field.low.normalize(),
        high=None if field.high is None else field.high.normalize(),
        kind=field.kind,
        expected=field.expected,
        required=field.required,
    )


def flat(spec: OperationSpec) -> dict[str, Any]:
    """Step: an operation as name → value, its fields as `code.name`, so that two of them compare name by name."""
    own = [name for name in OperationSpec.__dataclass_fields__ if name not in ("fields", "number")]
    told = {name: plain(getattr(spec, name)) for name in own}
    for field in spec.fields:
        for name in FieldSpec.__dataclass_fields__:
            if name != "code":
                value = getattr(field, name)
                told[f"{field.code}.{name}"] = f"{value.normalize():f}" if name in ("low", "high") and value else (
                    plain(value)
                )  # fmt: skip
    return told


_CARRY = """
WITH latest AS (
  SELECT DISTINCT ON (o.number) o.number, i.* FROM assembly_instruction i
  JOIN assembly_routingoperation o ON o.id = i.operation_id JOIN assembly_routing r ON r.id = o.routing_id
  WHERE r.code = %(code)s AND r.released_at IS NOT NULL
  ORDER BY o.number, r.released_at DESC, r.id DESC, i.revision DESC
), carried AS (
  INSERT INTO assembly_instruction (operation_id, revision, text_ja, text_en, issued_at, issued_by_id, event_id)
  SELECT mine.id, l.revision, l.text_ja, l.text_en, l.issued_at, l.issued_by_id, l.event_id
  FROM latest l JOIN assembly_routingoperation mine ON mine.routing_id = %(routing)s AND mine.number = l.number
  WHERE NOT EXISTS (SELECT 1 FROM assembly_instruction own WHERE own.operation_id = mine.id)
  RETURNING id, operation_id
)
INSERT INTO assembly_instructionpicture
  (instruction_id, "order", sha256, media, width, height, caption_ja, caption_en)
SELECT c.id, p."order", p.sha256, p.media, p.width, p.height, p.caption_ja, p.caption_en
FROM carried c JOIN assembly_routingoperation mine ON mine.id = c.operation_id
JOIN latest l ON l.number = mine.number JOIN assembly_instructionpicture p ON p.instruction_id = l.id
"""


def carry_instructions(routing: Routing) -> None:
    """Step: operations without a work instruction of their own take that of the same number in the latest released
    revision, pictures and all, so that a new routing leaves no station without its pictures. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CARRY, {"code": routing.code, "routing": routing.pk})


def _write_rules(routing: Routing, rules: Iterable[ReentrySpec]) -> None:
    ReentryRule.objects.bulk_create(
        [ReentryRule(routing=routing, slot_kind=rule.slot_kind, repeats=sorted(rule.repeats)) for rule in rules]
    )


def _draft(routing_id: int) -> Routing:
    return refuse_released_routing(locked(Routing, pk=routing_id))


def refuse_released_routing(routing: Routing) -> Routing:
    """Step: the routing, if it is a draft. Refuses RoutingReleased."""
    if routing.released_at is not None:
        raise RoutingReleased(
            _("Routing %(name)s is released.") % {"name": str(routing)},
            true=_("A released routing is never changed. Nothing was recorded."),
            do=_("Begin a draft of the next revision."),
        )
    return routing
