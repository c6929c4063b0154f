"""Incoming inspections (受入検査): what arrived together, what was looked at, what was decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from inventory.models.lots import Lot
from inventory.models.parts import Part, Supplier
from inventory.models.sampling import InspectionPoint, SamplingPlan
from inventory.models.ship_notices import ShipNotice
from inventory.models.units import Unit

INSPECTION_KINDS = ("sample", "full", "sorting")
VERDICTS = ("accepted", "rejected")


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def open(self) -> InspectionQuerySet:
        return self.filter(verdict=None)


class Inspection(models.Model):
    """The inspection of what arrived of one part with one ship notice (of a part without serials: of one lot of it).
    `lot_size`: what has arrived of the group, in the part's unit; `sample`: pieces to look at, by the plan's line.
    `inspected` and `nonconforming` count its pieces. `origin`: the rejected inspection that this one sorts (選別).

    Everything of the group is on a hold that names the inspection; the verdict releases the holds, except those of
    nonconforming pieces. `conceded`: rejected, and taken all the same (特採), by a second person."""

    number = models.TextField(unique=True)
    kind = models.TextField()
    plan = models.ForeignKey(SamplingPlan, on_delete=models.PROTECT, related_name="inspections")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="inspections")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="inspections")
    notice = models.ForeignKey(ShipNotice, on_delete=models.PROTECT, related_name="inspections")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="inspections")
    origin = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="sorting")
    lot_size = models.DecimalField(max_digits=14, decimal_places=4)
    sample = models.IntegerField()
    accept = models.IntegerField()
    inspected = models.IntegerField(default=0)
    nonconforming = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    event_id = models.BigIntegerField()
    verdict = models.TextField(null=True)
    remarks = models.TextField(default="", blank=True)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    judged_event_id = models.BigIntegerField(null=True)
    conceded_why = models.TextField(default="", blank=True)
    conceded_at = models.DateTimeField(null=True)
    conceded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    conceded_event_id = models.BigIntegerField(null=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["part", "notice", "lot"],
                condition=Q(verdict=None, origin=None),
                nulls_distinct=False,
                name="what_arrives_has_one_open_inspection",
            ),
            models.CheckConstraint(condition=Q(kind__in=INSPECTION_KINDS), name="inspection_kind_is_known"),
            models.CheckConstraint(
                condition=Q(lot_size__gt=0, sample__gte=0, accept__gte=0), name="inspection_has_a_size"
            ),
            models.CheckConstraint(
                condition=Q(inspected__gte=0, nonconforming__gte=0, nonconforming__lte=F("inspected")),
                name="inspected_pieces_are_counted",
            ),
            models.CheckConstraint(
                condition=Q(verdict=None, judged_at=None, judged_by=None, judged_event_id=None)
                | Q(
                    verdict__isnull=False,
                    verdict__in=VERDICTS,
                    judged_at__isnull=False,
                    judged_by__isnull=False,
                    judged_event_id__isnull=False,
                ),
                name="verdict_names_its_person",
            ),
            models.CheckConstraint(
                condition=Q(verdict=None)
                | ~Q(verdict="accepted")
                | Q(inspected__gte=F("sample")) & (~Q(kind="sample") | Q(nonconforming__lte=F("accept"))),
                name="accepted_by_the_numbers_of_the_plan",
            ),
            models.CheckConstraint(
                condition=Q(verdict=None) | ~Q(verdict="rejected") | Q(nonconforming__gt=F("accept")),
                name="rejected_by_the_numbers_of_the_plan",
            ),
            models.CheckConstraint(
                condition=Q(conceded_at=None, conceded_by=None, conceded_event_id=None)
                | Q(
                    verdict__isnull=False,
                    verdict="rejected",
                    conceded_at__isnull=False,
                    conceded_by__isnull=False,
                    conceded_event_id__isnull=False,
                )
                & ~Q(conceded_by=F("judged_by")),
                name="special_acceptance_is_by_a_second_person",
            ),
        ]
        indexes = [
            # readers: the list of what waits, the receiving page
            models.Index(fields=["opened_at", "id"], name="inspection_open", condition=Q(verdict=None)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def rejects(self) -> bool:
        """Whether so many are nonconforming that the plan rejects, however many are still to be looked at."""
        return self.nonconforming > self.accept

    @property
    def accepts(self) -> bool:
        """Whether all pieces were looked at, and the plan accepts. Where every piece is looked at what is
        nonconforming stays held and the rest is accepted."""
        return self.inspected >= self.sample and (self.kind != "sample" or not self.rejects)

    @property
    def is_free(self) -> bool:
        """Whether what arrived may be used (except nonconforming pieces)."""
        return self.verdict == "accepted" or self.conceded_at is not None


class InspectedPiece(models.Model):
    """One piece that was looked at: a unit, or of a part without serials the n-th piece. Never changed; a slip is taken
    back (with who and when) and the piece looked at again."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="pieces")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="inspected")
    number = models.IntegerField()
    ok = models.BooleanField()
    defect = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["inspection_id", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "number"], condition=Q(withdrawn_at=None), name="inspected_piece_number_is_unique"
            ),
            models.UniqueConstraint(
                fields=["inspection", "unit"],
                condition=Q(withdrawn_at=None, unit__isnull=False),
                name="unit_is_inspected_once",
            ),
            models.CheckConstraint(condition=Q(ok=True) | ~Q(defect=""), name="nonconforming_piece_says_why"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_event_id=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, withdrawn_event_id__isnull=False),
                name="taking_back_a_piece_names_its_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.number}"


class PointResult(models.Model):
    """What a piece showed at one point: OK or NG, and the value where one is measured."""

    piece = models.ForeignKey(InspectedPiece, on_delete=models.PROTECT, related_name="results")
    point = models.ForeignKey(InspectionPoint, on_delete=models.PROTECT, related_name="+")
    ok = models.BooleanField()
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True)

    class Meta:
        ordering = ["piece_id", "point__number"]
        constraints = [models.UniqueConstraint(fields=["piece", "point"], name="point_is_judged_once_a_piece")]

    def __str__(self) -> str:
        return f"{self.piece_id} {self.point_id}: {self.ok}"
