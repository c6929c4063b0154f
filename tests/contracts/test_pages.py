"""Every page: who may open it, in which languages, with which headers, by how many queries. A new page needs a row."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import ROLES
from tests.contracts.addresses import ARGUMENTS, walk
from tests.contracts.small_plant import people, signed_in

PUBLIC, SIGNED_IN = "public", "signed in"
PARTS, RACKS, SHIPPING, PAPERS = "inventory.read", "assembly.read", "logistics.read", "documents.print"
STATION = "accounts.work_at_station"

# Page → the right that opens it.
PAGES: dict[str, str] = {
    **dict.fromkeys(("login", "verify", "healthz", "readyz", "bench"), PUBLIC),
    **dict.fromkeys(("manifest", "service_worker", "away"), PUBLIC),
    "home": SIGNED_IN,
    **dict.fromkeys(("search", "units", "unit", "stock", "lot", "ship_notices", "ship_notice", "holds", "hold"), PARTS),
    **dict.fromkeys(("discrepancies", "discrepancy"), PARTS),
    "discrepancy_new": "inventory.receive",
    **dict.fromkeys(("inspections", "inspection", "sampling_plans", "sampling_plan", "sampling_rules"), PARTS),
    "inspection_work": "inventory.inspect",
    "sampling_plan_new": "inventory.keep_sampling_plans",
    **dict.fromkeys(("print_jobs", "print_job", "print_file", "issued_file", "document_copy"), PAPERS),
    **dict.fromkeys(("receiving_home", "receiving", "station_home", "station", "station_conflicts"), STATION),
    "presence": STATION,
    "scanner_setup": STATION,
    "scan_conflicts": PARTS,
    "scan_conflict": "inventory.settle_scan",
    **dict.fromkeys(("devices", "device_revocation"), "accounts.keep_stations"),
    **dict.fromkeys(("people", "person"), "accounts.keep_people"),
    **dict.fromkeys(("racks", "builds", "rack", "rack_operations", "rack_tests", "rack_history"), RACKS),
    **dict.fromkeys(
        ("rack_documents", "test_run", "raw_file", "deviations", "nonconformities", "nonconformity"), RACKS
    ),
    **dict.fromkeys(("kits", "kit"), RACKS),
    **dict.fromkeys(("burn_in", "burn_in_board", "burn_in_run", "burn_in_run_by_id", "burn_in_schedule"), RACKS),
    **dict.fromkeys(("raw_series", "raw_series_course", "telemetry_files"), RACKS),
    "raw_retention": SHIPPING,
    **dict.fromkeys(("photo", "photo_small"), "documents.read"),
    **dict.fromkeys(("andon", "andon_board", "instruction", "instruction_picture"), RACKS),
    **dict.fromkeys(("station_pulse", "station_andon", "station_tool"), STATION),
    **dict.fromkeys(("burn_in_reserve", "burn_in_proposal"), "assembly.run_burn_in"),
    "test_upload": "assembly.import_test_log",
    **dict.fromkeys(("column_maps", "column_map"), RACKS),
    "column_map_new": "assembly.keep_column_maps",
    "build_start": "assembly.start_build",
    "run_abort": "assembly.run_operation",
    "unit_removal": "assembly.install",
    "run_amendment": "assembly.amend_run",
    "deviation_new": "assembly.dispose_nonconformity",
    **dict.fromkeys(("rack_differences", "rack_withdrawal"), "assembly.approve_difference"),
    **dict.fromkeys(("firmware_draft", "firmware_discard"), "assembly.keep_firmware"),
    "firmware_release": "assembly.release_firmware",
    "dispositions": RACKS,
    "disposition_change": "assembly.keep_dispositions",
    "nonconformity_new": "assembly.report_nonconformity",
    **dict.fromkeys(("control_tower", "lead_times", "forecast_record", "shipments", "shipment"), SHIPPING),
    **dict.fromkeys(("carrier_files", "carrier_words", "hand_over_scan", "milestone_scan"), SHIPPING),
    **dict.fromkeys(("logger_scan", "logger", "shipment_conditions", "condition_limits"), SHIPPING),
    "rack_packing": "logistics.pack",
    "condition_limit_change": "logistics.keep_condition_limits",
    **dict.fromkeys(("calendars", "calendar", "timetables", "timetable"), SHIPPING),
    **dict.fromkeys(
        ("calendar_new", "calendar_release", "timetable_new", "timetable_release"), "logistics.keep_calendars"
    ),
    **dict.fromkeys(("disruptions", "disruption", "disruption_new", "disruption_act"), SHIPPING),
    "weekly_reports": SHIPPING,
    **dict.fromkeys(
        ("exceptions", "exception", "shipment_map", "gantts", "ridges", "work_limits", "supplier_record"), SHIPPING
    ),
    **dict.fromkeys(("shipment_replan", "shipment_reroute", "shipment_board", "shipment_board_judge"), SHIPPING),
    **dict.fromkeys(
        ("shipment_load", "vehicles", "vehicle_new", "site_returns", "site_return_new", "site_return"), SHIPPING
    ),
    **dict.fromkeys(("own_scenarios", "own_scenario", "saved_comparisons", "saved_comparison"), SHIPPING),
    **dict.fromkeys(("own_scenario_new", "own_scenario_edit"), "logistics.compare"),
    **dict.fromkeys(("audit", "audit_random", "audit_unit", "audit_unit_json"), SHIPPING),
    **dict.fromkeys(("recall", "recall_page"), SHIPPING),
    **dict.fromkeys(("returns", "supplier_return"), PARTS),
    "causes": RACKS,
    **dict.fromkeys(("yields", "attempts", "reference_units", "capability", "values", "pareto"), RACKS),
    # forms that readers see and the gate refuses
    **dict.fromkeys(
        (
            "shipment_plan",
            "shipment_act",
            "part_arrival",
            "logger_lost",
            "logger_removal",
            "logger_fit",
            "site_return_act",
        ),
        SHIPPING,
    ),
    **dict.fromkeys(("parts", "part", "suppliers", "boms", "bom"), PARTS),
    **dict.fromkeys(
        (
            "part_new",
            "part_edit",
            "part_revise",
            "part_alias",
            "supplier_edit",
            "bom_new",
            "bom_line_new",
            "bom_line",
            "bom_release",
            "bom_discard",
            "planning_import",
        ),
        "inventory.keep_master_data",
    ),
    **dict.fromkeys(
        (
            "build_orders",
            "build_order",
            "shortages",
            "shortage",
            "designs",
            "design",
            "rack_models",
            "routings",
            "routing",
            "limits",
            "limit_sets",
            "limit_set",
            "firmware_baselines",
            "firmware_baseline",
            "tools",
            "tool",
            "skills",
            "planned_stations",
            "station_history",
        ),
        RACKS,
    ),
    **dict.fromkeys(("build_order_new", "build_order_edit", "build_order_cancel"), "assembly.plan_orders"),
    **dict.fromkeys(
        (
            "design_new",
            "design_edit",
            "design_swap",
            "design_release",
            "design_discard",
            "design_slot_new",
            "design_slot",
            "rack_model_edit",
            "routing_new",
            "routing_operation_new",
            "routing_operation",
            "routing_release",
            "routing_discard",
            "routing_reentry",
            "routing_reentry_new",
        ),
        "assembly.keep_master_data",
    ),
    **dict.fromkeys(
        ("limit_set_new", "limit_set_release", "limit_set_discard", "limit_new", "limit_edit"), "assembly.keep_limits"
    ),
    **dict.fromkeys(("tool_new", "tool_edit", "tool_calibration", "tool_retire"), "assembly.keep_tools"),
    **dict.fromkeys(("skill_new", "skill_edit", "skill_grant", "skill_end"), "accounts.keep_skills"),
    "station_edit": "accounts.plan_stations",
}

POSTS = {
    *("build_order_move", "build_order_start", "bom_line_drop", "design_slot_drop", "routing_operation_drop"),
    *("limit_drop", "routing_reentry_drop"),
    *("kit_act", "kit_open"),
    *("inspection_piece", "inspection_take_back", "inspection_judge", "inspection_sort", "inspection_concede"),
    "sampling_release",
    "shipment_board_move",
    *("bench_badge", "bench_sign_in", "bench_lock", "bench_alive", "bench_leave", "idle_lock"),
    *("recall_ask", "own_scenario_retire", "compare_save"),
    *("logout", "print_many", "document_issue", "receive_notice", "receive_lot", "burn_in_reservation"),
    *(
        "burn_in_cancel",
        "burn_in_move",
        "burn_in_accept",
        "burn_in_start",
        "burn_in_stop",
        "burn_in_abort",
        "burn_in_block",
        "burn_in_unblock",
        "run_start",
        "station_finish",
        "station_finish_kept",
        "station_sign",
        "andon_acknowledge",
        "andon_resolve",
    ),
}
"""Addresses that only take a form."""

APART = {
    "burn_in_live": "a stream: it ends when its reader goes (tests/genpin/test_live.py)",
    "set_language": "Django's own: answers a GET by going back",
    "metrics": "for the collector: answers the machine itself only (tests/genpin/test_health.py)",
}

BUDGET = 12
MORE: dict[str, int] = {
    **dict.fromkeys(("rack", "rack_operations", "rack_tests", "rack_documents"), 20),
    "rack_history": 22,
    "verify": 25,  # reads the facts of the paper anew: a traveller asks twenty questions
}
"""Pages that ask more. May only shrink."""

POLICY = {"default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"}
OTHERS = {"readyz": 503, "login": 200}


def address(name: str) -> str:
    """Where the page is, for a thing of the small plant."""
    return reverse(name, kwargs=ARGUMENTS[name]() if name in ARGUMENTS else {})


def roles_with(right: str) -> set[str]:
    """The roles that hold the right."""
    return {code for code, role in ROLES.items() if right in role.rights or right in (PUBLIC, SIGNED_IN)}


def get(client: Client, url: str, language: str = "ja") -> Any:
    """GET, with the headers every answer has."""
    client.cookies["genpin_language"] = language
    answer = client.get(url)
    policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";") if part.strip()}
    assert policy == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    return answer


def test_every_address_is_in_the_table() -> None:
    there = {name for name, _arguments in walk()}

    assert there - {*PAGES, *POSTS, *APART} == set(), "addresses without a row"
    assert {*PAGES, *POSTS, *APART} - there == set(), "rows without an address"
    assert {name for name, arguments in walk() if arguments} == set(ARGUMENTS)


@pytest.mark.parametrize("name", [name for name in PAGES if name not in OTHERS])
def test_the_page_opens_in_both_languages_within_its_budget(small_plant: None, name: str) -> None:
    url, right = address(name), PAGES[name]
    client = signed_in(people()["tanaka" if right in (PUBLIC, SIGNED_IN) else _somebody_with(right)])
    get(client, url)  # what is read once a process is read now

    for language in ("ja", "en"):
        with CaptureQueriesContext(connection) as asked:
            answer = get(client, url, language)
        assert answer.status_code in ({302} if name in ("home", "receiving_home", "audit_random") else {200})
        assert answer.headers["Content-Language"] == language
        if answer.headers["Content-Type"].startswith("text/html") and answer.status_code == 200:
            page = answer.content.decode()
            assert f'<html lang="{language}"' in page or "<html" not in page
            assert not re.search(
                r"(?<![\w-])on[a-z]+=\"|\sstyle=\"|<style|<script(?![^>]*\b(src|type=.application/json))", page
            )
        assert len(asked) <= MORE.get(name, BUDGET), "\n".join(one["sql"][:160] for one in asked.captured_queries)


def _somebody_with(right: str) -> str:
    return next(name for name, user in people().items() if user.role_codes & roles_with(right))


@pytest.mark.parametrize("name", [name for name, right in PAGES.items() if right != PUBLIC])
def test_only_those_with_the_right_come_in(small_plant: None, name: str) -> None:
    url, allowed = address(name), roles_with(PAGES[name])

    for person in people().values():
        client = signed_in(person)
        if name == "home":
            assert get(client, url).status_code == 302
        elif person.role_codes & allowed:
            continue  # opened above by one of them; the right is what decides
        else:
            assert get(client, url).status_code == 403, f"{person.username} came in"


def test_the_right_alone_decides(small_plant: None) -> None:
    """Each role opens its own start page."""
    for person in people().values():
        if not person.role_codes:
            continue
        client = signed_in(person)
        home = get(client, reverse("home"))
        assert home.status_code == 302
        assert get(client, home.headers["Location"]).status_code in (200, 302), person.username


@pytest.mark.parametrize("name", sorted({*PAGES, *POSTS} - {name for name, right in PAGES.items() if right == PUBLIC}))
def test_strangers_are_sent_to_the_door(small_plant: None, name: str) -> None:
    url = address(name)

    answer = get(Client(), url)

    assert answer.status_code in (302, 405)
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/login/")
    posted = Client().post(url)
    assert posted.status_code == 302
    assert posted.headers["Location"].startswith("/login/")


@pytest.mark.parametrize("name", sorted(POSTS))
def test_what_takes_a_form_only_shows_nothing(small_plant: None, name: str) -> None:
    client = signed_in(people()["admin"])

    assert get(client, address(name)).status_code == 405


@pytest.mark.parametrize("name", sorted(POSTS - {"logout"}))
def test_a_form_without_its_token_is_refused(small_plant: None, name: str) -> None:
    client = signed_in(people()["admin"], enforce_csrf_checks=True)

    assert client.post(address(name)).status_code == 403


@pytest.mark.parametrize("name", [name for name, right in PAGES.items() if right == PUBLIC])
def test_what_is_public_opens_for_anybody(small_plant: None, name: str) -> None:
    assert get(Client(), address(name)).status_code == OTHERS.get(name, 200)


def test_an_address_that_is_not_there_keeps_the_headers(small_plant: None) -> None:
    client = signed_in(people()["mei"])

    assert get(client, "/nowhere/").status_code == 404
    assert get(client, "/units/NO-SUCH-TAG/").status_code == 404


def test_every_budget_is_still_needed(small_plant: None) -> None:
    client = signed_in(people()["admin"])
    for name in MORE:
        url = address(name)
        get(client, url)
        with CaptureQueriesContext(connection) as asked:
            get(client, url)
        assert len(asked) > BUDGET, f"{name} no longer needs its row"
