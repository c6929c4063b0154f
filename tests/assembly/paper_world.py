"""A rack whose papers have something to say: two trays with superchips, values, signatures, a failed leak test, a swap,
coolant, a burn-in with a gap. Built through operations."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from accounts.operations.pins import check_pin
from assembly.models import Build, BurnInRun, Design, Nonconformity, OperationRun, Slot
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.burn_in import start_burn_in, stop_burn_in
from assembly.operations.designs import SlotSpec, define_rack_model, release_design
from assembly.operations.installs import install_unit, remove_unit
from assembly.operations.nonconformities import dispose_nonconformity
from assembly.operations.routing_specs import FieldSpec, ReentrySpec
from assembly.operations.routings import OperationSpec, release_routing
from assembly.operations.runs import RecordedValue, finish_run, sign_run, start_run
from inventory.models import Part, Unit
from inventory.operations.lots import consume_lot
from inventory.operations.parts import BuiltInRow
from tests.assembly.burn_in_world import MINUTE, a_burn_in_room, feed
from tests.cast import NOON, PIN, a_caller, person
from tests.world import a_consumable, a_location, a_lot, a_part, a_superchip, fresh, received_units

BEGIN = NOON - timedelta(days=8)
HOUR = timedelta(hours=1)
CHECKED = ("made", "checked")
TRAYS = 2

TORQUE = FieldSpec("torque", "バスバー 締付トルク", "Bus bar torque", "N·m", Decimal(21), Decimal(23))
DROP = FieldSpec("p_drop", "圧力降下", "Pressure drop", "kPa", Decimal(0), Decimal(3))
LOOKS = FieldSpec("appearance", "外観", "Appearance", kind="text", expected="OK")

ROUTE = (
    OperationSpec(
        200, "ラック準備", "Rack preparation", "assemble", "WC-RACK", "rack_build", 60, slot_kinds=("shelf",),
        fields=(TORQUE,), signs=(),
    ),
    OperationSpec(
        230, "トレイ挿入", "Tray insertion", "assemble", "WC-RACK", "rack_build", 60, slot_kinds=("compute",), signs=()
    ),
    OperationSpec(
        250, "漏れ試験(ラック、乾式)", "Rack dry leak test", "measure", "WC-RACK", "rack_build", 60, fields=(DROP,),
        signs=CHECKED,
    ),
    OperationSpec(260, "注液・脱気", "Fill and deaerate", "measure", "WC-RACK", "rack_build", 60, signs=()),
    OperationSpec(
        350, "エージング", "Burn-in", "burn_in", "WC-BURN", "burn_in", 60, soak_minutes=60, signs=()
    ),
    OperationSpec(
        510, "最終検査", "Final inspection", "inspect", "WC-QC", "pack", 60, fields=(LOOKS,),
        signs=("made", "checked", "approved"),
    ),
)  # fmt: skip


def pin_check(name: str, at: datetime = NOON) -> int:
    """A right PIN just now."""
    return check_pin(person(name), PIN, at=at).pk


def parts() -> None:
    """Parts and designs of the rack and its trays, once a database."""
    if Design.objects.filter(code="D-31").exists():
        return
    for code, kind in (("LINE", "line"), ("H-1", "quarantine")):
        a_location(code, kind)
    board = a_superchip(name_ja="スーパーチップ基板", name_en="Superchip board")
    psu = a_part("PSU-5K5", kind="psu", level="board", name_ja="電源ユニット", name_en="Power supply unit")
    a_part(
        "PF-1333", kind="shelf", level="module", name_ja="電源シェルフ", name_en="Power shelf",
        built_in=[BuiltInRow(position=f"PSU{n}", part_number=psu.number) for n in range(6)],
    )  # fmt: skip
    a_part("GB300-CT", kind="compute", level="tray", name_ja="計算トレイ", name_en="Compute tray")
    a_part(
        "GB300-NVL72", kind="rack", level="rack", name_ja="GB300 NVL72 ラック", name_en="GB300 NVL72 rack",
        weight_kg=Decimal("1361"),
    )  # fmt: skip
    a_consumable("PG25", kind="coolant", name_ja="冷却液 PG25", name_en="Coolant PG25")
    _designs(board)


def _designs(board: Part) -> None:
    plan = a_caller("plan")
    release_routing(
        caller=plan, code="RT-CT", revision="A", reentry=[],
        operations=[
            OperationSpec(
                110, "組立", "Assemble", "assemble", "WC-TRAY", "tray_build", 30, slot_kinds=("superchip",), signs=()
            )
        ],
    )  # fmt: skip
    release_routing(
        caller=a_caller("plan"), code="RT-RACK", revision="A", operations=list(ROUTE),
        reentry=[ReentrySpec("compute", (230, 250, 350))],
    )  # fmt: skip
    define_rack_model(
        caller=a_caller("plan"), code="NVL", name="NVL", rack_units=48, planned_kw=Decimal(142),
        litres_per_minute_per_kw=Decimal("1.5"),
    )  # fmt: skip
    release_design(
        caller=a_caller("plan"), code="GB300-CT", kind="tray", part_number="GB300-CT", revision="A",
        routing_code="RT-CT", routing_revision="A", rack_model="", unit_prefix="CT",
        slots=[SlotSpec(f"superchip_{n}", "superchip", board.number) for n in (0, 1)],
    )  # fmt: skip
    trays = [
        SlotSpec(f"CT-{n:02}", "compute", "GB300-CT", ru=11 + n, slot_number=n + 1, tray_index=n) for n in range(TRAYS)
    ]
    release_design(
        caller=a_caller("plan"), code="D-31", kind="rack", part_number="GB300-NVL72", revision="A",
        routing_code="RT-RACK", routing_revision="A", rack_model="NVL", unit_prefix="RK",
        slots=[SlotSpec("P1", "shelf", "PF-1333", ru=3), *trays],
    )  # fmt: skip


def a_started_rack(at: datetime = BEGIN, **others: object) -> Build:
    """A rack of two trays and a power shelf, just started."""
    parts()
    start = BuildStart(**{"design_code": "D-31", "location_code": "LINE", "need_by": NOON.date(), **others})  # type: ignore[arg-type]
    return start_build(caller=a_caller("plan", at=at), start=start)


def a_tray(at: datetime = BEGIN) -> Unit:
    """A finished compute tray with two superchips."""
    build = start_build(caller=a_caller("plan", at=at), start=BuildStart("GB300-CT", location_code="LINE"))
    start_run(caller=a_caller("mei", at=at), build_id=build.pk, number=110)
    slots = list(Slot.objects.filter(build=build).order_by("order").select_related("part"))
    for slot, unit in zip(slots, received_units(slots[0].part, len(slots), at=at), strict=True):
        install_unit(caller=a_caller("mei", at=at), slot_id=slot.pk, serial=unit.serial)
    finish_run(caller=a_caller("mei", at=at + HOUR), build_id=build.pk, number=110)
    return build.unit


def fit(build: Build, position: str, unit: Unit, at: datetime) -> None:
    slot = Slot.objects.get(build=build, position=position)
    install_unit(caller=a_caller("mei", at=at), slot_id=slot.pk, serial=unit.serial)


def run(build: Build, number: int, at: datetime, sign: tuple[str, ...] = (), **values: str) -> OperationRun:
    """One operation of an hour, by mei; `sign` names who signs as checked (and approved)."""
    start_run(caller=a_caller("mei", at=at), build_id=build.pk, number=number)
    return done(build, number, at + HOUR, sign, **values)


def done(build: Build, number: int, at: datetime, sign: tuple[str, ...] = (), **values: str) -> OperationRun:
    """Finish an open operation with values and signatures."""
    told = [RecordedValue(code, text, "TQ-0417") for code, text in values.items()]
    finished = finish_run(
        caller=a_caller("mei", at=at), build_id=build.pk, number=number, values=told,
        pin_check_id=pin_check("mei", at) if sign else None,
    )  # fmt: skip
    for meaning, name in zip(("checked", "approved"), sign, strict=False):
        sign_run(
            caller=a_caller(name, at=at), run_id=finished.pk, meaning=meaning, pin_check_id=pin_check(name, at)
        )  # fmt: skip
    return finished


def a_filled_rack(at: datetime = BEGIN, **others: object) -> Build:
    """Up to coolant: the first leak test failed and was repeated, one tray was taken out and another put in."""
    build = a_started_rack(at, **others)
    trays = [a_tray(at) for _ in range(TRAYS + 1)]
    start_run(caller=a_caller("mei", at=at + HOUR), build_id=build.pk, number=200)
    fit(build, "P1", received_units(Part.objects.get(number="PF-1333"), 1, at=at)[0], at + HOUR)
    done(build, 200, at + 2 * HOUR, torque="22.1")
    start_run(caller=a_caller("mei", at=at + 3 * HOUR), build_id=build.pk, number=230)
    for n in range(TRAYS):
        fit(build, f"CT-{n:02}", trays[n], at + 3 * HOUR)
    done(build, 230, at + 4 * HOUR)
    run(build, 250, at + 5 * HOUR, ("kenji",), p_drop="6.2")
    report = Nonconformity.objects.get(build=build)
    dispose_nonconformity(
        caller=a_caller("tanaka", at=at + 7 * HOUR), number=report.number, disposition="rework", repeats=[],
        reason="QD 交換", pin_check_id=pin_check("tanaka", at + 7 * HOUR),
    )  # fmt: skip
    swap(build, "CT-01", trays[TRAYS], at + 8 * HOUR)
    run(build, 250, at + 12 * HOUR, ("kenji",), p_drop="0.02")
    lot = a_lot(Part.objects.get(number="PG25"), "100", number=fresh("L-2610-"), at=at)
    start_run(caller=a_caller("mei", at=at + 14 * HOUR), build_id=build.pk, number=260)
    consume_lot(
        caller=a_caller("mei", at=at + 14 * HOUR), lot=lot.tag, host=build.unit.tag, quantity=Decimal("41.2"),
        operation_name="260",
    )  # fmt: skip
    done(build, 260, at + 15 * HOUR)
    return build


def swap(build: Build, position: str, unit: Unit, at: datetime) -> None:
    """Another tray in the place of the one that is there."""
    slot = Slot.objects.get(build=build, position=position)
    remove_unit(caller=a_caller("mei", at=at), slot_id=slot.pk, reason="QD 損傷", location_code="H-1")
    start_run(caller=a_caller("mei", at=at + HOUR), build_id=build.pk, number=230)
    fit(build, position, unit, at + HOUR)
    done(build, 230, at + 2 * HOUR)


def a_soaking_rack(at: datetime = BEGIN, **others: object) -> tuple[Build, BurnInRun]:
    """In its cell for half an hour, with twelve minutes without data."""
    build = a_filled_rack(at, **others)
    a_burn_in_room()
    burn_in = start_burn_in(caller=a_caller("kenji", at=at + 20 * HOUR), build_id=build.pk, cell_code="A-01")
    feed(burn_in, [*range(11), *range(22, 31)])
    return build, burn_in


def a_complete_rack(at: datetime = BEGIN, **others: object) -> Build:
    """Soaked, inspected, signed and approved: its build is complete."""
    build, burn_in = a_soaking_rack(at, **others)
    feed(burn_in, [*range(31, 90)])
    end = burn_in.started_at + 90 * MINUTE
    stop_burn_in(caller=a_caller("kenji", at=end), build_id=build.pk)
    done(build, 350, end)
    run(build, 510, end + HOUR, ("kenji", "tanaka"), appearance="OK")
    return Build.objects.get(pk=build.pk)
