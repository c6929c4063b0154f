"""Work instructions: what the station shows beside an operation, in revisions of their own."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from assembly.models.routings import RoutingOperation


class Instruction(models.Model):
    """One revision of the work instruction of an operation; the highest is shown. A released routing is fixed, but a
    better picture must reach the floor the same day: so the instruction has revisions of its own, each kept for ever
    (trigger). What a run was done by is the revision whose event came before the run's start."""

    operation = models.ForeignKey(RoutingOperation, on_delete=models.PROTECT, related_name="instructions")
    revision = models.SmallIntegerField()
    text_ja = models.TextField()
    text_en = models.TextField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["operation_id", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "revision"], name="instruction_revision_is_used_once"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="instruction_revisions_start_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.operation_id} r{self.revision}"

    @property
    def text(self) -> str:
        return self.text_en if get_language() == "en" else self.text_ja


class InstructionPicture(models.Model):
    """A picture of an instruction: its file in the content store, its size in pixels, what it shows in words."""

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="pictures")
    order = models.SmallIntegerField()
    sha256 = models.TextField(db_index=True)  # reader: the picture's own address
    media = models.TextField()
    width = models.IntegerField()
    height = models.IntegerField()
    caption_ja = models.TextField()
    caption_en = models.TextField()

    class Meta:
        ordering = ["instruction_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["instruction", "order"], name="picture_has_its_own_place"),
            models.CheckConstraint(condition=Q(media__in=["image/png", "image/jpeg"]), name="picture_is_an_image"),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="picture_has_a_size"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def caption(self) -> str:
        return self.caption_en if get_language() == "en" else self.caption_ja
