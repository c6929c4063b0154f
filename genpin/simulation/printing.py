"""A recorded story as templates, and a rack that tells it: its own keys, names, days, uuids and hashes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from assembly.burn_in.packing import digest_of
from genpin.demo.kits import deliveries_of
from genpin.demo.plan import RackPlan
from genpin.demo.plant import Plant
from genpin.demo.racks import rack_work
from genpin.simulation.acting import GPU, RackSerials, keys_of, rack_plant
from genpin.simulation.recording import APART, STAND_IN, Recording, Version, Wording, wordings
from genpin.simulation.shape import Table
from genpin.simulation.surroundings import Around
from genpin.simulation.tokens import Places, Template, fixed, joined, later, place
from ledger.canonical import leaf_hash

MICROS_OF_A_DAY = 86_400_000_000
READ = frozenset({"bigint", "text", "jsonb", "timestamp with time zone", "date", "uuid", "tstzrange"})
"""Types of columns in which places are looked for."""


@dataclass(slots=True)
class Telling:
    """A rack that tells a story: its number, its day, what it has around it, and the first numbers of each act."""

    number: int
    days: int
    plan: RackPlan
    around: Around
    starts: list[dict[str, int]] = field(default_factory=list)
    """By act: sequence → the first number that it took."""


def names_of(shared: Plant, rack: RackPlan, number: int, around: Around) -> tuple[list[str], RackSerials]:
    """The names that a rack has from its plan alone, in a fixed order (keys, order, ship notices, kit), and its makers'
    counters after them."""
    plant = rack_plant(shared, number, rack, around)
    work = rack_work(plant, rack, number)
    ordered = rack.kit_ready - timedelta(days=90)
    notices = [one.number for one in deliveries_of(work.kit, work.order, rack.kit_ready, ordered)]
    assert isinstance(plant.serials, RackSerials)
    names = [keys_of(number), work.order, *notices, *(serial for _kind, serial in plant.serials.asked)]
    return names, plant.serials


@dataclass(slots=True)
class _Number:
    """A number of a sequence that appears as a text."""

    sequence: str
    ordinal: int
    act: int
    wording: Wording


class StoryPrint:
    """A recording made ready to be printed."""

    def __init__(self, shared: Plant, recording: Recording, tables: Sequence[Table]) -> None:
        self.shared, self.recording, self.tables = shared, recording, tables
        self.places = Places(apart=APART)
        self.count = 0
        self._lay_out()
        self._templates: dict[tuple[str, int], Template] = {}
        self._printed: dict[int, dict[str, Template]] = {}

    # --- places -------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        found, places = self.recording, self.places
        self.keyed = self._key_places()
        self.numbers = self._number_places()
        self.first_name = self.count
        standing = self._standing_names()
        for text in standing:
            self._name(text)
        self.uuids = [self._name(fields) for fields in self._event_uuids()]
        self.first_file = self.count
        self.file_order = list(found.contents)
        stored = found.rows.get("documents_storedfile", {})
        self.file_acts = [versions[0].act for versions in stored.values()]
        for sha256 in self.file_order:
            self._name(sha256)
        self.first_size = self.count
        self.count += len(self.file_order)
        self.soaks = list(found.soaks)
        for digest in self.soaks:
            self._name(digest)
        self.shown = list(found.shown)
        self.first_shown = self.count
        for digest in self.shown:
            self._name(digest)
        self.first_event = self.count
        self.count += 2 * len(self.uuids)
        self.arguments = list(found.arguments)
        self.first_arguments = self.count
        self.count += len(self.arguments)
        places.first_day_place = self.count  # days are met while texts are read: they come last
        self._read_hashed()

    def _name(self, text: str) -> int:
        self.places.name(text, self.count)
        self.count += 1
        return self.count - 1

    def _key_places(self) -> list[tuple[str, int]]:
        """Sequences of keys with how many numbers of each the story took."""
        taken: dict[str, int] = {}
        for act in self.recording.acts:
            for name, count in act.taken.items():
                taken[name] = taken.get(name, 0) + count
        keyed = []
        for name, count in taken.items():
            start = self.recording.starts[name]
            if start >= APART:
                table, before = divmod(start, APART)
                # ordinals count from the table's first number: what the stand-ins took is no place
                self.places.keys[table] = (self.count - before, before + count)
                keyed.append((name, count))
                self.count += count
        return keyed

    def _number_places(self) -> list[_Number]:
        numbers = []
        for sequence in sorted({name for act in self.recording.acts for name in act.taken}):
            for wording in wordings(sequence):
                ordinal = 0
                for index, act in enumerate(self.recording.acts):
                    for _turn in range(act.taken.get(sequence, 0)):
                        number = self.recording.starts[sequence] + ordinal
                        self._name(wording(act.moment.year, number))
                        numbers.append(_Number(sequence, ordinal, index, wording))
                        ordinal += 1
        return numbers

    def _standing_names(self) -> list[str]:
        found = self.recording
        names, _serials = names_of(self.shared, found.story, STAND_IN, found.around)
        around = [*map(str, found.around.keys()), *found.around.texts()]
        asked = [text for kind, serial, _act in found.serials for text in _written(kind, serial)]
        return [*names, *asked, *around]

    def _event_uuids(self) -> list[str]:
        table = self._table("ledger_event")
        column = table.place("uuid")
        return [versions[0].fields[column] for versions in self.recording.rows["ledger_event"].values()]

    def _table(self, name: str) -> Table:
        return next(table for table in self.tables if table.name == name)

    # --- templates ----------------------------------------------------------------------------------------------------

    def _read_hashed(self) -> None:
        """Templates of everything that is hashed."""
        found, read = self.recording, self.places.template
        self.file_templates = [read(found.contents[sha256].decode()) for sha256 in self.file_order]
        self.shown_templates = [read(found.shown[digest].decode()) for digest in self.shown]
        self.argument_templates = [read(found.arguments[key].decode()) for key in self.arguments]
        body = self._table("ledger_event").place("body")
        self.body_templates = [
            read(bytes.fromhex(versions[0].fields[body].removeprefix("\\\\x")).decode())
            for versions in found.rows["ledger_event"].values()
        ]
        self.event_order = {key: index for index, key in enumerate(found.rows["ledger_event"])}

    def _row(self, table: Table, key: str, version: Version) -> Template:
        if version.template is None:
            version.template = self._read_row(table, key, version)
        return version.template

    def _read_row(self, table: Table, key: str, version: Version) -> Template:
        parts = []
        for index, (column, kind, text) in enumerate(zip(table.columns, table.types, version.fields, strict=True)):
            parts.append(fixed("\t" if index else ""))
            parts.append(self._field(table, key, column, kind, version.fields) or self._read(kind, text))
        return joined([*parts, fixed("\n")])

    def _read(self, kind: str, text: str) -> Template:
        return self.places.template(text) if kind in READ else fixed(text)

    def _field(self, table: Table, key: str, column: str, kind: str, fields: list[str]) -> Template | None:
        """Fields whose value is made of others."""
        if table.name == "ledger_event" and column in ("body", "leaf_hash"):
            number = self.first_event + 2 * self.event_order[key] + (column == "leaf_hash")
            return joined([fixed("\\\\x"), place(number)])
        if table.name == "ledger_receipt" and column == "arguments_hash":
            number = self.first_arguments + self.arguments.index(fields[table.place("key")])
            return joined([fixed("\\\\x"), place(number)])
        if table.name == "documents_storedfile" and column == "size":
            return place(self.first_size + self.file_order.index(fields[table.place("sha256")]))
        if kind == "bytea" and table.name not in ("assembly_telemetrysample",):
            raise RuntimeError(f"{table.name}.{column} holds bytes that a copy cannot know")
        return None

    def templates(self, acts: int) -> dict[str, Template]:
        """By table, the rows as they are after so many acts."""
        if acts in self._printed:
            return self._printed[acts]
        found: dict[str, Template] = {}
        for table in self.tables:
            rows = []
            for key, versions in self.recording.rows.get(table.name, {}).items():
                known = [version for version in versions if version.act < acts]
                if known:
                    rows.append(self._row(table, key, known[-1]))
            if rows:
                found[table.name] = joined(rows)
        if acts == len(self.recording.acts):
            self._printed[acts] = found
        return found

    # --- one rack -----------------------------------------------------------------------------------------------------

    def values(self, telling: Telling) -> tuple[list[str], list[bytes]]:
        """What stands at each place for this rack, and the files it leaves."""
        values = [
            *self._keys_of(telling),
            *self._numbers_of(telling),
            *self._names_of(telling),
            *_uuids(len(self.uuids)),
        ]
        values.extend([""] * (self.places.first_day_place - len(values)))
        by = timedelta(days=telling.days)
        values.extend(later(day, by) for day in self.places.days)
        contents = [template.filled(values).encode() for template in self.file_templates]
        for index, content in enumerate(contents):
            values[self.first_file + index] = hashlib.sha256(content).hexdigest()
            values[self.first_size + index] = str(len(content))
        for digest in self.soaks:
            times, samples = self.recording.soaks[digest]
            values[self.places.names[digest]] = digest_of(times + telling.days * MICROS_OF_A_DAY, samples)
        for index, template in enumerate(self.shown_templates):
            values[self.first_shown + index] = hashlib.sha256(template.filled(values).encode()).hexdigest()
        for index, template in enumerate(self.argument_templates):
            values[self.first_arguments + index] = hashlib.sha256(template.filled(values).encode()).hexdigest()
        for index, template in enumerate(self.body_templates):
            body = template.filled(values).encode()
            values[self.first_event + 2 * index] = body.hex()
            values[self.first_event + 2 * index + 1] = leaf_hash(body).hex()
        return values, [
            content for content, first in zip(contents, self.file_acts, strict=True) if first < len(telling.starts)
        ]

    def used(self, telling: Telling, values: list[str]) -> list[tuple[int, Decimal]]:
        """Lots (keys) and the quantities that the rack has taken of them so far."""
        read = self.places.template
        uses = [use for act in self.recording.used[: len(telling.starts)] for use in act]
        return [(int(read(lot).filled(values)), Decimal(quantity)) for lot, quantity in uses]

    def _keys_of(self, telling: Telling) -> list[str]:
        texts: list[str] = []
        for name, count in self.keyed:
            mine: list[str] = []
            for act, starts in zip(self.recording.acts, telling.starts, strict=False):
                if name in starts:
                    mine.extend(map(str, range(starts[name], starts[name] + act.taken[name])))
            mine.extend([""] * (count - len(mine)))
            texts.extend(mine)
        return texts

    def _numbers_of(self, telling: Telling) -> list[str]:
        texts = []
        before: dict[tuple[str, int], int] = {}
        seen: dict[str, int] = {}
        for index, act in enumerate(self.recording.acts):
            for name, count in act.taken.items():
                before[name, index] = seen.get(name, 0)
                seen[name] = seen.get(name, 0) + count
        by = timedelta(days=telling.days)
        for number in self.numbers:
            if number.act >= len(telling.starts):
                texts.append("")
                continue
            value = telling.starts[number.act][number.sequence] + number.ordinal - before[number.sequence, number.act]
            texts.append(number.wording((self.recording.acts[number.act].moment + by).year, value))
        return texts

    def _names_of(self, telling: Telling) -> list[str]:
        names, serials = names_of(self.shared, telling.plan, telling.number, telling.around)
        asked = []
        for kind, _serial, act in self.recording.serials:
            year, week, _day = (self.recording.acts[act].moment + timedelta(days=telling.days)).isocalendar()
            asked.extend(_written(kind, serials.gpu_uuid() if kind == GPU else serials.next(kind, year, week)))
        return [*names, *asked, *map(str, telling.around.keys()), *telling.around.texts()]


def _written(kind: str, serial: str) -> list[str]:
    """The ways in which a serial is written: of a GPU's UUID, testers' files tell halves."""
    if kind != GPU:
        return [serial]
    bare = serial.removeprefix("GPU-")
    digits = bare.replace("-", "")
    return [bare, f"0x{digits[:16]}", f"0x{digits[16:]}"]


def _uuids(count: int) -> list[str]:
    """Random UUIDs as text, many at once."""
    digits = os.urandom(16 * count).hex()
    return [_uuid(digits[at : at + 32]) for at in range(0, 32 * count, 32)]


def _uuid(digits: str) -> str:
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
