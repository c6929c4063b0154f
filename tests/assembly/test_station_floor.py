"""Station pages together: each sees the other's progress; pictures; tools by scan; the andon button."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from assembly.models import AndonCall, Measurement, RoutingOperation
from assembly.operations.instructions import PictureSpec, issue_instruction
from assembly.operations.runs import start_run
from assembly.operations.tools import record_calibration, register_tool
from assembly.queries.instruments import tools_by_field
from assembly.queries.slots import filled_slots, suggested_slot
from assembly.queries.station import work_in_hand
from documents import files
from genpin.demo.drawings import PICTURES
from tests.assembly.pages import a_client, text_of
from tests.assembly.test_station_page import HTMX, hidden, scan
from tests.assembly.world import a_build, a_rack_taking_trays, done, fill, started
from tests.cast import PIN, a_caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def at_station(code: str, who: str = "mei") -> Client:
    client = a_client(who)
    client.get(f"/stations/{code}/")
    return client


def test_each_station_sees_the_others_progress() -> None:
    rack = a_rack_taking_trays()
    first, second = at_station("A2"), at_station("A3", "kenji")
    scan(first, "A2", rack.unit.tag, 1)
    scan(second, "A3", rack.unit.tag, 1)
    page = text_of(second.get("/stations/A3/"))
    assert "組立 2" not in page
    pulse = f"/stations/A3/pulse/?build={rack.pk}"
    before = text_of(second.get(pulse))
    mark = re.search(r"seen=([0-9a-f]{16})", before)
    assert mark is not None
    assert second.get(pulse + f"&seen={mark[1]}").status_code == 204

    fill(rack, kinds=["mgmt"], leave=1)
    start_run(caller=a_caller("mei", station="A2", at=timezone.now()), build_id=rack.pk, number=240)

    after = second.get(pulse + f"&seen={mark[1]}")
    assert after.status_code == 200
    told = text_of(after)
    assert (before.count('class="mgmt built'), told.count('class="mgmt built')) == (0, 1)
    assert "240 配線 · 小林 芽衣" in told
    assert 'hx-swap-oob="true"' in told


def test_the_pulse_of_an_odd_build_shows_an_idle_station() -> None:
    client = at_station("A2")

    for build in ("", "x", "999999999", "9" * 40):
        assert client.get("/stations/A2/pulse/", {"build": build}).status_code == 200
    assert client.get("/stations/NO/pulse/").status_code == 404
    assert a_client("aud").get("/stations/A2/pulse/").status_code == 403


def test_a_helper_is_sent_to_another_place() -> None:
    rack = a_rack_taking_trays()
    slots = filled_slots(rack.pk)
    kinds = ["compute", "switch", "mgmt"]

    own, other = suggested_slot(slots, kinds), suggested_slot(slots, kinds, helping=True)

    assert own is not None and other is not None
    assert own.kind != other.kind
    work = work_in_hand({"build": rack.pk}, "A3", frozenset({"WC-RACK"}))
    assert work is not None and work.current is not None
    assert work.current.operation.number == 230


def test_a_station_keeps_to_its_own_operation() -> None:
    rack = a_rack_taking_trays()
    start_run(caller=a_caller("kenji", station="A3"), build_id=rack.pk, number=240)

    at_third = work_in_hand({"build": rack.pk}, "A3", frozenset({"WC-RACK"}))
    at_second = work_in_hand({"build": rack.pk}, "A2", frozenset({"WC-RACK"}))

    assert at_third is not None and at_third.current is not None
    assert at_second is not None and at_second.current is not None
    assert (at_third.current.operation.number, at_second.current.operation.number) == (240, 230)


def a_picture(name: str = "bus_bar") -> PictureSpec:
    return PictureSpec(files.put(PICTURES[name]()), "①から④の順に締めます", "Tighten 1 to 4")


def test_the_instruction_and_its_pictures_are_on_the_page() -> None:
    rack = a_build("D-20")
    started(rack, 200)
    operation = RoutingOperation.objects.get(routing=rack.design.routing, number=200)
    picture = a_picture()
    issue_instruction(
        caller=a_caller("plan"), operation_id=operation.pk, text_ja="中央から締めます。", text_en="From the middle.",
        pictures=[picture],
    )  # fmt: skip
    client = at_station("A2")

    page = text_of(scan(client, "A2", rack.unit.tag, 1))

    address = f"/instructions/pictures/{picture.sha256}/"
    assert "中央から締めます。" in page
    assert f'<a href="{address}" data-zoom>' in page
    assert "①から④の順に締めます" in page
    reply = client.get(address)
    assert (reply["Content-Type"], reply["Cache-Control"]) == (
        "image/png", "private, max-age=31536000, immutable",
    )  # fmt: skip
    assert b"".join(reply.streaming_content) == PICTURES["bus_bar"]()
    assert client.get(f"/instructions/pictures/{'0' * 64}/").status_code == 404
    other = files.put(b"somebody's test file")
    assert client.get(f"/instructions/pictures/{other}/").status_code == 404


def test_a_planner_issues_the_next_revision_with_a_photo() -> None:
    operation = RoutingOperation.objects.get(routing__code="RT-RACK-GB200", number=210)
    planner = a_client("plan")
    address = f"/instructions/{operation.pk}/"
    words = {"text_ja": "ピンを見ます。", "text_en": "Look at the pins.", "revision": "0", "key": "k1"}

    photo = SimpleUploadedFile("p.png", PICTURES["pins"](), "image/png")
    first = planner.post(address, {**words, "picture_1": photo, "ja_1": "ピン", "en_1": "Pins"})
    assert first.status_code == 302
    page = text_of(planner.get(address))
    assert "第 1 版" in page
    assert 'alt="ピン"' in page
    stale = planner.post(address, {**words, "key": "k2"})
    assert stale.status_code == 422
    assert "変更されました" in text_of(stale)
    no_photo = SimpleUploadedFile("p.png", b"no picture", "image/png")
    more = {"revision": "1", "key": "k3", "picture_1": no_photo, "ja_1": "x", "en_1": "x"}
    odd = planner.post(address, {**words, **more})
    assert odd.status_code == 422
    assert a_client("mei").post(address, {**words, "revision": "1", "key": "k4"}).status_code == 403
    assert "次の版を発行" not in text_of(a_client("mei").get(address))


def a_rack_asking_for_a_tool() -> Any:
    """A rack at operation 200 of a routing like the plant's, whose torques want a torque tool."""
    operation = RoutingOperation.objects.get(routing__code="RT-RACK-GB200", routing__revision="A", number=200)
    assert operation.tool_kinds == ["torque"]
    register_tool(caller=a_caller("plan"), code="TQ-0087", name_ja="トルクレンチ", name_en="Wrench", kind="torque")
    rack = a_build("D-20")
    started(rack, 200)
    fill(rack)
    return rack


def test_a_tool_out_of_calibration_is_refused_and_what_was_typed_stays() -> None:
    rack = a_rack_asking_for_a_tool()
    client = at_station("A2")
    page = text_of(scan(client, "A2", rack.unit.tag, 1))
    assert "トルク工具" in page
    values = {"v_busbar_torque": "22.1", "v_manifold_torque": "9", "v_leak_rope": "OK"}

    reply = client.post("/stations/A2/finish/", hidden(page) | values | {"t_torque": "TQ-0087"}, headers=HTMX)

    answer = text_of(reply)
    assert reply.status_code == 422
    assert "校正" in answer
    assert 'value="22.1"' in answer and 'value="TQ-0087"' in answer
    wrong = client.post("/stations/A2/finish/", hidden(page) | values | {"t_torque": "LT-03"}, headers=HTMX)
    assert "種類" in text_of(wrong) or "kind" in text_of(wrong)
    assert not Measurement.objects.filter(run__build=rack).exists()

    record_calibration(
        caller=a_caller("plan", at=timezone.now()), tool_code="TQ-0087", calibrated_on=timezone.localdate()
    )
    look = text_of(client.get("/stations/A2/tool/?kind=torque&t_torque=TQ-0087"))
    assert "トルクレンチ" in look and "校正期限" in look
    assert "TQ-9999" in text_of(client.get("/stations/A2/tool/?kind=torque&t_torque=TQ-9999"))
    asked = client.post("/stations/A2/finish/", hidden(page) | values | {"t_torque": "TQ-0087"}, headers=HTMX)
    done_ = client.post("/stations/A2/finish/", hidden(text_of(asked)) | {"pin": PIN}, headers=HTMX)

    assert "登録して署名しました" in text_of(done_)
    told = {row.field.code: row.tool for row in Measurement.objects.filter(run__build=rack).select_related("field")}
    assert told == {"busbar_torque": "TQ-0087", "manifold_torque": "TQ-0087", "leak_rope": ""}


def test_every_asked_tool_stands_behind_a_value() -> None:
    fields = list(RoutingOperation.objects.get(routing__code="RT-RACK-GB200", number=220).fields.all())

    given = {"resistance": "R", "electrical": "E", "other": "O"}
    behind = tools_by_field(fields, list(given), given)

    assert behind == {"rack_bond": "R", "insulation": "E", "hipot_leakage": "E", "polarity": "O"}
    assert tools_by_field(fields, [], {"torque": "T"}) == {}


def test_the_button_calls_and_tells_who_comes() -> None:
    client = at_station("A2")
    choice = text_of(client.get("/stations/A2/andon/"))
    assert "部品不足" in choice

    called = client.post("/stations/A2/andon/", {"reason": "material", "key": "k1", "text": "台車"})

    assert called["Location"] == "/stations/A2/"
    call = AndonCall.objects.get()
    assert (call.station.code, call.text) == ("A2", "台車")
    assert "呼出中" in text_of(client.get("/stations/A2/"))
    again = client.post("/stations/A2/andon/", {"reason": "material", "key": "k2"})
    assert again.status_code == 422
    assert "呼出中です" in text_of(again)
    a_client("tanaka").post(f"/andon/{call.number}/acknowledgement/", {"key": "k3"})
    assert "田中" in text_of(client.get("/stations/A2/pulse/"))


def test_idle_stations_show_what_waits() -> None:
    rack = a_build("D-20")

    page = text_of(at_station("A2").get("/stations/A2/"))

    assert "この工程の待ち" in page
    assert rack.unit.name in page
    assert "200 ラック準備" in page
    done(rack, 200)
