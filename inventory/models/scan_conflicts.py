"""What came from a device and could not be applied, until a person has settled it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import OperatorSession

KINDS = ("scan", "form")
WAYS = ("again", "by_hand", "dropped")
"""How a conflict is settled: scanned again and taken; done by hand, as the reason says; dropped, for a reason."""


class ScanConflictQuerySet(models.QuerySet["ScanConflict"]):
    def open(self) -> ScanConflictQuerySet:
        return self.filter(settled_at=None)


class ScanConflict(models.Model):
    """A scan or a form of values that was kept on a device and then refused, or made after its session had ended.

    `act` is the scan's id, or the key of the form. The refusal is kept as it was said. Never deleted: nothing that a
    person has scanned vanishes."""

    act = models.UUIDField(unique=True)
    kind = models.TextField(default="scan")
    session = models.ForeignKey(OperatorSession, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    happened_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    code = models.TextField()
    wrong = models.TextField()
    act_wanted = models.TextField(default="", blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    how = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)
    again = models.UUIDField(null=True)
    settled_event_id = models.BigIntegerField(null=True)

    objects = ScanConflictQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="conflict_is_of_a_scan_or_a_form"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, settled_event_id=None, how="")
                | Q(
                    settled_at__isnull=False,
                    settled_by__isnull=False,
                    settled_event_id__isnull=False,
                    how__in=WAYS,
                ),
                name="settlement_names_its_person_and_way",
            ),
            models.CheckConstraint(
                condition=~Q(how__in=("by_hand", "dropped")) | ~Q(reason=""), name="settlement_by_hand_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(how="again", again__isnull=False) | (~Q(how="again") & Q(again=None)),
                name="scan_again_names_the_scan",
            ),
        ]
        indexes = [
            # readers: the count on every station page, the list of what is open
            models.Index(fields=["session"], name="conflict_open_of_session", condition=Q(settled_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.text[:40]} ({self.code})"
