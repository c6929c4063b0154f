"""Column maps of the plant's own testers: a change is a new revision, and what was read names the one that read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assembly.models import ColumnMap, MapColumn
from assembly.queries.column_maps import maps_in_use
from assembly.test_logs import column_map as pure
from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.statements import ask

CODE_LIMIT, TEXT_LIMIT = 30, 120
"""Characters of a code; of a heading, a name or a unit."""


class WrongColumnMap(Refusal):
    """The columns make no map."""


class SameColumnMap(Refusal):
    """Nothing is different, or another map in use has the same headings."""


class UnknownColumnMap(Refusal):
    """No map of that code is in use."""


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column by its heading. `name`, `unit`, `low`, `high` only where the map itself names the measurement."""

    header: str
    role: pure.Role
    name: str = ""
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None


ROLE_WORDS: dict[str, Any] = {
    "serial": gettext_lazy("serial of the unit"),
    "name": gettext_lazy("name of the measurement"),
    "value": gettext_lazy("measured value"),
    "unit": gettext_lazy("unit of measure"),
    "low": gettext_lazy("low limit"),
    "high": gettext_lazy("high limit"),
    "verdict": gettext_lazy("verdict of the tester"),
    "moment": gettext_lazy("time of the test"),
    "ignore": gettext_lazy("not read"),
}
_FAULTS: dict[str, Callable[[], str]] = {
    "no-columns": lambda: _("A map has 1 to 200 columns; %(what)s were given."),
    "blank-heading": lambda: _("A column has no heading.%(what)s"),
    "heading-twice": lambda: _("The heading %(what)s stands twice."),
    "no-serial": lambda: _("No column holds the serial.%(what)s"),
    "no-value": lambda: _("No column holds a value.%(what)s"),
    "role-twice": lambda: _("Two columns have the role %(what)s."),
    "name-missing": lambda: _("The column %(what)s needs the name of its measurement."),
    "name-and-named": lambda: _("A column names the measurements, so the map must name none (%(what)s)."),
    "name-twice": lambda: _("Two columns are the measurement %(what)s."),
    "limits-of-named": lambda: _("With several values a line, unit and limits stand in the map: %(what)s is a column."),
    "facts-without-value": lambda: _("The column %(what)s holds no value, so it has no name, unit or limit."),
    "low-above-high": lambda: _("The low limit of %(what)s is above the high one."),
    "not-finite": lambda: _("A limit of %(what)s is no number."),
}  # fmt: skip


@operation(permission="assembly.keep_column_maps", returns=ColumnMap)
def define_column_map(*, caller: Caller, code: str, name: str, columns: list[ColumnSpec]) -> ColumnMap:
    """Say what the columns of a tester's CSV mean: the next revision of that code, in use at once.

    Two at once come one after the other (lock by code). Refuses WrongColumnMap, SameColumnMap."""
    code, name = code.strip().upper(), name.strip()
    specs = [_trimmed(spec) for spec in columns]
    _refuse_wrong(code, name, specs)
    ask("SELECT pg_advisory_xact_lock(hashtext(%s))", ["column maps"])
    newest = ColumnMap.objects.filter(code=code).order_by("-revision").first()
    _refuse_same(code, name, specs, newest)

    revision = newest.revision + 1 if newest else 1
    (key,) = next_keys(ColumnMap, 1)
    event = record(
        caller, "assembly.column-map-defined", ("assembly.columnmap", key), code=code, name=name, revision=revision,
        columns=[_told(spec) for spec in specs],
    )  # fmt: skip
    ColumnMap.objects.filter(code=code, retired_at=None).update(retired_at=caller.at, retired_event_id=event)
    row = ColumnMap.objects.create(pk=key, code=code, revision=revision, name=name, made_at=caller.at, event_id=event)
    MapColumn.objects.bulk_create(
        MapColumn(map=row, order=at, header=s.header, role=s.role, name=s.name, unit=s.unit, low=s.low, high=s.high)
        for at, s in enumerate(specs, start=1)
    )
    return row


@operation(permission="assembly.keep_column_maps", returns=ColumnMap)
def retire_column_map(*, caller: Caller, code: str) -> ColumnMap:
    """Read no file by this map any more; what it has read stays. Locks the map. Refuses UnknownColumnMap."""
    wanted = code.strip().upper()
    row = ColumnMap.objects.select_for_update(no_key=True).filter(code=wanted, retired_at=None).first()
    if row is None:
        raise UnknownColumnMap(
            _("No column map %(code)s is in use.") % {"code": wanted[:CODE_LIMIT]},
            true=_("Nothing was recorded."),
            do=_("Choose one from the list."),
        )

    event = record(caller, "assembly.column-map-retired", row, code=row.code, revision=row.revision)
    row.retired_at, row.retired_event_id = caller.at, event
    row.save(update_fields=["retired_at", "retired_event_id"])
    return row


def _trimmed(spec: ColumnSpec) -> ColumnSpec:
    return ColumnSpec(spec.header.strip(), spec.role, spec.name.strip(), spec.unit.strip(), spec.low, spec.high)


def as_pure(specs: Sequence[ColumnSpec]) -> list[pure.MapColumn]:
    """The columns as the reader knows them."""
    return [
        pure.MapColumn(
            spec.header, spec.role, spec.name, spec.unit,
            None if spec.low is None else float(spec.low), None if spec.high is None else float(spec.high),
        )
        for spec in specs
    ]  # fmt: skip


def _refuse_wrong(code: str, name: str, specs: Sequence[ColumnSpec]) -> None:
    say = ""
    if not code or not name or len(code) > CODE_LIMIT or not code.replace("-", "").replace("_", "").isalnum():
        say = _("A column map needs a name, and a code of letters, digits and dashes.")
    elif (
        any(len(text) > TEXT_LIMIT for spec in specs for text in (spec.header, spec.name, spec.unit)) or len(name) > 200
    ):
        say = _("A heading, a name or a unit is longer than %(limit)d characters.") % {"limit": TEXT_LIMIT}
    elif (fault := pure.fault_of(as_pure(specs))) is not None:
        say = _FAULTS[fault[0]]() % {"what": ROLE_WORDS.get(fault[1], fault[1])}
    if say:
        raise WrongColumnMap(say.strip(), true=_("Nothing was recorded."), do=_("Correct the columns."))


def _refuse_same(code: str, name: str, specs: Sequence[ColumnSpec], newest: ColumnMap | None) -> None:
    headings = {pure.heading(spec.header) for spec in specs}
    for known in maps_in_use():
        if known.code != code and {pure.heading(column.header) for column in known.columns} == headings:
            raise SameColumnMap(
                _("The map %(code)s has the same headings: a file would fit both.") % {"code": known.code},
                true=_("Nothing was recorded."),
                do=_("Change that map, or retire it first."),
            )
        same = known.code == code and list(known.columns) == as_pure(specs)
        if same and newest is not None and newest.name == name:
            raise SameColumnMap(
                _("Revision %(revision)d of %(code)s says the same.") % {"revision": known.revision, "code": code},
                true=_("It is in use."),
                do=_("Change a column, or leave it as it is."),
            )


def _told(spec: ColumnSpec) -> dict[str, str]:
    facts = {"header": spec.header, "role": spec.role, "name": spec.name, "unit": spec.unit}
    limits = {key: str(value) for key, value in (("low", spec.low), ("high", spec.high)) if value is not None}
    return {key: value for key, value in facts.items() if value} | limits
