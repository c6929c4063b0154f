"""Parts that all papers share: the heading, a section title, and what the press needs to know of a story."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.platypus import CondPageBreak, Flowable, Spacer

from documents.paper.fonts import BOLD, REGULAR, register_fonts
from documents.paper.grid import A4, INK, MM, Page
from documents.paper.stamps import Stamp, StampRow
from documents.paper.text import clean_text, fit_text


@dataclass(frozen=True)
class Issue:
    """A paper as it was handed out. It is no fact of the sheet: a new print of the same facts is the same issue."""

    number: str
    """`TRV-26-00131-07`"""
    revision: int
    verify_code: str
    verify_url: str
    sealed_root: str = ""
    """Root of the ledger at that time, hexadecimal; empty until the event is sealed."""


@dataclass(frozen=True)
class Story:
    """Flowables once through the press, and the facts of head and foot. Build a new one for every pressing."""

    title: str
    subject: str
    """What the paper is about, for the running head of later pages: `RK26-00131`."""
    lang: str
    flowables: list[Flowable]
    facts: str
    """SHA-256 of the sheet, hexadecimal."""
    record: int
    """Id of the last event whose facts are in the sheet."""
    author: str = ""
    issue: Issue | None = None
    legend: str = ""
    page: Page = A4
    draft: str = ""
    """Written across every page of a paper that is none yet; empty when it is one."""
    is_label: bool = False
    """A label is printed as often as one is lost: it is never an issue, so it is never marked as a copy by itself."""


class Heading(Flowable):  # type: ignore[misc]
    """Spaced title, a line below it, the plant; the stamp row at the right."""

    def __init__(self, title: str, lines: Sequence[str], stamps: StampRow | None, width: float) -> None:
        super().__init__()
        register_fonts()
        self.title, self.lines, self.stamps, self.width = clean_text(title), lines, stamps, width
        self.height = stamps.height if stamps else 15 * MM

    def wrap(self, *_room: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.setFillColor(INK)
        wide = not self.title.isascii()
        text = canvas.beginText(0, self.height - 6.6 * MM)
        text.setFont(BOLD, 19 if wide else 17)
        text.setCharSpace(4 if wide else 0.6)
        text.textOut(self.title)
        text.setCharSpace(0)
        canvas.drawText(text)
        room = self.width - (self.stamps.width if self.stamps else 0) - 3 * MM
        for number, line in enumerate(self.lines):
            canvas.setFont(REGULAR, 8)
            canvas.drawString(0, self.height - (11.4 + 4.1 * number) * MM, fit_text(clean_text(line), room, 8))
        if self.stamps:
            self.stamps.drawOn(canvas, self.width - self.stamps.width, 0)


class SectionTitle(Flowable):  # type: ignore[misc]
    """A bold line over a part of the paper; `section` keeps it with what follows."""

    def __init__(self, text: str, note: str = "") -> None:
        super().__init__()
        self.text, self.note = clean_text(text), clean_text(note)

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width = width
        return width, 8.2 * MM

    def draw(self) -> None:
        canvas = self.canv
        canvas.setFillColor(INK)
        canvas.rect(0, 1.6 * MM, 1.2 * MM, 3.8 * MM, stroke=0, fill=1)
        canvas.setFont(BOLD, 10.5)
        canvas.drawString(2.6 * MM, 2.2 * MM, self.text)
        if self.note:
            canvas.setFont(REGULAR, 7.5)
            canvas.drawRightString(self.width, 2.2 * MM, fit_text(self.note, self.width * 0.6, 7.5))


class NoteLines(Flowable):  # type: ignore[misc]
    """A few plain lines, each cut to the width."""

    def __init__(self, lines: Sequence[str], size: float = 7.5) -> None:
        super().__init__()
        self.lines, self.size = lines, size

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width = width
        return width, len(self.lines) * self.size * 1.4 + 1 * MM

    def draw(self) -> None:
        self.canv.setFillColor(INK)
        self.canv.setFont(REGULAR, self.size)
        for number, line in enumerate(self.lines, start=1):
            y = len(self.lines) * self.size * 1.4 - number * self.size * 1.4 + 2
            self.canv.drawString(0, y, fit_text(clean_text(line), self.width, self.size))


def stamp_row(labels: Sequence[tuple[str, str]], stamps: Sequence[Stamp], unsigned: str) -> StampRow:
    """Boxes in the order of `labels` (meaning, word); the latest stamp of a meaning is shown."""
    latest = {stamp.meaning: stamp for stamp in sorted(stamps, key=lambda stamp: stamp.at)}
    return StampRow(tuple((word, latest.get(meaning)) for meaning, word in labels), unsigned)


def section(title: str, *parts: Flowable, note: str = "", least: float = 32) -> list[Flowable]:
    """A titled part; it starts on a new page when less than `least` millimetres are left.

    ReportLab's own keep-with-next would push a table of ten pages off the page of its title.
    """
    return [CondPageBreak(least * MM), SectionTitle(title, note), *parts, gap(2.5)]


def room_for(millimetres: float) -> CondPageBreak:
    """What follows starts on a new page when less than this is left."""
    return CondPageBreak(millimetres * MM)


def gap(millimetres: float) -> Spacer:
    """White between two parts."""
    return Spacer(0, millimetres * MM)
