"""Walls around crates on their way: indicators, loggers and limits, legs, reports, custody; a wrong value for each."""

from __future__ import annotations

from tests.contracts.bare_rows import ONE, TWO, Row

OF_NO_KIND = "of no kind"

ROAD_CHECKS: dict[str, tuple[str, Row]] = {
    "logger_has_a_serial": ("logistics_cratelogger", {"serial": ""}),
    "logger_has_an_interval": ("logistics_cratelogger", {"interval_minutes": 0}),
    "logger_stops_after_its_start": ("logistics_cratelogger", {"started_at": TWO, "stopped_at": ONE}),
    "logger_state_is_known": ("logistics_loggerreading", {"state": OF_NO_KIND}),
    "logger_moment_is_known": ("logistics_loggerreading", {"moment": OF_NO_KIND}),
    "lost_data_have_a_reason": ("logistics_loggerreading", {"moment": "readout", "state": "missing", "reason": ""}),
    "lost_data_have_a_reason (there)": ("logistics_loggerreading", {"moment": "readout"}),
    "condition_limits_count_from_one": ("logistics_conditionlimits", {"revision": 0}),
    "condition_limits_say_their_reason": ("logistics_conditionlimits", {"reason": ""}),
    "limited_measure_is_known": ("logistics_conditionlimit", {"measure": OF_NO_KIND}),
    "condition_limit_has_an_end": ("logistics_conditionlimit", {"low": 5, "high": 5}),
    "condition_limit_has_an_end (none)": ("logistics_conditionlimit", {"high": None}),
    "condition_limit_says_its_basis": ("logistics_conditionlimit", {"basis": ""}),
    "condition_limit_says_its_basis (of no grade)": ("logistics_conditionlimit", {"grade": "D"}),
    "logger_file_has_readings": ("logistics_loggerfile", {"rows": 0}),
    "logger_file_runs_forward": ("logistics_loggerfile", {"from_at": TWO, "to_at": ONE}),
    "readings_are_of_a_file_or_told_singly": ("logistics_loggerfile", {"course_sha256": ""}),
    "readings_are_of_a_file_or_told_singly (both)": ("logistics_loggerfile", {"source": "api"}),
    "read_measure_is_known": ("logistics_roadreading", {"measure": "shock_x"}),
    "summed_measure_is_known": ("logistics_conditionsummary", {"measure": OF_NO_KIND}),
    "summary_is_in_order": ("logistics_conditionsummary", {"minimum": 5}),
    "excursion_measure_is_known": ("logistics_excursion", {"measure": OF_NO_KIND}),
    "excursion_lies_beyond_its_limit": ("logistics_excursion", {"limit": 1}),
    "excursion_lies_beyond_its_limit (backwards)": ("logistics_excursion", {"began_at": TWO}),
    "sscc_has_eighteen_digits": ("logistics_crate", {"sscc": "1" * 17}),
    "gross_is_above_tare": ("logistics_crate", {"gross_kg": 1}),
    "indicator_kind_is_known": ("logistics_indicator", {"kind": OF_NO_KIND}),
    "indicator_state_is_known": ("logistics_indicatorreading", {"state": OF_NO_KIND}),
    "indicator_moment_is_known": ("logistics_indicatorreading", {"moment": OF_NO_KIND}),
    "leg_mode_is_known": ("logistics_leg", {"mode": OF_NO_KIND}),
    "milestone_kind_is_known": ("logistics_milestone", {"kind": OF_NO_KIND}),
    "milestone_happened_before_its_report": ("logistics_milestone", {"happened_at": ONE}),
    "missing_crate_has_a_known_reason": ("logistics_missingcrate", {"reason": OF_NO_KIND}),
    "crate_left_behind_has_a_place": ("logistics_missingcrate", {"reason": "left_behind", "place": ""}),
    "crate_is_received_after_its_arrival": (
        "logistics_cratearrival",
        {"at": TWO, "received_at": ONE, "received_event_id": 1},
    ),
    "crate_is_received_after_its_arrival (by nobody)": ("logistics_cratearrival", {"received_at": TWO}),
    "hand_over_kind_is_known": ("logistics_handover", {"kind": OF_NO_KIND}),
    "hand_over_changes_the_holder": ("logistics_handover", {"taker": "carrier:A"}),
    "hand_over_changes_the_holder (no holder)": ("logistics_handover", {"taker": "somebody"}),
    "hand_over_follows_the_one_before": ("logistics_handover", {"number": 2}),
    "hand_over_happened_before_its_record": ("logistics_handover", {"at": ONE}),
    "seal_has_a_number_and_a_known_state": ("logistics_handoverseal", {"number": ""}),
}
