"""The paper of logistics: the packing list, by shipment number."""

from __future__ import annotations

from django.utils.translation import gettext as _

from documents.kinds import DocumentKind, NothingToPrint, Subject, register_kind
from logistics.documents import packing_list
from logistics.documents.packing_list import PackingListSheet
from logistics.models import Shipment
from logistics.queries.packing import packing_list_sheet


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
