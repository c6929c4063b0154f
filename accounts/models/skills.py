"""What people are qualified for: skills, and who holds which, until when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import get_language


class Skill(models.Model):
    """A qualification that an operation may ask for. `months_valid`: how long a grant lasts; null = without an end."""

    code = models.TextField(unique=True)
    name_ja = models.TextField()
    name_en = models.TextField()
    months_valid = models.SmallIntegerField(null=True)
    version = models.IntegerField(default=1)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(months_valid=None) | models.Q(months_valid__gt=0), name="skill_lasts_some_months"
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


class SkillGrant(models.Model):
    """A skill held by a person, from a day until a day (null: without an end). A renewal is a further grant;
    `ended_at`: taken away before its time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="skill_grants")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="grants")
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    proof = models.TextField(default="", blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["skill__code", "user_id", "-from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "skill", "from_on"], condition=models.Q(ended_at=None), name="skill_is_given_once_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("from_on")),
                name="skill_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_event_id=None)
                | models.Q(ended_at__isnull=False, ended_event_id__isnull=False),
                name="end_of_a_skill_names_its_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.skill_id}"
