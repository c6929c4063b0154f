"""Many papers in one go: asked for here, pressed by a worker."""

from __future__ import annotations

from django.utils.translation import gettext as _

from documents.kinds import kind_of
from documents.models import PrintJob
from documents.operations.issuing import refuse_language
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal

LIMIT = 500
"""Papers in one job: a batch a person can still handle."""


class NothingAsked(Refusal):
    """A print job without a key, or with too many."""


@operation(permission="documents.print", returns=PrintJob)
def request_prints(*, caller: Caller, kind: str, keys: list[str], language: str = "ja") -> PrintJob:
    """Ask for copies of many papers as one PDF. The reaction to its event presses them; progress is on the job's page.

    Refuses UnknownDocumentKind, UnknownLanguage, NothingAsked, and what the kind refuses for a key."""
    refuse_language(language)
    paper = kind_of(kind)
    if not 1 <= len(keys) <= LIMIT:
        raise NothingAsked(_("Between 1 and %(limit)d papers in one go.") % {"limit": LIMIT})
    for key in keys:
        paper.find(key)

    job = PrintJob.objects.create(
        kind=kind, keys=keys, language=language, requested_by_id=caller.user.pk, requested_at=caller.at, event_id=0
    )
    event = record(caller, "documents.prints-requested", job, document=kind, count=len(keys), language=language)
    PrintJob.objects.filter(pk=job.pk).update(event_id=event)
    return job
