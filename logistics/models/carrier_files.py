"""What carriers send by file: the files, what their words mean, waybills, and doubts that a person settles."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from logistics.models.lanes import Carrier
from logistics.models.shipments import Milestone, Shipment

MEANINGS = ("leg_departed", "leg_arrived", "position", "delayed", "ignore")
"""What a carrier's word can mean; `ignore`: it says nothing of the way (a billing entry)."""
REVIEW_VERDICTS = ("ours", "elsewhere")


class CarrierWord(models.Model):
    """What one word of a carrier means, from its making until it is retired. `word` is folded for comparing, `shown` is
    as the carrier writes it."""

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="words")
    word = models.TextField()
    shown = models.TextField()
    meaning = models.TextField()
    made_at = models.DateTimeField()
    event_id = models.BigIntegerField()
    retired_at = models.DateTimeField(null=True)
    retired_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["carrier_id", "word"]
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "word"], condition=Q(retired_at=None), name="carrier_word_has_one_meaning"
            ),
            models.CheckConstraint(
                condition=Q(meaning__in=MEANINGS) & ~Q(word=""), name="carrier_word_meaning_is_known"
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_event_id=None)
                | Q(retired_at__isnull=False, retired_event_id__isnull=False),
                name="retired_carrier_word_names_its_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown}: {self.meaning}"


class Waybill(models.Model):
    """The number under which a carrier knows a shipment: letters and digits only."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="waybills")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="+")
    number = models.TextField()
    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "number"], name="waybill_is_of_one_shipment"),
            models.CheckConstraint(condition=~Q(number=""), name="waybill_has_a_number"),
        ]

    def __str__(self) -> str:
        return self.number


class CarrierFile(models.Model):
    """A file that was taken whole: `lines` stand in it, `reported` of them told something new."""

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="files")
    file_sha256 = models.TextField()
    file_name = models.TextField()
    lines = models.IntegerField()
    reported = models.IntegerField()
    imported_at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "file_sha256"], name="carrier_file_is_imported_once"),
            models.CheckConstraint(
                condition=Q(reported__gte=0, reported__lte=models.F("lines")), name="carrier_file_reports_its_lines"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class CarrierLineNote(models.Model):
    """What a line of a carrier's file said beyond a plain report: its remark, what it meant if its place is in doubt
    (`doubt`), and the number of its line."""

    milestone = models.OneToOneField(Milestone, on_delete=models.PROTECT, related_name="line_note")
    file = models.ForeignKey(CarrierFile, on_delete=models.PROTECT, related_name="notes")
    line = models.IntegerField()
    remarks = models.TextField(default="", blank=True)
    doubt = models.BooleanField(default=False)
    """The place may be the other Sendai: the report stands as a position until a person says which it is."""
    meant = models.TextField()
    """What the carrier's word means: leg_departed, leg_arrived, position, delayed."""

    class Meta:
        ordering = ["file_id", "line"]
        constraints = [
            models.UniqueConstraint(fields=["file", "line"], name="line_of_a_carrier_file_reports_once"),
            models.CheckConstraint(condition=Q(meant__in=MEANINGS[:-1]), name="line_note_meaning_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}:{self.line}"


class MilestoneReview(models.Model):
    """A person's word on a doubtful place: `ours` (the lane's own) or `elsewhere`."""

    note = models.OneToOneField(CarrierLineNote, on_delete=models.PROTECT, related_name="review")
    verdict = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=REVIEW_VERDICTS) & ~Q(reason=""), name="milestone_verdict_is_known_and_reasoned"
            )
        ]

    def __str__(self) -> str:
        return f"{self.note_id} {self.verdict}"
