"""The API of returns from the sites: the list and one to read; an endpoint for each operation."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView

from inventory.forms import searched
from ledger.doors import endpoint
from logistics.api_rights import READERS
from logistics.models import SiteReturn
from logistics.queries.site_returns import shipment_of, site_return_rows, state_of


class SiteReturnSerializer(serializers.ModelSerializer[SiteReturn]):
    """A return; `state`: opened, packed, on_the_way, at_plant, received, ready (complete again) or cancelled."""

    unit = serializers.CharField(source="unit.tag")
    serial = serializers.CharField(source="unit.serial")
    site = serializers.CharField(source="site.code")
    destination = serializers.CharField(source="destination.code")
    sscc = serializers.CharField(source="crate.sscc", allow_null=True, default=None)
    shipment = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()

    class Meta:
        model = SiteReturn
        fields = (
            "id", "number", "unit", "serial", "site", "destination", "came_from", "reason", "rma", "asked_by",
            "retest_from", "state", "sscc", "shipment", "opened_at", "received_at", "cancelled_at", "cancelled_why",
            "opened_event_id",
        )  # fmt: skip

    def get_shipment(self, row: SiteReturn) -> str:
        shipment = shipment_of(row)
        return shipment.number if shipment is not None else ""

    def get_state(self, row: SiteReturn) -> str:
        return state_of(row)


class SiteReturns(ListAPIView):  # type: ignore[type-arg]
    """Returns, the newest first; `?q=` a number, an RMA number, a serial or a tag, `?state=`."""

    permission_classes = READERS
    serializer_class = SiteReturnSerializer
    queryset = SiteReturn.objects.none()

    def get_queryset(self) -> QuerySet[SiteReturn]:
        asked = self.request.query_params
        return site_return_rows(searched(asked.get("q")), searched(asked.get("state")))


class OneSiteReturn(RetrieveAPIView):  # type: ignore[type-arg]
    """One return by its number."""

    permission_classes = READERS
    serializer_class = SiteReturnSerializer
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[SiteReturn]:
        return site_return_rows()


def _post(address: str, name: str, *arguments: str) -> object:
    return path(address, endpoint(f"logistics.{name}", arguments), name=f"api_logistics_{name}")


API_URLS = [
    path("site-returns/", SiteReturns.as_view(), name="api_site_returns"),
    _post("site-returns/opening/", "open_site_return"),
    path("site-returns/<str:number>/", OneSiteReturn.as_view(), name="api_site_return"),
    _post("site-returns/<str:number>/packing/", "pack_site_return", "number"),
    _post("site-returns/<str:number>/giving-up/", "cancel_site_return", "number"),
    _post("shipments/<int:shipment_id>/returns-receipt/", "receive_site_returns", "shipment_id"),
]
