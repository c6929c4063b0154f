"""The database holds the rules alone: each named constraint and trigger refuses what goes round the operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from psycopg.types.range import Range

from tests.contracts.bare_rows import NOON, ONE, TWO, Givens, Row, a_row, insert, tables
from tests.contracts.kept_rows import ELSEWHERE, TRIGGERS
from tests.contracts.walls import CHECKS, CONDITIONS, COPIES, HOLES, IMPLIED, OF_TWO_UNITS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _dangling(db: None) -> Iterator[None]:
    """The rows point nowhere, so they go before anybody looks at their foreign keys."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def given() -> Mapping[str, Row]:
    """Units with their parts, for the tables that want them."""
    return Givens()


def refused(name: str, step: Callable[[], Any]) -> None:
    """The step is refused by the wall of that name."""
    with pytest.raises(IntegrityError) as fault, transaction.atomic():
        step()
    assert fault.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]


def run(statement: str) -> None:
    """Plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _checks() -> list[Any]:
    """Each check; one that has a hole must say so, and loses the word when it is closed."""
    return [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=HOLES[name]) if name in HOLES else ())
        for name in CHECKS
    ]


@pytest.mark.parametrize("name", _checks())
def test_a_wrong_value_is_refused(name: str, given: Mapping[str, Row]) -> None:
    table, wrong = CHECKS[name]
    name = name.partition(" ")[0]
    with transaction.atomic():  # the same row without the fault is taken
        insert(table, a_row(table, given))
        transaction.set_rollback(True)

    refused(name, lambda: insert(table, a_row(table, given, **wrong)))


UNIQUE = {
    constraint.name: (table, constraint)
    for table, model in tables().items()
    for constraint in model._meta.constraints
    if isinstance(constraint, models.UniqueConstraint) and constraint.name not in IMPLIED
}


@pytest.mark.parametrize("name", UNIQUE)
def test_a_second_one_is_refused(name: str, given: Mapping[str, Row]) -> None:
    table, constraint = UNIQUE[name]
    asked, other = CONDITIONS.get(name, ({}, {}))
    asked = given["in host"] if name == "position_has_one_open_placement" else asked
    other = {"unit_id": given["second"]["unit_id"]} if name in OF_TWO_UNITS else other
    columns = [tables()[table]._meta.get_field(one).column for one in constraint.fields]
    first = a_row(table, given, **asked)
    same = {column: first.get(column) for column in columns}
    insert(table, first)

    refused(name, lambda: insert(table, {**a_row(table, given, **asked), **other, **same}))


ONLY_ONE = sorted(
    f"{table}.{field.column}"
    for table, model in tables().items()
    for field in model._meta.local_concrete_fields
    if field.unique and not field.primary_key
)


@pytest.mark.parametrize("column", ONLY_ONE)
def test_a_unique_number_is_used_once(column: str, given: Mapping[str, Row]) -> None:
    table, name = column.split(".")
    first = a_row(table, given)
    first.setdefault(name, 4711 if name.endswith("_id") else "X-1")
    if table == "inventory_goodsreceipt":
        first["lot_id"] = None
    second = {**a_row(table, given), **{key: first[key] for key in (name, "lot_id") if key in first}}
    insert(table, first)

    with pytest.raises(IntegrityError, match=f"Key \\({name}\\)="), transaction.atomic():
        insert(table, second)


@pytest.mark.parametrize("name", COPIES)
def test_a_copied_value_is_that_of_its_source(name: str, given: Mapping[str, Row]) -> None:
    table, wrong = COPIES[name]

    refused(name, lambda: insert(table, a_row(table, given, **wrong)))


@pytest.mark.parametrize("name", TRIGGERS)
def test_what_happened_is_kept(name: str, given: Mapping[str, Row]) -> None:
    kept = TRIGGERS[name]
    pk = insert(kept.table, a_row(kept.table, given, **kept.row))

    for change in kept.changes:
        refused(kept.constraint, lambda change=change: run(change.format(t=kept.table, k="id", id=pk)))


def test_a_released_bill_gets_no_line_and_loses_none(given: Mapping[str, Row]) -> None:
    bill = insert("inventory_bom", a_row("inventory_bom", given))
    insert("inventory_bomline", a_row("inventory_bomline", given, bom_id=bill))
    run(f"UPDATE inventory_bom SET released_at = now() WHERE id = {bill}")

    refused(
        "released_bom_is_fixed",
        lambda: insert("inventory_bomline", a_row("inventory_bomline", given, bom_id=bill, number=2)),
    )
    refused("released_bom_is_fixed", lambda: run(f"DELETE FROM inventory_bomline WHERE bom_id = {bill}"))
    refused("released_bom_is_fixed", lambda: run(f"UPDATE inventory_bomline SET quantity = 9 WHERE bom_id = {bill}"))


def test_attempts_have_no_gap(given: Mapping[str, Row]) -> None:
    insert("assembly_operationrun", a_row("assembly_operationrun", given, attempt=2))

    refused("attempts_count_without_gaps", lambda: run("SET CONSTRAINTS attempts_count_without_gaps IMMEDIATE"))


def _placement(given: Mapping[str, Row], **others: Any) -> Row:
    return a_row("inventory_placement", given, **others)


CLOSED = {"from_at": TWO, "to_at": TWO + timedelta(hours=2), "closed_event_id": 1}
INSIDE = {"from_at": TWO + timedelta(hours=1), "to_at": TWO + timedelta(hours=3), "closed_event_id": 1}
AFTER = {"from_at": TWO + timedelta(hours=2), "to_at": TWO + timedelta(hours=3), "closed_event_id": 1}


def test_periods_of_a_unit_never_overlap_but_may_touch(given: Mapping[str, Row]) -> None:
    insert("inventory_placement", _placement(given, **CLOSED))

    refused("placements_of_a_unit_never_overlap", lambda: insert("inventory_placement", _placement(given, **INSIDE)))
    insert("inventory_placement", _placement(given, **AFTER))


def test_periods_in_a_position_never_overlap_but_may_touch(given: Mapping[str, Row]) -> None:
    in_host, second = given["in host"], given["second"]
    insert("inventory_placement", _placement(given, **in_host, **CLOSED))

    refused(
        "placements_in_a_position_never_overlap",
        lambda: insert("inventory_placement", {**_placement(given, **in_host, **INSIDE), **second}),
    )
    insert("inventory_placement", {**_placement(given, **in_host, **AFTER), **second})
    insert(
        "inventory_placement",
        {**_placement(given, **in_host, **INSIDE), **given["second"], "position": "P2"} | AFTER_ALL,
    )


FOUR = TWO + timedelta(hours=4)
AFTER_ALL = {"from_at": TWO + timedelta(hours=4), "to_at": TWO + timedelta(hours=5)}


def _cell(given: Mapping[str, Row], kw: int = 100, lpm: int = 100) -> int:
    feed = insert("assembly_feed", a_row("assembly_feed", given, capacity_kw=kw))
    loop = insert("assembly_loop", a_row("assembly_loop", given, capacity_kw=kw, capacity_lpm=lpm))
    return insert("assembly_burnincell", a_row("assembly_burnincell", given, feed_id=feed, loop_id=loop))


def test_a_cell_holds_one_rack_at_a_time(given: Mapping[str, Row]) -> None:
    cell = _cell(given)
    row = {"cell_id": cell, "period": Range(NOON, TWO)}
    insert("assembly_reservation", a_row("assembly_reservation", given, **row))

    refused(
        "cell_holds_one_rack_at_a_time",
        lambda: insert("assembly_reservation", a_row("assembly_reservation", given, cell_id=cell)),
    )
    insert("assembly_reservation", a_row("assembly_reservation", given, cell_id=cell, cancelled_at=NOON))
    insert("assembly_reservation", a_row("assembly_reservation", given, cell_id=cell, period=Range(TWO, FOUR)))


def test_a_cell_is_out_of_service_once_at_a_time(given: Mapping[str, Row]) -> None:
    row = {"cell_id": _cell(given), "period": Range(NOON, TWO)}
    insert("assembly_celloutage", a_row("assembly_celloutage", given, **row))

    refused(
        "cell_is_out_of_service_once_at_a_time",
        lambda: insert("assembly_celloutage", a_row("assembly_celloutage", given, **row)),
    )
    insert("assembly_celloutage", a_row("assembly_celloutage", given, **row, ended_at=NOON, ended_event_id=1))


@pytest.mark.parametrize(("kw", "lpm"), [(60, 1), (1, 60)])
def test_reservations_stay_within_what_feed_and_loop_give(given: Mapping[str, Row], kw: int, lpm: int) -> None:
    first = _cell(given)
    with connection.cursor() as cursor:
        cursor.execute("SELECT feed_id, loop_id FROM assembly_burnincell WHERE id = %s", [first])
        feed, loop = cursor.fetchone()
    second = insert("assembly_burnincell", a_row("assembly_burnincell", given, feed_id=feed, loop_id=loop))
    amount = {"kw": kw, "lpm": lpm}
    insert("assembly_reservation", a_row("assembly_reservation", given, cell_id=first, **amount))
    run("SET CONSTRAINTS reservations_stay_within_capacity IMMEDIATE")

    refused(
        "reservations_stay_within_capacity",
        lambda: insert("assembly_reservation", a_row("assembly_reservation", given, cell_id=second, **amount)),
    )
    late = Range(ONE, TWO)
    insert("assembly_reservation", a_row("assembly_reservation", given, cell_id=second, period=late, **amount))


FAR = Range(datetime(2090, 1, 1, tzinfo=UTC), datetime(2090, 1, 9, tzinfo=UTC))
LOWERED = {
    "feed_gives_what_is_reserved": "UPDATE assembly_feed SET capacity_kw = 59",
    "loop_gives_what_is_reserved": "UPDATE assembly_loop SET capacity_lpm = 59",
    "moved_cell_finds_what_is_reserved": "UPDATE assembly_burnincell SET feed_id = (SELECT max(id) FROM assembly_feed)",
}


@pytest.mark.parametrize("name", LOWERED)
def test_a_supply_is_never_made_smaller_than_what_is_reserved(given: Mapping[str, Row], name: str) -> None:
    cell = _cell(given)
    insert("assembly_feed", a_row("assembly_feed", given, capacity_kw=59))
    row = a_row("assembly_reservation", given, cell_id=cell, kw=60, lpm=60, period=FAR)
    kept = insert("assembly_reservation", row)
    run(LOWERED[name].replace("59", "60").replace("SELECT max", "SELECT min"))  # down to it is well
    run(f"SET CONSTRAINTS {name} IMMEDIATE")

    refused("reservations_stay_within_capacity", lambda: run(LOWERED[name]))
    run(f"UPDATE assembly_reservation SET cancelled_at = now() WHERE id = {kept}")
    run(LOWERED[name])


WALLS_THERE = """
SELECT conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE t.relname ~ %s AND contype IN ('c', 'u', 'x', 'f') AND conname !~ '(_fk_|_fkey|_uniq$|_key$)'
  AND conname !~ ('^' || t.relname || '_.*_check$')
UNION SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
WHERE t.relname ~ %s AND indisunique AND indpred IS NOT NULL
UNION SELECT tgname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid WHERE t.relname ~ %s AND NOT tgisinternal
"""


def test_every_wall_is_exercised() -> None:
    ours = "^(ledger|accounts|documents|inventory|assembly|logistics)_"
    with connection.cursor() as cursor:
        cursor.execute(WALLS_THERE, [ours] * 3)
        there = {row[0].split(".")[-1].strip('"') for row in cursor.fetchall()}
    exercised = {*(name.partition(" ")[0] for name in CHECKS), *UNIQUE, *COPIES, *TRIGGERS, *ELSEWHERE, *IMPLIED}

    assert there - exercised == set(), "walls without a test"
    assert exercised - there == set(), "tests of walls that are not there"
