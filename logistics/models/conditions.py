"""Conditions of the road: loggers on crates, what their files tell, the limits that judge it, and what went beyond."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from assembly.models import Nonconformity
from logistics.models.crates import MOMENTS, Crate

MEASURES = ("shock", "shock_x", "shock_y", "shock_z", "tilt", "temperature", "humidity")
"""What a logger tells: acceleration in g (resultant and by axis), tilt in degrees, ℃, % of relative humidity."""
JUDGED = ("shock", "tilt", "temperature", "humidity", "gap")
"""What has limits. `gap`: the longest stretch without a reading, in minutes."""
LOGGER_STATES = ("recording", "stopped", "missing")
LOGGER_MOMENTS = (*MOMENTS, "readout")
"""`readout`: when its data were to be read; only a logger whose data are lost has such a row."""
TOLD_SINGLY = ("shock", "tilt", "temperature", "humidity")
"""What a reading by the API can tell: the shock is the resultant."""
SOURCES = ("file", "api")
GRADES = ("A", "B", "C")
"""Measured, sourced, assumed."""


class CrateLogger(models.Model):
    """A logger (輸送記録計) on a crate from `started_at` until `stopped_at`, which is the arrival. `rating`: what it is
    set to, as its display says; `interval_minutes`: how often it records. One serial records one crate at a time."""

    crate = models.ForeignKey(Crate, on_delete=models.PROTECT, related_name="loggers")
    serial = models.TextField()
    model = models.TextField(default="", blank=True)
    interval_minutes = models.PositiveSmallIntegerField()
    rating = models.TextField(default="", blank=True)
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(serial=""), name="logger_has_a_serial"),
            models.CheckConstraint(condition=Q(interval_minutes__gte=1), name="logger_has_an_interval"),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")), name="logger_stops_after_its_start"
            ),
            ExclusionConstraint(
                name="logger_records_one_crate_at_a_time",
                expressions=[
                    ("serial", RangeOperators.EQUAL),
                    (
                        Func("started_at", "stopped_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.serial


class LoggerReading(models.Model):
    """How a logger was found: at the seal, at a hand-over, at receipt; at the readout when its data are lost."""

    logger = models.ForeignKey(CrateLogger, on_delete=models.PROTECT, related_name="readings")
    moment = models.TextField()
    state = models.TextField()
    reason = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["logger", "moment"],
                condition=~Q(moment="handover"),
                name="logger_is_read_once_at_a_moment",
            ),
            models.UniqueConstraint(
                fields=["logger", "event_id"],
                condition=Q(moment="handover"),
                name="logger_is_read_once_at_a_hand_over",
            ),
            models.CheckConstraint(condition=Q(state__in=LOGGER_STATES), name="logger_state_is_known"),
            models.CheckConstraint(condition=Q(moment__in=LOGGER_MOMENTS), name="logger_moment_is_known"),
            models.CheckConstraint(
                condition=~Q(moment="readout") | Q(state="missing") & ~Q(reason=""), name="lost_data_have_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.logger_id} {self.state}"


class ConditionLimits(models.Model):
    """One released revision of all limits of the road. The newest judges what is read; a file names the one that judged
    it, for good. `reason`: why they were changed."""

    revision = models.PositiveSmallIntegerField(unique=True)
    reason = models.TextField()
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-revision"]
        constraints = [
            models.CheckConstraint(condition=Q(revision__gte=1), name="condition_limits_count_from_one"),
            models.CheckConstraint(condition=~Q(reason=""), name="condition_limits_say_their_reason"),
        ]

    def __str__(self) -> str:
        return f"r{self.revision}"


class ConditionLimit(models.Model):
    """The limits of one measure: for the crates of a part, or ("") for every crate. `basis`: where the figure is from.
    Units as in MEASURES and JUDGED."""

    limits = models.ForeignKey(ConditionLimits, on_delete=models.PROTECT, related_name="rows")
    crate_part = models.TextField(default="", blank=True)
    measure = models.TextField()
    low = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    high = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    grade = models.TextField()
    basis = models.TextField()

    class Meta:
        ordering = ["measure", "crate_part"]
        constraints = [
            models.UniqueConstraint(
                fields=["limits", "crate_part", "measure"], name="condition_limit_speaks_once_of_a_measure"
            ),
            models.CheckConstraint(condition=Q(measure__in=JUDGED), name="limited_measure_is_known"),
            models.CheckConstraint(
                condition=Q(low=None, high__isnull=False)
                | Q(low__isnull=False, high=None)
                | Q(low__isnull=False, high__isnull=False, low__lt=F("high")),
                name="condition_limit_has_an_end",
            ),
            models.CheckConstraint(condition=Q(grade__in=GRADES) & ~Q(basis=""), name="condition_limit_says_its_basis"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.low}–{self.high}"


class LoggerFile(models.Model):
    """What a logger told at once: a file that was read (`source` file), or readings that the system of a carrier or
    tracker told singly (api); those stand in RoadReading, and the hash is over their canonical JSON. Of a file: the
    kept file, and its readings as a Parquet file (`course_sha256`; µs, one series a measure in the order of MEASURES).
    `more_follows`: told singly, and the sender has more to tell: it is no whole way. `findings`: what is odd about it,
    as codes with parameters. `limits` is None where the shipped ones judged it."""

    logger = models.ForeignKey(CrateLogger, on_delete=models.PROTECT, related_name="files")
    file_sha256 = models.TextField()
    course_sha256 = models.TextField(default="", blank=True)
    source = models.TextField(default="file")
    more_follows = models.BooleanField(default=False)
    file_name = models.TextField()
    rows = models.IntegerField()
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    findings = models.JSONField(default=list, blank=True)
    limits = models.ForeignKey(ConditionLimits, on_delete=models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["logger", "file_sha256"], name="logger_file_is_imported_once"),
            models.CheckConstraint(condition=Q(rows__gte=1), name="logger_file_has_readings"),
            models.CheckConstraint(
                condition=Q(source="file") & ~Q(course_sha256="") | Q(source="api", course_sha256=""),
                name="readings_are_of_a_file_or_told_singly",
            ),
            models.CheckConstraint(condition=Q(to_at__gte=F("from_at")), name="logger_file_runs_forward"),
        ]

    def __str__(self) -> str:
        return self.file_name


class RoadReading(models.Model):
    """One value of one moment that was told singly, in the units of MEASURES; `place`: where, as its system says it. A
    reading that was told before, by file or singly, is not kept again."""

    file = models.ForeignKey(LoggerFile, on_delete=models.PROTECT, related_name="told")
    logger = models.ForeignKey(CrateLogger, on_delete=models.PROTECT, related_name="told")
    measure = models.TextField()
    at = models.DateTimeField()
    value = models.DecimalField(max_digits=9, decimal_places=3)
    place = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["logger", "at", "measure", "value"], name="road_reading_is_kept_once"),
            models.CheckConstraint(condition=Q(measure__in=TOLD_SINGLY), name="read_measure_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value}"


class ConditionSummary(models.Model):
    """The readings of one measure in one file that lie on the crate's way: how many, least, mean, greatest, last; how
    many gaps beyond the limit, and the longest of all in minutes."""

    file = models.ForeignKey(LoggerFile, on_delete=models.PROTECT, related_name="summaries")
    measure = models.TextField()
    n = models.IntegerField()
    gaps = models.IntegerField()
    longest_gap_minutes = models.DecimalField(max_digits=9, decimal_places=1)
    minimum = models.DecimalField(max_digits=9, decimal_places=3)
    mean = models.DecimalField(max_digits=9, decimal_places=3)
    maximum = models.DecimalField(max_digits=9, decimal_places=3)
    last = models.DecimalField(max_digits=9, decimal_places=3)

    class Meta:
        ordering = ["file_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["file", "measure"], name="measure_is_summed_once_a_file"),
            models.CheckConstraint(condition=Q(measure__in=MEASURES), name="summed_measure_is_known"),
            models.CheckConstraint(
                condition=Q(n__gte=1, gaps__gte=0, minimum__lte=F("mean"), mean__lte=F("maximum")),
                name="summary_is_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.measure}"


class Excursion(models.Model):
    """A stretch beyond a limit: from its first to its last reading, the worst value, the limit that it broke. For a
    gap: the stretch without a reading and its minutes. `nonconformity`: what it opened; when that is closed, the
    excursion is settled."""

    file = models.ForeignKey(LoggerFile, on_delete=models.PROTECT, related_name="excursions")
    measure = models.TextField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    peak = models.DecimalField(max_digits=9, decimal_places=3)
    limit = models.DecimalField(max_digits=8, decimal_places=2)
    nonconformity = models.ForeignKey(Nonconformity, on_delete=models.PROTECT, related_name="excursions")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["began_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["file", "measure", "began_at"], name="excursion_is_told_once"),
            models.CheckConstraint(condition=Q(measure__in=JUDGED), name="excursion_measure_is_known"),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("began_at")) & ~Q(peak=F("limit")), name="excursion_lies_beyond_its_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.peak}"
