"""Weekly reports on their way: issued in both languages, put into a folder, sent by mail. Each address once.

Called again after a failure or a crash it does only what is not done. In the folder a report's name holds the hash of
its bytes and appears by rename, whole or not at all: a file that is there is not written again. A mail whose sending
was not noted before a crash goes out again under the same Message-ID.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from documents import files
from documents.kinds import kind_of
from documents.models import IssuedDocument
from documents.operations.issuing import LANGUAGES, issue
from ledger.callers import Caller
from ledger.models import Event
from logistics.models import WeeklyDelivery, WeeklyReport
from logistics.operations.weekly_reports import note_delivery

Papers = dict[str, bytes]
"""File name → bytes."""


class ReportNotDelivered(Exception):
    """Some address was not reached; the relay rings again."""


def deliver(caller: Caller, event: Event) -> None:
    """Issue and deliver a report. Raises ReportNotDelivered after every address was tried, so that a lost mail server
    keeps no report from its folder."""
    report = WeeklyReport.objects.get(pk=event.subject_id)
    papers = _papers(caller, report)
    folder = Path(settings.REPORTS_FOLDER)
    faults = [_try(report, "folder", str(folder), partial(_put, folder, papers))]
    faults += [_try(report, "email", to, partial(_send, report, to, papers)) for to in settings.REPORT_TO]
    if any(faults):
        raise ReportNotDelivered("; ".join(filter(None, faults)))


def _papers(caller: Caller, report: WeeklyReport) -> Papers:
    """The issued papers; issuing the same facts again gives the same bytes."""
    found = {}
    for language in LANGUAGES:
        with transaction.atomic():
            paper: IssuedDocument = issue(caller, kind_of("weekly-report"), report.number, language)
        found[f"genpin-{report.number}-{language}-{paper.bytes_hash[:12]}.pdf"] = files.get(paper.bytes_hash)
    return found


def _try(report: WeeklyReport, way: str, address: str, act: Callable[[], None]) -> str:
    """Deliver to one address if that is not done; gives what was wrong."""
    if WeeklyDelivery.objects.filter(report=report, way=way, address=address, delivered_at__isnull=False).exists():
        return ""
    fault = ""
    try:
        act()
    except (OSError, ValueError) as wrong:  # a missing or full folder, smtplib and sockets; an address that is none
        fault = f"{type(wrong).__name__}: {wrong}"
    note_delivery(report, way, address, timezone.now(), fault)
    return fault


def _put(folder: Path, papers: Papers) -> None:
    """The home's own folder is made; one that was named must be there: an unmounted share is no empty folder."""
    if folder == Path(settings.GENPIN_HOME) / "reports":
        folder.mkdir(exist_ok=True)
    for name, content in papers.items():
        whole = folder / name
        if whole.exists() and hashlib.sha256(whole.read_bytes()).digest() == hashlib.sha256(content).digest():
            continue
        part = folder / f".{name}.part"
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(whole)
        except OSError:
            part.unlink(missing_ok=True)
            raise
    _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _send(report: WeeklyReport, to: str, papers: Papers) -> None:
    digest = hashlib.sha256(f"{report.number} {report.facts_sha256} {to}".encode()).hexdigest()[:32]
    mail = EmailMessage(
        subject=f"週報 {report.number} / Weekly management report {report.number}",
        body=f"週報 {report.number} を添付します。\nThe weekly management report {report.number} is attached.\n\n"
        f"SHA-256 {report.facts_sha256}\n{settings.PUBLIC_URL.rstrip('/')}/weekly-reports/\n",
        to=[to],
        headers={"Message-ID": f"<weekly-{digest}@genpin>"},
    )
    for name, content in papers.items():
        mail.attach(name, content, "application/pdf")
    mail.send()
