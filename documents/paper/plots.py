"""A measured series as a vector drawing: its course in time, what is missing, where it left its limits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil, floor, log10
from typing import TypeAlias
from zoneinfo import ZoneInfo

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from documents.paper.fonts import BOLD, REGULAR
from documents.paper.grid import CELL, GREY_INK, INK, LABEL, MM
from documents.paper.text import clean_text, fit_text, text_width

Point: TypeAlias = tuple[int, int, int, int]
"""Seconds since the start; least, mean and greatest value of what shares a place, in hundredths of the unit."""

Span: TypeAlias = tuple[int, int]
"""From and to, seconds since the start."""

PLANT_TIME = ZoneInfo("Asia/Tokyo")
_STEPS = (0.25, 0.5, 1, 2, 3, 4, 6, 12, 24, 48, 72, 168, 336)
"""Hours between two marks of the axis."""

_AXIS, _HEAD, _FOOT = 12 * MM, 4.6 * MM, 3.4 * MM
_SMALL = 5.8
_MOST_MARKS = 13


@dataclass(frozen=True)
class Curve:
    """One series from `start` on, `seconds` long. `stretches` hold the points between which no value is missing;
    `stood` is what does not count (grey), `alarms` where this series was out of its limits (a bar on the axis)."""

    start: datetime
    seconds: int
    stretches: tuple[tuple[Point, ...], ...]
    low: Decimal | None
    high: Decimal | None
    stood: tuple[Span, ...] = ()
    alarms: tuple[Span, ...] = ()


class SeriesPlot(Flowable):  # type: ignore[misc]
    """The curve under its caption. Nothing is drawn where nothing was measured; limits are broken lines."""

    def __init__(self, curve: Curve, caption: str, remark: str, width: float, height: float = 29 * MM) -> None:
        super().__init__()
        self.curve, self.caption, self.remark = curve, clean_text(caption), clean_text(remark)
        self.width, self.height = width, height
        self._room = (width - _AXIS, height - _HEAD - _FOOT)
        self._low, self._high = _scale(curve)

    def wrap(self, *_room: float) -> tuple[float, float]:
        return self.width, self.height + 1.4 * MM

    def draw(self) -> None:
        canvas = self.canv
        canvas.saveState()
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 7)
        canvas.drawString(0, self.height - 3.2 * MM, fit_text(self.caption, self.width * 0.5, 7, bold=True))
        canvas.setFont(REGULAR, 6.4)
        canvas.drawRightString(self.width, self.height - 3.2 * MM, fit_text(self.remark, self.width * 0.62, 6.4))
        canvas.translate(_AXIS, _FOOT)
        self._ground(canvas)
        self._marks(canvas)
        for stretch in self.curve.stretches:
            self._stretch(canvas, stretch)
        self._limits(canvas)
        self._alarms(canvas)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(CELL)
        canvas.rect(0, 0, *self._room, stroke=1, fill=0)
        canvas.restoreState()

    def _x(self, seconds: float) -> float:
        return min(1.0, max(0.0, seconds / max(1, self.curve.seconds))) * self._room[0]

    def _y(self, value: float) -> float:
        return min(1.0, max(0.0, (value - self._low) / (self._high - self._low))) * self._room[1]

    def _ground(self, canvas: Canvas) -> None:
        """What does not count, grey from top to bottom; thin ones are drawn wide enough to be seen."""
        canvas.setFillColor(LABEL)
        for start, end in self.curve.stood:
            x = self._x(start)
            canvas.rect(x, 0, max(self._x(end) - x, 0.5), self._room[1], stroke=0, fill=1)

    def _marks(self, canvas: Canvas) -> None:
        canvas.setFont(REGULAR, _SMALL)
        canvas.setFillColor(INK)
        canvas.setStrokeColor(GREY_INK)
        canvas.setLineWidth(0.2)
        for value in _nice(self._low, self._high):
            y = self._y(value)
            canvas.line(-1.2 * MM, y, 0, y)
            canvas.drawRightString(-1.8 * MM, y - _SMALL * 0.34, f"{value:,.10g}")
        beyond = -self.width
        for seconds, word in _hours(self.curve.start, self.curve.seconds):
            x = self._x(seconds)
            canvas.line(x, 0, x, -0.9 * MM)
            left = min(max(x - text_width(word, _SMALL) / 2, -_AXIS), self._room[0] - text_width(word, _SMALL))
            if left > beyond:
                canvas.drawString(left, -3.1 * MM, word)
                beyond = left + text_width(word, _SMALL) + 2 * MM

    def _stretch(self, canvas: Canvas, points: tuple[Point, ...]) -> None:
        """A band from the least to the greatest of each place, and the mean through it."""
        placed = [(self._x(at), *(self._y(value / 100) for value in told)) for at, *told in points]
        if any(least != most for _x, least, _mean, most in placed):
            band = canvas.beginPath()
            band.moveTo(placed[0][0], placed[0][1])
            for x, least, _mean, _most in placed[1:]:
                band.lineTo(x, least)
            for x, _least, _mean, most in reversed(placed):
                band.lineTo(x, most)
            band.close()
            canvas.setFillGray(0.72)
            canvas.drawPath(band, stroke=0, fill=1)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.5)
        line = canvas.beginPath()
        line.moveTo(placed[0][0], placed[0][2])
        for x, _least, mean, _most in placed[1:] or [(placed[0][0] + 0.5, 0.0, placed[0][2], 0.0)]:
            line.lineTo(x, mean)
        canvas.drawPath(line, stroke=1, fill=0)

    def _limits(self, canvas: Canvas) -> None:
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.6)
        canvas.setDash(3, 2)
        for limit in (self.curve.low, self.curve.high):
            if limit is not None and self._low <= float(limit) <= self._high:
                canvas.line(0, self._y(float(limit)), self._room[0], self._y(float(limit)))
        canvas.setDash()

    def _alarms(self, canvas: Canvas) -> None:
        canvas.setFillColor(INK)
        for start, end in self.curve.alarms:
            x = self._x(start)
            canvas.rect(x, self._room[1] - 1.1 * MM, max(self._x(end) - x, 0.8), 1.1 * MM, stroke=0, fill=1)


def _scale(curve: Curve) -> tuple[float, float]:
    """From the least to the greatest value; a limit is taken in when it lies near."""
    told = [value / 100 for stretch in curve.stretches for point in stretch for value in (point[1], point[3])]
    known = [float(limit) for limit in (curve.low, curve.high) if limit is not None]
    if not told:
        told = known or [0.0]
    low, high = min(told), max(told)
    span = (high - low) or max(abs(high), 1.0) * 0.1
    near = [limit for limit in known if low - span <= limit <= high + span]
    low, high = min([low, *near]), max([high, *near])
    pad = ((high - low) or span) * 0.08
    return low - pad, high + pad


def _nice(low: float, high: float) -> list[float]:
    """Two to five round values between them."""
    rough = (high - low) / 3
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [number * step for number in range(ceil(low / step), floor(high / step) + 1)]


def _hours(start: datetime, seconds: int) -> list[tuple[int, str]]:
    """Marks of the axis at full hours of the plant's clock; midnight, and the first of all, say the day."""
    hours = seconds / 3600
    step = next((one for one in _STEPS if hours / one <= _MOST_MARKS), _STEPS[-1])
    local = start.astimezone(PLANT_TIME)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    first = ceil((local - midnight) / timedelta(hours=step))
    found: list[tuple[int, str]] = []
    for number in range(first, first + _MOST_MARKS + 2):
        at = midnight + timedelta(hours=step * number)
        if at > local + timedelta(seconds=seconds):
            break
        whole_day = (at.hour, at.minute) == (0, 0)
        word = f"{at:%m/%d}" if whole_day else f"{at:%H:%M}" if found else f"{at:%m/%d %H:%M}"
        found.append((int((at - local).total_seconds()), word))
    return found
