"""Which role may do what: one table. Permission names are `app.right`; operations declare the right they need."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A role with its names and its rights. `home` is the start page's name."""

    code: str
    name_en: str
    name_ja: str
    home: str
    rights: frozenset[str]


READ = frozenset({"inventory.read", "assembly.read", "logistics.read", "documents.read"})
FLOOR = READ | {
    "accounts.work_at_station",
    "accounts.sign",
    "documents.print",
    "documents.add_photo",
    "inventory.settle_scan",
}

LINE = FLOOR | {
    "assembly.amend_run",
    "inventory.stop_unit",
    "inventory.receive",
    "inventory.inspect",
    "inventory.move",
    "assembly.run_operation",
    "assembly.install",
    "assembly.kit",
    "assembly.report_nonconformity",
    "logistics.pack",
}
LEADER = LINE | {"assembly.answer_andon"}
TEST = FLOOR | {
    "assembly.amend_run",
    "inventory.stop_unit",
    "inventory.move",
    "assembly.run_operation",
    "assembly.install",
    "assembly.import_test_log",
    "assembly.keep_limits",
    "assembly.keep_firmware",
    "assembly.keep_reference_units",
    "assembly.keep_column_maps",
    "assembly.run_burn_in",
    "assembly.report_nonconformity",
    "assembly.feed_telemetry",
}
QUALITY = FLOOR | {
    "assembly.amend_run",
    "assembly.keep_tools",
    "assembly.answer_andon",
    "inventory.stop_unit",
    "inventory.hold",
    "inventory.receive",
    "inventory.inspect",
    "inventory.judge_inspection",
    "inventory.concede_inspection",
    "inventory.keep_sampling_plans",
    "inventory.settle_discrepancy",
    "assembly.run_operation",
    "assembly.import_test_log",
    "assembly.report_nonconformity",
    "assembly.dispose_nonconformity",
    "assembly.approve_concession",
    "assembly.approve_difference",
    "assembly.keep_dispositions",
    "assembly.keep_causes",
    "assembly.keep_limits",
    "assembly.keep_firmware",
    "assembly.release_firmware",
    "assembly.keep_raw_policy",
    "assembly.keep_reference_units",
    "inventory.check_export",
    "documents.issue",
    "logistics.accept",
    "logistics.keep_exceptions",
    "logistics.keep_condition_limits",
    "logistics.read_logger",
}
PLANNER = FLOOR | {
    "assembly.answer_andon",
    "inventory.keep_master_data",
    "inventory.import_ship_notice",
    "inventory.concede_inspection",
    "inventory.move",
    "inventory.settle_discrepancy",
    "accounts.keep_skills",
    "assembly.keep_tools",
    "assembly.keep_master_data",
    "assembly.kit",
    "assembly.start_build",
    "assembly.plan_orders",
    "accounts.plan_stations",
    "assembly.run_burn_in",
    "documents.issue",
    "logistics.keep_master_data",
    "logistics.keep_calendars",
    "logistics.limit_work",
    "logistics.keep_exceptions",
    "assembly.approve_concession",
    "assembly.keep_causes",
    "assembly.keep_limits",
    "assembly.keep_firmware",
}
LOGISTICS = READ | {
    "accounts.work_at_station",
    "documents.add_photo",
    "inventory.settle_scan",
    "documents.print",
    "documents.issue",
    "inventory.import_ship_notice",
    "inventory.settle_discrepancy",
    "logistics.ship",
    "logistics.report_disruption",
    "logistics.limit_work",
    "logistics.keep_exceptions",
    "logistics.report_milestone",
    "logistics.hand_over",
    "logistics.read_logger",
    "logistics.open_return",
    "logistics.pack",
    "logistics.keep_master_data",
    "logistics.keep_calendars",
    "logistics.plan_outside_hours",
    "logistics.compare",
    "inventory.check_export",
    "inventory.send_return",
}
SITE = READ | {
    "accounts.work_at_station",
    "inventory.settle_scan",
    "accounts.sign",
    "documents.add_photo",
    "documents.print",
    "logistics.report_milestone",
    "logistics.hand_over",
    "logistics.read_logger",
    "logistics.receive_at_site",
    "logistics.accept",
    "logistics.keep_exceptions",
    "logistics.open_return",
}
AUDIT = READ | {"documents.print", "logistics.audit", "accounts.read_admin", "ledger.read_admin"}
EVERYTHING = (
    LEADER | TEST | QUALITY | PLANNER | LOGISTICS | SITE | AUDIT | {"accounts.keep_people", "accounts.keep_stations"}
)

OFFICE_ONLY = frozenset({"accounts.keep_people", "accounts.keep_stations", "accounts.read_admin", "ledger.read_admin"})
"""What nobody does at a bench: a badge and a PIN open work, not administration; that takes the password."""

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role("line", "Line operator", "作業者", "station_home", frozenset(LINE)),
        Role("leader", "Line leader", "班長", "andon", frozenset(LEADER)),
        Role("test", "Test engineer", "試験技術者", "station_home", frozenset(TEST)),
        Role("quality", "Quality", "品質保証", "racks", frozenset(QUALITY)),
        Role("planner", "Planner", "生産管理", "racks", frozenset(PLANNER)),
        Role("logistics", "Logistics manager", "物流", "control_tower", frozenset(LOGISTICS)),
        Role("auditor", "Auditor", "監査", "audit", frozenset(AUDIT)),
        Role("site", "Site staff", "現地受入", "control_tower", frozenset(SITE)),
        Role("admin", "Administrator", "管理者", "control_tower", frozenset(EVERYTHING)),
        Role("system", "System", "システム", "control_tower", frozenset(EVERYTHING)),
    )
}


def rights_of(codes: frozenset[str]) -> frozenset[str]:
    """All rights of these roles together."""
    return frozenset(right for code in codes if code in ROLES for right in ROLES[code].rights)
