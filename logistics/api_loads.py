"""The API of loads: the kinds of vehicles and the load of a shipment to read; an endpoint for each operation."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView

from inventory.forms import searched
from ledger.doors import endpoint
from logistics.api_rights import READERS
from logistics.models import LoadPlace, LoadPlan, VehicleKind
from logistics.queries.loads import load_plans, vehicle_rows


class VehicleKindSerializer(serializers.ModelSerializer[VehicleKind]):
    """A kind of vehicle: masses in kg, lengths in mm, axles from the front of the deck."""

    class Meta:
        model = VehicleKind
        exclude = ("retired_event_id",)


class LoadPlaceSerializer(serializers.ModelSerializer[LoadPlace]):
    """Where a crate stands, mm from the front left corner of the deck."""

    sscc = serializers.CharField(source="row.crate.sscc")

    class Meta:
        model = LoadPlace
        fields = ("sscc", "x_mm", "y_mm", "turned")


class LoadPlanSerializer(serializers.ModelSerializer[LoadPlan]):
    """How a shipment is loaded; `uniform`: axle loads as if it were spread over the deck."""

    vehicle = serializers.CharField(source="vehicle.code")
    shipment = serializers.CharField(source="shipment.number")
    places = LoadPlaceSerializer(many=True)

    class Meta:
        model = LoadPlan
        fields = (
            "shipment", "vehicle", "securing_kg", "on_designated_roads", "permit", "permit_until", "load_kg",
            "payload_kg", "front_kg", "front_limit_kg", "rear_kg", "rear_limit_kg", "gross_kg", "height_mm", "uniform",
            "places", "at", "event_id",
        )  # fmt: skip


class Vehicles(ListAPIView):  # type: ignore[type-arg]
    """Kinds of vehicles; `?q=`, `?state=retired`."""

    permission_classes = READERS
    serializer_class = VehicleKindSerializer
    queryset = VehicleKind.objects.none()

    def get_queryset(self) -> QuerySet[VehicleKind]:
        asked = self.request.query_params
        return vehicle_rows(searched(asked.get("q")), searched(asked.get("state")))


class OneLoad(RetrieveAPIView):  # type: ignore[type-arg]
    """The load of a shipment, by the shipment's id."""

    permission_classes = READERS
    serializer_class = LoadPlanSerializer
    lookup_field = "shipment_id"

    def get_queryset(self) -> QuerySet[LoadPlan]:
        return load_plans()


API_URLS = [
    path("vehicles/", Vehicles.as_view(), name="api_vehicles"),
    path("vehicles/new/", endpoint("logistics.define_vehicle_kind"), name="api_logistics_define_vehicle_kind_new"),
    path(
        "vehicles/<str:code>/retirement/", endpoint("logistics.retire_vehicle_kind", ("code",)),
        name="api_logistics_retire_vehicle_kind_retirement",
    ),
    path("shipments/<int:shipment_id>/load/plan/", endpoint("logistics.plan_load", ("shipment_id",)),
         name="api_logistics_plan_load_plan"),
    path("shipments/<int:shipment_id>/load/", OneLoad.as_view(), name="api_load"),
]  # fmt: skip
