"""Unit label (現品票): the tag that travels with the thing, 100 × 60 mm, alone or eight on an A4 sheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reportlab.platypus import Flowable, Table

from documents.paper import (
    BOLD,
    CELL,
    INK,
    LABEL,
    LABEL_SHEET,
    MM,
    REGULAR,
    SMALL_LABEL,
    Page,
    Story,
    check_glyphs,
    clean_text,
    draw_code,
    draw_qr,
    fit_text,
    text_width,
)
from documents.seal import facts_hash
from documents.words import Plant, Words, amount, day, moment, speaker

Say = Callable[[str], str]

_WIDTH, _HEIGHT = 100 * MM, 60 * MM
_LABELS_ON_A_SHEET = 8


@dataclass(frozen=True)
class UnitLabelSheet:
    """Facts of one label. Unknown ones are empty and print as 不明, never as a blank that could be written into."""

    plant: Plant
    tag: str
    part_number: str
    part_revision: str
    name: Words
    serial: str
    lot: str
    country: str
    """Two letters, `JP`; empty when not declared."""
    quantity: Decimal
    unit: str
    received_on: date | None
    """None for what the plant made itself (`made_here`), or when the day is not known."""
    order: str
    held: str
    """Number of the hold that is open; empty when free."""
    code_text: str
    """What the square code carries: the tag itself, or a GS1 Digital Link."""
    at: datetime
    record: int
    made_here: bool = False


@dataclass(frozen=True)
class LabelSet:
    """Labels that are printed together."""

    labels: tuple[UnitLabelSheet, ...]


WORDS: dict[str, Words] = {
    "title": Words("現品票", "Unit label"),
    "product": Words("品番・版数", "Part, rev."),
    "serial_lot": Words("製造番号", "Serial"),
    "origin": Words("原産国", "Origin"),
    "received_on": Words("入荷日", "Received"),
    "order": Words("指図・注文", "Order"),
    "made_here": Words("社内製", "made here"),
    "unknown": Words("不明", "unknown"),
    "hold": Words("保留", "HOLD"),
}


def story(sheet: UnitLabelSheet, lang: str) -> Story:
    """One label as a page of its own, for the label printer. Raises MissingGlyph naming the field."""
    return _story((sheet,), lang, SMALL_LABEL, [_Label(sheet, lang)])


def sheet_story(sheets: Sequence[UnitLabelSheet], lang: str) -> Story:
    """Labels on A4, two columns of four, in reading order."""
    labels = [_Label(sheet, lang) for sheet in sheets]
    pages = [labels[start : start + _LABELS_ON_A_SHEET] for start in range(0, len(labels), _LABELS_ON_A_SHEET)]
    return _story(tuple(sheets), lang, LABEL_SHEET, [_page_of(page) for page in pages])


def _story(sheets: tuple[UnitLabelSheet, ...], lang: str, page: Page, flowables: list[Flowable]) -> Story:
    check_glyphs(sheets, "labels")
    say = speaker(lang, WORDS)
    return Story(
        title=say("title"),
        subject=", ".join(sheet.tag for sheet in sheets[:3]),
        lang=lang,
        flowables=flowables,
        facts=facts_hash(sheets[0] if len(sheets) == 1 else LabelSet(sheets)),
        record=max(sheet.record for sheet in sheets),
        author=sheets[0].plant.name.say(lang),
        page=page,
        is_label=True,
    )


def _page_of(labels: list["_Label"]) -> Table:
    cells: list[list[Flowable | str]] = [
        [labels[place], labels[place + 1] if place + 1 < len(labels) else ""] for place in range(0, len(labels), 2)
    ]
    style = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 6),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    heights = [_HEIGHT + 4 * MM] * len(cells)
    return Table(cells, colWidths=[_WIDTH + 4 * MM, _WIDTH], rowHeights=heights, style=style)


class _Label(Flowable):  # type: ignore[misc]
    def __init__(self, sheet: UnitLabelSheet, lang: str) -> None:
        super().__init__()
        self.sheet, self.lang, self.say = sheet, lang, speaker(lang, WORDS)
        self.width, self.height = _WIDTH, _HEIGHT

    def wrap(self, *_room: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.4 * MM)
        canvas.rect(1.5 * MM, 1.5 * MM, _WIDTH - 3 * MM, _HEIGHT - 3 * MM, stroke=1, fill=0)
        canvas.setLineWidth(CELL)
        _draw_head(canvas, self.sheet, self.lang, self.say)
        _draw_rows(canvas, _rows(self.sheet, self.lang, self.say))
        draw_qr(canvas, self.sheet.code_text or self.sheet.tag, 73 * MM, 22.6 * MM, 25 * MM)
        _draw_foot(canvas, self.sheet)


def _draw_head(canvas: Any, sheet: UnitLabelSheet, lang: str, say: Say) -> None:
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 12)
    canvas.drawString(3.5 * MM, 52.6 * MM, say("title"))
    canvas.setFont(REGULAR, 6.5)
    left = 5.5 * MM + text_width(say("title"), 12, bold=True)
    canvas.drawString(left, 53.2 * MM, fit_text(clean_text(sheet.plant.name.say(lang)), 69 * MM - left, 6.5))
    if sheet.held:
        canvas.rect(70 * MM, 51.2 * MM, 27 * MM, 5.6 * MM, stroke=0, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.setFont(BOLD, 8)
        held = fit_text(clean_text(f"{say('hold')} {sheet.held}"), 26 * MM, 8, bold=True)
        canvas.drawCentredString(83.5 * MM, 52.8 * MM, held)
        canvas.setFillColor(INK)
    canvas.line(1.5 * MM, 50.2 * MM, 98.5 * MM, 50.2 * MM)


def _rows(sheet: UnitLabelSheet, lang: str, say: Say) -> list[tuple[str, str, bool]]:
    unknown = say("unknown")
    serial = sheet.serial or (f"{say('lot')} {sheet.lot}" if sheet.lot else unknown)
    origin = f"{sheet.country or unknown}   {say('quantity')} {amount(sheet.quantity, sheet.unit, lang)}"
    received = day(sheet.received_on, lang) or (say("made_here") if sheet.made_here else unknown)
    lot = f"{sheet.lot or '–'}   {sheet.order}".rstrip()
    return [
        (say("product"), f"{sheet.part_number} {say('part_revision')} {sheet.part_revision}", True),
        (say("name"), sheet.name.say(lang), False),
        (say("serial_lot"), serial, True),
        (say("lot"), lot, False),
        (say("origin"), origin, False),
        (say("received_on"), received, False),
    ]


def _draw_rows(canvas: Any, rows: list[tuple[str, str, bool]]) -> None:
    height = 4.6 * MM
    y = 50.2 * MM
    canvas.setFillColor(LABEL)
    canvas.rect(1.7 * MM, y - len(rows) * height, 15.3 * MM, len(rows) * height, stroke=0, fill=1)
    canvas.setFillColor(INK)
    for label, value, strong in rows:
        y -= height
        canvas.setFont(REGULAR, 6)
        canvas.drawString(2.4 * MM, y + 1.5 * MM, fit_text(label, 14.4 * MM, 6))
        size = 9 if strong else 8
        canvas.setFont(BOLD if strong else REGULAR, size)
        canvas.drawString(18 * MM, y + 1.2 * MM, fit_text(clean_text(value), 53.5 * MM, size, bold=strong))
        canvas.line(1.5 * MM, y, 72 * MM, y)
    canvas.line(17 * MM, y, 17 * MM, 50.2 * MM)
    canvas.line(72 * MM, y, 72 * MM, 50.2 * MM)
    canvas.line(72 * MM, y, 98.5 * MM, y)


def _draw_foot(canvas: Any, sheet: UnitLabelSheet) -> None:
    draw_code(canvas, sheet.tag, (2 * MM, 9.6 * MM, 70 * MM, 11.4 * MM))
    canvas.setFont(BOLD, 13)
    canvas.drawCentredString(37 * MM, 4.6 * MM, clean_text(sheet.tag))
    canvas.setFont(REGULAR, 5.5)
    canvas.drawRightString(97 * MM, 5.6 * MM, f"#{sheet.record:,}")
    canvas.drawRightString(97 * MM, 3.2 * MM, moment(sheet.at))
