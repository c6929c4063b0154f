"""Questions about firmware baselines: which there are, and what the units of a part report beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from assembly.models import FirmwareBaseline, FirmwareNeed
from assembly.queries.firmware_sql import MET, REPORTED

LATELY = 500
"""Files of a part that are looked back over for what its units report."""

_TRAY = ("FW_BMC_0", "FW_CPLD_0", "FW_ERoT_BMC_0", "BMC_Firmware", "Bluefield_FW_ERoT", "UEFI", "golden_image_nic")
_HGX = ("HGX_FW_BMC_0", "HGX_FW_CPLD_0", "HGX_FW_FPGA_0", "HGX_FW_ERoT_BMC_0", "HGX_FW_ERoT_FPGA_0")
_DPU = ("DPU_NIC", "DPU_UEFI", "DPU_ATF", "DPU_BSP", "DPU_OS", "DPU_OFED", "DPU_SYS_IMAGE", "DPU_BOARD", "DPU_NODE")
_EACH = {"HGX_FW_GPU": 4, "HGX_InfoROM_GPU": 4, "HGX_FW_ERoT_GPU": 4, "HGX_FW_CPU": 2, "HGX_FW_ERoT_CPU": 2}

DOCUMENTED = frozenset(
    {*_TRAY, "golden_image_arm", *_HGX, *_DPU, *(f"{name}_{n}" for name, count in _EACH.items() for n in range(count))}
)
"""Entries of firmware inventories that NVIDIA's published readouts have (standards/REDFISH.md, nvl72.md 3.6)."""


def baseline_list(text: str = "", state: str = "") -> QuerySet[FirmwareBaseline]:
    """Baselines, drafts first, then the newest release first; with `count` of what they ask for and `newest`, the
    revision of the part that counts now."""
    rows = FirmwareBaseline.objects.select_related("part", "released_by", "drafted_by").annotate(count=Count("needs"))
    if text:
        named = FirmwareNeed.objects.filter(component__icontains=text).values("baseline")
        rows = rows.filter(Q(part__number__icontains=text) | Q(reason__icontains=text) | Q(pk__in=named))
    if state == "draft":
        rows = rows.filter(released_at=None)
    elif state == "released":
        rows = rows.exclude(released_at=None)
    return rows.order_by(F("released_at").desc(nulls_first=True), "part__number", "-revision")


@dataclass(frozen=True, slots=True)
class ReportedVersion:
    """A version of a component that units of a part report: of how many units it is the newest word, when it was read
    last, and whether the baseline is met by it (None: the baseline does not ask for the component)."""

    component: str
    version: str
    units: int
    read_at: datetime
    met: bool | None


_LATELY = f"""
WITH files AS (
  SELECT t.id, t.unit_id, t.firmware, t.event_id, t.at FROM assembly_testrun t JOIN inventory_unit u ON u.id = t.unit_id
  WHERE u.part_id = %(part)s AND t.firmware <> '{{}}' ORDER BY t.id DESC LIMIT %(limit)s
), newest AS (
  {REPORTED.strip().replace("assembly_testrun", "files")}
)
SELECT r.component, r.version, count(DISTINCT r.unit_id), max(files.at),
  CASE WHEN n.id IS NOT NULL THEN bool_and(coalesce(r.version <> '?' AND {MET.strip()}, false)) END
FROM newest r JOIN files ON files.id = r.run_id
LEFT JOIN assembly_firmwareneed n ON n.baseline_id = %(baseline)s AND n.component = r.component
WHERE r.age = 1 GROUP BY r.component, r.version, n.id ORDER BY r.component, 3 DESC, r.version
"""


def reported_versions(part_id: int, baseline_id: int = 0) -> list[ReportedVersion]:
    """What the units of a part report now, by the newest of its latest `LATELY` files that names the component, held
    against a baseline. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, {"part": part_id, "baseline": baseline_id, "limit": LATELY})
        return [ReportedVersion(*row) for row in cursor.fetchall()]


def reported_components(part_id: int) -> set[str]:
    """Every component that the latest files of the part name. One query."""
    return {row.component for row in reported_versions(part_id)}
