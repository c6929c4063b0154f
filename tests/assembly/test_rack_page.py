"""The page of one build, tab by tab, and the pages that act on it."""

from datetime import date

import pytest

from assembly.models import Build, Nonconformity, OperationRun
from assembly.operations.deviations import approve_deviation
from assembly.operations.installs import install_unit, remove_unit
from assembly.operations.nonconformities import report_nonconformity
from inventory.models import Placement
from ledger.models import Event
from tests.assembly.pages import a_client, queries_of, text_of
from tests.assembly.world import (
    a_build,
    a_finished_switch,
    a_finished_tray,
    a_rack_taking_trays,
    a_tray,
    a_unit_of,
    everything,
    fill,
    finished,
    held,
    report,
    slot_of,
    started,
)
from tests.cast import PIN, a_caller
from tests.world import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def a_rack_with(position: str, serial: str) -> Build:
    rack = a_rack_taking_trays()
    install_unit(caller=a_caller("mei"), slot_id=slot_of(rack, position).pk, serial=serial)
    return rack


def test_any_name_of_the_unit_opens_the_page() -> None:
    rack = a_build("D-31")
    client = a_client()

    for name in (rack.unit.serial, rack.unit.tag):
        page = text_of(client.get(f"/racks/{name}/"))
        assert rack.unit.serial in page
        assert "凍結設計 D-31" in page
        assert 'class="rack front"' in page
        assert 'class="rack back"' in page
    assert client.get("/racks/NOBODY/").status_code == 404


def test_a_tray_is_drawn_from_above() -> None:
    tray = a_tray()

    page = text_of(a_client().get(f"/racks/{tray.unit.serial}/"))

    assert 'class="rack tray"' in page
    assert 'class="rack front"' not in page


def test_what_a_tray_said_at_its_bench_is_no_word_on_its_slot() -> None:
    tray = a_finished_tray()
    rack = a_rack_with("CT-02", tray.serial)

    page = text_of(a_client().get(f"/racks/{rack.unit.serial}/"))

    assert "自分のスロットをまだ報告していません" in page
    assert "不一致" not in page
    assert 'data-state="fail"' not in page


def test_configuration_shows_what_differs_and_on_demand_everything() -> None:
    tray = a_finished_tray()
    rack = a_rack_with("CT-02", tray.serial)
    report(tray, gpus_of(tray), slot=1, index=0)
    client = a_client()

    page = text_of(client.get(f"/racks/{rack.unit.serial}/"))
    assert "不一致" in page
    assert tray.serial in page
    assert 'id="slot-スロット 3"' in page  # reported in another slot
    assert 'id="slot-スロット 9"' not in page

    every = text_of(client.get(f"/racks/{rack.unit.serial}/?all=1"))
    assert 'id="slot-スロット 9"' in every


def test_what_the_hardware_reports_rightly_agrees() -> None:
    tray = a_finished_tray()
    rack = a_rack_with("CT-02", tray.serial)
    report(tray, gpus_of(tray), slot=3, index=2)

    page = text_of(a_client().get(f"/racks/{rack.unit.serial}/?slot=CT-02"))

    assert "一致" in page
    assert 'data-state="fail"' not in page


def gpus_of(tray) -> list[str]:  # type: ignore[no-untyped-def]
    from inventory.models import Identifier  # noqa: PLC0415

    return sorted(Identifier.objects.filter(kind="uuid", closed_at=None).values_list("raw", flat=True))


def test_a_place_in_focus_shows_its_tree_and_both_lives() -> None:
    switch, second = a_finished_switch(), a_finished_switch()
    rack = a_rack_with("ST-0", switch.serial)
    remove_unit(caller=a_caller("mei"), slot_id=slot_of(rack, "ST-0").pk, reason="傷", location_code="QRN")
    install_unit(caller=a_caller("mei"), slot_id=slot_of(rack, "ST-0").pk, serial=second.serial)

    page = text_of(a_client().get(f"/racks/{rack.unit.serial}/?slot=ST-0"))

    bmc = Placement.objects.get(host=second, position="bmc_0", to_at=None).unit
    assert bmc.serial in page
    assert second.serial in page
    assert f'<span class="code">{switch.serial}</span>' in page  # struck through, no link
    assert 'data-state="void"' in page
    assert "交換" in page


def test_a_deviation_is_named_beside_the_part() -> None:
    tray = a_tray()
    deviation = approve_deviation(
        caller=a_caller("tanaka"), build_id=tray.pk, position="pdb_0", part_number="HMC-GB", reason="欠品"
    )
    install_unit(caller=a_caller("mei"), slot_id=slot_of(tray, "pdb_0").pk, serial=a_unit_of("HMC-GB").serial)

    assert deviation.number in text_of(a_client().get(f"/racks/{tray.unit.serial}/"))


def test_holds_and_nonconformities_are_noticed() -> None:
    switch = a_finished_switch()
    rack = a_rack_with("ST-0", switch.serial)
    held(switch, "漏れの疑い")
    found = report_nonconformity(caller=a_caller("mei"), serial=rack.unit.tag, text="扉の傷")

    page = text_of(a_client().get(f"/racks/{rack.unit.serial}/"))

    assert "漏れの疑い" in page
    assert f"/nonconformities/{found.number}/" in page
    assert "処置判定を待っています" in page


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("tab", ["", "operations/", "tests/", "history/", "documents/"])
def test_every_tab_opens_in_both_languages(tab: str, language: str) -> None:
    tray = a_tray()
    fill(tray)

    page = text_of(a_client("plan", language).get(f"/racks/{tray.unit.serial}/{tab}"))

    assert f'<html lang="{language}"' in page
    assert tray.unit.serial in page
    assert page.count('aria-current="page"') >= 1


def test_history_is_told_in_words_newest_first() -> None:
    tray, part = a_tray(), a_unit_of("PDB-CT")
    install_unit(caller=a_caller("mei", station="A1"), slot_id=slot_of(tray, "pdb_0").pk, serial=part.serial)
    client = a_client()

    page = text_of(client.get(f"/racks/{tray.unit.serial}/history/"))

    fitted = f"{part.serial} を {tray.unit.serial} の pdb_0 に取付け"
    assert fitted in page
    assert "工程 110 着手(1 回目)" in page
    assert "小林 芽衣 · A1" in page
    assert page.index(fitted) < page.index("工程 110 着手(1 回目)")
    assert "assembly." not in page
    assert f"{part.serial} fitted at pdb_0" in text_of(
        a_client(language="en").get(f"/racks/{tray.unit.serial}/history/")
    )


def test_the_number_of_queries_is_pinned_and_does_not_grow() -> None:
    rack = a_rack_taking_trays()
    client = a_client("aud")
    empty = {tab: queries_of(client, f"/racks/{rack.unit.serial}/{tab}") for tab in ("", "operations/", "history/")}

    fill(rack, kinds=["mgmt"])
    held(rack.unit)

    assert {tab: queries_of(client, f"/racks/{rack.unit.serial}/{tab}") for tab in empty} == empty
    assert empty == {"": 20, "operations/": 20, "history/": 22}


def test_forms_are_shown_to_whom_they_are_open() -> None:
    tray = a_build("GB200-CT")
    url = f"/racks/{tray.unit.serial}/operations/"

    assert f"{url}100/start/" in text_of(a_client("mei").get(url))
    assert f"{url}100/start/" not in text_of(a_client("aud").get(url))
    started(tray, 100)
    assert f"{url}100/abort/" in text_of(a_client("mei").get(url))


# --- pages that act ---------------------------------------------------------------------------------------------------


def test_the_planner_starts_builds_on_a_page() -> None:
    form = {
        "key": "k1", "design": "D-31", "quantity": "2", "serials": "", "order_number": "MO-9", "need_by": "2026-12-24",
        "location": "LINE-RACK",
    }  # fmt: skip
    client = a_client("plan")
    assert client.get("/builds/new/").status_code == 200

    first, again = client.post("/builds/new/", form), client.post("/builds/new/", form)

    assert (first.status_code, again.status_code) == (302, 302)  # a double click starts nothing twice
    builds = Build.objects.filter(order_number="MO-9")
    assert [build.need_by for build in builds] == [date(2026, 12, 24)] * 2


def test_a_supplier_s_tray_is_started_by_its_serial() -> None:
    unit = a_unit_of("N5200_LD")
    form = {"key": "k", "design": "N5200", "quantity": "1", "serials": unit.serial, "location": "LINE-TRAY"}

    reply = a_client("plan").post("/builds/new/", form)

    assert reply["Location"] == f"/racks/{unit.serial}/"


def test_a_refused_start_says_why_and_keeps_the_form() -> None:
    form = {"key": "k", "design": "N5200", "quantity": "1", "serials": "NOBODY", "location": "LINE-TRAY"}
    before = everything()

    reply = a_client("plan").post("/builds/new/", form)

    assert reply.status_code == 422
    assert "NOBODY" in text_of(reply)
    assert 'role="alert"' in text_of(reply)
    assert everything() == before
    assert a_client("plan").post("/builds/new/", form | {"quantity": "0"}).status_code == 422
    assert a_client("mei").get("/builds/new/").status_code == 403


def test_an_operation_is_started_and_broken_off_on_pages() -> None:
    tray = a_build("GB200-CT")
    url = f"/racks/{tray.unit.serial}/operations/100"
    client = a_client("mei")

    assert client.post(f"{url}/start/", {"key": "a"}).status_code == 302
    refused = client.post(f"{url}/start/", {"key": "b"})
    assert refused.status_code == 422
    assert "すでに着手されています" in text_of(refused)
    assert client.get(f"{url}/abort/").status_code == 200
    assert client.post(f"{url}/abort/", {"key": "c", "reason": " "}).status_code == 422
    assert client.post(f"{url}/abort/", {"key": "d", "reason": "呼出し"}).status_code == 302
    assert OperationRun.objects.get(build=tray).result == "aborted"
    assert a_client("aud").post(f"{url}/start/", {"key": "e"}).status_code == 403


def test_a_unit_is_taken_out_on_a_page() -> None:
    tray = a_tray()
    fill(tray)
    finished(tray, 110)
    url = f"/racks/{tray.unit.serial}/slots/pdb_0/removal/"
    client = a_client("mei")
    assert client.get(url).status_code == 200

    reply = client.post(url, {"key": "k", "reason": "傷", "location": "QRN"}, follow=True)

    assert "やり直す工程:110" in text_of(reply)
    assert client.post(url, {"key": "l", "reason": "傷", "location": "QRN"}).status_code == 422
    assert a_client("plan").get(url).status_code == 403
    assert Event.objects.filter(kind="assembly.unit-removed").count() == 1


def a_failed_tray() -> Nonconformity:
    tray = a_tray()
    fill(tray)
    finished(tray, 110, torque_board="9")
    return Nonconformity.objects.get(build=tray)


def test_a_nonconformity_is_reported_and_found_in_the_list() -> None:
    tray = a_tray()
    client = a_client("mei")
    form = {"key": "k", "serial": tray.unit.tag, "text": "凹みがある", "defect_code": "DENT"}

    reply = client.post("/nonconformities/new/", form)

    report_ = Nonconformity.objects.get()
    assert reply["Location"] == f"/nonconformities/{report_.number}/"
    for query in ("", f"?q={tray.unit.serial}", "?q=DENT", "?state=undecided"):
        assert report_.number in text_of(client.get(f"/nonconformities/{query}"))
    assert report_.number not in text_of(client.get("/nonconformities/?state=closed"))
    refused = client.post("/nonconformities/new/", form | {"key": "l", "serial": "NOBODY"})
    assert refused.status_code == 422
    assert a_client("aud").get("/nonconformities/new/").status_code == 403


def test_quality_decides_with_a_pin() -> None:
    report_ = a_failed_tray()
    url = f"/nonconformities/{report_.number}/"
    client = a_client("tanaka")
    form = {"key": "k", "disposition": "rework", "repeats": ["100"], "reason": "締め直す", "pin": PIN}
    assert 'name="pin"' in text_of(client.get(url))

    wrong = client.post(url, form | {"pin": "000000"})
    assert wrong.status_code == 422
    assert Nonconformity.objects.get().disposition is None
    reply = client.post(url, form)

    assert reply.status_code == 302
    report_.refresh_from_db()
    assert (report_.disposition, report_.disposed_by.username) == ("rework", "tanaka")  # type: ignore[union-attr]
    shown = text_of(client.get(url))
    assert "手直し" in shown
    assert "110 トレイ組立" in shown
    assert 'name="pin"' not in shown


def test_who_may_not_decide_sees_no_form_and_is_refused() -> None:
    report_ = a_failed_tray()
    url = f"/nonconformities/{report_.number}/"
    client = a_client("mei")

    assert 'name="pin"' not in text_of(client.get(url))
    reply = client.post(url, {"key": "k", "disposition": "use_as_is", "reason": "x", "pin": PIN})

    assert reply.status_code == 403
    assert Nonconformity.objects.get().disposition is None
    assert client.get("/nonconformities/NC-0/").status_code == 404


def test_a_deviation_is_approved_on_a_page_and_listed() -> None:
    tray = a_tray()
    url = f"/racks/{tray.unit.serial}/deviations/new/"
    form = {"key": "k", "position": "pdb_0", "part": "HMC-GB", "reason": "欠品"}
    client = a_client("tanaka")

    assert client.post(url, form | {"part": "NO-PART"}).status_code == 422
    assert client.post(url, form).status_code == 302

    page = text_of(client.get("/deviations/"))
    assert "HMC-GB" in page
    assert tray.unit.serial in page
    assert "HMC-GB" not in text_of(client.get(f"/deviations/?q={fresh('X')}"))
    assert a_client("mei").get(url).status_code == 403
