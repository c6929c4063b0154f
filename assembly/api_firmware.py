"""The API of firmware baselines: which there are, what each asks for, and the draft's three acts."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from assembly.api_rights import MayRead
from assembly.models import FirmwareBaseline, FirmwareNeed
from assembly.queries.firmware import baseline_list
from inventory.forms import searched
from ledger.doors import endpoint


class NeedSerializer(serializers.ModelSerializer[FirmwareNeed]):
    """What is asked of one component: `one_of` the versions, or `at_least` the one of plain numbers."""

    class Meta:
        model = FirmwareNeed
        fields = ("component", "rule", "versions")


class BaselineSerializer(serializers.ModelSerializer[FirmwareBaseline]):
    """One revision of a part's baseline; a draft has no `released_at`."""

    part = serializers.CharField(source="part.number")
    released_by = serializers.CharField(source="released_by.username", default=None, allow_null=True)
    needs = NeedSerializer(many=True)

    class Meta:
        model = FirmwareBaseline
        fields = ("id", "part", "revision", "version", "released_at", "released_by", "reason", "needs")


class BaselineList(ListAPIView, endpoint("assembly.draft_firmware_baseline").cls):  # type: ignore[type-arg, misc]
    """Firmware baselines, drafts first; `?state=draft` or `released`, `?q=`. POST drafts a revision or changes the
    draft that was seen."""

    permission_classes = (MayRead,)
    serializer_class = BaselineSerializer
    queryset = FirmwareBaseline.objects.none()

    def get_queryset(self) -> QuerySet[FirmwareBaseline]:
        told = self.request.query_params
        return baseline_list(searched(told.get("q")), told.get("state", "")).prefetch_related("needs")


API_URLS = [
    path("firmware-baselines/", BaselineList.as_view(), name="api_firmware_baselines"),
    path(
        "firmware-baselines/<str:part_number>/release/",
        endpoint("assembly.release_firmware_baseline", ("part_number",)),
        name="api_release_firmware_baseline",
    ),
    path(
        "firmware-baselines/<str:part_number>/discard/",
        endpoint("assembly.discard_firmware_baseline", ("part_number",)),
        name="api_discard_firmware_baseline",
    ),
]
