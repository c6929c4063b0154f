"""The workshop that the state machine plays in: two boards, a tray of three, a rack of two trays, three shelves."""

from __future__ import annotations

from decimal import Decimal

from assembly.operations.designs import SlotSpec, define_rack_model, release_design
from assembly.operations.routings import OperationSpec, ReentrySpec, release_routing
from tests.cast import CAST, a_caller, person
from tests.properties.model import RACK_ROUTE, TRAY_ROUTE
from tests.world import a_location, a_part

SHELVES = ("SHELF-1", "SHELF-2", "QUARANTINE")
A, B, TRAY, RACK = "BOARD-A", "BOARD-B", "TRAY", "RACK"
POSITIONS = {"board": {"p1": A, "p2": A, "p3": B}, "tray": {"t1": TRAY, "t2": TRAY}}


def a_workshop() -> None:
    """Everybody, the shelves, the parts, both routes and both designs."""
    for name in CAST:
        person(name)
    for code in SHELVES:
        a_location(code, "store")
    for number in (A, B):
        a_part(number)
    a_part(TRAY, kind="tray", level="tray")
    a_part(RACK, kind="rack", level="rack")
    define_rack_model(
        caller=a_caller("plan"), code="M", name="M", rack_units=48, planned_kw=Decimal(120),
        litres_per_minute_per_kw=Decimal("1.5"),
    )  # fmt: skip
    _release(TRAY, "tray", TRAY_ROUTE, POSITIONS["board"], ReentrySpec("board", (30,)))
    _release(RACK, "rack", RACK_ROUTE, POSITIONS["tray"], ReentrySpec("tray", (120,)))


def _release(part: str, kind: str, route: dict[int, str], positions: dict[str, str], rule: ReentrySpec) -> None:
    operations = [
        OperationSpec(
            number, f"工程 {number}", f"Operation {number}", "assemble" if fills else "inspect", "WC", f"{kind}_build",
            10, slot_kinds=(fills,) if fills else (), signs=(),
        )
        for number, fills in route.items()
    ]  # fmt: skip
    release_routing(caller=a_caller("plan"), code=part, revision="A", operations=operations, reentry=[rule])
    slots = [SlotSpec(position, rule.slot_kind, number) for position, number in positions.items()]
    release_design(
        caller=a_caller("plan"), code=part, kind=kind, part_number=part, revision="A", routing_code=part,
        routing_revision="A", rack_model="M" if kind == "rack" else "", unit_prefix=part[:2], slots=slots,
    )  # fmt: skip
