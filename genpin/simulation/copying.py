"""The quick way to fill the plant: printed rows of many racks by COPY, some racks to a transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from documents.files import put_many
from genpin.demo.plant import Plant
from genpin.simulation.plan import SimulationPlan, Turn, told_later
from genpin.simulation.printing import StoryPrint, Telling
from genpin.simulation.recording import record_story
from genpin.simulation.shape import Table, sequence_positions, set_sequences, tables
from genpin.simulation.surroundings import Around

AT_ONCE = 8 * 2**20
"""Characters of printed rows that are written together: memory stays flat, and a transaction short."""


@dataclass(slots=True)
class Printed:
    """A rack whose acts only take their numbers; its rows are printed when it has ended."""

    telling: Telling
    story: StoryPrint
    numbers: dict[str, int]
    """The next number of every sequence, shared by all racks."""

    @property
    def next_moment(self) -> datetime | None:
        done, acts = len(self.telling.starts), self.story.recording.acts
        return acts[done].moment + timedelta(days=self.telling.days) if done < len(acts) else None

    def step(self) -> None:
        act = self.story.recording.acts[len(self.telling.starts)]
        starts = {}
        for name, count in act.taken.items():
            starts[name] = self.numbers[name]
            self.numbers[name] += count
        self.telling.starts.append(starts)


class Copying:
    """Racks by COPY. `around_of` says what a rack has around it."""

    def __init__(
        self, shared: Plant, plan: SimulationPlan, around_of: Callable[[Turn], Around], told: Callable[[int], None]
    ) -> None:
        self.plan, self.around_of = plan, around_of
        self.tables: list[Table] = tables()
        self.stories: list[StoryPrint] = []
        for number, story in enumerate(plan.stories, start=1):
            self.stories.append(StoryPrint(shared, record_story(shared, story), self.tables))
            told(number)
        self.numbers = sequence_positions()
        self._chunks: dict[str, list[str]] = defaultdict(list)
        self._files: list[bytes] = []
        self._used: dict[int, Decimal] = defaultdict(Decimal)
        self._size = self._flushes = 0

    def tell(self, turn: Turn) -> Printed:
        """Begin a rack."""
        around = self.around_of(turn)
        plan = told_later(self.plan.stories[turn.story], turn.days, around.cell.code)
        return Printed(Telling(turn.number, turn.days, plan, around), self.stories[turn.story], self.numbers)

    def ended(self, turn: Turn, printed: Printed) -> None:
        """Print a rack as far as it has come."""
        story, telling = self.stories[turn.story], printed.telling
        values, contents = story.values(telling)
        for name, template in story.templates(len(telling.starts)).items():
            text = template.filled(values)
            self._chunks[name].append(text)
            self._size += len(text)
        self._files.extend(contents)
        for key, quantity in story.used(telling, values):
            self._used[key] += quantity
        if self._size >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what is printed: files first, then the rows, referenced tables first, then the lots' balances."""
        put_many(self._files)
        self._flushes += 1
        # The checks of references are planned once a connection: planned on small tables, they would read all of them
        # for every row of large ones. Fresh statistics plan them anew, as autovacuum does in a plant that grows.
        analyses = self._flushes & (self._flushes - 1) == 0
        with transaction.atomic(), connection.cursor() as cursor:
            for table in self.tables:
                if table.name in self._chunks:
                    columns = ", ".join(map(connection.ops.quote_name, table.columns))
                    with cursor.copy(f"COPY {connection.ops.quote_name(table.name)} ({columns}) FROM STDIN") as copy:
                        for text in self._chunks[table.name]:
                            copy.write(text)
                    if analyses:
                        cursor.execute(f"ANALYZE {connection.ops.quote_name(table.name)}")
            cursor.execute(
                "UPDATE inventory_stock s SET quantity = s.quantity - v.used"
                " FROM unnest(%s::bigint[], %s::numeric[]) AS v(lot_id, used) WHERE s.lot_id = v.lot_id",
                [list(self._used), list(self._used.values())],
            )
        self._chunks.clear()
        self._files.clear()
        self._used.clear()
        self._size = 0

    def end(self) -> None:
        """Write the rest, and let the sequences go on behind what was written."""
        self.flush()
        with transaction.atomic():
            now = sequence_positions()
            set_sequences({name: number for name, number in self.numbers.items() if number != now[name]})
