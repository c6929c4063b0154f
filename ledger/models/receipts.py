"""The receipt desk: a repeated key gets the same answer."""

from __future__ import annotations

from django.db import models


class Receipt(models.Model):
    """One idempotency key and what was answered. Commits with the change it stands for; a refusal leaves none.

    Kept at least 400 days (longer than any tablet stays offline); removal is an administrator's act, not a job's."""

    key = models.TextField()
    user_id = models.BigIntegerField()
    operation = models.TextField()
    arguments_hash = models.BinaryField()
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="receipt_key_is_used_once")]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
