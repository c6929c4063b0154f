"""A rack of two compute trays and two cartridges, with a route of four operations; what its hardware reports is given.

Needs the fixture `plant`. The trays are built once a module (the slow part); racks are built for each test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assembly.models import Build, Design, Slot, TestRun
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.designs import SlotSpec, release_design
from assembly.operations.installs import Fit, install_units
from assembly.operations.routing_specs import OperationSpec, ReentrySpec
from assembly.operations.routings import release_routing
from assembly.operations.runs import finish_run, start_run
from assembly.operations.test_runs import import_test_log
from assembly.test_logs.writing import nvidia_smi_xml, tray_gpus
from assembly.test_logs.writing_redfish import TrayReadout, bmc_readout
from documents import files
from inventory.models import Identifier, Placement, Unit
from tests.assembly.world import a_finished_tray, received
from tests.cast import NOON, a_caller
from tests.world import fresh

TRAYS = ("CT-00", "CT-01")
CARTRIDGES = ("CBC_0", "CBC_1")
ROUTE = (("kit", 10, ()), ("assemble", 20, ("cartridge", "compute")), ("configuration", 30, ()), ("pack", 90, ()))
SLOTS = (
    *(SlotSpec(name, "cartridge", "750-0567-002", ru=11) for name in CARTRIDGES),
    SlotSpec("CT-00", "compute", "GB200-CT", 11, 1, 1, 0),
    SlotSpec("CT-01", "compute", "GB200-CT", 12, 1, 2, 1),
)


def rack_design() -> Design:
    """Released once."""
    there = Design.objects.filter(code="D-TWO").first()
    if there is not None:
        return there
    operations = [
        OperationSpec(
            number=number, name_ja=f"工程 {number}", name_en=f"Operation {number}", kind=kind, work_centre="WC-RACK",
            stage="pack" if kind == "pack" else "rack_test", standard_minutes=10, slot_kinds=kinds, signs=(),
        )
        for kind, number, kinds in ROUTE
    ]  # fmt: skip
    release_routing(
        caller=a_caller("plan"),
        code="RT-TWO",
        revision="A",
        operations=operations,
        reentry=[ReentrySpec("cartridge", (20, 30))],
    )
    return release_design(
        caller=a_caller("plan"), code="D-TWO", kind="rack", part_number="GB200-NVL72", revision="B",
        routing_code="RT-TWO", routing_revision="A", rack_model="GB200-NVL72", unit_prefix="RK", slots=list(SLOTS),
    )  # fmt: skip


@dataclass
class SmallRack:
    """The rack, what was scanned into it, and what its hardware is made to say."""

    build: Build
    trays: dict[str, Unit]
    cartridges: dict[str, str]
    count: int = 0
    boards: dict[str, tuple[str, str]] = field(default_factory=dict)
    gpus: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def smi(
        self, place: str, *, slot: int | None = None, index: int | None = None, chassis: str = "1820000000001",
        boards: Sequence[str] = (), gpus: Sequence[str] = (),
    ) -> TestRun:  # fmt: skip
        """A tray's nvidia-smi from its place, saying what was scanned unless another thing is given."""
        found = Slot.objects.get(build=self.build, position=place)
        told = tray_gpus(
            gpus or self.gpus[place], tuple(boards or self.boards[place]),
            slot=found.slot_number if slot is None else slot, tray_index=found.tray_index if index is None else index,
            chassis_serial=chassis,
        )  # fmt: skip
        return self.send(place, nvidia_smi_xml(told, at=NOON).encode() + b"\n" * self.count)

    def redfish(self, place: str, cartridges: Mapping[str, str] | None = None, **others: object) -> TestRun:
        """A readout of a tray's BMC from its place."""
        found = Slot.objects.get(build=self.build, position=place)
        said = {
            "superchips": self.boards[place], "cartridges": {**self.cartridges, **(cartridges or {})},
            "slot": found.slot_number, "tray_index": found.tray_index, "firmware": {"FW_BMC_0": f"25.06-{self.count}"},
        }  # fmt: skip
        return self.send(place, bmc_readout(TrayReadout(**{**said, **others})))  # type: ignore[arg-type]

    def send(self, place: str, content: bytes) -> TestRun:
        self.count += 1
        return import_test_log(
            caller=a_caller("kenji"), file_sha256=files.put(content), file_name=f"{place}-{self.count}",
            unit=self.trays[place].tag, exit_code=0,
        )  # fmt: skip

    def check(self) -> None:
        """The configuration check, begun (where it is not) and finished."""
        if not self.build.runs.filter(operation__number=30).exists():
            start_run(caller=a_caller("kenji"), build_id=self.build.pk, number=30)
        finish_run(caller=a_caller("kenji"), build_id=self.build.pk, number=30)


def a_small_rack(
    trays: Sequence[Unit] = (), *, design: Design | None = None, places: Sequence[str] = TRAYS,
    cartridges: Sequence[str] = CARTRIDGES,
) -> SmallRack:  # fmt: skip
    """A rack whose trays and cartridges are in; nothing of it was read in its place. `design`: another than that of two
    trays and two cartridges, with its places."""
    design = design or rack_design()
    build = start_build(caller=a_caller("plan"), start=BuildStart(design.code, location_code="LINE-RACK"))
    start_run(caller=a_caller("mei"), build_id=build.pk, number=10)
    finish_run(caller=a_caller("mei"), build_id=build.pk, number=10)
    start_run(caller=a_caller("mei"), build_id=build.pk, number=20)
    modules = received(["750-0567-002"] * len(cartridges)) if cartridges else []
    chosen = list(trays) or [a_finished_tray() for _place in places]
    names = dict(zip((*cartridges, *places), [*modules, *chosen], strict=True))
    slots = {slot.position: slot.pk for slot in Slot.objects.filter(build=build)}
    install_units(caller=a_caller("mei"), fits=[Fit(slots[place], unit.serial) for place, unit in names.items()])
    finish_run(caller=a_caller("mei"), build_id=build.pk, number=20)
    rack = SmallRack(
        build, {place: names[place] for place in places}, {name: names[name].serial for name in cartridges}
    )
    for place in places:
        inside = Placement.objects.filter(host=rack.trays[place], to_at=None, position__startswith="superchip")
        units = [row.unit for row in inside.select_related("unit").order_by("position")]
        rack.boards[place] = (units[0].serial, units[1].serial)
        uuids = Identifier.objects.filter(kind="uuid", closed_at=None, unit__placements__host__in=units)
        in_order = uuids.order_by("unit__placements__host", "unit__placements__position")
        rack.gpus[place] = tuple(in_order.values_list("raw", flat=True))
    return rack


def agreeing_rack() -> SmallRack:
    """A rack whose hardware was read in place and says what was scanned; its check is passed."""
    rack = a_small_rack()
    for place in TRAYS:
        rack.smi(place)
        rack.redfish(place)
    rack.check()
    return rack


def a_serial() -> str:
    """A serial that nothing has."""
    return fresh("188000")
