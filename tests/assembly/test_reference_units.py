"""mark_reference_unit and end_reference_mark: who may, what they refuse, what they tell, what cannot be undone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assembly.models import ReferenceMark
from assembly.operations.nonconformities import ReasonWanted
from assembly.operations.reference_units import MarkedAlready, NotMarked, end_reference_mark, mark_reference_unit
from inventory.operations.finding import UnitEnded, UnknownSerial
from ledger.models import Event
from ledger.refusals import NotPermitted, Refusal
from tests.assembly.pages import a_client, queries_of, text_of
from tests.assembly.yield_world import a_life, a_product, jst
from tests.cast import a_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def tag() -> str:
    a_product()
    return a_life(jst(4)).build.unit.tag


def test_a_unit_is_marked_and_released_with_reasons_and_events(tag: str) -> None:
    caller = a_caller("tanaka")
    mark = mark_reference_unit(caller=caller, unit=tag, reason=" 日常点検 ")
    again = mark_reference_unit(caller=caller, unit=tag, reason=" 日常点検 ")
    ended = end_reference_mark(caller=a_caller("kenji"), unit=tag, reason="摩耗")

    assert again.pk == mark.pk  # the same key, the same mark
    assert (ended.pk, ended.reason, ended.ended_why, ended.ended_by.username) == (mark.pk, "日常点検", "摩耗", "kenji")
    kinds = Event.objects.filter(pk__in=[ended.event_id, ended.ended_event_id]).order_by("pk").values_list("kind")
    assert [kind for (kind,) in kinds] == ["assembly.reference-unit-marked", "assembly.reference-unit-released"]
    assert mark_reference_unit(caller=a_caller("tanaka"), unit=tag, reason="再び").pk != mark.pk


def test_what_is_refused_changes_nothing(tag: str) -> None:
    other = a_life(jst(4))
    other.report(jst(5))
    other.dispose(jst(5), "scrap")
    mark_reference_unit(caller=a_caller("tanaka"), unit=tag, reason="点検")
    before = ReferenceMark.objects.count(), Event.objects.count()

    def refused(kind: type[Refusal], act: object, unit: str, reason: str, who: str = "tanaka") -> None:
        with pytest.raises(kind):
            act(caller=a_caller(who), unit=unit, reason=reason)  # type: ignore[operator]

    refused(MarkedAlready, mark_reference_unit, tag, "点検")
    refused(UnknownSerial, mark_reference_unit, "NO-SUCH", "点検")
    refused(UnitEnded, mark_reference_unit, other.build.unit.tag, "点検")
    refused(ReasonWanted, mark_reference_unit, tag, " ")
    refused(ReasonWanted, end_reference_mark, tag, " ")
    refused(NotMarked, end_reference_mark, other.build.unit.tag, "点検")
    refused(NotPermitted, mark_reference_unit, tag, "点検", "mei")
    refused(NotPermitted, end_reference_mark, tag, "点検", "plan")
    assert (ReferenceMark.objects.count(), Event.objects.count()) == before


def test_the_page_lists_them_at_a_fixed_cost_and_offers_forms_to_those_who_keep_them(tag: str) -> None:
    page = reverse("reference_units")
    mark_reference_unit(caller=a_caller("tanaka"), unit=tag, reason="点検")
    one = queries_of(a_client("tanaka"), page)
    for _ in range(3):
        mark_reference_unit(caller=a_caller("tanaka"), unit=a_life(jst(4)).build.unit.tag, reason="他の点検")

    assert queries_of(a_client("tanaka"), page) == one <= 8
    kept, read = text_of(a_client("tanaka").get(page)), text_of(a_client("aud").get(page))
    assert ('name="act" value="end"' in kept, 'name="act" value="end"' in read) == (True, False)
    assert text_of(a_client("aud").get(page, {"q": "他の"})).count("他の点検") == 3
