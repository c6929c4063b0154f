"""A simulated plant: by operations and by COPY it is the same plant, row by row; it says that it is simulated."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from accounts.operations.histories import begin_simulated_history
from accounts.operations.people import register_person
from genpin.demo.anew import state_of_database
from genpin.simulation.filling import Filled, fill
from genpin.simulation.plan import CELL_AFTER, CELL_BEFORE, simulation_plan, told_later
from genpin.simulation.shape import Table, sequence_positions, tables
from genpin.simulation.tokens import Places, later
from inventory.checks import run_checks
from ledger.canonical import canonical_bytes, leaf_hash
from ledger.doors import command_caller
from ledger.models import Event
from tests import database

NOW = datetime(2026, 11, 20, 7, 3, tzinfo=UTC)
PEOPLE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SECRET = {"accounts_user": {"password", "pin_hash", "date_joined"}}
"""Made anew for every plant: passwords, and when a row was written."""

Rows = dict[str, list[tuple[str, ...]]]


@pytest.mark.slow
def test_operations_and_copy_leave_the_same_plant(
    django_db_setup: None, database_server: database.TestServer, django_db_blocker: Any
) -> None:
    """Two racks of one story, the second still being built: every row of every table, with its keys and bytes."""
    acted = _filled_rows(database_server, django_db_blocker, fast=False)
    copied = _filled_rows(database_server, django_db_blocker, fast=True)

    assert acted.keys() == copied.keys()
    for name in acted:
        assert copied[name] == acted[name], name
    assert len(acted["inventory_unit"]) > 700
    assert len(acted["ledger_event"]) > 2500


def _filled_rows(server: database.TestServer, blocker: Any, *, fast: bool) -> Rows:
    name = server.copy()
    try:
        with blocker.unblock(), database.connected_to(server.url(name)):
            filled = _fill(fast=fast)
            assert filled.acts > 100
            assert list(run_checks()) == []
            first = Event.objects.order_by("pk").values_list("kind", flat=True)[0]
            assert first == "accounts.simulated-history-begun"
            assert not Event.objects.filter(recorded_at__gt=NOW).exists()
            moments = list(Event.objects.order_by("pk").values_list("recorded_at", flat=True))
            assert moments == sorted(moments)
            return {**{table.name: list(_canonical(table)) for table in tables()}, "sequences": _sequences()}
    finally:
        server.drop(name)


def _fill(*, fast: bool) -> Filled:
    plan = simulation_plan(now=NOW, racks=2, seed=1, stories=1)
    return fill(plan, home=Path(settings.GENPIN_HOME), fast=fast, tell=lambda _text, _share: None)


def _canonical(table: Table) -> Iterator[tuple[str, ...]]:
    """The rows by key; people are called by their login, events have no uuid, and their hash is that of their bytes."""
    names = {str(person.pseudonym): person.username for person in User.objects.all()}
    quoted = ", ".join(connection.ops.quote_name(column) for column in table.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {quoted} FROM {table.name} ORDER BY {table.key + 1}")
        for row in cursor.fetchall():
            told = dict(zip(table.columns, row, strict=True))
            if table.name == "ledger_event":
                told = _without_uuid(told)
            if table.name == "ledger_receipt" and told["operation"] == "accounts.register_person":
                told["arguments_hash"] = "their password's"
            kept = {column: value for column, value in told.items() if column not in SECRET.get(table.name, ())}
            yield tuple(PEOPLE.sub(lambda hit: names.get(hit.group(), hit.group()), str(kept[key])) for key in kept)


def _without_uuid(event: dict[str, Any]) -> dict[str, Any]:
    body = bytes(event["body"])
    record = json.loads(body)
    assert canonical_bytes(record) == body
    assert leaf_hash(body) == bytes(event["leaf_hash"])
    assert record.pop("uuid") == str(event["uuid"])
    return {**event, "uuid": "", "leaf_hash": "", "body": json.dumps(record, sort_keys=True)}


def _sequences() -> list[tuple[str, ...]]:
    return [(name, str(number)) for name, number in sequence_positions().items()]


def test_a_plan_is_the_same_for_the_same_seed_and_never_tells_a_story_twice_a_day() -> None:
    plan = simulation_plan(now=NOW, racks=540, seed=3)

    assert plan == simulation_plan(now=NOW, racks=540, seed=3)
    assert plan != simulation_plan(now=NOW, racks=540, seed=4)
    told = [(turn.story, turn.days) for turn in plan.turns]
    assert len(set(told)) == len(told) == 540
    assert plan.begin < min(story.kit_ready for story in plan.stories)


def test_no_two_racks_of_a_plan_are_in_one_cell() -> None:
    plan = simulation_plan(now=NOW, racks=540, seed=3)
    kept: dict[int, list[tuple[datetime, datetime]]] = {}
    for turn in plan.turns:
        begin, end = told_later(plan.stories[turn.story], turn.days, "A-01").spans["350"]
        kept.setdefault(turn.cell, []).append((begin - CELL_BEFORE, end + CELL_AFTER))

    assert len(kept) == plan.cells
    for spans in kept.values():
        spans.sort()
        assert all(end <= begin for (_from, end), (begin, _to) in pairwise(spans))


def test_places_are_found_as_whole_words_and_filled_again() -> None:
    places = Places(first_day_place=3)
    places.name("CT26-00001", 0)
    places.keys[7] = (1, 2)

    template = places.template('{"tray":"CT26-00001-x.xml","id":7000000000001,"no":"CT26-000011","at":"2026-11-20T07"}')

    assert template.places == [0, 2, 3]
    filled = template.filled(["CT26-00200", "41", "42", later("2026-11-20", timedelta(days=42))])
    assert filled == '{"tray":"CT26-00200-x.xml","id":42,"no":"CT26-000011","at":"2027-01-01T07"}'


def test_a_testers_clock_is_moved_by_whole_days() -> None:
    assert later("Fri Nov 20 16:05:00 2026", timedelta(days=42)) == "Fri Jan 01 16:05:00 2027"


@pytest.mark.django_db
def test_the_command_refuses_a_database_with_a_record() -> None:
    genpin = User.objects.get(username="genpin")
    register_person(caller=command_caller(genpin, key="1"), username="a", name_ja="林", name_en="Hayashi", roles=[])
    told = Event.objects.count()

    with pytest.raises(CommandError, match="holds a record already"):
        call_command("simulate_plant", racks=1, stdout=StringIO())

    assert Event.objects.count() == told


@pytest.mark.django_db
def test_the_demo_leaves_a_simulated_plant_alone() -> None:
    genpin = User.objects.get(username="genpin")
    begin_simulated_history(caller=command_caller(genpin, key="1"), seed=1, racks=2)

    assert state_of_database() == "other"


@pytest.mark.django_db
@pytest.mark.parametrize("racks", [0, 20_001])
def test_the_command_refuses_an_odd_number_of_racks(racks: int) -> None:
    with pytest.raises(CommandError, match="--racks"):
        call_command("simulate_plant", racks=racks, stdout=StringIO())
