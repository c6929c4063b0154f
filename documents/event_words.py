"""What the events of papers are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ledger.event_words import EventWords

EVENTS = {
    "documents.document-issued": EventWords("seal", _("Document issued")),
    "documents.photo-kept": EventWords("info", _("Photo stored")),
    "documents.prints-requested": EventWords("info", _("Prints asked for")),
}
