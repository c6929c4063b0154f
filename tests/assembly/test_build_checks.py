"""The integrity checks of builds: silent on a world made by operations, loud on one that was bent."""

from collections.abc import Callable

import pytest
from django.db import connection

from assembly.models import Build, Nonconformity, OperationRun
from assembly.operations.nonconformities import dispose_nonconformity
from inventory.checks import CHECKS, run_checks
from inventory.models import Placement
from tests.assembly.world import a_finished_switch, a_tray, done, fill, finished, pin_check, started
from tests.cast import a_caller, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

OURS = [name for name in CHECKS if name.startswith("assembly.")]


def a_world() -> Build:
    """A complete switch, and a tray whose leak test failed, was decided and repeated."""
    switch = a_finished_switch()
    tray = a_tray()
    fill(tray)
    finished(tray, 110)
    started(tray, 120)
    finished(tray, 120, p_drop="9")
    dispose_nonconformity(
        caller=a_caller("tanaka"), number=Nonconformity.objects.get().number, disposition="retest", reason="継手",
        pin_check_id=pin_check("tanaka"),
    )  # fmt: skip
    done(tray, 120)
    return Build.objects.get(pk=switch.build.pk)


def test_a_world_made_by_operations_is_whole() -> None:
    a_world()

    assert list(run_checks()) == []


def bent(sql: str, *parameters: object) -> None:
    """A change that no operation makes; triggers that would refuse it are off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET session_replication_role = origin")


def _empty_slot(build: Build) -> None:
    bent("UPDATE inventory_placement SET to_at = now() + interval '9 y', closed_event_id = event_id"
         " WHERE host_id = %s AND position = 'bmc_0'", build.unit_id)  # fmt: skip


def _other_slot(build: Build) -> None:
    bent("UPDATE inventory_placement SET position = 'x' WHERE host_id = %s AND position = 'bmc_0'", build.unit_id)


def _other_part(build: Build) -> None:
    bent("UPDATE assembly_slot SET part_id = (SELECT id FROM inventory_part WHERE number = 'HMC-GB')"
         " WHERE build_id = %s", build.pk)  # fmt: skip


def _undone(build: Build) -> None:
    bent("UPDATE assembly_operationrun SET result = 'aborted' WHERE build_id = %s AND attempt = 1", build.pk)


def _gap(build: Build) -> None:
    bent("UPDATE assembly_operationrun SET attempt = 3 WHERE build_id = %s", build.pk)


def _one_person(_build: Build) -> None:
    bent("UPDATE assembly_signature SET user_id = %s", person("mei").pk)


def _unreported(_build: Build) -> None:
    bent("UPDATE assembly_nonconformity SET run_id = NULL")


def _closed_early(_build: Build) -> None:
    bent("UPDATE assembly_operationrun SET result = 'fail' WHERE attempt = 2")


def _eventless(_build: Build) -> None:
    bent("UPDATE assembly_nonconformity SET disposed_event_id = NULL")


@pytest.mark.parametrize(
    ("bend", "check"),
    [
        (_empty_slot, "assembly.complete-builds-have-required-slots-filled"),
        (_other_slot, "assembly.fitted-units-sit-in-a-slot"),
        (_other_part, "assembly.fitted-parts-are-accepted"),
        (_other_part, "assembly.slots-are-those-of-the-design"),
        (_undone, "assembly.complete-builds-have-everything-done"),
        (_gap, "assembly.attempts-count-without-gaps"),
        (_one_person, "assembly.checkers-are-second-persons"),
        (_one_person, "assembly.signatures-name-their-persons-pin"),
        (_unreported, "assembly.failed-runs-are-reported"),
        (_closed_early, "assembly.closed-nonconformities-are-answered"),
        (_eventless, "assembly.decided-nonconformities-name-their-event"),
    ],
)
def test_a_bent_world_is_found_out(bend: Callable[[Build], None], check: str) -> None:
    build = a_world()
    assert Placement.objects.filter(host_id=build.unit_id, to_at=None).exists()
    assert OperationRun.objects.filter(build=build).exists()

    bend(build)

    assert check in OURS
    assert list(run_checks([check]))
