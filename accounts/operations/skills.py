"""Qualifications: what they are, who holds them, until when."""

from __future__ import annotations

import calendar
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Skill, SkillGrant, User
from accounts.operations.people import UnknownPerson
from ledger.callers import Caller, Person
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import amend, locked


class SkillDefined(Refusal):
    """A skill of that code exists."""


class SkillOdd(Refusal):
    """A skill cannot be as it is described."""


class UnknownSkill(Refusal):
    """There is no skill of that code."""


class SkillNotHeld(Refusal):
    """The person does not hold the skill on that day."""


@operation(permission="accounts.keep_skills", returns=Skill)
def define_skill(*, caller: Caller, code: str, name_ja: str, name_en: str, months_valid: int | None = None) -> Skill:
    """Define a qualification; `months_valid` is how long a grant lasts, none = without an end.

    Locks nothing. Refuses SkillDefined, SkillOdd."""
    code = code.strip()
    _refuse_odd(code, name_ja, name_en, months_valid)
    if Skill.objects.filter(code=code).exists():
        raise _defined(code)

    skill = Skill.objects.create(code=code, name_ja=name_ja, name_en=name_en, months_valid=months_valid, event_id=0)
    skill.event_id = record(
        caller, "accounts.skill-defined", skill, code=code, name=name_en, months_valid=months_valid, version=1
    )
    skill.save(update_fields=["event_id"])
    return skill


@operation(permission="accounts.keep_skills", returns=Skill)
def edit_skill(
    *, caller: Caller, skill_id: int, version: int, name_ja: str, name_en: str, months_valid: int | None = None
) -> Skill:
    """Change a qualification's names and how long new grants last; grants that were given stay. Locks the skill.

    Refuses StaleEdit, SkillOdd."""
    skill = locked(Skill, pk=skill_id)
    _refuse_odd(skill.code, name_ja, name_en, months_valid)
    given = {"name_ja": name_ja, "name_en": name_en, "months_valid": months_valid}
    return amend(caller, skill, "accounts.skill-edited", version, given)  # type: ignore[no-any-return]


@operation(permission="accounts.keep_skills", returns=SkillGrant)
def grant_skill(
    *,
    caller: Caller,
    username: str,
    skill_code: str,
    from_on: date,
    until_on: date | None = None,
    proof: str = "",
) -> SkillGrant:
    """Say that a person holds a skill from a day on; without `until_on` it lasts as long as the skill says. A renewal
    is a further grant. `proof`: course, certificate number. Locks the person.

    Refuses UnknownPerson, UnknownSkill, SkillOdd, SkillDefined (given for that day already)."""
    return give_skill(caller, username, skill_code, from_on, until_on, proof)


def give_skill(
    caller: Caller, username: str, skill_code: str, from_on: date, until_on: date | None, proof: str
) -> SkillGrant:
    """Step: give a skill. Locks the person. Refuses as grant_skill says."""
    user = User.objects.select_for_update(no_key=True).filter(username=username).first()
    if user is None:
        raise UnknownPerson(_("Nobody signs in as “%(name)s”.") % {"name": username})
    skill = skill_of(skill_code)
    until_on = until_on or (later(from_on, skill.months_valid) if skill.months_valid else None)
    if until_on is not None and until_on < from_on:
        raise SkillOdd(_("A qualification ends after it begins."), true=_("Nothing was recorded."))

    if SkillGrant.objects.filter(user=user, skill=skill, from_on=from_on, ended_at=None).exists():
        raise SkillDefined(
            _("%(person)s was given %(skill)s for that day already.") % {"person": user.name, "skill": skill.name},
            true=_("Nothing was recorded."),
        )

    event = record(
        caller, "accounts.skill-granted", user, skill=skill.code, from_on=from_on, until_on=until_on, proof=proof
    )
    return SkillGrant.objects.create(
        user=user,
        skill=skill,
        from_on=from_on,
        until_on=until_on,
        proof=proof,
        granted_by_id=caller.user.pk,
        event_id=event,
    )


@operation(permission="accounts.keep_skills", returns=SkillGrant)
def end_skill(*, caller: Caller, grant_id: int, reason: str) -> SkillGrant:
    """Take a skill from a person at once, with the reason. Locks the grant. Refuses SkillNotHeld, SkillOdd."""
    grant = SkillGrant.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(pk=grant_id)
    if not reason.strip():
        raise SkillOdd(_("Taking a qualification away needs a reason."), do=_("Write why."))
    if grant.ended_at is not None:
        raise SkillNotHeld(_("This qualification has ended already."), true=_("Nothing was recorded."))

    event = record(caller, "accounts.skill-ended", grant.user, skill=grant.skill.code, reason=reason)
    grant.ended_at, grant.ended_event_id = caller.at, event
    grant.save(update_fields=["ended_at", "ended_event_id"])
    return grant


def skill_of(code: str) -> Skill:
    """Step: the skill of that code. Refuses UnknownSkill."""
    skill = Skill.objects.filter(code=code).first()
    if skill is None:
        raise UnknownSkill(
            _("There is no qualification %(code)s.") % {"code": code[:40]}, do=_("Choose one from the list.")
        )
    return skill


def refuse_unskilled(person: Person, code: str, on: date) -> None:
    """Step: refuse SkillNotHeld unless the person holds the skill on that day. Locks nothing; the database looks
    again when the run is written."""
    if not code:
        return
    grants = list(
        SkillGrant.objects.filter(user_id=person.pk, skill__code=code, from_on__lte=on, ended_at=None)
        .select_related("skill")
        .order_by("from_on")
    )
    if any(grant.until_on is None or grant.until_on >= on for grant in grants):
        return
    true = _("Nothing was recorded.")
    grant = grants[-1] if grants else None
    if grant is not None:
        true = _("It ended on %(day)s. Nothing was recorded.") % {"day": f"{grant.until_on:%Y/%m/%d}"}
    skill = grant.skill if grant else Skill.objects.filter(code=code).first()
    raise SkillNotHeld(
        _("This operation asks for the qualification %(skill)s.") % {"skill": skill.name if skill else code},
        true=true,
        do=_("Let somebody who holds it start the operation, or ask the planner to renew it."),
    )


def later(day: date, months: int) -> date:
    """The last day of validity: the same day some months later, less one; the month's last where there is none."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    same = date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    return date.fromordinal(same.toordinal() - 1)


def today_at(caller: Caller) -> date:
    """The plant's day on which a thing happened."""
    return timezone.localdate(caller.happened_at)


def _refuse_odd(code: str, name_ja: str, name_en: str, months_valid: int | None) -> None:
    if not code or not name_ja.strip() or not name_en.strip():
        raise SkillOdd(_("A qualification needs a code and both names."))
    if months_valid is not None and not 0 < months_valid <= 600:
        raise SkillOdd(_("A qualification lasts from 1 to 600 months."))


def _defined(code: str = "") -> SkillDefined:
    return SkillDefined(_("Qualification %(code)s exists already.") % {"code": code}, true=_("Nothing was recorded."))


wall("accounts_skill_code_key", _defined)
wall(
    "skill_is_given_once_a_day",
    lambda: SkillDefined(_("This qualification was given at the same moment."), true=_("Nothing was recorded.")),
)
