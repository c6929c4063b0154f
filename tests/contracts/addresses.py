"""Every address of the product, and a thing of the small plant for each argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import Device, Skill, SkillGrant, Station
from assembly.models import (
    AndonCall,
    Build,
    BuildOrder,
    BurnInRun,
    ColumnMap,
    Design,
    FirmwareBaseline,
    Instruction,
    InstructionPicture,
    Kit,
    LimitSet,
    Nonconformity,
    OperationRun,
    RackModel,
    Reservation,
    Routing,
    TelemetrySeries,
    TestRun,
    Tool,
)
from assembly.queries.shortages import shortages
from documents.models import IssuedDocument, Photo, PrintJob
from inventory.models import (
    Bom,
    Discrepancy,
    Hold,
    Inspection,
    Lot,
    Part,
    Recall,
    SamplingPlan,
    ScanConflict,
    ShipNotice,
    Supplier,
    SupplierReturn,
    Unit,
)
from logistics.models import (
    Calendar,
    CrateLogger,
    Disruption,
    OwnScenario,
    SavedComparison,
    Shipment,
    SiteReturn,
    Timetable,
)
from tests.doors.acts_exceptions import a_silence


def walk() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and argument names of every page: no API, no admin, no plumbing."""
    for route, pattern in _patterns(get_resolver(), ""):
        if not route.startswith(("api/", "admin/")):
            yield pattern.name or route, tuple(pattern.pattern.converters)


def walk_api() -> Iterator[tuple[str, URLPattern]]:
    """Route and pattern of everything under /api/."""
    for route, pattern in _patterns(get_resolver(), ""):
        if route.startswith("api/"):
            yield route, pattern


def _patterns(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, before + str(pattern.pattern))
        else:
            yield before + str(pattern.pattern), pattern


def _first(rows: QuerySet[Any]) -> Any:
    found: Model | None = rows.order_by("pk").first()
    assert found is not None, f"the small plant has no {rows.model.__name__}"
    return found


def _rack() -> Build:
    build: Build = _first(Build.objects.filter(design__kind="rack", origin="plant", completed_at=None))
    return build


def _number() -> dict[str, Any]:
    return {"number": _rack().unit.name}


def _station(kind: str) -> str:
    return str(_first(Station.objects.filter(kind=kind)).code)


def _slot() -> dict[str, Any]:
    return {**_number(), "position": _first(_rack().slots.all()).position}


def _operation() -> dict[str, Any]:
    return {**_number(), "operation": _first(_rack().design.routing.operations.all()).number}


def _running() -> dict[str, Any]:
    return {"code": _first(BurnInRun.objects.filter(ended_at=None)).cell.code}


def _draft_bom() -> Bom:
    bom: Bom = _first(Bom.objects.drafts())
    return bom


def _draft_design() -> Design:
    design: Design = _first(Design.objects.filter(released_at=None))
    return design


def _draft_routing() -> Routing:
    routing: Routing = _first(Routing.objects.filter(released_at=None))
    return routing


def _draft_limits() -> LimitSet:
    found: LimitSet = _first(LimitSet.objects.filter(released_at=None))
    return found


Arguments = Callable[[], dict[str, Any]]

INSPECTIONS = (
    "inspection", "inspection_work", "inspection_piece", "inspection_take_back", "inspection_judge", "inspection_sort",
    "inspection_concede",
)  # fmt: skip

ARGUMENTS: dict[str, Arguments] = {
    **dict.fromkeys(
        ("part", "part_edit", "part_revise", "part_alias"), lambda: {"part_id": _first(Part.objects.all()).pk}
    ),
    "supplier_edit": lambda: {"supplier_id": _first(Supplier.objects.all()).pk},
    **dict.fromkeys(("bom", "bom_release", "bom_discard", "bom_line_new"), lambda: {"bom_id": _draft_bom().pk}),
    **dict.fromkeys(
        ("bom_line", "bom_line_drop"),
        lambda: {"bom_id": _draft_bom().pk, "number": _first(_draft_bom().lines.all()).number},
    ),
    **dict.fromkeys(
        ("build_order", "build_order_edit", "build_order_cancel", "build_order_move", "build_order_start"),
        lambda: {"order_id": _first(BuildOrder.objects.open()).pk},
    ),
    "shortage": lambda: {"part_id": shortages(timezone.localdate())[0].part.pk},
    **dict.fromkeys(
        ("design", "design_edit", "design_swap", "design_release", "design_discard", "design_slot_new"),
        lambda: {"design_id": _draft_design().pk},
    ),
    **dict.fromkeys(
        ("design_slot", "design_slot_drop"),
        lambda: {"design_id": _draft_design().pk, "position": _first(_draft_design().slots.all()).position},
    ),
    **dict.fromkeys(
        ("limit_set", "limit_set_release", "limit_set_discard", "limit_new"),
        lambda: {"limit_set_id": _draft_limits().pk},
    ),
    **dict.fromkeys(
        ("limit_edit", "limit_drop"),
        lambda: {"limit_set_id": _draft_limits().pk, "limit_id": _first(_draft_limits().limits.all()).pk},
    ),
    **dict.fromkeys(
        ("firmware_baseline", "firmware_release", "firmware_discard"),
        lambda: {"baseline_id": _first(FirmwareBaseline.objects.filter(released_at=None)).pk},
    ),
    "rack_model_edit": lambda: {"rack_model_id": _first(RackModel.objects.all()).pk},
    **dict.fromkeys(
        ("routing", "routing_operation_new", "routing_release", "routing_discard", "routing_reentry_new"),
        lambda: {"routing_id": _draft_routing().pk},
    ),
    **dict.fromkeys(
        ("routing_operation", "routing_operation_drop"),
        lambda: {"routing_id": _draft_routing().pk, "number": _first(_draft_routing().operations.all()).number},
    ),
    **dict.fromkeys(
        ("routing_reentry", "routing_reentry_drop"),
        lambda: {
            "routing_id": _draft_routing().pk,
            "slot_kind": _first(_draft_routing().reentry_rules.all()).slot_kind,
        },
    ),
    **dict.fromkeys(
        ("tool", "tool_edit", "tool_calibration", "tool_retire"),
        lambda: {"tool_id": _first(Tool.objects.filter(retired_at=None)).pk},
    ),
    "skill_edit": lambda: {"skill_id": _first(Skill.objects.all()).pk},
    "skill_end": lambda: {"grant_id": _first(SkillGrant.objects.all()).pk},
    "column_map": lambda: {"code": _first(ColumnMap.objects.all()).code},
    "station_edit": lambda: {"station_id": _first(Station.objects.all()).pk},
    "station_conflicts": lambda: {"code": _station("assembly")},
    "scan_conflict": lambda: {"conflict_id": _first(ScanConflict.objects.all()).pk},
    "print_job": lambda: {"job_id": _first(PrintJob.objects.all()).pk},
    "print_file": lambda: {"job_id": _first(PrintJob.objects.exclude(finished_at=None)).pk},
    "issued_file": lambda: {"code": _first(IssuedDocument.objects.all()).verify_code},
    "verify": lambda: {"code": _first(IssuedDocument.objects.all()).verify_code},
    "document_copy": lambda: {"kind": "unit-label", "key": _first(Unit.objects.all()).tag},
    "document_issue": lambda: {"kind": "unit-label", "key": _first(Unit.objects.all()).tag},
    **dict.fromkeys(("photo", "photo_small"), lambda: {"photo_id": _first(Photo.objects.all()).pk}),
    "run_amendment": lambda: {"run_id": _first(OperationRun.objects.filter(measurements__isnull=False)).pk},
    "person": lambda: {"username": "mei"},
    "device_revocation": lambda: {"device_id": _first(Device.objects.all()).pk},
    "unit": lambda: {"tag": _first(Unit.objects.exclude(serial="")).tag},
    "lot": lambda: {"tag": _first(Lot.objects.all()).tag},
    "ship_notice": lambda: {"notice_id": _first(ShipNotice.objects.all()).pk},
    "receive_notice": lambda: {"notice_id": _first(ShipNotice.objects.all()).pk},
    "receive_lot": lambda: {"notice_id": _first(ShipNotice.objects.all()).pk},
    "discrepancy_new": lambda: {"notice_id": _first(ShipNotice.objects.all()).pk},
    "discrepancy": lambda: {"number": _first(Discrepancy.objects.all()).number},
    **dict.fromkeys(INSPECTIONS, lambda: {"number": _first(Inspection.objects.filter(verdict=None)).number}),
    "sampling_plan": lambda: {"plan_id": _first(SamplingPlan.objects.all()).pk},
    "sampling_release": lambda: {"code": _first(SamplingPlan.objects.all()).code},
    "kit": lambda: {"number": _first(Kit.objects.all()).number},
    "kit_act": lambda: {"number": _first(Kit.objects.all()).number, "act": "complete"},
    "kit_open": _number,
    "hold": lambda: {"number": _first(Hold.objects.all()).number},
    "supplier_return": lambda: {"number": _first(SupplierReturn.objects.all()).number},
    "recall_page": lambda: {"number": _first(Recall.objects.all()).number},
    "receiving": lambda: {"code": _station("receiving")},
    "test_run": lambda: {"test_run_id": _first(TestRun.objects.all()).pk},
    "raw_file": lambda: {"test_run_id": _first(TestRun.objects.all()).pk},
    **dict.fromkeys(
        ("burn_in_cancel", "burn_in_move"), lambda: {"reservation_id": _first(Reservation.objects.all()).pk}
    ),
    "station_history": lambda: {"code": _station("test")},
    "burn_in_run": _running,
    "burn_in_start": _running,
    "burn_in_stop": _running,
    "burn_in_abort": _running,
    "burn_in_block": _running,
    "burn_in_unblock": lambda: {"outage_id": 1},
    "raw_series": lambda: {"burn_in_id": _first(BurnInRun.objects.all()).pk},
    "raw_series_course": lambda: {
        "burn_in_id": _first(BurnInRun.objects.all()).pk,
        "series_id": _first(TelemetrySeries.objects.all()).pk,
    },
    "burn_in_run_by_id": lambda: {"burn_in_id": _first(BurnInRun.objects.all()).pk},
    **dict.fromkeys(
        (
            "rack",
            "rack_operations",
            "rack_tests",
            "rack_history",
            "rack_documents",
            "deviation_new",
            "rack_differences",
            "rack_withdrawal",
        ),
        _number,
    ),
    "run_start": _operation,
    "run_abort": _operation,
    "unit_removal": _slot,
    "nonconformity": lambda: {"number": _first(Nonconformity.objects.all()).number},
    "station": lambda: {"code": _station("assembly")},
    **dict.fromkeys(("station_pulse", "station_andon", "station_tool"), lambda: {"code": _station("assembly")}),
    "instruction": lambda: {"operation_id": _first(Instruction.objects.all()).operation_id},
    "instruction_picture": lambda: {"sha256": _first(InstructionPicture.objects.all()).sha256},
    "station_finish": lambda: {"code": _station("assembly")},
    "station_finish_kept": lambda: {"code": _station("assembly")},
    "station_sign": lambda: {"code": _station("assembly")},
    "andon_acknowledge": lambda: {"number": _first(AndonCall.objects.all()).number},
    "andon_resolve": lambda: {"number": _first(AndonCall.objects.all()).number},
    "calendar": lambda: {"calendar_id": _first(Calendar.objects.filter(kind="site").exclude(released_at=None)).pk},
    "calendar_release": lambda: {"calendar_id": _first(Calendar.objects.filter(released_at=None)).pk},
    "timetable": lambda: {"timetable_id": _first(Timetable.objects.all()).pk},
    "timetable_release": lambda: {"timetable_id": _first(Timetable.objects.filter(released_at=None)).pk},
    "shipment": lambda: {"number": _first(Shipment.objects.all()).number},
    **dict.fromkeys(
        ("shipment_replan", "shipment_reroute", "shipment_load", "part_arrival"),
        lambda: {"number": _first(Shipment.objects.all()).number},
    ),
    "exception": lambda: {"exception": a_silence()[1]},
    **dict.fromkeys(
        ("logger", "logger_lost", "logger_removal"), lambda: {"logger_id": _first(CrateLogger.objects.all()).pk}
    ),
    **dict.fromkeys(
        ("shipment_conditions", "logger_fit"),
        lambda: {"number": _first(CrateLogger.objects.all()).crate.shipment_crate.shipment.number},
    ),
    "disruption": lambda: {"number": Disruption.objects.filter(ended_at=None)[0].number},
    "disruption_act": lambda: {"number": _first(Disruption.objects.all()).number, "act": "expectation"},
    "shipment_act": lambda: {"number": _first(Shipment.objects.all()).number, "act": "departure"},
    **dict.fromkeys(
        ("own_scenario", "own_scenario_edit", "own_scenario_retire"),
        lambda: {"scenario_id": _first(OwnScenario.objects.all()).pk},
    ),
    "saved_comparison": lambda: {"number": _first(SavedComparison.objects.all()).number},
    "site_return": lambda: {"number": _first(SiteReturn.objects.all()).number},
    "site_return_act": lambda: {"number": _first(SiteReturn.objects.all()).number, "act": "packing"},
    "audit_unit": lambda: {"tag": _rack().unit.tag},
    "audit_unit_json": lambda: {"tag": _rack().unit.tag},
}
