"""Journey 8: where shall we build? Distributions on one page, sliders that answer, a scenario of one's own, a typhoon
month, what the promise costs; saved, and pressed as a report whose figures are those of the page."""

from __future__ import annotations

import io
import re
from typing import Any

import pymupdf
import pytest
from playwright.sync_api import expect

from logistics.models import SavedComparison, ScenarioRevision
from tests.journeys.test_recall import picture, signed_in
from tests.plant import Plant

DRAWN = "[data-chart='{name}'][data-chart-state=drawn] svg"
WORDS = re.compile(r"\S{3,}")
CHARTS = ("arrive", "faster", "stages", "spread", "tornado", "season", "sky", "promise", "batch")


def all_drawn(page: Any) -> None:
    """Every chart of the page stands, with its words for a screen reader."""
    for name in CHARTS:
        expect(page.locator(DRAWN.format(name=name))).to_have_attribute("aria-label", WORDS, timeout=60_000)


def a_scenario_of_our_own(plant: Plant, page: Any) -> ScenarioRevision:
    """Over Taiwan by sea: only what differs, with its source; it stands beside the others."""
    page.goto(f"{plant.url}/lead-times/scenarios/new/?base=TWsea")
    page.fill("[name=name]", "台湾・博多直航")
    page.fill("[name=p50-linehaul]", "2.5")
    page.fill("[name=p50-wait_departure]", "1.5")
    page.click("form button[data-kind=primary]")
    expect(page.locator("[role=alert]")).to_contain_text("出所")  # no figure without its source
    for key in ("linehaul", "wait_departure"):
        page.fill(f"[name=source-{key}]", "フォワーダー見積り 2026/11")
        page.select_option(f"[name=grade-{key}]", "B")
    picture(page, "scenario-form-ja")
    page.click("form button[data-kind=primary]")
    expect(page.locator("h1")).to_contain_text("台湾・博多直航")
    own = ScenarioRevision.objects.get()
    picture(page, "scenario-ja")
    page.click("text=比較する")
    page.wait_for_url(f"**against={own.code}**")
    expect(page.locator("section", has=page.locator("#q5"))).to_contain_text("台湾・博多直航")
    return own


def saved_and_pressed(plant: Plant, page: Any, p80: str, chance: str) -> None:
    """The report says the same figures as the page, with what they stand on; it is issued."""
    page.fill("#save-name", "来年の 12 本")
    page.locator("#save-name").press("Enter")
    page.wait_for_url("**/lead-times/saved/LC-*/")
    row = SavedComparison.objects.get()
    expect(page.locator("main")).to_contain_text(row.facts_sha256)
    picture(page, "saved-ja")
    report = page.request.get(f"{plant.url}/documents/comparison/{row.number}.pdf")
    assert report.status == 200
    with pymupdf.open(stream=io.BytesIO(report.body())) as paper:
        text = "".join(sheet.get_text() for sheet in paper)
    for figure in (p80, chance, "台湾・博多直航", "4711", "フォワーダー見積り 2026/11", row.facts_sha256[:40]):
        assert figure in text.replace("\n", ""), figure
    page.click("text=比較書を発行")
    page.wait_for_url("**/verify/**")
    expect(page.locator("main")).to_contain_text(row.number)


@pytest.mark.commits
@pytest.mark.browser
@pytest.mark.slow
def test_where_shall_we_build(live_plant: Plant, page: Any) -> None:
    signed_in(page, live_plant, "rosa")
    page.set_viewport_size({"width": 1440, "height": 900})

    # 1. One page: domestic against three ways, distributions and not averages, each plot with its table.
    page.goto(f"{live_plant.url}/lead-times/")
    all_drawn(page)
    expect(page.locator("details.figures")).to_have_count(9)
    expect(page.locator(".verdict em")).to_have_text("60 %")
    picture(page, "compare-ja")

    # 2. A slider by keyboard: the domestic inbound goes up, the answer turns, the address is the new comparison.
    slider = page.locator("[data-moves='id_inbound_p50']")
    slider.focus()
    for _press in range(8):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#id_inbound_p50")).to_have_value("9")
    page.wait_for_url("**inbound_p50=9**")
    expect(page.locator(".verdict em")).to_have_text("40 %")
    all_drawn(page)

    # 3. A scenario of one's own stands beside the others.
    own = a_scenario_of_our_own(live_plant, page)

    # 4. A typhoon month: the batch is struck together, and the page says by how much.
    page.select_option("#id_month", "8")
    page.wait_for_url("**month=8**")
    expect(page.locator("section", has=page.locator("#q4b")).locator("footer")).to_contain_text("台風なしなら")

    # 5. What the promise costs: late 540,000 against early 60,000 is P90.
    page.fill("#id_late_yen", "540000")
    page.locator("#id_late_yen").press("Tab")
    page.wait_for_url("**late_yen=540000**")
    expect(page.locator("section", has=page.locator("#q5b")).locator("header")).to_contain_text("P90.0")
    all_drawn(page)
    home = page.locator("section", has=page.locator("#q5")).locator("tbody tr").first
    p80 = home.locator("td").nth(1).inner_text().strip()
    chance = page.locator(".verdict em").inner_text()

    # 6. Saved, and the report.
    saved_and_pressed(live_plant, page, p80, chance)

    # 7. The same in English.
    page.goto(f"{live_plant.url}/lead-times/?against={own.code}&against=TWair&month=8&late_yen=540000")
    page.click("text=English")
    expect(page.locator("h1")).to_contain_text("here or overseas")
    all_drawn(page)
    picture(page, "compare-en")
