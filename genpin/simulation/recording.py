"""One story, told once by the operations in a transaction that is rolled back, and what it left, act by act.

The sequences of keys begin far apart meanwhile, so that a key can be told from every other number, in columns and in
JSON alike. Numbers that stand in texts (tags, hold numbers, crate codes) are known by their texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from assembly.burn_in.packing import digest_of
from assembly.models import BurnInRun, Design, Signature
from assembly.operations.builds import made_serial
from assembly.operations.nonconformities import nonconformity_text
from assembly.queries.burn_in import samples_of
from assembly.queries.shown import Shown
from documents import files
from genpin.demo.plan import RackPlan
from genpin.demo.plant import Plant
from genpin.demo.racks import rack_work
from genpin.simulation.acting import rack_plant
from genpin.simulation.shape import Table, sequence_positions, set_sequences, tables
from genpin.simulation.surroundings import Around, Surroundings, stand_ins
from genpin.simulation.tokens import Template
from inventory.operations.holds import hold_text
from inventory.text import tag_text
from ledger.canonical import canonical_bytes
from ledger.operations import OPERATIONS
from ledger.shapes import bound_arguments
from logistics.operations.crates import sscc_of
from logistics.operations.shipments import shipment_text

STAND_IN = 999_999
"""The number of the rack that tells a story while it is recorded."""
APART = 10**12
"""Between the first keys of two tables."""

Wording = Callable[[int, int], str]
"""Year and number → the text of a number that the plant gives."""

WORDINGS: dict[str, Wording] = {
    "inventory_tag_number": lambda _year, number: tag_text(number),
    "inventory_hold_number": lambda _year, number: hold_text(number),
    "assembly_nonconformity_number": nonconformity_text,
    "logistics_shipment_number": shipment_text,
    "logistics_sscc_reference": lambda _year, number: sscc_of(number),
}
"""Sequences whose numbers appear in texts only."""
UNITS_MADE = "assembly_unit_number"


def wordings(sequence: str) -> list[Wording]:
    """The texts in which a number of the sequence may appear; none for a sequence of keys."""
    if sequence != UNITS_MADE:
        return [WORDINGS[sequence]] if sequence in WORDINGS else []
    prefixes = Design.objects.exclude(unit_prefix="").values_list("unit_prefix", flat=True)
    made = [partial(made_serial, prefix) for prefix in sorted(set(prefixes))]
    return [*made, *(partial(_host_name, prefix) for prefix in sorted(set(prefixes)))]


def _host_name(prefix: str, year: int, number: int) -> str:
    """A tray's host in testers' files is called after it."""
    return made_serial(prefix, year, number).lower()


@dataclass(slots=True)
class Version:
    """A row as an act left it: the act's place in the story, the fields as COPY writes them."""

    act: int
    fields: list[str]
    template: Template | None = None
    """The fields with their places, once they are read."""


@dataclass(frozen=True, slots=True)
class ActTold:
    """An act: its moment, and how many numbers of each sequence it took."""

    moment: datetime
    taken: dict[str, int]


@dataclass(slots=True)
class Recording:
    """All that one story left."""

    story: RackPlan
    around: Around
    starts: dict[str, int]
    """The first number of each sequence that belongs to the story."""
    acts: list[ActTold] = field(default_factory=list)
    rows: dict[str, dict[str, list[Version]]] = field(default_factory=dict)
    """By table and key, in the order of coming."""
    used: list[list[tuple[str, str]]] = field(default_factory=list)
    """By act: the lots taken from, as texts (lot key, quantity)."""
    arguments: dict[str, bytes] = field(default_factory=dict)
    """The canonical arguments of each call, by its idempotency key."""
    shown: dict[str, bytes] = field(default_factory=dict)
    """What signers were shown, by its hash."""
    contents: dict[str, bytes] = field(default_factory=dict)
    """Files that were stored, by their hash."""
    soaks: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Moments and values of a burn-in, by their digest."""
    serials: list[tuple[str, str, int]] = field(default_factory=list)
    """Kind, serial and act of the serials that were asked for during the story."""


@dataclass
class _ListeningPlant(Plant):
    """Remembers the arguments of its calls, as the gate's receipt hashes them, and serials asked for meanwhile."""

    arguments: dict[str, bytes] = field(default_factory=dict)

    def call(self, gated: Callable[..., Any], person: str, at: datetime, station: str = "", **arguments: Any) -> Any:
        function = gated.__wrapped__  # type: ignore[attr-defined]
        entry = OPERATIONS[f"{function.__module__.split('.')[0]}.{function.__name__}"]
        told = canonical_bytes({"arguments": bound_arguments(entry.function, arguments)})
        answer = super().call(gated, person, at, station, **arguments)
        self.arguments[f"{self.keys}{self.calls}"] = told
        return answer


def record_story(shared: Plant, story: RackPlan) -> Recording:
    """Tell a story once and take it back. Nothing of it stays in the database; the files it stored become orphans."""
    with transaction.atomic():
        _spread_sequences()
        standing = stand_ins(shared_copy(shared))
        recording = _Recorder(shared, story, standing).run()
        transaction.set_rollback(True)
    return recording


def shared_copy(shared: Plant) -> Plant:
    """The shared plant with keys of its own, for what is taken back."""
    plant = Plant(shared.begin, shared.agenda, shared.rng, shared.serials, shared.people, shared.checks)
    plant.keys, plant.papers = "simulated:stand-in:", False
    return plant


def _spread_sequences() -> None:
    positions = sequence_positions()
    set_sequences(
        {
            name: following if name in WORDINGS or name == UNITS_MADE else (place + 1) * APART
            for place, (name, following) in enumerate(positions.items())
        }
    )


class _Recorder:
    """One recording at work."""

    def __init__(self, shared: Plant, story: RackPlan, standing: Surroundings) -> None:
        around = standing.around(cell=0, position=0, lots=0, design=story.wish.design)
        self.story = replace(story, cell=around.cell.code)
        plant = rack_plant(shared, STAND_IN, self.story, around, _ListeningPlant)
        assert isinstance(plant, _ListeningPlant)
        self.plant = plant
        self.tables: list[Table] = tables()
        self.newest = self.latest = 0
        self.recording = Recording(story, around, sequence_positions(), arguments=plant.arguments)

    def run(self) -> Recording:
        found, plant = self.recording, self.plant
        self.seen = {table.name: {fields[table.key] for fields in self._changed(table)} for table in self.tables}
        self.newest = self.latest
        rack_work(plant, self.story, STAND_IN).schedule()
        numbers = sequence_positions()
        plant.serials.asked.clear()  # type: ignore[attr-defined]
        while plant.agenda.next_moment is not None:
            moment = plant.agenda.step()
            now = sequence_positions()
            found.acts.append(
                ActTold(moment, {name: now[name] - numbers[name] for name in now if now[name] != numbers[name]})
            )
            numbers = now
            self._take_rows(len(found.acts) - 1)
            self._take_serials(len(found.acts) - 1)
        self._take_hashed()
        return found

    def _changed(self, table: Table) -> list[list[str]]:
        """Rows that were written since the last time: their transaction's number is newer."""
        columns = ", ".join(connection.ops.quote_name(column) for column in table.columns)
        lines = []
        with connection.cursor() as cursor:
            text = (
                f"COPY (SELECT xmin, {columns} FROM {connection.ops.quote_name(table.name)}"
                f" WHERE xmin::text::bigint > {self.newest} ORDER BY {table.key + 2}) TO STDOUT"
            )
            with cursor.copy(text) as copy:
                lines = [bytes(line).decode().rstrip("\n").split("\t") for line in copy]
        return self._noted(lines)

    def _noted(self, lines: list[list[str]]) -> list[list[str]]:
        self.latest = max([self.latest, *(int(line[0]) for line in lines)])
        return [line[1:] for line in lines]

    def _take_rows(self, act: int) -> None:
        found = self.recording
        found.used.append([])
        for table in self.tables:
            for fields in self._changed(table):
                key = fields[table.key]
                if key in self.seen[table.name]:
                    self._take_foreign(table, fields)
                    continue
                found.rows.setdefault(table.name, {}).setdefault(key, []).append(Version(act, fields))
        self.newest = self.latest
        self._take_uses(act)

    def _take_foreign(self, table: Table, fields: list[str]) -> None:
        """A row that was there before: only the balance of a lot may change, which its moves tell."""
        if table.name != "inventory_stock":
            raise RuntimeError(f"a story changes a row of {table.name} that is not its own: {fields}")

    def _take_uses(self, act: int) -> None:
        moves = self.recording.rows.get("inventory_stockmove", {})
        table = next(one for one in self.tables if one.name == "inventory_stockmove")
        lot, quantity = table.place("lot_id"), table.place("quantity")
        for versions in moves.values():
            if versions[-1].act == act:
                self.recording.used[act].append((versions[-1].fields[lot], versions[-1].fields[quantity]))

    def _take_serials(self, act: int) -> None:
        for kind, serial in self.plant.serials.asked:  # type: ignore[attr-defined]
            self.recording.serials.append((kind, serial, act))
        self.plant.serials.asked.clear()  # type: ignore[attr-defined]

    def _take_hashed(self) -> None:
        """The bytes behind the hashes that depend on the rack."""
        found = self.recording
        signed = Signature.objects.filter(run__build__order_number=self._order()).select_related("run")
        shown = Shown([row.run for row in signed])
        for row in signed:
            told = shown.bytes_of(row.run, before=row.event_id)
            found.shown[hashlib.sha256(told).hexdigest()] = told
        for run in BurnInRun.objects.filter(run__build__order_number=self._order()):
            times, values = samples_of(run.pk)
            found.soaks[digest_of(times, values)] = (times, values)
        for versions in found.rows.get("documents_storedfile", {}).values():
            table = next(one for one in self.tables if one.name == "documents_storedfile")
            sha256 = versions[-1].fields[table.place("sha256")]
            found.contents[sha256] = files.get(sha256)

    def _order(self) -> str:
        return f"MO-{self.story.kit_ready.year % 100:02d}-{50_000 + STAND_IN}"
