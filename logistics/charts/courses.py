"""The course of a leg on the map: along coasts and expressways, coarse, so that no ferry is drawn across an island.

Turning points of our own (longitude, latitude); a course is the shortest way over them. Nothing is measured on it:
hours come from the legs, and how far a shipment is comes from its last report."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import pairwise
from math import cos, hypot, radians

Point = tuple[float, float]

_SEA = {
    "osaka bay": (135.2, 34.5), "akashi": (134.95, 34.58), "harima nada": (134.5, 34.55), "bisan": (133.8, 34.4),
    "hiuchi": (133.2, 34.15), "aki": (132.6, 34.08), "iyo": (132.2, 33.8), "suo": (131.4, 33.82),
    "shin-moji": (131.06, 33.87), "kanmon": (130.9, 33.97), "genkai": (130.2, 33.85), "hirado": (129.4, 33.3),
    "goto": (129.5, 32.5), "koshiki": (129.95, 31.8), "bonotsu": (130.0, 31.2), "sata": (130.65, 30.85),
    "shibushi bay": (131.2, 31.3), "hyuga south": (131.75, 31.6), "hyuga": (132.1, 32.3), "bungo": (132.15, 33.1),
    "ashizuri": (133.1, 32.5), "muroto": (134.25, 33.05), "kii channel": (134.9, 33.8), "tomogashima": (135.0, 34.28),
    "shiono": (135.8, 33.2), "kumano": (136.8, 33.9), "enshu": (138.0, 34.35), "irozaki": (138.9, 34.4),
    "uraga": (139.75, 35.0), "tokyo bay": (139.85, 35.45), "nojima": (140.0, 34.75), "choshi": (141.1, 35.6),
    "kinkazan": (141.8, 38.2), "todo": (142.3, 39.6), "shiriya": (141.7, 41.5), "tomakomai": (141.7, 42.4),
}  # fmt: skip
_SEA_WAYS = (
    "osaka bay-akashi-harima nada-bisan-hiuchi-aki-iyo-suo-shin-moji-kanmon-genkai-hirado-goto-koshiki-bonotsu-sata-"
    "shibushi bay-hyuga south-hyuga-bungo-iyo",
    "osaka bay-tomogashima-kii channel-muroto-ashizuri-hyuga south-shibushi bay",
    "kii channel-shiono-kumano-enshu-irozaki-uraga-tokyo bay",
    "irozaki-nojima-choshi-kinkazan-todo-shiriya-tomakomai",
    "uraga-nojima",
    "ashizuri-hyuga",
    "shiono-muroto",
)
_ROAD = {
    "osaka": (135.5, 34.72), "kobe": (135.15, 34.74), "himeji": (134.7, 34.86), "okayama": (133.9, 34.7),
    "fukuyama": (133.3, 34.55), "hiroshima": (132.46, 34.45), "iwakuni": (132.15, 34.2), "hofu": (131.55, 34.1),
    "kanmon": (130.96, 33.97), "kitakyushu": (130.85, 33.8), "dazaifu": (130.53, 33.5), "tosu": (130.53, 33.37),
    "kumamoto": (130.77, 32.8), "yatsushiro": (130.65, 32.5), "minamata": (130.45, 32.2), "sendai": (130.31, 31.83),
    "kagoshima": (130.57, 31.68), "miyakonojo": (131.05, 31.75), "miyazaki": (131.4, 31.9), "nobeoka": (131.65, 32.55),
    "oita": (131.55, 33.22), "nagasaki": (129.95, 32.85), "kyoto": (135.75, 34.97), "nagoya": (136.9, 35.2),
    "hamamatsu": (137.75, 34.78), "shizuoka": (138.4, 35.0), "tokyo": (139.7, 35.7),
    "sendai in miyagi": (140.87, 38.27),
    "morioka": (141.1, 39.7), "aomori": (140.8, 40.78), "kanoya": (130.9, 31.45),
}  # fmt: skip
_ROADS = (
    "osaka-kobe-himeji-okayama-fukuyama-hiroshima-iwakuni-hofu-kanmon-kitakyushu-dazaifu-tosu-kumamoto-yatsushiro-"
    "minamata-sendai-kagoshima-miyakonojo-miyazaki-nobeoka-oita-kitakyushu",
    "tosu-nagasaki",
    "kagoshima-kanoya",
    "osaka-kyoto-nagoya-hamamatsu-shizuoka-tokyo-sendai in miyagi-morioka-aomori",
)
NEAREST = 2
"""A place joins the net at so many of the nearest turning points."""
SHRINK = cos(radians(34))

Net = tuple[dict[str, Point], dict[str, set[str]]]


def _net(points: dict[str, Point], ways: Sequence[str]) -> Net:
    near: dict[str, set[str]] = {name: set() for name in points}
    for way in ways:
        names = _split(way, points)
        for one, other in pairwise(names):
            near[one].add(other)
            near[other].add(one)
    return points, near


def _split(way: str, points: dict[str, Point]) -> list[str]:
    """Names joined by dashes; "shin-moji" has one of its own."""
    names: list[str] = []
    for part in way.split("-"):
        joined = f"{names[-1]}-{part}" if names else ""
        if names and joined in points:
            names[-1] = joined
        else:
            names.append(part)
    return names


SEA = _net(_SEA, _SEA_WAYS)
ROAD = _net(_ROAD, _ROADS)
NETS = {"ferry": SEA, "sea": SEA, "road": ROAD, "rail": ROAD}


def apart(one: Point, other: Point) -> float:
    """Degrees of latitude between two points, near enough for Japan."""
    return hypot((one[0] - other[0]) * SHRINK, one[1] - other[1])


def course(mode: str, start: Point, end: Point) -> list[Point]:
    """The points of a leg from its start to its end; by air straight."""
    net = NETS.get(mode)
    if net is None:
        return [start, end]
    points, near = net
    nearest = {
        name: sorted(points, key=lambda one: apart(points[one], at))[:NEAREST]
        for name, at in (("start", start), ("end", end))
    }
    queue: list[tuple[float, str, tuple[str, ...]]] = [
        (apart(start, points[name]), name, (name,)) for name in nearest["start"]
    ]
    queue.sort()
    best = apart(start, end) * (1.05 if not _crosses(nearest) else 9)
    found: list[Point] = [start, end]
    seen: set[str] = set()
    while queue:
        length, name, way = heappop(queue)
        if length >= best or name in seen:
            continue
        seen.add(name)
        if name in nearest["end"] and length + apart(points[name], end) < best:
            best, found = length + apart(points[name], end), [start, *(points[one] for one in way), end]
        for other in near[name] - seen:
            heappush(queue, (length + apart(points[name], points[other]), other, (*way, other)))
    return found


def _crosses(nearest: dict[str, list[str]]) -> bool:
    """Whether the ends are in different parts of the net, so that the straight line says nothing."""
    return not set(nearest["start"]) & set(nearest["end"])


def along(points: Sequence[Point], share: float) -> Point:
    """The point at a share (0 to 1) of a course."""
    lengths = [apart(one, other) for one, other in pairwise(points)]
    left = max(min(share, 1.0), 0.0) * sum(lengths)
    for place, length in enumerate(lengths):
        if left <= length:
            part = left / length if length else 0.0
            (x, y), (to_x, to_y) = points[place], points[place + 1]
            return x + (to_x - x) * part, y + (to_y - y) * part
        left -= length
    return points[-1]
