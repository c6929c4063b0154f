"""Every wall by name, and how to run against it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from psycopg.types.range import Range

from tests.contracts.bare_rows import NOON, ONE, TWO, Row

OF_NO_KIND = "of no kind"

RELEASED: Row = {"released_at": NOON, "released_by_id": 1, "released_event_id": 1}
ONE_PIECE = Decimal(1)
JUDGED: Row = {"judged_at": NOON, "judged_by_id": 1, "judged_event_id": 1}
REJECTED: Row = {**JUDGED, "verdict": "rejected", "inspected": 1, "nonconforming": 1}

_APPROVED: Row = {
    "approved_at": NOON, "approved_by_id": 1, "approved_event_id": 1, "pin_check_id": 1, "reason": "x",
}  # fmt: skip

# Check constraint → what makes a right row wrong.
CHECKS: dict[str, tuple[str, Row]] = {
    "there_is_one_relay_beat": ("ledger_relaybeat", {"id": 2}),
    "event_happened_before_it_was_recorded": ("ledger_event", {"happened_at": ONE}),
    "scan_count_starts_at_one": ("ledger_scanlog", {"seq": 0}),
    "role_is_in_the_table": ("accounts_rolegrant", {"role": OF_NO_KIND}),
    "skill_lasts_some_months": ("accounts_skill", {"months_valid": 0}),
    "skill_ends_after_it_begins": ("accounts_skillgrant", {"until_on": date(2026, 11, 19)}),
    "end_of_a_skill_names_its_event": ("accounts_skillgrant", {"ended_at": NOON}),
    "order_wants_some_pieces": ("assembly_buildorder", {"quantity": 0}),
    "order_starts_before_its_day": ("assembly_buildorder", {"start_on": date(2026, 11, 21)}),
    "closing_an_order_names_its_event": ("assembly_buildorder", {"closed_at": NOON}),
    "limit_set_revisions_count_from_one": ("assembly_limitset", {"revision": 0}),
    "released_limits_say_their_reason": ("assembly_limitset", {"released_at": NOON, "reason": ""}),
    "limit_names_what_it_judges": ("assembly_testlimit", {"name": ""}),
    "limit_has_a_bound": ("assembly_testlimit", {"low": None, "high": None}),
    "limit_leaves_room_between_its_guard_bands": ("assembly_testlimit", {"low": 1.0, "high": 2.0, "guard": 0.6}),
    "limit_leaves_room_between_its_guard_bands (reversed)": ("assembly_testlimit", {"low": 2.0, "high": 1.0}),
    "guard_band_is_not_negative": ("assembly_testlimit", {"high": None, "guard": -0.1}),
    "limit_is_a_finite_number": ("assembly_testlimit", {"low": None, "high": float("inf")}),
    "limit_is_a_finite_number (no number)": ("assembly_testlimit", {"low": float("nan"), "high": None}),
    "tool_kind_is_known": ("assembly_tool", {"kind": OF_NO_KIND}),
    "tool_is_calibrated_now_and_then": ("assembly_tool", {"calibration_months": 0}),
    "retiring_a_tool_names_its_event": ("assembly_tool", {"retired_at": NOON}),
    "passed_calibration_has_a_due_day": ("assembly_calibrationrecord", {"due_on": date(2026, 11, 20)}),
    "passed_calibration_has_a_due_day (failed)": ("assembly_calibrationrecord", {"result": "fail"}),
    "asked_tools_are_known": ("assembly_routingoperation", {"tool_kinds": [OF_NO_KIND]}),
    "station_kind_is_known": ("accounts_station", {"kind": OF_NO_KIND}),
    "idle_minutes_are_in_range": ("accounts_station", {"idle_minutes": 241}),
    "ended_badge_names_its_event": ("accounts_badge", {"ended_at": NOON}),
    "badge_has_a_code": ("accounts_badge", {"scan_text": ""}),
    "revoked_device_names_its_event": ("accounts_device", {"revoked_at": NOON}),
    "device_token_is_hashed": ("accounts_device", {"token_hash": "the cookie itself"}),
    "file_hash_is_sha256": ("documents_storedfile", {"sha256": "A" * 64}),
    "photo_has_a_size": ("documents_photo", {"width": 0}),
    "part_traceability_is_known": ("inventory_part", {"traceability": OF_NO_KIND}),
    "part_level_is_in_range": ("inventory_part", {"level": 100}),
    "trace_level_is_ipc_1782": ("inventory_part", {"trace_level": 5}),
    "birth_of_built_in_is_known": ("inventory_partposition", {"born": OF_NO_KIND}),
    "bom_quantity_is_positive": ("inventory_bomline", {"quantity": 0}),
    "discrepancy_kind_is_known": ("inventory_discrepancy", {"kind": OF_NO_KIND}),
    "discrepant_quantity_is_positive": ("inventory_discrepancy", {"quantity": 0}),
    "discrepancy_says_what_it_is_about": ("inventory_discrepancy", {"line_id": None, "seen": ""}),
    "settlement_names_its_person": ("inventory_discrepancy", {"settlement": "return"}),
    "sampling_plan_kind_is_known": ("inventory_samplingplan", {"kind": OF_NO_KIND}),
    "release_of_a_plan_names_its_person": ("inventory_samplingplan", {"released_at": NOON}),
    "sampling_line_runs_forward": ("inventory_samplingline", {"lot_from": 2, "lot_to": 1}),
    "sampling_line_runs_forward (from nothing)": ("inventory_samplingline", {"lot_from": 0}),
    "sampling_line_can_reject": ("inventory_samplingline", {"accept": 1}),
    "inspection_point_kind_is_known": ("inventory_inspectionpoint", {"kind": OF_NO_KIND}),
    "measured_point_has_limits": ("inventory_inspectionpoint", {"kind": "measured"}),
    "measured_point_has_limits (upside down)": (
        "inventory_inspectionpoint",
        {"kind": "measured", "low": Decimal(2), "high": ONE_PIECE},
    ),
    "inspection_kind_is_known": ("inventory_inspection", {"kind": OF_NO_KIND}),
    "inspection_has_a_size": ("inventory_inspection", {"lot_size": 0}),
    "inspected_pieces_are_counted": ("inventory_inspection", {"nonconforming": 1}),
    "verdict_names_its_person": ("inventory_inspection", {**REJECTED, "judged_by_id": None}),
    "accepted_by_the_numbers_of_the_plan": ("inventory_inspection", {**JUDGED, "verdict": "accepted"}),
    "rejected_by_the_numbers_of_the_plan": ("inventory_inspection", {**JUDGED, "verdict": "rejected"}),
    "special_acceptance_is_by_a_second_person": (
        "inventory_inspection",
        {**REJECTED, "conceded_at": NOON, "conceded_by_id": 1, "conceded_event_id": 1},
    ),
    "nonconforming_piece_says_why": ("inventory_inspectedpiece", {"defect": ""}),
    "taking_back_a_piece_names_its_person": ("inventory_inspectedpiece", {"withdrawn_at": NOON}),
    "identifier_kind_is_known": ("inventory_identifier", {"kind": OF_NO_KIND}),
    "identifier_is_not_blank": ("inventory_identifier", {"normalised": ""}),
    "location_kind_is_known": ("inventory_location", {"kind": OF_NO_KIND}),
    "placement_is_at_a_location_or_in_a_host": ("inventory_placement", {"location_id": None}),
    "host_has_level_and_position": ("inventory_placement", {"position": "P1"}),
    "placement_to_is_after_from": ("inventory_placement", {"to_at": TWO, "closed_event_id": 1}),
    "host_is_of_a_higher_level": (
        "inventory_placement",
        {"location_id": None, "host_id": 1, "host_level": 20, "position": "P1"},
    ),
    "closing_a_placement_names_its_event": ("inventory_placement", {"from_at": NOON, "to_at": ONE}),
    "stock_is_never_negative": ("inventory_stock", {"quantity": Decimal("-0.001")}),
    "moved_quantity_is_positive": ("inventory_stockmove", {"quantity": 0}),
    "stock_moves_somewhere": ("inventory_stockmove", {"from_location_id": None}),
    "consumed_quantity_is_positive": ("inventory_consumption", {"quantity": 0}),
    "hold_is_on_a_unit_or_a_lot": ("inventory_hold", {"lot_id": 1}),
    "hold_has_a_reason": ("inventory_hold", {"reason": ""}),
    "release_names_its_person": ("inventory_hold", {"released_at": NOON}),
    "conflict_is_of_a_scan_or_a_form": ("inventory_scanconflict", {"kind": OF_NO_KIND}),
    "settlement_names_its_person_and_way": ("inventory_scanconflict", {"settled_at": NOON}),
    "settlement_by_hand_has_a_reason": (
        "inventory_scanconflict",
        {"settled_at": NOON, "settled_by_id": 1, "settled_event_id": 1, "how": "dropped", "reason": ""},
    ),
    "scan_again_names_the_scan": (
        "inventory_scanconflict",
        {"settled_at": NOON, "settled_by_id": 1, "settled_event_id": 1, "how": "again"},
    ),
    "cause_category_is_known": ("assembly_cause", {"category": OF_NO_KIND}),
    "cause_has_a_code": ("assembly_cause", {"code": ""}),
    "concession_is_decided_by_a_second_person": (
        "assembly_concession",
        {"outcome": "approved", "proposed_by_id": 1, "decided_by_id": 1, "decided_event_id": 1},
    ),
    "decided_concession_names_its_person": ("assembly_concession", {"outcome": "approved"}),
    "trade_check_names_person_and_destination": (
        "inventory_supplierreturn",
        {"checked_at": NOON, "checked_by_id": 1, "gaihi": "listed", "eccn": ""},
    ),
    "return_leaves_after_its_trade_check": ("inventory_supplierreturn", {"sent_at": NOON}),
    "return_outcome_is_known": ("inventory_supplierreturn", {"outcome": OF_NO_KIND, "settled_by_id": 1}),
    "settled_return_names_its_person": ("inventory_supplierreturn", {"outcome": "credited"}),
    "recall_kind_is_known": ("inventory_recall", {"kind": OF_NO_KIND}),
    "recall_has_a_reason": ("inventory_recall", {"reason": ""}),
    "recall_period_runs_forward": ("inventory_recall", {"from_at": TWO, "to_at": ONE}),
    "closing_of_a_recall_names_its_person": ("inventory_recall", {"closed_at": NOON}),
    "announced_quantity_is_positive": ("inventory_shipnoticeline", {"quantity": 0}),
    "receipt_is_of_a_unit_or_a_lot": ("inventory_goodsreceipt", {"unit_id": 1}),
    "complete_kit_names_its_event": ("assembly_kit", {"completed_at": NOON}),
    "cancelled_kit_names_its_reason": ("assembly_kit", {"cancelled_at": NOON, "cancelled_event_id": 1}),
    "kit_quantity_is_positive": ("assembly_kitline", {"quantity": 0}),
    "pick_is_a_unit_or_a_quantity_of_a_lot": ("assembly_kitpick", {"picked_unit_id": 1}),
    "pick_ends_for_a_reason": ("assembly_kitpick", {"ended_at": NOON}),
    "operation_kind_is_known": ("assembly_routingoperation", {"kind": OF_NO_KIND}),
    "sign_meanings_are_known": ("assembly_routingoperation", {"signs": [OF_NO_KIND]}),
    "burn_in_has_a_soak_time": ("assembly_routingoperation", {"kind": "burn_in", "soak_minutes": 0}),
    "burn_in_has_a_soak_time (none)": ("assembly_routingoperation", {"kind": "burn_in"}),
    "field_kind_is_known": ("assembly_operationfield", {"kind": OF_NO_KIND}),
    "low_limit_is_not_above_high": ("assembly_operationfield", {"low": 2, "high": 1}),
    "design_kind_is_known": ("assembly_design", {"kind": OF_NO_KIND}),
    "completion_names_its_event": ("assembly_build", {"completed_at": NOON}),
    "build_origin_is_known": ("assembly_build", {"origin": OF_NO_KIND}),
    "takt_takes_time": ("assembly_workcentre", {"takt_minutes": 0}),
    "andon_reason_is_known": ("assembly_andoncall", {"reason": OF_NO_KIND}),
    "acknowledgement_names_its_person": ("assembly_andoncall", {"acknowledged_at": TWO}),
    "andon_end_names_its_person": ("assembly_andoncall", {"resolved_at": TWO}),
    "instruction_revisions_start_at_one": ("assembly_instruction", {"revision": 0}),
    "picture_is_an_image": ("assembly_instructionpicture", {"media": "text/html"}),
    "picture_has_a_size": ("assembly_instructionpicture", {"width": 0}),
    "attempts_start_at_one": ("assembly_operationrun", {"attempt": 0}),
    "finished_run_has_a_result": ("assembly_operationrun", {"finished_at": NOON, "finished_event_id": 1}),
    "run_finishes_after_it_starts": (
        "assembly_operationrun",
        {"started_at": ONE, "finished_at": NOON, "finished_event_id": 1, "result": "pass"},
    ),
    "amendment_makes_another_run": ("assembly_amendment", {"amended_id": 7, "run_id": 7}),
    "amendment_has_a_reason": ("assembly_amendment", {"reason": ""}),
    "measurement_verdict_is_known": ("assembly_measurement", {"verdict": OF_NO_KIND}),
    "signature_meaning_is_known": ("assembly_signature", {"meaning": OF_NO_KIND}),
    "reservation_needs_power_and_flow": ("assembly_reservation", {"lpm": 0}),
    **{
        f"reservation_has_a_beginning_and_an_end ({what})": ("assembly_reservation", {"period": period})
        for what, period in {
            "empty": Range(empty=True),
            "no beginning": Range(None, TWO),
            "no end": Range(ONE, None),
            "begins after": Range(ONE, TWO, "(]"),
        }.items()
    },
    "burn_in_verdict_is_known": ("assembly_burninrun", {"verdict": OF_NO_KIND}),
    "raw_file_holds_samples": ("assembly_rawfile", {"samples": 0}),
    "raw_file_level_is_known": ("assembly_rawfile", {"level": 3}),
    "raw_file_runs_forward": ("assembly_rawfile", {"from_at": ONE}),
    "settled_telemetry_names_its_event": ("assembly_runtelemetry", {"settled_at": NOON}),
    "removed_telemetry_names_its_event": ("assembly_runtelemetry", {"gone_at": NOON}),
    "raw_telemetry_is_kept_a_day_at_least": ("assembly_rawretention", {"days": 0}),
    "raw_retention_has_a_reason": ("assembly_rawretention", {"reason": ""}),
    "soak_interval_runs_forward": ("assembly_soakinterval", {"from_at": ONE}),
    "disposition_names_its_person": ("assembly_nonconformity", {"disposition": "rework"}),
    "disposition_names_its_person (nobody)": ("assembly_nonconformity", {"disposed_by_id": 1}),
    "closed_nonconformity_is_disposed": ("assembly_nonconformity", {"closed_at": NOON}),
    "disposition_rules_count_from_one": ("assembly_dispositionrules", {"revision": 0}),
    "disposition_rules_say_their_reason": ("assembly_dispositionrules", {"reason": ""}),
    "rule_condition_is_known": ("assembly_dispositionrule", {"condition": OF_NO_KIND}),
    "ruled_disposition_is_known": ("assembly_dispositionrule", {"disposition": "reject"}),
    "no_fault_is_accepted_by_a_rule": ("assembly_dispositionrule", {"disposition": "accept"}),
    "disposition_rule_says_what_and_why": ("assembly_dispositionrule", {"reason": ""}),
    "difference_state_is_known": ("assembly_configurationdifference", {"state": OF_NO_KIND}),
    "approved_difference_names_its_person": ("assembly_configurationdifference", {"approved_at": NOON}),
    "approved_difference_names_its_person (no reason)": (
        "assembly_configurationdifference",
        {**_APPROVED, "reason": ""},
    ),
    "difference_is_approved_by_a_second_person": (
        "assembly_configurationdifference",
        {**_APPROVED, "fitted_by_id": 1},
    ),
    "settled_difference_names_its_event": ("assembly_configurationdifference", {"settled_at": NOON}),
    "test_verdict_is_known": ("assembly_testrun", {"verdict": OF_NO_KIND}),
    "test_disposition_is_known": ("assembly_testrun", {"disposition": OF_NO_KIND}),
    "reference_mark_has_a_reason": ("assembly_referencemark", {"reason": ""}),
    "end_of_a_reference_mark_names_its_person": ("assembly_referencemark", {"ended_at": NOON}),
    "column_map_has_code_and_name": ("assembly_columnmap", {"name": ""}),
    "retired_column_map_names_its_event": ("assembly_columnmap", {"retired_at": NOON}),
    "column_role_is_known": ("assembly_mapcolumn", {"role": OF_NO_KIND}),
    "low_of_a_column_is_not_above_high": ("assembly_mapcolumn", {"low": 2, "high": 1}),
    "sscc_has_eighteen_digits": ("logistics_crate", {"sscc": "1" * 17}),
    "gross_is_above_tare": ("logistics_crate", {"gross_kg": 1}),
    "indicator_kind_is_known": ("logistics_indicator", {"kind": OF_NO_KIND}),
    "indicator_state_is_known": ("logistics_indicatorreading", {"state": OF_NO_KIND}),
    "indicator_moment_is_known": ("logistics_indicatorreading", {"moment": OF_NO_KIND}),
    "site_kind_is_known": ("logistics_site", {"kind": OF_NO_KIND}),
    "leg_mode_is_known": ("logistics_leg", {"mode": OF_NO_KIND}),
    "milestone_kind_is_known": ("logistics_milestone", {"kind": OF_NO_KIND}),
    "milestone_happened_before_its_report": ("logistics_milestone", {"happened_at": ONE}),
    "carrier_word_meaning_is_known": ("logistics_carrierword", {"meaning": OF_NO_KIND}),
    "retired_carrier_word_names_its_event": ("logistics_carrierword", {"retired_at": NOON}),
    "waybill_has_a_number": ("logistics_waybill", {"number": ""}),
    "carrier_file_reports_its_lines": ("logistics_carrierfile", {"reported": 2}),
    "line_note_meaning_is_known": ("logistics_carrierlinenote", {"meant": "ignore"}),
    "milestone_verdict_is_known_and_reasoned": ("logistics_milestonereview", {"reason": ""}),
    "acceptance_outcome_is_known": ("logistics_acceptance", {"outcome": OF_NO_KIND, "position_id": 1}),
    "accepted_rack_has_a_position": ("logistics_acceptance", {"outcome": "accepted"}),
}

HOLES: dict[str, str] = {}
"""Walls one can walk through. May only shrink."""

# Unique constraint → what its condition asks, and what must differ in the second row besides.
CONDITIONS: dict[str, tuple[Row, Row]] = {
    "label_serial_is_unique_for_its_part": ({"kind": "label"}, {}),
    "uuid_and_mac_are_unique_while_current": ({"kind": "uuid"}, {}),
    "recall_holds_a_unit_once": ({"recall_id": 1}, {}),
    "recall_holds_a_lot_once": ({"recall_id": 1, "unit_id": None, "lot_id": 1}, {}),
    "sampling_plan_has_one_draft": ({}, {"revision": 2}),
    "inspection_holds_a_unit_once": ({"inspection_id": 1}, {}),
    "inspection_holds_a_lot_once": ({"inspection_id": 1, "unit_id": None, "lot_id": 1}, {}),
    "what_arrives_has_one_open_inspection": ({"lot_id": 1}, {}),
    "unit_is_inspected_once": ({"unit_id": 1}, {"number": 2}),
    "announced_unit_is_received_once": ({"lot_id": None, "unit_id": 1}, {"unit_id": 2}),
    "unit_is_picked_for_one_kit": ({"lot_id": None, "picked_unit_id": 1}, {"line_id": 2}),
    "kit_line_takes_one_unit": ({"lot_id": None, "picked_unit_id": 1}, {"picked_unit_id": 2}),
    "leg_milestone_is_reported_once": ({"kind": "leg_departed", "leg_id": 1}, {}),
    "position_takes_one_rack": ({"outcome": "accepted", "position_id": 1}, {}),
    "column_map_has_one_revision_in_use": ({}, {"revision": 2}),
    "operation_has_one_open_run": ({}, {"attempt": 2}),
    "limit_set_has_one_draft": ({}, {"revision": 2}),
    "limit_set_revision_is_unique": ({"released_at": NOON, "reason": "x"}, {}),
    "attempt_number_is_used_once": ({"finished_at": ONE, "finished_event_id": 1, "result": "pass"}, {}),
    "same_facts_are_issued_once": ({}, {"revision": 2}),
}
OF_TWO_UNITS = {
    "label_serial_is_unique_for_its_part",
    "uuid_and_mac_are_unique_while_current",
    "position_has_one_open_placement",
}
"""Those that speak of two units, so that no wall around one unit answers first."""

IMPLIED: dict[str, str] = {
    "part_and_level_can_be_referenced": "holds the key itself; it only serves a composite foreign key",
    "revision_and_part_can_be_referenced": "holds the key itself; it only serves a composite foreign key",
    "unit_and_level_can_be_referenced": "holds the key itself; it only serves a composite foreign key",
    "unit_and_part_can_be_referenced": "holds the key itself; it only serves a composite foreign key",
}
"""Constraints that nothing can violate without violating the primary key first. May only shrink."""

# Composite foreign key → what makes a right row wrong.
COPIES: dict[str, tuple[str, Row]] = {
    "unit_level_is_that_of_its_part": ("inventory_unit", {"level": 77}),
    "unit_revision_is_of_its_part": ("inventory_unit", {"part_revision_id": 0}),
    "identifier_part_is_that_of_its_unit": ("inventory_identifier", {"part_id": 0}),
    "placement_level_is_that_of_its_unit": ("inventory_placement", {"unit_level": 77}),
    "host_level_is_that_of_its_host": (
        "inventory_placement",
        {"location_id": None, "host_id": 0, "host_level": 98, "position": "P1"},
    ),
}
