"""Which values stand behind a capability, and its pages: first ones, as corrected, judged by one set of limits."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from assembly.models import OperationField
from assembly.operations.limit_sets import LimitSpec, draft_limits, put_limit, release_limits
from assembly.operations.reference_units import mark_reference_unit
from assembly.operations.test_runs import import_test_log
from assembly.quality_forms import asked_of
from assembly.queries.process import process_of
from assembly.queries.values import Point, ValueSet, measured_values, values_of_tester
from documents import files
from inventory.models import Part
from tests.assembly.pages import a_client, queries_of, text_of
from tests.assembly.test_logs.test_other_tools import hpl
from tests.assembly.yield_world import CUT, a_life, a_product, jst
from tests.cast import a_caller

pytestmark = pytest.mark.django_db
DAYS = {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture(autouse=True)
def _product() -> None:
    a_product()


def field(revision: str = "A") -> OperationField:
    return OperationField.objects.get(code="x", operation__number=10, operation__routing__revision=revision)


def measured(**others: str) -> ValueSet:
    return measured_values(asked_of({**DAYS, **others}, date(2026, 11, 30)).wish, field())


def of_gflops(chosen: str = "") -> ValueSet:
    part = Part.objects.get(number="BLADE")
    wish = asked_of(DAYS, date(2026, 11, 30)).wish
    return values_of_tester(wish, Point(part.pk, "hpl", "gflops"), chosen)


def test_the_first_value_of_each_unit_counts_as_corrected_in_order_of_time() -> None:
    late, retested, mended, reference = (a_life(jst(2)) for _ in range(4))
    retested.run(10, jst(4), "11")
    retested.dispose(jst(4, 13))
    retested.run(10, jst(5), "5.5")
    mended.amend(mended.run(10, jst(6), "1.1"), "2.2", jst(8))
    mark_reference_unit(caller=a_caller("tanaka", at=jst(3)), unit=reference.build.unit.tag, reason="点検")
    reference.run(10, jst(6, 13), "7")
    late.run(10, jst(7), "3")
    broken = a_life(jst(2))
    broken.begin(10, jst(8))
    broken.off(10, jst(9))

    found = measured()

    told = [(one.value, one.why) for one in found.values]
    assert told == [(11.0, ""), (5.5, "later"), (2.2, ""), (7.0, "reference"), (3.0, "")]
    assert found.left_out() == {"later": 1, "reference": 1, "no_number": 0, "other_limits": 0}
    assert measured(to="2026-11-04").used[0].value == 11.0


def limits(low: int, day: int) -> None:
    """The next revision of the plant's limits for HPL's speed."""
    drafted = draft_limits(caller=a_caller("kenji", at=jst(day)), part_number="BLADE", tool="hpl")
    row = drafted.limits.filter(name="gflops").first()
    put_limit(
        caller=a_caller("kenji", at=jst(day)), limit_set_id=drafted.pk, version=row.version if row else 0,
        limit=LimitSpec("gflops", low=Decimal(low)),
    )  # fmt: skip
    drafted.refresh_from_db()
    release_limits(
        caller=a_caller("kenji", at=jst(day)), limit_set_id=drafted.pk, version=drafted.version, reason="測定により"
    )


def speed(life: Any, gflops: str, day: int, hour: int = 12) -> None:
    text = hpl().replace("8.1261e+03", gflops) + f"# {life.build.pk} {day} {hour}\n"
    import_test_log(
        caller=a_caller("kenji", at=jst(day, hour)), file_sha256=files.put(text.encode()), file_name="hpl.txt",
        unit=life.build.unit.tag,
    )  # fmt: skip


def test_values_of_other_limits_are_counted_beside_and_never_mixed_in() -> None:
    limits(8000, 2)
    first, second, third = (a_life(jst(2)) for _ in range(3))
    first.file(CUT, jst(3, 8))  # could not run: no value, and not the first
    speed(first, "8.1000e+03", 3)
    speed(first, "8.9000e+03", 3, 15)
    speed(second, "8.2000e+03", 4)
    limits(8100, 5)
    speed(third, "8.3000e+03", 6)

    now, before = of_gflops(), of_gflops("1|8000|")

    assert ([one.value for one in now.used], now.chosen, now.others) == ([8300.0], "2|8100|", {"1|8000|": 2})
    assert ([one.value for one in before.used], before.others) == ([8100.0, 8200.0], {"2|8100|": 1})
    assert now.left_out() == {"later": 1, "reference": 0, "no_number": 0, "other_limits": 2}
    assert (process_of(now).low, process_of(before).low, process_of(now).high) == (8100.0, 8000.0, None)


def numbers_of(page: str) -> list[tuple[str, int]]:
    links = re.findall(r'<a href="(/quality/values/[^"]*)">([\d,]+)</a>', page)
    readout = re.findall(r'<dt><a href="(/quality/values/[^"]*)">[^<]*</a></dt><dd class="value">([\d,]+)', page)
    return [(unescape(url), int(number.replace(",", ""))) for url, number in links + readout]


def test_every_number_leads_to_its_values_and_too_few_give_no_index() -> None:
    for number in range(6):
        life = a_life(jst(2))
        life.run(10, jst(3 + number), "11" if number == 2 else f"5.{number}")
        if number == 2:
            life.dispose(jst(5, 13))
            life.run(10, jst(5, 15), "5")
    client, what = a_client("aud", "en"), {"what": f"field:{field().pk}"}

    page = text_of(client.get(reverse("capability"), {**DAYS, **what}))
    found = numbers_of(page)

    assert "6 values are too few for an index: it takes 30." in page
    assert "<dt>Cpk</dt>" not in page
    assert sorted(number for _url, number in found) == [0, 0, 0, 1, 6]
    for url, number in found:
        assert client.get(url).context["page"].paginator.count == number, url
    for word in ("by Bissell", "Anderson–Darling", "Western Electric"):
        assert word in page
    answer = client.get(reverse("api_capability"), {**DAYS, **what}).json()
    assert (answer["n"], answer["why"], answer["cpk"], answer["left_out"]["later"]) == (6, "few", None, 1)
    table = b"".join(client.get(reverse("values"), {**DAYS, **what, "export": "csv"}).streaming_content).decode()
    assert len(table.strip().splitlines()) == 1 + 7


def test_the_pages_take_as_many_queries_for_many_values_and_any_address_is_a_page() -> None:
    client, costs = a_client("aud", "en"), []
    for _ in range(2):
        for number in range(3):
            a_life(jst(2)).run(10, jst(3 + number), f"5.{number}")
        costs.append([queries_of(client, f"{reverse(name)}?from=2026-11-01") for name in ("capability", "values")])

    assert costs[0] == costs[1]
    assert max(costs[0]) <= 10
    for strange in ("field:0", "field:x", "point:hpl", "point:hpl:no such", "'", "field:" + "9" * 30):
        for name in ("capability", "values", "api_capability"):
            answer = client.get(reverse(name), {**DAYS, "what": strange, "limits": "a b", "base_from": "x"})
            assert answer.status_code == 200, (name, strange)
    assert json.loads(client.get(reverse("api_capability"), DAYS).content)["why"] == "none"
