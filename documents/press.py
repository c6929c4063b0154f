"""The press: a story becomes bytes. Same story, same bytes, on every machine; nothing is read from the clock."""

from datetime import datetime
from io import BytesIO
from threading import Lock
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from documents.paper import (
    BOLD,
    CELL,
    INK,
    MM,
    REGULAR,
    Issue,
    Page,
    Story,
    clean_text,
    fit_text,
    register_fonts,
    text_width,
)
from documents.words import moment, speaker

_lock = Lock()
"""ReportLab reads glyphs by seeking in one shared font file: two papers at once would embed each other's outlines."""

_RUNNING_HEAD = 7 * MM


def press(story: Story, *, copy: bool = False) -> bytes:
    """PDF of a story, which is used up by it.

    `copy` marks every page 控え/COPY. So does a story without an issue: without a document number it is no original.
    Raises MissingGlyph for a character that the typeface lacks.
    """
    register_fonts()
    out = BytesIO()
    with _lock:
        template = _Template(out, story, _foot_words(story), copy or (story.issue is None and not story.is_label))
        template.build(story.flowables, canvasmaker=template.make_canvas)
    return out.getvalue()


class _Template(BaseDocTemplate):  # type: ignore[misc]
    """First page with the whole frame, later ones with a running head."""

    def __init__(self, out: BytesIO, story: Story, foot: list[str], is_copy: bool) -> None:
        self.story, self.foot, self.is_copy = story, foot, is_copy
        page = story.page
        super().__init__(
            out,
            pagesize=(page.width, page.height),
            pageTemplates=[
                PageTemplate("first", [_frame(page, 0)], autoNextPageTemplate="later"),
                PageTemplate("later", [_frame(page, _RUNNING_HEAD if page.foot else 0)]),
            ],
            title=clean_text(f"{story.title} {story.subject}"),
            author=clean_text(story.author),
            creator="Genpin",
            producer="Genpin",
            lang=story.lang,
            invariant=1,
            pageCompression=1,
            initialFontName=REGULAR,
        )

    def make_canvas(self, *args: Any, **kwargs: Any) -> "_CountedCanvas":
        return _CountedCanvas(self, *args, **kwargs)


class _CountedCanvas(Canvas):  # type: ignore[misc]
    """Holds the pages back until their number is known, then adds head and foot to each."""

    def __init__(self, template: _Template, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._template = template
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        pages, story, page = self._pages, self._template.story, self._template.story.page
        for number, drawn in enumerate(pages, start=1):
            self.__dict__.update(drawn)
            self.setFillColor(INK)
            self.setStrokeColor(INK)
            if story.draft:
                _draw_draft(self, page, story.draft)
            if self._template.is_copy:
                _draw_copy_mark(self, page)
            if page.foot:
                _draw_foot(self, page, self._template.foot, f"{number} / {len(pages)}")
                if number > 1:
                    _draw_running_head(self, page, story)
            super().showPage()
        super().save()


def _frame(page: Page, head: float) -> Frame:
    height = page.height - page.top - page.bottom - page.foot - head
    return Frame(
        page.left, page.bottom + page.foot, page.inner_width, height,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip


def _draw_foot(canvas: Canvas, page: Page, lines: list[str], count: str) -> None:
    top = page.bottom + page.foot - 2.6 * MM
    canvas.setLineWidth(CELL)
    canvas.line(page.left, top, page.width - page.right, top)
    room = page.inner_width - 18 * MM
    canvas.setFont(REGULAR, 6.8)
    for number, line in enumerate(lines):
        canvas.drawString(page.left, top - (3.4 + 3.2 * number) * MM, fit_text(line, room, 6.8))
    canvas.setFont(BOLD, 11)
    canvas.drawRightString(page.width - page.right, top - 5.6 * MM, count)


def _draw_running_head(canvas: Canvas, page: Page, story: Story) -> None:
    y = page.height - page.top - 3.4 * MM
    canvas.setFont(BOLD, 9)
    canvas.drawString(page.left, y, clean_text(f"{story.title}  {story.subject}"))
    if story.issue:
        canvas.setFont(REGULAR, 7.5)
        canvas.drawRightString(page.width - page.right, y, clean_text(story.issue.number))


def _draw_draft(canvas: Canvas, page: Page, word: str) -> None:
    """Across the page, in the outline of its letters: what lies below stays readable, a photocopy keeps it."""
    canvas.saveState()
    canvas.translate(page.width / 2, page.height / 2)
    canvas.rotate(52)
    size = min(84.0, 0.92 * page.height / max(1.0, text_width(word, 1, bold=True)))
    written = canvas.beginText(-text_width(word, size, bold=True) / 2, -size / 3)
    written.setFont(BOLD, size)
    written.setTextRenderMode(1)
    canvas.setLineWidth(0.5)
    canvas.setStrokeGray(0.62)
    written.textOut(word)
    canvas.drawText(written)
    canvas.restoreState()


def _draw_copy_mark(canvas: Canvas, page: Page) -> None:
    """A frame at the very top, in black, so that a photocopy of a copy still says so."""
    width, height = 30 * MM, 5.4 * MM
    x, y = (page.width - width) / 2, page.height - height - 1.6 * MM
    canvas.setLineWidth(0.4 * MM)
    canvas.rect(x, y, width, height, stroke=1, fill=0)
    canvas.setFont(BOLD, 10)
    canvas.drawCentredString(page.width / 2, y + 1.5 * MM, "控え COPY")


def _foot_words(story: Story) -> list[str]:
    say = speaker(story.lang)
    record = f"{say('record')} #{story.record:,}"
    facts = f"{say('facts')} SHA-256 {_grouped(story.facts)}"
    if story.issue is None:
        return _clean([story.legend, f"{record} · {facts}"])
    issue = story.issue
    root = [f"{say('root')} {_grouped(issue.sealed_root)}"] if issue.sealed_root else []
    void = [say("void_before").format(n=issue.revision - 1)] if issue.revision > 1 else []
    numbers = [f"{say('document')} {issue.number}", *void, f"{say('check')} {issue.verify_code}"]
    return _clean([story.legend, " · ".join([record, *root, facts]), " · ".join(numbers)])


def _clean(lines: list[str]) -> list[str]:
    return [clean_text(line) for line in lines if line]


def issue_words(at: datetime, issue: Issue | None, lang: str) -> list[str]:
    """For the line below a title: time of the last event, and the revision once there is one."""
    say = speaker(lang)
    if issue is None:
        return [f"{moment(at)} {say('as_of')}" if lang == "ja" else f"{say('as_of')} {moment(at)}"]
    revision = f"{issue.revision} {say('revision')}" if lang == "ja" else f"{say('revision')} {issue.revision}"
    return [f"{say('issued')} {moment(at)}", revision]


def _grouped(digest: str) -> str:
    """First sixteen and last four hexadecimal digits: enough to compare by eye; the whole is behind the check code."""
    return f"{digest[0:4]} {digest[4:8]} {digest[8:12]} {digest[12:16]} … {digest[-4:]}"
