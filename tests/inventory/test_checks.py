"""The integrity checks: silent on a world that operations made, loud on each wound."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection

from inventory.checks import CHECKS, register_check, run_checks
from inventory.checks.events import event_columns
from inventory.operations.endings import end_unit
from inventory.operations.holds import place_hold
from inventory.operations.lots import consume_lot
from ledger.models import Event
from tests.cast import a_caller
from tests.world import a_lot, a_superchip, a_unit, received_units

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> None:
    board, other = received_units(a_superchip(), 2, lot="L-1")
    consume_lot(caller=a_caller("mei"), lot=a_lot().tag, host=board.tag, quantity=Decimal(1))
    place_hold(caller=a_caller("tanaka"), target=board.tag, reason="x")
    end_unit(caller=a_caller("tanaka"), unit=other.tag, how="scrapped", reason="x")


@contextmanager
def wounded(*statements: str) -> Iterator[None]:
    """As a hand in the database would do it: triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")
    yield


def test_a_world_that_operations_made_is_whole(world: None) -> None:
    assert list(run_checks()) == []


@pytest.mark.complaint(16)
@pytest.mark.parametrize(
    ("check", "wound"),
    [
        ("inventory.stock-is-the-sum-of-its-moves", "UPDATE inventory_stock SET quantity = quantity + 1"),
        ("inventory.placements-are-within-a-life", "UPDATE inventory_unit SET born_at = born_at + interval '1 day'"),
        (
            "inventory.placements-are-within-a-life",
            "UPDATE inventory_unit SET ended_at = now() - interval '99 years'",
        ),
        ("inventory.identifiers-are-normalised", "UPDATE inventory_identifier SET normalised = normalised || 'x'"),
        ("inventory.serial-is-the-label", "UPDATE inventory_unit SET serial = serial || 'x' WHERE serial <> ''"),
        ("inventory.tags-carry-their-check-character", "UPDATE inventory_unit SET tag = tag || '1'"),
        ("inventory.consumption-left-the-stock", "UPDATE inventory_consumption SET quantity = 9"),
        ("inventory.receipts-are-within-their-lines", "UPDATE inventory_goodsreceipt SET quantity = 10000"),
        ("ledger.events-exist", "UPDATE inventory_hold SET placed_event_id = 99999999"),
    ],
)
def test_each_wound_is_found(world: None, check: str, wound: str) -> None:
    with wounded(wound):
        assert check in {found.check for found in run_checks()}


def test_two_places_and_a_low_host_are_found(world: None) -> None:
    with wounded(
        "ALTER TABLE inventory_placement DROP CONSTRAINT placements_of_a_unit_never_overlap",
        "DROP INDEX unit_has_one_open_placement",
        "ALTER TABLE inventory_placement DROP CONSTRAINT host_is_of_a_higher_level",
        "INSERT INTO inventory_placement (unit_id, unit_level, host_id, host_level, position, from_at, event_id, why)"
        " SELECT unit_id, unit_level, unit_id, unit_level, 'X' || id, from_at + interval '1 second', event_id, ''"
        " FROM inventory_placement WHERE to_at IS NULL",
    ):
        found = {found.check for found in run_checks()}
    assert {"inventory.placements-do-not-overlap", "inventory.hosts-are-of-a-higher-level"} <= found


@pytest.mark.parametrize(
    "wound",
    [
        "body = body || '\\x20'::bytea",
        "kind = 'inventory.unit-lost'",
        'payload = payload || \'{"quantity": "1"}\'',
        "actor = gen_random_uuid()",
        "recorded_at = recorded_at + interval '1 second'",
        "subject_id = subject_id + 1",
    ],
)
def test_a_changed_event_is_found(wound: str) -> None:
    event = Event.objects.get(kind="inventory.unit-received", subject_id=a_unit().pk)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE ledger_event SET {wound} WHERE id = %s", [event.pk])
    faults = list(run_checks(["ledger.events-say-what-their-bytes-say"]))
    assert [found.fault.where for found in faults] == [f"event {event.pk}"]


def test_every_column_that_names_an_event_is_looked_at() -> None:
    tables = {table for table, _column, _zero in event_columns()}
    assert {"inventory_unit", "inventory_placement", "inventory_hold", "ledger_delivery", "assembly_build"} <= tables


def test_a_check_has_one_name() -> None:
    name, function = next(iter(CHECKS.items()))
    register_check(name, function)
    with pytest.raises(RuntimeError):
        register_check(name, list)
