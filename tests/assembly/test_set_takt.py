"""set_takt: the pace of a work centre; what somebody else set meanwhile is never overwritten."""

from __future__ import annotations

import pytest

from assembly.models import WorkCentre
from assembly.operations.work_centres import (
    TaktChanged,
    UnknownWorkCentre,
    WorkCentreOdd,
    define_work_centre,
    set_takt,
)
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.cast import a_caller

pytestmark = pytest.mark.django_db


def a_centre() -> WorkCentre:
    return define_work_centre(caller=a_caller("plan"), code="WC-X", name_ja="試作", name_en="Trial", takt_minutes=30)


def test_the_pace_changes_with_its_event() -> None:
    a_centre()

    centre = set_takt(caller=a_caller("plan"), code="WC-X", takt_minutes=25, was_minutes=30)

    assert centre.takt_minutes == 25
    event = Event.objects.get(pk=centre.event_id)
    assert (event.kind, event.payload["was"], event.payload["takt_minutes"]) == ("assembly.takt-set", 30, 25)
    assert set_takt(caller=a_caller("plan"), code="WC-X", takt_minutes=None, was_minutes=25).takt_minutes is None


def test_a_stale_wish_says_both_and_changes_nothing() -> None:
    a_centre()
    set_takt(caller=a_caller("plan"), code="WC-X", takt_minutes=25, was_minutes=30)
    before = Event.objects.count()

    with pytest.raises(TaktChanged) as refusal:
        set_takt(caller=a_caller("plan"), code="WC-X", takt_minutes=40, was_minutes=30)

    assert all(figure in refusal.value.true for figure in ("25", "30", "40"))
    assert (WorkCentre.objects.get().takt_minutes, Event.objects.count()) == (25, before)


def test_unknown_odd_and_unpermitted_are_refused() -> None:
    a_centre()
    for refusal, arguments in (
        (UnknownWorkCentre, {"code": "WC-Z"}),
        (WorkCentreOdd, {"takt_minutes": -1}),
    ):
        with pytest.raises(refusal):
            set_takt(caller=a_caller("plan"), **{"code": "WC-X", "takt_minutes": 20, "was_minutes": 30, **arguments})
    with pytest.raises(NotPermitted):
        set_takt(caller=a_caller("mei"), code="WC-X", takt_minutes=20, was_minutes=30)
    assert WorkCentre.objects.get().takt_minutes == 30
