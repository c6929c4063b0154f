"""The back of a rack as a scheme: cartridges, bus bars and manifolds over the same units as the front."""

from __future__ import annotations

from dataclasses import dataclass

from assembly.elevation.shapes import Box, Dot, Words, tidy

PITCH = 19.0
TOP = 10.0
# Kind of a part at the back → class of its shape and width of its body.
BODIES = {"cartridge": ("rear", 11.0), "busbar": ("copper", 6.0), "supply": ("supply", 4.5), "return": ("return", 4.5)}


@dataclass(frozen=True, slots=True)
class BackPart:
    """One part at the back: kind (cartridge, busbar, supply, return), the units it spans, and the units it joins."""

    kind: str
    first: int
    last: int
    text: str = ""
    state: str = "built"
    href: str = ""
    label: str = ""
    joins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RackBack:
    """The back of one rack, as data."""

    units: int
    parts: tuple[BackPart, ...]
    title: str
    heading: str = ""
    cartridges: str = ""


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """One part, ready to be written."""

    css: str
    href: str
    label: str
    body: Box
    contacts: str = ""
    dots: tuple[Dot, ...] = ()
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class BackDrawing:
    """A whole back view, as high as the front beside it."""

    title: str
    width: float
    height: float
    frame: Box
    heading: Words
    parts: tuple[DrawnPart, ...]
    cartridges: Words | None = None


def rear(back: RackBack) -> BackDrawing:
    """Parts from left to right in the order given, spread over the width."""
    height = TOP + PITCH * back.units
    width = 114.0
    places = _places(back.parts)
    high = [part for part in back.parts if part.kind == "cartridge"]
    over = (
        Words(40, tidy(_top(back, max(part.last for part in high)) - 24), back.cartridges, "band", "middle")
        if high
        else None
    )
    return BackDrawing(
        title=back.title,
        width=width,
        height=tidy(height + 12),
        frame=Box(1, 4, 112, tidy(height + 2)),
        heading=Words(57, 22, back.heading, "band", "middle"),
        parts=tuple(_part(back, part, x) for part, x in zip(back.parts, places, strict=True)),
        cartridges=over if back.cartridges else None,
    )


def _places(parts: tuple[BackPart, ...]) -> list[float]:
    """Left edges: cartridges close together, pipes and bars apart."""
    x, places, before = 12.0, [], ""
    for part in parts:
        if before:
            x += 3.0 if part.kind == before == "cartridge" else 8.5
        places.append(tidy(x))
        x += BODIES[part.kind][1]
        before = part.kind
    return places


def _top(back: RackBack, ru: int) -> float:
    return TOP + PITCH * (back.units - ru)


def _part(back: RackBack, part: BackPart, x: float) -> DrawnPart:
    css, width = BODIES[part.kind]
    top, bottom = _top(back, part.last), _top(back, part.first) + PITCH
    contacts = ""
    dots: tuple[Dot, ...] = ()
    if part.kind == "cartridge":
        contacts = "".join(f"M{tidy(x + 2)} {tidy(_top(back, ru) + PITCH / 2)}h7" for ru in part.joins)
        words = Words(tidy(x + width / 2), tidy(top - 6), part.text, "band", "middle")
    else:
        dots = tuple(Dot(tidy(x + width / 2), tidy(_top(back, ru) + PITCH / 2), 3.4) for ru in part.joins)
        words = Words(tidy(x), tidy(bottom + 4), part.text, "band", turned=True)
    return DrawnPart(
        css=f"{css} {part.state}",
        href=part.href,
        label=part.label,
        body=Box(x, tidy(top), width, tidy(bottom - top)),
        contacts=contacts,
        dots=dots,
        words=words if part.text else None,
    )
