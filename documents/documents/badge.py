"""Badge (社員証): a card of 85.6 × 54 mm (ISO/IEC 7810 ID-1), alone or ten on an A4 sheet with marks to cut along.

The bars carry an opaque text that names its person and proves nothing: the card says that the PIN is always asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportlab.platypus import Flowable, Table

from documents.paper import (
    BOLD,
    CELL,
    INK,
    MM,
    REGULAR,
    Page,
    Story,
    check_glyphs,
    clean_text,
    draw_code,
    fit_text,
)
from documents.words import Plant, Words, day, speaker

_WIDTH, _HEIGHT = 85.6 * MM, 54 * MM
_CARDS_ON_A_SHEET = 10

CARD = Page(_WIDTH, _HEIGHT, top=0, right=0, bottom=0, left=0, foot=0)
CARDS = Page(210 * MM, 297 * MM, top=9 * MM, right=17 * MM, bottom=9 * MM, left=17 * MM, foot=0)


@dataclass(frozen=True)
class BadgeCard:
    """Facts of one card."""

    plant: Plant
    username: str
    name: Words
    section: str
    roles: Words
    scan_text: str
    at: datetime
    record: int


@dataclass(frozen=True)
class BadgeCards:
    """Cards that are printed together."""

    cards: tuple[BadgeCard, ...]


WORDS: dict[str, Words] = {
    "title": Words("社員証", "Badge"),
    "since": Words("交付", "given"),
    "rule": Words("暗証番号なしでは何も開きません", "Opens nothing without the PIN"),
}


def story(sheet: BadgeCard, lang: str, facts: str) -> Story:
    """One card as a page of its own, for a card printer; `facts` is the hash of the sheet. Raises MissingGlyph."""
    return _story((sheet,), lang, facts, CARD, [_Card(sheet, lang)])


def sheet_story(sheets: Sequence[BadgeCard], lang: str, facts: str) -> Story:
    """Cards on A4, two columns of five, in reading order."""
    cards = [_Card(sheet, lang) for sheet in sheets]
    pages = [cards[start : start + _CARDS_ON_A_SHEET] for start in range(0, len(cards), _CARDS_ON_A_SHEET)]
    return _story(tuple(sheets), lang, facts, CARDS, [_page_of(page) for page in pages])


def _story(sheets: tuple[BadgeCard, ...], lang: str, facts: str, page: Page, flowables: list[Flowable]) -> Story:
    check_glyphs(sheets, "badges")
    say = speaker(lang, WORDS)
    return Story(
        title=say("title"),
        subject=", ".join(sheet.username for sheet in sheets[:3]),
        lang=lang,
        flowables=flowables,
        facts=facts,
        record=max(sheet.record for sheet in sheets),
        author=sheets[0].plant.name.say(lang),
        page=page,
        is_label=True,
    )


def _page_of(cards: list["_Card"]) -> Table:
    cells: list[list[Flowable | str]] = [
        [cards[place], cards[place + 1] if place + 1 < len(cards) else ""] for place in range(0, len(cards), 2)
    ]
    style = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 6),
        *[(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")],
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    heights = [_HEIGHT + 1 * MM] * len(cells)
    return Table(cells, colWidths=[_WIDTH + 2 * MM, _WIDTH], rowHeights=heights, style=style)


class _Card(Flowable):  # type: ignore[misc]
    def __init__(self, sheet: BadgeCard, lang: str) -> None:
        super().__init__()
        self.sheet, self.lang, self.say = sheet, lang, speaker(lang, WORDS)
        self.width, self.height = _WIDTH, _HEIGHT

    def wrap(self, *_room: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas: Any = self.canv
        sheet, inner = self.sheet, _WIDTH - 10 * MM
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(CELL)
        canvas.roundRect(0.3 * MM, 0.3 * MM, _WIDTH - 0.6 * MM, _HEIGHT - 0.6 * MM, 3 * MM, stroke=1, fill=0)
        canvas.setFillColor(INK)
        canvas.rect(0.3 * MM, 44.2 * MM, _WIDTH - 0.6 * MM, 1.1 * MM, stroke=0, fill=1)
        self._line(BOLD, 10, 47.3, self.say("title"), inner / 4)
        canvas.setFont(REGULAR, 6.5)
        plant = fit_text(clean_text(sheet.plant.name.say(self.lang)), inner * 0.7, 6.5)
        canvas.drawRightString(_WIDTH - 5 * MM, 47.6 * MM, plant)
        self._line(BOLD, 17, 34.6, sheet.name.ja, inner)
        self._line(REGULAR, 9, 29.6, sheet.name.en, inner)
        said = " · ".join(filter(None, (sheet.section, sheet.roles.say(self.lang))))
        self._line(REGULAR, 7.5, 25.2, said, inner)
        draw_code(canvas, sheet.scan_text, (3 * MM, 10 * MM, _WIDTH - 6 * MM, 12 * MM))
        canvas.setFont(REGULAR, 7)
        canvas.drawCentredString(_WIDTH / 2, 6.6 * MM, clean_text(sheet.scan_text))
        self._line(REGULAR, 6, 2.6, self.say("rule"), inner * 0.6)
        canvas.setFont(REGULAR, 6)
        canvas.drawRightString(_WIDTH - 5 * MM, 2.6 * MM, f"{self.say('since')} {day(sheet.at.date(), self.lang)}")

    def _line(self, font: str, size: float, y: float, text: str, room: float) -> None:
        self.canv.setFont(font, size)
        self.canv.drawString(5 * MM, y * MM, fit_text(clean_text(text), room, size, bold=font == BOLD))
