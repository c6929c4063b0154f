"""Whether a rack may be packed and may leave: its build, what its hardware reports, its route's packing operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from assembly.models import Build, OperationRun, RoutingOperation
from assembly.operations.judging import ConfigurationDiffers
from assembly.operations.runs import RecordedValue, RunFinish, RunStart, finish_many, lock_builds, start_many
from assembly.queries.configuration import open_differences
from inventory.models import Unit
from ledger.callers import Caller
from ledger.refusals import Refusal
from logistics.queries.departing import incomplete_builds


class NoBuild(Refusal):
    """The unit was not built here."""


class NoPacking(Refusal):
    """The route of the build has no packing operation."""


class BuildIncomplete(Refusal):
    """The rack's build is not complete."""


def lock_builds_of(units: Mapping[int, Unit]) -> dict[int, Build]:
    """Step: the builds of these units by unit id, locked by key. Refuses NoBuild."""
    ids = list(Build.objects.filter(unit_id__in=list(units)).values_list("pk", flat=True))
    builds = {build.unit_id: build for build in lock_builds(ids).values()}
    for unit_id, unit in units.items():
        if unit_id not in builds:
            raise NoBuild(
                _("%(unit)s was not built here.") % {"unit": unit.name},
                true=_("Only a rack with a build can be packed. Nothing was recorded."),
                do=_("Scan the serial of the rack."),
            )
    return builds


def begin_packing(caller: Caller, builds: Sequence[Build]) -> dict[int, int]:
    """Step: start the packing operation of these locked builds where it is not running; its number by build id.

    Assembly refuses what is not ready: OutOfOrder, NonconformityOpen, AlreadyDone, BuildDone, WrongStation. A build
    that was read in as history is complete and has no runs: it is left alone. Refuses NoPacking."""
    own = [build for build in builds if not _is_imported(build)]
    numbers = _packing_numbers(own)
    running = set(
        OperationRun.objects.filter(
            build__in=[build.pk for build in own], operation__kind="pack", finished_at=None
        ).values_list("build_id", flat=True)
    )
    start_many(caller, [RunStart(build.pk, numbers[build.pk]) for build in own if build.pk not in running])
    return numbers


def end_packing(
    caller: Caller, numbers: Mapping[int, int], told: Mapping[int, tuple[Sequence[RecordedValue], int | None]]
) -> None:
    """Step: finish the packing operations begun; `told` is values and PIN check by build id."""
    if numbers:
        finish_many(
            caller,
            [RunFinish(pk, number, list(told[pk][0]), told[pk][1]) for pk, number in numbers.items()],
        )


def _is_imported(build: Build) -> bool:
    return build.origin == "imported" and build.completed_at is not None


def _packing_numbers(builds: Sequence[Build]) -> dict[int, int]:
    """The number of the last packing operation on each build's route. Refuses NoPacking."""
    routings = {build.design.routing_id for build in builds}
    last = dict(
        RoutingOperation.objects.filter(routing_id__in=routings, kind="pack")
        .order_by("number")
        .values_list("routing_id", "number")
    )
    for build in builds:
        if build.design.routing_id not in last:
            raise NoPacking(
                _("The route of %(unit)s has no packing operation.") % {"unit": build.unit.name},
                true=_("Nothing was recorded."),
                do=_("Scan a rack; trays travel inside one."),
            )
    return {build.pk: last[build.design.routing_id] for build in builds}


def refuse_incomplete(rack_ids: Iterable[int]) -> None:
    """Step: refuse BuildIncomplete when a rack's build has something open: a run, a signature, a nonconformity."""
    build = incomplete_builds(rack_ids).select_related("unit").order_by("pk").first()
    if build is not None:
        raise BuildIncomplete(
            _("%(rack)s is not released: its build is not complete.") % {"rack": build.unit.name},
            true=_("Something on its route is open or unsigned. Nothing was recorded."),
            do=_("Open the rack's page and finish what is open."),
        )


def refuse_differing(rack_ids: Iterable[int]) -> None:
    """Step: refuse ConfigurationDiffers when the hardware of one of these racks reports another serial, slot or
    cartridge than was scanned and nobody approved it (assembly.queries.configuration; the units are locked, so no file
    about them is read meanwhile)."""
    for found in open_differences(rack_ids).values():
        rack = Unit.objects.get(build=found[0].build_id)
        raise ConfigurationDiffers(
            _("%(rack)s may not leave: %(count)d differences between scanned and reported. %(first)s.")
            % {"rack": rack.name, "count": len(found), "first": found[0].say},
            true=_("Nothing was recorded."),
            do=_(
                "Open the configuration of the rack: read its hardware again, put right what was fitted, or have"
                " quality approve each difference by name."
            ),
        )
