"""The API of calendars and timetables: every revision with its rows to read; a draft and its release to write."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from inventory.forms import searched
from ledger.doors import endpoint
from logistics.api_rights import READERS
from logistics.models import (
    BlankSailing,
    Calendar,
    CalendarClosure,
    CalendarOpening,
    CalendarWindow,
    Sailing,
    Timetable,
)
from logistics.queries.calendars import calendar_list, timetable_list


class WindowSerializer(serializers.ModelSerializer[CalendarWindow]):
    """Weekly hours; weekdays "1" Monday to "7" Sunday."""

    class Meta:
        model = CalendarWindow
        fields = ("days", "opens", "closes", "next_day", "name")


class ClosureSerializer(serializers.ModelSerializer[CalendarClosure]):
    """Days without hours."""

    class Meta:
        model = CalendarClosure
        fields = ("first_day", "last_day", "reason")


class OpeningSerializer(serializers.ModelSerializer[CalendarOpening]):
    """Hours of one day."""

    class Meta:
        model = CalendarOpening
        fields = ("day", "opens", "closes", "next_day", "reason")


class CalendarSerializer(serializers.ModelSerializer[Calendar]):
    """A revision of a calendar; `owner`: the code of the site or carrier, or the country."""

    owner = serializers.SerializerMethodField()
    windows = WindowSerializer(many=True)
    closures = ClosureSerializer(many=True)
    openings = OpeningSerializer(many=True)

    class Meta:
        model = Calendar
        fields = (
            "id", "kind", "owner", "revision", "closes_on_holidays", "windows", "closures", "openings", "reason",
            "released_at", "version", "event_id",
        )  # fmt: skip

    def get_owner(self, row: Calendar) -> str:
        return row.site.code if row.site else row.carrier.code if row.carrier else row.country


class SailingSerializer(serializers.ModelSerializer[Sailing]):
    """A weekly departure with its cut-off."""

    class Meta:
        model = Sailing
        fields = ("days", "departs_at", "cut_off_at", "cut_off_days")


class BlankSailingSerializer(serializers.ModelSerializer[BlankSailing]):
    """Days without a departure."""

    class Meta:
        model = BlankSailing
        fields = ("first_day", "last_day", "reason")


class TimetableSerializer(serializers.ModelSerializer[Timetable]):
    """A revision of a leg's sailings."""

    lane = serializers.CharField(source="leg.lane.code")
    leg = serializers.IntegerField(source="leg.number")
    sailings = SailingSerializer(many=True)
    blanks = BlankSailingSerializer(many=True)

    class Meta:
        model = Timetable
        fields = (
            "id", "lane", "leg", "revision", "valid_from", "valid_to", "grade", "source", "sailings", "blanks",
            "reason", "released_at", "version", "event_id",
        )  # fmt: skip


class CalendarList(ListAPIView, endpoint("logistics.draft_calendar").cls):  # type: ignore[type-arg, misc]
    """Calendars, every revision; `?kind=`, `?state=` (draft, released), `?q=`. POST drafts one."""

    permission_classes = tuple(READERS)
    serializer_class = CalendarSerializer
    queryset = Calendar.objects.none()

    def get_queryset(self) -> QuerySet[Calendar]:
        told = self.request.query_params
        rows = calendar_list(searched(told.get("q")), told.get("state", ""), told.get("kind", ""))
        return rows.prefetch_related("windows", "closures", "openings")


class TimetableList(ListAPIView, endpoint("logistics.draft_timetable").cls):  # type: ignore[type-arg, misc]
    """Sailings and flights of the legs, every revision; `?lane=`, `?state=`, `?q=`. POST drafts one."""

    permission_classes = tuple(READERS)
    serializer_class = TimetableSerializer
    queryset = Timetable.objects.none()

    def get_queryset(self) -> QuerySet[Timetable]:
        told = self.request.query_params
        rows = timetable_list(searched(told.get("q")), told.get("state", ""), told.get("lane", ""))
        return rows.prefetch_related("sailings", "blanks")


API_URLS = [
    path("calendars/", CalendarList.as_view(), name="api_calendars"),
    path(
        "calendars/<int:calendar_id>/release/",
        endpoint("logistics.release_calendar", ("calendar_id",)),
        name="api_calendar_release",
    ),
    path("timetables/", TimetableList.as_view(), name="api_timetables"),
    path(
        "timetables/<int:timetable_id>/release/",
        endpoint("logistics.release_timetable", ("timetable_id",)),
        name="api_timetable_release",
    ),
]
