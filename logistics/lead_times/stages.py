"""The one stage table of the lead-time comparison (RULINGS 16) with its words in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["work", "wait"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of the road of one rack.

    `kind` says where its days count unless measured apart (`StageInput.wait_share`).
    `shared` stages take one draw for all scenarios: what is truly common to them.
    `is_risk` rows have no P10/P50/P90 of their own; their days come from the risks.
    """

    key: str
    ja: str
    en: str
    kind: Kind
    shared: bool = False
    is_risk: bool = False


STAGES: tuple[Stage, ...] = (
    Stage("kit_ready", "部材揃い", "Kit ready", "wait", shared=True),
    Stage("inbound", "部材受入", "Inbound parts", "work"),
    Stage("assembly", "組立", "Assembly", "work"),
    Stage("test_burnin", "試験・エージング", "Test and burn-in", "work"),
    Stage("repair_retest", "手直し・再試験", "Repair and retest", "work"),
    Stage("pack", "梱包", "Packing", "work"),
    Stage("licence", "輸出審査", "Licence review", "wait", shared=True, is_risk=True),
    Stage("export_origin", "輸出手続", "Export formalities", "wait"),
    Stage("wait_departure", "便待ち", "Wait for departure", "wait"),
    Stage("linehaul", "幹線輸送", "Linehaul", "work"),
    Stage("late_vessel", "船の遅れ", "Late vessel", "wait", is_risk=True),
    Stage("import_customs", "輸入通関", "Import customs", "wait"),
    Stage("domestic_haul", "国内輸送", "Haul in Japan", "work"),
    Stage("stoppage", "欠航・通行止め", "Storm stoppage", "wait", shared=True, is_risk=True),
    Stage("site_wait", "現地準備待ち", "Wait for the site", "wait", shared=True, is_risk=True),
    Stage("site_receiving", "現地受入", "Site receiving", "work", shared=True),
)

BY_KEY: Mapping[str, Stage] = MappingProxyType({stage.key: stage for stage in STAGES})

CLOCK: tuple[Stage, ...] = STAGES[1:]
"""Stages on the comparison clock: kit_ready → end of site receiving. kit_ready ends before it starts."""

ROW: Mapping[str, int] = MappingProxyType({stage.key: row for row, stage in enumerate(CLOCK)})
"""Row of each clock stage in an array of days by stage."""

INPUT_KEYS: tuple[str, ...] = tuple(stage.key for stage in STAGES if not stage.is_risk)
"""Stages that take P10/P50/P90: the twelve keys a person may edit."""
