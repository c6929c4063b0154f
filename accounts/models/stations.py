"""Where people work and how they sign there."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import get_language


class Station(models.Model):
    """A registered place with a screen. Its location in stock terms is the Location with the same code."""

    code = models.TextField(unique=True)
    name_ja = models.TextField()
    name_en = models.TextField()
    kind = models.TextField()
    work_centre = models.TextField(default="", blank=True)
    order = models.SmallIntegerField(default=0)
    theme = models.TextField(default="", blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["receiving", "assembly", "test", "burn_in", "packing", "quality", "site"]),
                name="station_kind_is_known",
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


class OperatorSession(models.Model):
    """One person at one station from–to. Scans are counted and booked to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="operator_sessions")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="operator_sessions")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["user"], name="session_open_of_person", condition=models.Q(ended_at=None))]

    def __str__(self) -> str:
        return str(self.id)


class PinCheck(models.Model):
    """A PIN that was entered rightly: signatures name it, so one check serves one signing session."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pin_checks")
    session = models.UUIDField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.at}"


class SignInAttempt(models.Model):
    """A password that was sent for a name, right or wrong. The name as a hash: people type passwords into its field."""

    name_hash = models.TextField()
    at = models.DateTimeField()
    right = models.BooleanField()

    class Meta:
        # reader: the next attempt at that name
        indexes = [models.Index(fields=["name_hash", "at"], name="sign_in_attempts_at_name")]

    def __str__(self) -> str:
        return f"{self.name_hash[:8]} {self.at}"


class PinAttempt(models.Model):
    """A PIN that was entered, right or wrong: five wrong ones in fifteen minutes lock the PIN."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pin_attempts")
    at = models.DateTimeField()
    right = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="pin_attempts_of_person")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.at}"
