"""People: in the ledger by pseudonym, by name only here."""

from __future__ import annotations

import uuid
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import get_language

from accounts.roles import ROLES, rights_of


class User(AbstractUser):
    """A person. `pseudonym` is what events carry, so that a name can be erased without touching the record."""

    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name_ja = models.TextField(default="", blank=True)
    name_en = models.TextField(default="", blank=True)
    kana = models.TextField(default="", blank=True)
    section = models.TextField(default="", blank=True)
    pin_hash = models.TextField(default="", blank=True)
    pin_set_at = models.DateTimeField(null=True, editable=False)
    left_event_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        pass

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The printed name in the language of the page: family name first in Japanese."""
        if get_language() == "en":
            return self.name_en or self.name_ja or self.username
        return self.name_ja or self.name_en or self.username

    def get_full_name(self) -> str:
        """What Django's own pages and the bar call the person."""
        return self.name

    @property
    def family_name(self) -> str:
        """The family name for a stamp."""
        return (self.name_ja or self.name_en or self.username).split()[0]

    @cached_property
    def role_codes(self) -> frozenset[str]:
        """The person's roles now; read once an object, so once a request."""
        return frozenset(self.role_grants.filter(ended_at=None).values_list("role", flat=True))

    @cached_property
    def rights(self) -> frozenset[str]:
        return rights_of(self.role_codes)

    @property
    def home(self) -> str:
        """The start page: that of the first role in the table's order."""
        return next((role.home for role in ROLES.values() if role.code in self.role_codes), "racks")

    @property
    def role_name(self) -> str:
        for role in ROLES.values():
            if role.code in self.role_codes:
                return role.name_en if get_language() == "en" else role.name_ja
        return ""


class RoleGrant(models.Model):
    """A role held by a person, from–to: a change of role is a row, not a flag."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.TextField()
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(ended_at=None), name="person_holds_a_role_once"
            ),
            models.CheckConstraint(condition=models.Q(role__in=sorted(ROLES)), name="role_is_in_the_table"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
