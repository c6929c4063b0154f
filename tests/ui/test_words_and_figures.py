"""The page tags: a state has three signs, unknown is never 0, a probability never pretends to a percent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.template import Context
from django.utils import translation

from ledger.templatetags import genpin_ui as ui
from tests.ui.preview import a_request

NOON = datetime(2026, 11, 20, 7, 5, tzinfo=UTC)  # 16:05 in the plant


def test_a_state_is_colour_and_shape_and_word() -> None:
    with translation.override("ja"):
        drawn = ui.state("hold")

    assert 'data-state="hold"' in drawn
    assert "icons.svg#hold" in drawn
    assert "保留" in drawn
    assert "chip" in drawn


def test_a_state_takes_a_word_of_its_own_escaped() -> None:
    assert "&lt;b&gt;" in ui.state("hold", "<b>")


def test_done_is_drawn_in_the_colour_of_ok() -> None:
    assert 'data-state="ok"' in ui.state("done")
    assert "icons.svg#done" in ui.state("done")


def test_a_state_never_heard_of_reads_as_unknown() -> None:
    assert "icons.svg#unknown" in ui.state("green")


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.0, "&lt; 5 %"), (0.02, "&lt; 5 %"), (0.04, "5 %"), (0.61, "60 %"), (0.97, "95 %"), (0.99, "&gt; 95 %")],
)
def test_a_probability_comes_in_steps_of_five(probability: float, shown: str) -> None:
    assert ui.probability5(probability) == shown


@pytest.mark.parametrize("filter_name", ["probability5", "number", "yen", "signed", "plant_time", "plant_date", "code"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_not_known_is_shown_as_unknown(filter_name: str, nothing: object) -> None:
    assert "unknown-value" in getattr(ui, filter_name)(nothing)


def test_times_are_those_of_the_plant() -> None:
    assert ">2026/11/20 16:05<" in ui.plant_time(NOON)
    assert 'datetime="2026-11-20T16:05:00+09:00"' in ui.plant_time(NOON)


def test_a_promised_day_carries_its_weekday() -> None:
    with translation.override("ja"):
        assert "2026/11/20(金)" in ui.plant_date(date(2026, 11, 20))
    with translation.override("en"):
        assert "Fri 2026/11/20" in ui.plant_date(NOON)


def test_an_old_value_says_how_old_and_when() -> None:
    with translation.override("ja"):
        shown = ui.age(NOON - timedelta(minutes=24), NOON, 20)

    assert "24 分前" in shown
    assert 'data-state="stale"' in shown
    assert "2026/11/20 15:41:00" in shown


def test_figures_are_grouped_and_signed() -> None:
    assert ui.number(1362) == "1,362"
    assert ui.number(Decimal("41.20")) == "41.20"
    assert ui.signed(-4.2) == "−4.2"
    assert ui.signed(0.04) == "±0.0"
    assert ui.yen(1900000) == "¥1,900,000"


def test_limits_say_by_how_much_a_value_is_outside() -> None:
    with translation.override("ja"):
        assert "規格外 +3.2" in ui.limit_state(Decimal("18.0"), Decimal("28.0"), Decimal("31.2"))
        assert "規格内" in ui.limit_state(None, Decimal("0.50"), Decimal("0.50"))
        assert "未測定" in ui.limit_state(1, 2, None)
        assert "規格値なし" in ui.limit_state(None, None, 5)


def test_a_mark_outside_the_limits_stays_on_the_scale() -> None:
    limits = ui.limits_bar(18.0, 28.0, 99.0)["limits"]

    assert 0 <= limits["mark_x"] <= 87.6
    assert limits["mark_x"] > limits["from_x"] + limits["band_width"]


def test_sorting_keeps_the_filters_and_turns_the_order() -> None:
    request = a_request(query="stage=test&page=3&sort=need_by")
    head = ui.sort_link(Context({"request": request}), "need_by", "Needed by")

    assert 'aria-sort="ascending"' in head
    link = QueryDict(head.split('href="?')[1].split('"')[0].replace("&amp;", "&"))
    assert link.dict() == {"stage": "test", "sort": "-need_by"}


def test_a_changed_query_starts_at_the_first_page() -> None:
    context = Context({"request": a_request(query="stage=test&page=3")})

    assert ui.query_with(context, stage=None) == "?"
    assert ui.query_with(context, page=4) == "?stage=test&page=4"
