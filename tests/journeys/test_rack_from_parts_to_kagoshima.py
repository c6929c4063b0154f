"""Journey 1: one GB200 rack from the supplier's ship notice to acceptance at Satsumasendai.

Empty database, no world builder: management commands set the plant up, people use the API, and the main steps go
through a real browser against the shipped processes. After each step the traveller says what is true.
"""

from __future__ import annotations

import dataclasses
import json
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from assembly.test_logs.writing import Host, dcgm_v4_diag, nccl_all_reduce, nvidia_smi_xml, tray_gpus
from genpin.master.cells import SERIES
from tests.journeys.announced import announce
from tests.journeys.doors import Refused, command
from tests.journeys.on_the_road import ship
from tests.journeys.story import (
    ORDER,
    RACK,
    ROUTING,
    SWITCH_ROUTING,
    TOOLS,
    TRAY_ROUTING,
    Story,
    plain,
    scan,
    set_up,
    sign_in,
)
from tests.plant import Plant


@pytest.fixture
def story(live_plant: Plant) -> Story:
    """The plant as an operator sets it up: master data, people — nothing else."""
    return set_up(live_plant, announce(ORDER, "2026-11-02T18:00:00+08:00"))


@pytest.mark.commits
@pytest.mark.browser
@pytest.mark.slow
def test_a_rack_goes_from_parts_to_kagoshima(story: Story, page: Any) -> None:
    # 1. The planner releases a design whose soak lasts a minute, so that the journey can soak for real.
    release_design(story)

    # 2. The supplier's ship notice is imported; one bad line refuses the whole file.
    import_notice(story)

    page.set_default_timeout(8_000)
    # 3. Parts are received: one by scanner at the goods-in station, the rest by notice.
    receive(story, page)

    # 4. 18 compute trays and 9 switch trays are built slot by slot and tested by the testers' own files.
    build_trays(story, page)

    # 5. The rack is integrated, the first tray by scanner at station A2.
    integrate(story, page)

    # 6. Leak test, fill, power-on, firmware, configuration check, tests.
    try_rack(story)

    # 7. Burn-in in a cell; the clock counts only stored samples.
    burn_in(story)

    # 8. Final inspection, packing, shipping, milestones, arrival, acceptance with a place in the hall.
    ship(story, page)

    # 9. Whatever door it came by: the record is whole.
    assert "The record is whole." in command(story.plant.environment, "check_integrity")


def release_design(story: Story) -> None:
    operations = [dataclasses.replace(op, soak_minutes=1) if op.kind == "burn_in" else op for op in ROUTING.operations]
    plan = story.doors["plan"]
    for code in TOOLS.values():
        plan.do("assembly.record_calibration", tool_code=code, calibrated_on="2026-11-02", due_on="2099-01-01")
    plan.do(
        "assembly.release_routing",
        code="RT-RACK-J",
        revision="A",
        operations=plain(operations),
        reentry=plain(ROUTING.reentry),
    )
    plan.do(
        "assembly.release_design",
        code="D-J",
        kind="rack",
        part_number=RACK.part,
        revision=RACK.revision,
        routing_code="RT-RACK-J",
        routing_revision="A",
        rack_model="GB200-NVL72",
        unit_prefix="RK",
        slots=plain(RACK.slots),
    )
    with pytest.raises(Refused) as refused:
        story.doors["mei"].do("assembly.release_routing", code="X", revision="A", operations=[], reentry=[])
    assert refused.value.status == 403


def import_notice(story: Story) -> None:
    content = story.parts.csv()
    spoiled = content.replace(b"PDB-CT", b"PDB-XX", 1)
    with pytest.raises(Refused) as refused:
        story.doors["plan"].upload("ship-notices", "asn.csv", spoiled)
    assert "PDB-XX" in json.dumps(refused.value.body, ensure_ascii=False)
    assert story.doors["plan"].get("ship-notices/")["results"] == []
    imported = story.doors["plan"].upload("ship-notices", "asn.csv", content)
    assert imported["already"] is False
    assert story.doors["plan"].upload("ship-notices", "asn.csv", content)["already"] is True


def receive(story: Story, page: Any) -> None:
    first = story.parts.trays[0]["superchip_0"]
    sign_in(page, story, "mei")
    page.goto(f"{story.plant.url}/stations/R1/")
    scan(page, first)
    page.locator("#floor-answer .answer[data-state=ok]").wait_for()
    scan(page, first)
    page.locator("#floor-answer .answer[data-state=stop]").wait_for()
    mei = story.doors["mei"]
    for notice in mei.get("ship-notices/")["results"]:
        mei.post(f"ship-notices/{notice['id']}/receipt/", {"location_code": "STORE"})
    unit = mei.get(f"units/?q={first}")["results"][0]
    assert unit["serial"] == first


def build_trays(story: Story, page: Any) -> None:
    plan, mei = story.doors["plan"], story.doors["mei"]
    starts = [{"design_code": "GB200-CT", "location_code": "LINE-TRAY"} for _tray in range(18)]
    compute = plan.do("assembly.start_builds", starts=starts)["builds"]
    starts = [{"design_code": "N5200", "serial": serial} for serial, _bmc in story.parts.switches]
    switch = plan.do("assembly.start_builds", starts=starts)["builds"]
    story.trays = [(pk, mei.get(f"racks/{pk}/")["number"]) for pk in compute]
    story.switches = [(pk, serial) for pk, (serial, _bmc) in zip(switch, story.parts.switches, strict=True)]

    story.run(compute, 100, TRAY_ROUTING.operations)
    story.run(switch, 100, SWITCH_ROUTING.operations)
    mei.do("assembly.start_runs", starts=[{"build_id": pk, "number": 110} for pk in [*compute, *switch]])
    scan_first_tray(story, page)
    fits = []
    for (pk, _number), kit in list(zip(story.trays, story.parts.trays, strict=True)):
        fits += [
            (slot["id"], kit[slot["position"]])
            for slot in mei.get(f"builds/{pk}/slots/")["results"]
            if not slot["unit_id"]
        ]
    for (pk, _number), (_serial, bmc) in zip(story.switches, story.parts.switches, strict=True):
        fits += [(slot["id"], bmc) for slot in mei.get(f"builds/{pk}/slots/")["results"]]
    mei.do("assembly.install_units", fits=[{"slot_id": slot, "serial": serial} for slot, serial in fits])
    story.finish(compute, 110, TRAY_ROUTING.operations)
    story.finish(switch, 110, SWITCH_ROUTING.operations)
    for number in (120, 130):
        story.run(compute, number, TRAY_ROUTING.operations)
        story.run(switch, number, SWITCH_ROUTING.operations)
    story.run(switch, 140, SWITCH_ROUTING.operations, "kenji")
    try_trays(story, compute)
    text = mei.paper("traveller", story.trays[0][1])
    assert story.trays[0][1] in text
    assert "トレイ試験" in text
    assert story.parts.trays[0]["pdb_0"] in text


def scan_first_tray(story: Story, page: Any) -> None:
    """Mei builds the first positions of the first tray by scanner; a part twice and an unknown one are refused."""
    kit = story.parts.trays[0]
    page.goto(f"{story.plant.url}/stations/A1/")
    scan(page, story.trays[0][1])
    page.locator("#floor-answer .answer[data-state=ok]").wait_for()
    scan(page, kit["pdb_0"])
    page.locator("#floor-answer .answer[data-state=ok]", has_text="pdb_0").wait_for()
    scan(page, kit["superchip_0"].translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    page.locator("#floor-answer .answer[data-state=ok]", has_text="superchip_0").wait_for()
    scan(page, kit["superchip_0"])
    page.locator("#floor-answer .answer[data-state=stop]").wait_for()
    scan(page, "NO-SUCH-SERIAL")
    page.locator("#floor-answer .answer[data-state=stop]", has_text="NO-SUCH-SERIAL").wait_for()


def try_trays(story: Story, compute: Sequence[int]) -> None:
    kenji = story.doors["kenji"]
    kenji.do("assembly.start_runs", starts=[{"build_id": pk, "number": 140} for pk in compute])
    with pytest.raises(Refused) as refused:
        story.finish(compute[:1], 140, TRAY_ROUTING.operations, "kenji")
    assert refused.value.code == "TestMissing"
    for index, (_pk, number) in enumerate(story.trays):
        kit = story.parts.trays[index]
        gpus = tray_gpus(
            story.parts.gpus(index),
            (kit["superchip_0"], kit["superchip_1"]),
            slot=0,
            tray_index=0,
            chassis_serial="",
        )
        smi = nvidia_smi_xml(gpus, at=datetime(2026, 11, 10, 9, index, tzinfo=UTC))
        for name, content in (("smi.xml", smi), ("dcgm.json", dcgm_v4_diag(gpus))):
            answer = kenji.upload(
                "test-logs", f"{number}-{name}", content.encode(), unit=number, station="T1", exit_code="0"
            )
            assert answer["verdict"] == "pass", answer
            assert answer["disposition"] == "accept", answer
    story.finish(compute, 140, TRAY_ROUTING.operations, "kenji")


def integrate(story: Story, page: Any) -> None:
    plan, mei = story.doors["plan"], story.doors["mei"]
    start = {"design_code": "D-J", "order_number": ORDER, "need_by": "2026-12-20", "location_code": "LINE-RACK"}
    story.rack_build = plan.do("assembly.start_build", start=start)["id"]
    rack = mei.get(f"racks/{story.rack_build}/")
    story.rack = rack["number"]
    assert re.fullmatch(r"RK26-\d{5}", story.rack)
    assert story.rack in story.traveller()

    with pytest.raises(Refused) as refused:
        mei.do("assembly.start_run", build_id=story.rack_build, number=230)
    assert refused.value.code == "OutOfOrder"
    for number, kinds in ((200, ("bus_bar", "manifold")), (210, ("cartridge",)), (220, ("shelf",))):
        mei.do("assembly.start_run", build_id=story.rack_build, number=number)
        fit_modules(story, kinds)
        story.finish([story.rack_build], number, ROUTING.operations)
    mei.do("assembly.start_run", build_id=story.rack_build, number=230)
    insert_first_tray(story, page)
    insert_trays(story)
    fit_modules(story, ("mgmt",))
    story.finish([story.rack_build], 230, ROUTING.operations)
    text = story.traveller()
    for _pk, number in [*story.trays, *story.switches]:
        assert number in text


def fit_modules(story: Story, kinds: Sequence[str]) -> None:
    mei = story.doors["mei"]
    slots = [slot for slot in mei.get(f"builds/{story.rack_build}/slots/")["results"] if slot["kind"] in kinds]
    mei.do(
        "assembly.install_units",
        fits=[{"slot_id": slot["id"], "serial": story.parts.modules[slot["position"]]} for slot in slots],
    )


def insert_first_tray(story: Story, page: Any) -> None:
    page.goto(f"{story.plant.url}/stations/A2/")
    scan(page, story.rack)
    page.locator("#floor-answer .answer[data-state=ok]").wait_for()
    scan(page, "SLOT-CT-00")
    page.locator("#floor-answer .answer[data-state=ok]").wait_for()
    scan(page, story.trays[0][1])
    page.locator("#floor-answer .answer[data-state=ok]", has_text=story.trays[0][1]).wait_for()
    expect(page.locator("svg.rack")).to_have_count(1)
    scan(page, story.trays[0][1])
    page.locator("#floor-answer .answer[data-state=stop]").wait_for()


def insert_trays(story: Story) -> None:
    mei = story.doors["mei"]
    slots = mei.get(f"builds/{story.rack_build}/slots/")["results"]
    empty = [slot for slot in slots if slot["kind"] == "compute" and not slot["unit_id"]]
    fits = [(slot["id"], number) for slot, (_pk, number) in zip(empty, story.trays[1:], strict=True)]
    fits += [
        (slot["id"], serial)
        for slot, (_pk, serial) in zip([s for s in slots if s["kind"] == "switch"], story.switches, strict=True)
    ]
    mei.do("assembly.install_units", fits=[{"slot_id": slot, "serial": serial} for slot, serial in fits])


def try_rack(story: Story) -> None:
    kenji = story.doors["kenji"]
    build = [story.rack_build]
    for number in (240, 250, 260):
        story.run(build, number, ROUTING.operations)
    for number in (300, 310):
        story.run(build, number, ROUTING.operations, "kenji")
    kenji.do("assembly.start_run", build_id=story.rack_build, number=320)
    with pytest.raises(Refused) as refused:
        story.finish(build, 320, ROUTING.operations, "kenji")
    assert refused.value.code == "ConfigurationDiffers"
    slots = [slot for slot in kenji.get(f"builds/{story.rack_build}/slots/")["results"] if slot["kind"] == "compute"]
    for index, (slot, (_pk, number)) in enumerate(zip(slots, story.trays, strict=True)):
        kit = story.parts.trays[index]
        gpus = tray_gpus(
            story.parts.gpus(index),
            (kit["superchip_0"], kit["superchip_1"]),
            slot=slot["slot_number"],
            tray_index=slot["tray_index"],
            chassis_serial=story.parts.modules["CBC_0"],
        )
        content = nvidia_smi_xml(gpus, at=datetime(2026, 11, 14, 9, index, tzinfo=UTC)).encode()
        kenji.upload("test-logs", f"{number}-rack.xml", content, unit=number, station="T2", exit_code="0")
    story.finish(build, 320, ROUTING.operations, "kenji")
    story.run(build, 330, ROUTING.operations, "kenji")
    kenji.do("assembly.start_run", build_id=story.rack_build, number=340)
    hosts = [Host(f"tray{index:02d}", ("0x29", "0x3f", "0x9c", "0xb2")) for index in range(18)]
    kenji.upload("test-logs", "nccl.txt", nccl_all_reduce(hosts).encode(), unit=story.rack, station="T2", exit_code="0")
    story.finish(build, 340, ROUTING.operations, "kenji")
    text = story.traveller()
    assert "nccl-tests" in text
    assert "72" in text


def burn_in(story: Story) -> None:
    kenji = story.doors["kenji"]
    run = kenji.do("assembly.start_burn_in", build_id=story.rack_build, cell_code="A-07")["id"]
    values = [_middle(spec.low, spec.high) for spec in SERIES]
    assert "A-07" in story.traveller()
    began = time.monotonic()
    soaked = 0
    while soaked < 1 and time.monotonic() - began < 150:
        moment = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
        kenji.do("assembly.feed_telemetry", cell_code="A-07", samples=[{"at": moment, "values": values}])
        time.sleep(3)  # a cell reports every few seconds; the minute has to pass
        soaked = kenji.get(f"burn-in-runs/{run}/")["soak_minutes"]
    kenji.do("assembly.stop_burn_in", build_id=story.rack_build)
    story.finish([story.rack_build], 350, ROUTING.operations, "kenji")
    story.run([story.rack_build], 360, ROUTING.operations, "kenji")


def _middle(low: Decimal | None, high: Decimal | None) -> float:
    """A reading well within the series' limits."""
    if low is not None and high is not None:
        return float((low + high) / 2)
    return float(low if low is not None else high if high is not None else 1)
