"""The station's page and its fragments: what a gloved person sees, in both languages; finishing and signing there."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import OperatorSession
from assembly.models import Measurement, Nonconformity, OperationRun, Signature
from ledger.models import Event
from tests.assembly.pages import a_client, queries_of, text_of
from tests.assembly.world import a_build, a_rack_taking_trays, a_tray, a_unit_of, done, fill, finished, started, tool_of
from tests.cast import PIN, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

HTMX = {"HX-Request": "true"}


def scan(client: Client, code: str, text: str, seq: int) -> Any:
    """A scan as the page sends it: JSON out, the page's own fragment back."""
    body = {
        "id": str(uuid.uuid4()), "operator_session": client.session["operator_session"], "seq": seq, "station": code,
        "text": text,
    }  # fmt: skip
    return client.post("/api/scans/", body, content_type="application/json", headers={"accept": "text/html"})


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form that the step asks for."""
    form = page[page.index('<form class="ask"') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))


def test_the_list_of_stations_leads_to_each() -> None:
    page = text_of(a_client("mei").get("/stations/"))

    for code in ("A1", "T2", "B1", "P1", "Q1"):
        assert f"/stations/{code}/" in page
    assert a_client("stranger").get("/stations/").status_code == 403
    assert a_client("mei").get("/stations/X9/").status_code == 404


def test_opening_a_station_begins_one_session_and_keeps_it() -> None:
    client = a_client("mei")

    client.get("/stations/A1/")
    client.get("/stations/A1/")
    first = OperatorSession.objects.get(ended_at=None)
    client.get("/stations/A2/")

    assert OperatorSession.objects.count() == 2
    assert OperatorSession.objects.get(ended_at=None).station.code == "A2"
    first.refresh_from_db()
    assert first.ended_at is not None


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "現品票を読取ってください"), ("en", "Scan the tag of a rack or tray")]
)
def test_the_first_act_is_a_scan(language: str, words: str) -> None:
    page = text_of(a_client("mei", language).get("/stations/A1/"))

    assert words in page
    assert 'data-seq="1"' in page
    assert 'id="scan"' in page
    assert 'data-state="wait"' in page
    assert "/stations/" in page


def test_the_receiving_station_has_its_own_page() -> None:
    assert a_client("mei").get("/stations/R1/")["Location"] == "/receiving/R1/"


@pytest.mark.parametrize(
    ("language", "fitted"), [("ja", "superchip_0 に取付けました"), ("en", "Fitted in superchip_0")]
)
def test_a_scan_comes_back_as_answer_drawing_and_next_act(language: str, fitted: str) -> None:
    tray, part = a_tray(), a_unit_of("900-2G548-A801-000")
    client = a_client("mei", language)
    client.get("/stations/A1/")

    taken = text_of(scan(client, "A1", tray.unit.tag, 1))
    answer = text_of(scan(client, "A1", part.serial, 2))

    assert "<html" not in taken
    assert taken.count("hx-swap-oob") == 5
    assert tray.unit.serial in taken
    assert 'class="rack tray"' in taken
    assert fitted in answer
    assert 'data-signal="ok"' in answer
    assert client.get("/stations/A1/").content.decode().count(fitted) == 1  # a reload shows the last answer again


def test_a_refusal_is_the_largest_thing_and_ends_in_an_act() -> None:
    tray, wrong = a_tray(), a_unit_of("692-13809-1404-000")
    client = a_client("mei")
    client.get("/stations/A1/")
    scan(client, "A1", tray.unit.tag, 1)

    answer = text_of(scan(client, "A1", wrong.serial, 2))

    assert 'data-state="stop"' in answer
    assert 'role="alert"' in answer
    for label in ("何が違うか", "いまの状態", "やること"):
        assert label in answer
    assert "の部品を使ってください" in answer


def test_a_rack_is_drawn_with_the_next_slot_marked() -> None:
    rack = a_rack_taking_trays()
    client = a_client("mei")
    client.get("/stations/A2/")

    answer = text_of(scan(client, "A2", rack.unit.serial, 1))

    assert 'class="rack front"' in answer
    assert 'class="compute next' in answer
    assert "計算トレイ 0/18 · スイッチ 0/9" in answer


def a_full_tray_at(client: Client) -> Any:
    tray = a_tray()
    fill(tray)
    tool_of(["torque"])
    client.get("/stations/A1/")
    return tray, text_of(scan(client, "A1", tray.unit.tag, 1))


def test_values_then_pin_finish_the_operation() -> None:
    client = a_client("mei")
    tray, page = a_full_tray_at(client)
    assert "0.55 – 0.65 N·m" in page
    given = {"v_torque_board": "0.6", "v_torque_coldplate": "0.9", "t_torque": "TQ-014"}

    asked = client.post("/stations/A1/finish/", hidden(page) | given, headers=HTMX)
    assert 'name="pin"' in text_of(asked)
    assert not Measurement.objects.filter(run__build=tray).exclude(run__operation__number=100).exists()
    wrong = client.post("/stations/A1/finish/", hidden(text_of(asked)) | {"pin": "000000"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "暗証番号" in text_of(wrong)
    right = hidden(text_of(wrong)) | {"pin": PIN}
    done_ = client.post("/stations/A1/finish/", right, headers=HTMX)
    again = client.post("/stations/A1/finish/", right, headers=HTMX)

    assert "登録して署名しました" in text_of(done_)
    assert again.status_code in (200, 422)
    run = OperationRun.objects.get(build=tray, operation__number=110)
    assert (run.result, Signature.objects.get(run=run).user.username) == ("pass", "mei")
    assert Event.objects.get(pk=run.finished_event_id).session == uuid.UUID(client.session["operator_session"])


def test_a_value_outside_its_limits_is_recorded_and_said() -> None:
    client = a_client("mei")
    tray, page = a_full_tray_at(client)

    asked = client.post(
        "/stations/A1/finish/",
        hidden(page) | {"v_torque_board": "9", "v_torque_coldplate": "0.9", "t_torque": "TQ-014"},
        headers=HTMX,
    )
    answer = text_of(client.post("/stations/A1/finish/", hidden(text_of(asked)) | {"pin": PIN}, headers=HTMX))

    assert "不適合を発行しました" in answer
    assert 'data-state="late"' in answer
    assert Nonconformity.objects.get().build_id == tray.pk


def test_a_missing_value_is_refused_and_nothing_recorded() -> None:
    client = a_client("mei")
    tray, page = a_full_tray_at(client)

    asked = client.post(
        "/stations/A1/finish/", hidden(page) | {"v_torque_board": "0.6", "t_torque": "TQ-014"}, headers=HTMX
    )
    reply = client.post("/stations/A1/finish/", hidden(text_of(asked)) | {"pin": PIN}, headers=HTMX)

    assert reply.status_code == 422
    assert "がありません" in text_of(reply)
    assert OperationRun.objects.get(build=tray, operation__number=110).finished_at is None


def a_switch_to_check() -> Any:
    build = a_build("N5200")
    for number in (100, 110, 120):
        done(build, number)
    started(build, 130)
    finished(build, 130, checked=False)
    return build


def test_a_second_person_signs_by_badge_and_pin() -> None:
    build = a_switch_to_check()
    client = a_client("mei")
    client.get("/stations/A1/")
    page = text_of(scan(client, "A1", build.unit.tag, 1))
    assert 'name="person"' in page
    form = hidden(page)

    nobody = client.post("/stations/A1/sign/", form | {"person": "GHOST", "pin": PIN}, headers=HTMX)
    assert nobody.status_code == 422
    self_ = client.post("/stations/A1/sign/", form | {"person": "mei", "pin": PIN, "key": "a"}, headers=HTMX)
    assert self_.status_code == 422
    assert "作業した人は確認できません" in text_of(self_)
    badge = client.post("/stations/A1/sign/", form | {"person": "BADGE-KENJI", "pin": PIN, "key": "b"}, headers=HTMX)

    assert badge.status_code == 200
    run = OperationRun.objects.get(build=build, operation__number=130)
    assert [row.user.username for row in run.signatures.order_by("pk")] == ["mei", "kenji"]


@pytest.mark.parametrize("form", [{}, {"build": "x"}, {"build": "999999", "number": "1"}, {"build": "9" * 30}])
def test_a_form_of_nothing_is_refused_not_broken(form: dict[str, str]) -> None:
    client = a_client("mei")
    client.get("/stations/A1/")

    for act in ("finish", "sign"):
        assert client.post(f"/stations/A1/{act}/", form, headers=HTMX).status_code == 422


def test_without_script_the_whole_page_comes_back() -> None:
    client = a_client("mei")
    _tray, page = a_full_tray_at(client)

    reply = client.post(
        "/stations/A1/finish/",
        hidden(page) | {"v_torque_board": "0.6", "v_torque_coldplate": "0.9", "t_torque": "TQ-014"},
    )

    assert "<html" in text_of(reply)
    assert 'name="pin"' in text_of(reply)


def test_a_form_belongs_to_the_open_session_of_its_station() -> None:
    client = a_client("mei")
    client.get("/stations/A1/")

    assert client.post("/stations/A2/finish/", {}, headers=HTMX).status_code == 404
    assert a_client("kenji").post("/stations/A1/finish/", {}, headers=HTMX).status_code == 404


def test_the_number_of_queries_is_pinned() -> None:
    rack = a_rack_taking_trays()
    client = a_client("mei")
    client.get("/stations/A2/")
    idle = queries_of(client, "/stations/A2/")
    scan(client, "A2", rack.unit.tag, 1)
    working = queries_of(client, "/stations/A2/")
    fill(rack, kinds=["mgmt"])

    assert queries_of(client, "/stations/A2/") == working
    assert (idle, working) == (9, 21)


def test_the_cast_has_badges() -> None:
    assert person("kenji").badges.get(ended_at=None).scan_text == "BADGE-KENJI"
