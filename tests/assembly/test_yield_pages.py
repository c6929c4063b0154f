"""The pages and the API of the yields: every number leads to a list as long as it, the rule stands beside it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from assembly.operations.reference_units import mark_reference_unit
from assembly.views.quality_words import KIND_WORDS
from assembly.views.yields import TABLES
from tests.assembly.pages import a_client, queries_of, text_of
from tests.assembly.yield_world import BAD, Life, a_life, a_product, jst
from tests.cast import a_caller

pytestmark = pytest.mark.django_db
DAYS = {"from": "2026-11-01", "to": "2026-11-30"}


def some_lives() -> list[Life]:
    """Passes and failures at two stations over a month's days, one broken off, one of a reference unit."""
    a_product()
    lives = [a_life(jst(2)) for _ in range(4)]
    for day, life in enumerate(lives, start=3):
        life.begin(10, jst(day, 9), station="S-1" if day % 2 else "")
        life.end(10, jst(day, 10), "11" if day == 4 else "5")
    lives[1].dispose(jst(5))
    lives[1].run(10, jst(6))
    lives[0].begin(20, jst(7, 9))
    lives[0].off(20, jst(7, 10))
    lives[2].begin(20, jst(8, 9))
    lives[2].file(BAD, jst(8, 10))
    lives[2].off(20, jst(8, 11))
    mark_reference_unit(caller=a_caller("tanaka", at=jst(9)), unit=lives[3].build.unit.tag, reason="点検")
    lives[3].run(20, jst(10))
    return lives


def numbers_of(page: str) -> list[tuple[str, int]]:
    """The links to attempts, each with the number that it stands under."""
    plain = re.findall(r'<a href="(/quality/attempts/[^"]*)">([\d,]+)</a>', page)
    readouts = re.findall(r'<dt><a href="(/quality/attempts/[^"]*)">[^<]*</a></dt><dd class="value">([\d,]+)', page)
    return [(unescape(url), int(number.replace(",", ""))) for url, number in plain + readouts]


def listed(client: Any, url: str) -> int:
    return int(client.get(url).context["page"].paginator.count)


def test_every_number_leads_to_a_list_as_long_as_it() -> None:
    some_lives()
    client = a_client("aud", "en")

    pages = [text_of(client.get(reverse("yields"), {**DAYS, "by": by})) for by in TABLES]
    found = [numbers_of(page) for page in pages]

    assert [len(numbers) for numbers in found] == [20, 15, 20, 15]  # of days 3, in all 7, and 5 a line
    each = {pair for numbers in found for pair in numbers}
    assert {url: number for url, number in each if listed(client, url) != number} == {}


def test_the_rule_and_the_interval_stand_beside_the_number() -> None:
    some_lives()

    page = text_of(a_client("aud", "en").get(reverse("yields"), DAYS))

    assert "3 of 5 first attempts passed (95 %: 23.1–88.2 %)." in page
    for words in ("ever: not the first of a day", "Broken off after a failure is a failure.", "by Wilson"):
        assert words in page
    assert 'aria-label="2026' not in page


def test_a_yield_is_not_made_better_by_asking_for_what_passed() -> None:
    some_lives()
    client = a_client("aud", "en")

    for given in ({"kind": "first_pass"}, {"cause": "-"}, {"kind": "first_fail", "cause": "NONE"}):
        page = text_of(client.get(reverse("yields"), {**DAYS, **given}))
        assert "3 of 5 first attempts passed" in page
        assert client.get(reverse("api_yields"), {**DAYS, **given}).json()["whole"]["n"] == 5
    assert client.get(reverse("pareto"), {**DAYS, "kind": "first_pass"}).context["asked"].given == {}


def test_pages_take_as_many_queries_for_one_unit_as_for_many() -> None:
    a_product()
    a_life(jst(2)).run(10, jst(3))
    client = a_client("aud")
    costs = [queries_of(client, f"{reverse(name)}?from=2026-11-01&to=2026-11-30") for name in ("yields", "attempts")]
    for number in range(5):
        a_life(jst(2)).run(10, jst(4 + number))

    again = [queries_of(client, f"{reverse(name)}?from=2026-11-01&to=2026-11-30") for name in ("yields", "attempts")]
    assert again == costs
    assert max(costs) <= 11


def test_lists_and_figures_come_as_files_and_by_the_api_alike() -> None:
    some_lives()
    client = a_client("aud", "en")

    lines = b"".join(client.get(reverse("attempts"), {**DAYS, "kind": "first", "export": "csv"}).streaming_content)
    table = b"".join(client.get(reverse("yields"), {**DAYS, "export": "csv"}).streaming_content).decode()
    answer = client.get(reverse("api_yields"), DAYS).json()
    listing = client.get(reverse("api_attempts"), {**DAYS, "kind": "first", "limit": "2"}).json()

    assert len(lines.decode().strip().splitlines()) == 1 + 5
    assert "BLADE,BLADE A 10 Measure,4,3,1,75.00" in table
    assert (answer["whole"]["n"], answer["whole"]["first_pass_yield"]) == (5, 0.6)
    assert [row["n"] for row in answer["operations"]] == [4, 1]
    assert (listing["count"], len(listing["results"])) == (5, 2)


@pytest.mark.parametrize("given", [{"from": "soon", "to": "2026-13-01"}, {"product": "x", "operation": "1" * 40},
                                   {"kind": "every", "by": "colour", "station": "'; --"}, {"page": "-3"},
                                   {"from": "2026-11-30", "to": "2026-11-01"}])  # fmt: skip
def test_an_address_that_cannot_be_read_is_still_a_page(given: dict[str, str]) -> None:
    client = a_client("aud")

    for name in ("yields", "attempts", "api_yields", "api_attempts"):
        assert client.get(reverse(name), given).status_code == 200


def test_every_kind_has_words() -> None:
    some_lives()
    client = a_client("aud", "ja")

    for kind in KIND_WORDS:
        assert str(KIND_WORDS[kind]) in text_of(client.get(reverse("attempts"), {**DAYS, "kind": kind}))
