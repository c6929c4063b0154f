"""Figures in black on white, as vectors: curves told apart by their dashes, bars by their grey; words beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from documents.paper.fonts import BOLD, REGULAR
from documents.paper.grid import CELL, GREY_INK, INK, LABEL, MM
from documents.paper.text import clean_text, fit_text, text_width

Points = Sequence[tuple[float, float]]

DASHES: tuple[tuple[float, ...], ...] = ((), (4, 2), (1, 1.6), (6, 2, 1, 2))
GREYS = (0.15, 0.62, 0.8)
_SMALL, _AXIS, _FOOT, _KEYS = 6.2, 11 * MM, 8 * MM, 4.6 * MM


@dataclass(frozen=True)
class Line:
    """A curve and its name; `dot` marks a point of it."""

    name: str
    points: Points
    dot: tuple[float, float] | None = None


@dataclass(frozen=True)
class Axis:
    """Ends of an axis, its title, and how a number on it reads."""

    low: float
    high: float
    title: str
    form: Callable[[float], str] = "{:,.10g}".format


@dataclass(frozen=True)
class BarRow:
    """A row of a bar figure: its words, its bars (from, to, grey), and a word at the right."""

    words: str
    bars: Sequence[tuple[float, float, float]]
    right: str = ""


@dataclass(frozen=True)
class BarLook:
    """Names of the greys, width of the words at the left, and where the strong and the thin upright line stand."""

    keys: Sequence[str] = ()
    words_width: float = 46 * MM
    lines: tuple[float | None, float | None] = (None, None)


class CurveFigure(Flowable):  # type: ignore[misc]
    """Curves over one pair of axes, their names in the key above; `line_at` is an upright line with its words."""

    def __init__(
        self,
        lines: Sequence[Line],
        axes: tuple[Axis, Axis],
        *,
        size: tuple[float, float],
        line_at: tuple[float, str] | None = None,
    ) -> None:
        super().__init__()
        self.lines, (self.x, self.y), self.line_at = lines, axes, line_at
        self.width, self.height = size
        self._room = (self.width - _AXIS - 2 * MM, self.height - _FOOT - _KEYS)

    def wrap(self, *_room: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.saveState()
        canvas.setFillColor(INK)
        _keys(canvas, [line.name for line in self.lines], self.height - 3 * MM, self.width)
        canvas.translate(_AXIS, _FOOT)
        _frame(canvas, self._room)
        _across(canvas, self.x, self._room)
        self._up(canvas)
        for place, line in enumerate(self.lines):
            self._curve(canvas, line, place)
        if self.line_at:
            self._upright(canvas, *self.line_at)
        canvas.restoreState()

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return _part(x, self.x) * self._room[0], _part(y, self.y) * self._room[1]

    def _up(self, canvas: Canvas) -> None:
        canvas.setFont(REGULAR, _SMALL)
        canvas.setFillColor(INK)
        for value in nice(self.y.low, self.y.high):
            _x, y = self._at(self.x.low, value)
            canvas.setStrokeColor(LABEL)
            canvas.setLineWidth(0.3)
            canvas.line(0, y, self._room[0], y)
            canvas.drawRightString(-1.2 * MM, y - _SMALL * 0.34, clean_text(self.y.form(value)))

    def _curve(self, canvas: Canvas, line: Line, place: int) -> None:
        inside = [point for point in line.points if self.x.low <= point[0] <= self.x.high and point[1] <= self.y.high]
        if len(inside) < 2:
            return
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.1 if place == 0 else 0.8)
        canvas.setDash(list(DASHES[place % len(DASHES)]))
        path = canvas.beginPath()
        path.moveTo(*self._at(*inside[0]))
        for point in inside[1:]:
            path.lineTo(*self._at(*point))
        canvas.drawPath(path, stroke=1, fill=0)
        canvas.setDash()
        if line.dot:
            canvas.circle(*self._at(*line.dot), 1.5, stroke=1, fill=1)

    def _upright(self, canvas: Canvas, at: float, words: str) -> None:
        x, _y = self._at(at, self.y.low)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.9)
        canvas.line(x, 0, x, self._room[1])
        canvas.setFont(BOLD, _SMALL)
        words = clean_text(words)
        left = x + 1 * MM
        if left + text_width(words, _SMALL, bold=True) > self._room[0]:
            left = x - 1 * MM - text_width(words, _SMALL, bold=True)
        canvas.drawString(left, 1.2 * MM, words)


class BarFigure(Flowable):  # type: ignore[misc]
    """Rows of bars from a value to another, under a key of greys."""

    def __init__(self, rows: Sequence[BarRow], axis: Axis, width: float, look: BarLook) -> None:
        super().__init__()
        self.rows, self.axis, self.keys, self.lines = rows, axis, look.keys, look.lines
        self.width, self._words = width, look.words_width
        self._step = 4.3 * MM
        self.height = len(rows) * self._step + _FOOT + (_KEYS if look.keys else 0)
        self._room = (width - look.words_width - 14 * MM, len(rows) * self._step)

    def wrap(self, *_room: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.saveState()
        canvas.setFillColor(INK)
        if self.keys:
            _squares(canvas, self.keys, self.height - 3 * MM, self._words)
        canvas.translate(self._words, _FOOT)
        _frame(canvas, self._room)
        _across(canvas, self.axis, self._room)
        for number, row in enumerate(self.rows):
            self._row(canvas, row, self._room[1] - (number + 1) * self._step)
        for at, weight in zip(self.lines, (0.9, 0.3), strict=True):
            if at is not None and self.axis.low <= at <= self.axis.high:
                x = _part(at, self.axis) * self._room[0]
                canvas.setStrokeColor(INK)
                canvas.setLineWidth(weight)
                canvas.line(x, 0, x, self._room[1])
        canvas.restoreState()

    def _row(self, canvas: Canvas, row: BarRow, foot: float) -> None:
        canvas.setFillColor(INK)
        canvas.setFont(REGULAR, 6.6)
        words = fit_text(clean_text(row.words), self._words - 2 * MM, 6.6)
        canvas.drawRightString(-1.4 * MM, foot + 1.4 * MM, words)
        canvas.drawString(self._room[0] + 1.2 * MM, foot + 1.4 * MM, clean_text(row.right))
        lanes = max(1, len(self.keys))
        thick = (self._step - 1.2 * MM) / lanes
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.25)
        for start, end, grey in row.bars:
            left, right = sorted((_part(start, self.axis), _part(end, self.axis)))
            lane = GREYS.index(grey)
            canvas.setFillGray(grey)
            up = foot + 0.6 * MM + (lanes - 1 - lane) * thick
            canvas.rect(left * self._room[0], up, max((right - left) * self._room[0], 0.3), thick, stroke=1, fill=1)


def _part(value: float, axis: Axis) -> float:
    return min(1.0, max(0.0, (value - axis.low) / ((axis.high - axis.low) or 1.0)))


def _frame(canvas: Canvas, room: tuple[float, float]) -> None:
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(CELL)
    canvas.rect(0, 0, *room, stroke=1, fill=0)


def _across(canvas: Canvas, axis: Axis, room: tuple[float, float]) -> None:
    """Marks, their numbers and the title below."""
    canvas.setFont(REGULAR, _SMALL)
    canvas.setFillColor(INK)
    canvas.setStrokeColor(GREY_INK)
    canvas.setLineWidth(0.2)
    for value in nice(axis.low, axis.high, 7):
        x = _part(value, axis) * room[0]
        canvas.line(x, 0, x, -0.9 * MM)
        canvas.drawCentredString(x, -3.2 * MM, clean_text(axis.form(value)))
    canvas.drawRightString(room[0], -6.4 * MM, clean_text(axis.title))


def _keys(canvas: Canvas, names: Sequence[str], y: float, width: float) -> None:
    """A stroke in each curve's dash before its name."""
    x = _AXIS
    canvas.setFont(BOLD, 6.6)
    for place, name in enumerate(names):
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.1 if place == 0 else 0.8)
        canvas.setDash(list(DASHES[place % len(DASHES)]))
        canvas.line(x, y + 0.8 * MM, x + 7 * MM, y + 0.8 * MM)
        canvas.setDash()
        shown = fit_text(clean_text(name), width / len(names) - 11 * MM, 6.6, bold=True)
        canvas.drawString(x + 8 * MM, y, shown)
        x += 12 * MM + text_width(shown, 6.6, bold=True)


def _squares(canvas: Canvas, names: Sequence[str], y: float, left: float) -> None:
    x = left
    canvas.setLineWidth(0.25)
    for grey, name in zip(GREYS, names, strict=False):
        canvas.setFillGray(grey)
        canvas.rect(x, y - 0.2 * MM, 4 * MM, 2.2 * MM, stroke=1, fill=1)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 6.6)
        canvas.drawString(x + 5 * MM, y, clean_text(name))
        x += 9 * MM + text_width(clean_text(name), 6.6, bold=True)


def nice(low: float, high: float, count: int = 5) -> list[float]:
    """About so many round values between two others."""
    rough = ((high - low) or 1.0) / count
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [round(number * step, 10) for number in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
