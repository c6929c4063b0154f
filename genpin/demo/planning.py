"""The planner's desk of the demo: orders ahead, a design to come, drafts, tools of which one is soon due, skills."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.operations.skills import define_skill, grant_skill
from assembly.models import Routing, Tool
from assembly.operations.build_orders import OrderRow, plan_orders
from assembly.operations.design_drafts import draft_design, swap_design_part
from assembly.operations.firmware import NeedSpec, draft_firmware_baseline, release_firmware_baseline
from assembly.operations.limit_sets import LimitSpec, draft_limits, put_limit, release_limits
from assembly.operations.routing_drafts import draft_routing, put_routing_operation, spec_of
from assembly.operations.tools import record_calibration, register_tool
from genpin.demo.plant import JAPAN, Plant
from inventory.models import BomLine
from inventory.operations.bom_drafts import draft_bom, put_bom_line
from inventory.operations.parts import PartRow, define_part

TOOLS: tuple[tuple[str, str, str, str, str, int], ...] = (
    ("TD-01", "トルクドライバー 0.5–5 N·m", "Torque driver 0.5–5 N·m", "torque", "A1", 200),
    ("TD-02", "トルクドライバー 0.5–5 N·m", "Torque driver 0.5–5 N·m", "torque", "A2", 352),
    ("LT-02", "漏れ試験器", "Leak tester", "leak_tester", "T1", 374),
    ("LT-04", "漏れ試験器", "Leak tester", "leak_tester", "T1", 120),
)
"""Number, names, kind, where it is kept, and how many days ago it was calibrated: one is soon due, one is over."""

SKILLS = (
    ("TORQUE", "締付け作業", "Tightening", 24, ("mei", "hayato", "aoi", "daiki")),
    ("LEAK", "漏れ試験", "Leak testing", 12, ("kenji", "yuna", "mei")),
    ("HIPOT", "耐電圧試験", "Hi-pot testing", 12, ("kenji", "sho")),
)

ALL_REDUCE = LimitSpec(
    "busbw", low=Decimal(795), guard=Decimal(5), unit="GB/s", source="CoreWeave, 72 ranks, 8 GiB: 835–847"
)

BASELINES: tuple[tuple[str, str, tuple[NeedSpec, ...]], ...] = (
    (
        "GB200-CT",
        "DGX GB200 SW 1.3",
        (
            NeedSpec("vbios", ("97.00.B9.00.69",)),
            NeedSpec("inforom", ("G548.0201.00.06",)),
            NeedSpec("driver", ("580.95.05",), "at_least"),
        ),
    ),
    (
        "GB300-CT",
        "DGX GB300 SW 1.0.1",
        (
            NeedSpec("vbios", ("97.10.4A.00.0C",)),
            NeedSpec("inforom", ("G548.0301.00.03",)),
            NeedSpec("driver", ("580.95.05",), "at_least"),
        ),
    ),
)
SWITCH_NEEDS = (NeedSpec("FW_BMC_0", ("88.0002.1958",)), NeedSpec("UEFI", ("0ACTV_00.01.020", "0ACTV_00.01.022")))

ORDERS = ((9, 40, "GB300-NVL72", 2), (14, 47, "GB300-NVL72", 3), (21, 54, "GB200-NVL72", 1), (28, 63, "GB300-NVL72", 4))
"""Days until the start, days until the need, product, pieces."""


def schedule(plant: Plant) -> None:
    """Put the planner's acts on the agenda: tools and skills early, orders and drafts in the last days."""
    end = plant.agenda.end
    plant.agenda.at(plant.begin + timedelta(days=2), _skills, plant)
    plant.agenda.at(plant.begin + timedelta(days=3), _limits, plant)
    plant.agenda.at(plant.begin + timedelta(days=3, hours=1), _firmware, plant)
    plant.agenda.at(end - timedelta(days=3), _tools, plant)
    plant.agenda.at(end - timedelta(days=2, hours=5), _orders, plant)
    plant.agenda.at(end - timedelta(days=1, hours=4), _drafts, plant)


def _day(at: datetime) -> date:
    return at.astimezone(JAPAN).date()


def _tools(at: datetime, plant: Plant) -> None:
    today = _day(plant.agenda.end)
    known = set(Tool.objects.values_list("code", flat=True))
    for code, name_ja, name_en, kind, place, age in TOOLS:
        if code not in known:
            plant.call(
                register_tool, "plan", at, code=code, name_ja=name_ja, name_en=name_en, kind=kind, place=place,
                maker="", serial=f"{code}-0{age}",
            )  # fmt: skip
            plant.call(
                record_calibration, "plan", at, tool_code=code, calibrated_on=today - timedelta(days=age),
                certificate=f"JCSS-{age:04d}", laboratory="播磨計測センター",
            )  # fmt: skip
    plant.told["tool due"] = "TD-02"


def _skills(at: datetime, plant: Plant) -> None:
    for code, name_ja, name_en, months, people in SKILLS:
        plant.call(define_skill, "plan", at, code=code, name_ja=name_ja, name_en=name_en, months_valid=months)
        for turn, name in enumerate(people):
            from_on = _day(plant.agenda.end) - timedelta(days=[30, 350, 120, 340][turn])
            plant.call(
                grant_skill,
                "plan",
                at,
                username=name,
                skill_code=code,
                from_on=from_on,
                proof=f"講習 {code}-{turn + 1:02d}",
            )


def _orders(at: datetime, plant: Plant) -> None:
    today = _day(plant.agenda.end)
    rows = [
        OrderRow(
            product=product, quantity=pieces, start_on=today + timedelta(days=start),
            need_by=today + timedelta(days=need), note="薩摩川内 第2期",
        )
        for start, need, product, pieces in ORDERS
    ]  # fmt: skip
    plant.call(plan_orders, "plan", at, orders=rows)


def _drafts(at: datetime, plant: Plant) -> None:
    """A larger drive is coming: the part, the bill, the design and the routing that will take it, not released yet. And
    tighter limits, of which the study is not signed; and a firmware baseline of switch trays that quality still has."""
    with transaction.atomic():
        narrower = plant.call(
            draft_limits, "kenji", at, part_number="GB300-NVL72", tool="nccl-tests", operation_number=340
        )
        row = narrower.limits.get()
        limit = replace(ALL_REDUCE, low=Decimal(815), source="ゴールデンラック調査 2026-11(未承認)")
        plant.call(put_limit, "kenji", at, limit_set_id=narrower.pk, version=row.version, limit=limit)
        drive = PartRow(
            number="SSD-E1S-7T68", revision="A", name_ja="E1.S SSD 7.68 TB", name_en="E1.S SSD 7.68 TB", kind="e1s",
            level="board", manufacturer="Solidigm",
        )  # fmt: skip
        plant.call(define_part, "plan", at, part=drive)
        bom = plant.call(
            draft_bom, "plan", at, part_number="GB300-CT", part_revision="C", revision="2", from_revision="1"
        )
        line = BomLine.objects.filter(bom=bom, part__number="SSD-E1S-3T84").first()
        if line is not None:
            plant.call(
                put_bom_line, "plan", at, bom_id=bom.pk, number=line.number, version=line.version,
                part_number=drive.number, quantity=line.quantity, unit=line.unit,
            )  # fmt: skip
        design = plant.call(draft_design, "plan", at, code="GB300-CT-2", from_code="GB300-CT")
        plant.call(
            swap_design_part, "plan", at, design_id=design.pk, version=1, old_part="SSD-E1S-3T84", new_part=drive.number
        )
        _routing(at, plant)
        plant.call(draft_firmware_baseline, "kenji", at, part_number="N5200_LD", needs=list(SWITCH_NEEDS))


def _limits(at: datetime, plant: Plant) -> None:
    """The rack's all-reduce is judged by the plant: the tool says only that the sums were right."""
    for product in ("GB200-NVL72", "GB300-NVL72"):
        drafted = plant.call(draft_limits, "kenji", at, part_number=product, tool="nccl-tests", operation_number=340)
        plant.call(put_limit, "kenji", at, limit_set_id=drafted.pk, version=0, limit=ALL_REDUCE)
        plant.call(
            release_limits, "tanaka", at, limit_set_id=drafted.pk, version=2,
            reason="公開値 835–847 GB/s の 95 %。自社の調査まで",
        )  # fmt: skip


def _firmware(at: datetime, plant: Plant) -> None:
    """What compute trays have to report before their rack soaks: NVIDIA's published bundles."""
    for part, bundle, needs in BASELINES:
        seen = plant.call(draft_firmware_baseline, "kenji", at, part_number=part, needs=list(needs))
        plant.call(
            release_firmware_baseline, "tanaka", at, part_number=part, version=seen.version,
            reason=f"{bundle} の配布一式",
        )  # fmt: skip


def _routing(at: datetime, plant: Plant) -> None:
    routing: Any = plant.call(draft_routing, "plan", at, code="RT-CT-GB300", revision="B", from_revision="A")
    row = Routing.objects.get(pk=routing.pk).operations.prefetch_related("fields").order_by("number")[1]
    spec = replace(spec_of(row), standard_minutes=row.standard_minutes + 10, skill="TORQUE", tool_kinds=("torque",))
    plant.call(put_routing_operation, "plan", at, routing_id=routing.pk, version=row.version, spec=spec)
