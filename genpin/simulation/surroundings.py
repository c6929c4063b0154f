"""What the racks find in the plant: people, master data, burn-in cells, places in the hall, suppliers' lots.

All of it is there from the first day on, by operations, in both ways of filling the plant. What differs from rack to
rack (its cell, its place, its lots) is told as texts in a fixed order, so that a recording can be read with another
rack's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from assembly.models import BurnInCell
from assembly.operations.cells import define_cell, define_feed, define_loop
from genpin.demo import stock
from genpin.demo.kits import SUPERCHIP, Delivery, Item, LotItem
from genpin.demo.plan import GB300
from genpin.demo.plant import Plant
from genpin.master.cells import CELLS
from genpin.master.logistics_lanes import SITE
from inventory.models import Location, Lot
from inventory.operations.locations import LocationRow, define_locations
from logistics.models import Position
from logistics.operations.sites import define_positions

CELLS_OF_A_FEED, CELLS_OF_A_LOOP = 3, 6
FEED_KW, LOOP_KW, LOOP_LPM = Decimal(450), Decimal(900), Decimal(1300)
CELL_KW, CELL_LPM = Decimal(150), Decimal(225)
POSITIONS_AT_ONCE = 600
PLENTY = Decimal(10**9)
_SERIAL_LOTS = {"superchip": "SUP-BOARD", "e1s": "SUP-STORE", "loop": "SUP-COOL"}
_BULK_LOTS = {"TIM-PCM-01": 24 * 19, "PG25": 44, "SCR-M3X8": 2200}
"""Lots without serials, and how much of each a rack needs at most."""
_E1S, _LOOP = "SSD-E1S-3T84", "CPL-CT"


@dataclass(frozen=True, slots=True)
class KnownLot:
    """A lot: its key, tag, number and part."""

    pk: int
    tag: str
    number: str
    part: str


@dataclass(frozen=True, slots=True)
class Around:
    """What one rack has around it."""

    cell: BurnInCell
    cell_place: int
    position: Position
    lots: dict[str, KnownLot]
    """By kind: superchip, e1s, loop, and the parts of lots without serials."""

    def kit_lots(self) -> dict[str, str]:
        return {kind: self.lots[kind].number for kind in _SERIAL_LOTS}

    def bulk_lots(self) -> dict[str, list[tuple[int, Decimal]]]:
        return {part: [(self.lots[part].pk, PLENTY)] for part in _BULK_LOTS}

    def keys(self) -> list[int]:
        """All keys, in a fixed order."""
        lots = [self.lots[kind].pk for kind in sorted(self.lots)]
        return [self.cell.pk, self.cell_place, self.position.pk, self.position.location_id, *lots]

    def texts(self) -> list[str]:
        """All names, in a fixed order."""
        lots = [text for kind in sorted(self.lots) for text in (self.lots[kind].tag, self.lots[kind].number)]
        return [self.cell.code, self.position.code, *lots]


@dataclass(slots=True)
class Surroundings:
    """The plant's cells in order, its hall and its lots."""

    cells: list[BurnInCell] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    positions: list[Position] = field(default_factory=list)
    lots: list[dict[str, KnownLot]] = field(default_factory=list)
    """By period; superchips by their part number."""

    def around(self, *, cell: int, position: int, lots: int, design: str) -> Around:
        """What a rack of a design has: the n-th cell, place and lots, counted from 0."""
        chosen = self.cells[cell]
        known = dict(self.lots[lots])
        superchips = {gb300: known.pop(part) for gb300, part in SUPERCHIP.items()}
        known["superchip"] = superchips[design == GB300]
        return Around(chosen, self.places[chosen.code], self.positions[position], known)


def make_surroundings(plant: Plant, *, cells: int, racks: int, lots: int) -> Surroundings:
    """Cells beyond those of the master data, a hall with a place for every rack, lots big enough for all."""
    _more_cells(plant, cells)
    codes = [f"H2-{number // 100 + 1:02d}-{number % 100 + 1:02d}" for number in range(racks)]
    _more_positions(plant, codes)
    stems = [f"{plant.begin:%y%m%d}{'ABCDEFGH'[number]}" for number in range(lots)]
    return known_surroundings(codes, [_receive_lots(plant, stem, racks, turn) for turn, stem in enumerate(stems)])


def stand_ins(plant: Plant) -> Surroundings:
    """One cell, place and set of lots that exist only while a story is recorded, named as nothing else is."""
    _make_cell(plant, "X9-STANDIN", "F1", "L1", order=9_999)
    _more_positions(plant, ["X9-STANDIN-PLACE"])
    made = known_surroundings(["X9-STANDIN-PLACE"], [_receive_lots(plant, "9STANDIN", 10, 0)])
    made.cells = [cell for cell in made.cells if cell.code == "X9-STANDIN"]
    return made


def known_surroundings(position_codes: Sequence[str], lots: list[dict[str, KnownLot]]) -> Surroundings:
    """Read what was made."""
    there = {row.code: row for row in Position.objects.filter(code__in=position_codes)}
    return Surroundings(
        list(BurnInCell.objects.order_by("order", "code")),
        dict(Location.objects.filter(kind="cell").values_list("code", "pk")),
        [there[code] for code in position_codes],
        lots,
    )


def _more_cells(plant: Plant, wanted: int) -> None:
    """Rooms of twelve cells as the first one: three to a feed, six to a loop."""
    for number in range(len(CELLS), wanted):
        feed, loop = f"F{number // CELLS_OF_A_FEED + 1}", f"L{number // CELLS_OF_A_LOOP + 1}"
        if number % CELLS_OF_A_FEED == 0:
            plant.call(define_feed, "genpin", plant.begin, code=feed, capacity_kw=FEED_KW)
        if number % CELLS_OF_A_LOOP == 0:
            plant.call(define_loop, "genpin", plant.begin, code=loop, capacity_kw=LOOP_KW, capacity_lpm=LOOP_LPM)
        room = "ABCDEFGHIJKLMNOP"[number // 12]
        _make_cell(plant, f"{room}-{number % 12 + 1:02d}", feed, loop, order=number + 1)


def _make_cell(plant: Plant, code: str, feed: str, loop: str, *, order: int) -> None:
    row = LocationRow(code=code, name_ja=f"セル {code}", name_en=f"Cell {code}", kind="cell")
    plant.call(define_locations, "genpin", plant.begin, locations=[row])
    plant.call(
        define_cell, "genpin", plant.begin, code=code, feed_code=feed, loop_code=loop, max_kw=CELL_KW,
        max_lpm=CELL_LPM, order=order,
    )  # fmt: skip


def _more_positions(plant: Plant, codes: Sequence[str]) -> None:
    for first in range(0, len(codes), POSITIONS_AT_ONCE):
        some = list(codes[first : first + POSITIONS_AT_ONCE])
        plant.call(define_positions, "genpin", plant.begin, site_code=SITE, codes=some)


def _receive_lots(plant: Plant, stem: str, racks: int, turn: int) -> dict[str, KnownLot]:
    """One delivery of each supplier: a spare of every part with serials, and enough of the others for all racks."""
    at = plant.begin + timedelta(hours=1 + turn)
    year, week, _day = at.isocalendar()
    made = {
        "SUP-BOARD": [("superchip", SUPERCHIP[gb300]) for gb300 in (False, True)],
        "SUP-STORE": [("e1s", _E1S)],
        "SUP-COOL": [("loop", _LOOP)],
    }
    names: dict[str, tuple[str, str]] = {}
    for supplier, kinds in made.items():
        items = []
        for kind, part in kinds:
            lot = f"{kind[:2].upper()}-{stem}"
            items.append(Item(kind, part, plant.serials.next(kind, year, week), lot))
            names[part if kind == "superchip" else kind] = (part, lot)
        _bring(plant, Delivery(f"ASN-{supplier[4:]}-{stem}", supplier, "", at, at, items))
        at += timedelta(minutes=10)
    bulk = [LotItem("SUP-COOL", part, f"{part[:3]}-{stem}", each * racks) for part, each in _BULK_LOTS.items()]
    _bring(plant, Delivery(f"ASN-COOL-L{stem}", "SUP-COOL", "", at, at, (), bulk))
    names |= {lot.part: (lot.part, lot.lot) for lot in bulk}
    rows = Lot.objects.filter(number__in=[number for _part, number in names.values()]).select_related("part")
    there = {(row.part.number, row.number): row for row in rows}
    found = {}
    for name, key in names.items():
        row = there[key]
        found[name] = KnownLot(row.pk, row.tag, row.number, row.part.number)
    return found


def _bring(plant: Plant, delivery: Delivery) -> None:
    at = delivery.shipped_at
    notice = stock.announce(plant, [delivery], at)[0]
    stock.receive(at + timedelta(minutes=5), plant, notice, delivery)


__all__ = ["Around", "Surroundings", "make_surroundings", "stand_ins"]
