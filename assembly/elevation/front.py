"""The front of a rack: `elevation` shows every row alike, `lens` draws the rows around the current slot taller."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import groupby

from assembly.elevation.shapes import Box, Dot, Sign, Words, port, tidy

# Row states that show only the outline of a place: nothing is known to sit there.
HOLLOW = frozenset({"empty", "stop", "unknown", "queued", "blank"})
# State → (icon, colour) of the mark right of the slot number.
SIGNS = {
    "just": ("ok", "ok"),
    "hold": ("hold", "hold"),
    "fail": ("fail", "fail"),
    "stop": ("stop", "stop"),
    "swap": ("swap", "swap"),
    "late": ("late", "late"),
    "unknown": ("unknown", "unknown"),
    "queued": ("queued", "unknown"),
}
# How a state is counted in the legend under a drawing.
LEGEND = {"built": "done", "just": "done", "next": "empty", "stop": "empty"}

POST = 9.0  # width of a post
LEFT = 20.0  # left edge of the left post
FACE = LEFT + POST + 1  # left edge of every face
TOP = 10.0  # upper edge of the highest unit


@dataclass(frozen=True, slots=True)
class Row:
    """One thing on the front: its lowest rack unit, kind (compute, switch, shelf, mgmt, other, blank) and state."""

    ru: int
    kind: str
    height: int = 1
    slot: str = ""
    state: str = "built"
    text: str = ""
    short: str = ""
    href: str = ""
    label: str = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Brace:
    """A bracket at the right over a run of units, such as the trays of one cartridge group."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class RackFace:
    """The front of one rack, as data. `key` makes the ids of the drawing unique in its page."""

    key: str
    units: int
    rows: tuple[Row, ...]
    title: str
    description: str = ""
    braces: tuple[Brace, ...] = ()
    held: bool = False
    """The rack itself may not move on: its frame is drawn so, whatever its rows are."""


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One row, ready to be written: its classes, its face, its marks and words."""

    css: str
    href: str
    label: str
    face: Box
    hatched: bool = False
    lines: tuple[str, ...] = ()
    dots: tuple[Dot, ...] = ()
    words: tuple[Words, ...] = ()
    sign: Sign | None = None
    arrow: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole front elevation."""

    key: str
    title: str
    description: str
    width: float
    height: float
    void: Box
    posts: tuple[Box, ...]
    feet: str
    holes: str
    units: tuple[Words, ...]
    rows: tuple[DrawnRow, ...]
    braces: tuple[str, ...] = ()
    bands: tuple[Words, ...] = ()
    legend: tuple[tuple[str, int], ...] = ()
    held: bool = False


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where each unit lies: index 0 is the highest unit."""

    pitches: tuple[float, ...]
    face: float
    near: frozenset[int] = field(default_factory=frozenset)

    @property
    def total(self) -> float:
        return sum(self.pitches)

    @property
    def right(self) -> float:
        return FACE + self.face

    def box(self, row: Row) -> Box:
        top = len(self.pitches) - row.ru - row.height + 1
        y = TOP + sum(self.pitches[:top]) + 0.9
        return Box(FACE, tidy(y), self.face, tidy(sum(self.pitches[top : top + row.height]) - 1.8))


def elevation(face: RackFace) -> Drawing:
    """Every row alike, whole serial numbers on the faces: for the rack's own page."""
    scale = _Scale(pitches=(19.0,) * face.units, face=204.0)
    return _draw(face, scale, width=290.0)


def lens(face: RackFace, ru: int) -> Drawing:
    """Rows around unit `ru` drawn taller, the rest small: for a station page."""
    heights = {0: 46.0, 1: 34.0, 2: 22.0}
    away = [abs(face.units - at - ru) for at in range(face.units)]
    pitches = tuple(heights.get(distance, 10.4) for distance in away)
    near = frozenset(face.units - at for at, distance in enumerate(away) if distance in heights)
    return _draw(face, _Scale(pitches=pitches, face=184.0, near=near), width=299.0)


def legend(rows: tuple[Row, ...]) -> tuple[tuple[str, int], ...]:
    """How many rows are in which state, the common one first; blanks are not counted."""
    counts = Counter(LEGEND.get(row.state, row.state) for row in rows if row.kind != "blank")
    return tuple(counts.most_common())


def _draw(face: RackFace, scale: _Scale, *, width: float) -> Drawing:
    rows = sorted((*face.rows, *_blanks(face)), key=lambda row: -row.ru)
    edges = _edges(tuple(rows))
    height = TOP + scale.total
    right = scale.right + 1
    posts = (
        Box(LEFT, 5, POST, tidy(height)),
        Box(right, 5, POST, tidy(height)),
        Box(LEFT, 2, tidy(right + POST - LEFT), 6),
        Box(LEFT, tidy(height + 2), tidy(right + POST - LEFT), 6),
    )
    return Drawing(
        key=face.key,
        title=face.title,
        description=face.description,
        width=width,
        height=tidy(height + 12),
        void=Box(LEFT + POST, TOP, tidy(scale.face + 2), tidy(scale.total)),
        posts=posts,
        feet=f"M26 {tidy(height + 8)}h10v3h-10zM{tidy(right - 7)} {tidy(height + 8)}h10v3h-10z",
        holes="".join(_holes(scale, right)),
        units=tuple(_units(tuple(rows), scale)),
        rows=tuple(_row(row, scale, named=row.ru in edges) for row in rows),
        braces=tuple(_brace(brace, scale) for brace in face.braces),
        bands=tuple(_band(brace, scale) for brace in face.braces),
        legend=legend(face.rows),
        held=face.held,
    )


def _blanks(face: RackFace) -> list[Row]:
    """Units that no row names, as open places."""
    taken = {row.ru + up for row in face.rows for up in range(row.height)}
    return [Row(ru=ru, kind="blank", state="blank") for ru in range(1, face.units + 1) if ru not in taken]


def _edges(rows: tuple[Row, ...]) -> set[int]:
    """The first and last row of each run of one kind: these carry their slot number in the small view."""
    edges = set()
    for _kind, run in groupby(rows, key=lambda row: row.kind):
        members = list(run)
        edges |= {members[0].ru, members[-1].ru}
    return edges


def _holes(scale: _Scale, right: float) -> list[str]:
    y, marks = TOP, []
    for pitch in scale.pitches:
        middle = tidy(y + pitch / 2 - 1)
        marks += [f"M23.5 {middle}h2v2h-2z", f"M{tidy(right + 3.5)} {middle}h2v2h-2z"]
        y += pitch
    return marks


def _units(rows: tuple[Row, ...], scale: _Scale) -> list[Words]:
    """Rack unit numbers at the left; in the lens only every fifth and the near ones, none where the arrow points."""
    pointed = {row.ru for row in rows if row.state == "next"}
    words = []
    for at, pitch in enumerate(scale.pitches):
        ru = len(scale.pitches) - at
        near = ru in scale.near
        if ru in pointed or (scale.near and not near and ru % 5):
            continue
        y = TOP + sum(scale.pitches[:at]) + pitch / 2 + 3
        css = " ".join(filter(None, ("ru", "five" if ru % 5 == 0 else "", "lens" if near else "")))
        words.append(Words(x=16, y=tidy(y), text=str(ru), css=css, anchor="end"))
    return words


def _row(row: Row, scale: _Scale, *, named: bool) -> DrawnRow:
    box = scale.box(row)
    near = row.ru in scale.near
    hollow = row.state in HOLLOW
    css = " ".join(filter(None, (row.kind, row.state, "selected" if row.selected else "")))
    drawn = DrawnRow(css=css, href=row.href, label=row.label, face=box, hatched=row.state == "hold")
    if row.kind == "blank":
        return drawn
    if not hollow:
        drawn = replace(
            drawn, lines=_lines(row, box, _text(row, scale), near=near), dots=_dots(row.kind, box, near=near)
        )
    return replace(
        drawn,
        words=tuple(_row_words(row, box, scale, named=named)),
        sign=_sign(row, box, scale),
        arrow=f"M3 {tidy(box.middle - 7)}l13 7-13 7z" if row.state == "next" else "",
    )


def _row_words(row: Row, box: Box, scale: _Scale, *, named: bool) -> list[Words]:
    near = row.ru in scale.near
    size = " lens" if near else ""
    words = []
    text = _text(row, scale)
    if text:
        aside = 8 if row.kind == "compute" and row.state not in HOLLOW else 0
        drop = 5.0 if near else 3.0
        words.append(Words(tidy(box.x + box.width / 2 + aside), tidy(box.middle + drop), text, f"sn{size}", "middle"))
    if row.slot and (near or named or not scale.near):
        drop = 6.0 if near else 3.3
        words.append(Words(tidy(scale.right + 15), tidy(box.middle + drop), row.slot, f"no{size}"))
    return words


def _text(row: Row, scale: _Scale) -> str:
    """The serial as it stands on the face: whole, in the lens its end and only on the rows near the slot."""
    if not scale.near:
        return row.text
    return row.short or row.text[-5:] if row.ru in scale.near else ""


def _sign(row: Row, box: Box, scale: _Scale) -> Sign | None:
    if row.state not in SIGNS:
        return None
    icon, colour = SIGNS[row.state]
    size = 16.0 if row.ru in scale.near else 9.0 if scale.near else 11.0
    across = 42 if row.ru in scale.near else 31
    return Sign(icon=icon, state=colour, x=tidy(scale.right + across), y=tidy(box.middle - size / 2), size=size)


def _lines(row: Row, box: Box, text: str, *, near: bool) -> tuple[str, ...]:
    """What a face of this kind shows: latches, drive bays, ports, supplies. Ports leave the serial its place."""
    kind = row.kind
    right = box.x + box.width
    inner = tidy(box.height - 4)
    latches = f"M{tidy(box.x + 5)} {tidy(box.y + 2)}v{inner}M{tidy(right - 5)} {tidy(box.y + 2)}v{inner}"
    if kind == "compute":
        tall = tidy(box.height - 5)
        bays = [port(box.x + 10 + 9 * at, box.y + 2.5, 7, tall) for at in range(4)]
        boards = [port(right - 21 - 11 * at, box.y + 2.5, 9, tall) for at in range(2)]
        return latches, "".join(bays + boards)
    if kind == "switch":
        left = [port(box.x + 10 + 7 * at, box.middle - 1.8, 4.6, 3.6) for at in range(5)]
        more = [port(right - 17 - 7 * at, box.middle - 1.8, 4.6, 3.6) for at in range(4)]
        return latches, "".join(left + more)
    if kind == "shelf":
        walls = [f"M{tidy(box.x + box.width * at / 6)} {box.y}v{box.height}" for at in range(1, 6)]
        return latches, "".join(walls)
    if kind == "mgmt":
        return latches, _ports(box, 0 if not text else len(text) * (5.0 if near else 2.7) + 5)
    return (latches,)


def _ports(box: Box, apart: float) -> str:
    """The ports of a management switch; those nearer than `apart` to the middle give way to the serial."""
    count = int((box.width - 39) // 7.5) + 1
    ports = [box.x + 12 + 7.5 * at for at in range(count)]
    return "".join(port(x, box.middle - 2, 5, 4) for x in ports if abs(x + 2.5 - box.x - box.width / 2) >= apart)


def _dots(kind: str, box: Box, *, near: bool) -> tuple[Dot, ...]:
    if kind == "shelf":
        return tuple(Dot(tidy(box.x + box.width * at / 6 - 6), tidy(box.middle), 1.4) for at in range(1, 7))
    if kind == "compute" and not near:
        return (Dot(tidy(box.x + box.width - 37), tidy(box.middle), 1.3),)
    return ()


def _span(brace: Brace, scale: _Scale) -> tuple[float, float]:
    low, high = sorted((brace.first, brace.last))
    top = TOP + sum(scale.pitches[: len(scale.pitches) - high])
    bottom = TOP + sum(scale.pitches[: len(scale.pitches) - low + 1])
    return tidy(top + 2), tidy(bottom - 2)


def _brace(brace: Brace, scale: _Scale) -> str:
    top, bottom = _span(brace, scale)
    return f"M{tidy(scale.right + 64)} {top}h4V{bottom}h-4"


def _band(brace: Brace, scale: _Scale) -> Words:
    top, bottom = _span(brace, scale)
    middle = tidy((top + bottom) / 2)
    return Words(tidy(scale.right + 77), middle, brace.text, "band", "middle", turned=True)
