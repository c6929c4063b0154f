"""DCGM's diagnostic in both shapes: status words, error ids, missing results, shapes that are refused."""

import json

import pytest

from assembly.test_logs.result import Unreadable
from assembly.test_logs.writing import Fault, dcgm_v3_diag, dcgm_v4_diag

from .plant_files import because, read, tray, verdict_of


def document(shape: str = "v4") -> dict:
    return json.loads(dcgm_v4_diag(tray()) if shape == "v4" else dcgm_v3_diag(tray()))


def results_of(found: dict, category: int, test: int = 0) -> list[dict]:
    top = found.get("DCGM Diagnostic") or found["DCGM GPU Diagnostic"]
    return top["test_categories"][category]["tests"][test]["results"]


def read_document(found: object, **options):
    return read(json.dumps(found), **{"gpus": 4, "exit_code": 0, **options})


@pytest.mark.parametrize(("write", "variant"), [(dcgm_v3_diag, "v3"), (dcgm_v4_diag, "v4")])
def test_a_clean_tray_is_accepted_with_its_serials(write, variant):
    log = read(write(tray()), gpus=4, exit_code=0)

    assert (log.variant, log.verdict, log.disposition, log.reasons) == (variant, "pass", "accept", ())
    assert [gpu.serial for gpu in log.entities] == [gpu.serial for gpu in tray()]
    assert {gpu.more["device_id"] for gpu in log.entities} == {"2941"}


@pytest.mark.parametrize(
    ("error_id", "disposition"),
    [(29, "retest"), (52, "hold"), (61, "review"), (46, "review"), (20, "review"), (72, "review"), (85, "retest"),
     (80, "hold"), (101, "hold")],
)  # fmt: skip
def test_the_error_id_decides_what_to_do(error_id, disposition):
    log = read(dcgm_v4_diag(tray(), failing=[Fault(2, "software", error_id)]), gpus=4, exit_code=226)

    assert (log.verdict, log.disposition) == ("fail", disposition)
    assert verdict_of(log, "software", "gpu:2") == "fail" and because(log, f"Error {error_id} (")


def test_the_gravest_of_several_errors_wins():
    faults = [Fault(0, "software", 29), Fault(3, "memory", 52)]

    assert read(dcgm_v4_diag(tray(), failing=faults), gpus=4).disposition == "hold"


def test_an_error_under_a_pass_is_reviewed():
    found = document()
    results_of(found, 2)[1]["warnings"] = [
        {"error_id": 56, "error_severity": 4, "error_category": 8, "warning": "allocation"}
    ]

    log = read_document(found)

    assert (log.verdict, log.disposition) == ("pass", "hold") and because(log, "status is Pass although")


def test_an_unknown_error_id_goes_to_a_person_at_least():
    found = document()
    results_of(found, 0)[0] |= {"status": "Fail", "warnings": [{"warning": "?", "error_id": 999, "error_severity": 5}]}

    assert read_document(found).disposition == "review"


def test_a_graver_severity_in_the_file_is_not_ignored():
    found = document()
    results_of(found, 0)[0] |= {"status": "Fail", "warnings": [{"warning": "?", "error_id": 29, "error_severity": 2}]}

    log = read_document(found)

    assert log.disposition == "hold" and because(log, "the file says ISOLATE")


@pytest.mark.parametrize("word", ["Skip", "Not Run", "NOT_RUN", "Waived", "Passed?", "", "OK", "pass pass"])
def test_a_status_other_than_pass_warn_fail_has_not_run(word):
    found = document()
    results_of(found, 1)[2]["status"] = word

    log = read_document(found)

    assert verdict_of(log, "pcie", "gpu:2") == "not_run"
    assert (log.verdict, log.disposition) == ("not_run", "review")


@pytest.mark.parametrize("word", ["PASS", "Pass ", "pass"])
def test_status_words_come_in_any_case(word):
    found = document()
    results_of(found, 1)[2]["status"] = word

    assert read_document(found).verdict == "pass"


@pytest.mark.parametrize("shape", ["v3", "v4"])
def test_a_gpu_without_a_result_has_not_passed(shape):
    found = document(shape)
    del results_of(found, 1)[3]

    log = read_document(found)

    assert log.verdict == "not_run" and because(log, "has no result for gpu:3")


def test_fewer_gpus_than_expected_is_held_and_no_expectation_is_said():
    text = dcgm_v4_diag(tray()[:3])

    assert read(text, gpus=4).disposition == "hold"
    assert because(read(text), "was not checked") and read(text).disposition == "accept"


def test_serials_that_say_nothing_are_absent():
    found = document()
    serials = ["N/A", "0000000000000", "<<<NOT_SUPPORTED>>>", "1650000000002   "]
    for entity, serial in zip(found["entity_groups"][0]["entities"], serials, strict=True):
        entity["serial_num"] = serial

    log = read_document(found)

    assert [gpu.serial for gpu in log.entities] == [None, None, None, "1650000000002"]
    assert log.entities[3].more["serial_raw"] == "1650000000002   "


def test_a_run_that_could_not_start_is_an_error():
    log = read_document({"DCGM Diagnostic": {"runtime_error": "no GPU is free"}, "metadata": {"version": "4.4.1"}})

    assert (log.verdict, log.tool_version) == ("error", "4.4.1") and because(log, "no GPU is free")
    assert read_document({"DCGM GPU Diagnostic": {"runtime_error": "x", "version": "3.1.8"}}).tool_version == "3.1.8"


def test_iterations_fail_when_one_of_them_does():
    bad = json.loads(dcgm_v3_diag(tray(), failing=[Fault(1, "PCIe", 30)]))
    log = read_document({"iterations": {"0": document("v3"), "1": bad}, "Overall Result": "Fail"})

    assert (log.variant, log.verdict) == ("v3-iterations", "fail") and len(log.entities) == 4


def test_level_1_warnings_come_in_every_form():
    for warnings in ("plain text", ["plain text"], [{"warnings": "plain text"}], [{"warning": "plain text"}]):
        found = document("v3")
        results_of(found, 0, 4)[0] |= {"status": "Fail", "warnings": warnings}

        log = read_document(found)

        assert (log.verdict, log.disposition) == ("fail", "review") and because(log, "without an error id")
        assert any(result.detail == "plain text" for result in log.results)


def test_gpu_ids_name_several_gpus():
    found = document("v3")
    tests = found["DCGM GPU Diagnostic"]["test_categories"][1]["tests"]
    tests[0]["results"] = [{"gpu_ids": "0,1,2,3", "status": "Fail"}]

    log = read_document(found)

    assert [verdict_of(log, "PCIe", f"gpu:{n}") for n in range(4)] == ["fail"] * 4


@pytest.mark.parametrize(
    "broken",
    [
        {"DCGM Diagnostic": []},
        {"DCGM Diagnostic": None},
        {"DCGM Diagnostic": {}},
        {"DCGM Diagnostic": {"test_categories": {}, "x": 1}, "entity_groups": {"a": 1}},
        {"DCGM Diagnostic": {"test_categories": [{"category": "A", "tests": [{"name": 5, "results": []}]}]}},
        {"DCGM Diagnostic": {"test_categories": [{"category": "A", "tests": [{"name": "a", "results": ["Pass"]}]}]}},
        {"DCGM GPU Diagnostic": {"test_categories": [{"category": "A", "tests": [{"name": "a", "results": [{}]}]}]}},
        {"iterations": {"0": {"DCGM GPU Diagnostic": []}}, "Overall Result": "Pass"},
        {"iterations": {"0": {"DCGM GPU Diagnostic": {"test_categories": []}}}},
        [{"DCGM Diagnostic": {"test_categories": []}}],
        [1, {"DCGM Diagnostic": {"test_categories": []}}, 1],
        {"log": {"DCGM Diagnostic": {"test_categories": []}}},
    ],
)
def test_a_shape_that_is_not_dcgms_is_refused(broken):
    for indent in (None, 0):
        with pytest.raises(Unreadable):
            read(json.dumps(broken, indent=indent))


def test_a_file_of_countless_devices_is_refused():
    found = document()
    found["entity_groups"][0]["entities"] = [{"entity_id": number, "device_id": "2941"} for number in range(5000)]
    with pytest.raises(Unreadable, match="no host has so many"):
        read_document(found)


def test_no_test_at_all_is_no_judgement():
    log = read_document({"DCGM Diagnostic": {"test_categories": []}})

    assert (log.verdict, log.disposition) == ("none", "review")
