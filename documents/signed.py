"""The skeleton of every signed paper: heading with its stamps, what it is about beside the check code, its parts.

A paper brings its words and its parts; glyphs, facts hash, form number, issue and legend are the same work for all."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reportlab.platypus import Flowable, Table

from documents.paper import (
    A4,
    BOLD,
    MM,
    Heading,
    Issue,
    QrCode,
    Stamp,
    Story,
    check_glyphs,
    form_table,
    gap,
    stamp_row,
    wrap_cell,
)
from documents.press import issue_words
from documents.seal import facts_hash
from documents.words import Plant, Words, speaker

Say = Callable[[str], str]

_HEAD = (25, 131, 26)
"""Widths of the form below the heading, millimetres: label, value, check code."""

_ROW = 6.2


class SignedSheet(Protocol):
    """What the skeleton tells of a sheet, true at the instant `at` of its last event, `record`."""

    @property
    def at(self) -> datetime: ...
    @property
    def record(self) -> int: ...
    @property
    def plant(self) -> Plant: ...
    @property
    def stamps(self) -> Sequence[Stamp]: ...


@dataclass(frozen=True)
class Pen:
    """Who writes one copy or issue of a paper: its language, its words, and the issue (None for a copy)."""

    lang: str
    say: Say
    issue: Issue | None

    def check(self, side: float = 23) -> list[Flowable] | str:
        """The code of the check page, `side` in millimetres; on a copy the word for it."""
        return [QrCode(self.issue.verify_url, side * MM)] if self.issue else self.say("copy")


@dataclass(frozen=True)
class Form:
    """What makes a paper: its words (with `title`, `other_title`, `form_number`, `legend`), what it is about in one
    word, and the parts below its heading. `draft` gives the word across each page of a paper that is none yet."""

    words: Mapping[str, Words]
    subject: Callable[..., str]
    parts: Callable[..., Iterable[Flowable]]
    draft: Callable[..., str] | None = None


def signed_story(form: Form, sheet: SignedSheet, lang: str, issue: Issue | None) -> Story:
    """A signed paper, ready for the press. Raises MissingGlyph naming the field."""
    check_glyphs(sheet)
    pen = Pen(lang, speaker(lang, form.words), issue)
    return Story(
        title=pen.say("title"),
        subject=form.subject(sheet),
        lang=lang,
        flowables=[_heading(sheet, pen), gap(2.6), *form.parts(sheet, pen)],
        facts=facts_hash(sheet),
        record=sheet.record,
        author=sheet.plant.name.say(lang),
        issue=issue,
        legend=pen.say("legend"),
        draft=form.draft(sheet, pen) if form.draft else "",
    )


def _heading(sheet: SignedSheet, pen: Pen) -> Heading:
    """Title, form number, time or revision, the plant that answers for it, and the boxes 承認・確認・作成."""
    say, lang = pen.say, pen.lang
    words = [say("other_title"), f"{say('form')} {say('form_number')}", *issue_words(sheet.at, pen.issue, lang)]
    owner = f"{sheet.plant.name.say(lang)}  {sheet.plant.section.say(lang)}"
    labels = [(meaning, say(meaning)) for meaning in ("approved", "checked", "prepared")]
    stamps = stamp_row(labels, sheet.stamps, say("unsigned"))
    return Heading(say("title"), [" · ".join(words), owner], stamps, A4.inner_width)


def about_form(rows: Sequence[tuple[str, str]], pen: Pen) -> Table:
    """What the paper is about, label and value a row, the first in large; the check code beside them."""
    room = (_HEAD[1] - 3) * MM
    (label, title), *others = rows
    cells: list[list[object]] = [[pen.say(label), title, pen.check()]]
    cells += [[pen.say(label), wrap_cell(value, room, 8.5), ""] for label, value in others]
    commands = [
        ("SPAN", (2, 0), (2, -1)),
        ("ALIGN", (2, 0), (2, -1), "CENTER"),
        ("FONT", (1, 0), (1, 0), BOLD, 12, 14),
    ]
    return form_table(cells, _HEAD, heights=(7.6, *(_ROW,) * len(others)), labels=(0,), commands=commands)
