"""Every route of the API × every role: what must be denied is denied, and reading answers only whom it should."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from accounts.roles import ROLES
from assembly.models import Build, BurnInRun, Kit
from documents.models import IssuedDocument
from inventory.models import Inspection, Lot, ShipNotice, Unit
from ledger.doors import OperationEndpoint
from ledger.models import Event, Receipt
from logistics.models import Disruption, SavedComparison, Shipment, SiteReturn
from tests.contracts.addresses import walk_api
from tests.contracts.small_plant import people, signed_in
from tests.doors.acts_telemetry_files import a_received_file

SIGNED_IN, PUBLIC = "signed in", "public"
PARTS, RACKS, SHIPPING, PAPERS = "inventory.read", "assembly.read", "logistics.read", "documents.print"

# Address → right for GET. Everything else that is read is an operation's endpoint.
READS: dict[str, str] = {
    **dict.fromkeys(("api_units", "api_unit", "api_genealogy", "api_where_used", "api_lots", "api_recall"), PARTS),
    **dict.fromkeys(("api_holds", "api_ship_notices", "api_ship_notice", "api_discrepancies"), PARTS),
    "api_scan_conflicts": PARTS,
    **dict.fromkeys(("api_inspections", "api_inspection", "api_sampling_plans"), PARTS),
    "api_pulse": "accounts.work_at_station",
    "api_recall_preview": SHIPPING,
    **dict.fromkeys(("api_kits", "api_kit", "api_andon_calls", "api_column_maps"), RACKS),
    **dict.fromkeys(("api_racks", "api_rack", "api_rack_configuration", "api_build_slots", "api_dispositions"), RACKS),
    "api_firmware_baselines": RACKS,
    **dict.fromkeys(("api_nonconformities", "api_burn_in_run"), RACKS),
    **dict.fromkeys(("api_reservations", "api_burn_in_proposal", "api_cell_outages"), RACKS),
    **dict.fromkeys(("api_telemetry_files", "api_telemetry_file"), RACKS),
    **dict.fromkeys(
        ("api_shipments", "api_shipment", "api_milestones", "api_lead_times_compare", "api_forecast_record"), SHIPPING
    ),
    **dict.fromkeys(("api_yields", "api_attempts", "api_reference_units", "api_capability", "api_pareto"), RACKS),
    **dict.fromkeys(
        ("api_carrier_files", "api_calendars", "api_timetables", "api_custody", "api_disruptions", "api_disruption"),
        SHIPPING,
    ),
    **dict.fromkeys(("api_etas", "api_eta_record", "api_weekly_reports"), SHIPPING),
    **dict.fromkeys(("api_exceptions", "api_past_exceptions"), SHIPPING),
    **dict.fromkeys(("api_shipment_loggers", "api_shipment_conditions", "api_excursions"), SHIPPING),
    **dict.fromkeys(("api_own_scenarios", "api_saved_comparisons", "api_saved_comparison"), SHIPPING),
    **dict.fromkeys(("api_vehicles", "api_load", "api_site_returns", "api_site_return"), SHIPPING),
    "api_document_copy": PAPERS,
    "api_verify": PUBLIC,
    "api_me": SIGNED_IN,
    "schema": SIGNED_IN,
}
# Address → right for POST, where it is no operation's endpoint.
WRITES: dict[str, str] = {
    "api_token": PUBLIC,
    "api_scans": "accounts.work_at_station",
    "api_pin_checks": SIGNED_IN,
    "api_test_logs": "assembly.import_test_log",
    "api_telemetry_files": "assembly.feed_telemetry",
    "api_ship_notices": "inventory.import_ship_notice",
    "api_photos": "documents.add_photo",
    "api_carrier_files": "logistics.report_milestone",
    "api_logger_files": "logistics.read_logger",
}
BARE = {"api_pulse": 404, "api_recall_preview": 400}
"""What they answer to whoever may ask and says nothing of what."""
HOLES: dict[str, str] = {}
"""Known, with whose it is. May only shrink."""

THINGS: dict[str, Callable[[], Any]] = {
    "pk": lambda: Unit.objects.order_by("pk")[0].pk,
    "build_id": lambda: Build.objects.filter(origin="plant").order_by("pk")[0].pk,
    "burn_in_id": lambda: BurnInRun.objects.order_by("pk")[0].pk,
    "shipment_id": lambda: Shipment.objects.order_by("pk")[0].pk,
    "kind": lambda: "unit-label",
    "key": lambda: Unit.objects.order_by("pk")[0].tag,
    "code": lambda: IssuedDocument.objects.order_by("pk")[0].verify_code,
    "session_id": lambda: "0191d8a0-0000-7000-8000-000000000001",
}
OWN_THINGS: dict[str, Callable[[], Any]] = {
    "api_inspection": lambda: Inspection.objects.order_by("pk")[0].number,
    "api_kit": lambda: Kit.objects.order_by("pk")[0].pk,
    "api_disruption": lambda: Disruption.objects.order_by("pk")[0].number,
    "api_recall": lambda: Lot.objects.order_by("pk")[0].pk,
    "api_ship_notice": lambda: ShipNotice.objects.order_by("pk")[0].pk,
    "api_saved_comparison": lambda: SavedComparison.objects.order_by("pk")[0].pk,
    "api_telemetry_file": lambda: a_received_file().pk,
    "api_site_return": lambda: SiteReturn.objects.order_by("pk")[0].number,
    "api_shipment": lambda: Shipment.objects.order_by("pk")[0].pk,
}


def _address(route: str, name: str) -> str:
    def thing(match: re.Match[str]) -> str:
        kind, argument = match.group(1), match.group(2)
        make = OWN_THINGS.get(name) if argument in ("pk", "number") and name in OWN_THINGS else THINGS.get(argument)
        return str(make() if make else 1 if kind == "int" else "X")

    return "/" + re.sub(r"<(\w+):(\w+)>", thing, route)


ROUTES = {f"{pattern.name}": (route, pattern) for route, pattern in walk_api()}


def _operation_right(pattern: URLPattern) -> str:
    view = getattr(pattern.callback, "cls", None)
    return view.entry.permission if view is not None and issubclass(view, OperationEndpoint) else ""


def _holders(right: str) -> set[str]:
    return {code for code, role in ROLES.items() if right in role.rights or right in (SIGNED_IN, PUBLIC)}


def test_every_route_is_an_operations_or_has_a_row() -> None:
    rest = {name for name, (_route, pattern) in ROUTES.items() if not _operation_right(pattern)}
    unlisted = rest - {*READS, *WRITES}

    assert unlisted == set(), "routes without a row"
    assert {*READS, *WRITES} - set(ROUTES) == set(), "rows without a route"


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_without_a_login_nothing_answers(small_plant: None, method: str) -> None:
    said = {}
    for name, (route, _pattern) in ROUTES.items():
        if PUBLIC in (READS.get(name), WRITES.get(name)):
            continue
        said[name] = getattr(Client(), method)(_address(route, name), content_type="application/json").status_code

    assert {name: status for name, status in said.items() if status not in (401, 403)} == {}


@pytest.mark.parametrize("name", [name for name, right in READS.items() if right != PUBLIC])
def test_reading_answers_its_roles_alone(small_plant: None, name: str) -> None:
    route, right = ROUTES[name][0], READS[name]
    url = _address(route, name)

    came_in = 0
    for person in people().values():
        allowed = person.role_codes & _holders(right) or right == SIGNED_IN
        if allowed and came_in == 2:
            continue  # the right decides, and two of its holders were let in
        came_in += bool(allowed)
        answer = signed_in(person).get(url)
        expected = BARE.get(name, 200) if allowed else 403
        assert answer.status_code == expected, f"{person.username}: {answer.status_code}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if expected == 200 and "<" not in route and answer.headers["Content-Type"] == "application/json":
            assert len(str(answer.content)) < 200_000, "a list without an end"


OPERATED = {name: right for name, (_route, pattern) in ROUTES.items() if (right := _operation_right(pattern))}


def _written() -> list[Any]:
    names = sorted(OPERATED | {name: right for name, right in WRITES.items() if right != PUBLIC})
    return [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=HOLES[name]) if name in HOLES else ())
        for name in names
    ]


@pytest.mark.parametrize("name", _written())
def test_writing_is_denied_to_every_role_without_the_right(small_plant: None, name: str) -> None:
    right = OPERATED.get(name) or WRITES[name]
    url = _address(ROUTES[name][0], name)
    before = Event.objects.count(), Receipt.objects.count()

    bodies = itertools.cycle(("{}", "[]", '{"pk": 1}'))
    for person in people().values():
        if person.role_codes & _holders(right) or right == SIGNED_IN:
            continue
        answer = signed_in(person).post(url, next(bodies), content_type="application/json")
        assert answer.status_code == 403, f"{person.username}: {answer.status_code} {answer.content[:200]!r}"

    assert (Event.objects.count(), Receipt.objects.count()) == before


NO_OBJECTS = ("[]", '"text"', "null", "{", "[" * 50_000, '{"no such field": NaN}', '{"x": "\\ud800"}', b"\xff")


@pytest.mark.parametrize(("place", "name"), [pytest.param(*one, id=one[1]) for one in enumerate(sorted(OPERATED))])
def test_a_body_that_is_no_object_is_bad_input_and_no_fault(small_plant: None, place: int, name: str) -> None:
    """All stand behind the one endpoint: each operation is asked three of the eight, the next one the next three."""
    client = signed_in(people()["admin"], raise_request_exception=False)
    url = _address(ROUTES[name][0], name)

    for turn in range(3 * place, 3 * place + 3):
        body = NO_OBJECTS[turn % len(NO_OBJECTS)]
        answer = client.post(url, body, content_type="application/json")
        assert answer.status_code == 400, f"{body[:20]!r}: {answer.status_code}"
        assert answer.json()["code"] == "BadInput"


@pytest.mark.parametrize("name", sorted(OPERATED))
def test_other_methods_do_nothing(small_plant: None, name: str) -> None:
    client = signed_in(people()["admin"])
    url = _address(ROUTES[name][0], name)

    for method in ("put", "patch", "delete"):
        assert getattr(client, method)(url, "{}", content_type="application/json").status_code == 405
    overridden = client.get(url, headers={"X-HTTP-Method-Override": "DELETE"})
    assert overridden.status_code == (200 if name in READS else 405)


@pytest.mark.parametrize("name", sorted(OPERATED))
def test_a_cookie_alone_does_not_write(small_plant: None, name: str) -> None:
    """Another site's form cannot post in the name of somebody who is signed in."""
    client = signed_in(people()["admin"], enforce_csrf_checks=True)

    answer = client.post(_address(ROUTES[name][0], name), "{}", content_type="application/json")

    assert answer.status_code == 403
    assert "CSRF" in answer.content.decode()
