"""Scenarios of one's own: saved revision by revision, and retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, cast

from django.utils.translation import gettext as _

from accounts.models import User
from inventory.operations.units import next_keys
from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import locked, refuse_stale, refuse_stale_part
from logistics.lead_times.overlays import (
    MOST_DAYS,
    MOST_SHARE,
    SHARES,
    SWITCH_BY_KEY,
    VALUES,
    Own,
    input_keys,
    switched,
)
from logistics.lead_times.scenarios import Scenario, default_scenarios
from logistics.models import OwnScenario, ScenarioInput, ScenarioRevision
from logistics.queries.own_scenarios import base_rows, input_word, title_in_page

Base = Literal["DOM", "TWair", "TWsea", "TXair", "TXsea", "MXair", "MXsea"]
SwitchName = Literal["port_closed", "ferry_stopped", "licence_delay", "air_capacity"]

NAME_LIMIT = 24
"""Characters of a name: it stands at the end of a curve."""
THOUSANDTH = Decimal("0.001")


class ScenarioNameOdd(Refusal):
    """A name is blank or too long."""


class ScenarioNameTaken(Refusal):
    """Another scenario has that name."""


class InputNotThere(Refusal):
    """The base has no such input."""


class SpreadOutOfOrder(Refusal):
    """Days are not above zero and in order, or a value is out of its range."""


class SourceMissing(Refusal):
    """An input does not say where it is from."""


class SwitchNotThere(Refusal):
    """The disruption cannot strike the route of the base."""


class NothingDiffers(Refusal):
    """The scenario is its base."""


class ScenarioRetired(Refusal):
    """The scenario is offered no more."""


@dataclass(frozen=True, slots=True)
class InputGiven:
    """One input that differs from the base: days `p50` (`p10` and `p90` keep their ratio to it unless given), or one
    `value`. `grade`: A measured, B published, C assumed. `source`: where it is from."""

    key: str
    grade: Literal["A", "B", "C"]
    source: str
    p10: Decimal | None = None
    p50: Decimal | None = None
    p90: Decimal | None = None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ScenarioContent:
    """A scenario as it is saved: its name, the built-in scenario it stands on, what differs. A switch brings its own
    figures; an input that is given goes before it."""

    name: str
    base: Base
    inputs: list[InputGiven] = field(default_factory=list)
    switches: list[SwitchName] = field(default_factory=list)
    remark: str = ""


@operation(permission="logistics.compare", returns=ScenarioRevision)
def save_scenario(
    *, caller: Caller, content: ScenarioContent, scenario_id: int = 0, version: int = 0
) -> ScenarioRevision:
    """Save a new scenario (`scenario_id` 0) or the next revision of one (`version`: the revision that was seen).
    Earlier revisions stay as they are. The same content again changes nothing. Locks the scenario.

    Refuses ScenarioNameOdd, TextUnprintable, ScenarioNameTaken, InputNotThere, SpreadOutOfOrder, SourceMissing,
    SwitchNotThere, NothingDiffers, ScenarioRetired, StaleEdit."""
    name = " ".join(content.name.split())
    _refuse_name(name, content.remark)
    rows = _rows(content)
    scenario = locked(OwnScenario, pk=scenario_id) if scenario_id else None
    if scenario is not None:
        _refuse_retired(scenario)
    _refuse_taken(name, scenario)
    after = {"name": name, "base": content.base, "remark": content.remark.strip(), **_as_text(rows)}
    if scenario is None:
        return _first(caller, after, rows)
    newest = scenario.revisions.get(number=scenario.version)
    before = {"name": newest.name, "base": newest.base, "remark": newest.remark, **_as_text(list(newest.inputs.all()))}
    refuse_stale_part(scenario, "scenario", scenario.version, version, before, after)
    changes = {f"scenario.{key}": [before.get(key), after.get(key)] for key in {**before, **after}}
    changes = {key: pair for key, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return newest

    scenario.version, scenario.name = scenario.version + 1, name
    event = record(caller, "logistics.scenario-revised", scenario, name=name, version=scenario.version, changes=changes)
    scenario.save(update_fields=["version", "name"])
    return _revision(caller, scenario, after, rows, event)


@operation(permission="logistics.compare", returns=OwnScenario)
def retire_scenario(*, caller: Caller, scenario_id: int, version: int) -> OwnScenario:
    """Offer a scenario no more; comparisons that name it still read it, and its name is free. Locks the scenario.

    Refuses ScenarioRetired, StaleEdit."""
    scenario = locked(OwnScenario, pk=scenario_id)
    _refuse_retired(scenario)
    refuse_stale(scenario, version, {})

    event = record(caller, "logistics.scenario-retired", scenario, name=scenario.name, version=scenario.version)
    scenario.retired_at, scenario.retired_event_id = caller.at, event
    scenario.save(update_fields=["retired_at", "retired_event_id"])
    return scenario


def _first(caller: Caller, told: Mapping[str, str], rows: Sequence[ScenarioInput]) -> ScenarioRevision:
    (key,) = next_keys(OwnScenario, 1)
    changes = {f"scenario.{name}": [None, value] for name, value in told.items()}
    subject = ("logistics.ownscenario", key)
    event = record(caller, "logistics.scenario-saved", subject, name=told["name"], version=1, changes=changes)
    scenario = OwnScenario.objects.create(pk=key, name=told["name"], version=1, event_id=event)
    return _revision(caller, scenario, told, rows, event)


def _revision(
    caller: Caller, scenario: OwnScenario, told: Mapping[str, str], rows: Sequence[ScenarioInput], event: int
) -> ScenarioRevision:
    revision = ScenarioRevision.objects.create(
        scenario=scenario, number=scenario.version, name=told["name"], base=told["base"], remark=told["remark"],
        saved_at=caller.at, saved_by=cast(User, caller.user), event_id=event,
    )  # fmt: skip
    for row in rows:
        row.revision = revision
    ScenarioInput.objects.bulk_create(rows)
    return revision


def _rows(content: ScenarioContent) -> list[ScenarioInput]:
    """The overlay in the order of the base's inputs, without what says the same as the base."""
    base = default_scenarios()[content.base]
    _refuse_switches(base, content.switches)
    found = {own.key: _row_of(own) for own in switched(base, content.switches)}
    for given in content.inputs:
        found[given.key] = _checked(base, given)
    same = {row.key: row for row in base_rows(base)}
    rows = [found[key] for key in input_keys(base) if key in found and not _says_the_same(found[key], same[key])]
    if not rows:
        raise NothingDiffers(
            _("No input differs from “%(base)s”.") % {"base": title_in_page(base)},
            true=_("Nothing was recorded."),
            do=_("Enter at least one figure of your own, or switch a disruption on."),
        )
    return rows


def _row_of(own: Own) -> ScenarioInput:
    days = [None if own.days is None else Decimal(str(one)) for one in own.days or (0, 0, 0)]
    p10, p50, p90 = days if own.days else (None, None, None)
    value = None if own.value is None else Decimal(str(own.value))
    return ScenarioInput(
        key=own.key, p10=p10, p50=p50, p90=p90, value=value, grade=own.grade, source=own.source, switch=own.switch
    )


def _says_the_same(row: ScenarioInput, base: ScenarioInput) -> bool:
    return all(getattr(row, name) == getattr(base, name) for name in ("p10", "p50", "p90", "value", "grade", "source"))


def _checked(base: Scenario, given: InputGiven) -> ScenarioInput:
    if given.key not in input_keys(base):
        raise InputNotThere(
            _("“%(base)s” has no input “%(key)s”.") % {"base": title_in_page(base), "key": given.key[:40]},
            true=_("Its inputs are: %(keys)s. Nothing was recorded.") % {"keys": ", ".join(input_keys(base))},
            do=_("Leave it out, or choose another base."),
        )
    source = given.source.strip()
    refuse_unprintable(source)
    if not source:
        raise SourceMissing(
            _("%(input)s does not say where its figure is from.") % {"input": input_word(given.key)},
            true=_("Nothing was recorded."),
            do=_("Write a source: who said it, or on what it rests."),
        )
    row = ScenarioInput(key=given.key, grade=given.grade, source=source)
    if given.key in VALUES:
        row.value = _value(given)
    else:
        row.p10, row.p50, row.p90 = _days(base, given)
    return row


def _value(given: InputGiven) -> Decimal:
    most = MOST_SHARE if given.key in SHARES else MOST_DAYS
    given_days = (given.p10, given.p50, given.p90) != (None, None, None)
    if given.value is None or given_days or not 0 <= given.value.quantize(THOUSANDTH) <= Decimal(str(most)):
        raise SpreadOutOfOrder(
            _("%(input)s is one value from 0 to %(most)s.") % {"input": input_word(given.key), "most": f"{most:g}"},
            true=_("Nothing was recorded."),
            do=_("Correct the figures."),
        )
    return given.value.quantize(THOUSANDTH)


def _days(base: Scenario, given: InputGiven) -> tuple[Decimal, Decimal, Decimal]:
    """P10, P50 and P90 in days, to the thousandth; P10 and P90 keep the base's ratio to P50 unless given."""
    if given.p50 is not None and given.value is None:
        same = next(row for row in base_rows(base) if row.key == given.key)
        assert same.p10 is not None and same.p50 is not None and same.p90 is not None
        points = (
            given.p10 if given.p10 is not None else given.p50 * same.p10 / same.p50,
            given.p50,
            given.p90 if given.p90 is not None else given.p50 * same.p90 / same.p50,
        )
        p10, p50, p90 = (point.quantize(THOUSANDTH) for point in points)
        if 0 < p10 <= p50 <= p90 <= Decimal(str(MOST_DAYS)):
            return p10, p50, p90
    raise SpreadOutOfOrder(
        _("%(input)s: days must be above zero and in order, P10 ≦ P50 ≦ P90.") % {"input": input_word(given.key)},
        true=_("%(most)s days at most. Nothing was recorded.") % {"most": f"{MOST_DAYS:g}"},
        do=_("Correct the figures."),
    )


def _as_text(rows: Sequence[ScenarioInput]) -> dict[str, str]:
    """Each input in one line, for the event and for two who edit at once."""
    return {row.key: f"{_figures(row)} {row.grade} {row.source}" for row in rows}


def _figures(row: ScenarioInput) -> str:
    points = [point for point in (row.p10, row.p50, row.p90, row.value) if point is not None]
    return " / ".join(f"{point.normalize():f}" for point in points)


def _refuse_name(name: str, remark: str) -> None:
    refuse_unprintable(name, remark)
    if not name or len(name) > NAME_LIMIT:
        raise ScenarioNameOdd(
            _("A scenario has a name of 1 to %(limit)d characters.") % {"limit": NAME_LIMIT},
            true=_("Nothing was recorded."),
            do=_("Choose a short name: it stands at the end of its curve."),
        )


def _refuse_taken(name: str, scenario: OwnScenario | None) -> None:
    folded = name.casefold()
    built_in = {title.casefold() for one in default_scenarios().values() for title in (one.title_ja, one.title_en)}
    others = OwnScenario.objects.filter(name__iexact=name, retired_at=None)
    if folded in built_in or others.exclude(pk=scenario.pk if scenario else 0).exists():
        raise _taken(name)


def _taken(name: str) -> ScenarioNameTaken:
    return ScenarioNameTaken(
        _("There is a scenario “%(name)s” already.") % {"name": name},
        true=_("Nothing was recorded."),
        do=_("Choose another name, or save a revision of that one."),
    )


def _refuse_switches(base: Scenario, switches: Sequence[str]) -> None:
    for key in switches:
        if not SWITCH_BY_KEY[key].fits(base):
            raise SwitchNotThere(
                _("“%(switch)s” cannot strike “%(base)s”.")
                % {"switch": SWITCH_BY_KEY[key].en, "base": title_in_page(base)},
                true=_("Nothing was recorded."),
                do=_("Leave it out, or choose another base."),
            )


def _refuse_retired(scenario: OwnScenario) -> None:
    if scenario.retired_at is not None:
        raise ScenarioRetired(
            _("Scenario “%(name)s” is retired.") % {"name": scenario.name},
            true=_("Nothing was recorded."),
            do=_("Save a new one."),
        )


wall("own_scenario_name_is_unique_while_in_use", lambda: _taken("…"))
