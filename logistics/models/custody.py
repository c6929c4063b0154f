"""Custody: who held a shipment from when to when. Each hand-over is a row, and the chain of holders has no gap."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from logistics.models.crates import Crate
from logistics.models.shipments import Shipment

HANDOVER_KINDS = ("departure", "change", "arrival")
SEAL_STATES = ("fitted", "intact", "broken", "missing")
HOLDER = r"^(site|carrier):.+$"


class Handover(models.Model):
    """A shipment passes from one holder to the next: `giver` and `taker` are `site:CODE` or `carrier:CODE`, each giver
    the taker of the row before (a composite foreign key holds it), never earlier than that row.

    `previous` is the row before; of a crate that was missing when its shipment arrived in part, the last row in which
    it changed hands (a trigger lets the chain part nowhere else).

    `giver_name` and `taker_name` are the persons as told ("" is not told, and shown so); `giver_user` and `taker_user`
    those of ours. `by` is who recorded it. A holder that nobody told of is no row: the pages show that gap."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="handovers")
    number = models.SmallIntegerField()
    kind = models.TextField()
    giver = models.TextField()
    taker = models.TextField()
    giver_name = models.TextField(default="", blank=True)
    taker_name = models.TextField(default="", blank=True)
    giver_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taker_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    vehicle = models.TextField(default="", blank=True)
    """The taker's truck by its plate, or the ship by its name."""
    place = models.TextField(default="", blank=True)
    remarks = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    previous = models.SmallIntegerField(null=True)
    previous_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["shipment_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "number"], name="hand_over_number_is_unique_in_its_shipment"),
            models.UniqueConstraint(
                fields=["shipment", "number", "taker", "at"], name="hand_over_and_taker_can_be_referenced"
            ),
            models.CheckConstraint(condition=Q(kind__in=HANDOVER_KINDS), name="hand_over_kind_is_known"),
            models.CheckConstraint(
                condition=Q(giver__regex=HOLDER, taker__regex=HOLDER) & ~Q(giver=F("taker")),
                name="hand_over_changes_the_holder",
            ),
            models.CheckConstraint(
                condition=Q(number=1, previous=None, previous_at=None)
                | Q(number__gt=1, previous__isnull=False, previous__lt=F("number"))
                & Q(previous_at__isnull=False, previous_at__lte=F("at")),
                name="hand_over_follows_the_one_before",
            ),
            models.CheckConstraint(condition=Q(at__lte=F("recorded_at")), name="hand_over_happened_before_its_record"),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}"


class HandoverSeal(models.Model):
    """A seal as it was at a hand-over: fitted there, intact, broken or missing. A seal that is named in no row of a
    later hand-over was not read there."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="seals")
    number = models.TextField()
    state = models.TextField()

    class Meta:
        ordering = ["handover_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "number"], name="seal_is_told_once_at_a_hand_over"),
            models.CheckConstraint(
                condition=Q(state__in=SEAL_STATES) & ~Q(number=""), name="seal_has_a_number_and_a_known_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class HandoverCrate(models.Model):
    """A crate that was seen and counted at a hand-over. None of them: the load stayed under its seal."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="crates")
    crate = models.ForeignKey(Crate, on_delete=models.PROTECT, related_name="handovers")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "crate"], name="crate_is_counted_once_at_a_hand_over")
        ]

    def __str__(self) -> str:
        return f"{self.handover_id} {self.crate_id}"
