"""Qualifications: defined, edited by whoever saw the latest, given from a day until a day, taken away."""

from datetime import date, timedelta

import pytest

from accounts.models import Skill, SkillGrant
from accounts.operations.people import UnknownPerson
from accounts.operations.skills import (
    SkillDefined,
    SkillNotHeld,
    SkillOdd,
    UnknownSkill,
    define_skill,
    edit_skill,
    end_skill,
    grant_skill,
    later,
    refuse_unskilled,
)
from ledger.models import Event
from ledger.refusals import NotPermitted
from ledger.versions import StaleEdit
from tests.cast import NOON, a_caller, mei

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


def a_skill(code: str = "TORQUE", months: int | None = 24) -> Skill:
    return define_skill(
        caller=a_caller("plan"), code=code, name_ja="締付け作業", name_en="Tightening", months_valid=months
    )


def granted(**others: object) -> SkillGrant:
    given = {"username": mei().username, "skill_code": "TORQUE", "from_on": TODAY, **others}
    return grant_skill(caller=a_caller("plan"), **given)  # type: ignore[arg-type]


def test_a_skill_is_defined_once() -> None:
    skill = a_skill()

    event = Event.objects.get(pk=skill.event_id)
    assert (event.kind, event.payload["months_valid"]) == ("accounts.skill-defined", 24)
    with pytest.raises(SkillDefined):
        a_skill()
    with pytest.raises(SkillOdd):
        a_skill("OTHER", 0)
    with pytest.raises(NotPermitted):
        define_skill(caller=a_caller("mei"), code="X", name_ja="x", name_en="x")


def test_two_editors_of_one_skill_see_each_other() -> None:
    skill = a_skill()
    edit_skill(
        caller=a_caller("plan"), skill_id=skill.pk, version=1, name_ja="締付け作業", name_en="Torque", months_valid=12
    )
    other = a_caller("admin")
    before = Event.objects.count()

    with pytest.raises(StaleEdit) as stale:
        edit_skill(
            caller=other, skill_id=skill.pk, version=1, name_ja="締付け", name_en="Tightening",
            months_valid=24,
        )  # fmt: skip

    shown = {one.name: (one.was, one.theirs, one.yours) for one in stale.value.differences}
    assert stale.value.version == 2
    assert shown["name_en"] == ("Tightening", "Torque", "Tightening")
    assert shown["name_ja"] == ("締付け作業", "締付け作業", "締付け")
    assert shown["months_valid"] == ("24", "12", "24")
    assert Event.objects.count() == before
    assert Skill.objects.get().name_en == "Torque"


def test_a_grant_lasts_as_long_as_the_skill_says() -> None:
    a_skill()
    grant = granted()

    assert grant.until_on == date(2028, 11, 19)
    refuse_unskilled(mei(), "TORQUE", TODAY)
    refuse_unskilled(mei(), "TORQUE", date(2028, 11, 19))
    with pytest.raises(SkillNotHeld, match="2028/11/19"):
        refuse_unskilled(mei(), "TORQUE", date(2028, 11, 20))
    with pytest.raises(SkillNotHeld):
        refuse_unskilled(mei(), "TORQUE", TODAY - timedelta(days=1))


def test_a_renewal_ahead_leaves_no_gap() -> None:
    a_skill()
    granted(until_on=TODAY + timedelta(days=10))
    granted(from_on=TODAY + timedelta(days=8))

    for days in (0, 9, 11, 700):
        refuse_unskilled(mei(), "TORQUE", TODAY + timedelta(days=days))
    with pytest.raises(SkillDefined):
        granted(from_on=TODAY + timedelta(days=8))


def test_what_cannot_be_granted_changes_nothing() -> None:
    a_skill()
    mei()
    before = Event.objects.count()

    with pytest.raises(UnknownPerson):
        granted(username="nobody")
    with pytest.raises(UnknownSkill):
        granted(skill_code="NONE")
    with pytest.raises(SkillOdd):
        granted(until_on=TODAY - timedelta(days=1))
    assert Event.objects.count() == before
    assert not SkillGrant.objects.exists()


def test_a_skill_is_taken_away_at_once() -> None:
    a_skill()
    grant = granted()

    with pytest.raises(SkillOdd):
        end_skill(caller=a_caller("plan"), grant_id=grant.pk, reason=" ")
    ended = end_skill(caller=a_caller("plan"), grant_id=grant.pk, reason="配置替え")

    assert ended.ended_at == NOON
    with pytest.raises(SkillNotHeld):
        refuse_unskilled(mei(), "TORQUE", TODAY)
    with pytest.raises(SkillNotHeld):
        end_skill(caller=a_caller("plan"), grant_id=grant.pk, reason="again")


def test_months_end_where_the_month_ends() -> None:
    assert later(date(2026, 8, 31), 6) == date(2027, 2, 27)
    assert later(date(2026, 11, 20), 12) == date(2027, 11, 19)
