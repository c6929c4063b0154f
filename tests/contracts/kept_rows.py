"""Triggers that keep rows as they were, by name; and walls with a test of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.contracts.bare_rows import NOON, ONE, Row
from tests.contracts.walls import REJECTED, RELEASED


@dataclass(frozen=True)
class Kept:
    """A trigger that keeps rows: statements that it refuses, on a row like this, by this name."""

    table: str
    constraint: str
    changes: tuple[str, ...]
    row: Row = field(default_factory=dict)


_ANY = ("UPDATE {t} SET {k} = {k}", "DELETE FROM {t}")


def _kept(name: str, table: str, constraint: str = "", **row: Any) -> tuple[str, Kept]:
    return name, Kept(table, constraint or name, _ANY, row)


_FINISHED: Row = {"finished_at": ONE, "finished_event_id": 1, "result": "pass"}

TRIGGERS: dict[str, Kept] = dict(
    [
        _kept("finished_run_is_history", "assembly_operationrun", **_FINISHED),
        _kept("signature_is_history", "assembly_signature", "record_is_history"),
        _kept("calibrationrecord_is_kept", "assembly_calibrationrecord", "record_is_history"),
        _kept("amendment_is_history", "assembly_amendment", "record_is_history"),
        _kept("measurement_is_history", "assembly_measurement", "record_is_history"),
        # deleted never of a released routing, with a draft that is given up: tests/planning/test_discards.py
        ("instruction_is_history", Kept("assembly_instruction", "record_is_history", _ANY[:1])),
        ("instruction_picture_is_history", Kept("assembly_instructionpicture", "record_is_history", _ANY[:1])),
        _kept("map_column_is_history", "assembly_mapcolumn", "record_is_history", role="serial"),
        _kept("disposition_rules_are_history", "assembly_dispositionrules", "record_is_history"),
        _kept("disposition_rule_is_history", "assembly_dispositionrule", "record_is_history"),
        _kept("test_run_is_history", "assembly_testrun", "record_is_history"),
        _kept("released_design_is_fixed", "assembly_design", "released_master_data_is_fixed", released_at=NOON),
        _kept("released_routing_is_fixed", "assembly_routing", "released_master_data_is_fixed", released_at=NOON),
        _kept(
            "released_limit_set_is_fixed",
            "assembly_limitset",
            "released_master_data_is_fixed",
            released_at=NOON,
            reason="x",
        ),
        _kept(
            "released_firmware_baseline_is_fixed",
            "assembly_firmwarebaseline",
            "released_master_data_is_fixed",
            released_at=NOON,
            released_by_id=1,
            reason="x",
        ),
        _kept("slots_of_a_build_are_frozen", "assembly_slot"),
        _kept("photo_is_kept", "documents_photo"),
        _kept("stockmove_is_kept", "inventory_stockmove"),
        _kept("consumption_is_kept", "inventory_consumption"),
        _kept("goodsreceipt_is_kept", "inventory_goodsreceipt"),
        _kept("shipnotice_is_kept", "inventory_shipnotice"),
        _kept("shipnoticeline_is_kept", "inventory_shipnoticeline"),
        _kept("released_bom_is_fixed", "inventory_bom", released_at=NOON),
        _kept("departure_is_history", "logistics_departure", "logistics_record_is_history"),
        _kept("waybill_is_history", "logistics_waybill", "logistics_record_is_history"),
        _kept("carrier_file_is_history", "logistics_carrierfile", "logistics_record_is_history"),
        _kept("scenario_revision_is_history", "logistics_scenariorevision", "logistics_record_is_history"),
        _kept("scenario_input_is_history", "logistics_scenarioinput", "logistics_record_is_history"),
        _kept("saved_comparison_is_history", "logistics_savedcomparison", "logistics_record_is_history"),
        _kept("carrier_line_note_is_history", "logistics_carrierlinenote", "logistics_record_is_history"),
        _kept("milestone_review_is_history", "logistics_milestonereview", "logistics_record_is_history"),
        _kept("milestone_is_history", "logistics_milestone", "logistics_record_is_history"),
        _kept("export_check_is_history", "logistics_exportcheck", "logistics_record_is_history"),
        _kept("missing_crate_is_history", "logistics_missingcrate", "logistics_record_is_history"),
        _kept("hand_over_is_history", "logistics_handover", "logistics_record_is_history"),
        _kept("hand_over_seal_is_history", "logistics_handoverseal", "logistics_record_is_history"),
        _kept("hand_over_crate_is_history", "logistics_handovercrate", "logistics_record_is_history"),
        _kept("logger_reading_is_history", "logistics_loggerreading", "logistics_record_is_history"),
        _kept("condition_limits_are_history", "logistics_conditionlimits", "logistics_record_is_history"),
        _kept("condition_limit_is_history", "logistics_conditionlimit", "logistics_record_is_history"),
        _kept("logger_file_is_history", "logistics_loggerfile", "logistics_record_is_history"),
        _kept("road_reading_is_history", "logistics_roadreading", "logistics_record_is_history"),
        _kept("condition_summary_is_history", "logistics_conditionsummary", "logistics_record_is_history"),
        _kept("excursion_is_history", "logistics_excursion", "logistics_record_is_history"),
        _kept("acceptance_is_history", "logistics_acceptance", "logistics_record_is_history"),
        _kept("disrupted_leg_is_history", "logistics_disruptedleg", "logistics_record_is_history"),
        _kept("expectation_is_history", "logistics_disruptionexpectation", "logistics_record_is_history", grade="B"),
        _kept("weekly_report_is_history", "logistics_weeklyreport", "logistics_record_is_history"),
        _kept("eta_is_history", "logistics_eta", "logistics_record_is_history"),
        _kept("work_limit_is_history", "logistics_worklimit", "logistics_record_is_history"),
        _kept("replan_is_history", "logistics_replan", "logistics_record_is_history"),
        _kept(
            "released_calendar_is_fixed",
            "logistics_calendar",
            "released_logistics_plan_is_fixed",
            released_at=NOON,
            released_by_id=1,
            reason="x",
        ),
        _kept(
            "released_timetable_is_fixed",
            "logistics_timetable",
            "released_logistics_plan_is_fixed",
            released_at=NOON,
            released_by_id=1,
            reason="x",
        ),
        _kept("plan_basis_is_history", "logistics_planbasis", "logistics_record_is_history"),
        _kept("forecast_is_history", "logistics_forecast", "logistics_record_is_history"),
        _kept("recalibration_is_history", "logistics_recalibration", "logistics_record_is_history"),
        (
            "scanconflict_is_kept",
            Kept("inventory_scanconflict", "scanconflict_is_kept", ("DELETE FROM {t}", "UPDATE {t} SET text = 'x'")),
        ),
        ("discrepancy_is_kept", Kept("inventory_discrepancy", "discrepancy_is_kept", ("DELETE FROM {t}",))),
        (
            "discrepancy_stays_as_found",
            Kept("inventory_discrepancy", "discrepancy_is_kept", ("UPDATE {t} SET kind = 'under'",), {"kind": "over"}),
        ),
        _kept("released_sampling_plan_is_fixed", "inventory_samplingplan", **RELEASED),
        ("inspection_is_kept", Kept("inventory_inspection", "inspection_is_kept", ("DELETE FROM {t}",))),
        (
            "verdict_stands",
            Kept(
                "inventory_inspection",
                "verdict_stands",
                (
                    "UPDATE {t} SET verdict = NULL, judged_at = NULL",
                    "UPDATE {t} SET lot_size = 2",
                    "UPDATE {t} SET kind = 'full'",
                    "UPDATE {t} SET plan_id = plan_id + 1",
                    "UPDATE {t} SET part_id = part_id + 1",
                    "UPDATE {t} SET lot_id = 1",
                    "UPDATE {t} SET origin_id = 1",
                    "UPDATE {t} SET remarks = 'written later'",
                    "UPDATE {t} SET judged_event_id = 2",
                ),
                REJECTED,
            ),
        ),
        ("inspectedpiece_is_kept", Kept("inventory_inspectedpiece", "inspectedpiece_is_kept", ("DELETE FROM {t}",))),
        (
            "inspectedpiece_stays_as_found",
            Kept("inventory_inspectedpiece", "inspectedpiece_stays_as_found", ("UPDATE {t} SET ok = true",)),
        ),
        _kept("pointresult_is_kept", "inventory_pointresult"),
        (
            "waiting_for_inspection_stays_held",
            Kept(
                "inventory_hold",
                "waiting_for_inspection_stays_held",
                ("UPDATE {t} SET released_at = now(), released_by_id = 1",),
                {"inspection_id": 1},
            ),
        ),
        (
            "hold_keeps_its_inspection",
            Kept(
                "inventory_hold",
                "hold_keeps_its_inspection",
                ("UPDATE {t} SET inspection_id = NULL",),
                {"inspection_id": 1},
            ),
        ),
        _kept("kit_line_is_frozen", "assembly_kitline"),
        ("kit_pick_is_kept", Kept("assembly_kitpick", "kit_pick_is_kept", ("DELETE FROM {t}",))),
        ("kit_is_kept", Kept("assembly_kit", "kit_is_kept", ("DELETE FROM {t}",))),
        ("lot_is_kept", Kept("inventory_lot", "lot_is_kept", ("DELETE FROM {t}",))),
        ("unit_is_never_deleted", Kept("inventory_unit", "unit_is_never_deleted", ("DELETE FROM {t}",))),
        (
            "unit_stays_itself",
            Kept(
                "inventory_unit",
                "unit_stays_itself",
                ("UPDATE {t} SET tag = tag || 'x'", "UPDATE {t} SET born_at = born_at + interval '1 s', serial = ''"),
            ),
        ),
        (
            "column_map_is_history",
            Kept(
                "assembly_columnmap", "column_map_is_history", ("DELETE FROM {t}", "UPDATE {t} SET name = name || 'x'")
            ),
        ),
        (
            "reference_mark_is_history",
            Kept(
                "assembly_referencemark",
                "reference_mark_is_history",
                ("DELETE FROM {t}", "UPDATE {t} SET reason = reason || 'x'"),
            ),
        ),
        (
            "placement_is_history",
            Kept(
                "inventory_placement",
                "placement_is_history",
                (
                    "DELETE FROM {t} WHERE {k} = {id}",
                    "UPDATE {t} SET from_at = from_at + interval '1 s' WHERE {k} = {id}",
                    "UPDATE {t} SET event_id = 1 WHERE {k} = {id}",
                    "UPDATE {t} SET to_at = NULL, closed_event_id = NULL WHERE to_at IS NOT NULL",
                ),
            ),
        ),
    ]
)

ELSEWHERE: dict[str, str] = {
    "missing_crate_is_not_accepted": "tests/logistics/test_part_arrivals.py",
    "shipment_arrives_with_its_last_crate": "tests/logistics/test_part_arrivals.py",
    "custody_parts_where_a_crate_was_missing": "tests/logistics/test_part_arrivals.py",
    "departed_shipment_keeps_its_crates": "tests/logistics/test_move_crates.py",
    "announced_line_is_awaited": "tests/inventory/test_queries.py",
    "received_line_is_not_awaited": "tests/inventory/test_queries.py",
    "attempts_are_judged_again_after_insert": "tests/assembly/test_yields.py",
    "attempts_are_judged_again_after_update": "tests/assembly/test_yields.py",
    "released_limit_is_fixed": "tests/assembly/test_limit_sets.py",
    "released_firmware_need_is_fixed": "tests/assembly/test_firmware.py",
    "released_slot_is_fixed": "tests/planning/test_released_lines.py",
    "released_operation_is_fixed": "tests/planning/test_released_lines.py",
    "released_field_is_fixed": "tests/planning/test_released_lines.py",
    "released_reentry_rule_is_fixed": "tests/planning/test_released_lines.py",
    **dict.fromkeys(
        (
            "released_window_is_fixed",
            "released_closure_is_fixed",
            "released_opening_is_fixed",
            "released_sailing_is_fixed",
            "released_blank_sailing_is_fixed",
        ),
        "tests/logistics/test_calendars.py",
    ),
    "logger_records_one_crate_at_a_time": "tests/logistics/test_import_logger_file.py",
    "ended_unit_holds_nothing": "tests/races/test_ending_races.py",
    "released_sampling_line_is_fixed": "tests/inventory/test_sampling_plans.py",
    "released_inspection_point_is_fixed": "tests/inventory/test_sampling_plans.py",
    "judged_piece_is_fixed": "tests/inventory/test_inspections.py",
    "uninspected_unit_stays_out": "tests/inventory/test_inspections.py",
    "uninspected_lot_is_not_used": "tests/inventory/test_inspections.py",
    "event_is_append_only": "tests/ledger/test_append_only.py",
    "event_is_never_truncated": "tests/ledger/test_append_only.py",
    "event_is_queued_for_sealing": "tests/ledger/test_append_only.py",
    "scan_is_answered_once": "tests/ledger/test_append_only.py",
    "scan_is_never_truncated": "tests/ledger/test_append_only.py",
    "checker_is_a_second_person": "tests/assembly/test_amend_run.py",
    "released_bom_line_is_fixed": "tests/contracts/test_walls.py",
    "run_is_started_by_the_skilled": "tests/assembly/test_tools.py",
    "passed_run_has_its_tools": "tests/assembly/test_tools.py",
    "build_keeps_its_design": "tests/planning/test_drafts.py",
    "attempts_count_without_gaps": "tests/contracts/test_walls.py",
    "reservations_stay_within_capacity": "tests/contracts/test_walls.py",
    "feed_gives_what_is_reserved": "tests/contracts/test_walls.py",
    "loop_gives_what_is_reserved": "tests/contracts/test_walls.py",
    "moved_cell_finds_what_is_reserved": "tests/contracts/test_walls.py",
    "cell_holds_one_rack_at_a_time": "tests/contracts/test_walls.py",
    "cell_is_out_of_service_once_at_a_time": "tests/contracts/test_walls.py",
    "placements_of_a_unit_never_overlap": "tests/contracts/test_walls.py",
    "crates_never_stand_on_each_other": "tests/logistics/test_loads.py",
    "placements_in_a_position_never_overlap": "tests/contracts/test_walls.py",
}
"""Walls with a test of their own."""
