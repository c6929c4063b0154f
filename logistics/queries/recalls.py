"""A recall in one answer: every rack, tray and loose part that a criterion hits, where it is, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assembly.queries.recall_starts import worked_starts
from inventory.models import Criterion, Lot
from inventory.models.recalls import ARRIVAL_KINDS
from inventory.queries.recall_starts import Start, Starts, stored_starts
from inventory.queries.surroundings import Step, Surroundings, Thing, Way, surroundings
from logistics.models import Site

TRAY, RACK, CRATE = 40, 50, 60
"""Levels of a part (inventory.models.parts.LEVELS)."""

PLACES = ("floor", "crate", "transit", "site", "gone")
"""On the floor of the plant, packed there, on the road, at the customer's site, no longer anywhere (life ended)."""

KINDS = ("rack", "tray", "loose")


@dataclass(frozen=True, slots=True)
class Path:
    """Why something is hit: the start, the units from it upwards up to and with the affected one. `is_past`: it sat
    there before, and does not now."""

    start: Start
    units: tuple[Thing, ...]
    steps: tuple[Step, ...]
    is_past: bool


@dataclass(slots=True)
class Affected:
    """A rack; a tray in no rack; a part in neither. `trays`: the affected trays in it (itself if it is one)."""

    thing: Thing
    kind: str
    place: str
    location_code: str = ""
    location_ja: str = ""
    location_en: str = ""
    crate: Thing | None = None
    trays: set[int] = field(default_factory=set)
    paths: list[Path] = field(default_factory=list)

    @property
    def is_past(self) -> bool:
        """Nothing that is hit sits in it any more."""
        return all(path.is_past for path in self.paths)

    @property
    def suspects(self) -> int:
        """How many units in it are hit."""
        return len({path.start.unit_id for path in self.paths})


@dataclass(slots=True)
class RecallAnswer:
    """Everything that a criterion hits, racks first, then by number."""

    criterion: Criterion
    as_of: datetime | None
    rows: list[Affected]
    starts: Starts
    lots: list[Lot]
    things: dict[int, Thing]

    def count(self, kind: str, place: str = "") -> int:
        """Racks, trays (in racks or not) or loose parts, at one kind of place or anywhere."""
        rows = [row for row in self.rows if not place or row.place == place]
        if kind == "tray":
            return len({tray for row in rows for tray in row.trays})
        return sum(row.kind == kind for row in rows)

    @property
    def unit_ids(self) -> list[int]:
        """What a hold is placed on: the units that are hit, except those that the hold of their lot covers, and
        everything around them now, up to the rack. Units whose life has ended are left out."""
        lots = set(self.starts.lot_ids)
        wanted = {start.unit_id for start in self.starts.units if self.things[start.unit_id].lot_id not in lots}
        for row in self.rows:
            for path in row.paths:
                if not path.is_past:
                    wanted |= {thing.unit_id for thing in path.units[1:]}
        return sorted(pk for pk in wanted if not self.things[pk].has_ended)


def starts_of(wish: Criterion, as_of: datetime | None = None) -> Starts:
    """The units that a criterion (names normalised) hits, whichever app knows of them. At most three queries."""
    return stored_starts(wish, as_of) if wish.kind in ARRIVAL_KINDS else worked_starts(wish, as_of)


def recall_answer(wish: Criterion, as_of: datetime | None = None, *, ever: bool = False) -> RecallAnswer:
    """Everything that a criterion hits now, at an instant, or ever up to it. At most seven queries, however many."""
    starts = starts_of(wish, as_of)
    around = surroundings({start.unit_id for start in starts.units}, as_of, ever=ever)
    plants = set(Site.objects.filter(kind="plant").values_list("location__code", flat=True))
    rows: dict[int, Affected] = {}
    by_unit: dict[int, list[Start]] = defaultdict(list)
    for start in starts.units:
        by_unit[start.unit_id].append(start)
    for unit_id, found in by_unit.items():
        for way in around.ways(unit_id):
            _add(rows, found, unit_id, way, around, plants)
    lots = list(Lot.objects.filter(pk__in=starts.lot_ids).select_related("part", "supplier").order_by("number", "pk"))
    for row in rows.values():
        row.paths.sort(key=lambda path: (path.is_past, path.start.how, path.units[0].name))
    ordered = sorted(rows.values(), key=lambda row: (KINDS.index(row.kind), row.is_past, row.thing.name))
    return RecallAnswer(wish, as_of, ordered, starts, lots, around.things)


def _add(
    rows: dict[int, Affected],
    found: Sequence[Start],
    unit_id: int,
    way: Way,
    around: Surroundings,
    plants: set[str],
) -> None:
    """One way of a hit unit upwards: the row of its rack, else of its tray, else of what it stands in."""
    ids = [unit_id, *(step.host_id for step in way.steps if step.host_id)]
    chain = [around.things[pk] for pk in ids]
    rack = next((thing for thing in chain if thing.level == RACK), None)
    tray = next((thing for thing in chain if thing.level == TRAY), None)
    below = [thing for thing in chain if thing.level < CRATE] or chain
    top = rack or tray or below[-1]
    row = rows.get(top.unit_id)
    if row is None or (row.is_past and not way.is_past):
        # where it is now tells the place, whatever an earlier way said
        fresh = _placed(top, "rack" if rack else "tray" if tray else "loose", chain, way, plants)
        if row is not None:
            fresh.paths, fresh.trays = row.paths, row.trays
        rows[top.unit_id] = row = fresh
    end = chain.index(top) + 1
    row.paths += [Path(start, tuple(chain[:end]), way.steps[: end - 1], way.is_past) for start in found]
    if tray is not None:
        row.trays.add(tray.unit_id)


def _placed(top: Thing, kind: str, chain: Sequence[Thing], way: Way, plants: set[str]) -> Affected:
    last = way.steps[-1] if way.steps else None
    crate = next((thing for thing in chain if thing.level == CRATE), None)
    if last is None or last.host_id is not None:
        return Affected(top, kind, "gone", crate=crate)
    place = _place_of(last, crate is not None, plants)
    return Affected(top, kind, place, last.location_code, last.location_ja, last.location_en, crate)


def _place_of(step: Step, is_packed: bool, plants: set[str]) -> str:
    if step.location_kind == "vehicle":
        return "transit"
    if step.location_kind in ("site", "position") and step.location_code not in plants:
        return "site"
    return "crate" if is_packed else "floor"
