"""The stamp row: who prepared, checked and approved, as round red stamps at the top right."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from reportlab.platypus import Flowable

from documents.paper.fonts import BOLD, REGULAR
from documents.paper.grid import CELL, INK, LABEL, MM, STAMP_RED
from documents.paper.text import clean_text, fit_text

_BOX_WIDTH = 17 * MM
_HEAD = 3.6 * MM
_BOX_HEIGHT = 15.4 * MM
_RADIUS = 6.4 * MM
_PLANT_TIME = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class Stamp:
    """One signature as a stamp shows it; `meaning` is `approved`, `checked`, `prepared` or `received`."""

    meaning: str
    section: str
    family_name: str
    at: datetime


class StampRow(Flowable):  # type: ignore[misc]
    """Boxes side by side: (label, stamp or None). An empty one says `unsigned` (未), or nothing: it waits for ink."""

    def __init__(self, boxes: tuple[tuple[str, Stamp | None], ...], unsigned: str) -> None:
        super().__init__()
        self.boxes, self.unsigned = boxes, unsigned
        self.width = _BOX_WIDTH * len(boxes)
        self.height = _HEAD + _BOX_HEIGHT

    def wrap(self, *_room: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        for number, (label, stamp) in enumerate(self.boxes):
            self._draw_box(number * _BOX_WIDTH, label)
            if stamp is not None:
                self._draw_stamp(number * _BOX_WIDTH + _BOX_WIDTH / 2, stamp)
            elif self.unsigned:
                self.canv.setFont(REGULAR, 8)
                self.canv.drawCentredString((number + 0.5) * _BOX_WIDTH, _BOX_HEIGHT / 2 - 3, self.unsigned)

    def _draw_box(self, x: float, label: str) -> None:
        canvas = self.canv
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(CELL)
        canvas.setFillColor(LABEL)
        canvas.rect(x, _BOX_HEIGHT, _BOX_WIDTH, _HEAD, stroke=1, fill=1)
        canvas.rect(x, 0, _BOX_WIDTH, _BOX_HEIGHT, stroke=1, fill=0)
        canvas.setFillColor(INK)
        canvas.setFont(REGULAR, 7)
        canvas.drawCentredString(x + _BOX_WIDTH / 2, _BOX_HEIGHT + 1.1 * MM, label)

    def _draw_stamp(self, x: float, stamp: Stamp) -> None:
        canvas, y = self.canv, _BOX_HEIGHT / 2
        chord = 2.0 * MM
        half = (_RADIUS**2 - chord**2) ** 0.5
        canvas.setStrokeColor(STAMP_RED)
        canvas.setFillColor(STAMP_RED)
        canvas.setLineWidth(0.3 * MM)
        canvas.circle(x, y, _RADIUS, stroke=1, fill=0)
        canvas.setLineWidth(CELL)
        canvas.line(x - half, y + chord, x + half, y + chord)
        canvas.line(x - half, y - chord, x + half, y - chord)
        canvas.setFont(REGULAR, 5.6)
        canvas.drawCentredString(x, y + 2.75 * MM, fit_text(clean_text(stamp.section), 10.2 * MM, 5.6))
        canvas.drawCentredString(x, y - 4.3 * MM, fit_text(clean_text(stamp.family_name), 9 * MM, 5.6))
        canvas.setFont(BOLD, 7)
        canvas.drawCentredString(x, y - 0.9 * MM, stamp.at.astimezone(_PLANT_TIME).strftime("%y.%m.%d"))
        canvas.setFillColor(INK)
        canvas.setStrokeColor(INK)
