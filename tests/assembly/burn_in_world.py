"""A small burn-in room and racks that are ready for it; a tray with two superchips. Built through operations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from assembly.models import Build, BurnInRun, Design, Slot, TelemetrySeries
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.burn_in import start_burn_in
from assembly.operations.cells import SeriesSpec, define_cell, define_feed, define_loop, define_telemetry_series
from assembly.operations.designs import SlotSpec, define_rack_model, release_design
from assembly.operations.installs import install_unit
from assembly.operations.routings import OperationSpec, release_routing
from assembly.operations.runs import finish_run, start_run
from assembly.operations.telemetry import Sample, feed_telemetry
from inventory.models import Identifier
from tests.cast import NOON, a_caller
from tests.world import a_location, a_part, a_superchip, fresh, received_units

MINUTE = timedelta(minutes=1)
SOAK = 60
GOOD = [30.0, 130.0, 0.0]
"""Supply ℃ (17 to 45), power kW (to 150), leak (0)."""

_SERIES = (
    SeriesSpec(0, "RackLiquidSupplyTemperature", "供給温度", "Supply", "℃", Decimal(17), Decimal(45)),
    SeriesSpec(1, "RackPower", "電力", "Power", "kW", None, Decimal(150)),
    SeriesSpec(2, "RackLeakDetect", "漏液", "Leak", "", None, Decimal(0)),
)


def a_burn_in_room(feed_kw: str = "450", cells: int = 3, *, lpm: str = "1300") -> None:
    """Feed F1 and F2, loop L1, cells A-01… on F1 and B-01 on F2, three series."""
    plan = "plan"
    for code in ("F1", "F2"):
        define_feed(caller=a_caller(plan), code=code, capacity_kw=Decimal(feed_kw))
    define_loop(caller=a_caller(plan), code="L1", capacity_kw=Decimal(9000), capacity_lpm=Decimal(lpm))
    define_loop(caller=a_caller(plan), code="L2", capacity_kw=Decimal(9000), capacity_lpm=Decimal(9000))
    rooms = [(f"A-{n:02}", "F1", "L1") for n in range(1, cells + 1)] + [("B-01", "F2", "L2")]
    for order, (code, feed, loop) in enumerate(rooms):
        a_location(code, "cell")
        define_cell(
            caller=a_caller(plan), code=code, feed_code=feed, loop_code=loop, max_kw=Decimal(150), max_lpm=Decimal(225),
            order=order,
        )  # fmt: skip
    define_telemetry_series(caller=a_caller(plan), series=list(_SERIES))


def a_rack_design(soak: int = SOAK) -> Design:
    """A rack whose route begins with the burn-in; 142 kW, 213 L/min."""
    rack, tray = a_part(kind="rack", level="rack"), a_part(kind="tray", level="tray")
    code = fresh("RT-")
    release_routing(
        caller=a_caller("plan"),
        code=code,
        revision="A",
        operations=[
            OperationSpec(
                350, "エージング", "Burn-in", "burn_in", "WC-BURN", "burn_in", soak, soak_minutes=soak, signs=()
            ),
            OperationSpec(
                360, "挿入", "Insert", "assemble", "WC-RACK", "rack_build", 1, slot_kinds=("compute",), signs=()
            ),
        ],
        reentry=[],
    )
    model = fresh("M-")
    define_rack_model(
        caller=a_caller("plan"), code=model, name=model, rack_units=48, planned_kw=Decimal(142),
        litres_per_minute_per_kw=Decimal("1.5"),
    )  # fmt: skip
    return release_design(
        caller=a_caller("plan"), code=fresh("D-"), kind="rack", part_number=rack.number, revision="A",
        routing_code=code, routing_revision="A", rack_model=model, unit_prefix=fresh("RK"),
        slots=[SlotSpec("CT-01", "compute", tray.number, ru=1, slot_number=1, tray_index=0)],
    )  # fmt: skip


def some_racks(count: int, *, soak: int = SOAK, at: datetime = NOON) -> list[Build]:
    """Builds of racks that stand on the line, ready for a cell."""
    a_location("LINE", "line")
    design = a_rack_design(soak)
    return [
        start_build(caller=a_caller("plan", at=at), start=BuildStart(design.code, location_code="LINE"))
        for _ in range(count)
    ]


def a_rack(**others: Any) -> Build:
    return some_racks(1, **others)[0]


def a_soaking_rack(cell: str = "A-01", *, at: datetime = NOON, **others: Any) -> BurnInRun:
    """A rack in a cell with its clock ready to run."""
    if not TelemetrySeries.objects.exists():
        a_burn_in_room()
    build = a_rack(at=at, **others)
    return start_burn_in(caller=a_caller("kenji", at=at), build_id=build.pk, cell_code=cell)


def feed(
    burn_in: BurnInRun, minutes: Sequence[float], values: Sequence[float | None] = GOOD, *, at: datetime | None = None
) -> dict[str, int]:
    """Samples at these minutes after the start."""
    start = burn_in.started_at
    samples = [Sample(start + minute * MINUTE, list(values)) for minute in minutes]
    moment = at or start + max([*minutes, 0]) * MINUTE
    return feed_telemetry(caller=a_caller("kenji", at=moment), cell_code=burn_in.cell.code, samples=samples)


SERIALS = ("1650000000001", "1650000000002")
UUIDS = tuple(f"GPU-0b5e55ed-{n:04x}-4a1b-8c2d-00000000000{n}" for n in range(4))


def a_tray_with_superchips(serials: tuple[str, str] = SERIALS, *, testing: bool = True) -> Build:
    """A tray build with two superchips in; its test operation (dcgm-diag, nvidia-smi) is running if `testing`."""
    a_location("LINE", "line")
    superchip, tray = a_superchip(), a_part(kind="tray", level="tray")
    code = fresh("RT-")
    release_routing(
        caller=a_caller("plan"),
        code=code,
        revision="A",
        operations=[
            OperationSpec(
                110, "組立", "Assemble", "assemble", "WC-TRAY", "tray_build", 1, slot_kinds=("superchip",), signs=()
            ),
            OperationSpec(
                170,
                "試験",
                "Test",
                "test",
                "WC-TTEST",
                "tray_test",
                1,
                required_tools=("dcgm-diag", "nvidia-smi"),
                signs=(),
            ),
        ],
        reentry=[],
    )
    design = release_design(
        caller=a_caller("plan"), code=fresh("D-"), kind="tray", part_number=tray.number, revision="A",
        routing_code=code, routing_revision="A", rack_model="", unit_prefix=fresh("CT"),
        slots=[SlotSpec(f"SC-{n}", "superchip", superchip.number) for n in (0, 1)],
    )  # fmt: skip
    build = start_build(caller=a_caller("plan"), start=BuildStart(design.code, location_code="LINE"))
    start_run(caller=a_caller("kenji"), build_id=build.pk, number=110)
    received_units(superchip, serials=serials)
    for slot, serial in zip(Slot.objects.filter(build=build).order_by("order"), serials, strict=True):
        install_unit(caller=a_caller("kenji"), slot_id=slot.pk, serial=serial)
    if testing:
        finish_assembly(build)
        start_run(caller=a_caller("kenji"), build_id=build.pk, number=170)
    return build


def finish_assembly(build: Build) -> None:
    """End operation 110."""

    finish_run(caller=a_caller("kenji"), build_id=build.pk, number=110)


def gpu_places() -> list[tuple[str, str, str]]:
    """(board serial, position, UUID) of the GPUs that sit in boards."""
    found = []
    for name in Identifier.objects.filter(kind="uuid", closed_at=None).select_related("unit"):
        place = name.unit.placements.get(to_at=None)
        found.append((place.host.serial, place.position, name.normalised))
    return sorted(found)
