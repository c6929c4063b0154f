"""What fails most: bars, their running share and their lists, against counting in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.urls import reverse

from assembly.models import Slot
from assembly.operations.causes import define_cause
from assembly.operations.installs import install_unit
from assembly.quality_forms import asked_of
from assembly.queries.attempts import AttemptList
from assembly.queries.pareto import WAYS, pareto_of
from inventory.models import Unit
from inventory.operations.receiving import receive_notice
from tests.assembly.pages import a_client, queries_of, text_of
from tests.assembly.yield_world import BAD, Life, a_life, a_product, jst
from tests.cast import a_caller
from tests.world import a_notice, fresh

pytestmark = pytest.mark.django_db
DAYS = {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture(autouse=True)
def _product() -> None:
    a_product()
    for code in ("SCRATCH", "SKEW"):
        define_cause(caller=a_caller("plan"), code=code, category="man", name_ja=code, name_en=code)


def a_plate(lot: str) -> Unit:
    notice = a_notice([{"part number": "PLATE", "serial": fresh("PL"), "lot": lot}], at=jst(1))
    answer = receive_notice(caller=a_caller("mei", at=jst(1)), notice_id=notice.pk, location_code="STORE")
    return Unit.objects.get(pk=answer["units"][0])


def measured(x: str, station: str, cause: str = "", lot: str = "", day: int = 5) -> Life:
    """A unit measured at a station, with a plate of a lot in it; what failed has its cause."""
    life = a_life(jst(2))
    life.begin(10, jst(day, 9), station)
    if lot:
        slot = Slot.objects.get(build=life.build)
        install_unit(caller=a_caller("mei", at=jst(day, 10)), slot_id=slot.pk, serial=a_plate(lot).serial)
    if life.end(10, jst(day, 11), x).result == "fail":
        life.dispose(jst(day, 12), cause=cause)
    return life


def some_failures() -> None:
    measured("11", "S-1", "SCRATCH", "L1")
    measured("12", "S-1", "SCRATCH", "L1")
    measured("13", "S-2", "SKEW", "L2")
    measured("14", "", "", "")
    for lot in ("L1", "L2", "L2", "L2"):
        measured("5", "S-2", lot=lot)
    tested = measured("5", "S-1")
    tested.begin(20, jst(6, 9), "S-3")
    tested.file(BAD, jst(6, 10))
    tested.off(20, jst(6, 11))
    early = a_life(jst(2))
    early.run(10, jst(3), "11")
    early.dispose(jst(3, 13), cause="SKEW")
    early.run(10, jst(7), "12")


def bars(way: str, **days: str) -> dict[str, tuple[int, int | None]]:
    found = pareto_of(asked_of({**DAYS, **days}, date(2026, 11, 30)).wish, way)
    return {bar.name: (bar.failed, bar.of) for bar in found.bars}


def test_bars_count_failed_attempts_first_or_later_by_what_stands_behind_them() -> None:
    some_failures()

    assert bars("cause") == {"-": (3, None), "SCRATCH SCRATCH": (2, None), "SKEW SKEW": (2, None)}
    assert bars("station") == {"": (3, 3), "S-1": (2, 3), "S-2": (1, 5), "S-3": (1, 1)}
    assert bars("tool") == {"hpl": (1, 1)}
    assert bars("lot") == {"PLATE L1": (2, 3), "PLATE L2": (1, 4)}
    assert [count for count, _of in bars("operation").values()] == [6, 1]
    assert bars("cause", to="2026-11-04") == {"SKEW SKEW": (1, None)}


def test_the_running_share_ends_at_all_and_what_names_nothing_is_said() -> None:
    some_failures()
    wish = asked_of(DAYS, date(2026, 11, 30)).wish

    for way, unnamed in (("cause", 0), ("station", 0), ("tool", 6), ("lot", 4)):
        found = pareto_of(wish, way)
        counts = [bar.failed for bar in found.bars]
        assert counts == sorted(counts, reverse=True)
        shares = [sum(counts[: place + 1]) / sum(counts) for place in range(len(counts))]
        assert [bar.cumulative for bar in found.bars] == pytest.approx(shares)
        assert (found.failed, found.unnamed) == (7, unnamed), way


def test_every_bar_leads_to_a_list_as_long_as_it() -> None:
    some_failures()
    client = a_client("aud", "en")

    for way in WAYS:
        rows = client.get(reverse("pareto"), {**DAYS, "by": way}).context["rows"]
        for row in rows:
            assert client.get(row["url"]).context["page"].paginator.count == row["failed"], (way, row["name"])
            if row["of"] is not None:
                assert client.get(row["of_url"]).context["page"].paginator.count == row["of"], (way, row["name"])
    kinds = Counter(one.outcome for one in AttemptList(asked_of(DAYS, date(2026, 11, 30)).wish))
    assert kinds["fail"] == 7


def test_page_file_and_api_say_the_same_at_a_fixed_cost() -> None:
    client, costs = a_client("aud", "en"), []
    for _ in range(2):
        some_failures()
        costs.append([queries_of(client, f"{reverse('pareto')}?from=2026-11-01&by={way}") for way in WAYS])

    page = text_of(client.get(reverse("pareto"), {**DAYS, "by": "lot"}))
    table = b"".join(client.get(reverse("pareto"), {**DAYS, "by": "lot", "export": "csv"}).streaming_content).decode()
    answer = client.get(reverse("api_pareto"), {**DAYS, "by": "lot"}).json()
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 12
    assert "14 failed attempts" in page
    assert [(bar["name"], bar["failed"], bar["of"]) for bar in answer["bars"]] == [
        ("PLATE L1", 4, 6),
        ("PLATE L2", 2, 8),
    ]
    assert "PLATE L1,4,66.67,6,66.67" in table
    assert client.get(reverse("api_pareto"), {"by": "x"}).status_code == 200
