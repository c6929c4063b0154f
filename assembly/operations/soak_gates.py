"""What has to be true of a rack before power and coolant go on in a cell: nothing leaks, its firmware is that of the
baseline.

A gate is a row of GATES. The route's order stops most of it already; a gate looks again at the moment of the soak, also
where the burn-in was started at a station before, or may be done beside the test that it waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assembly.models import Build, RoutingOperation
from assembly.queries.configuration import reconciled
from assembly.queries.route import Route, routes_of
from ledger.refusals import Refusal


class LeakTestNotDone(Refusal):
    """A leak test of the rack's route is not passed, or demanded again."""


class FirmwareNotMet(Refusal):
    """The firmware operation is not done, or hardware reports another version than the baseline asks for, or none."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Which operations before the burn-in have to be done, and what is said where one is not."""

    holds: Callable[[RoutingOperation], bool]
    refusal: type[Refusal]
    say: Callable[[], str]


GATES: tuple[Gate, ...] = (
    Gate(
        lambda operation: "leak_tester" in operation.tool_kinds,
        LeakTestNotDone,
        lambda: _("%(rack)s may not soak: its leak test %(number)d %(name)s is not passed."),
    ),
    Gate(
        lambda operation: operation.kind == "firmware",
        FirmwareNotMet,
        lambda: _("%(rack)s may not soak: %(number)d %(name)s is not done."),
    ),
)


def refuse_gates(builds: Sequence[Build]) -> None:
    """Step: refuse (locked) racks that may not soak yet. Refuses LeakTestNotDone, FirmwareNotMet."""
    routes = routes_of(builds)
    for build in builds:
        _refuse_operations(routes[build.pk])
    _refuse_firmware(builds)


def _refuse_operations(route: Route) -> None:
    soak = next((state.operation.number for state in route.operations if state.operation.kind == "burn_in"), 0)
    undone = [state for state in route.operations if state.operation.number < soak and not state.is_done]
    for gate in GATES:
        stops = next((state.operation for state in undone if gate.holds(state.operation)), None)
        if stops is not None:
            raise gate.refusal(
                gate.say() % {"rack": route.build.unit.name, "number": stops.number, "name": stops.name},
                true=_("Nothing was recorded."),
                do=_("Do operation %(number)d at %(centre)s first.")
                % {"number": stops.number, "centre": stops.work_centre},
            )


def _refuse_firmware(builds: Iterable[Build]) -> None:
    names = {build.pk: build.unit.name for build in builds}
    told = reconciled(names)
    unmet = next((one for rows in told.values() for one in rows if one.is_firmware and one.is_open), None)
    if unmet is None:
        return
    words = {
        "rack": names[unmet.build_id], "place": unmet.place, "what": unmet.kind, "reported": unmet.reported,
        "wanted": unmet.scanned, "baseline": str(unmet.baseline),
    }  # fmt: skip
    if unmet.state == "unreported":
        say = _(
            "%(rack)s may not soak: no version of %(what)s was read of %(place)s, the baseline asks for %(wanted)s."
        )
        do = _("Import a readout of the tray that names it, or have the difference approved.")
    else:
        say = _("%(rack)s may not soak: %(place)s reports %(what)s %(reported)s, the baseline is %(wanted)s.")
        do = _("Update it and import the readout again, or have the difference approved.")
    raise FirmwareNotMet(
        say % words,
        true=_("Firmware baseline %(baseline)s. Nothing was recorded.") % words,
        do=do,
    )
