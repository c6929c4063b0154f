"""A state machine of hypothesis: many callers, one after another and at once, against the model of the plant."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

from django.db.models import Count, F
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from assembly.models import Build, OperationRun
from assembly.operations.builds import BuildStart, start_build
from inventory.models import Hold, Placement, Unit
from ledger.models import Event, Receipt
from ledger.refusals import Refusal
from tests.cast import a_caller
from tests.database import at_once
from tests.properties import calls
from tests.properties.calls import Call, World
from tests.properties.model import Making, Model, Thing
from tests.properties.workshop import POSITIONS, RACK, SHELVES, TRAY, A, B
from tests.world import a_notice, fresh

RACED = {"PositionTaken", "UnitElsewhere"}
"""How the database's own walls refuse the second of two racers, where the model names the rule behind it."""


class PlantMachine(RuleBasedStateMachine):
    """Rules are acts of people; after each the database says what the model says."""

    def __init__(self) -> None:
        super().__init__()
        self.model, self.world = Model(), World()
        self.sent: list[tuple[Call, Any]] = []

    @initialize()
    def goods_are_announced(self) -> None:
        names = {fresh("M"): part for part in (A,) * 16 + (B,) * 8}
        a_notice([{"part number": part, "serial": name} for name, part in names.items()])
        self.model.announced = names
        for name in [*list(names)[:3], *list(names)[-2:]]:
            self.make(calls.receive(self.world, name, SHELVES[0]))
        self._start(TRAY, "board")

    # What people do, one after another.

    @rule(data=st.data())
    def one_call(self, data: st.DataObject) -> None:
        self.make(self.drawn(data))

    @rule(part=st.sampled_from((TRAY, TRAY, RACK)))
    @precondition(lambda self: len(self.model.makings) < 5)
    def a_build_is_started(self, part: str) -> None:
        self._start(part, "tray" if part == RACK else "board")

    @rule(data=st.data())
    def a_build_goes_on(self, data: st.DataObject) -> None:
        """The next right act of its route, with whatever it needs: so deep states are reached."""
        host = data.draw(st.sampled_from(sorted(self.model.makings)), label="host")
        making = self.model.makings[host]
        number = next((one for one in making.route if not making.counts(one)), None)
        if number is None:
            return
        if not making.open_run(number):
            self.make(calls.start(self.world, host, number))
        if making.filling:
            self._fill(host)
        self.make(calls.finish(self.world, host, number))

    @rule(data=st.data())
    def a_part_is_replaced(self, data: st.DataObject) -> None:
        host = data.draw(st.sampled_from(sorted(self.model.makings)), label="host")
        filled = sorted(self.model.inside(host))
        if not filled:
            return
        position = data.draw(st.sampled_from(filled), label="position")
        self.make(calls.remove(self.world, host, position, SHELVES[2]))
        other = self._free(self.model.makings[host].positions[position])
        if other:
            self.make(calls.install(self.world, host, position, other))

    @rule(data=st.data())
    @precondition(lambda self: self.sent)
    def a_call_comes_again(self, data: st.DataObject) -> None:
        """A replay: the same answer, and nothing more happens."""
        call, answer = data.draw(st.sampled_from(self.sent[-12:]), label="call")
        before = (Event.objects.count(), Receipt.objects.count())

        assert told(call.send()) == answer
        assert (Event.objects.count(), Receipt.objects.count()) == before

    # What people do at once.

    @rule(data=st.data())
    def an_impatient_double_tap(self, data: st.DataObject) -> None:
        call = self.drawn(data)
        why = call.refusals(self.model)
        first, second = at_once(call.send, call.send)
        self._judge(call, first, why)
        assert told(first) == told(second)
        if not isinstance(first, Exception):
            call.change(self.model, first)
            self.sent.append((call, told(first)))

    @rule(data=st.data(), count=st.sampled_from((2, 2, 2, 3)))
    def several_at_once(self, data: st.DataObject, count: int) -> None:
        """Whatever comes of it must be what some order of the calls, one after another, would have come to."""
        together = [self.drawn(data) for _ in range(count)]
        self._settle(together, at_once(*[call.send for call in together]))

    @rule(data=st.data())
    def two_at_one_unit(self, data: st.DataObject) -> None:
        """Two hands on one thing: fitted here or there, held, carried, scrapped."""
        name = self._unit(data)
        acts = [self._about(data, name) for _ in range(2)]
        self._settle(acts, at_once(*[call.send for call in acts]))

    @rule(data=st.data())
    def two_at_one_build(self, data: st.DataObject) -> None:
        """Two hands on one build: filled, emptied, begun, finished, scrapped."""
        host = data.draw(st.sampled_from(sorted(self.model.makings)), label="host")
        acts = [self._at(data, host) for _ in range(2)]
        self._settle(acts, at_once(*[call.send for call in acts]))

    # The judgement.

    @invariant()
    def the_record_says_what_happened(self) -> None:
        things = self.model.things
        units = {pk: name for name, pk in self.world.units.items()}
        places = Placement.objects.filter(unit__in=units, to_at=None).values_list(
            "unit", "location__code", "host", "position"
        )
        found = sorted((units[unit], code or (units[host], position)) for unit, code, host, position in places)
        assert found == sorted((name, thing.place) for name, thing in things.items() if thing.place is not None)

        ended = Unit.objects.filter(pk__in=units, ended_at__isnull=False).values_list("pk", flat=True)
        assert {units[pk] for pk in ended} == {name for name, thing in things.items() if thing.ended}

        holds = Hold.objects.filter(unit__in=units, released_at=None).values_list("unit", "number")
        assert {(units[pk], number) for pk, number in holds} == {
            (name, number) for name, thing in things.items() for number in thing.holds
        }

    @invariant()
    def nothing_was_lost_or_doubled(self) -> None:
        units = {pk: name for name, pk in self.world.units.items()}
        fitted = {name: thing.fitted for name, thing in self.model.things.items() if thing.fitted}
        rows = Placement.objects.filter(unit__in=units, host__isnull=False).values_list("unit").annotate(n=Count("pk"))
        assert {units[pk]: count for pk, count in rows} == fitted
        events = Event.objects.filter(
            kind="assembly.unit-installed", subject_type="inventory.unit", subject_id__in=map(str, units)
        )
        told_of = events.values_list("subject_id").annotate(n=Count("pk"))
        assert {units[int(pk)]: count for pk, count in told_of} == fitted

    @invariant()
    def the_routes_stand_where_they_should(self) -> None:
        builds = {pk: name for name, pk in self.world.builds.items()}
        runs = OperationRun.objects.filter(build__in=builds).annotate(number=F("operation__number"))
        found = sorted((builds[run.build_id], run.number, run.attempt, run.result or "") for run in runs)
        assert found == sorted(
            (name, number, attempt, run.result)
            for name, making in self.model.makings.items()
            for number, attempts in making.runs.items()
            for attempt, run in enumerate(attempts, start=1)
        )
        complete = Build.objects.filter(pk__in=builds).exclude(completed_at=None).values_list("pk", flat=True)
        assert {builds[pk] for pk in complete} == {n for n, making in self.model.makings.items() if making.complete}

    # Making and judging calls.

    def make(self, call: Call) -> None:
        """One call by itself: refused for a reason that is true, or done."""
        why = call.refusals(self.model)
        try:
            result = call.send()
        except Refusal as refusal:
            self._judge(call, refusal, why)
        else:
            self._judge(call, result, why)
            call.change(self.model, result)
            self.sent.append((call, told(result)))

    def _judge(self, call: Call, outcome: Any, why: set[str]) -> None:
        if isinstance(outcome, Refusal):
            assert outcome.code in why, f"{call.told}: refused {outcome.code}, true is {sorted(why) or 'nothing'}"
        elif isinstance(outcome, Exception):
            raise AssertionError(f"{call.told}: a fault of ours") from outcome
        else:
            assert not why, f"{call.told}: done, though {sorted(why)}"

    def _settle(self, together: Sequence[Call], outcomes: Sequence[Any]) -> None:
        """Find an order that explains the outcomes, and take it as what happened."""
        for call, outcome in zip(together, outcomes, strict=True):
            if isinstance(outcome, Exception) and not isinstance(outcome, Refusal):
                raise AssertionError(f"{call.told}: a fault of ours") from outcome
        for order in permutations(zip(together, outcomes, strict=True)):
            model = self.model.copy()
            if all(explained(model, call, outcome) for call, outcome in order):
                self.model = model
                self.sent += [(call, told(outcome)) for call, outcome in order if not isinstance(outcome, Exception)]
                return
        said = ", ".join(f"{call.told}: {told(outcome)}" for call, outcome in zip(together, outcomes, strict=True))
        raise AssertionError(f"no order explains what came of calls made at once: {said}")

    # Drawing calls.

    def drawn(self, data: st.DataObject) -> Call:
        """Any call, about any thing or any build."""
        if data.draw(st.booleans(), label="about a unit"):
            return self._about(data, self._unit(data))
        return self._at(data, data.draw(st.sampled_from(sorted(self.model.makings)), label="host"))

    def _unit(self, data: st.DataObject) -> str:
        return str(data.draw(st.sampled_from(sorted(self.model.things)), label="unit"))

    def _about(self, data: st.DataObject, name: str) -> Call:
        kind = data.draw(st.sampled_from(("install", "install", "move", "hold", "release", "end", "receive")))
        holds = sorted(self.model.things[name].holds)
        if kind == "release" and holds:
            return calls.release(self.world, name, data.draw(st.sampled_from(holds)))
        if kind == "hold":
            return calls.hold(self.world, name)
        if kind == "end":
            return calls.end(self.world, name)
        if kind == "move":
            return calls.move(self.world, name, data.draw(st.sampled_from(SHELVES)))
        if kind == "receive":
            coming = [*sorted(self.model.announced)[:6], *sorted(self.model.announced)[-3:]]
            return calls.receive(self.world, data.draw(st.sampled_from(coming)), SHELVES[0])
        hosts = sorted(host for host in self.model.makings if host != name)
        if not hosts:
            return calls.move(self.world, name, SHELVES[1])
        host = data.draw(st.sampled_from(hosts), label="host")
        return calls.install(self.world, host, self._position(data, host), name)

    def _at(self, data: st.DataObject, host: str) -> Call:
        kind = data.draw(st.sampled_from(("install", "install", "remove", "start", "finish", "abort", "end", "hold")))
        if kind == "install":
            position = self._position(data, host)
            wanted = self.model.makings[host].positions[position]
            fitting = [name for name, thing in sorted(self.model.things.items()) if thing.part == wanted != name]
            if fitting:
                return calls.install(self.world, host, position, data.draw(st.sampled_from(fitting), label="unit"))
        if kind in ("install", "remove"):
            place = data.draw(st.sampled_from(SHELVES))
            return calls.remove(self.world, host, self._position(data, host), place)
        if kind in ("end", "hold"):
            return calls.end(self.world, host) if kind == "end" else calls.hold(self.world, host)
        number = data.draw(st.sampled_from(sorted(self.model.makings[host].route)), label="number")
        return {"start": calls.start, "finish": calls.finish, "abort": calls.abort}[kind](self.world, host, number)

    def _position(self, data: st.DataObject, host: str) -> str:
        return str(data.draw(st.sampled_from(sorted(self.model.makings[host].positions)), label="position"))

    # Helping hands.

    def _start(self, part: str, kind: str) -> None:
        build = start_build(caller=a_caller("plan"), start=BuildStart(part, location_code=SHELVES[0]))
        name = build.unit.serial
        self.world.know(build, name)
        self.model.things[name] = Thing(part, SHELVES[0])
        self.model.makings[name] = Making(kind, POSITIONS[kind])

    def _fill(self, host: str) -> None:
        making, inside = self.model.makings[host], self.model.inside(host)
        for position, part in making.positions.items():
            name = self._free(part) if position not in inside else None
            if name:
                self.make(calls.install(self.world, host, position, name))

    def _free(self, part: str) -> str | None:
        """A thing of that part that may be fitted; received now where none lies on a shelf."""
        model = self.model
        for name, thing in model.things.items():
            done = name not in model.makings or model.makings[name].complete
            if thing.part == part and isinstance(thing.place, str) and not thing.holds and done:
                return name
        coming = next((n for n, what in model.announced.items() if what == part and n not in model.things), None)
        if coming:
            self.make(calls.receive(self.world, coming, SHELVES[0]))
        return coming


def explained(model: Model, call: Call, outcome: Any) -> bool:
    """Whether the model allows that outcome now; if so it is what has happened."""
    why = call.refusals(model)
    if isinstance(outcome, Refusal):
        return bool(why) and (outcome.code in why or outcome.code in RACED)
    if why:
        return False
    call.change(model, outcome)
    return True


def told(outcome: Any) -> Any:
    """An outcome to compare and to print: a refusal's code, a row's key, else what was answered."""
    if isinstance(outcome, Refusal):
        return outcome.code
    return getattr(outcome, "pk", outcome)
