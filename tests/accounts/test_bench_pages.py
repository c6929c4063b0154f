"""The door of a registered device: badge, then PIN; the lock over a station's page; relief; who works where."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.core.signing import get_cookie_signer
from django.test import Client
from django.utils import timezone

from accounts.models import Device, OperatorSession
from accounts.operations.badges import end_badge
from accounts.operations.people import end_person
from accounts.operations.sessions import start_session
from accounts.views.benches import COOKIE
from ledger.models import Event
from tests.accounts.bench_world import TOKEN, a_device
from tests.assembly.pages import a_client, queries_of, text_of
from tests.cast import PIN, a_caller, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

JSON = {"accept": "application/json"}


def a_tablet(token: str = TOKEN, code: str = "A1") -> Client:
    """A registered device, nobody signed in."""
    if not Device.objects.filter(station__code=code, revoked_at=None).exists():
        a_device(code, token)
    client = Client()
    signer = get_cookie_signer(salt=COOKIE + COOKIE)
    client.cookies[COOKIE] = signer.sign(token)
    client.cookies["genpin_language"] = "ja"
    return client


def sign_in(tablet: Client, who: str, pin: str = PIN, **others: Any) -> Any:
    """Badge and PIN."""
    return tablet.post("/bench/sign-in/", {"badge": f"BADGE-{who.upper()}", "pin": pin, **others})


def open_session() -> OperatorSession:
    """The one open session."""
    return OperatorSession.objects.select_related("station", "user").get(ended_at=None)


def signed_in(tablet: Client) -> str:
    """Who the browser is signed in as."""
    request: Any = type("Request", (), {"session": tablet.session})()
    return str(get_user(request).get_username())


def test_badge_then_pin_open_the_station_without_a_password() -> None:
    tablet = a_tablet()

    assert tablet.get("/login/")["Location"].startswith("/bench/")
    door = text_of(tablet.get("/bench/"))
    asked = text_of(tablet.post("/bench/badge/", {"badge": "BADGE-MEI"}))
    answer = sign_in(tablet, "mei")

    assert "社員証を読取ってください" in door
    assert "PIN を押してください" in asked and person("mei").name in asked and 'value="BADGE-MEI"' in asked
    assert (answer.status_code, answer["Location"]) == (302, "/stations/A1/")
    session = open_session()
    assert (session.user.username, session.station.code, session.device) == ("mei", "A1", Device.objects.get())
    page = text_of(tablet.get("/stations/A1/"))
    assert 'data-idle="600"' in page and "交替" in page and "直 ·" in page
    assert "/bench/leave/" in page and "data-lock" in page


def test_a_badge_alone_opens_nothing() -> None:
    tablet = a_tablet()

    tablet.post("/bench/badge/", {"badge": "BADGE-MEI"})
    for pin in ("", "0000"):
        assert sign_in(tablet, "mei", pin).status_code == 422

    assert not OperatorSession.objects.exists() and not signed_in(tablet)
    assert tablet.get("/stations/A1/").status_code == 302


def test_the_badge_of_somebody_who_left_and_an_unknown_one_are_refused_with_a_sentence() -> None:
    tablet = a_tablet()
    end_person(caller=a_caller("admin"), username="kenji")
    end_badge(caller=a_caller("admin"), username="tanaka", reason="紛失")

    for who, words in (("kenji", "退職した人"), ("tanaka", "この社員証は無効です"), ("nobody", "登録がありません")):
        answer = tablet.post("/bench/badge/", {"badge": f"BADGE-{who.upper()}"})
        assert (answer.status_code, words in text_of(answer)) == (422, True)
        assert sign_in(tablet, who).status_code == 422
    assert not OperatorSession.objects.exists()


def test_elsewhere_than_at_a_registered_device_there_is_no_such_door() -> None:
    person("mei")
    stranger = Client()
    forged = Client()
    forged.cookies[COOKIE] = TOKEN + ":forged"

    for browser in (stranger, forged):
        assert "登録されていません" in text_of(browser.get("/bench/"))
        assert sign_in(browser, "mei")["Location"].startswith("/login/")
        assert browser.get("/login/").status_code == 200
    assert not OperatorSession.objects.exists()


def test_who_may_not_work_at_a_station_does_not_come_in() -> None:
    tablet = a_tablet()

    assert sign_in(tablet, "aud").status_code == 422
    assert not signed_in(tablet)


def test_an_administrator_at_a_bench_administers_nothing() -> None:
    tablet = a_tablet()
    sign_in(tablet, "admin")

    assert tablet.get("/stations/A1/").status_code == 200
    assert tablet.get("/people/").status_code == 403
    assert tablet.get("/devices/").status_code == 403
    body = {"username": "mei", "role": "line"}
    answer = tablet.post("/api/operations/accounts.end_role/", body, content_type="application/json")
    assert answer.status_code == 403
    assert a_client("admin").get("/people/").status_code == 200


def test_the_device_shows_its_own_station_only() -> None:
    tablet = a_tablet()
    sign_in(tablet, "mei")

    assert tablet.get("/stations/A2/")["Location"] == "/stations/A1/"
    assert open_session().station.code == "A1"


def scan(tablet: Client, text: str, seq: int, accept: str = "application/json", series: int = 4000) -> Any:
    """A scan of the tablet's own session."""
    scan_id = f"00000000-0000-{series}-8000-{seq:012d}"
    body = {
        "id": scan_id, "operator_session": tablet.session["operator_session"], "seq": seq, "station": "A1",
        "text": text,
    }  # fmt: skip
    return tablet.post("/api/scans/", body, content_type="application/json", headers={"accept": accept})


def test_another_badge_in_the_scan_field_asks_for_the_pin_and_relieves() -> None:
    tablet = a_tablet()
    sign_in(tablet, "mei")
    tablet.get("/stations/A1/")

    asked = text_of(scan(tablet, "BADGE-KENJI", 1, accept="text/html"))
    assert "PIN を入れて交替してください" in asked and 'value="BADGE-KENJI"' in asked
    assert open_session().user.username == "mei"  # a badge alone changes nothing

    assert sign_in(tablet, "kenji", "0000").status_code == 422
    assert open_session().user.username == "mei"
    answer = sign_in(tablet, "kenji")

    assert answer["Location"] == "/stations/A1/"
    assert (open_session().user.username, signed_in(tablet)) == ("kenji", "kenji")
    kinds = list(
        Event.objects.filter(kind__startswith="accounts.session-").order_by("id").values_list("kind", flat=True)
    )
    assert kinds == ["accounts.session-started", "accounts.session-ended", "accounts.session-started"]
    assert person("kenji").name in text_of(tablet.get("/stations/A1/"))


def test_the_own_badge_changes_nothing_and_one_without_a_device_is_refused() -> None:
    tablet = a_tablet()
    sign_in(tablet, "mei")
    office = a_client("kenji")
    office.get("/stations/A2/")

    assert scan(tablet, "BADGE-MEI", 1).json()["state"] == "run"
    answer = scan(office, "BADGE-MEI", 1, series=4001).json()
    assert (answer["state"], answer["code"]) == ("stop", "BadgeOpensNothing")


def test_locked_by_hand_everything_waits_for_badge_and_pin_and_nothing_is_lost() -> None:
    tablet = a_tablet()
    sign_in(tablet, "mei")
    tablet.get("/stations/A1/")

    assert tablet.post("/bench/lock/", headers=JSON).json() == {"locked": True}

    page = tablet.get("/stations/A1/")
    assert page["Location"] == "/bench/?next=%2Fstations%2FA1%2F"
    form = tablet.post("/stations/A1/finish/", {"build": 1, "number": 100, "key": "k"}, headers={"HX-Request": "true"})
    assert (form.status_code, form.json()["code"]) == (423, "SessionLocked")
    held = scan(tablet, "GP000001235", 1)
    assert (held.status_code, held.json()["code"]) == (403, "SessionLocked")
    assert tablet.post("/bench/alive/").json() == {"locked": True, "over": False}
    assert sign_in(tablet, "mei", "0000").status_code == 422

    opened = tablet.post("/bench/sign-in/", {"badge": "BADGE-MEI", "pin": PIN}, headers=JSON)

    assert opened.json() == {"open": True, "go": "/stations/A1/"}  # the page stays as it is
    assert scan(tablet, "GP000001235", 1).status_code == 200
    assert open_session().locked_at is None
    assert OperatorSession.objects.count() == 1


def test_idle_it_locks_by_the_server_s_truth() -> None:
    tablet = a_tablet()
    sign_in(tablet, "mei")
    long_ago = timezone.now() - timedelta(minutes=11)
    OperatorSession.objects.update(seen_at=long_ago, started_at=long_ago)

    assert tablet.get("/stations/A1/").status_code == 302
    assert scan(tablet, "CMD-HELP", 1).status_code == 403
    assert "作業中です" in text_of(tablet.get("/bench/"))
    assert sign_in(tablet, "mei", next="/stations/A1/")["Location"] == "/stations/A1/"
    assert tablet.get("/stations/A1/").status_code == 200


def test_a_session_that_ended_elsewhere_signs_the_device_out() -> None:
    first, second = a_tablet(), a_tablet("another cookie", "A2")
    sign_in(first, "mei")

    sign_in(second, "mei")

    assert open_session().station.code == "A2"
    assert first.get("/stations/A1/")["Location"].startswith("/bench/")
    assert not signed_in(first)


def test_leaving_ends_the_session_and_the_device_waits_for_the_next_badge() -> None:
    tablet = a_tablet()
    sign_in(tablet, "mei")

    assert tablet.post("/bench/leave/")["Location"] == "/bench/"
    assert not OperatorSession.objects.filter(ended_at=None).exists() and not signed_in(tablet)


def test_an_administrator_registers_the_tablet_that_the_page_is_open_on() -> None:
    tablet = a_client("admin")
    form = {"station": "A1", "name": "タブレット A1-1", "key": "one form"}

    for _click in range(2):
        assert tablet.post("/devices/", form).status_code == 302

    device = Device.objects.get()
    assert (device.station.code, device.name) == ("A1", "タブレット A1-1")
    assert "タブレット A1-1" in text_of(tablet.get("/devices/"))
    tablet.post("/logout/")
    tablet.cookies["genpin_language"] = "ja"
    assert sign_in(tablet, "mei")["Location"] == "/stations/A1/"
    assert a_client("mei").get("/devices/").status_code == 403


def test_who_works_where_is_seen_by_line_leaders() -> None:
    tablet = a_tablet()
    sign_in(tablet, "mei")
    start_session(caller=a_caller("kenji", at=timezone.now()), station_code="T1")
    tablet.get("/stations/A1/")
    scan(tablet, "CMD-HELP", 1)
    scan(tablet, "BADGE-KENJI", 2)

    page = text_of(a_client("tanaka").get("/stations/people/"))

    assert person("mei").name in page and person("kenji").name in page and "tablet A1-1" in page
    assert "BADGE-KENJI" not in page  # what a badge says is shown to nobody
    narrowed = text_of(a_client("tanaka").get("/stations/people/?q=T1"))
    assert person("kenji").name in narrowed and person("mei").name not in re.sub(r"<header.*?</header>", "", narrowed)
    assert a_client("aud").get("/stations/people/").status_code == 403
    assert queries_of(a_client("tanaka"), "/stations/people/") <= 8


def test_a_person_gets_badge_and_pin_on_a_page_and_leaves() -> None:
    client = a_client("admin")

    assert client.post("/people/mei/", {"act": "badge", "scan_text": "H-2231", "key": "a"}).status_code == 302
    assert person("mei").badges.get(ended_at=None).scan_text == "H-2231"
    for pin, again in (("123456", "123456"), ("111111", "111111"), ("135790", "135791"), ("12", "12")):
        assert client.post("/people/mei/", {"act": "pin", "pin": pin, "again": again, "key": "b"}).status_code == 422
    for _click in range(2):
        told = {"act": "pin", "pin": "135790", "again": "135790", "key": "c"}
        assert client.post("/people/mei/", told).status_code == 302
    assert Event.objects.filter(kind="accounts.pin-set").count() == 1
    assert client.post("/people/mei/", {"act": "leave", "reason": "退職", "key": "d"}).status_code == 302
    assert not person("mei").is_active
    assert "H-2231" not in text_of(client.get("/people/mei/"))
