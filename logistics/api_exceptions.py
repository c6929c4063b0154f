"""The API of exceptions: what stands now, with who has it, and what people do about it."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils import timezone
from rest_framework import generics, serializers
from rest_framework.pagination import LimitOffsetPagination

from inventory.forms import searched
from ledger.doors import endpoint
from logistics.api_rights import READERS
from logistics.models import ShipmentException
from logistics.queries.exceptions import Exceptional, exceptions_now, narrowed, past_exceptions


class Paged(LimitOffsetPagination):
    """What stands is read from the record, not from one table: `?limit=` up to 500 and `?offset=`."""

    default_limit = 50
    max_limit = 500


class CareSerializer(serializers.ModelSerializer[ShipmentException]):
    """Who has an exception, how far it is; `version` is what an act on it names."""

    owner = serializers.CharField(source="owner.username")

    class Meta:
        model = ShipmentException
        fields = [
            "id", "number", "state", "owner", "waiting_for", "due_on", "note", "reason", "version", "taken_at",
            "closed_at", "event_id",
        ]  # fmt: skip
        read_only_fields = fields


class ExceptionSerializer(serializers.Serializer[Exceptional]):
    """An exception: `exception` names it; `state` open, in_hand, waiting, closed or ended (its fact is over)."""

    exception = serializers.CharField(source="key")
    kind = serializers.CharField()
    shipment = serializers.CharField(source="shipment.number")
    subject = serializers.CharField()
    since = serializers.DateTimeField()
    state = serializers.CharField()
    about = serializers.CharField(source="fact.about", default="")
    told = serializers.CharField(source="fact.told", default="")
    care = CareSerializer(allow_null=True)


class PastExceptionSerializer(CareSerializer):
    """Care that is over."""

    shipment = serializers.CharField(source="shipment.number")

    class Meta(CareSerializer.Meta):
        fields = [*CareSerializer.Meta.fields, "kind", "shipment", "subject", "since"]
        read_only_fields = fields


class Exceptions(generics.ListAPIView):  # type: ignore[type-arg]
    """Exceptions that stand, the oldest first; `?q=`, `?kind=`, `?owner=` (a username, - for nobody), `?state=`."""

    permission_classes = READERS
    serializer_class = ExceptionSerializer
    pagination_class = Paged
    filter_backends = ()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):  # the schema asks what it is a list of
            return ()
        asked = self.request.query_params
        given = (searched(asked.get(name)) for name in ("q", "kind", "owner", "state"))
        return narrowed(exceptions_now(timezone.now()), *given)


class PastExceptions(generics.ListAPIView):  # type: ignore[type-arg]
    """Exceptions that were closed or ended, the latest first; `?q=`, `?kind=`, `?owner=`."""

    permission_classes = READERS
    serializer_class = PastExceptionSerializer
    queryset = ShipmentException.objects.none()

    def get_queryset(self) -> Any:
        asked = self.request.query_params
        return past_exceptions(*(searched(asked.get(name)) for name in ("q", "kind", "owner")))


def _post(address: str, name: str, *arguments: str) -> Any:
    return path(address, endpoint(f"logistics.{name}", arguments), name=f"api_logistics_{name}")


API_URLS = [
    path("exceptions/", Exceptions.as_view(), name="api_exceptions"),
    path("exceptions/over/", PastExceptions.as_view(), name="api_past_exceptions"),
    _post("exceptions/<str:exception>/care/", "take_exception", "exception"),
    _post("exceptions/<str:exception>/closing/", "close_exception", "exception"),
    _post("exceptions/<int:exception_id>/end/", "end_exception", "exception_id"),
]
