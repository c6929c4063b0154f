"""Codes a scanner reads, drawn as vectors: Code 128, GS1-128 and QR."""

from functools import lru_cache
from typing import Any

import segno
from reportlab.platypus import Flowable

from documents.paper.fonts import REGULAR
from documents.paper.grid import INK, MM

# ISO/IEC 15417, table 1: widths of bar, space, bar, space, bar, space in modules,
# six digits a symbol, for the values 0 to 105.
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)
_STOP = "2331112"
_START_B, _START_C, _FNC1, _TO_B, _TO_C = 104, 105, 102, 100, 99
_QUIET_MODULES = 10
_FINEST_MM = 0.15
"""Below this module width a hand scanner fails on a laser print; the text then becomes a QR code instead."""

_DENSE_RUN, _DENSE_RUN_AT_EDGE = 6, 4  # digits from which the switch to the two-digit alphabet pays


@lru_cache(maxsize=4096)
def code128_values(text: str, gs1: bool = False) -> tuple[int, ...]:
    """Start, data and check values. Printable ASCII only; with `gs1` the FNC1 that makes it a GS1-128 comes first."""
    if not text or any(not " " <= character <= "~" for character in text):
        raise ValueError(f"Code 128 carries printable ASCII only, not {text!r}")
    values: list[int] = []
    dense = False
    at = 0
    while at < len(text):
        run = _digits_from(text, at)
        edge = at == 0 or at + run == len(text)
        wanted = run >= (2 if dense else _DENSE_RUN_AT_EDGE if edge else _DENSE_RUN)
        if wanted and not dense and run % 2 and values:
            values.append(ord(text[at]) - 32)
            at += 1
        if wanted != dense or not values:
            values.append(_switch(wanted, first=not values))
            dense = wanted
        values.append(int(text[at : at + 2]) if dense else ord(text[at]) - 32)
        at += 2 if dense else 1
    if gs1:
        values.insert(1, _FNC1)
    return (*values, (values[0] + sum(n * value for n, value in enumerate(values[1:], start=1))) % 103)


def _digits_from(text: str, at: int) -> int:
    end = at
    while end < len(text) and "0" <= text[end] <= "9":
        end += 1
    return end - at


def _switch(dense: bool, first: bool) -> int:
    if first:
        return _START_C if dense else _START_B
    return _TO_C if dense else _TO_B


@lru_cache(maxsize=4096)
def bars_of(text: str, gs1: bool = False) -> tuple[tuple[tuple[int, int], ...], int]:
    """(offset, width) of each bar in modules, and the modules in all, without quiet zones."""
    widths = "".join(_WIDTHS[6 * value : 6 * value + 6] for value in code128_values(text, gs1)) + _STOP
    bars: list[tuple[int, int]] = []
    x = 0
    for number, width in enumerate(map(int, widths)):
        if number % 2 == 0:
            bars.append((x, width))
        x += width
    return tuple(bars), x


@lru_cache(maxsize=512)
def dots_of(text: str) -> tuple[tuple[tuple[int, int, int], ...], int]:
    """(column, row, length) of each dark run in modules, and the side, without quiet zone. Error correction M."""
    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    runs: list[tuple[int, int, int]] = []
    for row, cells in enumerate(matrix):
        start = None
        for column, dark in enumerate([*cells, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                runs.append((start, row, column - start))
                start = None
    return tuple(runs), len(matrix)


class QrCode(Flowable):  # type: ignore[misc]
    """A square of `side` points; four modules of quiet zone are inside it."""

    def __init__(self, text: str, side: float) -> None:
        super().__init__()
        self.text, self.width, self.height = text, side, side

    def wrap(self, *_room: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        draw_qr(self.canv, self.text, 0, 0, self.width)


class BarCode(Flowable):  # type: ignore[misc]
    """Code 128 over the whole `width` (points, quiet zones inside), its text below when `caption` is given.

    A text too long for bars of this width becomes a QR code with the same content.
    """

    def __init__(self, text: str, width: float, height: float, *, caption: str = "", gs1: bool = False) -> None:
        super().__init__()
        self.text, self.width, self.bars_height, self.caption, self.gs1 = text, width, height, caption, gs1
        self.height = height + (3.3 * MM if caption else 0)

    def wrap(self, *_room: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        foot = self.height - self.bars_height
        draw_code(self.canv, self.text, (0, foot, self.width, self.bars_height), gs1=self.gs1)
        if self.caption:
            self.canv.setFont(REGULAR, 6.5)
            self.canv.drawCentredString(self.width / 2, 0.7 * MM, self.caption)


def draw_code(canvas: Any, text: str, box: tuple[float, float, float, float], *, gs1: bool = False) -> None:
    """Bars in the box (x, y, width, height in points), or a QR code where bars would be too fine to read."""
    x, y, width, height = box
    bars, modules = bars_of(text, gs1)
    module = min(width / (modules + 2 * _QUIET_MODULES), 0.5 * MM)
    if module < _FINEST_MM * MM:
        draw_qr(canvas, text, x + (width - height) / 2, y, height)
        return
    left = x + (width - modules * module) / 2
    path = canvas.beginPath()
    for offset, size in bars:
        path.rect(left + offset * module, y, size * module, height)
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)


def draw_qr(canvas: Any, text: str, x: float, y: float, side: float) -> None:
    """Square with its lower left corner at (x, y), points."""
    runs, size = dots_of(text)
    module = side / (size + 8)
    path = canvas.beginPath()
    for column, row, length in runs:
        path.rect(x + (column + 4) * module, y + side - (row + 5) * module, length * module, module)
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)
