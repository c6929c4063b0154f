"""Lists and facts of nonconformities and deviations."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User
from assembly.models import Cause, Concession, Deviation, Nonconformity
from assembly.queries.history import actors_of
from documents.models import Photo
from ledger.models import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """What a list of nonconformities is narrowed to. `state`: undecided, open, closed."""

    text: str = ""
    state: str = ""


def report_list(wish: ReportFilter) -> QuerySet[Nonconformity]:
    """Nonconformities that fit, newest first."""
    rows = Nonconformity.objects.select_related("build__unit", "unit", "opened_by", "cause").order_by("-pk")
    if wish.text:
        rows = rows.filter(
            Q(number__iendswith=wish.text)
            | Q(text__icontains=wish.text)
            | Q(unit__serial=wish.text)
            | Q(unit__tag=wish.text)
            | Q(build__unit__serial=wish.text)
            | Q(build__unit__tag=wish.text)
            | Q(defect_code=wish.text)
        )
    states = {
        "undecided": Q(disposition=None, closed_at=None),
        "open": Q(closed_at=None),
        "closed": Q(closed_at__isnull=False),
    }
    return rows.filter(states[wish.state]) if wish.state in states else rows


def report_page(number: str) -> Nonconformity | None:
    """A nonconformity with all that its page names. Four queries."""
    return (
        Nonconformity.objects.select_related(
            "build__unit",
            "build__design__part_revision__part",
            "unit__part",
            "opened_by",
            "disposed_by",
            "run__operation",
            "cause",
        )
        .prefetch_related(
            "reworks__operations__operation",
            Prefetch("concessions", Concession.objects.select_related("proposed_by", "decided_by")),
        )
        .filter(number=number)
        .first()
    )


def report_events(report: Nonconformity) -> tuple[list[Event], dict[UUID, User]]:
    """The events of a nonconformity, oldest first, and who stands behind them. Two queries."""
    wanted = {report.opened_event_id, report.disposed_event_id, report.closed_event_id}
    for row in report.concessions.all():
        wanted |= {row.proposed_event_id, row.decided_event_id}
    events = list(Event.objects.filter(pk__in=[key for key in wanted if key]).order_by("pk"))
    return events, actors_of(events)


def waiting_concession(report: Nonconformity) -> Concession | None:
    """The proposed use as is that a second person has not answered; of a report as its page reads it. No query."""
    return next((row for row in report.concessions.all() if row.outcome is None), None)


def photos_of(report: Nonconformity) -> list[Photo]:
    """The photos of a nonconformity, oldest first. One query."""
    return list(
        Photo.objects.filter(subject_type=report._meta.label_lower, subject_id=report.pk)
        .select_related("by", "file")
        .order_by("pk")
    )


def causes_in_use() -> list[Cause]:
    """The causes to choose from. One query."""
    return list(Cause.objects.filter(retired_at=None).order_by("category", "code"))


def causes_at_bench() -> list[Cause]:
    """The causes that a station offers after NG: those on its card, or all where the plant has chosen none. One
    query."""
    found = causes_in_use()
    return [cause for cause in found if cause.at_bench] or found


def deviation_list(text: str = "") -> QuerySet[Deviation]:
    """Deviations, newest first, by number, unit or part."""
    rows = Deviation.objects.select_related("build__unit", "part", "approved_by").order_by("-pk")
    if not text:
        return rows
    return rows.filter(
        Q(number__iendswith=text) | Q(build__unit__serial=text) | Q(build__unit__tag=text) | Q(part__number=text)
    )
