"""Pictures of the work instructions, drawn by this code: lines and numbers, no words, so that both languages use one.

Each function gives PNG bytes, the same every time. Numbers in circles are named by the caption.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, FINE = 960, 640, 2
"""Pixels of a picture; it is drawn twice as fine and made smaller."""
INK, STEEL, FACE, PAPER = "#14181a", "#4a545a", "#dfe3df", "#ffffff"
BLUE, RED, GREEN, COPPER = "#174a84", "#b0141d", "#0b6b3a", "#96560a"


class Sheet:
    """A sheet to draw on, in pixels of the finished picture."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), PAPER)
        self.pen = ImageDraw.Draw(self.image)

    def line(self, *points: tuple[float, float], colour: str = INK, width: int = 4) -> None:
        fine = [(x * FINE, y * FINE) for x, y in points]
        self.pen.line(fine, fill=colour, width=width * FINE, joint="curve")

    def box(self, x: float, y: float, width: float, height: float, *, fill: str | None = None, ink: str = INK) -> None:
        corners = (x * FINE, y * FINE, (x + width) * FINE, (y + height) * FINE)
        self.pen.rounded_rectangle(corners, radius=6 * FINE, fill=fill, outline=ink, width=3 * FINE)

    def disc(self, x: float, y: float, radius: float, *, fill: str | None = None, ink: str = INK) -> None:
        corners = ((x - radius) * FINE, (y - radius) * FINE, (x + radius) * FINE, (y + radius) * FINE)
        self.pen.ellipse(corners, fill=fill, outline=ink, width=4 * FINE)

    def arrow(self, start: tuple[float, float], end: tuple[float, float], colour: str = BLUE) -> None:
        """A straight arrow with a filled head."""
        way = math.atan2(end[1] - start[1], end[0] - start[0])
        self.line(start, (end[0] - 20 * math.cos(way), end[1] - 20 * math.sin(way)), colour=colour, width=9)
        tips = [(end[0], end[1])]
        tips += [(end[0] - 34 * math.cos(way + turn), end[1] - 34 * math.sin(way + turn)) for turn in (0.5, -0.5)]
        self.pen.polygon([(x * FINE, y * FINE) for x, y in tips], fill=colour)

    def number(self, figure: int, x: float, y: float, colour: str = BLUE) -> None:
        """A number in a filled circle: what the caption names."""
        self.disc(x, y, 26, fill=colour, ink=PAPER)
        font = ImageFont.load_default(size=34 * FINE)
        self.pen.text((x * FINE, y * FINE), str(figure), fill=PAPER, font=font, anchor="mm")

    def bolt(self, x: float, y: float) -> None:
        """A hexagon head from above."""
        corners = [(x + 20 * math.cos(a * math.pi / 3), y + 20 * math.sin(a * math.pi / 3)) for a in range(6)]
        self.pen.polygon([(px * FINE, py * FINE) for px, py in corners], fill=FACE, outline=INK, width=3 * FINE)
        self.disc(x, y, 9, fill=STEEL)

    def right(self, x: float, y: float) -> None:
        """○: so is it right."""
        self.disc(x, y, 34, ink=GREEN)
        self.disc(x, y, 33, ink=GREEN)

    def wrong(self, x: float, y: float) -> None:
        """×: so is it wrong."""
        self.line((x - 28, y - 28), (x + 28, y + 28), colour=RED, width=11)
        self.line((x + 28, y - 28), (x - 28, y + 28), colour=RED, width=11)

    def png(self) -> bytes:
        out = io.BytesIO()
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.quantize(64, dither=Image.Dither.NONE).save(out, "PNG")
        return out.getvalue()


def bus_bar() -> bytes:
    """The bus bar at the back of a rack: four bolts, tightened from the middle outwards, with the torque wrench."""
    sheet = Sheet()
    for x in (190, 730):
        sheet.box(x, 30, 40, 580, fill=STEEL)
    sheet.box(420, 50, 120, 540, fill="#e8c9a0", ink=COPPER)
    for turn, y in ((3, 110), (1, 250), (2, 390), (4, 530)):
        sheet.line((230, y), (730, y), colour=STEEL, width=10)
        sheet.bolt(480, y)
        sheet.number(turn, 575, y)
    sheet.line((480, 250), (330, 180), (120, 90), colour=INK, width=18)
    sheet.line((330, 180), (120, 90), colour=BLUE, width=10)
    sheet.arrow((90, 190), (150, 60))
    return sheet.png()


def leak_rope() -> bytes:
    """The leak rope along both manifolds down to the floor, never in a loop above a tray."""
    sheet = Sheet()
    sheet.box(260, 30, 440, 540, ink=STEEL)
    for x, colour in ((300, "#2f74b5"), (630, "#b4552f")):
        sheet.box(x, 60, 34, 470, fill=colour)
        for y in range(90, 520, 48):
            sheet.disc(x + 17, y, 8, fill=PAPER)
    sheet.line((318, 50), (350, 80), (350, 560), (610, 560), (610, 80), (648, 50), colour=RED, width=8)
    sheet.box(230, 575, 500, 30, fill=FACE)
    sheet.number(1, 395, 130)
    sheet.number(2, 480, 520)
    sheet.number(3, 565, 130)
    sheet.arrow((760, 200), (760, 520))
    return sheet.png()


def pins() -> bytes:
    """A cartridge's connector under the magnifier: straight pins, and a bent one."""
    sheet = Sheet()
    for at, (left, mark) in enumerate(((60, sheet.right), (520, sheet.wrong))):
        sheet.box(left, 120, 380, 330, fill=FACE)
        for row in range(4):
            for column in range(5):
                x, y = left + 55 + column * 68, 165 + row * 75
                bent = at == 1 and (row, column) == (1, 3)
                sheet.line((x, y + 40), (x + (34 if bent else 0), y), colour=RED if bent else COPPER, width=10)
        mark(left + 190, 540)
    sheet.disc(758, 250, 82, ink=BLUE)
    sheet.line((816, 308), (900, 400), colour=BLUE, width=16)
    sheet.number(1, 100, 90)
    sheet.number(2, 560, 90)
    return sheet.png()


def tray_in() -> bytes:
    """A tray on its way into the rack: both levers open, pushed evenly, then closed until they catch."""
    sheet = Sheet()
    for x in (120, 800):
        sheet.box(x, 20, 40, 600, fill=STEEL)
    for y in (40, 105, 440, 505, 570):
        sheet.box(165, y, 630, 50, fill=FACE)
        sheet.disc(200, y + 25, 7, fill=STEEL)
        sheet.disc(760, y + 25, 7, fill=STEEL)
    sheet.box(165, 170, 630, 50, ink="#8b9599")
    sheet.box(205, 245, 550, 150, fill="#cfe0f2", ink=BLUE)
    for x in range(300, 660, 90):
        sheet.box(x, 290, 62, 60, ink=BLUE)
    sheet.line((205, 330), (110, 380), colour=RED, width=14)
    sheet.line((755, 330), (850, 380), colour=RED, width=14)
    sheet.arrow((300, 430), (300, 210))
    sheet.arrow((660, 430), (660, 210))
    sheet.number(1, 480, 370)
    sheet.number(2, 75, 410)
    sheet.number(3, 885, 410)
    return sheet.png()


def leak_test() -> bytes:
    """Nitrogen, valve, gauge, tray: the valve is shut, the needle is watched for the whole dwell."""
    sheet = Sheet()
    sheet.box(60, 180, 120, 360, fill=FACE)
    sheet.box(95, 130, 50, 50, fill=STEEL)
    sheet.line((145, 150), (360, 150), (360, 300), (600, 300), colour=INK, width=12)
    sheet.pen.polygon([(260 * FINE, 120 * FINE), (260 * FINE, 180 * FINE), (310 * FINE, 150 * FINE)], fill=RED)
    sheet.pen.polygon([(360 * FINE, 120 * FINE), (360 * FINE, 180 * FINE), (310 * FINE, 150 * FINE)], fill=RED)
    sheet.line((310, 150), (310, 80), colour=RED, width=10)
    sheet.disc(480, 190, 86, fill=PAPER)
    for step in range(9):
        turn = math.pi * (0.75 + step * 1.5 / 8)
        sheet.line(
            (480 + 66 * math.cos(turn), 190 + 66 * math.sin(turn)),
            (480 + 80 * math.cos(turn), 190 + 80 * math.sin(turn)),
        )
    sheet.line((480, 190), (480 + 58 * math.cos(-0.9), 190 + 58 * math.sin(-0.9)), colour=RED, width=7)
    sheet.line((480, 276), (480, 300), width=12)
    sheet.box(600, 240, 300, 120, fill="#cfe0f2", ink=BLUE)
    sheet.line((260, 580), (900, 580), width=5)
    sheet.line((260, 580), (260, 400), width=5)
    sheet.line((260, 570), (340, 440), (880, 446), colour=BLUE, width=9)
    sheet.line((340, 420), (340, 580), (880, 580), (880, 420), colour=STEEL, width=3)
    sheet.number(1, 310, 45, RED)
    sheet.number(2, 590, 130)
    sheet.number(3, 610, 490)
    return sheet.png()


def crosswise() -> bytes:
    """A cold plate on its board: four screws, crosswise, in two passes."""
    sheet = Sheet()
    sheet.box(100, 60, 760, 520, fill="#d9e8dc", ink=GREEN)
    sheet.box(270, 150, 420, 340, fill="#e8c9a0", ink=COPPER)
    sheet.box(360, 220, 240, 200, fill=FACE)
    spots = ((310, 190), (650, 450), (650, 190), (310, 450))
    sheet.arrow((345, 215), (615, 425))
    sheet.arrow((615, 215), (345, 425))
    for turn, (x, y) in enumerate(spots, start=1):
        sheet.bolt(x, y)
        sheet.number(turn, x + (-70 if x < 480 else 70), y)
    return sheet.png()


PICTURES: dict[str, Callable[[], bytes]] = {
    "bus_bar": bus_bar,
    "leak_rope": leak_rope,
    "pins": pins,
    "tray_in": tray_in,
    "leak_test": leak_test,
    "crosswise": crosswise,
}
