"""The schedule and the proposal: what planners see, do and are told."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assembly.models import Reservation
from assembly.operations.reservations import reserve_cell
from tests.assembly.burn_in_world import a_burn_in_room, a_soaking_rack, some_racks
from tests.cast import a_caller, person

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NOW = timezone.now().replace(minute=0, second=0, microsecond=0)


def client(name="plan"):
    browser = Client()
    browser.force_login(person(name))
    return browser


def keep(build, cell, start=2, hours=10):
    caller = a_caller("plan", at=NOW)
    at = NOW + start * HOUR
    return reserve_cell(caller=caller, build_id=build.pk, cell_code=cell, from_at=at, to_at=at + hours * HOUR)


def local(at):
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def test_the_schedule_shows_bars_loads_and_a_list(django_assert_max_num_queries):
    a_burn_in_room()
    (rack,) = some_racks(1)
    keep(rack, "A-02")
    soaking = a_soaking_rack("B-01", at=NOW - HOUR).run.build
    browser = client()
    browser.get("/burn-in/schedule/")

    with django_assert_max_num_queries(12):
        page = browser.get("/burn-in/schedule/").content.decode()

    assert page.count('class="rack-bar"') == 2 and page.count("data-movable") == 1
    assert page.count('class="strip"') == 6 and "最大 284 / 上限 1300 L/min" not in page
    assert rack.unit.name in page and soaking.unit.name in page and "style=" not in page
    assert "data-movable" not in client("aud").get("/burn-in/schedule/").content.decode()
    assert browser.get("/burn-in/schedule/?day=2099-13-45&zoom=x").status_code == 200
    assert "rack-bar" not in browser.get("/burn-in/schedule/?day=2099-01-01&zoom=day").content.decode()


def test_a_bar_put_down_moves_and_one_that_cannot_says_so_at_the_bar():
    a_burn_in_room()
    one, two = some_racks(2)
    kept, other = keep(one, "A-01"), keep(two, "A-02")
    browser = client()

    def put(row, cell, at, **headers):
        form = {"key": f"{row.pk}{cell}{at}", "cell": cell, "from": at, "zoom": "week"}
        return browser.post(f"/burn-in/reservations/{row.pk}/move/", form, **headers)

    moved = put(kept, "A-03", local(NOW + 3 * HOUR), headers={"hx-request": "true"})
    taken = put(other, "A-03", local(NOW + 4 * HOUR), headers={"hx-request": "true"})
    late = put(kept, "B-01", local(NOW + 4 * HOUR), headers={"hx-request": "true"})

    assert moved.status_code == 200 and "<html" not in moved.content.decode()
    assert Reservation.objects.get(build=one, cancelled_at=None).cell.code == "A-03"
    assert taken.status_code == 422 and "<foreignObject" in taken.content.decode()
    assert "rack-bar refused" in taken.content.decode() and one.unit.name in taken.content.decode()
    assert late.status_code == 422 and "A-03" in late.content.decode()  # the second planner is told where it is now
    assert put(other, "A-02", "nonsense").status_code == 422
    assert put(other, "B-01", local(NOW + 4 * HOUR)).status_code == 302


def test_a_proposal_is_shown_then_accepted():
    a_burn_in_room(cells=3)
    racks = some_racks(4, at=NOW - 5 * HOUR)
    keep(racks[3], "B-01")
    browser = client()

    page = browser.get("/burn-in/proposal/?propose=1&road=2").content.decode()
    lines = re.findall(r'name="placing" value="([^"]+)"', page)
    assert len(lines) == 3 and "先着順" in page
    assert "移動する予約" in browser.get("/burn-in/proposal/?propose=1&again=1").content.decode()
    done = browser.post("/burn-in/proposal/acceptance/", {"key": "accept", "placing": lines[:2]})

    assert done.status_code == 302
    assert Reservation.objects.filter(cancelled_at=None).count() == 3
    again = browser.post("/burn-in/proposal/acceptance/", {"key": "other", "placing": lines})
    assert again.status_code == 422 and Reservation.objects.filter(cancelled_at=None).count() == 3
    for wrong in ("x", "1|A|b|c|0", "1|A-01|2026-01-01T00:00|2026-01-02T00:00|0", f"{10**17}|A|x|y|0"):
        assert browser.post("/burn-in/proposal/acceptance/", {"key": wrong, "placing": [wrong]}).status_code == 422


def test_the_api_gives_the_same_proposal_and_what_is_kept():
    a_burn_in_room()
    one, two = some_racks(2, at=NOW - 5 * HOUR)
    keep(one, "A-01")
    browser = client()

    plan = browser.get("/api/burn-in-proposal/?road=3").json()
    kept = browser.get("/api/reservations/").json()["results"]

    assert [line["build_id"] for line in plan["placings"]] == [two.pk]
    assert [row["cell"] for row in kept] == ["A-01"]
    lines = [{name: line[name] for name in line if name != "late_hours"} for line in plan["placings"]]
    answer = browser.post(
        "/api/operations/assembly.place_racks/", json.dumps({"placings": lines}), content_type="application/json"
    )
    assert answer.status_code == 201, answer.content
    assert browser.get("/api/burn-in-proposal/?again=true").json()["placings"][0]["instead_of"] > 0
