"""The last part of a journey: final inspection, packing, shipping, milestones, arrival, acceptance."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from genpin.master.logistics_lanes import LANES
from genpin.master.vehicles import USUAL
from tests.journeys.story import ROUTING, Story, sign_in, values_of


def ship(story: Story, page: Any) -> None:
    mei, rosa, sora, tanaka = (story.doors[name] for name in ("mei", "rosa", "sora", "tanaka"))
    story.run([story.rack_build], 510, ROUTING.operations, "mei")
    indicators = [
        {"kind": "shock", "serial": "SW-0001", "rating": "25 g"},
        {"kind": "tilt", "serial": "TW-0001", "rating": "80°"},
    ]
    mei.check_pin()
    packing = {
        "rack": story.rack,
        "tare_kg": "320",
        "gross_kg": "1680",
        "length_mm": 1400,
        "width_mm": 900,
        "height_mm": 2450,
        "indicators": indicators,
        "values": values_of(ROUTING.operations, 520),
        "pin_check_id": mei.pin_check,
    }
    sscc = mei.do("logistics.pack_rack", packing=packing)["label"]
    assert "梱包" in story.traveller()
    lane = next(row for row in LANES if len(row.legs) == 3)
    plan = {
        "lane_code": lane.code,
        "carrier_code": lane.legs[0].carrier_code,
        "need_by": "2026-12-20",
        "planned_departure_at": (datetime.now(UTC) + timedelta(hours=2)).isoformat(),
        "crates": [],
        "accepted_because": "agreed with gate and dock",
        "vehicle_code": USUAL,
    }
    shipment = rosa.do("logistics.plan_shipment", plan=plan)["id"]
    rosa.do("logistics.assign_crates", shipment_id=shipment, version=1, crates=[sscc])
    rosa.do("logistics.depart_shipment", shipment_id=shipment, truck="姫路 130 あ 12-34", driver="岡 健", seal="S-7781")
    number = rosa.get(f"shipments/{shipment}/")["number"]
    assert sscc in rosa.paper("packing-list", number).replace(" ", "").replace("(00)", "")
    for leg in range(1, 4):
        for kind in ("leg_departed", "leg_arrived"):
            report = {
                "shipment_id": shipment,
                "milestone": kind,
                "leg_number": leg,
                "occurred_at": datetime.now(UTC).isoformat(),
            }
            rosa.do("logistics.report_milestone", report=report)
    sora.do(
        "logistics.arrive_shipment",
        shipment_id=shipment,
        readings=[{"serial": row["serial"], "state": "intact", "kind": row["kind"]} for row in indicators],
    )
    sora.do("logistics.finish_receiving", shipment_id=shipment)
    verdict = {"shipment_id": shipment, "rack": story.rack, "outcome": "accepted", "position_code": "H1-A01"}
    sora.do("logistics.accept_rack", verdict=verdict)
    where = tanaka.get(f"units/?q={story.rack}")["results"][0]
    assert "H1-A01" in json.dumps(where, ensure_ascii=False)
    as_built = tanaka.paper("as-built", story.rack)
    assert as_built.lower().count("gpu-") >= 72
    sign_in(page, story, "tanaka")
    page.goto(f"{story.plant.url}/racks/{story.rack}/")
    page.get_by_role("heading", name=re.compile(story.rack)).wait_for()
