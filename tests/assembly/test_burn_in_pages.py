"""The board, the cell's page, its acts; the page stays true when data stops."""

import json

import pytest
from django.test import Client

from assembly.models import BurnInRun, Reservation
from tests.assembly.burn_in_world import MINUTE, SOAK, a_burn_in_room, a_rack, a_soaking_rack, feed, some_racks
from tests.cast import a_caller, person

pytestmark = pytest.mark.django_db


def client(name="kenji"):
    browser = Client()
    browser.force_login(person(name))
    return browser


def test_the_board_shows_every_cell(django_assert_max_num_queries):
    burn_in = a_soaking_rack("A-01")
    feed(burn_in, range(10))
    feed(burn_in, [10], [46.0, 130.0, 0.0])
    browser = client()
    browser.get("/burn-in/board/")

    with django_assert_max_num_queries(12):
        page = browser.get("/burn-in/board/").content.decode()

    assert page.count("<article") == 4 and burn_in.run.build.unit.name in page
    assert "供給温度" in page and "空き" in page


def test_the_board_asks_as_often_with_many_racks_as_with_one(django_assert_num_queries):
    a_burn_in_room("9000", 6, lpm="9000")
    browser = client()
    counts = []
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from assembly.operations.burn_in import BurnInStart, start_burn_ins  # noqa: PLC0415

    for number in (1, 5):
        racks = some_racks(number if number == 1 else 4)
        first = 1 if number == 1 else 2
        starts = [BurnInStart(build.pk, f"A-{first + n:02}") for n, build in enumerate(racks)]
        start_burn_ins(caller=a_caller("kenji"), starts=starts)
        browser.get("/burn-in/")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            browser.get("/burn-in/")
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_data_that_stopped_is_shown_as_missing_with_its_time():
    burn_in = a_soaking_rack("A-01")
    feed(burn_in, range(10))

    page = client("aud").get("/burn-in/").content.decode()

    assert "欠測" in page and "stale-value" in page


def test_a_cell_page_shows_series_gaps_and_lines_without_styles():
    burn_in = a_soaking_rack("A-01")
    feed(burn_in, [*range(10), *range(40, 50)])

    page = client().get("/burn-in/A-01/").content.decode()

    assert page.count("<polyline") >= 6 and "style=" not in page and "<script>" not in page
    assert "データなし" in page and client().get(f"/burn-in-runs/{burn_in.pk}/").status_code == 200


def test_empty_and_unknown_cells():
    a_burn_in_room()

    assert client().get("/burn-in/A-01/").status_code == 200
    assert client().get("/burn-in/Z-99/").status_code == 404
    assert client().get("/burn-in-runs/999/").status_code == 404
    assert client("stranger").get("/burn-in/").status_code == 403
    assert Client().get("/burn-in/").status_code == 302


def test_start_and_stop_by_the_page_and_a_double_click_is_harmless():
    a_burn_in_room()
    build = a_rack()
    browser = client()
    form = {"key": "one", "build": str(build.pk)}

    for _turn in range(2):
        assert browser.post("/burn-in/A-01/start/", form).status_code == 302
    assert BurnInRun.objects.count() == 1
    refused = browser.post("/burn-in/A-02/start/", {"key": "two", "build": str(build.pk)})
    assert refused.status_code == 422
    assert browser.post("/burn-in/A-01/abort/", {"key": "x", "build": str(build.pk)}).status_code == 422
    for _turn in range(2):
        assert browser.post("/burn-in/A-01/stop/", {"key": "three", "build": str(build.pk)}).status_code == 302

    assert BurnInRun.objects.get().verdict == "fail"
    assert client("aud").post("/burn-in/A-01/start/", form).status_code == 403


def test_reserving_by_the_page():
    a_burn_in_room(feed_kw="150")
    one, two = some_racks(2)
    browser = client()
    period = {"from": "2999-01-01T00:00", "to": "2999-01-04T00:00"}
    assert browser.get("/burn-in/reservations/").status_code == 200

    good = {"key": "a", "build": str(one.pk), "cell": "A-01", **period}
    assert browser.post("/burn-in/reservations/new/", good).status_code == 302
    full = browser.post("/burn-in/reservations/new/", {**good, "key": "b", "build": str(two.pk), "cell": "A-02"})
    odd = browser.post("/burn-in/reservations/new/", {**good, "key": "c", "from": "2026-99-99T99:99"})

    assert full.status_code == 422 and "B-01" in full.content.decode()
    assert odd.status_code == 422
    kept = Reservation.objects.get()
    assert kept.period.lower.isoformat() == "2998-12-31T15:00:00+00:00"
    assert browser.post(f"/burn-in/reservations/{kept.pk}/cancellation/", {"key": "d"}).status_code == 302


@pytest.mark.parametrize("build", ["", "x", "99999999999999999999", "0"])
def test_a_build_that_is_none_is_refused_not_broken(build):
    a_burn_in_room()
    browser = client()
    period = {"from": "2999-01-01T00:00", "to": "2999-01-04T00:00"}

    for address, form in (
        ("/burn-in/A-01/start/", {}),
        ("/burn-in/A-01/stop/", {}),
        ("/burn-in/reservations/new/", {"cell": "A-01", **period}),
    ):
        assert browser.post(address, {"key": "k" + address, "build": build, **form}).status_code == 422


def test_telemetry_comes_by_the_api_and_a_run_goes_out():
    from django.utils import timezone  # noqa: PLC0415

    now = timezone.now() - 30 * MINUTE
    burn_in = a_soaking_rack("A-01", at=now)
    browser = client()
    rows = [{"at": (now + n * MINUTE).isoformat(), "values": [30, 130.5, None if n == 3 else 0]} for n in range(5)]

    answer = browser.post("/api/telemetry/", json.dumps({"cell_code": "A-01", "samples": rows}), "application/json")
    wrong = browser.post(
        "/api/telemetry/",
        json.dumps({"cell_code": "A-01", "samples": [{"at": rows[0]["at"], "values": [1]}]}),
        "application/json",
    )

    assert (answer.status_code, answer.json()) == (201, {"stored": 5, "known": 0, "dropped": 0})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "WrongSample")
    run = browser.get(f"/api/burn-in-runs/{burn_in.pk}/").json()
    assert (run["soak_minutes"], run["soak_minutes_required"], run["cell"]) == (4, SOAK, "A-01")
    assert browser.get("/api/burn-in-runs/999/").status_code == 404
    assert client("stranger").get(f"/api/burn-in-runs/{burn_in.pk}/").status_code == 403
