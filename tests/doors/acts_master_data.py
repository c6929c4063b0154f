"""Acts of assembly: what the planner keeps, routings and designs, feeds, loops, cells and their series."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from assembly.models import Design, DesignSlot, Feed, Loop, TelemetrySeries
from assembly.operations.cells import SeriesSpec
from assembly.operations.designs import SlotSpec
from assembly.operations.routing_specs import FieldSpec, OperationSpec, ReentrySpec
from tests.assembly.world import TRAY
from tests.doors.act import Act, Acts
from tests.world import a_location


def define_feed() -> Act:
    code = {"code": "F-DOOR", "capacity_kw": Decimal(450)}
    return Act("plan", code, wrong={"code": Feed.objects.all()[0].code}, refusal="PlantCodeTaken")


def define_loop() -> Act:
    given = {"code": "L-DOOR", "capacity_kw": Decimal(900), "capacity_lpm": Decimal(1300)}
    return Act("plan", given, wrong={"capacity_lpm": Decimal(0)}, refusal="WrongCapacity")


def define_cell() -> Act:
    a_location("DOOR-01", "cell")
    feed, loop = Feed.objects.all()[0].code, Loop.objects.all()[0].code
    given = {"code": "DOOR-01", "feed_code": feed, "loop_code": loop, "max_kw": Decimal(100), "max_lpm": Decimal(150)}
    return Act("plan", given, wrong={"code": "DOOR-02"}, refusal="CellWithoutPlace")


def define_telemetry_series() -> Act:
    row = SeriesSpec(TelemetrySeries.objects.count(), "DoorOpen", "扉", "Door", "", None, Decimal(0))
    return Act("plan", {"series": [row]}, wrong={"series": [replace(row, index=0)]}, refusal="WrongSeries")


def define_rack_model() -> Act:
    given = {"code": "M-DOOR", "name": "Door model", "rack_units": 48, "planned_kw": Decimal(120)}
    return Act(
        "plan",
        {**given, "litres_per_minute_per_kw": Decimal("1.5")},
        wrong={"rack_units": 0},
        refusal="WrongRackModel",
    )


def release_routing() -> Act:
    field = FieldSpec("torque", "締付トルク", "Torque", "N·m", Decimal("0.9"), Decimal("1.1"))
    first = OperationSpec(10, "組立", "Assemble", "assemble", "WC-TRAY", "tray_build", 30, fields=(field,))
    return Act(
        "plan",
        {"code": "RT-DOOR", "revision": "A", "operations": [first], "reentry": []},
        wrong={"reentry": [ReentrySpec("compute", (20,))]},
        refusal="WrongReentry",
    )


def release_design() -> Act:
    tray = Design.objects.filter(kind="tray", code=TRAY).select_related("routing", "part_revision__part").get()
    part = DesignSlot.objects.filter(design=tray, position="pdb_0").select_related("part").get().part
    slot = SlotSpec("pdb_0", "pdb", part.number)
    kind = DesignSlot.objects.get(design=tray, position="pdb_0").kind
    return Act(
        "plan",
        {
            "code": "D-DOOR", "kind": "tray", "part_number": tray.part_revision.part.number,
            "revision": tray.part_revision.revision, "routing_code": tray.routing.code,
            "routing_revision": tray.routing.revision, "rack_model": "", "unit_prefix": "DR",
            "slots": [replace(slot, kind=kind)],
        },
        wrong={"slots": []},
        refusal="WrongSlots",
    )  # fmt: skip


ACTS: Acts = {
    "assembly.define_cell": define_cell,
    "assembly.define_feed": define_feed,
    "assembly.define_loop": define_loop,
    "assembly.define_rack_model": define_rack_model,
    "assembly.define_telemetry_series": define_telemetry_series,
    "assembly.release_design": release_design,
    "assembly.release_routing": release_routing,
}
