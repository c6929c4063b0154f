"""A comparison is kept with all it stood on; its report is pressed from that, and says the same as the page."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from documents.kinds import kind_of
from documents.operations.issuing import issue_document
from documents.seal import facts_hash
from ledger.models import Event, Receipt
from logistics.lead_times.results import probability_text
from logistics.models import SavedComparison
from logistics.operations import comparisons as room
from logistics.operations.comparisons import ComparisonAsked, save_comparison
from logistics.queries.comparison_facts import facts_bytes
from logistics.queries.saved_comparisons import comparison_sheet
from tests.cast import a_caller, person
from tests.logistics.saved import a_page, a_sheet, pressed_report

pytestmark = pytest.mark.django_db
ASKED = ComparisonAsked(["TWair"], racks=2, month=8)


def saved(asked: ComparisonAsked = ASKED, name: str = "次の 2 本") -> SavedComparison:
    row: SavedComparison = save_comparison(caller=a_caller("rosa"), name=name, asked=asked)
    return row


def test_what_is_kept_is_what_was_answered_and_is_sealed():
    row = saved()
    told = json.loads(row.facts)

    assert row.number.startswith("LC-26-")
    assert hashlib.sha256(row.facts.encode()).hexdigest() == row.facts_sha256
    assert told["drawn"] == ["DOM", "TWair"]
    assert told["seed"] == 4711
    assert {grade for one in told["scenarios"][0]["inputs"] for grade in one["grade"]} <= set("ABC")
    event = Event.objects.get(pk=row.event_id)
    faster = told["scenarios"][1]["pair"]["p_first_faster"]
    assert event.payload["facts"] == row.facts_sha256
    assert event.payload["figures"]["TWair"] == f"{faster:.4f}"


@pytest.mark.parametrize(
    ("asked", "name", "refusal"),
    [
        (ASKED, " ", room.ComparisonNameOdd),
        (ASKED, "長" * 61, room.ComparisonNameOdd),
        (replace(ASKED, against=[]), "x", room.ComparisonOdd),
        (replace(ASKED, against=["TWair"] * 2), "x", room.ComparisonOdd),
        (replace(ASKED, racks=0), "x", room.ComparisonOdd),
        (replace(ASKED, month=13), "x", room.ComparisonOdd),
        (replace(ASKED, late_yen=0), "x", room.ComparisonOdd),
        (replace(ASKED, inbound_p50=Decimal(0)), "x", room.ComparisonOdd),
        (replace(ASKED, against=["DOM"]), "x", room.ScenarioUnknown),
        (replace(ASKED, against=["own7.1"]), "x", room.ScenarioUnknown),
    ],
)
def test_what_cannot_be_compared_is_refused_and_nothing_is_kept(asked: Any, name: str, refusal: type[Exception]):
    rosa = a_caller("rosa")
    before = (Event.objects.count(), Receipt.objects.count())

    with pytest.raises(refusal):
        save_comparison(caller=rosa, name=name, asked=asked)

    assert (Event.objects.count(), Receipt.objects.count(), SavedComparison.objects.count()) == (*before, 0)


def test_report_is_issued_once_for_the_same_facts_and_stays_true():
    row = saved()
    first = issue_document(caller=a_caller("rosa"), kind="comparison", key=row.number)
    again = issue_document(caller=a_caller("rosa"), kind="comparison", key=row.number)

    assert again.pk == first.pk
    assert facts_hash(comparison_sheet(row.pk)) == first.facts_hash
    page = Client().get(reverse("verify", args=[first.verify_code])).content.decode()
    assert "比較書" in page
    assert first.bytes_hash in page


@pytest.mark.parametrize("language", ["ja", "en"])
def test_report_says_the_figures_of_the_page(language: str):
    page = a_page()
    facts = facts_bytes(page)
    pdf = pypdf.PdfReader(io.BytesIO(pressed_report(facts, language)))
    text = "".join(sheet.extract_text() for sheet in pdf.pages)
    home, pair = page.comparison.result("DOM"), page.comparison.pair("DOM", "TWair")

    for figure in (f"{home.p50:.1f}", f"{home.p80:.1f}", probability_text(pair.p_first_faster)):
        assert figure in text
    assert f"{page.promise('DOM').days:.1f}" in text
    assert f"{page.wish.seed}" in text
    assert hashlib.sha256(facts).hexdigest() in text
    assert ("仮定" if language == "ja" else "assumed") in text
    assert len(pdf.pages) <= 7
    assert b"/Subtype /Image" not in pressed_report(facts, language)  # vectors, no pictures


def test_sheet_holds_every_input_of_the_drawn_with_its_grade():
    sheet = a_sheet(facts_bytes(a_page()))

    assert [one.title.en for one in sheet.scenarios[: sheet.drawn]] == [
        "Domestic", "Taiwan by air", "Texas by air", "Mexico by sea",
    ]  # fmt: skip
    assert all(row.source.ja and row.grade in "ABC" for one in sheet.scenarios[: sheet.drawn] for row in one.inputs)
    assert len(sheet.seasons[0]) == 13
    assert kind_of("comparison").prefix == "LTC"


def test_a_person_saves_what_the_page_shows_and_may_ask_again():
    client = Client()
    client.force_login(person("rosa"))
    query = {"against": "TXair", "racks": "2", "need_by_days": "33", "late_yen": "900000"}
    save = dict(client.get(reverse("lead_times"), query).context["save"])

    refused = client.post(reverse("compare_save"), {**save, "name": "", "key": "a"})
    done = client.post(reverse("compare_save"), {**save, "name": "秋の 2 本", "key": "b"}, follow=True)
    row = SavedComparison.objects.get()

    assert refused.status_code == 422
    assert "秋の 2 本" in done.content.decode()
    assert "need_by_days=33" in done.context["again"]
    assert json.loads(row.facts)["late_yen"] == 900_000
    assert client.get(reverse("saved_comparisons"), {"q": row.number}).content.decode().count(row.number) >= 1
    assert client.get(f"/api/lead-times/comparisons/{row.pk}/").json()["facts"] == row.facts
