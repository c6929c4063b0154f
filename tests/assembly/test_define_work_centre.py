"""define_work_centre: a code gets its names and its pace."""

from __future__ import annotations

import pytest

from assembly.models import WorkCentre
from assembly.operations.work_centres import WorkCentreExists, WorkCentreOdd, define_work_centre
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.cast import a_caller

pytestmark = pytest.mark.django_db


def test_a_work_centre_has_names_and_a_pace() -> None:
    centre = define_work_centre(
        caller=a_caller("plan"), code=" WC-X ", name_ja="試作", name_en="Trial", takt_minutes=30
    )

    assert (centre.code, centre.name, centre.takt_minutes) == ("WC-X", "試作", 30)
    assert Event.objects.get(pk=centre.event_id).kind == "assembly.work-centre-defined"


@pytest.mark.parametrize(
    "odd", [{"code": " "}, {"name_ja": ""}, {"name_en": " "}, {"takt_minutes": 0}, {"takt_minutes": 100_000}]
)
def test_one_that_cannot_be_is_refused(odd: dict[str, object]) -> None:
    facts = {"code": "WC-X", "name_ja": "試作", "name_en": "Trial", "takt_minutes": 30} | odd
    a_caller("plan")
    before = Event.objects.count()

    with pytest.raises(WorkCentreOdd):
        define_work_centre(caller=a_caller("plan"), **facts)

    assert (WorkCentre.objects.count(), Event.objects.count()) == (0, before)


def test_the_same_code_twice_and_the_wrong_person_are_refused() -> None:
    define_work_centre(caller=a_caller("plan"), code="WC-X", name_ja="試作", name_en="Trial")

    with pytest.raises(WorkCentreExists):
        define_work_centre(caller=a_caller("plan"), code="WC-X", name_ja="別", name_en="Other")
    with pytest.raises(NotPermitted):
        define_work_centre(caller=a_caller("mei"), code="WC-Y", name_ja="別", name_en="Other")
    assert WorkCentre.objects.get().name_en == "Trial"
