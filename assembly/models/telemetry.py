"""The raw telemetry of burn-in runs: its files outside the database, its figures inside, how long it is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from assembly.models.burn_in import BurnInRun


class RawFile(models.Model):
    """A Parquet file of a run's wide series (series, moment, value) under `telemetry/<run>/<sha256>.parquet` in the
    content store's folder. Level 0 came in one call, 1 joins those of about an hour, 2 is the whole run."""

    burn_in = models.ForeignKey(BurnInRun, on_delete=models.PROTECT, related_name="raw_files")
    sha256 = models.TextField()
    size = models.BigIntegerField()
    level = models.SmallIntegerField(default=0)
    samples = models.BigIntegerField()
    first_series = models.IntegerField()
    last_series = models.IntegerField()
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()

    class Meta:
        ordering = ["burn_in_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["burn_in", "sha256"], name="raw_file_of_a_run_is_named_once"),
            models.CheckConstraint(condition=Q(samples__gt=0, size__gt=0), name="raw_file_holds_samples"),
            models.CheckConstraint(condition=Q(level__in=[0, 1, 2]), name="raw_file_level_is_known"),
            models.CheckConstraint(
                condition=Q(to_at__gte=F("from_at"), last_series__gte=F("first_series")),
                name="raw_file_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256


class RunTelemetry(models.Model):
    """The figures of a run's wide series so far, packed (assembly.burn_in.wide.STATE); exact and with p95 once
    `settled_at` is set. `gone_at`: the raw files were removed by policy; figures, alarms and hashes stay."""

    burn_in = models.OneToOneField(BurnInRun, on_delete=models.PROTECT, related_name="telemetry")
    state = models.BinaryField()
    samples = models.BigIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    settled_event_id = models.BigIntegerField(null=True)
    gone_at = models.DateTimeField(null=True)
    gone_event_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_event_id=None)
                | Q(settled_at__isnull=False, settled_event_id__isnull=False),
                name="settled_telemetry_names_its_event",
            ),
            models.CheckConstraint(
                condition=Q(gone_at=None, gone_event_id=None)
                | Q(gone_at__isnull=False, gone_event_id__isnull=False, settled_at__isnull=False),
                name="removed_telemetry_names_its_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.burn_in_id}"


class TelemetryFile(models.Model):
    """A file of telemetry that was sent for a run: received, read piece by piece, then removed; its samples are in the
    run's store. `pieces`, `at_byte` and `counts` grow with each piece that is stored; `why` says why it was refused."""

    burn_in = models.ForeignKey(BurnInRun, on_delete=models.PROTECT, related_name="telemetry_files")
    sha256 = models.TextField()
    name = models.TextField()
    size = models.BigIntegerField()
    received_at = models.DateTimeField()
    event_id = models.BigIntegerField()
    pieces = models.IntegerField(default=0)
    at_byte = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)
    ended_event_id = models.BigIntegerField(null=True)
    why = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["burn_in", "sha256"], condition=Q(why=""), name="telemetry_file_is_read_once_for_a_run"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="telemetry_file_holds_something"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_event_id=None, why="")
                | Q(ended_at__isnull=False, ended_event_id__isnull=False),
                name="ended_telemetry_file_names_its_event",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(ended_at=None), name="telemetry_files_to_read")]

    def __str__(self) -> str:
        return self.name


class RawRetention(models.Model):
    """A released policy: raw telemetry goes so many days after the rack's acceptance. The newest is in force; without
    one everything is kept."""

    days = models.IntegerField()
    reason = models.TextField()
    released_at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1), name="raw_telemetry_is_kept_a_day_at_least"),
            models.CheckConstraint(condition=~Q(reason=""), name="raw_retention_has_a_reason"),
        ]

    def __str__(self) -> str:
        return str(self.days)
