"""The empty table of document kinds; apps fill it at start-up (RULINGS 6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from documents.paper import Issue, Story
from ledger.refusals import Refusal


class UnknownDocumentKind(Refusal):
    """There is no such kind of document."""


class NothingToPrint(Refusal):
    """The key names nothing that this document is about."""


@dataclass(frozen=True)
class Subject:
    """What one document is about: the row (type label and id) and its name for people."""

    type: str
    id: int
    name: str


@dataclass(frozen=True)
class DocumentKind:
    """A kind of paper. `find` turns a key (serial, tag, number) into a subject or refuses; `sheet` reads the facts;
    `story` lays them out. `prefix` begins the document number."""

    name: str
    prefix: str
    title_ja: str
    title_en: str
    find: Callable[[str], Subject]
    sheet: Callable[[Subject], Any]
    story: Callable[[Any, str, Issue | None], Story]
    right: str = "documents.print"
    refuse_issue: Callable[[Any], None] = lambda sheet: None
    """Raises the refusal of a sheet that may be looked at but not handed over: a certificate before its verdict."""

    def title(self, language: str) -> str:
        return self.title_en if language == "en" else self.title_ja


KINDS: dict[str, DocumentKind] = {}


def register_kind(kind: DocumentKind) -> None:
    """Add a kind of paper to the table."""
    KINDS[kind.name] = kind


def kind_of(name: str) -> DocumentKind:
    """The kind of that name. Refuses UnknownDocumentKind."""
    kind = KINDS.get(name)
    if kind is None:
        raise UnknownDocumentKind(
            _("There is no document kind “%(name)s”.") % {"name": name[:40]},
            do=_("Choose one of: %(names)s.") % {"names": ", ".join(sorted(KINDS))},
        )
    return kind
