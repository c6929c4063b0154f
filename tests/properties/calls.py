"""The calls that the state machine makes: each knows what the model says of it now, and what it changes there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assembly.models import Build, Slot
from assembly.operations.installs import install_unit, remove_unit
from assembly.operations.runs import abort_run, finish_run, start_run
from inventory.operations.endings import end_unit
from inventory.operations.holds import place_hold, release_hold
from inventory.operations.placements import move_units
from inventory.operations.receiving import receive_unit
from ledger.callers import Caller
from tests.cast import a_caller
from tests.properties.model import REPEATS, Making, Model, Run, Thing


@dataclass
class World:
    """Names of the model → rows of the database; filled as things come to be."""

    units: dict[str, int] = field(default_factory=dict)
    builds: dict[str, int] = field(default_factory=dict)
    slots: dict[tuple[str, str], int] = field(default_factory=dict)

    def know(self, build: Build, name: str) -> None:
        """A build and its slots."""
        self.units[name], self.builds[name] = build.unit_id, build.pk
        self.slots |= {(name, slot.position): slot.pk for slot in Slot.objects.filter(build=build)}


@dataclass(frozen=True, repr=False)
class Call:
    """One call of one operation by somebody, with a key of its own so that it can be sent again."""

    caller: Caller
    told: str
    gated: Callable[..., Any]
    arguments: dict[str, Any]
    refusals: Callable[[Model], set[str]]
    change: Callable[[Model, Any], None]

    def __repr__(self) -> str:
        return self.told

    def send(self) -> Any:
        """The result; a refusal is raised."""
        return self.gated(caller=self.caller, **self.arguments)


def _true(**refusals: Any) -> set[str]:
    """The codes of what is so."""
    return {code for code, so in refusals.items() if so}


def receive(world: World, name: str, place: str) -> Call:
    """An announced thing comes in."""

    def refusals(model: Model) -> set[str]:
        return {"AlreadyReceived"} if name in model.things else set()

    def change(model: Model, result: Any) -> None:
        model.things[name] = Thing(model.announced[name], place)
        world.units[name] = result.unit_id

    arguments = {"serial": name, "location_code": place}
    return Call(a_caller("mei"), f"receive {name}", receive_unit, arguments, refusals, change)


def move(world: World, name: str, place: str) -> Call:
    """A thing is carried to another place."""

    def refusals(model: Model) -> set[str]:
        why = model.unmovable(name)  # a held thing is carried inside the plant
        return why | {"UnitHeld"} if why and model.things[name].holds else why

    def change(model: Model, _result: Any) -> None:
        model.things[name].place = place

    arguments = {"serials": [name], "location_code": place}
    return Call(a_caller("mei"), f"move {name} to {place}", move_units, arguments, refusals, change)


def hold(world: World, name: str) -> Call:
    """Quality holds a thing."""

    def change(model: Model, result: Any) -> None:
        model.things[name].holds.add(result.number)

    arguments = {"target": name, "reason": "Looks odd"}
    return Call(a_caller("tanaka"), f"hold {name}", place_hold, arguments, lambda _model: set(), change)


def release(world: World, name: str, number: str) -> Call:
    """Quality releases a hold."""

    def refusals(model: Model) -> set[str]:
        return set() if number in model.things[name].holds else {"HoldReleased"}

    def change(model: Model, _result: Any) -> None:
        model.things[name].holds.discard(number)

    arguments = {"number": number, "reason": "Looked at"}
    return Call(a_caller("tanaka"), f"release {number}", release_hold, arguments, refusals, change)


def end(world: World, name: str) -> Call:
    """Quality scraps a thing with all that is in it."""

    def change(model: Model, _result: Any) -> None:
        for gone in [name, *model.contents(name)]:
            model.things[gone].ended, model.things[gone].place = True, None

    arguments = {"unit": name, "how": "scrapped", "reason": "Broken"}
    return Call(a_caller("tanaka"), f"end {name}", end_unit, arguments, lambda model: model.unmovable(name), change)


def install(world: World, host: str, position: str, name: str) -> Call:
    """A thing is fitted into a slot."""

    def refusals(model: Model) -> set[str]:
        thing, making, around = model.things[name], model.makings[host], model.things[host]
        return _true(
            UnitEnded=around.ended or thing.ended,
            UnitNotHere=thing.ended,
            UnitHeld=around.holds or thing.holds,
            StepNotOpen=not making.filling,
            SlotTaken=position in model.inside(host),
            WrongPart=thing.part != making.positions[position],
            UnitInstalled=model.is_installed(name),
            UnitNotFinished=name in model.makings and not model.makings[name].complete,
        )

    def change(model: Model, _result: Any) -> None:
        model.things[name].place = (host, position)
        model.things[name].fitted += 1

    arguments = {"slot_id": world.slots[host, position], "serial": name}
    return Call(a_caller("mei"), f"install {name} in {host} {position}", install_unit, arguments, refusals, change)


def remove(world: World, host: str, position: str, place: str) -> Call:
    """Whatever sits in a slot comes out."""

    def refusals(model: Model) -> set[str]:
        why = {"UnitInsideHost"} if model.is_installed(host) else set()
        return why if position in model.inside(host) else why | {"SlotEmpty"}

    def change(model: Model, _result: Any) -> None:
        making = model.makings[host]
        model.things[model.inside(host)[position]].place = place
        again = {number for number in REPEATS[making.kind] if making.counts(number)}
        for number in again:
            making.demands[number] = model.next_tick()
        if again:
            making.complete = False

    arguments = {"slot_id": world.slots[host, position], "reason": "Scratched", "location_code": place}
    return Call(a_caller("mei"), f"remove {host} {position}", remove_unit, arguments, refusals, change)


def start(world: World, host: str, number: int) -> Call:
    """An operation begins."""

    def refusals(model: Model) -> set[str]:
        making, thing = model.makings[host], model.things[host]
        return _true(
            UnitEnded=thing.ended,
            UnitHeld=thing.holds,
            BuildDone=making.complete,
            AlreadyRunning=making.open_run(number),
            AlreadyDone=making.counts(number),
            OutOfOrder=any(not making.counts(before) for before in making.route if before < number),
        )

    def change(model: Model, _result: Any) -> None:
        model.makings[host].runs.setdefault(number, []).append(Run(model.next_tick()))

    arguments = {"build_id": world.builds[host], "number": number}
    return Call(a_caller("mei"), f"start {number} of {host}", start_run, arguments, refusals, change)


def finish(world: World, host: str, number: int) -> Call:
    """An operation ends well; with the last one the build is complete."""

    def refusals(model: Model) -> set[str]:
        making = model.makings[host]
        why = set() if making.open_run(number) else {"NotRunning"}
        if model.things[host].ended:
            why.add("UnitEnded")
        if making.route[number] and set(making.positions) - set(model.inside(host)):
            why.add("SlotsEmpty")
        return why

    def change(model: Model, _result: Any) -> None:
        making = model.makings[host]
        _end_run(making, number, "pass")
        making.complete = making.complete or all(making.counts(one) for one in making.route)

    arguments = {"build_id": world.builds[host], "number": number}
    return Call(a_caller("mei"), f"finish {number} of {host}", finish_run, arguments, refusals, change)


def abort(world: World, host: str, number: int) -> Call:
    """An operation is broken off; also of a thing that has ended, so that nothing stays open."""

    def refusals(model: Model) -> set[str]:
        return set() if model.makings[host].open_run(number) else {"NotRunning"}

    def change(model: Model, _result: Any) -> None:
        _end_run(model.makings[host], number, "aborted")

    arguments = {"build_id": world.builds[host], "number": number, "reason": "Shift over"}
    return Call(a_caller("mei"), f"abort {number} of {host}", abort_run, arguments, refusals, change)


def _end_run(making: Making, number: int, result: str) -> None:
    run = making.open_run(number)
    assert run is not None
    run.result = result
