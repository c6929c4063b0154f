"""Incoming inspection at its pages, at a receiving station's scanner, and on paper."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.documents.incoming_inspection import story
from inventory.models import InspectedPiece, Inspection, SamplingPlan, SamplingRule
from inventory.operations.sampling_plans import draft_sampling_plan
from inventory.queries.inspection_sheet import inspection_sheet
from inventory.scanning import ScanContext, read_scan
from ledger.doors import new_key
from tests.cast import PIN, a_caller, person
from tests.inventory.inspected import LENGTH, LOOK, content, judged, looked, waiting
from tests.world import a_part

pytestmark = pytest.mark.django_db

RECEIVING = ScanContext(station="RCV-1", station_kind="receiving")


def as_(name: str) -> Client:
    client = Client()
    client.cookies["genpin_language"] = "en"
    client.force_login(person(name))
    return client


def sent(client: Client, name: str, number: str, **fields: Any) -> Any:
    return client.post(reverse(name, args=[number]), {"key": new_key(), **fields}, follow=True)


def after(answer: Any) -> ScanContext:
    return ScanContext(station="RCV-1", station_kind="receiving", facts=answer.as_json()["context"])


def test_what_waits_is_listed_oldest_first_at_a_fixed_cost() -> None:
    client, first = as_("aud"), waiting((1, 2, 0))[0]
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("inspections"))
    second, units = waiting((1, 2, 0))
    third, _units = waiting((1, 1, 0), count=1)
    looked(third, _units[0].tag)
    judged(third)
    with CaptureQueriesContext(connection) as more:
        page = client.get(reverse("inspections")).content.decode()

    assert page.index(first.number) < page.index(second.number)
    assert third.number not in page
    assert len(more) == len(one) <= 10
    assert third.number in client.get(reverse("inspections"), {"state": "accepted"}).content.decode()
    named = client.get(reverse("inspections"), {"state": "all", "q": units[0].serial}).content.decode()
    assert second.number in named
    assert first.number not in named


def test_pieces_are_scanned_at_the_bench_and_the_verdict_is_signed_by_a_badge() -> None:
    inspection, units = waiting((1, 3, 1), count=4, points=[LOOK, LENGTH])
    client, number = as_("mei"), inspection.number

    hand = sent(client, "inspection_piece", number, scan=units[0].serial)
    assert units[0].serial in hand.content.decode()
    bare = sent(client, "inspection_piece", number, scan="CMD-OK", code=units[0].serial)
    assert bare.status_code == 422  # its length was not measured
    sent(client, "inspection_piece", number, code=units[0].serial, ok="1", v_2="10.0")
    wrong = sent(client, "inspection_piece", number, code=units[1].serial, ok="1", v_2="ten")
    assert wrong.status_code == 422
    sent(client, "inspection_piece", number, scan="CMD-NG", code=units[1].serial)
    sent(client, "inspection_piece", number, scan="CMD-UNDO")
    sent(client, "inspection_piece", number, code=units[1].serial, ok="0", failed="1", defect="Bent")
    done = sent(client, "inspection_piece", number, code=units[2].serial, ok="1", v_2="9.5")
    assert "Quality signs the verdict now." in done.content.decode()

    pieces = InspectedPiece.objects.filter(withdrawn_at=None).order_by("number")
    assert [(piece.ok, piece.defect) for piece in pieces] == [(True, ""), (False, "Bent"), (True, "")]
    stranger = sent(client, "inspection_piece", number, scan="NOBODY")
    assert "NOBODY is not registered." in stranger.content.decode()
    own = sent(client, "inspection_judge", number, verdict="accepted", pin=PIN)
    assert own.status_code == 422
    false = sent(client, "inspection_judge", number, verdict="accepted", person="tanaka", pin="0000")
    assert false.status_code == 422
    assert Inspection.objects.get().verdict is None


def test_quality_signs_sorts_and_a_planner_accepts_specially() -> None:
    inspection, units = waiting((1, 2, 0), count=3)
    looked(inspection, units[0].serial, ok=False)
    page = sent(as_("tanaka"), "inspection_judge", inspection.number, verdict="rejected", pin=PIN, remarks="Dents")
    assert "Sort it: inspect every piece" in page.content.decode()
    refused = sent(as_("tanaka"), "inspection_concede", inspection.number, remarks="Agreed", pin=PIN)
    assert "Who rejected it may not accept it specially." in refused.content.decode()
    assert "inspection_sort" not in as_("mei").get(reverse("inspection", args=[inspection.number])).content.decode()

    sent(as_("plan"), "inspection_concede", inspection.number, remarks="Agreed with the customer", pin=PIN)

    assert Inspection.objects.get().conceded_by == person("plan")
    assert (
        "Agreed with the customer" in as_("aud").get(reverse("inspection", args=[inspection.number])).content.decode()
    )


def test_a_scanner_at_receiving_takes_up_inspects_and_undoes() -> None:
    inspection, units = waiting((1, 2, 0), count=2)

    taken = read_scan(a_caller("mei"), inspection.number, RECEIVING)
    early = read_scan(a_caller("mei"), "CMD-OK", after(taken))
    hand = read_scan(a_caller("mei"), units[0].serial, after(early))
    bad = read_scan(a_caller("mei"), "CMD-NG", after(hand))
    undone = read_scan(a_caller("mei"), "CMD-UNDO", after(bad))
    again = read_scan(a_caller("mei"), units[0].tag, after(undone))
    good = read_scan(a_caller("mei"), "CMD-OK", after(again))

    assert [one.state for one in (taken, early, hand, bad, undone, good)] == ["run", "late", "run", "hold", "ok", "ok"]
    assert list(InspectedPiece.objects.filter(withdrawn_at=None).values_list("unit__tag", "ok")) == [
        (units[0].tag, True)
    ]


def test_a_plan_is_drafted_changed_and_released_at_its_pages_and_named_by_a_part() -> None:
    client, part = as_("tanaka"), a_part()
    form = {
        "code": "Q1", "name_ja": "計画", "name_en": "Plan", "kind": "sample", "lines": "1 2 0\n51, 8, 1",
        "points": "外観 | Looks sound\n長さ | Length | 9.5 | | mm", "version": "0", "key": new_key(),
    }  # fmt: skip
    for field, wrong in (("lines", "1 2"), ("points", "外観"), ("points", "長さ | Length | low | | mm")):
        answer = client.post(reverse("sampling_plan_new"), {**form, field: wrong, "key": new_key()})
        assert answer.status_code == 422
    client.post(reverse("sampling_plan_new"), form)
    plan = SamplingPlan.objects.get()
    draft_sampling_plan(caller=a_caller("tanaka"), code="Q1", content=content((1, 3, 0)), version=1)
    stale = client.post(f"{reverse('sampling_plan_new')}?from={plan.pk}", {**form, "version": "1", "key": new_key()})
    assert stale.status_code == 422
    assert "Save mine over theirs" in stale.content.decode()
    client.post(reverse("sampling_release", args=["Q1"]), {"version": "2", "key": new_key()})
    rule = {"part": part.number, "plan": "Q1", "supplier": "", "key": new_key()}
    assert client.post(reverse("sampling_rules"), rule).status_code == 302

    assert SamplingRule.objects.get().plan_code == "Q1"
    assert client.post(reverse("sampling_rules"), {**rule, "part": "NO", "key": new_key()}).status_code == 422
    assert as_("mei").post(reverse("sampling_rules"), {**rule, "plan": "", "key": new_key()}).status_code == 403


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_report_tells_pieces_verdict_and_signer(language: str) -> None:
    inspection, units = waiting((1, 2, 1), count=3, points=[LOOK, LENGTH])
    looked(inspection, units[0].serial, values={2: "10"})
    looked(inspection, units[1].serial, ok=False, failed=[1], defect="Bent")
    before = inspection_sheet(inspection.number)
    judged(inspection, remarks="One bent")

    sheet = inspection_sheet(inspection.number)

    assert (before.verdict, sheet.verdict, sheet.judged_by.en) == ("", "accepted", "Makoto Tanaka")
    assert [(row.ok, row.values, row.defect) for row in sheet.pieces] == [
        (True, ((2, "10 mm"),), ""), (False, (), "Bent"),
    ]  # fmt: skip
    assert [stamp.meaning for stamp in sheet.stamps] == ["prepared", "approved"]
    assert sheet.record > before.record
    told = story(sheet, language, None)
    assert told.title == {"ja": "受入検査成績書", "en": "Incoming inspection report"}[language]


def test_a_verdict_that_is_neither_is_refused() -> None:
    inspection, units = waiting((1, 1, 0), count=1)
    looked(inspection, units[0].tag)
    for word in ("maybe", ""):
        page = sent(as_("tanaka"), "inspection_judge", inspection.number, verdict=word, person="", pin=PIN, remarks="")
        assert page.status_code == 422
    inspection.refresh_from_db()
    assert inspection.verdict is None
