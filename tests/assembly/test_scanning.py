"""What a scan means at an assembly station, and the scan door: raw first, judged once, in order."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import OperatorSession
from accounts.operations.sessions import end_session, start_session
from assembly.models import AndonCall, OperationRun
from genpin.scans import context_of
from inventory.models import Placement
from inventory.scanning import UnknownScan, read_scan
from ledger.models import Event, ScanLog
from ledger.refusals import Refusal
from tests.assembly.world import (
    a_build,
    a_finished_switch,
    a_rack_taking_trays,
    a_tray,
    a_unit_of,
    everything,
    fill,
    held,
    received,
    slot_of,
)
from tests.cast import NOON, a_caller, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


class Bench:
    """A person at a station whose scans go to the door, numbered as the device numbers them."""

    def __init__(self, who: str = "mei", station: str = "A1") -> None:
        self.client = Client(headers={"accept-language": "ja"})
        self.client.force_login(person(who))
        self.session = start_session(caller=a_caller(who), station_code=station)
        self.seq = 0

    def post(self, text: Any, **others: Any) -> Any:
        self.seq = others.get("seq", self.seq + 1)
        body = {
            "id": str(uuid.uuid4()), "operator_session": str(self.session.pk), "seq": self.seq,
            "station": self.session.station.code, "text": text, **others,
        }  # fmt: skip
        self.last = body
        return self.client.post("/api/scans/", json.dumps(body), content_type="application/json")

    def scan(self, text: str, **others: Any) -> dict[str, Any]:
        reply = self.post(text, **others)
        assert reply.status_code == 200, reply.content
        return dict(reply.json())


def test_the_tag_of_the_work_in_hand_forgets_the_slot_that_was_chosen() -> None:
    tray = a_build("GB300-CT")
    bench = Bench()
    bench.scan(tray.unit.tag)
    assert bench.scan("SLOT-E1S-0")["context"]["position"] == "e1s_0"

    again = bench.scan(tray.unit.tag)

    assert again["state"] == "ok"
    assert "position" not in again["context"]
    assert not Placement.objects.filter(host_id=tray.unit_id, to_at=None).exists()


def test_a_tag_takes_the_tray_in_hand_and_names_the_next_act() -> None:
    tray, bench = a_tray(), Bench()

    answer = bench.scan(tray.unit.tag)

    assert (answer["state"], answer["signal"]) == ("ok", "ok")
    assert tray.unit.serial in answer["say"][0]
    assert answer["context"]["build"] == tray.pk
    assert "pdb_0" in answer["next"]


def test_a_part_goes_into_the_next_slot_that_takes_it() -> None:
    tray, bench = a_tray(), Bench()
    chip = a_unit_of("900-2G548-A801-000")
    bench.scan(tray.unit.serial)

    answer = bench.scan(chip.serial)

    assert answer["state"] == "ok"
    placed = Placement.objects.get(unit=chip, to_at=None)
    assert (placed.host_id, placed.position) == (tray.unit_id, "superchip_0")
    event = Event.objects.get(kind="assembly.unit-installed")
    assert (event.door, event.station, event.session) == ("scan", "A1", bench.session.pk)
    assert answer["context"]["fitted"] == slot_of(tray, "superchip_0").pk


def test_a_scanned_slot_is_the_one_that_is_filled() -> None:
    rack, switch, bench = a_rack_taking_trays(), a_finished_switch(), Bench(station="A2")
    bench.scan(rack.unit.tag)
    chosen = bench.scan("SLOT-ST-5")
    assert chosen["context"]["position"] == "ST-5"

    bench.scan(switch.serial)

    assert Placement.objects.get(unit=switch, to_at=None).position == "ST-5"


def test_the_traveller_s_bar_code_starts_an_operation_and_then_asks_for_its_values() -> None:
    tray, bench = a_build("GB200-CT"), Bench()

    begun = bench.scan(f"OP-{tray.unit.tag}-100")
    again = bench.scan(f"OP-{tray.unit.tag}-100")

    assert begun["state"] == "ok"
    assert OperationRun.objects.get(build=tray).station == "A1"
    assert (again["state"], again["context"]["finish"]) == ("run", 100)


def test_undo_takes_the_last_part_out_again_and_both_acts_stay() -> None:
    tray, part, bench = a_tray(), a_unit_of("PDB-CT"), Bench()
    bench.scan(tray.unit.tag)
    bench.scan(part.serial)

    answer = bench.scan("CMD-UNDO")

    assert answer["state"] == "ok"
    assert Placement.objects.get(unit=part, to_at=None).location.code == "A1"
    assert Event.objects.filter(kind__in=["assembly.unit-installed", "assembly.unit-removed"]).count() == 2
    assert bench.scan("CMD-UNDO")["code"] == "NothingToUndo"


def test_help_calls_the_line_leader_once_and_says_the_next_act() -> None:
    tray, bench = a_tray(), Bench()
    bench.scan(tray.unit.tag)

    answer = bench.scan("CMD-HELP")

    assert (answer["state"], answer["word"]) == ("late", "呼出")
    assert "pdb_0" in answer["next"]
    call = AndonCall.objects.get()
    assert (call.station.code, call.reason, call.build) == ("A1", "help", tray)

    again = bench.scan("CMD-HELP")
    assert (again["state"], AndonCall.objects.count()) == ("wait", 1)
    assert "応答がありません" in again["next"]


@pytest.mark.parametrize("blur", ["　{} ", "{}\t"])
def test_full_width_text_is_folded(blur: str) -> None:
    tray, bench = a_tray(), Bench()
    wide = tray.unit.serial.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})

    assert bench.scan(blur.format(wide))["context"]["build"] == tray.pk
    assert ScanLog.objects.get(seq=1).text == blur.format(wide)  # raw, as it came


@pytest.mark.parametrize("text", ["https+//genpin", "[C10123", ")0104912345", "ＡＢ製造"])
def test_a_keyboard_layout_mix_up_is_said_and_never_repaired(text: str) -> None:
    bench = Bench()
    before = everything()

    answer = bench.scan(text)

    assert (answer["state"], answer["code"]) == ("stop", "LayoutError")
    assert everything() == before


def test_a_refused_part_leaves_everything_as_it_was_and_the_work_in_hand() -> None:
    tray, bench = a_tray(), Bench()
    wrong = a_unit_of("692-13809-1404-000")
    bench.scan(tray.unit.tag)
    before = everything()

    answer = bench.scan(wrong.serial)

    assert (answer["state"], answer["code"], answer["signal"]) == ("stop", "WrongPart", "stop")
    assert answer["wrong"]
    assert answer["true"]
    assert answer["do"]
    assert answer["context"]["build"] == tray.pk
    assert everything() == before


def test_a_held_part_is_answered_as_held() -> None:
    tray, part, bench = a_tray(), a_unit_of("PDB-CT"), Bench()
    held(part)
    bench.scan(tray.unit.tag)

    answer = bench.scan(part.serial)

    assert (answer["state"], answer["code"], answer["signal"]) == ("hold", "UnitHeld", "hold")


def test_a_part_that_belongs_here_later_says_which_operation_is_missing() -> None:
    tray, part, bench = a_build("GB200-CT"), a_unit_of("PDB-CT"), Bench()
    bench.scan(tray.unit.tag)

    assert bench.scan(part.serial)["code"] == "StepNotOpen"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SLOT-ST-1", "NothingInHand"),
        ("OP-NOBODY-100", "NothingInHand"),
        ("CMD-OK", "NothingInHand"),
    ],
)
def test_what_means_nothing_yet_is_refused(text: str, code: str) -> None:
    answer = Bench().scan(text)

    assert answer["state"] == "stop"
    assert answer["code"] == code


def test_a_slot_that_is_none_or_full_is_refused() -> None:
    tray, bench = a_tray(), Bench()
    fill(tray, leave=1)
    bench.scan(tray.unit.tag)

    assert bench.scan("SLOT-nowhere")["code"] == "UnknownSlot"
    assert bench.scan("SLOT-pdb-0")["code"] == "SlotTaken"
    assert bench.scan("SLOT-m2-0")["context"]["position"] == "m2_0"


def test_another_station_kind_leaves_parts_to_others() -> None:
    part = a_unit_of("PDB-CT")
    session = start_session(caller=a_caller("mei"), station_code="A1")

    answer = read_scan(a_caller("mei", door="scan"), part.serial, context_of(session, 1))

    assert answer.state != "stop"  # not in hand: looked up by inventory
    assert not Event.objects.filter(kind="assembly.unit-installed").exists()
    with pytest.raises((UnknownScan, Refusal)):
        read_scan(a_caller("mei", door="scan"), "NOTHING-AT-ALL", context_of(session, 1))


# --- the door ---------------------------------------------------------------------------------------------------------


def test_the_same_id_again_gives_the_same_answer_and_fits_once() -> None:
    tray, part, bench = a_tray(), a_unit_of("PDB-CT"), Bench()
    bench.scan(tray.unit.tag)
    first = bench.scan(part.serial)

    again = bench.scan(part.serial, id=bench.last["id"], seq=2)

    assert again == first
    assert Event.objects.filter(kind="assembly.unit-installed").count() == 1
    assert ScanLog.objects.count() == 2


def test_the_same_id_with_another_text_is_refused() -> None:
    tray, bench = a_tray(), Bench()
    bench.scan(tray.unit.tag)

    reply = bench.post("SOMETHING-ELSE", id=bench.last["id"], seq=1)

    assert (reply.status_code, reply.json()["code"]) == (409, "ScanIdReused")


def test_a_number_is_used_once_in_a_session() -> None:
    tray, bench = a_tray(), Bench()
    bench.scan(tray.unit.tag)

    reply = bench.post("X", seq=1)

    assert (reply.status_code, reply.json()["code"]) == (409, "ScanNumberReused")


def test_a_scan_waits_for_the_one_before_it() -> None:
    tray, part, bench = a_tray(), a_unit_of("PDB-CT"), Bench()

    early = bench.post(part.serial, seq=2)
    assert (early.status_code, early.json()["code"], early["Retry-After"]) == (425, "ScanTooEarly", "1")
    assert ScanLog.objects.get(seq=2).answer is None
    kept = dict(bench.last)
    bench.scan(tray.unit.tag, seq=1)

    assert bench.scan(part.serial, id=kept["id"], seq=2)["state"] == "ok"
    assert Placement.objects.get(unit=part, to_at=None).host_id == tray.unit_id


def test_a_crash_between_store_and_answer_is_judged_on_the_next_post() -> None:
    tray, bench = a_tray(), Bench()
    identity = uuid.uuid4()
    ScanLog.objects.create(
        id=identity, operator_session=bench.session.pk, seq=1, station="A1", text=tray.unit.tag, at=NOON,
        received_at=NOON,
    )  # fmt: skip

    answer = bench.scan(tray.unit.tag, id=str(identity), seq=1)

    assert answer["state"] == "ok"
    assert ScanLog.objects.get(pk=identity).answer == answer


def test_a_scan_that_nobody_judged_does_not_wedge_its_session() -> None:
    tray, bench = a_tray(), Bench()
    lost = ScanLog.objects.create(
        id=uuid.uuid4(), operator_session=bench.session.pk, seq=1, station="A1", text="LOST", at=NOON,
        received_at=timezone.now() - timedelta(minutes=2),
    )  # fmt: skip

    assert bench.scan(tray.unit.tag, seq=2)["state"] == "ok"

    lost.refresh_from_db()
    assert (lost.answer["state"], lost.answer["code"]) == ("stop", "ScanNeverJudged")
    assert bench.scan("LOST", id=str(lost.pk), seq=1)["code"] == "ScanNeverJudged"


def test_an_answer_changes_once_and_never_again() -> None:
    tray, bench = a_tray(), Bench()
    bench.scan(tray.unit.tag)

    with pytest.raises(Exception, match="answer"):
        ScanLog.objects.update(answer={"state": "forged"})


def test_an_open_session_takes_scans_of_its_own_person_only() -> None:
    tray, bench, other = a_tray(), Bench("mei"), Bench("kenji")

    reply = other.post(tray.unit.tag, operator_session=str(bench.session.pk))
    unknown = other.post(tray.unit.tag, operator_session=str(uuid.uuid4()))

    assert (reply.status_code, reply.json()["code"]) == (409, "NotYourSession")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "NotYourSession")
    assert person("mei").name_ja in reply.json()["say"]  # who scanned it, so that somebody can be asked
    assert bench.session.station.name_ja in reply.json()["say"]
    assert not ScanLog.objects.exists()


def test_a_queue_left_on_the_device_is_booked_to_who_scanned_it() -> None:
    tray, bench = a_tray(), Bench("mei")
    end_session(caller=a_caller("mei"), session_id=bench.session.pk)
    next_shift = Bench("kenji")
    next_shift.client.session["clock_offset_seconds"] = 0.0
    session = next_shift.client.session
    session["clock_offset_seconds"] = 0.0
    session.save()

    answer = next_shift.scan(
        f"OP-{tray.unit.tag}-110", operator_session=str(bench.session.pk), seq=1, at=NOON.isoformat()
    )

    assert answer["state"] == "run"
    late = next_shift.scan("CMD-HELP", operator_session=str(bench.session.pk), seq=2)
    assert late["code"] == "ScanAfterSession"
    assert OperatorSession.objects.get(pk=bench.session.pk).ended_at == NOON


def test_who_may_not_work_at_a_station_may_not_scan() -> None:
    bench = Bench("mei")
    bench.client.force_login(person("aud"))

    assert bench.post("X").status_code == 403


@pytest.mark.parametrize(
    "spoil", [{"id": "x"}, {"seq": 0}, {"seq": "²"}, {"text": 7}, {"text": "a" * 5000}, {"at": "2026-11-20"}]
)
def test_a_shape_that_is_none_is_said(spoil: dict[str, Any]) -> None:
    bench = Bench()

    reply = bench.post(spoil.get("text", "X"), **{name: value for name, value in spoil.items() if name != "text"})

    assert reply.status_code == 400
    assert reply.json()["code"] == "BadInput"
    assert set(spoil) <= set(reply.json()["fields"])
    assert not ScanLog.objects.exists()


def test_twenty_scans_in_a_row_fill_a_tray() -> None:
    tray, bench = a_tray(), Bench()
    bench.scan(tray.unit.tag)
    units = received([slot.part.number for slot in tray.slots.select_related("part")])

    answers = [bench.scan(unit.serial) for unit in units]

    assert {answer["state"] for answer in answers} == {"ok"}
    assert Placement.objects.filter(host=tray.unit, to_at=None).count() == tray.slots.count()
