"""Issuing papers: same facts, same issue; changed facts, the next revision."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from documents import files
from documents.kinds import DocumentKind, Subject, kind_of
from documents.models import IssuedDocument
from documents.operations.filing import register_file
from documents.paper import Issue, MissingGlyph
from documents.press import press
from documents.seal import bytes_hash, facts_hash
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal

LANGUAGES = ("ja", "en")


class UnknownLanguage(Refusal):
    """Papers are printed in Japanese and English."""


class CannotBePrinted(Refusal):
    """A text on the paper holds a character that the typeface lacks."""


@operation(permission="documents.issue", returns=IssuedDocument)
def issue_document(*, caller: Caller, kind: str, key: str, language: str = "ja") -> IssuedDocument:
    """Issue a paper. When its facts are those of an earlier issue, that one is returned and nothing is written.

    Takes an advisory lock on kind and subject, so that two at once make one issue. Refuses UnknownDocumentKind,
    UnknownLanguage, what the kind refuses for its key and its sheet, CannotBePrinted."""
    return issue(caller, kind_of(kind), key, language)


def issue(caller: Caller, kind: DocumentKind, key: str, language: str) -> IssuedDocument:
    """Step: issue one paper (see issue_document). The bytes are on disk before the row that names them commits."""
    refuse_language(language)
    subject = kind.find(key)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{kind.name} {subject.type} {subject.id} {language}"]
        )
    sheet = kind.sheet(subject)
    kind.refuse_issue(sheet)
    facts = facts_hash(sheet)
    earlier = IssuedDocument.objects.filter(
        kind=kind.name, subject_type=subject.type, subject_id=subject.id, language=language
    )
    same = earlier.filter(facts_hash=facts).first()
    if same is not None:
        return same
    revision = (earlier.aggregate(last=Max("revision"))["last"] or 0) + 1
    return _store(caller, kind, subject, sheet, (language, facts, revision))


def store_bytes(caller: Caller, content: bytes, name: str, media_type: str = "application/pdf") -> str:
    """Step: put a file into the content store and name it; returns its hash."""
    sha256 = files.put(content)
    register_file(caller, sha256, len(content), media_type, name)
    return sha256


def _store(
    caller: Caller, kind: DocumentKind, subject: Subject, sheet: Any, made: tuple[str, str, int]
) -> IssuedDocument:
    language, facts, revision = made
    code = secrets.token_hex(16)
    story_issue = Issue(
        number=document_number(kind, subject, revision),
        revision=revision,
        verify_code=code,
        verify_url=verify_url(code),
    )
    content = pressed(kind, sheet, language, story_issue)
    sha256 = store_bytes(caller, content, f"{kind.name}-{subject.name}-r{revision}-{language}.pdf")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('documents_issueddocument', 'id'))")
        identity = cursor.fetchone()[0]
    event = record(
        caller,
        "documents.document-issued",
        ("documents.issueddocument", identity),
        document=kind.name,
        subject_type=subject.type,
        subject_id=subject.id,
        revision=revision,
        language=language,
        facts=facts,
        bytes=sha256,
    )
    return IssuedDocument.objects.create(
        id=identity,
        kind=kind.name,
        subject_type=subject.type,
        subject_id=subject.id,
        subject_name=subject.name,
        language=language,
        revision=revision,
        facts_hash=facts,
        bytes_hash=bytes_hash(content),
        verify_code=code,
        last_event_id=getattr(sheet, "record", 0) or 0,
        pages=content.count(b"/Type /Page\n") or 1,
        issued_at=caller.at,
        issued_by_id=caller.user.pk,
        event_id=event,
    )


def pressed(kind: DocumentKind, sheet: Any, language: str, story_issue: Issue | None) -> bytes:
    """Step: the bytes of a paper; without an issue it is marked 控え/COPY. Refuses CannotBePrinted."""
    try:
        return press(kind.story(sheet, language, story_issue))
    except MissingGlyph as fault:
        raise CannotBePrinted(
            _("This paper cannot be printed: %(fault)s") % {"fault": str(fault)},
            true=_("Nothing was issued."),
            do=_("Replace the character in that text."),
        ) from fault


def copy_of(kind_name: str, key: str, language: str) -> tuple[bytes, Subject]:
    """A copy for reading: nothing is written to the database. Refuses as issue_document does."""
    refuse_language(language)
    kind = kind_of(kind_name)
    subject = kind.find(key)
    return pressed(kind, kind.sheet(subject), language, None), subject


def document_number(kind: DocumentKind, subject: Subject, revision: int) -> str:
    """`TRV-RK26-00131-07`"""
    return f"{kind.prefix}-{subject.name}-{revision:02d}"


def verify_url(code: str) -> str:
    """The address of the check page behind the paper's QR code."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/verify/{code}"


def refuse_language(language: str) -> None:
    """Step: refuse UnknownLanguage."""
    if language not in LANGUAGES:
        raise UnknownLanguage(_("Papers are printed in ja or en, not in “%(language)s”.") % {"language": language[:10]})
