"""What the hardware reports otherwise than it was scanned: differences with a life."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assembly.models.builds import Build
from assembly.models.tests import TestRun

DIFFERENCE_STATES = ("not_scanned", "not_in_hardware", "slot", "unreadable", "firmware", "unreported")
"""States of a comparison that stop a rack. `match` and `alias` agree and are never rows. `firmware`: another version
than the baseline asks for; `unreported`: the baseline asks for a component of which no version was read."""


class DifferenceQuerySet(models.QuerySet["ConfigurationDifference"]):
    def open(self) -> DifferenceQuerySet:
        """Those that are true now as far as files say, approved or not."""
        return self.filter(settled_at=None)


class ConfigurationDifference(models.Model):
    """One difference of a rack, from the file that reported it (or its approval) until the facts change.

    Its identity is what differs: the rack, the kind of fact, the place, what was scanned, what is reported, and
    `since`, the event that put the scanned thing there. The same fact read again is the same row, and its approval
    stays; any other fact is another row. A settled one never opens again; whose approval was withdrawn is settled, and
    another row opens. `fitted_by`: who put the thing there."""

    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="differences")
    state = models.TextField()
    what = models.TextField()
    place = models.TextField()
    scanned = models.TextField(default="", blank=True)
    reported = models.TextField(default="", blank=True)
    since = models.BigIntegerField()
    test_run = models.ForeignKey(TestRun, on_delete=models.PROTECT, null=True, related_name="differences")
    fitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField()
    event_id = models.BigIntegerField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(default="", blank=True)
    pin_check_id = models.BigIntegerField(null=True)
    approved_event_id = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_event_id = models.BigIntegerField(null=True)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["build", "state", "what", "place", "scanned", "reported", "since"],
                condition=Q(settled_at=None),
                name="difference_is_open_once",
            ),
            models.CheckConstraint(condition=Q(state__in=DIFFERENCE_STATES), name="difference_state_is_known"),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None, approved_event_id=None, pin_check_id=None, reason="")
                | Q(
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    approved_event_id__isnull=False,
                    pin_check_id__isnull=False,
                )
                & ~Q(reason=""),
                name="approved_difference_names_its_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(fitted_by=None) | ~Q(approved_by=F("fitted_by")),
                name="difference_is_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_event_id=None)
                | Q(settled_at__isnull=False, settled_event_id__isnull=False),
                name="settled_difference_names_its_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.what} {self.state}"
