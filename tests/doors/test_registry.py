"""Every operation has a right, an endpoint, a line in the OpenAPI schema, and a test of its own."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.validation import validate_schema

from accounts.roles import ROLES
from ledger.operations import OPERATIONS
from ledger.shapes import hints_of
from tests.contracts.source import CHECKOUT, name_of, python_files, tree_of

RIGHTS = {right for role in ROLES.values() for right in role.rights}


def test_every_operation_has_a_right_that_some_role_holds() -> None:
    assert {name: entry.permission for name, entry in OPERATIONS.items() if entry.permission not in RIGHTS} == {}


def test_somebody_besides_the_administrator_may_do_it() -> None:
    others = {right for code, role in ROLES.items() if code not in ("admin", "system") for right in role.rights}
    administration = {"accounts.keep_people", "accounts.keep_stations"}

    assert {entry.permission for entry in OPERATIONS.values()} - others == administration


UNUSED: dict[str, str] = {
    "logistics.audit": "the audit pages ask for logistics.read (logistics)",
    "ledger.read_admin": "the read-only admin asks for accounts.read_admin alone",
}
"""Rights that nothing asks for. May only shrink."""


def test_every_right_is_asked_for_somewhere() -> None:
    said = {
        node.value
        for path in python_files()
        if name_of(path) != "accounts/roles.py"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert {right for right in RIGHTS if right not in said} == set(UNUSED)


def test_every_operation_has_its_generic_endpoint() -> None:
    for name in OPERATIONS:
        assert reverse(f"api_operation_{name.replace('.', '_')}") == f"/api/operations/{name}/"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The OpenAPI schema, made without a warning and valid. The command would read all sources for lines."""
    reset_generator_stats()
    made = SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS, dict(GENERATOR_STATS._warn_cache | GENERATOR_STATS._error_cache)
    validate_schema(made)
    return dict(json.loads(OpenApiJsonRenderer2().render(made)))


def test_the_schema_is_openapi_3_1_and_names_every_operation(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    for name, entry in OPERATIONS.items():
        post = schema["paths"][f"/api/operations/{name}/"]["post"]
        assert post["operationId"] == f"operate_{name.replace('.', '_')}"
        assert post["summary"] == entry.doc.split("\n")[0]
        assert {"201", "400", "403", "404", "409"} <= set(post["responses"])
        body = post["requestBody"]["content"]["application/json"]["schema"]["$ref"] if hints_of(entry.function) else ""
        fields = schema["components"]["schemas"][body.rsplit("/", 1)[-1]]["properties"] if body else {}
        assert set(fields) == set(hints_of(entry.function)), name


def test_every_address_of_the_api_is_in_the_schema_once(schema: dict[str, Any]) -> None:
    ids = [act["operationId"] for path in schema["paths"].values() for act in path.values() if "operationId" in act]

    assert sorted(ids) == sorted(set(ids))


COVERED: dict[str, str] = {
    **{f"assembly.{verb}": "tests/assembly/test_kits.py" for verb in ("open_kit", "pick_parts", "return_pick")},
    **{f"assembly.{verb}": "tests/assembly/test_kits.py" for verb in ("complete_kit", "cancel_kit")},
    **{f"inventory.{verb}": "tests/inventory/inspected.py" for verb in ("inspect_piece", "judge_inspection")},
    **{f"inventory.{verb}": "tests/inventory/test_inspections.py" for verb in ("sort_inspection", "take_back_piece")},
    "inventory.concede_inspection": "tests/inventory/test_inspections.py",
    **{f"inventory.{verb}_sampling_plan": "tests/inventory/test_sampling_plans.py" for verb in ("draft", "release")},
    "inventory.assign_sampling_plan": "tests/inventory/test_sampling_plans.py",
    "inventory.report_discrepancy": "tests/inventory/test_discrepancies.py",
    "inventory.settle_discrepancy": "tests/inventory/test_discrepancies.py",
    "accounts.begin_demo_history": "tests/accounts/test_demo_history.py",
    "accounts.define_skill": "tests/accounts/test_skills.py",
    "accounts.edit_skill": "tests/accounts/test_skills.py",
    "accounts.edit_station": "tests/planning/edits.py",
    "accounts.end_badge": "tests/accounts/test_issue_badge.py",
    "accounts.end_demo_history": "tests/accounts/test_demo_history.py",
    "accounts.end_skill": "tests/accounts/test_skills.py",
    "accounts.grant_skill": "tests/accounts/test_skills.py",
    "accounts.lock_session": "tests/accounts/test_take_over_session.py",
    "accounts.revoke_device": "tests/accounts/test_register_device.py",
    "accounts.set_idle_lock": "tests/accounts/test_register_device.py",
    "accounts.set_pin": "tests/accounts/test_end_person.py",
    "accounts.unlock_session": "tests/accounts/test_take_over_session.py",
    **{f"assembly.{verb}": "tests/assembly/test_limit_sets.py" for verb in ("draft_limits", "put_limit", "drop_limit")},
    **{f"assembly.{verb}": "tests/assembly/test_limit_sets.py" for verb in ("release_limits", "discard_limits")},
    **{f"assembly.{verb}_firmware_baseline": "tests/assembly/test_firmware.py" for verb in ("draft", "release")},
    "assembly.discard_firmware_baseline": "tests/assembly/test_firmware.py",
    "assembly.withdraw_approvals": "tests/assembly/test_firmware.py",
    "assembly.mark_reference_unit": "tests/assembly/test_reference_units.py",
    "assembly.end_reference_mark": "tests/assembly/test_reference_units.py",
    "assembly.import_orders": "tests/planning/test_files.py",
    "assembly.import_tools": "tests/planning/test_files.py",
    "assembly.import_skill_grants": "tests/planning/test_files.py",
    "assembly.import_slots": "tests/planning/test_files.py",
    "assembly.import_limits": "tests/planning/test_files.py",
    "assembly.abort_burn_in": "tests/assembly/test_start_burn_in.py",
    "assembly.abort_run": "tests/assembly/test_start_run.py",
    "assembly.add_photos": "tests/assembly/test_concessions.py",
    "assembly.release_dispositions": "tests/assembly/test_dispositions.py",
    "assembly.approve_differences": "tests/assembly/test_configuration.py",
    "assembly.approve_concession": "tests/assembly/test_concessions.py",
    "assembly.approve_deviation": "tests/assembly/test_nonconformities.py",
    "assembly.cancel_order": "tests/planning/test_orders.py",
    "assembly.cancel_reservation": "tests/assembly/test_reserve_cell.py",
    "assembly.place_racks": "tests/assembly/test_move_reservation.py",
    "assembly.decline_concession": "tests/assembly/test_concessions.py",
    "assembly.define_cause": "tests/assembly/test_concessions.py",
    "assembly.define_cell": "tests/assembly/test_define_cells.py",
    "assembly.define_column_map": "tests/assembly/test_column_maps.py",
    "assembly.retire_column_map": "tests/assembly/test_column_maps.py",
    "assembly.define_feed": "tests/assembly/test_define_cells.py",
    "assembly.define_loop": "tests/assembly/test_define_cells.py",
    "assembly.define_rack_model": "tests/assembly/test_release_design.py",
    "assembly.define_telemetry_series": "tests/assembly/test_define_cells.py",
    "assembly.dispose_nonconformity": "tests/assembly/test_nonconformities.py",
    "assembly.draft_design": "tests/planning/test_drafts.py",
    "assembly.draft_routing": "tests/planning/test_drafts.py",
    "assembly.drop_design_slot": "tests/planning/test_drafts.py",
    "assembly.drop_routing_operation": "tests/planning/test_drafts.py",
    "assembly.edit_design": "tests/planning/test_drafts.py",
    "assembly.edit_order": "tests/planning/test_orders.py",
    "assembly.edit_rack_model": "tests/planning/edits.py",
    "assembly.edit_tool": "tests/assembly/test_tools.py",
    "assembly.discard_design_draft": "tests/planning/test_discards.py",
    "assembly.discard_routing_draft": "tests/planning/test_discards.py",
    "assembly.feed_blocks": "tests/assembly/test_feed_telemetry.py",
    **{f"assembly.{verb}_cell": "tests/assembly/test_outages.py" for verb in ("block", "unblock")},
    **{
        f"assembly.{verb}": "tests/assembly/test_telemetry_files.py"
        for verb in ("receive_telemetry_file", "feed_piece", "end_telemetry_file")
    },
    "assembly.join_raw_files": "tests/assembly/test_feed_columns.py",
    "assembly.release_raw_retention": "tests/logistics/test_remove_raw_telemetry.py",
    "assembly.settle_raw_telemetry": "tests/assembly/test_feed_columns.py",
    "assembly.finish_runs": "tests/assembly/test_finish_run.py",
    "assembly.import_test_logs": "tests/assembly/test_import_test_log.py",
    "assembly.install_units": "tests/assembly/test_install_unit.py",
    "assembly.move_order": "tests/planning/test_orders.py",
    "assembly.plan_order": "tests/planning/test_orders.py",
    "assembly.plan_orders": "tests/planning/test_orders.py",
    "assembly.propose_concession": "tests/assembly/test_concessions.py",
    "assembly.put_design_slot": "tests/planning/test_drafts.py",
    "assembly.put_reentry_rule": "tests/planning/test_drafts.py",
    "assembly.put_routing_operation": "tests/planning/test_drafts.py",
    "assembly.record_calibration": "tests/assembly/test_tools.py",
    "assembly.register_tool": "tests/assembly/test_tools.py",
    "assembly.release_design_draft": "tests/planning/test_drafts.py",
    "assembly.release_routing_draft": "tests/planning/test_drafts.py",
    "assembly.report_nonconformity": "tests/assembly/test_nonconformities.py",
    "assembly.retire_cause": "tests/assembly/test_concessions.py",
    "assembly.retire_tool": "tests/assembly/test_tools.py",
    "assembly.sign_runs": "tests/assembly/test_sign_run.py",
    "assembly.start_builds": "tests/assembly/test_start_build.py",
    "assembly.start_burn_ins": "tests/assembly/test_start_burn_in.py",
    "assembly.start_from_order": "tests/planning/test_orders.py",
    "assembly.start_runs": "tests/assembly/test_start_run.py",
    "assembly.stop_burn_in": "tests/assembly/test_start_burn_in.py",
    "assembly.stop_burn_ins": "tests/assembly/test_feed_telemetry.py",
    "assembly.swap_design_part": "tests/planning/test_drafts.py",
    "inventory.add_identifier": "tests/inventory/test_unit_lives.py",
    "inventory.add_part_alias": "tests/planning/test_drafts.py",
    "inventory.check_return": "tests/inventory/test_returns.py",
    "inventory.close_identifier": "tests/inventory/test_unit_lives.py",
    "inventory.consume_lot": "tests/inventory/test_lots.py",
    "inventory.consume_lots": "tests/inventory/test_lots.py",
    "inventory.define_location": "tests/inventory/test_master_data.py",
    "inventory.define_locations": "tests/inventory/test_master_data.py",
    "inventory.define_part": "tests/inventory/test_master_data.py",
    "inventory.define_parts": "tests/inventory/test_master_data.py",
    "inventory.define_supplier": "tests/inventory/test_master_data.py",
    "inventory.discard_bom_draft": "tests/planning/test_discards.py",
    "inventory.draft_bom": "tests/planning/test_drafts.py",
    "inventory.drop_bom_line": "tests/planning/test_drafts.py",
    "inventory.edit_part": "tests/planning/edits.py",
    "inventory.edit_supplier": "tests/planning/edits.py",
    "inventory.end_unit": "tests/inventory/test_unit_lives.py",
    "inventory.import_bom": "tests/inventory/test_master_data.py",
    "inventory.import_parts": "tests/inventory/test_master_data.py",
    "inventory.move_stock": "tests/inventory/test_lots.py",
    "inventory.move_units": "tests/inventory/test_holds.py",
    "inventory.place_hold": "tests/inventory/test_holds.py",
    "inventory.place_holds": "tests/inventory/test_holds.py",
    "inventory.put_bom_line": "tests/planning/test_drafts.py",
    "inventory.receive_lot": "tests/inventory/test_lots.py",
    "inventory.receive_notice": "tests/inventory/test_labels.py",
    "inventory.receive_units": "tests/inventory/test_receive_unit.py",
    "inventory.release_bom": "tests/inventory/test_master_data.py",
    "inventory.release_bom_draft": "tests/planning/test_drafts.py",
    "inventory.release_hold": "tests/inventory/test_holds.py",
    "inventory.request_return": "tests/inventory/test_returns.py",
    "inventory.revise_part": "tests/planning/test_drafts.py",
    "inventory.send_return": "tests/inventory/test_returns.py",
    "inventory.settle_return": "tests/inventory/test_returns.py",
    "inventory.stop_unit": "tests/inventory/test_holds.py",
    "logistics.accept_racks": "tests/logistics/test_accept_rack.py",
    **dict.fromkeys(
        ("logistics.arrive_in_part", "logistics.arrive_late", "logistics.receive_crates"),
        "tests/logistics/test_part_arrivals.py",
    ),
    "logistics.arrive_shipments": "tests/logistics/test_arrive_shipment.py",
    "logistics.assign_crates": "tests/logistics/test_move_crates.py",
    "logistics.withdraw_crates": "tests/logistics/test_move_crates.py",
    **{f"logistics.{verb}_calendar": "tests/logistics/test_calendars.py" for verb in ("draft", "release")},
    **{f"logistics.{verb}_timetable": "tests/logistics/test_calendars.py" for verb in ("draft", "release")},
    "logistics.check_shipment_export": "tests/logistics/test_export_check.py",
    **{f"logistics.{verb}_scenario": "tests/logistics/test_own_scenarios.py" for verb in ("save", "retire")},
    "logistics.define_carrier": "tests/logistics/test_keep_lanes.py",
    "logistics.define_lane": "tests/logistics/test_keep_lanes.py",
    "logistics.define_positions": "tests/logistics/test_keep_lanes.py",
    "logistics.plan_load": "tests/logistics/test_loads.py",
    **{f"logistics.{verb}_vehicle_kind": "tests/logistics/test_loads.py" for verb in ("define", "retire")},
    **{f"logistics.{verb}_site_return": "tests/logistics/test_site_returns.py" for verb in ("open", "pack", "cancel")},
    "logistics.receive_site_returns": "tests/logistics/returned.py",
    "logistics.define_site": "tests/logistics/test_keep_lanes.py",
    **{
        f"logistics.{verb}_logger": "tests/logistics/test_import_logger_file.py"
        for verb in ("fit", "give_up", "remove")
    },
    "logistics.release_condition_limits": "tests/logistics/test_import_logger_file.py",
    "logistics.define_carrier_words": "tests/logistics/test_import_carrier_file.py",
    "logistics.retire_carrier_word": "tests/logistics/test_import_carrier_file.py",
    "logistics.record_waybill": "tests/logistics/test_import_carrier_file.py",
    "logistics.review_milestone": "tests/logistics/test_import_carrier_file.py",
    "logistics.make_weekly_report": "tests/logistics/test_weekly_reports.py",
    "logistics.give_eta": "tests/logistics/test_etas.py",
    **{f"logistics.{verb}_exception": "tests/logistics/test_exceptions.py" for verb in ("take", "close", "end")},
    "logistics.place_on_map": "tests/logistics/test_shipment_map.py",
    "logistics.report_disruption": "tests/logistics/test_disruptions.py",
    "logistics.revise_disruption": "tests/logistics/test_disruptions.py",
    "logistics.end_disruption": "tests/logistics/test_disruptions.py",
    "logistics.replan_shipments": "tests/logistics/test_replan_shipment.py",
    "logistics.reroute_shipment": "tests/logistics/test_replan_shipment.py",
    "logistics.depart_shipments": "tests/logistics/test_depart_shipment.py",
    "logistics.finish_receiving": "tests/logistics/test_arrive_shipment.py",
    "logistics.finish_receivings": "tests/logistics/test_arrive_shipment.py",
    "logistics.pack_racks": "tests/logistics/test_pack_rack.py",
    "logistics.plan_shipments": "tests/logistics/test_plan_shipment.py",
    "logistics.report_milestones": "tests/logistics/test_report_milestone.py",
    "accounts.begin_simulated_history": "tests/accounts/test_simulated_history.py",
    "accounts.end_simulated_history": "tests/accounts/test_simulated_history.py",
}
"""Operation → the test file that covers it, where that is not its own. May only shrink."""


def _own_file(name: str) -> Path:
    app, verb = name.split(".")
    return CHECKOUT / "tests" / app / f"test_{verb}.py"


def test_every_operation_is_tested_in_a_file() -> None:
    missing = {}
    for name in OPERATIONS:
        file = _own_file(name) if name not in COVERED else CHECKOUT / COVERED[name]
        if not file.exists() or not re.search(rf"\b{name.split('.')[1]}\b", file.read_text(encoding="utf-8")):
            missing[name] = name_of(file)

    assert missing == {}


def test_every_exception_is_still_needed() -> None:
    assert [name for name in COVERED if name not in OPERATIONS or _own_file(name).exists()] == []
