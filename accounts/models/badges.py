"""Badges (社員証): what a person's card says to a scanner, from–to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Badge(models.Model):
    """A badge in a person's hands, from–to. A person has one at a time, and what a card says is one person's at a time.

    `scan_text` is what the card says: an opaque name of its person and no secret. Alone it opens and signs nothing, a
    PIN is always asked. It stays out of the record and of the admin pages all the same."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="badges")
    scan_text = models.TextField()
    issued_at = models.DateTimeField()
    event_id = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.TextField(default="", blank=True)
    ended_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scan_text"], condition=Q(ended_at=None), name="badge_code_is_one_persons_at_a_time"
            ),
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at=None), name="person_has_one_badge_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_event_id=None)
                | Q(ended_at__isnull=False, ended_event_id__isnull=False),
                name="ended_badge_names_its_event",
            ),
            models.CheckConstraint(condition=~Q(scan_text=""), name="badge_has_a_code"),
        ]
        # reader: whose badge was scanned, also when it has ended
        indexes = [models.Index(fields=["scan_text"], name="badges_by_code")]

    def __str__(self) -> str:
        return f"badge {self.pk}"
