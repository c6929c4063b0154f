"""The append-only record of every change."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    def of_subject(self, subject: models.Model) -> EventQuerySet:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by("id")


class Event(models.Model):
    """One change. `body` holds the RFC 8785 canonical bytes of the full record; every other column is a copy of it and
    is never re-serialised. No UPDATE and no DELETE: a trigger refuses them, also to the owner. Never partitioned, so
    that references to it can stay plain bigint columns without a foreign key."""

    uuid = models.UUIDField(unique=True)
    kind = models.TextField()
    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    happened_at = models.DateTimeField()
    utc_offset = models.SmallIntegerField()
    actor = models.UUIDField()
    door = models.TextField()
    station = models.TextField()
    session = models.UUIDField(null=True)
    amends = models.BigIntegerField(null=True)
    schema = models.SmallIntegerField()
    payload = models.JSONField()
    body = models.BinaryField()
    leaf_hash = models.BinaryField()

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(happened_at__lte=models.F("recorded_at")),
                name="event_happened_before_it_was_recorded",
            ),
        ]
        indexes = [
            # readers: history of a subject (unit page, traveller, audit)
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_by_subject"),
            # readers: lead-time clocks (stage stays by kind)
            models.Index(fields=["kind", "id"], name="event_by_kind"),
            BrinIndex(fields=["recorded_at"], name="event_by_recorded_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class LedgerQueue(models.Model):
    """Events that wait to be sealed in the Merkle log; filled by a statement trigger, so raw SQL is caught too."""

    event_id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "ledger_queue"

    def __str__(self) -> str:
        return str(self.event_id)
