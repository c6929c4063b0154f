"""The outbox: one row for each reaction to each event, written with the event."""

from __future__ import annotations

from django.db import models


class Delivery(models.Model):
    """`done_at` is set by the task in the transaction that does the work; `published_at` by the relay."""

    event_id = models.BigIntegerField()
    reaction = models.TextField()
    published_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    last_fault = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_id", "reaction"], name="event_reacts_once_to_each_reaction")
        ]
        indexes = [
            # reader: the relay, which claims undone rows
            models.Index(fields=["id"], name="delivery_undone", condition=models.Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.reaction} of event {self.event_id}"


class RelayBeat(models.Model):
    """The relay's sign of life: one row, read by /readyz."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_relay_beat")]

    def __str__(self) -> str:
        return str(self.at)
