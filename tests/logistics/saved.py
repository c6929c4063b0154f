"""A comparison of the defaults alone, as a page answers it and as a report is pressed from it; no database is asked."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from types import SimpleNamespace

from documents.press import press
from logistics.documents.comparison_report import story
from logistics.documents.comparison_sheet import ComparisonSheet
from logistics.lead_times.scenarios import default_scenarios
from logistics.queries.comparison import ComparePage, CompareWish, answers
from logistics.queries.saved_comparisons import sheet_of

AS_OF = datetime(2026, 8, 1, 3, tzinfo=UTC)
START = date(2026, 8, 1)


def a_page(wish: CompareWish | None = None) -> ComparePage:
    """August, four racks, the defaults."""
    wish, scenarios = wish or CompareWish(racks=4, month=8), default_scenarios()
    return ComparePage(
        as_of=AS_OF, wish=wish, start_on=START, scenarios=scenarios, **answers(scenarios, wish, START), days={},
        lives=(), calendar=None, delivered=26, open=100, calibration=(),
    )  # fmt: skip


def a_sheet(facts: bytes) -> ComparisonSheet:
    """The sheet of the report of these facts."""
    person = SimpleNamespace(section="物流課", family_name="三谷")
    row = SimpleNamespace(
        number="LC-26-00001", name="次の 4 本", facts=facts.decode(), facts_sha256=hashlib.sha256(facts).hexdigest(),
        as_of=AS_OF, saved_by=person,
    )  # fmt: skip
    return sheet_of(row, SimpleNamespace(pk=7, recorded_at=AS_OF))  # type: ignore[arg-type]


def pressed_report(facts: bytes, language: str = "ja") -> bytes:
    """The bytes of a copy."""
    return press(story(a_sheet(facts), language))
