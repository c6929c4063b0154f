"""A rack small enough to tell of what goes wrong: two compute trays and a spare one, and only the operations that a
swapped tray has to do with. The planner releases it and people build it through the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from assembly.operations.routing_specs import OperationSpec, ReentrySpec
from assembly.test_logs.writing import Fault, GpuFacts, Host, dcgm_v4_diag, nccl_all_reduce, nvidia_smi_xml, tray_gpus
from genpin.embedded import home
from ledger.models import Delivery
from tests.journeys.story import RACK, ROUTING, TOOLS, TRAY_ROUTING, Story, plain

WORN = "TQ-031"
"""A wrench whose calibration ran out."""
NUMBERS = (200, 210, 230, 250, 320, 330, 340)
OPERATIONS: tuple[OperationSpec, ...] = tuple(op for op in ROUTING.operations if op.number in NUMBERS)
POSITIONS = ("bus_bar", "manifold_supply", "manifold_return", "CBC_0", "CT-00", "CT-01")
SLOTS = tuple(slot for slot in RACK.slots if slot.position in POSITIONS)
REENTRY = (ReentrySpec("compute", (230, 250, 320, 330, 340)),)


def release(story: Story) -> None:
    """The planner's part: calibrations (one long over), routing and design; the goods come in."""
    plan = story.doors["plan"]
    for code in TOOLS.values():
        plan.do("assembly.record_calibration", tool_code=code, calibrated_on="2026-11-02", due_on="2099-01-01")
    plan.do("assembly.record_calibration", tool_code=WORN, calibrated_on="2024-04-01", due_on="2025-04-01")
    plan.do(
        "assembly.release_routing", code="RT-SMALL", revision="A", operations=plain(OPERATIONS), reentry=plain(REENTRY)
    )
    plan.do(
        "assembly.release_design",
        code="D-SMALL",
        kind="rack",
        part_number=RACK.part,
        revision=RACK.revision,
        routing_code="RT-SMALL",
        routing_revision="A",
        rack_model="GB200-NVL72",
        unit_prefix="RK",
        slots=plain(SLOTS),
    )
    plan.upload("ship-notices", "asn.csv", story.parts.csv())
    mei = story.doors["mei"]
    for notice in mei.get("ship-notices/")["results"]:
        mei.post(f"ship-notices/{notice['id']}/receipt/", {"location_code": "STORE"})


def rows() -> dict[str, int]:
    """How many rows every table of the plant has. What was scanned is kept whatever came of it (Ruling 3), and a
    person's visit is no change of the plant. What the worker still writes for an earlier act is waited for."""
    for _turn in home.pauses(60):
        if not Delivery.objects.filter(done_at=None).exists():
            break
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND relname <> ALL(%s)",
            [["ledger_scanlog", "django_session"]],
        )
        names = sorted(row[0] for row in cursor.fetchall())
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names))
        return dict(cursor.fetchall())


def slots_of(story: Story, build: int) -> dict[str, dict[str, Any]]:
    """The slots of a build by position."""
    return {slot["position"]: slot for slot in story.doors["mei"].get(f"builds/{build}/slots/")["results"]}


def fit(story: Story, build: int, serials: dict[str, str]) -> None:
    """Units into the slots that are still empty, in one go."""
    found = slots_of(story, build)
    fits = [(found[position]["id"], serial) for position, serial in serials.items() if not found[position]["unit_id"]]
    rows = [{"slot_id": slot, "serial": serial} for slot, serial in fits]
    story.doors["mei"].do("assembly.install_units", fits=rows)


def gpus_of(
    story: Story,
    tray: int,
    kit: dict[str, str],
    place: dict[str, Any] | None = None,
    uuids: tuple[str, ...] = (),
) -> tuple[GpuFacts, ...]:
    """What the tray's GPUs say of themselves: on the bench, or in a place of the rack."""
    return tray_gpus(
        uuids or story.parts.gpus(tray),
        (kit["superchip_0"], kit["superchip_1"]),
        slot=place["slot_number"] if place else 0,
        tray_index=place["tray_index"] if place else 0,
        chassis_serial=story.parts.modules["CBC_0"] if place else "",
    )


def send(story: Story, unit: str, name: str, content: str, station: str = "T1") -> dict[str, Any]:
    """A tester's file."""
    answer = story.doors["kenji"].upload(
        "test-logs", name, content.encode(), unit=unit, station=station, exit_code="0"
    )  # fmt: skip
    return dict(answer)


def try_tray(story: Story, build: int, number: str, gpus: Sequence[GpuFacts], hour: int = 9) -> None:
    """Operation 140 by the testers' own files."""
    story.doors["kenji"].do("assembly.start_run", build_id=build, number=140)
    smi = nvidia_smi_xml(gpus, at=datetime(2026, 11, 10, hour, tzinfo=UTC))
    for name, content in (("smi.xml", smi), ("dcgm.json", dcgm_v4_diag(gpus, version=f"4.4.{hour}"))):
        assert send(story, number, f"{number}-{hour}-{name}", content)["disposition"] == "accept"
    story.finish([build], 140, TRAY_ROUTING.operations, "kenji")


def in_the_rack(story: Story, position: str, tray: int, kit: dict[str, str], hour: int = 9) -> None:
    """A tray reports itself from its place: the discovery that the configuration check compares."""
    place = slots_of(story, story.rack_build)[position]
    smi = nvidia_smi_xml(gpus_of(story, tray, kit, place), at=datetime(2026, 11, 14, hour, tray, tzinfo=UTC))
    number = next(number for _pk, number in story.trays[tray : tray + 1])
    assert send(story, number, f"{number}-{position}.xml", smi, "T2")["verdict"] == "pass"


def bad_memory(gpus: Sequence[GpuFacts]) -> str:
    """The tester's file that finds a memory fault on the third GPU."""
    return dcgm_v4_diag(gpus, failing=[Fault(2, "memory", 52)], version="4.4.2")


def all_reduce() -> str:
    """The bandwidth of the two trays together."""
    return nccl_all_reduce([Host(f"tray{index:02d}") for index in range(2)])
