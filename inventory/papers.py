"""The papers of inventory: from a key to what it names, its facts, its layout. Filled into the table at start-up.

A room above operations, as `scanning` is: keys are resolved by `operations.finding`, facts come from queries."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from documents.kinds import DocumentKind, NothingToPrint, Subject, register_kind
from documents.paper import Issue, Story
from inventory.documents import incoming_inspection, unit_label
from inventory.documents.incoming_inspection import InspectionSheet
from inventory.documents.unit_label import LabelSet, UnitLabelSheet
from inventory.models import Inspection, ShipNotice, Unit
from inventory.operations.finding import AmbiguousSerial, find_lot, find_unit_ids, one_unit_id
from inventory.queries.inspection_sheet import inspection_sheet
from inventory.queries.labels import lot_label_sheet, notice_labels, unit_label_sheet


def find_labelled(key: str) -> Subject:
    """The unit that a key names, else the lot. Refuses LayoutError, UnknownSerial, AmbiguousSerial."""
    hits = find_unit_ids([key])[key]
    lot = None if hits else find_lot(key)
    if lot is not None:
        return Subject("inventory.lot", lot.pk, lot.tag)
    unit = Unit.objects.get(pk=one_unit_id(key, hits))
    return Subject("inventory.unit", unit.pk, unit.tag)


def label_of(subject: Subject) -> UnitLabelSheet:
    return lot_label_sheet(subject.id) if subject.type == "inventory.lot" else unit_label_sheet(subject.id)


def find_notice(key: str) -> Subject:
    """The ship notice of a number. Refuses NothingToPrint, AmbiguousSerial (two suppliers may use one number)."""
    found = list(ShipNotice.objects.filter(number=key.strip()).order_by("pk")[:2])
    if not found:
        raise NothingToPrint(
            _("There is no ship notice %(number)s.") % {"number": key[:60]}, do=_("Check the number on the list.")
        )
    if len(found) > 1:
        raise AmbiguousSerial(
            _("Several suppliers sent a ship notice %(number)s.") % {"number": key[:60]},
            do=_("Print the labels of each unit by its tag."),
        )
    return Subject("inventory.shipnotice", found[0].pk, found[0].number)


def labels_of_notice(subject: Subject) -> LabelSet:
    """Refuses NothingToPrint while nothing of the notice is received: what has not come has no tag."""
    labels = notice_labels(subject.id)
    if not labels.labels:
        raise NothingToPrint(
            _("Nothing of ship notice %(number)s is received yet.") % {"number": subject.name},
            do=_("Receive it first; the tags are given then."),
        )
    return labels


def _label_story(sheet: Any, language: str, _issue: Issue | None) -> Story:
    """A label is printed as often as one is lost: an issue leaves no mark on it."""
    return unit_label.story(sheet, language)


def _labels_story(sheet: Any, language: str, _issue: Issue | None) -> Story:
    return unit_label.sheet_story(sheet.labels, language)


register_kind(DocumentKind("unit-label", "LBL", "現品票", "Unit label", find_labelled, label_of, _label_story))
register_kind(
    DocumentKind(
        "unit-labels",
        "LBS",
        "現品票(入荷分一括)",
        "Unit labels of a ship notice",
        find_notice,
        labels_of_notice,
        _labels_story,
    )
)


def find_inspection(key: str) -> Subject:
    """The inspection of a number. Refuses NothingToPrint."""
    found = Inspection.objects.filter(number=key.strip().upper()).first()
    if found is None:
        raise NothingToPrint(
            _("There is no inspection %(number)s.") % {"number": key[:40]}, do=_("Choose one on the list.")
        )
    return Subject("inventory.inspection", found.pk, found.number)


def _inspection(subject: Subject) -> InspectionSheet:
    return inspection_sheet(subject.name)


register_kind(
    DocumentKind(
        "incoming-inspection",
        "IQC",
        "受入検査成績書",
        "Incoming inspection report",
        find_inspection,
        _inspection,
        incoming_inspection.story,
    )
)
