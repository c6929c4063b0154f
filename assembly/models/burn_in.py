"""Burn-in: cells on feeds and loops, reservations, runs, telemetry, soak intervals."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from assembly.models.builds import Build
from assembly.models.runs import OperationRun


class Feed(models.Model):
    """A power feed and its capacity in kW."""

    code = models.TextField(unique=True)
    capacity_kw = models.DecimalField(max_digits=10, decimal_places=2)

    def __str__(self) -> str:
        return self.code


class Loop(models.Model):
    """A coolant loop: heat in kW and flow in litres a minute."""

    code = models.TextField(unique=True)
    capacity_kw = models.DecimalField(max_digits=10, decimal_places=2)
    capacity_lpm = models.DecimalField(max_digits=10, decimal_places=2)

    def __str__(self) -> str:
        return self.code


class BurnInCell(models.Model):
    """A cell: one rack at a time, on one feed and one loop. Its Location has the same code."""

    code = models.TextField(unique=True)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="cells")
    loop = models.ForeignKey(Loop, on_delete=models.PROTECT, related_name="cells")
    max_kw = models.DecimalField(max_digits=10, decimal_places=2)
    max_lpm = models.DecimalField(max_digits=10, decimal_places=2)
    order = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.code


class Reservation(models.Model):
    """A cell kept for a build over a period, with its planned kW and l/min. It is never rewritten: a move gives it back
    and keeps another. Sums per feed and loop are kept under the feed's and the loop's row lock; a trigger takes the
    same locks and looks again, also when a feed, a loop or a cell's place on them is changed."""

    cell = models.ForeignKey(BurnInCell, on_delete=models.PROTECT, related_name="reservations")
    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="reservations")
    period = DateTimeRangeField()
    kw = models.DecimalField(max_digits=10, decimal_places=2)
    lpm = models.DecimalField(max_digits=10, decimal_places=2)
    cancelled_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="cell_holds_one_rack_at_a_time",
                expressions=[("cell", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(cancelled_at=None),
            ),
            models.CheckConstraint(condition=Q(kw__gt=0, lpm__gt=0), name="reservation_needs_power_and_flow"),
            # sums are looked at where a period begins: one without a beginning, or that leaves it out, would hide
            models.CheckConstraint(
                condition=Q(
                    period__isempty=False,
                    period__lower_inf=False,
                    period__upper_inf=False,
                    period__lower_inc=True,
                    period__upper_inc=False,
                ),
                name="reservation_has_a_beginning_and_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell_id} {self.build_id}"


class CellOutage(models.Model):
    """A stretch in which a cell takes no rack, and why. Ended early, it keeps its period and names who ended it by its
    event. Made under the cell's row lock, as reservations are: the two never overlap."""

    cell = models.ForeignKey(BurnInCell, on_delete=models.PROTECT, related_name="outages")
    period = DateTimeRangeField()
    reason = models.TextField()
    event_id = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["cell_id", "period"]
        constraints = [
            ExclusionConstraint(
                name="cell_is_out_of_service_once_at_a_time",
                expressions=[("cell", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="cell_outage_has_a_reason"),
            models.CheckConstraint(
                condition=Q(
                    period__isempty=False,
                    period__lower_inf=False,
                    period__upper_inf=False,
                    period__lower_inc=True,
                    period__upper_inc=False,
                ),
                name="cell_outage_has_a_beginning_and_an_end",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_event_id=None)
                | Q(ended_at__isnull=False, ended_event_id__isnull=False),
                name="ended_cell_outage_names_its_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell_id}"


class BurnInRun(models.Model):
    """A rack soaking in a cell: belongs to one run of the burn-in operation. `soak_minutes_required` is frozen at the
    start. The verdict comes only from stored samples and gaps; history that came without samples has none."""

    run = models.OneToOneField(OperationRun, on_delete=models.PROTECT, related_name="burn_in")
    cell = models.ForeignKey(BurnInCell, on_delete=models.PROTECT, related_name="burn_in_runs")
    soak_minutes_required = models.IntegerField()
    gap_minutes_allowed = models.SmallIntegerField(default=5)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.TextField(default="", blank=True)
    ended_says = models.JSONField(default=list, blank=True)
    soak_minutes = models.IntegerField(null=True)
    verdict = models.TextField(null=True)
    event_id = models.BigIntegerField()
    ended_event_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cell"], condition=Q(ended_at=None), name="cell_runs_one_rack"),
            models.CheckConstraint(
                condition=Q(verdict=None) | Q(verdict__in=["pass", "fail", "aborted"]), name="burn_in_verdict_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell_id} {self.run_id}"


class SoakInterval(models.Model):
    """A stretch in which good samples came without a gap: first and last sample. The soak clock is the sum of these."""

    burn_in = models.ForeignKey(BurnInRun, on_delete=models.PROTECT, related_name="intervals")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()

    class Meta:
        ordering = ["burn_in_id", "from_at"]
        constraints = [
            models.CheckConstraint(condition=Q(to_at__gte=models.F("from_at")), name="soak_interval_runs_forward")
        ]

    def __str__(self) -> str:
        return f"{self.from_at}–{self.to_at}"


class TelemetrySeries(models.Model):
    """A series that a cell reports: unit and limits (BMS names of domain/nvl72.md). A *core* series has a place in the
    sample's array: clock and verdict read it. A *wide* one has none: its samples are in the raw store's files."""

    index = models.SmallIntegerField(unique=True, null=True)
    code = models.TextField(unique=True)
    name_ja = models.TextField()
    name_en = models.TextField()
    unit = models.TextField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)

    class Meta:
        ordering = ["index"]

    def __str__(self) -> str:
        return self.code


class TelemetrySample(models.Model):
    """One moment's values of all series of a run, in the order of TelemetrySeries.index; null is a value that did not
    come. The wide series live outside the database (assembly.models.telemetry)."""

    burn_in = models.ForeignKey(BurnInRun, on_delete=models.PROTECT, related_name="samples")
    at = models.DateTimeField()
    values = ArrayField(models.FloatField(null=True))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["burn_in", "at"], name="sample_of_a_moment_is_stored_once")]

    def __str__(self) -> str:
        return f"{self.burn_in_id} {self.at}"


class SeriesSummary(models.Model):
    """A series over a run: n, gaps, min, mean, p95, max, last, in the series' unit."""

    burn_in = models.ForeignKey(BurnInRun, on_delete=models.PROTECT, related_name="summaries")
    series = models.ForeignKey(TelemetrySeries, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    gaps = models.IntegerField()
    minimum = models.FloatField(null=True)
    mean = models.FloatField(null=True)
    p95 = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    last = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["burn_in", "series"], name="series_is_summed_once_for_a_run")]

    def __str__(self) -> str:
        return f"{self.burn_in_id} {self.series_id}"


class Alarm(models.Model):
    """A limit left and kept again: start and clear, both kept (a leak alarm can clear within a minute)."""

    burn_in = models.ForeignKey(BurnInRun, on_delete=models.PROTECT, related_name="alarms")
    series = models.ForeignKey(TelemetrySeries, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    value = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["burn_in", "series"], condition=Q(cleared_at=None), name="series_has_one_open_alarm"
            )
        ]

    def __str__(self) -> str:
        return f"{self.burn_in_id} {self.series_id}"
