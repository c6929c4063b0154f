"""The facts of a nonconformity report (不適合報告書)."""

from __future__ import annotations

from accounts.models import User
from assembly.documents.nonconformity import ConcessionRow, NonconformitySheet
from assembly.models import Concession, Nonconformity
from assembly.queries.quality import photos_of, report_page
from assembly.text import report_words
from documents.paper import Stamp
from documents.words import PLANT_NAME, Plant, Words
from ledger.models import Event

PLANT = Plant(PLANT_NAME, Words("品質保証部", "Quality assurance"))
NOBODY = Words("", "")


def nonconformity_sheet(number: str) -> NonconformitySheet:
    """Every fact of the report of a nonconformity. Seven queries.

    Raises Nonconformity.DoesNotExist."""
    report = report_page(number)
    if report is None:
        raise Nonconformity.DoesNotExist
    concessions = list(report.concessions.all())
    photos = photos_of(report)
    events = {report.opened_event_id, report.disposed_event_id, report.closed_event_id}
    events |= {row.proposed_event_id for row in concessions} | {row.decided_event_id for row in concessions}
    events |= {photo.event_id for photo in photos}
    last = Event.objects.get(pk=max(event for event in events if event))
    part = report.unit.part
    run = report.run
    return NonconformitySheet(
        plant=PLANT,
        number=report.number,
        build=report.build.unit.name,
        unit=f"{report.unit.name} ({report.unit.tag})",
        part_number=part.number,
        name=Words(part.name_ja, part.name_en),
        found_at=report.opened_at,
        found_by=_name(report.opened_by),
        step=_step(run.operation.number, run.operation.name_ja, run.operation.name_en) if run else "",
        defect=report.defect_code,
        cause=Words(f"{report.cause.code} {report.cause.name_ja}", f"{report.cause.code} {report.cause.name_en}")
        if report.cause
        else "",
        what=Words(report_words(report, "ja"), report_words(report, "en")),
        photos=tuple(photo.file.sha256 for photo in photos),
        disposition=report.disposition or "",
        reason=report.disposition_reason,
        decided_at=report.disposed_at,
        decided_by=_name(report.disposed_by) if report.disposed_by else NOBODY,
        repeats=tuple(
            _step(row.operation.number, row.operation.name_ja, row.operation.name_en)
            for rework in report.reworks.all()
            for row in rework.operations.all()
        ),
        closed_at=report.closed_at,
        concessions=tuple(map(_concession, concessions)),
        stamps=_stamps(report, concessions),
        at=last.recorded_at,
        record=last.pk,
    )


def _stamps(report: Nonconformity, concessions: list[Concession]) -> tuple[Stamp, ...]:
    """作成: who found it; 確認: who decided or proposed; 承認: the second person of a use as is."""
    stamps = [_stamp("prepared", report.opened_by, report.opened_at)]
    approved = next((row for row in concessions if row.outcome == "approved"), None)
    if report.disposed_by and report.disposed_at:
        stamps.append(_stamp("checked" if approved else "approved", report.disposed_by, report.disposed_at))
    if approved and approved.decided_by:
        stamps.append(_stamp("approved", approved.decided_by, approved.decided_at))
    return tuple(stamps)


def _stamp(meaning: str, user: User, at: object) -> Stamp:
    return Stamp(meaning, user.section, user.family_name, at)  # type: ignore[arg-type]


def _name(user: User) -> Words:
    ja = user.name_ja or user.name_en or user.username
    return Words(ja, user.name_en or ja)


def _step(number: int, name_ja: str, name_en: str) -> Words:
    return Words(f"{number} {name_ja}", f"{number} {name_en}")


def _concession(row: Concession) -> ConcessionRow:
    return ConcessionRow(
        reason=row.reason,
        proposed_at=row.proposed_at,
        proposed_by=_name(row.proposed_by),
        outcome=row.outcome or "",
        decided_at=row.decided_at,
        decided_by=_name(row.decided_by) if row.decided_by else NOBODY,
        remarks=row.remarks,
    )
