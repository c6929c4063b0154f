"""The papers of logistics: packing list, delivery note and chain of custody by shipment number, comparisons by
theirs, the recall notice by recall number (or with @tag of a rack, for the one that travels with it)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from documents.kinds import DocumentKind, NothingToPrint, Subject, register_kind
from inventory.models import Hold, Recall
from logistics.documents import comparison_report, custody, delivery_note, packing_list, recall_notice, weekly_report
from logistics.documents.comparison_sheet import ComparisonSheet
from logistics.documents.custody import CustodySheet
from logistics.documents.delivery_note import DeliveryNoteSheet
from logistics.documents.packing_list import PackingListSheet
from logistics.documents.recall_notice import RecallNoticeSheet
from logistics.documents.weekly_sheet import WeeklySheet
from logistics.models import SavedComparison, Shipment, WeeklyReport
from logistics.queries.custody_sheet import custody_sheet
from logistics.queries.delivery_notes import delivery_note_sheet
from logistics.queries.packing import packing_list_sheet
from logistics.queries.recall_notices import recall_notice_sheet
from logistics.queries.saved_comparisons import comparison_sheet
from logistics.queries.weekly_reports import weekly_sheet


def find_shipment(key: str) -> Subject:
    """The shipment of a number. Refuses NothingToPrint."""
    shipment = Shipment.objects.filter(number=key.strip()).first()
    if shipment is None:
        raise NothingToPrint(
            _("There is no shipment %(number)s.") % {"number": key[:60]}, do=_("Check the number on the list.")
        )
    return Subject("logistics.shipment", shipment.pk, shipment.number)


def _packing_list(subject: Subject) -> PackingListSheet:
    return packing_list_sheet(subject.id)


register_kind(
    DocumentKind("packing-list", "PKL", "梱包明細書", "Packing list", find_shipment, _packing_list, packing_list.story)
)


def _delivery_note(subject: Subject) -> DeliveryNoteSheet:
    return delivery_note_sheet(subject.id)


register_kind(
    DocumentKind("delivery-note", "DLN", "納品書", "Delivery note", find_shipment, _delivery_note, delivery_note.story)
)


def _custody(subject: Subject) -> CustodySheet:
    return custody_sheet(subject.name)


register_kind(
    DocumentKind(
        "chain-of-custody", "COC", "保管引継ぎ記録書", "Chain of custody", find_shipment, _custody, custody.story
    )
)


def find_comparison(key: str) -> Subject:
    """The saved comparison of a number. Refuses NothingToPrint."""
    row = SavedComparison.objects.filter(number=key.strip()).only("pk", "number").first()
    if row is None:
        raise NothingToPrint(
            _("There is no saved comparison %(number)s.") % {"number": key[:60]}, do=_("Check the number on the list.")
        )
    return Subject("logistics.savedcomparison", row.pk, row.number)


def _comparison(subject: Subject) -> ComparisonSheet:
    return comparison_sheet(subject.id)


register_kind(
    DocumentKind(
        "comparison", "LTC", "リードタイム比較書", "Lead-time comparison", find_comparison, _comparison,
        comparison_report.story,
    )
)  # fmt: skip


def find_week(key: str) -> Subject:
    """The weekly report of a number (2026-W47). Refuses NothingToPrint."""
    row = WeeklyReport.objects.filter(number=key.strip()).only("pk", "number").first()
    if row is None:
        raise NothingToPrint(
            _("There is no weekly report %(number)s.") % {"number": key[:60]}, do=_("Check the number on the list.")
        )
    return Subject("logistics.weeklyreport", row.pk, row.number)


def _weekly_report(subject: Subject) -> WeeklySheet:
    return weekly_sheet(subject.id)


register_kind(
    DocumentKind(
        "weekly-report", "WKR", "週報", "Weekly management report", find_week, _weekly_report, weekly_report.story
    )
)


def find_recall(key: str) -> Subject:
    """The recall of a number, or a rack of it (`number@tag`). Refuses NothingToPrint."""
    number, _at, tag = key.strip().partition("@")
    recall = Recall.objects.filter(number=number).first()
    hold = Hold.objects.filter(recall=recall, unit__tag=tag).select_related("unit").first() if recall and tag else None
    if recall is None or (tag and hold is None):
        raise NothingToPrint(
            _("There is no recall %(number)s.") % {"number": key[:60]}, do=_("Check the number on the list.")
        )
    if hold is None or hold.unit is None:
        return Subject("inventory.recall", recall.pk, recall.number)
    return Subject("inventory.hold", hold.pk, f"{recall.number}@{hold.unit.tag}")


def _recall_notice(subject: Subject) -> RecallNoticeSheet:
    if subject.type == "inventory.recall":
        return recall_notice_sheet(subject.id)
    hold = Hold.objects.get(pk=subject.id)
    return recall_notice_sheet(hold.recall_id or 0, hold.unit_id)


register_kind(
    DocumentKind(
        "recall-notice", "RCL", "回収通知書", "Recall notice", find_recall, _recall_notice, recall_notice.story
    )
)
