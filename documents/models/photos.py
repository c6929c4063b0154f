"""Photos of what somebody saw."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.models.issued import StoredFile


class Photo(models.Model):
    """A photo that belongs to a row of any app, named by type label and id as events name it. Never taken away again:
    a photo is evidence (trigger)."""

    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    small = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    width = models.IntegerField()
    height = models.IntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "file"], name="photo_is_attached_once"),
            models.CheckConstraint(condition=Q(width__gte=1, height__gte=1), name="photo_has_a_size"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.file_id}"
