"""The few shapes a drawing is made of, in the units of its view box."""

from __future__ import annotations

from dataclasses import dataclass


def tidy(figure: float) -> float:
    """One decimal is finer than a pixel; the page stays small."""
    return round(figure, 1)


def port(x: float, y: float, width: float, height: float) -> str:
    """A small rectangle as part of a path."""
    return f"M{tidy(x)} {tidy(y)}h{tidy(width)}v{tidy(height)}h-{tidy(width)}z"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; figures are rounded for the page."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """The vertical middle, where text and marks sit."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of text in the drawing."""

    x: float
    y: float
    text: str
    css: str
    anchor: str = ""
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A small round thing: a lamp, a coupling."""

    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Sign:
    """The mark of a state, by icon and colour."""

    icon: str
    state: str
    x: float
    y: float
    size: float
