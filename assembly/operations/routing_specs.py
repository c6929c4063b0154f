"""What a routing is released from: its plain values, and the rules they must keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from assembly.models.routings import MEANINGS, OPERATION_KINDS
from assembly.models.tools import TOOL_KINDS
from ledger.refusals import Refusal

HIGHEST_NUMBER = 9_999
"""Operation numbers are printed with three digits, four at most."""
FIELD_KINDS = ("number", "text")


class RoutingEmpty(Refusal):
    """A routing without a code, a revision or an operation."""


class WrongOperationNumber(Refusal):
    """An operation number is out of range or used twice."""


class UnknownOperationKind(Refusal):
    """An operation, a field or a signature of a kind that Genpin does not know."""


class WrongTime(Refusal):
    """A standard or soak time that cannot be."""


class WrongField(Refusal):
    """A field is named twice or is judged in a way its kind does not allow."""


class LimitsReversed(Refusal):
    """The low limit of a field is above its high limit."""


class WrongReentry(Refusal):
    """A re-entry rule repeats what the routing does not have, or stands twice."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A value to record. A number is judged by `low` and `high` in `unit`, a text by `expected`, else not at all."""

    code: str
    name_ja: str
    name_en: str
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    kind: str = "number"
    expected: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class OperationSpec:
    """One operation. `slot_kinds`: the kinds of slots it fills; `required_tools`: the testers whose accepted file it
    needs; `tool_kinds`: calibrated instruments its values must name; `skill`: the code of a qualification; `signs`:
    made, checked, approved; `soak_minutes` for a burn-in."""

    number: int
    name_ja: str
    name_en: str
    kind: str
    work_centre: str
    stage: str
    standard_minutes: int
    soak_minutes: int | None = None
    slot_kinds: tuple[str, ...] = ()
    required_tools: tuple[str, ...] = ()
    signs: tuple[str, ...] = ("made",)
    fields: tuple[FieldSpec, ...] = ()
    instruction_ja: str = ""
    instruction_en: str = ""
    tool_kinds: tuple[str, ...] = ()
    skill: str = ""
    beside: tuple[int, ...] = ()
    """Earlier operations that need not be done when this one begins; it ends after them."""


@dataclass(frozen=True, slots=True)
class ReentrySpec:
    """What is repeated after a unit of a slot kind was taken out: operation numbers of the same routing."""

    slot_kind: str
    repeats: tuple[int, ...]


def refuse_wrong_routing(
    code: str, revision: str, specs: Sequence[OperationSpec], rules: Sequence[ReentrySpec]
) -> None:
    """Step: refuse what no routing may be. Reads nothing.

    Refuses RoutingEmpty, WrongOperationNumber, UnknownOperationKind, WrongTime, WrongField, LimitsReversed,
    WrongReentry."""
    _refuse_empty(code, revision, specs)
    _refuse_wrong_numbers(specs)
    numbers = {spec.number for spec in specs}
    for spec in specs:
        refuse_wrong_operation(spec)
        _refuse_wrong_beside(spec, numbers)
    _refuse_wrong_reentry(rules, {spec.number for spec in specs})


def _refuse_empty(code: str, revision: str, specs: Sequence[OperationSpec]) -> None:
    if not code or not revision:
        raise RoutingEmpty(_("A routing needs a code and a revision."))
    if not specs:
        raise RoutingEmpty(_("Routing %(code)s has no operation.") % {"code": code})


def _refuse_wrong_numbers(specs: Sequence[OperationSpec]) -> None:
    numbers = [spec.number for spec in specs]
    twice = first_twice(numbers)
    if twice is not None:
        raise WrongOperationNumber(
            _("Operation number %(number)s is used twice.") % {"number": twice}, do=_("Number the operations anew.")
        )
    odd = next((number for number in numbers if not 0 < number <= HIGHEST_NUMBER), None)
    if odd is not None:
        raise WrongOperationNumber(
            _("%(number)s is no operation number.") % {"number": odd},
            do=_("Use numbers from 1 to %(highest)d.") % {"highest": HIGHEST_NUMBER},
        )


def refuse_wrong_operation(spec: OperationSpec) -> None:
    """Step: refuse what no operation may be. Reads nothing.

    Refuses WrongOperationNumber, UnknownOperationKind, WrongTime, WrongField, LimitsReversed."""
    _refuse_wrong_numbers([spec])
    _refuse_wrong_kinds(spec)
    _refuse_wrong_fields(spec)


def _refuse_wrong_kinds(spec: OperationSpec) -> None:
    if spec.kind not in OPERATION_KINDS:
        raise _unknown_kind(_("There is no operation kind “%(kind)s”.") % {"kind": spec.kind}, OPERATION_KINDS)
    meaning = next((sign for sign in spec.signs if sign not in MEANINGS), None)
    if meaning is not None:
        raise _unknown_kind(_("There is no signature meaning “%(kind)s”.") % {"kind": meaning}, MEANINGS)
    tool = next((kind for kind in spec.tool_kinds if kind not in TOOL_KINDS), None)
    if tool is not None:
        raise _unknown_kind(_("There is no tool kind “%(kind)s”.") % {"kind": tool}, TOOL_KINDS)
    if spec.standard_minutes < 0:
        raise WrongTime(_("Operation %(number)d has a negative standard time.") % {"number": spec.number})
    if spec.kind == "burn_in" and not (spec.soak_minutes and spec.soak_minutes > 0):
        raise WrongTime(
            _("Operation %(number)d is a burn-in without a soak time.") % {"number": spec.number},
            do=_("Give the soak time in minutes."),
        )


def _refuse_wrong_beside(spec: OperationSpec, numbers: set[int]) -> None:
    odd = next((number for number in spec.beside if number not in numbers or number >= spec.number), None)
    if odd is not None:
        raise WrongOperationNumber(
            _("Operation %(number)d cannot be done beside %(other)d.") % {"number": spec.number, "other": odd},
            do=_("Name earlier operations of the same routing."),
        )


def _refuse_wrong_fields(spec: OperationSpec) -> None:
    twice = first_twice([field.code for field in spec.fields])
    if twice is not None:
        raise WrongField(
            _("Operation %(number)d names the field “%(field)s” twice.") % {"number": spec.number, "field": twice}
        )
    for field in spec.fields:
        _refuse_wrong_field(spec.number, field)


def _refuse_wrong_field(number: int, field: FieldSpec) -> None:
    where = {"number": number, "field": field.code}
    if field.kind not in FIELD_KINDS:
        raise _unknown_kind(_("There is no field kind “%(kind)s”.") % {"kind": field.kind}, FIELD_KINDS)
    has_limits = field.low is not None or field.high is not None
    if (field.kind == "text" and has_limits) or (field.kind == "number" and field.expected):
        raise WrongField(
            _("Field “%(field)s” of operation %(number)d is judged as the other kind.") % where,
            do=_("Give a number limits and a text its expected value."),
        )
    if field.low is not None and field.high is not None and field.low > field.high:
        raise LimitsReversed(
            _("The low limit of “%(field)s” in operation %(number)d is above its high limit.") % where,
            true=_("Low %(low)s, high %(high)s.") % {"low": field.low, "high": field.high},
            do=_("Correct the limits."),
        )


def _refuse_wrong_reentry(rules: Sequence[ReentrySpec], numbers: set[int]) -> None:
    twice = first_twice([rule.slot_kind for rule in rules])
    if twice is not None:
        raise WrongReentry(_("There are two re-entry rules for “%(kind)s”.") % {"kind": twice})
    for rule in rules:
        strange = sorted(set(rule.repeats) - numbers)
        if strange or not rule.repeats:
            raise WrongReentry(
                _("The re-entry rule for “%(kind)s” repeats no operation of this routing: %(numbers)s.")
                % {"kind": rule.slot_kind, "numbers": ", ".join(map(str, strange)) or "–"}
            )


def first_twice(names: Iterable[int | str]) -> int | str | None:
    """Step: the first name that stands twice, if any."""
    seen: set[int | str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _unknown_kind(say: str, known: Sequence[str]) -> UnknownOperationKind:
    return UnknownOperationKind(say, do=_("Choose one of: %(names)s.") % {"names": ", ".join(known)})
