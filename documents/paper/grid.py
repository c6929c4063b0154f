"""The sheet of paper: sizes in points (1 mm = 2.835 pt), colours, line weights (UI.md §9)."""

from dataclasses import dataclass
from typing import Final

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm

MM: Final[float] = float(mm)

INK: Final[Color] = HexColor(0x000000)
GREY_INK: Final[Color] = HexColor(0x555555)
PAPER: Final[Color] = HexColor(0xFFFFFF)
LABEL: Final[Color] = HexColor(0xEBEBEB)
STAMP_RED: Final[Color] = HexColor(0xC1272D)

OUTER: Final[float] = 0.6 * MM
HEAVY: Final[float] = 0.6 * MM
CELL: Final[float] = 0.25 * MM


@dataclass(frozen=True)
class Page:
    """Size and margins in points; the text frame is what is left between the margins and above the foot."""

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float
    foot: float
    """Height kept free above the bottom margin for record number and page count; 0 prints no foot at all."""

    @property
    def inner_width(self) -> float:
        return self.width - self.left - self.right


A4: Final[Page] = Page(210 * MM, 297 * MM, top=10 * MM, right=12 * MM, bottom=9 * MM, left=16 * MM, foot=13.4 * MM)
"""Portrait, 16 mm at the left for the filing holes."""

LABEL_SHEET: Final[Page] = Page(210 * MM, 297 * MM, top=20 * MM, right=3 * MM, bottom=20 * MM, left=3 * MM, foot=0)
"""A4 for 2 × 4 labels of 100 × 60 mm with 4 mm between columns and rows."""

SMALL_LABEL: Final[Page] = Page(100 * MM, 60 * MM, top=0, right=0, bottom=0, left=0, foot=0)
