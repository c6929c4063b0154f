"""The demo plant: planned by seed, loaded by operations alone, as deep as a real one."""

import itertools
import os
import random
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from accounts.models import User
from accounts.operations.people import begin_demo_history
from assembly.models import Build, BurnInRun, OperationRun, SoakInterval, TestRun
from genpin.demo import anew, loading
from genpin.demo.accepted import batches
from genpin.demo.cast import CAST
from genpin.demo.loading import Loaded, load_small
from genpin.demo.moving import keep_moving
from genpin.demo.plan import SEED, SMALL, WISHES, plan
from genpin.demo.soaking import samples
from inventory.checks import run_checks
from inventory.models import Hold, Identifier
from ledger.doors import command_caller
from ledger.models import Delivery, Event
from logistics.models import Acceptance
from logistics.queries.lives import RackLife, rack_lives
from tests import database
from tests.logistics.lead_times.demo_past import past_lives

NOW = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)
CORE = {"D-20": 524, "D-31": 506}
INSIDE = """
WITH RECURSIVE inside(id) AS (
  SELECT %s::bigint UNION ALL
  SELECT p.unit_id FROM inside JOIN inventory_placement p ON p.host_id = inside.id AND p.to_at IS NULL
) SELECT p.kind, count(*) FROM inside JOIN inventory_unit u ON u.id = inside.id
JOIN inventory_part p ON p.id = u.part_id GROUP BY 1
"""


def kinds_inside(unit_id: int) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(INSIDE, [unit_id])
        return dict(cursor.fetchall())


def living(design: str = "") -> list[Build]:
    racks = Build.objects.racks().filter(origin="plant").select_related("design", "unit").order_by("pk")
    return list(racks.filter(design__code=design) if design else racks)


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_the_same_seed_and_present_give_the_same_plan() -> None:
    assert plan(now=NOW) == plan(now=NOW)
    assert plan(now=NOW) != plan(now=NOW, seed=1)


@pytest.mark.parametrize("hours", range(0, 48, 5))
def test_every_rack_is_at_the_present_where_it_is_wanted(hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    for rack in plan(now=now).racks:
        if rack.voyage is None:
            begin, end = rack.spans[rack.wish.span]
            assert begin <= now <= end, rack.name
        else:
            assert rack.spans["520"][1] <= rack.voyage.departed <= now, rack.name
            assert [call.moment for call in rack.voyage.calls] == sorted(call.moment for call in rack.voyage.calls)
    ways = {rack.name: rack.voyage for rack in plan(now=now).racks if rack.voyage}
    for name in ("ferry", "ferry-south"):
        reported = [(call.kind, call.leg) for call in ways[name].calls if call.moment <= now]
        assert ("leg_departed", 2) in reported and ("leg_arrived", 2) not in reported
    assert now - max(call.moment for call in ways["silent"].calls) > timedelta(hours=6)
    assert ways["arrived"].arrived < now < ways["arrived"].received
    assert ways["accepted"].received < ways["accepted"].accepted < now


def test_no_two_racks_soak_in_one_cell_at_once() -> None:
    racks = plan(now=NOW).racks
    for cell in {rack.cell for rack in racks}:
        spans = sorted(rack.spans["350"] for rack in racks if rack.cell == cell)
        assert all(end < begin for (_, end), (begin, _) in itertools.pairwise(spans))


def test_a_typhoon_makes_two_shipments_late() -> None:
    found = batches(NOW, 66, random.Random(1))

    delayed = [b for b in found if any(c.kind == "delayed" and b.way.arrived - b.way.departed > timedelta(days=3)
                                       for c in b.way.calls)]  # fmt: skip
    assert len(found) == 33 and sum(batch.racks for batch in found) == 66
    assert len(delayed) >= 2 and all(b.way.departed.month == 9 for b in delayed)
    assert all(b.way.received.date() > b.need_by for b in delayed)
    assert all(batch.way.accepted < NOW for batch in found)


def test_samples_of_a_minute_do_not_depend_on_where_one_begins() -> None:
    whole = samples(7, True, 0, 3000)

    assert (samples(7, True, 1400, 100) == whole[1400:1500]).all()
    assert (whole[200:600, 6] < 150).all() and (whole[:, 2] >= 120).all()


# --- a small plant ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(
    django_db_setup: None, database_server: database.TestServer, django_db_blocker: Any
) -> Iterator[tuple[Loaded, datetime]]:
    """Two living racks and two accepted ones in a database of their own, loaded once for this file."""
    name = database_server.copy()
    try:
        with django_db_blocker.unblock(), database.connected_to(database_server.url(name)):
            now = datetime.now(UTC)
            yield load_small(now=now, home=settings.GENPIN_HOME), now
    finally:
        database_server.drop(name)


def test_a_rack_past_kitting_has_its_core_units(small: tuple[Loaded, datetime]) -> None:
    rack = living("D-20")[0]
    inside = kinds_inside(rack.unit_id)

    assert sum(inside.values()) == CORE["D-20"]
    assert (inside["gpu"], inside["superchip"], inside["cpu"], inside["psu"], inside["nvswitch"]) == (
        72,
        36,
        36,
        48,
        18,
    )
    uuids = Identifier.objects.filter(kind="uuid", unit__part__kind="gpu", unit__placements__to_at=None)
    assert uuids.count() == 2 * 72


def test_its_operations_signatures_and_files_are_all_there(small: tuple[Loaded, datetime]) -> None:
    rack = living("D-20")[0]
    runs = OperationRun.objects.filter(build=rack)
    trays = Build.objects.filter(order_number=rack.order_number).exclude(pk=rack.pk)

    assert sorted(runs.filter(result="pass").values_list("operation__number", flat=True)) == [
        200, 210, 220, 230, 240, 250, 260, 300, 310, 320, 330, 340,
    ]  # fmt: skip
    for run in runs.filter(result="pass").select_related("operation"):
        assert set(run.signatures.values_list("meaning", flat=True)) == set(run.operation.signs)
    assert trays.count() == 27 and not trays.filter(completed_at=None).exists()
    files = TestRun.objects.filter(build__in=[rack, *trays], disposition="accept")
    assert (files.filter(tool="dcgm-diag").count(), files.filter(tool="nvidia-smi").count()) == (18, 36)
    assert files.filter(tool="nccl-tests", unit=rack.unit).count() == 1


def test_the_integrity_check_is_clean(small: tuple[Loaded, datetime]) -> None:
    assert [f"{found.check} {found.fault.where}: {found.fault.say}" for found in run_checks()] == []


def test_history_says_that_it_begins_and_never_passes_the_present(small: tuple[Loaded, datetime]) -> None:
    _loaded, now = small
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))

    assert kinds[0] == "accounts.demo-history-begun" and "accounts.demo-loaded" in kinds
    whole = Event.objects.get(kind="accounts.demo-loaded")
    history = Event.objects.filter(pk__lte=whole.pk).order_by("pk")
    recorded = list(history.values_list("recorded_at", flat=True))
    assert not history.filter(recorded_at__gt=now).exists()
    assert recorded == sorted(recorded) and recorded[0] < now - timedelta(days=270)
    assert not Delivery.objects.filter(done_at=None, event_id__lte=whole.pk).exists()


def test_the_cell_with_a_gap_has_a_clock_that_stood(small: tuple[Loaded, datetime]) -> None:
    run = BurnInRun.objects.get(ended_at=None)
    intervals = list(SoakInterval.objects.filter(burn_in=run))

    assert run.samples.count() > 1500 and len(intervals) == 2
    assert intervals[1].from_at - intervals[0].to_at == timedelta(minutes=48)
    assert run.verdict is None


def test_accepted_racks_are_marked_as_read_in(small: tuple[Loaded, datetime]) -> None:
    racks = Build.objects.racks().filter(origin="imported")

    assert racks.count() == 2 == Acceptance.objects.exclude(outcome="refused").count()
    for rack in racks:
        assert kinds_inside(rack.unit_id) == {"rack": 1, "compute": 18, "switch": 9}
    assert not BurnInRun.objects.filter(run__build__in=racks).exists()


def test_accepted_racks_lived_as_the_judged_past_says(small: tuple[Loaded, datetime]) -> None:
    """Coverage is judged on the plan of the history (tests/logistics/lead_times/test_coverage.py): what is loaded is
    it."""
    _loaded, now = small
    loaded = [life for life in rack_lives(now) if life.origin == "imported"]
    planned = past_lives(now, seed=SEED, racks=2)

    def told(life: RackLife) -> list[object]:
        moments = [
            life.kit_ready_at,
            life.started_at,
            life.sealed_at,
            life.departed_at,
            life.arrived_at,
            life.received_at,
        ]
        return [*moments, *life.repairs, *((step.number, step.stage, step.passed_at) for step in life.steps)]

    assert [told(life) for life in loaded] == [told(life) for life in planned]


def test_spares_holds_and_a_held_lot_are_there(small: tuple[Loaded, datetime]) -> None:
    assert Hold.objects.open().filter(unit__isnull=False).exists()
    assert Hold.objects.open().filter(lot__part__kind="tim").count() == 1


def test_the_logins_file_is_its_owners_alone(small: tuple[Loaded, datetime]) -> None:
    loaded, _now = small
    place = Path(settings.GENPIN_HOME) / "demo-logins.txt"
    text = place.read_text(encoding="utf-8")

    assert stat.S_IMODE(os.stat(place).st_mode) == 0o600
    assert [login.member.username for login in loaded.logins] == [one.username for one in CAST if one.goes_to]
    assert all(login.password in text and login.pin in text for login in loaded.logins)
    assert "What to try" in text and loaded.told["next tray"] in text
    mei = User.objects.get(username="mei")
    assert mei.check_password(loaded.logins[0].password)


def test_a_second_load_changes_nothing(small: tuple[Loaded, datetime]) -> None:
    events, told = Event.objects.count(), StringIO()

    call_command("load_demo", stdout=told)

    assert "there already" in told.getvalue() and Event.objects.count() == events


def test_the_living_racks_go_on(small: tuple[Loaded, datetime]) -> None:
    _loaded, now = small
    run = BurnInRun.objects.get(ended_at=None)
    before = run.samples.count()

    first = keep_moving(now + timedelta(minutes=3))
    again = keep_moving(now + timedelta(minutes=3))

    assert first["fed"] == 1 and again["fed"] == 0
    assert run.samples.count() == before + 3
    assert SoakInterval.objects.filter(burn_in=run).count() == 2


# --- other databases --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_plant_of_its_own_gets_no_demo() -> None:
    call_command("load_master_data", stdout=StringIO())
    events, told = Event.objects.count(), StringIO()

    call_command("load_demo", stdout=told)

    assert "empty one only" in told.getvalue() and Event.objects.count() == events


@pytest.mark.django_db
def test_a_database_without_a_demo_does_not_move() -> None:
    assert keep_moving(NOW) == {}


@pytest.mark.commits
def test_a_load_that_was_broken_off_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    genpin = User.objects.get(username="genpin")
    begin_demo_history(caller=command_caller(genpin, key="demo:1"), seed=1, racks=2, accepted=2)
    found: list[str] = []
    monkeypatch.setattr(loading, "load", lambda **_arguments: found.append(anew.state_of_database()))

    call_command("load_demo", stdout=StringIO())

    assert found == ["empty"] and User.objects.filter(username="genpin").exists()


@pytest.mark.commits
def test_what_somebody_did_after_a_broken_load_is_kept() -> None:
    genpin = User.objects.get(username="genpin")
    begin_demo_history(caller=command_caller(genpin, key="demo:1"), seed=1, racks=2, accepted=2)
    call_command("load_master_data", stdout=StringIO())

    with pytest.raises(CommandError):
        call_command("load_demo", stdout=StringIO())

    assert anew.state_of_database() == "broken-off" and Event.objects.filter(kind="inventory.part-defined").exists()


# --- the whole plant --------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.commits
def test_the_whole_plant_is_as_deep_as_it_says(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    loaded = loading.load(now=now, home=tmp_path, tell=lambda _text: None)
    racks = living()

    assert len(racks) == len(WISHES) == 20 and len(SMALL) == 2
    still_building = {loaded.told[f"rack {name}"] for name in ("kitting", "short", "trays", "insertion")}
    for rack in racks:
        if rack.unit.serial not in still_building:
            assert sum(kinds_inside(rack.unit_id).values()) == CORE[rack.design.code], rack.unit.serial
    assert Acceptance.objects.filter(unit__build__origin="imported").count() >= 60
    assert BurnInRun.objects.filter(ended_at=None).count() == 4
    assert BurnInRun.objects.filter(verdict="fail").count() == 1
    assert not Event.objects.filter(recorded_at__gt=now).exists()
    assert [f"{found.check} {found.fault.where}: {found.fault.say}" for found in run_checks()] == []
