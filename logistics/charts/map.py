"""The map of shipments as SVG: coast, ways, ports, and each shipment where it is reckoned to be. Pure.

Names are placed where nothing lies under them. Colours and shapes come from the stylesheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import cos, hypot, radians
from xml.sax.saxutils import escape, quoteattr

from .coast import COAST, Ring
from .courses import Point

JAPAN = (127.0, 30.0, 146.5, 45.8)
"""West, south, east, north: a place outside is overseas, its way leaves the frame as an arrow."""
PAD, LEAST = 0.55, 3.6
MARK, PORT = 10.0, 4.0
INSET = 0.2
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MapPort:
    """A place with its name; `big`: the plant or the site; `note`: a second line ("2 before departure")."""

    name: str
    at: Point
    big: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class MapWay:
    """A leg's course. `off`: something stops it, and its word."""

    points: tuple[Point, ...]
    sea: bool = False
    off: str = ""
    end_name: str = ""
    """Its end overseas."""


@dataclass(frozen=True, slots=True)
class MapMark:
    """A shipment: number in the table, where it leads, what it says; `look`: run, late or stale; `age` beside it."""

    number: int
    at: Point
    url: str
    says: str
    look: str = "run"
    age: str = ""


@dataclass
class Sheet:
    """A frame of so many pixels over a part of the earth, and what is taken in it."""

    width: float
    height: float
    centre: Point
    scale: float
    taken: list[Box] = field(default_factory=list)

    def xy(self, at: Point) -> Point:
        shrink = cos(radians(self.centre[1]))
        x = self.width / 2 + (at[0] - self.centre[0]) * shrink * self.scale
        return x, self.height / 2 - (at[1] - self.centre[1]) * self.scale

    def path(self, points: Iterable[Point]) -> str:
        return "M" + "L".join("{:.1f} {:.1f}".format(*self.xy(at)) for at in points)

    def is_free(self, box: Box) -> bool:
        x, y, to_x, to_y = box
        inside = x >= 2 and y >= 2 and to_x <= self.width - 2 and to_y <= self.height - 2
        return inside and not any(x < ox and to_x > bx and y < oy and to_y > by for bx, by, ox, oy in self.taken)

    def take(self, x: float, y: float, reach: float) -> None:
        self.taken.append((x - reach, y - reach, x + reach, y + reach))


def is_overseas(at: Point) -> bool:
    west, south, east, north = JAPAN
    return not (west <= at[0] <= east and south <= at[1] <= north)


def fitted(points: Sequence[Point], width: float, height: float) -> Sheet:
    """The frame round these places in Japan, the whole country where there are none."""
    west, south, east, north = JAPAN
    here = [at for at in points if not is_overseas(at)]
    if here:
        west, east = min(at[0] for at in here) - PAD, max(at[0] for at in here) + PAD
        south, north = min(at[1] for at in here) - PAD, max(at[1] for at in here) + PAD
    centre = ((west + east) / 2, (south + north) / 2)
    wide, high = (east - west) * cos(radians(centre[1])), north - south
    scale = min(width / max(wide, LEAST), height / max(high, LEAST))
    return Sheet(width, height, centre, scale)


def draw_map(
    ports: Sequence[MapPort],
    ways: Sequence[MapWay],
    marks: Sequence[MapMark],
    *,
    title: str,
    says: str,
    size: tuple[int, int],
) -> str:
    """The whole drawing, as wide as its place; `size` in pixels gives its shape and how large the text is in it."""
    width, height = size
    sheet = fitted([*(port.at for port in ports), *(mark.at for mark in marks)], width, height)
    inset = _inset(sheet)
    for port in ports:
        sheet.take(*sheet.xy(port.at), PORT + 2)
    dots = _spread(sheet, marks)
    parts = [
        f'<svg class="chart map" viewBox="0 0 {width} {height}" role="group" aria-labelledby="map-t map-d">',
        f'<title id="map-t">{escape(title)}</title><desc id="map-d">{escape(says)}</desc>',
        f'<rect class="sea-bed" width="{width}" height="{height}"/>',
        *(f'<path class="land" d="{sheet.path(ring)}Z"/>' for ring in COAST),
        *_graticule(sheet),
        *(_way(sheet, way) for way in ways),
        inset,
        *(_arrow(sheet, way) for way in ways if way.end_name),
        *(_port(sheet, port) for port in ports if not is_overseas(port.at)),
        *(_mark(sheet, mark, at) for mark, at in zip(marks, dots, strict=True)),
        "</svg>",
    ]
    return "".join(parts)


def _graticule(sheet: Sheet) -> list[str]:
    found = []
    for lat in range(24, 48, 2):
        y = sheet.xy((sheet.centre[0], lat))[1]
        if 14 < y < sheet.height - 4:
            found.append(
                f'<path class="graticule" d="M0 {y:.1f}H{sheet.width}"/><text x="4" y="{y - 4:.1f}">{lat}°N</text>'
            )
            sheet.taken.append((0, y - 16, 36, y))
    return found


def _inset(sheet: Sheet) -> str:
    """Where the frame lies in Japan: a small map at the lower right."""
    side = sheet.height * INSET * 1.25
    x, y = sheet.width - side - 8, sheet.height - side - 8
    whole = Sheet(side, side, ((JAPAN[0] + JAPAN[2]) / 2, (JAPAN[1] + JAPAN[3]) / 2), side / 16.6)
    shrink = cos(radians(sheet.centre[1]))
    half = (sheet.width / 2 / sheet.scale / shrink, sheet.height / 2 / sheet.scale)
    left, top = whole.xy((sheet.centre[0] - half[0], sheet.centre[1] + half[1]))
    right, bottom = whole.xy((sheet.centre[0] + half[0], sheet.centre[1] - half[1]))
    coarse: list[Ring] = [ring[::2] for ring in COAST[:4]]
    sheet.taken.append((x - 4, y - 4, sheet.width, sheet.height))
    return (
        f'<svg class="inset" x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}" aria-hidden="true">'
        f'<rect class="frame" width="100%" height="100%"/>'
        + "".join(f'<path class="land" d="{whole.path(ring)}Z"/>' for ring in coarse)
        + f'<rect class="seen" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}"'
        + f' height="{bottom - top:.1f}"/></svg>'
    )


def _way(sheet: Sheet, way: MapWay) -> str:
    look = "".join((" sea" if way.sea else "", " off" if way.off else ""))
    drawn = f'<path class="route{look}" d="{sheet.path(way.points)}"/>'
    if not way.off:
        return drawn
    x, y = sheet.xy(way.points[len(way.points) // 2])
    sheet.take(x, y, 9)
    cut = f'<path class="cut" d="M{x - 6:.1f} {y - 6:.1f}l12 12m0-12l-12 12"/>'
    return drawn + cut + _label(sheet, way.off, x, y, 12, strong=True)


def _arrow(sheet: Sheet, way: MapWay) -> str:
    """Where a way leaves the frame for overseas: a point at the edge, and whereto."""
    (x, y), (far_x, far_y) = sheet.xy(way.points[0]), sheet.xy(way.points[-1])
    length = hypot(far_x - x, far_y - y) or 1.0
    step_x, step_y = (far_x - x) / length, (far_y - y) / length
    reach = length
    for here, step, most in ((x, step_x, sheet.width), (y, step_y, sheet.height)):
        if step:
            reach = min(reach, ((most - 16 if step > 0 else 16) - here) / step)
    tip_x, tip_y = x + step_x * max(reach, 0), y + step_y * max(reach, 0)
    back_x, back_y = tip_x - step_x * 12, tip_y - step_y * 12
    head = (
        f"M{tip_x:.1f} {tip_y:.1f}L{back_x - step_y * 6:.1f} {back_y + step_x * 6:.1f}"
        f"L{back_x + step_y * 6:.1f} {back_y - step_x * 6:.1f}Z"
    )
    sheet.take(tip_x, tip_y, 9)
    return f'<path class="site" d="{head}"/>' + _label(sheet, way.end_name, back_x, back_y, 10, strong=True)


def _port(sheet: Sheet, port: MapPort) -> str:
    x, y = sheet.xy(port.at)
    if port.big:
        shape = f'<path class="site" d="M{x:.1f} {y - 8:.1f}l8 8-8 8-8-8z"/>'
    else:
        shape = f'<rect class="port" x="{x - PORT:.1f}" y="{y - PORT:.1f}" width="{2 * PORT}" height="{2 * PORT}"/>'
    name = f"{port.name} · {port.note}" if port.note else port.name
    return shape + _label(sheet, name, x, y, 9 if port.big else 6, strong=port.big)


def width_of(text: str, size: float = 12) -> float:
    """About how wide a text is: a full-width letter is as wide as it is high."""
    return sum(size if ord(letter) > 0x2E7F else size * 0.58 for letter in text)


def _label(sheet: Sheet, text: str, x: float, y: float, off: float, *, strong: bool) -> str:
    """A text beside a point, on the first of eight sides where it covers nothing; else to the right."""
    wide = width_of(text)
    sides = (
        (x + off, y + 4, "start"), (x - off, y + 4, "end"), (x, y - off - 3, "middle"), (x, y + off + 12, "middle"),
        (x + off, y - off, "start"), (x + off, y + off + 8, "start"), (x - off, y - off, "end"),
        (x - off, y + off + 8, "end"), (x, y - off - 22, "middle"), (x, y + off + 28, "middle"),
    )  # fmt: skip
    shift = {"start": 0.0, "end": wide, "middle": wide / 2}
    boxes = [(at - shift[anchor], line - 11, at - shift[anchor] + wide, line + 3) for at, line, anchor in sides]
    place = next((place for place, box in enumerate(boxes) if sheet.is_free(box)), 0)
    sheet.taken.append(boxes[place])
    at, line, anchor = sides[place]
    look = ' class="strong"' if strong else ""
    return f'<text{look} x="{at:.1f}" y="{line:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _spread(sheet: Sheet, marks: Sequence[MapMark]) -> list[Point]:
    """Where each mark is drawn: at its place, else beside what lies there already."""
    found: list[Point] = []
    for mark in marks:
        x, y = sheet.xy(mark.at)
        tries = [(x, y)] + [
            (x + dx * ring * 23, y + dy * ring * 23)
            for ring in (1, 2, 3)
            for dx, dy in ((0, -1), (0, 1), (1, 0), (-1, 0), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7))
        ]
        at = next((one for one in tries if sheet.is_free((one[0] - 9, one[1] - 9, one[0] + 9, one[1] + 9))), (x, y))
        sheet.take(*at, MARK)
        found.append(at)
    return found


def _mark(sheet: Sheet, mark: MapMark, at: Point) -> str:
    (x, y), (true_x, true_y) = at, sheet.xy(mark.at)
    lead = ""
    if hypot(x - true_x, y - true_y) > 1:
        lead = f'<path class="lead" d="M{true_x:.1f} {true_y:.1f}L{x:.1f} {y:.1f}"/>'
    shape = {
        "run": f'<circle class="dotk k1" cx="{x:.1f}" cy="{y:.1f}" r="{MARK}"/>',
        "stale": f'<circle class="dotk old" cx="{x:.1f}" cy="{y:.1f}" r="{MARK}"/>',
        "late": f'<path class="dotk late" d="M{x:.1f} {y - 13:.1f}l13 22h-26z"/>',
    }[mark.look]
    age = _label(sheet, mark.age, x, y, MARK + 3, strong=False) if mark.age else ""
    return (
        f'{lead}<a class="mark" href={quoteattr(mark.url)} aria-label={quoteattr(mark.says)}>'
        f"<title>{escape(mark.says)}</title>{shape}"
        f'<text class="pin-n" x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{mark.number}</text></a>{age}'
    )
