"""Importing testers' files: rows, GPU birth, doubles, dispositions, hostile files; through operation and command."""

import gzip
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.operations.sessions import register_station
from assembly.models import Nonconformity, Observation, TestResult, TestRun
from assembly.operations.test_runs import (
    FileNotStored,
    FileNotUnderstood,
    FileTooBig,
    TestLogImport,
    import_test_log,
    import_test_logs,
)
from assembly.test_logs.read import read_test_log
from assembly.test_logs.text import SIZE_LIMIT
from assembly.test_logs.writing import GpuState, nvidia_smi_xml, tray_gpus
from documents import files
from documents.models import StoredFile
from inventory.models import Identifier, Unit
from inventory.operations.finding import UnknownSerial
from inventory.operations.units import add_identifier
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.burn_in_world import SERIALS, UUIDS, a_tray_with_superchips, gpu_places
from tests.assembly.test_logs.plant_files import sample
from tests.cast import NOON, a_caller
from tests.world import a_unit

pytestmark = pytest.mark.django_db

PLACES = sorted((SERIALS[n // 2], f"GPU{n % 2}", uuid.lower()) for n, uuid in enumerate(UUIDS))


def xml(uuids=UUIDS, serials=SERIALS, **others):
    gpus = tray_gpus(uuids, serials, slot=14, tray_index=4, chassis_serial="1820000000001")
    return nvidia_smi_xml(gpus, at=NOON, **others).encode()


def load(content, unit, **others):
    who = others.pop("who", "kenji")
    name = others.pop("name", "tray.xml")
    return import_test_log(caller=a_caller(who), file_sha256=files.put(content), file_name=name, unit=unit, **others)


def nothing_changed():
    return not TestRun.objects.exists() and not Event.objects.filter(kind="assembly.test-imported").exists()


def test_what_the_file_says_becomes_rows():
    build = a_tray_with_superchips()

    run = load(xml(), build.unit.serial, exit_code=0)

    assert (run.tool, run.verdict, run.disposition, run.exit_code) == ("nvidia-smi", "pass", "accept", 0)
    assert (run.build, run.run.operation.number) == (build, 170)
    assert StoredFile.objects.get(sha256=run.file_sha256).media_type == "application/xml"
    assert files.get(run.file_sha256) == xml()
    assert TestResult.objects.filter(test_run=run, value=None).exists()
    assert TestResult.objects.filter(test_run=run, entity="gpu:0", unit="W").exists()
    seen = Observation.objects.filter(test_run=run).order_by("index")
    assert [(row.uuid, row.serial, row.slot_number, row.tray_index) for row in seen] == [
        (uuid, SERIALS[n // 2], 14, 4) for n, uuid in enumerate(UUIDS)
    ]
    event = Event.objects.get(pk=run.event_id)
    assert (event.kind, event.subject_id, event.payload["verdict"]) == (
        "assembly.test-imported",
        build.unit_id,
        "pass",
    )


def test_gpus_are_born_in_their_superchips_in_order_of_their_index():
    build = a_tray_with_superchips()

    run = load(xml(), build.unit.tag)

    assert gpu_places() == PLACES
    assert Event.objects.filter(kind="inventory.unit-born", payload__has_key="uuid").count() == 4
    assert {row.unit.part.kind for row in Observation.objects.filter(test_run=run)} == {"gpu"}
    kinds = Identifier.objects.filter(unit__part__kind="gpu").values_list("kind", flat=True)
    assert sorted(kinds) == sorted(["uuid", "pdi", "guid"] * 4)


def test_a_second_file_sees_the_same_gpus_again():
    build = a_tray_with_superchips()
    load(xml(), build.unit.tag)
    later = xml(states={0: GpuState(celsius=41)})

    run = load(later, build.unit.tag)

    assert gpu_places() == PLACES and run.observations.exclude(unit=None).count() == 4


def test_a_gpu_that_is_known_elsewhere_is_never_moved_silently():
    one = a_tray_with_superchips()
    load(xml(), one.unit.tag)
    other_serials = ("1650000000011", "1650000000012")
    two = a_tray_with_superchips(other_serials)
    mixed = (UUIDS[0], *(uuid.replace("GPU-0", "GPU-f") for uuid in UUIDS[1:]))

    load(xml(mixed, other_serials), two.unit.tag)

    places = dict((uuid, (serial, position)) for serial, position, uuid in gpu_places())
    assert places[UUIDS[0].lower()] == (SERIALS[0], "GPU0")
    assert places[mixed[1].lower()] == (other_serials[0], "GPU1") and len(places) == 7


def test_a_board_with_a_gpu_missing_bears_none_and_the_file_is_held():
    build = a_tray_with_superchips()
    whole = xml().decode()
    first = whole.index("<gpu id")
    second = whole.index("<gpu id", first + 1)

    run = load((whole[:first] + whole[second:]).encode(), build.unit.tag)

    assert run.disposition == "hold"
    assert {serial for serial, _position, _uuid in gpu_places()} == {SERIALS[1]}


def test_zero_uuids_and_sentinels_bear_nothing():
    build = a_tray_with_superchips()
    nothing = ("GPU-00000000-0000-0000-0000-000000000000", "N/A", UUIDS[2], UUIDS[3])

    load(xml(nothing), build.unit.tag)

    assert {serial for serial, _position, _uuid in gpu_places()} == {SERIALS[1]}


def test_the_board_serial_may_be_another_name_of_the_superchip():
    build = a_tray_with_superchips()
    board = Unit.objects.get(serial=SERIALS[0])
    add_identifier(caller=a_caller("mei"), unit_id=board.pk, identifier_kind="board", text="1659999999999")

    load(xml(serials=("1659999999999", SERIALS[1])), build.unit.tag)

    assert len(gpu_places()) == 4


def test_the_same_file_again_is_the_earlier_run():
    build = a_tray_with_superchips()

    first, second = load(xml(), build.unit.tag), load(xml(), build.unit.serial)

    assert first.pk == second.pk and TestRun.objects.count() == 1
    assert Event.objects.filter(kind="assembly.test-imported").count() == 1


def test_the_count_of_gpus_is_that_of_the_boards_places():
    build = a_tray_with_superchips()

    short = load(xml(driver="1"), build.unit.tag, expect_gpus=8)
    right = load(xml(), build.unit.tag)

    assert short.disposition == "hold" and any("8 are expected" in reason for reason in short.reasons)
    assert not any("No expected number" in reason for reason in right.reasons)


def test_a_bad_file_outside_an_open_run_opens_a_nonconformity():
    build = a_tray_with_superchips(testing=False)

    run = load(xml(), build.unit.tag, expect_gpus=8)

    report = Nonconformity.objects.get()
    assert (run.run, report.build, report.unit, report.defect_code) == (None, build, build.unit, "TEST")


def test_a_bad_file_within_a_run_is_judged_at_its_end():
    build = a_tray_with_superchips()

    load(xml(), build.unit.tag, expect_gpus=8)

    assert not Nonconformity.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"hello",
        xml()[:5000],
        gzip.compress(xml())[:900],
        gzip.compress(b"0" * (SIZE_LIMIT + 1)),
        b'<?xml version="1.0"?><!DOCTYPE nvidia_smi_log [<!ENTITY a "b">]><nvidia_smi_log>&a;</nvidia_smi_log>',
        b'{"DCGM GPU Diagnostic": ' + b"[" * 100_000,
    ],
    ids=["empty", "zeros", "text", "cut", "cut gzip", "bomb", "entity", "deep"],
)
def test_a_file_that_is_not_understood_is_kept_and_refused(content):
    unit = a_unit()

    with pytest.raises(FileNotUnderstood) as refused:
        load(content, unit.tag)

    assert "\n" not in refused.value.say
    assert nothing_changed() and files.has(files.put(content))


def test_text_without_end_and_odd_file_names_are_cut_to_what_a_row_holds():
    unit = a_unit()
    document = {
        "DCGM Diagnostic": {
            "test_categories": [
                {
                    "category": "Hardware",
                    "tests": [
                        {
                            "name": "memory",
                            "results": [{"entity_group": "GPU", "entity_id": 0, "status": "Pass", "info": ["x"]}],
                            "test_summary": {"status": "Pass"},
                        }
                    ],
                }
            ]
        },
        "entity_groups": [
            {
                "entity_group": "GPU",
                "entity_group_id": 1,
                "entities": [{"entity_id": 0, "device_id": "2941", "serial_num": "16" + "9" * 100_000}],
            }
        ],
        "metadata": {"version": "4.0.0", "Driver Version Detected": "1"},
    }

    run = load(json.dumps(document).encode(), unit.tag, name="a\x00.json")

    assert run.tool == "dcgm-diag" and "\x00" not in run.file_name
    assert len(Observation.objects.get(test_run=run).serial) <= 200


def test_what_cannot_be_imported_is_refused():
    build = a_tray_with_superchips()
    for refusal, call in (
        (FileNotStored, lambda: import_one("0" * 64, build.unit.tag)),
        (FileNotStored, lambda: import_one("../../etc/passwd", build.unit.tag)),
        (UnknownSerial, lambda: load(xml(), "NOPE")),
        (NotPermitted, lambda: load(xml(), build.unit.tag, who="mei")),
    ):
        with pytest.raises(refusal):
            call()

    assert nothing_changed()


def import_one(sha256, unit):
    return import_test_log(caller=a_caller("kenji"), file_sha256=sha256, file_name="x", unit=unit)


def test_more_than_fifty_megabytes_are_refused():
    unit = a_unit()

    with pytest.raises(FileTooBig, match="50"):
        load(b" " * (SIZE_LIMIT + 1), unit.tag)


def test_many_files_are_imported_in_one_call_all_or_none():
    one = a_tray_with_superchips()
    two = a_tray_with_superchips(("1650000000011", "1650000000012"))
    other = xml(tuple(uuid.replace("GPU-0", "GPU-a") for uuid in UUIDS), ("1650000000011", "1650000000012"))
    rows = [
        TestLogImport(files.put(xml()), "one.xml", one.unit.tag),
        TestLogImport(files.put(other), "two.xml", two.unit.tag),
        TestLogImport(files.put(xml()), "one again.xml", one.unit.tag),
    ]

    ids = import_test_logs(caller=a_caller("kenji"), rows=rows)["test_runs"]

    assert ids[0] == ids[2] and TestRun.objects.count() == 2 and len(gpu_places()) == 8
    bad = TestLogImport(files.put(b"hello"), "bad.txt", one.unit.tag)
    third = TestLogImport(files.put(xml() + b"\n\n"), "again.xml", one.unit.tag)
    with pytest.raises(FileNotUnderstood):
        import_test_logs(caller=a_caller("kenji"), rows=[third, bad])
    assert TestRun.objects.count() == 2


def test_the_command_imports_and_says_when_it_knew_the_file(tmp_path, capsys):
    build = a_tray_with_superchips()
    register_station(caller=a_caller("admin"), code="T1", name_ja="試験 1", name_en="Test 1", kind="test")
    path = tmp_path / "tray.xml"
    path.write_bytes(xml())
    wanted = [str(path), "--unit", build.unit.tag, "--station", "T1", "--exit-code", "0"]

    call_command("import_test_log", *wanted)
    first = json.loads(capsys.readouterr().out)
    call_command("import_test_log", *wanted)
    second = json.loads(capsys.readouterr().out)

    assert (first["verdict"], first["disposition"], first["known"]) == ("pass", "accept", False)
    assert (second["known"], second["test_run"]) == (True, first["test_run"])
    assert TestRun.objects.get().station == "T1"
    with pytest.raises(CommandError, match="NOPE"):
        call_command("import_test_log", str(path), "--unit", "NOPE", "--station", "T1")
    with pytest.raises(CommandError, match="T9"):
        call_command("import_test_log", str(path), "--unit", build.unit.tag, "--station", "T9")
    with pytest.raises(CommandError):
        call_command("import_test_log", str(tmp_path / "none"), "--unit", build.unit.tag, "--station", "T1")


@pytest.mark.parametrize(
    ("file", "tool"),
    [
        ("nvidia_smi_xml/real_hardware/qx-gb200.xml", "nvidia-smi"),
        ("dcgm_diag/virtualclient_DCGMIDiag_r2_results.json", "dcgm-diag"),
        ("dcgm_diag/gcm_v3_diag_fail_output_rc0.json", "dcgm-diag"),
    ],
)
def test_real_files_are_imported(file, tool):
    run = load(sample(file), a_unit().tag)

    assert run.tool == tool and run.results.exists()


def test_the_real_gb200_tray_bears_the_gpus_of_the_board_that_names_both():
    """The sample is scrubbed: its first UUID is all zeros, so nothing is known of the first board's two."""
    content = sample("nvidia_smi_xml/real_hardware/qx-gb200.xml")
    serials = tuple(sorted({entity.serial for entity in read_test_log(content, name="x").entities}))
    build = a_tray_with_superchips(serials)

    run = load(content, build.unit.tag)

    assert [place[:2] for place in gpu_places()] == [(serials[1], "GPU0"), (serials[1], "GPU1")]
    assert run.observations.count() == 4 and run.observations.exclude(unit=None).count() == 2
