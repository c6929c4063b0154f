"""What OK, NG, a cause, HOLD and UNDO mean at a bench, and labels of every kind at the scan door."""

from __future__ import annotations

import pytest

from accounts.models import Station
from assembly.models import Cause, Nonconformity, OperationRun
from assembly.operations.causes import define_cause, retire_cause
from assembly.text import report_words
from documents.operations.issuing import issue_document
from inventory.models import Hold, Part, Placement
from ledger.models import Event, ScanLog
from tests.assembly.test_scanning import Bench
from tests.assembly.world import a_build, a_tray, a_unit_of, everything, pin_check, started
from tests.cast import a_caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

GS, RS, EOT = "\x1d", "\x1e", "\x04"


def in_hand(bench: Bench) -> None:
    """A tray whose assembly runs, in hand."""
    bench.tray = a_tray()  # type: ignore[attr-defined]
    bench.scan(bench.tray.unit.tag)  # type: ignore[attr-defined]


def test_ok_asks_for_what_is_still_wanted_and_refuses_where_nothing_is() -> None:
    build, bench = a_build("GB200-CT"), Bench()
    bench.scan(build.unit.tag)
    before = everything()

    nothing = bench.scan("CMD-OK")
    assert (nothing["state"], nothing["code"]) == ("stop", "NothingAsked") and nothing["do"]
    assert everything() == before
    started(build, 100)
    asked = bench.scan("CMD-OK")

    assert (asked["state"], asked["context"]["finish"]) == ("run", 100)
    assert OperationRun.objects.get(build=build).finished_at is None


def test_ng_asks_for_the_cause_and_the_cause_opens_a_nonconformity() -> None:
    bench = Bench()
    in_hand(bench)
    before = everything()

    asked = bench.scan("CMD-NG")
    offered = [choice[0] for choice in asked["ask"]["choices"]]
    assert (len(offered), offered[:2]) == (8, ["CAUSE-BENT", "CAUSE-WORK"])  # of the table of causes, the bench's own
    assert everything() == before
    wrong = bench.scan("CAUSE-NOSUCH")
    assert wrong["code"] == "UnknownCause" and everything() == before
    answer = bench.scan("CAUSE-BENT")

    report = Nonconformity.objects.get()
    assert (report.defect_code, report.build, report.number in answer["say"][0]) == ("BENT", bench.tray, True)  # type: ignore[attr-defined]
    assert report.cause == Cause.objects.get(code="BENT")
    assert (report_words(report, "ja"), report_words(report, "en")) == ("ピン・端子の曲がり", "Bent pin or contact")
    assert bench.scan("CAUSE-BENT")["code"] == "NothingInHand"
    assert Nonconformity.objects.count() == 1


def test_the_plant_chooses_which_causes_stations_offer() -> None:
    bench = Bench()
    in_hand(bench)
    define_cause(
        caller=a_caller("plan"), code="ORING", category="material", name_ja="Oリングの傷", name_en="O-ring cut",
        at_bench=True,
    )  # fmt: skip
    retire_cause(caller=a_caller("plan"), code="OTHER")

    offered = dict(bench.scan("CMD-NG")["ask"]["choices"])

    assert offered["CAUSE-ORING"] == "Oリングの傷"
    assert "CAUSE-OTHER" not in offered
    assert bench.scan("CAUSE-OTHER")["code"] == "UnknownCause"
    Cause.objects.update(at_bench=False)  # a plant that has chosen none is offered all of them
    assert len(bench.scan("CMD-NG")["ask"]["choices"]) == Cause.objects.filter(retired_at=None).count()


def test_hold_stops_the_unit_in_hand_once_and_quality_settles_it() -> None:
    bench = Bench()
    in_hand(bench)

    answer = bench.scan("CMD-HOLD")
    again = bench.scan("CMD-HOLD")

    hold = Hold.objects.get()
    assert (answer["state"], answer["signal"], hold.unit) == ("hold", "hold", bench.tray.unit)  # type: ignore[attr-defined]
    assert again["code"] == "AlreadyHeld"


def test_a_command_without_work_in_hand_is_refused() -> None:
    bench = Bench()
    for text in ("CMD-OK", "CMD-NG", "CMD-HOLD", "CAUSE-BENT"):
        assert bench.scan(text)["code"] == "NothingInHand"


def test_undo_breaks_off_what_was_just_begun_and_brings_back_what_was_moved() -> None:
    build, unit, bench = a_build("GB200-CT"), a_unit_of("PDB-CT"), Bench()
    where = unit.placements.get(to_at=None).location.code  # type: ignore[union-attr]
    bench.scan(f"OP-{build.unit.tag}-100")

    assert bench.scan("CMD-UNDO")["state"] == "ok"
    run = OperationRun.objects.get(build=build)
    assert (run.result, Event.objects.filter(kind="assembly.operation-aborted").count()) == ("aborted", 1)
    assert bench.scan("CMD-UNDO")["code"] == "NothingToUndo"

    other = Bench(who="kenji", station="T1")
    other.scan(unit.tag)
    other.scan("LOC-RCV")
    assert Placement.objects.get(unit=unit, to_at=None).location.code == "RCV"  # type: ignore[union-attr]
    other.scan("CMD-UNDO")
    assert Placement.objects.get(unit=unit, to_at=None).location.code == where  # type: ignore[union-attr]


def test_a_station_says_whether_one_stands_there() -> None:
    bench = Bench()
    assert bench.scan("STN-A1")["state"] == "run"
    assert bench.scan("STN-A2")["state"] == "late"
    assert bench.scan("STN-X9")["code"] == "UnknownStation"
    assert Station.objects.filter(code="A2").exists()


def test_labels_of_every_kind_fit_the_same_part() -> None:
    bench = Bench()
    in_hand(bench)
    part = Part.objects.get(number="900-2G548-A801-000")
    Part.objects.filter(pk=part.pk).update(gtin="4912345678904")
    first, second = a_unit_of(part.number), a_unit_of(part.number)

    gs1 = bench.scan(f"]d20104912345678904{'21'}{first.serial}")
    undone = bench.scan("CMD-UNDO")
    iso = bench.scan(f"[)>{RS}06{GS}1P{part.number}{GS}S{first.serial}{RS}{EOT}")
    link = bench.scan(f"https://id.gs1.org/01/04912345678904/21/{second.serial}")

    assert [gs1["state"], undone["state"], iso["state"], link["state"]] == ["ok"] * 4
    assert gs1["label"]["elements"] == [["01", "04912345678904"], ["21", first.serial]]
    kept = ScanLog.objects.get(operator_session=bench.session.pk, seq=2)
    assert kept.text.startswith("]d2")  # raw, as it came
    assert Placement.objects.filter(unit__in=[first, second], to_at=None, host=bench.tray.unit).count() == 2  # type: ignore[attr-defined]


def test_what_a_label_names_wrongly_is_refused_and_shown() -> None:
    bench = Bench()
    in_hand(bench)
    before = everything()

    bad = bench.scan("]d2010491234567890521X1")
    unknown = bench.scan("]d2010491234567890421X1")
    part = bench.scan(f"[)>{RS}06{GS}1PPDB-CT{GS}Q1{RS}{EOT}")

    assert (bad["code"], unknown["code"], part["code"]) == ("LabelUnreadable", "LabelOfNothing", "LabelOfNothing")
    assert "04912345678904" in unknown["true"]
    assert everything() == before


def test_the_square_code_of_an_issued_traveller_takes_its_build_in_hand() -> None:
    tray, bench = a_tray(), Bench()
    paper = issue_document(caller=a_caller("tanaka"), kind="traveller", key=tray.unit.tag, language="ja")

    answer = bench.scan(f"https://genpin.example/verify/{paper.verify_code}/")

    assert answer["context"]["build"] == tray.pk
    assert pin_check("mei")
