"""Journey 1, the building steps at a tablet, in Japanese: pictures, torque with a tool, a rack by two stations at once,
a leak test against its limits, and a call that somebody answers. The shipped server, real browsers, scans by keys."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from assembly.models import AndonCall, Build, Measurement, Nonconformity, OperationRun, RoutingOperation
from assembly.operations.instructions import PictureSpec, issue_instruction
from documents import files
from genpin.demo.drawings import PICTURES
from genpin.master.loading import load
from inventory.models import Placement
from tests import cast
from tests.assembly.world import a_build, done, received, tool_of
from tests.cast import PIN, a_caller, person
from tests.plant import Plant

pytestmark = [pytest.mark.commits, pytest.mark.browser, pytest.mark.slow]

TABLET = {"width": 1180, "height": 820}


@pytest.fixture
def floor(live_plant: Plant) -> Plant:
    """The plant's master data, its people, a calibrated tool of each kind, and two instructions with pictures."""
    load(a_caller(cast.system(), key="master"))
    for who in cast.CAST:
        person(who)
    tool_of(["torque"])
    tool_of(["leak_tester"])
    for number, name in ((200, "bus_bar"), (230, "tray_in")):
        operation = RoutingOperation.objects.get(routing__code="RT-RACK-GB200", number=number)
        issue_instruction(
            caller=a_caller("plan"), operation_id=operation.pk, text_ja=operation.instruction_ja,
            text_en=operation.instruction_en,
            pictures=[PictureSpec(files.put(PICTURES[name]()), "①から④の順に締めます。", "Tighten 1 to 4.")],
        )  # fmt: skip
    return live_plant


class Tablet:
    """One person's tablet: a browser of its own, signed in."""

    def __init__(self, browser: Any, plant: Plant, who: str) -> None:
        self.context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport=TABLET)
        client = Client()
        client.force_login(person(who))
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
        self.context.add_cookies([{**cookie, "url": plant.url}])
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "console",
            lambda line: (
                self.faults.append(f"{line.text} {line.location}") if "Content Security" in line.text else None
            ),
        )
        self.url = plant.url

    def open(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def scan(self, text: str, awaited: str) -> None:
        """The gun: keys and Enter, then the answer that must come."""
        self.page.locator("[data-scan]").focus()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        self.sees("#floor-answer", awaited)
        self.page.wait_for_timeout(350)  # shorter is one pull of the trigger

    def sees(self, where: str, words: str) -> None:
        self.page.locator(where).filter(has_text=words).first.wait_for()

    def shot(self, name: str) -> None:
        """A picture for whoever wants to look: into the folder GENPIN_SHOTS."""
        if folder := os.environ.get("GENPIN_SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{folder}/{name}.png")


@pytest.fixture
def tablets(chromium: Any, floor: Plant) -> Iterator[Any]:
    """Tablets by person; a script error or a content-security report on any of them fails the test."""
    made: list[Tablet] = []

    def tablet(who: str) -> Tablet:
        made.append(Tablet(chromium, floor, who))
        return made[-1]

    yield tablet
    # for a picture the driver hides the caret by a style of its own, which the policy reports
    own = "inline style" if os.environ.get("GENPIN_SHOTS") else "\0"
    faults = [fault for one in made for fault in one.faults if own not in fault]
    for one in made:
        one.context.close()
    assert not faults, faults


def units_for(build: Build, kinds: list[str]) -> list[Any]:
    slots = list(build.slots.filter(kind__in=kinds).select_related("part").order_by("order"))
    return received([slot.part.number for slot in slots])


def test_torque_with_a_tool_pictures_and_what_is_refused(tablets: Any) -> None:
    rack = a_build("D-20")
    parts = units_for(rack, ["bus_bar", "manifold"])
    mei = tablets("mei")
    mei.open("/stations/A2/")
    mei.sees(".waiting", rack.unit.name)
    mei.shot("building-idle")

    # 1. The rack is taken up, its first operation begun by the bar code of the traveller.
    mei.scan(rack.unit.tag, "を作業します")
    mei.scan(f"OP-{rack.unit.tag}-200", "に着手しました")
    mei.shot("building-instruction")

    # 2. A touch makes the picture large; the gun still scans; the answer puts it away.
    mei.page.locator("[data-zoom]").first.click()
    mei.page.locator(".zoom:not([hidden]) img").wait_for()
    mei.shot("building-zoom")
    mei.scan(parts[0].serial, "取付けました")
    expect(mei.page.locator(".zoom")).to_be_hidden()
    for part in parts[1:]:
        mei.scan(part.serial, "取付けました")

    # 3. The torques: a wrench out of calibration is refused before the PIN, and what was typed stays.
    form = mei.page.locator("form.ask")
    form.wait_for()
    mei.page.fill("[name=t_torque]", "TQ-031")
    mei.page.keyboard.press("Enter")
    mei.sees("#t_torque-k", "校正")
    for name, value in (("busbar_torque", "22.1"), ("manifold_torque", "9.0"), ("leak_rope", "OK")):
        mei.page.fill(f"[name=v_{name}]", value)
    mei.shot("building-torque")
    form.get_by_role("button").last.click()
    mei.sees("#floor-answer", "校正")
    expect(mei.page.locator("[name=v_busbar_torque]")).to_have_value("22.1")
    assert not Measurement.objects.exists()
    mei.shot("building-tool-refused")

    # 4. The right wrench, the PIN, and it is on record with the tool's number.
    mei.page.fill("[name=t_torque]", "TQ-014")
    mei.page.keyboard.press("Enter")
    mei.sees("#t_torque-k", "校正期限")
    form.get_by_role("button").last.click()
    mei.page.locator("[name=pin]").fill(PIN)
    mei.page.keyboard.press("Enter")
    mei.sees("#floor-answer", "登録して署名しました")
    assert set(Measurement.objects.exclude(tool="").values_list("tool", flat=True)) == {"TQ-014"}
    assert OperationRun.objects.get(build=rack, operation__number=200).result == "pass"


def test_one_rack_by_two_stations_at_once_and_a_call_that_is_answered(tablets: Any) -> None:
    rack = a_build("D-20")
    for number in (200, 210, 220):
        done(rack, number)
    switches = units_for(rack, ["mgmt"])
    mei, kenji, tanaka = tablets("mei"), tablets("kenji"), tablets("tanaka")

    # 1. Station A2 begins to insert trays; A3 takes up the same rack.
    mei.open("/stations/A2/")
    mei.scan(rack.unit.tag, "を作業します")
    mei.scan(f"OP-{rack.unit.tag}-230", "に着手しました")
    kenji.open("/stations/A3/")
    kenji.scan(rack.unit.tag, "を作業します")
    kenji.sees("#floor-line", "組立 2")

    # 2. What A2 fits appears at A3 without a touch, and A3 begins the cabling beside it.
    mei.scan(switches[0].serial, "取付けました")
    kenji.sees("#floor-line", "1/")
    kenji.scan(f"OP-{rack.unit.tag}-240", "に着手しました")
    kenji.scan(switches[1].serial, "取付けました")
    mei.sees("#floor-line", "240 配線")
    mei.sees("#floor-line", "佐藤")
    assert Placement.objects.filter(host_id=rack.unit_id, to_at=None, unit__in=switches).count() == 2
    assert OperationRun.objects.filter(build=rack, finished_at=None).count() == 2
    mei.shot("building-two-stations")

    # 3. A3 calls; the line leader's board shows it by itself; A3 sees who comes.
    tanaka.open("/andon/")
    kenji.page.locator("#floor-andon").click()
    kenji.shot("andon-reasons")
    kenji.page.get_by_role("button", name="部品不足").click()
    kenji.sees("#floor-andon", "呼出中")
    tanaka.sees("#andon-board", "部品不足")
    tanaka.shot("andon-board")
    tanaka.page.get_by_role("button", name="向かいます").click()
    kenji.sees("#floor-andon", "対応中")
    kenji.shot("andon-answered")
    tanaka.page.locator("[name=outcome]").fill("倉庫から補充")
    tanaka.page.get_by_role("button", name="解決").click()
    tanaka.sees("#andon-board", "呼出はありません")
    call = AndonCall.objects.get()
    assert (call.acknowledged_by, call.outcome, call.build) == (person("tanaka"), "倉庫から補充", rack)
    kenji.open("/stations/")
    kenji.shot("stations")


def test_a_leak_test_is_judged_by_its_limits(tablets: Any) -> None:
    tray = a_build("N5200")
    for number in (100, 110):
        done(tray, number)
    mei = tablets("mei")
    mei.open("/stations/A1/")
    mei.scan(tray.unit.tag, "を作業します")
    mei.scan(f"OP-{tray.unit.tag}-120", "に着手しました")

    mei.page.fill("[name=t_leak_tester]", "LT-03")
    mei.page.keyboard.press("Enter")
    mei.sees("#t_leak_tester-k", "校正期限")
    for name, value in {"p_start": "600", "p_end": "594.8", "p_drop": "5.2", "dwell": "10", "ambient": "23"}.items():
        mei.page.fill(f"[name=v_{name}]", value)
    mei.shot("building-leak")
    mei.page.locator("form.ask").get_by_role("button").last.click()
    mei.page.locator("[name=pin]").fill(PIN)
    mei.page.keyboard.press("Enter")

    mei.sees("#floor-answer", "不適合")
    mei.shot("building-leak-failed")
    drop = Measurement.objects.get(field__code="p_drop")
    assert (drop.verdict, drop.tool) == ("fail", "LT-03")
    assert Nonconformity.objects.get().build_id == tray.pk
