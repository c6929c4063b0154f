"""Plausible values for the fields of the routings' operations: within limits, some near them, one outside on demand."""

from __future__ import annotations

import random
from decimal import Decimal

from assembly.operations.routing_specs import FieldSpec, OperationSpec
from assembly.operations.runs import RecordedValue
from genpin.master import designs, routings_rack

TYPICAL: dict[str, tuple[float, float, int]] = {
    "ground_bond": (0.022, 0.006, 3), "insulation": (420, 90, 0), "rack_bond": (0.08, 0.03, 3),
    "hipot_leakage": (0.9, 0.3, 2), "h2d": (206, 1.6, 1), "d2h": (197.5, 1.4, 1), "d2d": (1561, 9, 0),
    "nccl_node": (689, 3, 1), "litres": (39.6, 0.5, 1), "glycol": (26.4, 0.5, 1), "filter": (40, 0.01, 0),
    "conductivity": (2.3, 0.3, 2), "ph": (8.6, 0.15, 2), "busbar_voltage": (50.4, 0.4, 2),
    "nvlink_speed": (53125, 0.0, 0), "ambient": (23.1, 0.9, 1), "p_drop": (0.9, 0.4, 2), "p_start": (600.5, 2.4, 1),
    "gross": (1716, 9, 1), "humidity": (29, 3, 0), "torque_board": (0.6, 0.013, 3), "torque_coldplate": (0.9, 0.03, 3),
    "busbar_torque": (22, 0.3, 2), "manifold_torque": (9, 0.28, 2), "all_reduce": (846, 2.5, 2),
}  # fmt: skip
"""Mean, spread and decimals by field."""

TOOLS = {
    "torque_board": "TQ-014", "torque_coldplate": "TQ-014", "busbar_torque": "TQ-031", "manifold_torque": "TQ-022",
    "p_start": "LT-03", "p_end": "LT-03", "p_drop": "LT-03", "ground_bond": "EB-02", "insulation": "HP-02",
    "hipot_leakage": "HP-02", "rack_bond": "EB-02", "conductivity": "CM-01", "ph": "CM-01", "glycol": "RF-01",
    "busbar_voltage": "DM-07", "gross": "SC-01", "humidity": "HY-04",
}  # fmt: skip
"""The instruments by field."""

_OPERATIONS = {(row.code, spec.number): spec for row in routings_rack.ROUTINGS for spec in row.operations}
_ROUTING_OF = {row.code: row.routing for row in designs.DESIGNS}


def operation_of(design: str, number: int) -> OperationSpec:
    """The operation of a design's routing, from the master data."""
    return _OPERATIONS[_ROUTING_OF[design], number]


def values_of(
    rng: random.Random, design: str, number: int, *, failing: str = "", given: dict[str, str] | None = None
) -> list[RecordedValue]:
    """A value for every field; `failing` names one that lies outside its limits, `given` texts that are known."""
    told: dict[str, str] = dict(given or {})
    fields = operation_of(design, number).fields
    for field in fields:
        if field.code not in told and field.code != "p_end":
            told[field.code] = _outside(field, rng) if field.code == failing else _inside(field, rng)
    if "p_start" in told:
        told["p_end"] = str(Decimal(told["p_start"]) - Decimal(told["p_drop"]))
    return [RecordedValue(field.code, told[field.code], TOOLS.get(field.code, "")) for field in fields]


def _inside(field: FieldSpec, rng: random.Random) -> str:
    if field.kind == "text":
        return field.expected or "OK"
    low = None if field.low is None else float(field.low)
    high = None if field.high is None else float(field.high)
    if low is not None and low == high:
        return f"{field.low}"
    if field.code == "dwell":
        return f"{field.low}"
    mean, spread, decimals = TYPICAL[field.code]
    value = rng.gauss(mean, spread)
    if rng.random() < 0.05:  # near a limit
        value = mean + 2.8 * spread * rng.choice((-1, 1))
    floor = low if low is not None else 0.0
    return f"{min(max(value, floor), high if high is not None else value if value > floor else floor):.{decimals}f}"


def _outside(field: FieldSpec, rng: random.Random) -> str:
    decimals = TYPICAL[field.code][2]
    if field.high is not None:
        return f"{float(field.high) * rng.uniform(1.15, 1.7):.{decimals}f}"
    assert field.low is not None
    return f"{float(field.low) * rng.uniform(0.9, 0.96):.{decimals}f}"
