"""OCP Diag (ocptv) JSON lines: order, ends and validators are checked; what is lost on the way is never a pass."""

import time

import pytest

from assembly.test_logs.result import Unreadable

from .plant_files import because, measured, read, verdict_of
from .record_files import ocp_good, ocp_lines, ocp_measurement, ocp_series, ocp_text


def test_a_run_that_passed_reads_with_its_numbers():
    log = read(ocp_good())

    assert (log.tool, log.variant, log.tool_version) == ("ocp-diag", "fan_sweep", "2.1")
    assert (log.verdict, log.disposition, log.reasons) == ("pass", "accept", ())
    assert [(one.label, one.serial) for one in log.entities] == [
        ("dut", None), ("hardware:0", "FB-77120"), ("software:0", None),
    ]  # fmt: skip
    speed = next(one for one in log.measurements if one.name == "sweep.fan-speed")
    assert (speed.value, speed.unit, speed.low, speed.high, speed.verdict) == (9500.0, "RPM", 8000.0, 11000.0, "pass")
    assert speed.entity == "hardware:0"
    assert measured(log, "sweep.inlet", "hardware:0") == (23.0, "C")
    assert measured(log, "sweep.inlet_max", "hardware:0") == (24.0, "C")


def test_a_banner_before_the_schema_is_left_out():
    assert read("Welcome to ct04\n$ fan_sweep --all\n" + ocp_good()).verdict == "pass"


@pytest.mark.parametrize(
    ("end", "verdict", "disposition"),
    [(("COMPLETE", "FAIL"), "fail", "retest"), (("ERROR", "NOT_APPLICABLE"), "error", "retest"),
     (("SKIP", "NOT_APPLICABLE"), "not_run", "review"), (("SKIP", "PASS"), "not_run", "review"),
     (("ERROR", "FAIL"), "fail", "review"), (None, "not_run", "review")],
)  # fmt: skip
def test_the_end_of_the_run_is_the_verdict(end, verdict, disposition):
    log = read(ocp_text(ocp_lines(ocp_measurement(9500.0), end=end)))

    assert (log.verdict, log.disposition) == (verdict, disposition)


def test_a_value_outside_the_tool_s_validators_contradicts_a_pass():
    log = read(ocp_text(ocp_lines(ocp_measurement(100221.0))))

    assert (log.verdict, log.disposition) == ("fail", "review")
    assert because(log, "is 100221 RPM, outside 8000 to 11000") and because(log, "says PASS, but")


@pytest.mark.parametrize(
    ("check", "value", "verdict"),
    [({"type": "EQUAL", "value": "on"}, "on", "pass"), ({"type": "IN_SET", "value": [1, 2]}, 3, "fail"),
     ({"type": "NOT_IN_SET", "value": ["a"]}, "b", "pass"), ({"type": "LESS_THAN", "value": 5}, 5, "fail"),
     ({"type": "REGEX_MATCH", "value": "(a+)+$"}, "a" * 60, "none"), ({"type": "NEAR", "value": 5}, 5, "not_run"),
     ({"type": "LESS_THAN", "value": 5}, "warm", "not_run")],
)  # fmt: skip
def test_each_validator_is_applied_and_unknown_ones_prove_nothing(check, value, verdict):
    one = ocp_measurement(value)
    one["measurement"]["validators"] = [check]
    log = read(ocp_text(ocp_lines(one)))

    said = [r.verdict for r in (*log.measurements, *log.results) if getattr(r, "name", getattr(r, "test", "")) ==
            "sweep.fan-speed"]  # fmt: skip
    assert said == [verdict]


@pytest.mark.parametrize("check", [{"type": "EQUAL", "value": [[1]]}, {"type": "EQUAL"}, {"type": "NOT_EQUAL"}])
def test_what_cannot_be_compared_is_no_pass(check):
    one = ocp_measurement([1] if "value" in check else None)
    one["measurement"]["validators"] = [check]

    assert verdict_of(read(ocp_text(ocp_lines(one))), "sweep.fan-speed", "hardware:0") == "not_run"


TOO_MANY = {"values": [{"type": "IN_SET", "value": list(range(1_001))}], "validators": [{"type": "EQUAL"}] * 51}


@pytest.mark.parametrize("checks", TOO_MANY.values(), ids=TOO_MANY)
@pytest.mark.parametrize("act", [ocp_measurement(1.0), ocp_series(1.0)[0]], ids=["measurement", "series"])
def test_lists_without_an_end_are_refused(act, checks):
    (kind, said), = act.items()  # fmt: skip
    with pytest.raises(Unreadable, match=r"1001 values; at most 1000|51 validators; at most 50"):
        read(ocp_text(ocp_lines({kind: {**said, "validators": checks}})))


def test_the_values_of_a_series_are_compared_with_a_long_list_at_once():
    start, *others = ocp_series(*[999.0] * 20_000, 1_000.0)
    start["measurementSeriesStart"]["validators"] = [{"type": "IN_SET", "value": list(range(1_000))}] * 10
    began = time.process_time()

    log = read(ocp_text(ocp_lines(start, *others)))

    assert verdict_of(log, "sweep.inlet", "hardware:0") == "fail" and time.process_time() - began < 5


def test_diagnoses_errors_and_steps_speak_for_themselves():
    failed = {"diagnosis": {"verdict": "fan-broken", "type": "FAIL", "message": "FAN1 stands", "hardwareInfoId": "0"}}
    error = {"error": {"symptom": "bmc-unreachable", "message": "no answer"}}
    log = read(ocp_text(ocp_lines(failed, error, end=("COMPLETE", "FAIL"))))

    assert verdict_of(log, "fan-broken", "hardware:0") == "fail"
    assert verdict_of(log, "bmc-unreachable") == "error" and log.verdict == "fail"


def test_a_lost_or_doubled_line_is_told():
    lines = ocp_lines(ocp_measurement(9500.0))
    lost = read(ocp_text(lines[:3] + lines[4:]))
    doubled = read(ocp_text(lines[:4] + lines[3:]))

    assert lost.disposition == "review" and because(lost, "are missing: sequence 4 stands where 3 was due")
    assert doubled.disposition == "review" and because(doubled, "twice or out of order")


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9, 0.99])
def test_a_file_that_is_cut_off_never_passes(keep):
    text = ocp_good().rstrip()
    log = read(text[: int(len(text) * keep)])

    assert log.verdict == "not_run" and because(log, "end is missing")


def test_a_series_that_lost_values_is_told():
    log = read(ocp_text(ocp_lines(*ocp_series(1.0, 2.0, total=3))))

    assert log.disposition == "review" and because(log, "holds 2 values, but 3 were announced")


REFUSED = {
    "another version": lambda: ocp_good().replace('"major":2', '"major":1'),
    "two runs": lambda: ocp_good() * 2,
    "no JSON inside": lambda: ocp_good().replace('{"testStepArtifact":{"testStepEnd"', "\x1b[2J\n{", 1),
    "NaN": lambda: ocp_good().replace("9500.0", "NaN"),
    "no number": lambda: ocp_good().replace('"sequenceNumber":3', '"sequenceNumber":"3"'),
    "a key twice": lambda: ocp_good().replace('"status":"COMPLETE"', '"status":"ERROR","status":"COMPLETE"'),
    "no beginning of the series": lambda: ocp_good().replace('"measurementSeriesId":"4","value"', '"x":1,"value"'),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_unsound_lines_are_refused_in_one_line(text):
    with pytest.raises(Unreadable) as refused:
        read(text())
    assert "\n" not in str(refused.value)


def test_a_run_without_a_step_proves_nothing():
    lines = [line for line in ocp_lines() if "testStepArtifact" not in line]

    assert read(ocp_text([{**line, "sequenceNumber": n} for n, line in enumerate(lines)])).disposition == "review"
