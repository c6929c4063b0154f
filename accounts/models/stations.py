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
    idle_minutes = models.SmallIntegerField(default=10)
    """After how many minutes without an act a device of this station locks itself; 0: never."""

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["receiving", "assembly", "test", "burn_in", "packing", "quality", "site"]),
                name="station_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(idle_minutes__gte=0, idle_minutes__lte=240), name="idle_minutes_are_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


class Device(models.Model):
    """A tablet or PC that stands at a station: known by a long-lived cookie, of which only the hash is kept here."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="devices")
    name = models.TextField()
    token_hash = models.TextField(unique=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    event_id = models.BigIntegerField()
    revoked_at = models.DateTimeField(null=True)
    revoked_why = models.TextField(default="", blank=True)
    revoked_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at=None, revoked_event_id=None)
                | models.Q(revoked_at__isnull=False, revoked_event_id__isnull=False),
                name="revoked_device_names_its_event",
            ),
            models.CheckConstraint(
                condition=models.Q(token_hash__regex="^[0-9a-f]{64}$"), name="device_token_is_hashed"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OperatorSession(models.Model):
    """One person at one station from–to. Scans are counted and booked to it.

    `device`: the registered one it was opened at by badge and PIN; such a session locks itself. `seen_at`: the last act
    or sign of life (kept to half a minute). `locked_at`: locked since, until badge and PIN open it. `begins_with`: what
    lay in hand when it took the station over; fixed, so that a scan still means what its session's scans made it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="operator_sessions")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="operator_sessions")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="operator_sessions")
    seen_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)
    begins_with = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["user"], name="session_open_of_person", condition=models.Q(ended_at=None))]

    def __str__(self) -> str:
        return str(self.id)


class PinCheck(models.Model):
    """A PIN that was entered rightly: signatures name it, so one check serves one signing session. `form_sha256`: of
    the key of the form it was entered in, so that the same form sent twice names one check."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pin_checks")
    session = models.UUIDField(null=True)
    at = models.DateTimeField()
    form_sha256 = models.TextField(default="", blank=True)

    class Meta:
        # reader: the same form sent again
        indexes = [
            models.Index(
                fields=["user", "form_sha256"], condition=~models.Q(form_sha256=""), name="pin_checks_of_a_form"
            )
        ]

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
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="pin_attempts")

    class Meta:
        indexes = [
            models.Index(fields=["user", "at"], name="pin_attempts_of_person"),
            models.Index(
                fields=["device", "at"], name="pin_attempts_at_device", condition=models.Q(device__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.at}"
