"""Builders for incoming inspections: plans, deliveries that wait, pieces, verdicts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounts.operations.pins import check_pin
from inventory.checks import CHECKS, run_checks
from inventory.models import InspectedPiece, Inspection, Lot, Part, SamplingPlan, ShipNoticeLine, Unit
from inventory.operations.inspecting import MeasuredValue, PieceFinding, inspect_piece
from inventory.operations.receiving import receive_lot
from inventory.operations.sampling_plans import (
    PlanContent,
    PlanLine,
    PlanPoint,
    assign_sampling_plan,
    draft_sampling_plan,
    release_sampling_plan,
)
from inventory.operations.verdicts import judge_inspection
from tests.cast import NOON, PIN, a_caller, person
from tests.world import a_consumable, a_location, a_notice, a_part, fresh, received_units

LOOK = PlanPoint(text_ja="外観", text_en="Looks sound")
LENGTH = PlanPoint(
    text_ja="長さ", text_en="Length", kind="measured", low=Decimal("9.5"), high=Decimal("10.5"), unit="mm"
)


def content(*lines: tuple[int, int, int], points: list[PlanPoint] | None = None, **others: Any) -> PlanContent:
    """By lines (lot from, sample, accept); without lines every piece is inspected."""
    rows = [PlanLine(lot_from=start, sample=sample, accept=accept) for start, sample, accept in lines]
    told: dict[str, Any] = {"name_ja": "計画", "name_en": "Plan", "kind": "sample" if rows else "full"}
    return PlanContent(**told | {"lines": rows, "points": [LOOK] if points is None else points} | others)


def a_plan(*lines: tuple[int, int, int], code: str = "", **others: Any) -> SamplingPlan:
    """A released plan."""
    code = code or fresh("PLAN-")
    draft = draft_sampling_plan(caller=a_caller("tanaka"), code=code, content=content(*lines, **others))
    return release_sampling_plan(caller=a_caller("tanaka"), code=code, version=draft.version)


def inspected_part(*lines: tuple[int, int, int], part: Part | None = None, **others: Any) -> Part:
    """A part that is inspected by a plan of these lines on arrival."""
    part = part or a_part()
    plan = a_plan(*lines, **others)
    assign_sampling_plan(caller=a_caller("tanaka"), part_number=part.number, plan_code=plan.code)
    return part


def waiting(*lines: tuple[int, int, int], count: int = 5, **others: Any) -> tuple[Inspection, list[Unit]]:
    """An inspection of so many units that have just arrived."""
    units = received_units(inspected_part(*lines, **others), count)
    return Inspection.objects.get(part=units[0].part_id), units


def looked(inspection: Inspection, code: str = "", ok: bool = True, by: str = "mei", **more: Any) -> InspectedPiece:
    """One piece looked at; `values` by point number."""
    values = [MeasuredValue(point=n, value=Decimal(v)) for n, v in more.pop("values", {}).items()]
    key = more.pop("key", None)
    finding = PieceFinding(ok=ok, code=code, values=values, **more)
    return inspect_piece(caller=a_caller(by, key=key), number=inspection.number, finding=finding)


def pin_of(name: str) -> int:
    """A PIN check of somebody."""
    return check_pin(person(name), PIN, at=NOON).pk


def judged(inspection: Inspection, verdict: str = "accepted", by: str = "tanaka", **more: Any) -> Inspection:
    """The verdict, signed by the PIN of whoever calls."""
    return judge_inspection(
        caller=a_caller(by),
        number=inspection.number,
        verdict=verdict,  # type: ignore[arg-type]
        pin_check_id=more.pop("pin_check_id", None) or pin_of(by),
        **more,
    )


def clean() -> None:
    """The integrity check of this room finds nothing."""
    assert not list(run_checks([name for name in CHECKS if name.startswith("inventory.")]))


def a_lot_waiting(quantity: str = "20", *lines: tuple[int, int, int]) -> tuple[Inspection, Lot]:
    part = inspected_part(*(lines or ((1, 3, 1),)), part=a_consumable())
    a_location("RCV-1")
    notice = a_notice([{"part number": part.number, "lot": fresh("LOT"), "quantity": "100"}])
    line = ShipNoticeLine.objects.get(notice=notice)
    receive_lot(caller=a_caller("mei"), line_id=line.pk, quantity=Decimal(quantity), location_code="RCV-1")
    found = Inspection.objects.select_related("lot").get(part=part)
    assert found.lot is not None
    return found, found.lot
