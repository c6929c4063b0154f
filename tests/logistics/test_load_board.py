"""The loading board: what it shows, what a move says, in a real browser by drag and by keys."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from genpin.master.vehicles import USUAL, VEHICLES
from inventory.models import Placement
from inventory.operations.holds import place_hold
from logistics.models import Crate, Shipment, VehicleKind
from logistics.operations.vehicles import define_vehicle_kind
from logistics.queries.load_board import CRATES, TRUCKS, load_board
from tests.cast import PASSWORD, a_caller, person
from tests.logistics.world import a_crate, a_shipment, lanes

NOW = timezone.now().replace(minute=0, second=0, microsecond=0)
DAY = timedelta(days=1)


def a_room(trucks: int = 2, crates: int = 2) -> tuple[list[Shipment], list[Crate]]:
    """Planned shipments on the usual truck, and crates that wait."""
    lanes()
    if not VehicleKind.objects.filter(code=USUAL).exists():
        define_vehicle_kind(caller=a_caller("plan"), code=USUAL, figures=VEHICLES[USUAL])
    shipments = [
        a_shipment(at=NOW - DAY, planned_departure_at=NOW + (n + 1) * DAY, need_by=None) for n in range(trucks)
    ]
    return shipments, [a_crate(at=NOW - 2 * DAY) for _turn in range(crates)]


def signed_in(name: str = "rosa") -> Client:
    client = Client()
    client.force_login(person(name))
    return client


def on(shipment: Shipment) -> set[str]:
    return set(shipment.crates.values_list("crate__sscc", flat=True))


@pytest.mark.django_db
def test_the_board_tells_what_would_refuse_a_departure_and_asks_the_same_of_many() -> None:
    shipments, (crate, other) = a_room()
    rack = Placement.objects.get(host=crate.unit, to_at=None).unit
    place_hold(caller=a_caller("tanaka"), target=rack.serial, reason="leak found")
    client, page = signed_in(), reverse("shipment_board")
    client.get(page)

    with CaptureQueriesContext(connection) as few:
        shown = client.get(page).content.decode()
    a_room(trucks=1, crates=2)
    with CaptureQueriesContext(connection) as more:
        client.get(page)

    assert "leak found" in shown
    assert shown.count("leak found") == 1
    assert len(more) == len(few) <= 12
    found = client.get(page, {"q": f"(00){other.sscc}"}).content.decode()
    assert f'crate-card marked" data-sscc="{other.sscc}"' in found
    assert crate.sscc not in found
    away = client.get(page, {"q": "00" + "9" * 18}).content.decode()
    assert 'role="alert"' in away
    assert shipments[0].number in away


@pytest.mark.django_db
def test_a_move_without_a_script_and_its_refusals() -> None:
    (first, second), (crate, other) = a_room()
    client, move = signed_in(), reverse("shipment_board_move")
    form = {"sscc": crate.sscc, "from": "", "to": f"{first.pk}:1", "key": "one"}

    assert client.post(move, form).status_code == 302
    stale = client.post(move, {"sscc": other.sscc, "from": "", "to": f"{first.pk}:1", "key": "two"})
    late = client.post(move, {**form, "to": f"{second.pk}:1", "key": "three"})
    nowhere = client.post(move, {**form, "to": "", "key": "four"})

    assert [answer.status_code for answer in (stale, late, nowhere)] == [422, 422, 422]
    assert f'refused" data-sscc="{other.sscc}"' in stale.content.decode()
    assert person("rosa").name in stale.content.decode()
    assert f'refused" data-sscc="{crate.sscc}"' in late.content.decode()
    assert (on(first), on(second)) == ({crate.sscc}, set())
    both = client.post(move, {"sscc": [other.sscc], "from": "", "to": "new", "key": "five"})
    assert other.sscc in client.get(both.headers["Location"]).content.decode()
    assert client.post(move, {**form, "from": f"{first.pk}:2", "to": "list", "key": "six"}).status_code == 302
    assert on(first) == set()


@pytest.mark.django_db
def test_a_page_that_is_empty_by_now_shows_the_last_one_that_is_not() -> None:
    shipments, crates = a_room()

    found = load_board(trucks_from=TRUCKS, crates_from=3 * CRATES)

    assert [one.crate for one in found.waiting] == crates
    assert [one.shipment for one in found.trucks] == shipments
    assert (found.waiting_total, found.crates_from, found.truck_total, found.trucks_from) == (2, 0, 2, 0)


def picture(page: Any, name: str) -> None:
    folder = os.environ.get("GENPIN_PICTURES", "")
    if folder:
        page.screenshot(path=str(Path(folder) / f"loading-{name}.png"))


def opened(live_plant: Any, page: Any) -> None:
    person("rosa")
    page.set_viewport_size({"width": 1180, "height": 820})
    page.goto(f"{live_plant.url}/login/")
    page.fill("[name=username]", "rosa")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{live_plant.url}/shipments/plan/")


@pytest.mark.browser
@pytest.mark.commits
@pytest.mark.slow
def test_a_crate_is_dragged_between_trucks_and_back(live_plant: Any, page: Any) -> None:
    (first, second), (crate, other) = a_room()
    opened(live_plant, page)
    card = page.locator(f".crate-card[data-sscc='{crate.sscc}']")

    def drag(to: str, *, until: str) -> None:
        grip, goal = card.locator(".grip").bounding_box(), page.locator(to).bounding_box()
        page.mouse.move(grip["x"] + 12, grip["y"] + 20)
        page.mouse.down()
        page.mouse.move(grip["x"] + 40, grip["y"] + 40, steps=3)
        page.mouse.move(goal["x"] + 60, goal["y"] + 20, steps=4)
        if until:
            page.wait_for_selector(f"{to} .limits-of[data-say]:has-text('1,690 kg')")
            picture(page, "held")
        page.mouse.up()

    truck = "section.truck[data-says^='%s']"
    # A truck that was only chosen in a crate's list is no place that the next crate goes to by a click.
    card.locator("select").select_option(label=f"{second.number} {second.lane.name}")
    page.wait_for_selector(f"{truck % second.number} .limits-of[data-say]:has-text('1,690 kg')")
    page.locator(f".crate-card[data-sscc='{other.sscc}'] .grip").click()
    page.wait_for_selector(f"{truck % second.number} .limits-of[data-say]:has-text('1,690 kg')", state="detached")

    drag(truck % first.number, until="judged")
    expect(page.locator(truck % first.number).locator(".crate-card.marked")).to_have_attribute("data-sscc", crate.sscc)
    drag(truck % second.number, until="judged")
    expect(page.locator(truck % second.number).locator(".crate-card.marked")).to_be_visible()
    assert (on(first), on(second)) == (set(), {crate.sscc})
    picture(page, "moved")

    # Somebody else took it meanwhile: it did not move, and the board says who has it.
    choice = page.locator(f".crate-card[data-sscc='{other.sscc}'] select")
    choice.select_option(label=f"{first.number} {first.lane.name}")
    Shipment.objects.filter(pk=first.pk).update(version=9)
    page.locator(f".crate-card[data-sscc='{other.sscc}'] form button").click()
    expect(page.locator(f".crate-card.refused[data-sscc='{other.sscc}'] .notice")).to_be_visible()
    picture(page, "refused")
    drag(".waiting-crates", until="")
    expect(page.locator(f".waiting-crates .crate-card.marked[data-sscc='{crate.sscc}']")).to_be_visible()
    assert on(second) == set()


@pytest.mark.browser
@pytest.mark.commits
@pytest.mark.slow
def test_a_crate_is_scanned_and_carried_by_keys(live_plant: Any, page: Any) -> None:
    (first, _second), (_crate, other) = a_room()
    opened(live_plant, page)

    page.keyboard.type(f"00{other.sscc}")  # a scanner, wherever the focus is
    page.keyboard.press("Enter")
    grip = page.locator(f".crate-card.marked[data-sscc='{other.sscc}'] .grip")
    expect(grip).to_be_focused()
    page.keyboard.press("Enter")
    expect(grip).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#carried")).to_contain_text(first.number)
    expect(page.locator("#carried")).to_contain_text("1,690 kg")
    page.keyboard.press("Escape")
    expect(grip).to_have_attribute("aria-pressed", "false")
    for key in ("Enter", "ArrowRight", "Enter"):
        page.keyboard.press(key)

    expect(page.locator(f".truck .crate-card[data-sscc='{other.sscc}'] .grip")).to_be_focused()
    expect(page.locator("#carried")).to_contain_text(first.number)
    assert on(first) == {other.sscc}
