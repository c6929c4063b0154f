"""Sampling plans: drafted, released by quality, fixed then; parts name them; the shipped ones are the standard's."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import ceil, comb

import pytest
from django.db import IntegrityError, connection, transaction

from genpin.master.sampling import CRITICAL_LINES, PLANS, load, normal_lines
from inventory.models import SamplingPlan, SamplingRule
from inventory.operations.inspections import sized
from inventory.operations.sampling_plans import (
    PlanOdd,
    PlanPoint,
    UnknownPlan,
    UnknownRuleSupplier,
    assign_sampling_plan,
    draft_sampling_plan,
    release_sampling_plan,
)
from inventory.operations.units import UnknownPart
from ledger.models import Event
from ledger.refusals import NotPermitted
from ledger.versions import StaleEdit
from tests.cast import a_caller
from tests.inventory.inspected import LENGTH, LOOK, a_plan, content
from tests.inventory.unchanged import refused
from tests.world import a_part, a_supplier

pytestmark = pytest.mark.django_db


def drafted(code: str = "P1", version: int = 0, **others: object) -> SamplingPlan:
    rows = others.pop("lines", [(1, 2, 0), (51, 8, 1)])
    told = content(*rows, **others)  # type: ignore[misc, arg-type]
    return draft_sampling_plan(caller=a_caller("tanaka"), code=code, content=told, version=version)


def test_a_draft_is_changed_and_released_and_then_fixed() -> None:
    first = drafted(points=[LOOK, LENGTH])
    changed = drafted(version=1, lines=[(1, 3, 0)])
    assert (changed.pk, changed.version, changed.lines.get().sample) == (first.pk, 2, 3)
    told = Event.objects.filter(kind="inventory.sampling-plan-changed").get().payload["changes"]
    assert told["lines"] == ["1–50: 2/0; 51–: 8/1", "1–: 3/0"]

    with refused(StaleEdit):
        release_sampling_plan(caller=a_caller("tanaka"), code="P1", version=1)
    released = release_sampling_plan(caller=a_caller("tanaka"), code="P1", version=2)
    assert released.released_by is not None

    for sql in (
        "UPDATE inventory_samplingplan SET kind = 'none'",
        "UPDATE inventory_samplingline SET accept = 1",
        "DELETE FROM inventory_inspectionpoint",
    ):
        with pytest.raises(IntegrityError, match="released sampling plan"), transaction.atomic():
            connection.cursor().execute(sql)
    again = drafted()
    assert (again.revision, again.released_at) == (2, None)
    for table in ("samplingline", "inspectionpoint"):
        for there, here in ((released.pk, again.pk), (again.pk, released.pk)):  # neither out of it nor into it
            with pytest.raises(IntegrityError, match="released sampling plan"), transaction.atomic():
                connection.cursor().execute(
                    f"UPDATE inventory_{table} SET plan_id = %s WHERE plan_id = %s", [here, there]
                )


def test_a_draft_that_is_saved_as_it_was_stays_and_one_that_reads_otherwise_in_japanese_does_not() -> None:
    first = drafted(points=[LOOK, LENGTH])
    rows = set(first.points.values_list("pk", flat=True)) | set(first.lines.values_list("pk", flat=True))
    same = drafted(version=1, points=[LOOK, LENGTH])
    assert same.version == 1
    assert set(same.points.values_list("pk", flat=True)) | set(same.lines.values_list("pk", flat=True)) == rows
    assert not Event.objects.filter(kind="inventory.sampling-plan-changed").exists()

    changed = drafted(version=1, points=[replace(LOOK, text_ja="外観と色"), LENGTH])

    assert (changed.version, changed.points.get(number=1).text_ja) == (2, "外観と色")
    told = Event.objects.get(kind="inventory.sampling-plan-changed").payload["changes"]
    assert list(told) == ["points"]
    assert "外観と色" in told["points"][1]


def test_what_does_not_say_how_to_inspect_is_refused() -> None:
    for odd in (
        {"lines": [(2, 2, 0)]},  # lots of one piece are forgotten
        {"lines": [(1, 2, 0), (1, 3, 0)]},
        {"lines": [(1, 2, 2)]},  # nothing would be rejected
        {"lines": [], "kind": "sample"},
        {"lines": [(1, 2, 0)], "kind": "full"},
        {"points": []},
        {"points": [PlanPoint(text_ja="長さ", text_en="Length", kind="measured")]},
        {"points": [PlanPoint(text_ja="長", text_en="L", kind="measured", low=Decimal(2), high=Decimal(1))]},
        {"points": [PlanPoint(text_ja="", text_en="Length")]},
        {"name_en": " "},
    ):
        with refused(PlanOdd):
            drafted(**odd)  # type: ignore[arg-type]


def test_a_part_names_a_released_plan_and_a_supplier_may_have_its_own() -> None:
    part, plan = a_part(), a_plan((1, 2, 0))
    a_supplier("SUP-1")
    rule = assign_sampling_plan(caller=a_caller("tanaka"), part_number=part.number, plan_code=plan.code)
    own = assign_sampling_plan(caller=a_caller("tanaka"), part_number=part.number, plan_code="", supplier_code="SUP-1")
    assert (rule.plan_code, own.plan_code, SamplingRule.objects.count()) == (plan.code, "", 2)

    drafted("LATER")
    common = {"caller": a_caller("tanaka"), "part_number": part.number, "plan_code": plan.code}
    with refused(StaleEdit):
        assign_sampling_plan(**common | {"plan_code": ""})  # type: ignore[arg-type]
    with refused(UnknownPlan):
        assign_sampling_plan(**common | {"plan_code": "LATER", "version": 1})  # type: ignore[arg-type]
    with refused(UnknownPart):
        assign_sampling_plan(**common | {"part_number": "NO"})  # type: ignore[arg-type]
    with refused(UnknownRuleSupplier):
        assign_sampling_plan(**common | {"supplier_code": "NO"})  # type: ignore[arg-type]
    with refused(NotPermitted):
        assign_sampling_plan(**common | {"caller": a_caller("mei"), "version": 1})  # type: ignore[arg-type]


# ISO 2859-1 tables 1 (level II) and 2-A, read cell by cell: lot → (sample, accepted at most), arrows followed.
STANDARD = {
    "0.65": [
        (2, 20, 0), (90, 20, 0), (150, 20, 0), (280, 20, 0), (281, 80, 1), (500, 80, 1), (1200, 80, 1), (1201, 125, 2),
        (3200, 125, 2), (3201, 200, 3), (10_000, 200, 3), (10_001, 315, 5), (35_000, 315, 5), (35_001, 500, 7),
        (150_001, 800, 10), (500_001, 1250, 14),
    ],
    "1.0": [
        (2, 13, 0), (50, 13, 0), (90, 13, 0), (150, 13, 0), (151, 50, 1), (280, 50, 1), (500, 50, 1), (501, 80, 2),
        (1200, 80, 2), (1201, 125, 3), (3201, 200, 5), (10_001, 315, 7), (35_001, 500, 10), (150_001, 800, 14),
        (500_001, 1250, 21),
    ],
}  # fmt: skip


@pytest.mark.parametrize("aql", STANDARD)
def test_the_shipped_normal_plans_are_those_of_the_standard(aql: str) -> None:
    lines = normal_lines(aql)
    for lot, sample, accept in STANDARD[aql]:
        line = max((line for line in lines if line.lot_from <= lot), key=lambda line: line.lot_from)
        assert (line.sample, line.accept) == (sample, accept), lot


def test_the_critical_plan_accepts_a_lot_five_percent_bad_once_in_ten_at_most() -> None:
    ends = [line.lot_from - 1 for line in CRITICAL_LINES[1:]] + [3000]
    for line, end in zip(CRITICAL_LINES, ends, strict=True):
        for lot in range(line.lot_from, end + 1):
            bad, sample = max(1, ceil(lot * 0.05)), min(line.sample, lot)
            assert comb(lot - bad, sample) / comb(lot, sample) <= 0.1, lot


def test_the_shipped_plans_load_once_and_size_every_lot() -> None:
    load(a_caller("tanaka", key="m"))
    load(a_caller("tanaka", key="n"))

    assert SamplingPlan.objects.filter(released_at__isnull=False).count() == len(PLANS)
    plan = SamplingPlan.objects.get(code="N2-100")
    assert [sized(plan, Decimal(lot)) for lot in ("1", "12.5", "13", "200", "999999")] == [
        (1, 0), (13, 0), (13, 0), (50, 1), (1250, 21),
    ]  # fmt: skip
    assert sized(SamplingPlan.objects.get(code="FULL-FLUID"), Decimal(7)) == (7, 0)
