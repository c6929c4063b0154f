"""Journey 2: something is wrong. Each wrong thing is refused with its reason, at the tablet and at the API, and no row
of the plant changes; a tester's file stops a rack, quality decides, the tray is swapped, the rack goes back to
insertion, discovery and validation, and the papers tell both lives of what was replaced.

Empty database, no world builder: commands set the plant up, people use the API and a Japanese tablet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from assembly.models import Nonconformity
from inventory.models import Placement
from ledger.models import Event
from tests.journeys import small_rack as small
from tests.journeys.announced import announce
from tests.journeys.doors import PIN, Refused
from tests.journeys.story import ORDER, TRAY_ROUTING, Story, scan, set_up, sign_in, values_of
from tests.plant import Plant

TABLET = {"width": 1180, "height": 820}


@pytest.fixture
def story(live_plant: Plant) -> Story:
    """Goods for two trays of a rack, a spare tray and one set of loose parts."""
    told = set_up(
        live_plant, announce(ORDER, "2026-11-02T18:00:00+08:00", trays=4, switches=0), without=("rosa", "sora")
    )
    small.release(told)
    return told


@pytest.mark.commits
@pytest.mark.browser
@pytest.mark.slow
def test_what_is_wrong_is_refused_and_a_swapped_tray_is_proved_again(story: Story, page: Any) -> None:
    page.set_default_timeout(10_000)
    page.set_viewport_size(TABLET)

    # 1. A tray is built at a tablet; every wrong thing is refused with its reason, and nothing changes.
    start_trays(story)
    build_and_be_refused(story, page)
    finish_trays(story)

    # 2. Two trays go into a rack, which is proved up to its links.
    build_rack(story)

    # 3. A tester's file finds a fault: nothing goes on before quality has decided.
    report = a_test_fails(story)
    decide(story, page, report)

    # 4. The tray comes out; the rack goes back to insertion, leak test, discovery and validation.
    take_out(story, page)
    swap(story, page)
    prove_again(story)
    assert Nonconformity.objects.get(number=report).closed_at is not None

    # 5. The tray that came out: its board is replaced, and the tray is tried again from its assembly on.
    repair_tray(story)

    # 6. The papers tell both lives, of the place in the rack and of the place in the tray.
    tell_both_lives(story)


def refused_at_the_tablet(page: Any, text: str, *sentences: str) -> None:
    """A scan that must be refused, in these words, with nothing changed in any table."""
    before = small.rows()
    scan(page, text)
    answer = page.locator("#floor-answer .answer[data-state=stop], #floor-answer .answer[data-state=hold]")
    answer.filter(has_text=sentences[0]).wait_for()
    told = answer.inner_text()
    assert all(sentence in told for sentence in sentences), told
    assert small.rows() == before


def refused_at_the_api(code: str, sentence: str, act: Callable[[], Any]) -> None:
    """A call that must be refused, in these words, with nothing changed in any table."""
    before = small.rows()
    with pytest.raises(Refused) as refused:
        act()
    assert (refused.value.status, refused.value.code) == (409, code)
    assert sentence in str(refused.value)
    assert small.rows() == before


def start_trays(story: Story) -> None:
    plan, mei = story.doors["plan"], story.doors["mei"]
    starts = [{"design_code": "GB200-CT", "location_code": "LINE-TRAY"} for _tray in range(3)]
    builds = plan.do("assembly.start_builds", starts=starts)["builds"]
    story.trays = [(pk, mei.get(f"racks/{pk}/")["number"]) for pk in builds]
    story.run(builds, 100, TRAY_ROUTING.operations)


def build_and_be_refused(story: Story, page: Any) -> None:
    (build, tray), kit, loose = story.trays[0], story.parts.trays[0], story.parts.trays[3]
    mei, tanaka = story.doors["mei"], story.doors["tanaka"]
    cartridge = story.parts.modules["CBC_1"]
    tanaka.do("inventory.place_hold", target=loose["superchip_0"], reason="外観に傷")
    sign_in(page, story, "mei")
    page.goto(f"{story.plant.url}/stations/A1/")
    scan(page, tray)

    # Step out of order: leak test before assembly.
    refused_at_the_tablet(page, f"OP-{tray}-120", "工程 120 はまだ先です。110 トレイ組立 が終わっていません。",
                          "記録は変わっていません。", "次は工程 110 トレイ組立 を行ってください。")  # fmt: skip
    late = {"build_id": build, "number": 120}
    refused_at_the_api("OutOfOrder", "110 トレイ組立", lambda: mei.do("assembly.start_run", **late))

    scan(page, f"OP-{tray}-110")
    page.locator("#floor-answer .answer[data-state=ok]", has_text="工程 110").wait_for()
    scan(page, kit["pdb_0"])
    page.locator("#floor-answer .answer[data-state=ok]", has_text="pdb_0").wait_for()
    slots = small.slots_of(story, build)

    # Wrong part: a cartridge of the rack at the tray's bench.
    refused_at_the_tablet(page, cartridge, f"{cartridge} は 750-0567-002 です。", "品番 900-2G548-A801-000 の部品を")
    install = {"slot_id": slots["superchip_0"]["id"], "serial": cartridge}
    refused_at_the_api("WrongPart", "900-2G548-A801-000", lambda: mei.do("assembly.install_unit", **install))

    # Wrong slot: a good superchip at the place of a drive, and at a place that is taken.
    scan(page, "SLOT-E1S-0")
    page.locator("#floor-answer .answer[data-state=ok]", has_text="e1s_0").wait_for()
    refused_at_the_tablet(page, kit["superchip_0"], "スロット e1s_0 には SSD-E1S-3T84 が入ります。",
                          "スロット e1s_0 は空きのままです。")  # fmt: skip
    refused_at_the_tablet(page, "SLOT-PDB-0", f"{kit['pdb_0']} が入っています。", "次の空きスロットを選ぶか")
    taken = {"slot_id": slots["pdb_0"]["id"], "serial": loose["pdb_0"]}
    refused_at_the_api("SlotTaken", kit["pdb_0"], lambda: mei.do("assembly.install_unit", **taken))

    # The same serial twice: in this tray, and from another tray.
    scan(page, tray)
    refused_at_the_tablet(page, kit["pdb_0"], f"{kit['pdb_0']} は取付済みです。", tray, "班長と確かめて")
    twice = {"slot_id": small.slots_of(story, story.trays[1][0])["pdb_0"]["id"], "serial": kit["pdb_0"]}
    mei.do("assembly.start_runs", starts=[{"build_id": pk, "number": 110} for pk, _number in story.trays[1:]])
    refused_at_the_api("UnitInstalled", tray, lambda: mei.do("assembly.install_unit", **twice))

    # A serial under hold.
    refused_at_the_tablet(page, loose["superchip_0"], f"{loose['superchip_0']} は保留中です:外観に傷。", "隔離棚に置き")
    held = {"slot_id": slots["superchip_0"]["id"], "serial": loose["superchip_0"]}
    refused_at_the_api("UnitHeld", "外観に傷", lambda: mei.do("assembly.install_unit", **held))

    small.fit(story, build, kit)
    a_worn_tool(story, page, build)


def a_worn_tool(story: Story, page: Any, build: int) -> None:
    """A tool out of calibration: refused before the PIN, what was typed stays; the right tool, and it is recorded."""
    page.reload()
    form = page.locator("form.ask")
    form.wait_for()
    page.fill("[name=t_torque]", small.WORN)
    page.keyboard.press("Enter")
    page.fill("[name=v_torque_board]", "0.60")
    page.fill("[name=v_torque_coldplate]", "0.90")
    before = small.rows()
    form.get_by_role("button").last.click()
    answer = page.locator("#floor-answer .answer[data-state=stop]")
    answer.filter(has_text=f"{small.WORN} は").wait_for()
    expect(answer).to_contain_text("校正期限は 2025/04/01 でした。何も記録していません。")
    expect(answer).to_contain_text("この工具は校正に出してください。")
    expect(page.locator("[name=v_torque_board]")).to_have_value("0.60")
    assert small.rows() == before
    mei = story.doors["mei"]
    values = [{**value, "tool": small.WORN} for value in values_of(TRAY_ROUTING.operations, 110)]
    finish = {"build_id": build, "number": 110, "values": values, "pin_check_id": mei.pin_check}
    refused_at_the_api("CalibrationExpired", "2025/04/01", lambda: mei.do("assembly.finish_run", **finish))

    page.fill("[name=t_torque]", "TQ-014")
    page.keyboard.press("Enter")
    form.get_by_role("button").last.click()
    page.locator("[name=pin]").fill(PIN)
    page.keyboard.press("Enter")
    page.locator("#floor-answer .answer[data-state=ok]", has_text="署名しました").wait_for()


def finish_trays(story: Story) -> None:
    for index, (build, _number) in enumerate(story.trays[1:], start=1):
        small.fit(story, build, story.parts.trays[index])
    builds = [build for build, _number in story.trays]
    story.finish(builds[1:], 110, TRAY_ROUTING.operations)
    for number in (120, 130):
        story.run(builds, number, TRAY_ROUTING.operations)
    for index, (build, tray) in enumerate(story.trays):
        small.try_tray(story, build, tray, small.gpus_of(story, index, story.parts.trays[index]))


def build_rack(story: Story) -> None:
    mei = story.doors["mei"]
    start = {"design_code": "D-SMALL", "order_number": ORDER, "need_by": "2026-12-20", "location_code": "LINE-RACK"}
    story.rack_build = story.doors["plan"].do("assembly.start_build", start=start)["id"]
    story.rack = mei.get(f"racks/{story.rack_build}/")["number"]
    modules = story.parts.modules
    for number, positions in ((200, ("bus_bar", "manifold_supply", "manifold_return")), (210, ("CBC_0",))):
        mei.do("assembly.start_run", build_id=story.rack_build, number=number)
        small.fit(story, story.rack_build, {position: modules[position] for position in positions})
        story.finish([story.rack_build], number, small.OPERATIONS)
    mei.do("assembly.start_run", build_id=story.rack_build, number=230)
    small.fit(story, story.rack_build, {"CT-00": story.trays[0][1], "CT-01": story.trays[1][1]})
    story.finish([story.rack_build], 230, small.OPERATIONS)
    story.run([story.rack_build], 250, small.OPERATIONS)
    story.doors["kenji"].do("assembly.start_run", build_id=story.rack_build, number=320)
    for tray, position in enumerate(("CT-00", "CT-01")):
        small.in_the_rack(story, position, tray, story.parts.trays[tray])
    story.finish([story.rack_build], 320, small.OPERATIONS, "kenji")
    story.run([story.rack_build], 330, small.OPERATIONS, "kenji")


def a_test_fails(story: Story) -> str:
    """The second tray's memory: the file opens the nonconformity by itself, and the rack's test does not start."""
    place = small.slots_of(story, story.rack_build)["CT-01"]
    gpus = small.gpus_of(story, 1, story.parts.trays[1], place)
    answer = small.send(story, story.trays[1][1], "rack-dcgm.json", small.bad_memory(gpus), "T2")
    assert (answer["verdict"], answer["disposition"]) == ("fail", "hold")
    report = Nonconformity.objects.get()
    assert (report.build_id, report.unit.serial or report.unit.tag, report.disposition) == (
        story.rack_build, story.trays[1][1], None,
    )  # fmt: skip
    kenji, test = story.doors["kenji"], {"build_id": story.rack_build, "number": 340}
    refused_at_the_api("NonconformityOpen", report.number, lambda: kenji.do("assembly.start_run", **test))
    return report.number


def decide(story: Story, page: Any, number: str) -> None:
    """Quality reads what was found and decides: rework from the discovery on, signed by PIN."""
    sign_in(page, story, "tanaka")
    page.goto(f"{story.plant.url}/nonconformities/")
    page.get_by_role("link", name=number).first.click()
    expect(page.locator("main")).to_contain_text("dcgm")
    page.check("input[name=disposition][value=rework]")
    page.check("input[name=repeats][value='320']")
    page.select_option("select[name=cause]", "MAT-DEF")
    page.fill("textarea[name=reason]", "GPU 2 のメモリ不良。トレイを交換する")
    page.fill("input[name=pin]", PIN)
    page.get_by_role("button", name="判定して署名する").click()
    page.get_by_text("手直し").first.wait_for()
    assert Nonconformity.objects.get(number=number).disposition == "rework"


def take_out(story: Story, page: Any) -> None:
    sign_in(page, story, "mei")
    page.goto(f"{story.plant.url}/racks/{story.rack}/?slot=CT-01")
    page.locator("a[href$='/slots/CT-01/removal/']").first.click()
    page.fill("textarea[name=reason]", "GPU 2 のメモリ不良")
    page.select_option("select[name=location]", "QRN")
    page.get_by_role("button", name="取外す").click()
    page.get_by_text("取外しました。やり直す工程:230, 250, 320, 330。").wait_for()
    kenji, links = story.doors["kenji"], {"build_id": story.rack_build, "number": 340}
    refused_at_the_api("OutOfOrder", "230 トレイ挿入", lambda: kenji.do("assembly.start_run", **links))


def swap(story: Story, page: Any) -> None:
    """The spare tray, by scanner at the rack's bench."""
    spare = story.trays[2][1]
    page.goto(f"{story.plant.url}/stations/A2/")
    scan(page, story.rack)
    page.locator("#floor-answer .answer[data-state=ok]", has_text=story.rack).wait_for()
    scan(page, f"OP-{story.rack}-230")
    page.locator("#floor-answer .answer[data-state=ok]", has_text="工程 230").wait_for()
    scan(page, spare)
    page.locator("#floor-answer .answer[data-state=ok]", has_text=spare).wait_for()
    story.finish([story.rack_build], 230, small.OPERATIONS)


def prove_again(story: Story) -> None:
    kenji = story.doors["kenji"]
    story.run([story.rack_build], 250, small.OPERATIONS)
    kenji.do("assembly.start_run", build_id=story.rack_build, number=320)
    finish = {"build_id": story.rack_build, "number": 320, "values": [], "pin_check_id": kenji.pin_check}
    refused_at_the_api("ConfigurationDiffers", "か所違います", lambda: kenji.do("assembly.finish_run", **finish))
    small.in_the_rack(story, "CT-01", 2, story.parts.trays[2], hour=15)
    story.finish([story.rack_build], 320, small.OPERATIONS, "kenji")
    story.run([story.rack_build], 330, small.OPERATIONS, "kenji")
    kenji.do("assembly.start_run", build_id=story.rack_build, number=340)
    assert small.send(story, story.rack, "nccl.txt", small.all_reduce(), "T2")["disposition"] == "accept"
    story.finish([story.rack_build], 340, small.OPERATIONS, "kenji")
    assert kenji.get(f"racks/{story.rack_build}/")["completed_at"]


def repair_tray(story: Story) -> None:
    (build, tray), kit, loose = story.trays[1], story.parts.trays[1], story.parts.trays[3]
    mei = story.doors["mei"]
    slot = small.slots_of(story, build)["superchip_1"]["id"]
    out = {"slot_id": slot, "reason": "GPU 2 のメモリ不良", "location_code": "QRN"}
    assert mei.do("assembly.remove_unit", **out)["repeats"] == [110, 120, 130, 140]
    mei.do("assembly.start_run", build_id=build, number=110)
    mei.do("assembly.install_unit", slot_id=slot, serial=loose["superchip_1"])
    story.finish([build], 110, TRAY_ROUTING.operations)
    for number in (120, 130):
        story.run([build], number, TRAY_ROUTING.operations)
    whole = {**kit, "superchip_1": loose["superchip_1"]}
    uuids = (*story.parts.gpus(1)[:2], *story.parts.gpus(9)[2:])
    small.try_tray(story, build, tray, small.gpus_of(story, 1, whole, uuids=uuids), hour=16)


def tell_both_lives(story: Story) -> None:
    bad, spare = story.trays[1][1], story.trays[2][1]
    paper = squeezed(story.doors["tanaka"].paper("as-built", story.rack))
    assert bad in paper
    assert spare in paper
    assert "GPU2のメモリ不良" in paper
    assert "無効" in paper
    lives = Placement.objects.filter(host__serial=story.rack, position="CT-01").order_by("from_at")
    told = [(life.unit.name, life.to_at is None, life.why) for life in lives.select_related("unit")]
    assert told == [(bad, False, "installed"), (spare, True, "installed")]
    card = squeezed(story.doors["tanaka"].paper("traveller", bad))
    for superchip in (story.parts.trays[1]["superchip_1"], story.parts.trays[3]["superchip_1"]):
        assert superchip in card
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"assembly.nonconformity-closed", "assembly.rework-demanded", "assembly.unit-removed"} <= kinds


def squeezed(text: str) -> str:
    """A paper breaks its lines where a column ends."""
    return re.sub(r"\s+", "", text)
