"""OpenHTF records: what the tester said is the verdict; what it skipped, left unset or contradicts is never a pass."""

import json
import time

import pytest

from assembly.test_logs.result import Limit, Unreadable

from .plant_files import because, measured, read, verdict_of
from .record_files import htf_good, htf_measurement, htf_phase, htf_record


def log_of(record, **others):
    return read(json.dumps(record, indent=2), **others)


def test_a_record_that_passed_reads_with_its_numbers():
    log = log_of(htf_good())

    assert (log.tool, log.variant, log.tool_version) == ("openhtf", "bus_bar_check", "1.4.0")
    assert (log.verdict, log.disposition) == ("pass", "accept")
    assert [(one.kind, one.serial, one.more["station"]) for one in log.entities] == [("dut", "GPT-0001", "hipot-2")]
    reading = next(one for one in log.measurements if one.name == "insulation.withstand")
    assert (reading.value, reading.unit, reading.low, reading.high, reading.verdict) == (12.1, "V", 11.4, 12.6, "pass")
    assert measured(log, "ramp.curve_max", "dut") == (7.25, None) and measured(log, "ramp.curve_min", "dut")[0] == 1.5
    assert next(one.detail for one in log.results if one.test == "label.colour") == "black"


def test_one_line_and_a_banner_before_it_say_the_same():
    assert read("station hipot-2 {ok}\n" + json.dumps(htf_good())).verdict == "pass"


@pytest.mark.parametrize(
    ("outcome", "verdict", "disposition"),
    [("FAIL", "fail", "retest"), ("ERROR", "error", "retest"), ("TIMEOUT", "error", "retest"),
     ("ABORTED", "not_run", "review"), (None, "not_run", "review"), ("GREAT", "not_run", "review")],
)  # fmt: skip
def test_the_outcome_of_the_test_is_the_verdict(outcome, verdict, disposition):
    log = log_of(htf_record([htf_phase("one")], outcome=outcome))

    assert (log.verdict, log.disposition) == (verdict, disposition)


def test_a_failed_measurement_is_told_with_its_bounds():
    bad = htf_measurement(13.0, "FAIL", validators=["11.4 <= x <= 12.6"])
    log = log_of(htf_record([htf_phase("hipot", outcome="FAIL", volts=bad)], outcome="FAIL"))

    assert log.verdict == "fail" and because(log, "hipot.volts of dut is 13, outside 11.4 to 12.6")


def test_a_pass_around_a_failure_is_a_contradiction():
    log = log_of(htf_record([htf_phase("hipot", volts=htf_measurement(13.0, "FAIL", validators=["odd check"]))]))

    assert (log.verdict, log.disposition) == ("fail", "review")
    assert because(log, "marked PASS") and because(log, "fails the tool's own check")


def test_a_repeated_phase_counts_by_its_last_record():
    first = htf_phase("hipot", outcome="SKIP", returned="REPEAT", volts=htf_measurement(13.0, "FAIL"))
    log = log_of(htf_record([first, htf_phase("hipot", volts=htf_measurement(12.0))]))

    assert (log.verdict, log.disposition) == ("pass", "accept") and because(log, "repeated hipot 1 times")
    assert measured(log, "hipot.volts", "dut") == (12.0, None)


def test_many_repeated_phases_are_read_at_once():
    phases = [htf_phase(f"p{n % 2_500}", outcome="SKIP", returned="REPEAT") for n in range(2_500)]
    began = time.process_time()

    log = log_of(htf_record([*phases, *(htf_phase(f"p{n}") for n in range(2_500))]))

    assert log.verdict == "pass" and len(log.results) == 2_501 and time.process_time() - began < 2


def test_a_phase_without_a_name_is_never_taken_for_another_try():
    nameless = {**htf_phase("x", outcome="FAIL", returned="REPEAT"), "name": None}

    assert log_of(htf_record([nameless, {**nameless, "outcome": "PASS"}])).verdict == "fail"


def test_what_was_skipped_or_left_unset_did_not_run():
    skipped = log_of(htf_record([htf_phase("a"), htf_phase("b", outcome="SKIP", returned="SKIP")]))
    unset = htf_record([htf_phase("a", volts=htf_measurement(None, "UNSET"))])
    allowed = {**unset, "metadata": {"config": {"allow_unset_measurements": True}}}

    assert (skipped.verdict, verdict_of(skipped, "b", "dut")) == ("not_run", "not_run")
    assert log_of(unset).verdict == "not_run" and log_of(allowed).verdict == "pass"


def test_records_written_before_phases_had_an_outcome():
    stop = {"exc_type": "ValueError", "exc_val": "no answer", "exc_tb": ""}
    old = htf_record(
        [htf_phase("a", outcome=None, volts=htf_measurement()), htf_phase("b", outcome=None, returned=stop)]
    )

    log = log_of({**old, "outcome": "ERROR"})

    assert verdict_of(log, "a", "dut") == "pass" and verdict_of(log, "b", "dut") == "error"
    assert next(one.detail for one in log.results if one.test == "b") == "ValueError: no answer"


def test_a_marginal_pass_is_a_warning_and_a_diagnosed_failure_fails():
    marginal = htf_measurement(12.5, marginal=True, validators=["11.4 <= x <= Marginal:12.4 <= 12.6"])
    told = {"diagnoses": [{"result": "bad_crimp", "description": "loose", "is_failure": True}]}

    near = log_of(htf_record([htf_phase("hipot", volts=marginal)]))

    assert near.verdict == "warn" and near.measurements[0].high == 12.6
    assert log_of({**htf_good(), **told}).verdict == "fail"


@pytest.mark.parametrize(
    ("validators", "low", "high"),
    [(["x <= 5"], None, 5.0), (["0.5 <= x"], 0.5, None), (["x == 3"], 3.0, 3.0), (["1 <= x <= 9", "x <= 4"], 1.0, 4.0),
     (["'x' is within 10% of 50. Marginal: 5% of 50"], 45.0, 55.0), (["<lambda>"], None, None)],
)  # fmt: skip
def test_bounds_are_read_from_the_validators(validators, low, high):
    log = log_of(htf_record([htf_phase("a", v=htf_measurement(3, validators=validators))]))

    assert (log.measurements[0].low, log.measurements[0].high) == (low, high)


def test_a_limit_of_the_plant_never_turns_a_failure_into_a_pass():
    bad = htf_record([htf_phase("a", outcome="FAIL", v=htf_measurement(3.0, "FAIL"))], outcome="FAIL")

    log = log_of(bad, limits={"a.v": Limit(0, 10)})

    assert log.measurements[0].verdict == "fail" and log.verdict == "fail"


@pytest.mark.parametrize(
    "change", [{"phases": {}}, {"phases": [1]}, {"phases": [{"measurements": [1]}]}, {"metadata": 3}]
)
def test_records_of_another_shape_are_refused(change):
    with pytest.raises(Unreadable):
        log_of({**htf_good(), **change, "outcome": "PASS", "dut_id": "x"})


def test_a_record_that_names_no_unit_names_none():
    assert log_of({**htf_good(), "dut_id": "UNKNOWN_DUT"}).entities[0].serial is None


def test_a_record_without_a_phase_proves_nothing():
    assert log_of(htf_record([])).disposition == "review"
