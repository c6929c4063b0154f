"""Papers that were handed over, and the files behind everything."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class StoredFile(models.Model):
    """A file in the content store, by hash: testers' files, ship notices, photos, issued papers."""

    sha256 = models.TextField(unique=True)
    size = models.BigIntegerField()
    media_type = models.TextField()
    name = models.TextField(default="", blank=True)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_hash_is_sha256")]

    def __str__(self) -> str:
        return self.sha256


class IssuedDocument(models.Model):
    """One issue of a paper. Same facts give the stored issue again; changed facts the next revision. `verify_code` is
    128 random bits: the address of the public check page."""

    kind = models.TextField()
    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    subject_name = models.TextField()
    language = models.TextField()
    revision = models.IntegerField()
    facts_hash = models.TextField()
    bytes_hash = models.TextField()
    verify_code = models.TextField(unique=True)
    last_event_id = models.BigIntegerField()
    pages = models.IntegerField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "language", "revision"],
                name="issue_revision_is_used_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "language", "facts_hash"],
                name="same_facts_are_issued_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_name} r{self.revision}"


class PrintJob(models.Model):
    """Many papers in one go: pressed by a worker, with progress on the page; its result waits for who asked."""

    kind = models.TextField()
    keys = ArrayField(models.TextField())
    language = models.TextField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    done = models.IntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    fault = models.TextField(default="", blank=True)
    file_sha256 = models.TextField(null=True)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} × {len(self.keys)}"

    @property
    def total(self) -> int:
        return len(self.keys)
