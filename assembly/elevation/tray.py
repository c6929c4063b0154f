"""A tray seen from above, front edge at the bottom: each position in the zone of its kind."""

from __future__ import annotations

from dataclasses import dataclass

from assembly.elevation.front import SIGNS
from assembly.elevation.shapes import Box, Sign, Words, tidy

WIDTH = 420.0
MARGIN = 10.0
GAP = 6.0
# From the rear edge to the front: the kinds that lie side by side in a zone, and how deep the zone is. Kinds that
# are not named here follow in a zone of their own before the front.
ZONES: tuple[tuple[tuple[str, ...], float], ...] = (
    (("connector", "pdb"), 26.0),
    (("fan",), 26.0),
    (("loop", "leak"), 26.0),
    (("superchip", "asic"), 112.0),
    (("bmc", "hmc", "cpu", "nic"), 34.0),
    (("io", "dpu"), 44.0),
    (("m2", "drive"), 32.0),
)
# Kinds that take more of the width than their neighbours.
BROAD = {"superchip": 1.0, "asic": 1.0, "dpu": 1.0, "io": 1.0, "loop": 2.0, "pdb": 3.0}


@dataclass(frozen=True, slots=True)
class Position:
    """One place of a tray: its kind, its name as printed on the board, what sits there and its state."""

    kind: str
    name: str
    state: str = "built"
    text: str = ""
    href: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class TrayTop:
    """A tray, as data. `key` makes the ids of the drawing unique in its page."""

    key: str
    positions: tuple[Position, ...]
    title: str
    description: str = ""
    front: str = ""


@dataclass(frozen=True, slots=True)
class DrawnPosition:
    """One position, ready to be written."""

    css: str
    href: str
    label: str
    face: Box
    hatched: bool
    words: tuple[Words, ...]
    sign: Sign | None


@dataclass(frozen=True, slots=True)
class TrayDrawing:
    """A whole tray."""

    key: str
    title: str
    description: str
    width: float
    height: float
    metal: Box
    positions: tuple[DrawnPosition, ...]
    front: Words


def tray_top(tray: TrayTop) -> TrayDrawing:
    """Zones from rear to front; within a zone the positions keep the order given."""
    y, drawn = MARGIN + 2, []
    for members, depth in _zones(tray.positions):
        drawn += _zone(members, y, depth)
        y += depth + GAP
    return TrayDrawing(
        key=tray.key,
        title=tray.title,
        description=tray.description,
        width=WIDTH,
        height=tidy(y + 24),
        metal=Box(1, 1, WIDTH - 2, tidy(y + 2)),
        positions=tuple(drawn),
        front=Words(WIDTH / 2, tidy(y + 17), tray.front, "band", "middle"),
    )


def _zones(positions: tuple[Position, ...]) -> list[tuple[list[Position], float]]:
    known = {kind for kinds, _depth in ZONES for kind in kinds}
    zones = [([p for p in positions if p.kind in kinds], depth) for kinds, depth in ZONES]
    zones.insert(-1, ([p for p in positions if p.kind not in known], 26.0))
    return [(members, depth) for members, depth in zones if members]


def _zone(members: list[Position], y: float, depth: float) -> list[DrawnPosition]:
    shares = [BROAD.get(position.kind, 1.0) for position in members]
    room = WIDTH - 2 * MARGIN - GAP * (len(members) - 1)
    x, drawn = MARGIN, []
    for position, share in zip(members, shares, strict=True):
        width = room * share / sum(shares)
        drawn.append(_position(position, Box(tidy(x), tidy(y), tidy(width), depth)))
        x += width + GAP
    return drawn


def _position(position: Position, face: Box) -> DrawnPosition:
    two = bool(position.text) and face.height >= 30
    middle = face.x + face.width / 2
    words = [Words(tidy(middle), tidy(face.middle + (-2 if two else 3)), position.name, "name", "middle")]
    if two:
        words.append(Words(tidy(middle), tidy(face.middle + 11), _fit(position.text, face.width), "sn", "middle"))
    return DrawnPosition(
        css=f"{position.kind} {position.state}",
        href=position.href,
        label=position.label,
        face=face,
        hatched=position.state == "hold",
        words=tuple(words),
        sign=_sign(position, face),
    )


def _fit(text: str, width: float) -> str:
    """The whole serial where it fits, else its last five digits; the table beside the drawing has it in full."""
    return text if len(text) * 5.6 < width - 8 else text[-5:]


def _sign(position: Position, face: Box) -> Sign | None:
    if position.state not in SIGNS:
        return None
    icon, colour = SIGNS[position.state]
    return Sign(icon=icon, state=colour, x=tidy(face.x + face.width - 15), y=tidy(face.y + 4), size=11.0)
