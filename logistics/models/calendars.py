"""When gates, docks, carriers and customs work, and when a leg's ferry or flight leaves: revisions of released data.

Times of day are the plant's (Asia/Tokyo has no summer time). What is released is fixed with all its rows (triggers)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from logistics.models.lanes import Carrier, Leg
from logistics.models.shipments import Shipment
from logistics.models.sites import Site

CALENDAR_KINDS = ("site", "carrier", "customs", "holidays")
"""Whose calendar: a site's (plant or customer), a carrier's, a country's customs; national holidays of a country."""
GRADES = ("A", "B", "C")
_IS_DAYS = "^(?=[1-7])1?2?3?4?5?6?7?$"
_NIGHT = Q(next_day=True, closes__lte=F("opens"))
_FORWARD = Q(next_day=False, closes__gt=F("opens")) | _NIGHT


class Calendar(models.Model):
    """A revision of an owner's calendar. A draft judges nothing; the newest released one judges plans, and each plan
    names the revision that judged it. `holidays`: a country's days that differ from the law as the library computes
    it; its closures are holidays besides, its special openings are days that are no holiday."""

    kind = models.TextField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="calendars")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, null=True, related_name="calendars")
    country = models.TextField(default="", blank=True)
    revision = models.PositiveSmallIntegerField()
    closes_on_holidays = models.BooleanField(default=True)
    reason = models.TextField(default="", blank=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["kind", "site_id", "carrier_id", "country", "-revision"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="site", site__isnull=False, carrier=None, country="")
                | Q(kind="carrier", site=None, carrier__isnull=False, country="")
                | Q(kind__in=["customs", "holidays"], site=None, carrier=None, country__regex="^[A-Z]{2}$"),
                name="calendar_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=["kind", "site", "carrier", "country", "revision"],
                name="calendar_revision_is_unique",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["kind", "site", "carrier", "country"],
                condition=Q(released_at=None),
                name="calendar_has_one_draft",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="calendar_revisions_count_from_one"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(reason="")),
                name="released_calendar_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        owner = self.site.code if self.site else self.carrier.code if self.carrier else f"{self.kind} {self.country}"
        return f"{owner} r{self.revision}"


class CalendarWindow(models.Model):
    """Open hours that come back every week: on these weekdays ("1" Monday to "7" Sunday) from `opens` (included) to
    `closes` (not included), of the next day where `next_day`. It belongs to the day on which it begins."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="windows")
    days = models.TextField()
    opens = models.TimeField()
    closes = models.TimeField()
    next_day = models.BooleanField(default=False)
    name = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["opens", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(days__regex=_IS_DAYS), name="window_names_its_weekdays"),
            models.CheckConstraint(condition=_FORWARD, name="window_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.days} {self.opens:%H:%M}–{self.closes:%H:%M}{'+1' if self.next_day else ''} {self.name}".strip()


class CalendarClosure(models.Model):
    """Days on which nothing is open, both ends included, and why."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="closures")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.TextField()

    class Meta:
        ordering = ["first_day", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="closure_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(reason=""), name="closure_says_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.first_day}–{self.last_day} {self.reason}"


class CalendarOpening(models.Model):
    """A day with hours of its own: they take the place of the week's, of a holiday and of a closure on that day."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="openings")
    day = models.DateField()
    opens = models.TimeField()
    closes = models.TimeField()
    next_day = models.BooleanField(default=False)
    reason = models.TextField()

    class Meta:
        ordering = ["day", "opens", "id"]
        constraints = [
            models.CheckConstraint(condition=_FORWARD, name="opening_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(reason=""), name="opening_says_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.opens:%H:%M}–{self.closes:%H:%M}{'+1' if self.next_day else ''} {self.reason}"


class Timetable(models.Model):
    """A revision of the sailings or flights of a leg. Valid from a day to another (none: until further notice); of
    those that are valid on a day the newest released one counts. A leg without one sails daily at the time of its
    lane. `grade`: A official, B published secondary, C assumed; `source`: where it is from."""

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="timetables")
    revision = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    grade = models.TextField()
    source = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["leg_id", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["leg", "revision"], name="timetable_revision_is_unique"),
            models.UniqueConstraint(fields=["leg"], condition=Q(released_at=None), name="timetable_has_one_draft"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="timetable_revisions_count_from_one"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="timetable_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(grade__in=GRADES), name="timetable_grade_is_known"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(reason="")),
                name="released_timetable_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leg} r{self.revision}"


class Sailing(models.Model):
    """A departure that comes back every week: on these weekdays at `departs_at`; who is there by the cut-off (that time
    of day, so many days before) goes with it."""

    timetable = models.ForeignKey(Timetable, on_delete=models.PROTECT, related_name="sailings")
    days = models.TextField()
    departs_at = models.TimeField()
    cut_off_at = models.TimeField()
    cut_off_days = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["departs_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(days__regex=_IS_DAYS), name="sailing_names_its_weekdays"),
            models.CheckConstraint(
                condition=Q(cut_off_days__lte=14) & (Q(cut_off_days__gte=1) | Q(cut_off_at__lte=F("departs_at"))),
                name="cut_off_is_before_the_sailing",
            ),
        ]

    def __str__(self) -> str:
        early = f"-{self.cut_off_days}" if self.cut_off_days else ""
        return f"{self.days} {self.departs_at:%H:%M} ({self.cut_off_at:%H:%M}{early})"


class BlankSailing(models.Model):
    """Days on which the leg does not sail, both ends included, and why (dock, holiday, notice of the carrier)."""

    timetable = models.ForeignKey(Timetable, on_delete=models.PROTECT, related_name="blanks")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.TextField()

    class Meta:
        ordering = ["first_day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="blank_sailing_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="blank_sailing_says_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.first_day}–{self.last_day} {self.reason}"


class PlanBasis(models.Model):
    """A revision that judged the plan of a shipment, for good. `accepted_because`: the plan goes against this calendar,
    and why a person who may accept that did."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="basis")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True, related_name="judged")
    timetable = models.ForeignKey(Timetable, on_delete=models.PROTECT, null=True, related_name="judged")
    accepted_because = models.TextField(default="", blank=True)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["shipment_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(calendar__isnull=False, timetable=None) | Q(calendar=None, timetable__isnull=False),
                name="plan_basis_is_one_revision",
            ),
            models.CheckConstraint(
                condition=Q(accepted_because="") | Q(calendar__isnull=False), name="exception_goes_against_a_calendar"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.calendar or self.timetable}"
