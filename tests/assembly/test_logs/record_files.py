"""Records of testers in the formats of OpenHTF and OCP Diag, written here: serials and values are invented."""

import json
from typing import Any


def htf_measurement(value: Any = 12.1, outcome: str = "PASS", **more: Any) -> dict[str, Any]:
    """One measurement as OpenHTF's output writes it: fields without a value are left out."""
    found = {"outcome": outcome, "measured_value": value, **more}
    return {key: one for key, one in found.items() if one is not None}


def htf_phase(name: str, *, outcome: str | None = "PASS", returned: Any = "CONTINUE", **measurements: Any) -> dict:
    for key, one in measurements.items():
        one.setdefault("name", key)
    phase = {
        "name": name,
        "descriptor_id": 4353718176,
        "codeinfo": {"name": "", "docstring": None, "sourcecode": ""},
        "start_time_millis": 1795132800000,
        "end_time_millis": 1795132801000,
        "attachments": {"photo": {"mimetype": None, "data": "VGhpcw=="}},
        "measurements": measurements,
        "result": {"phase_result": returned, "raised_exception": isinstance(returned, dict)},
    }
    return phase if outcome is None else {**phase, "outcome": outcome}


def htf_record(phases: list[dict[str, Any]], *, outcome: str | None = "PASS", **more: Any) -> dict[str, Any]:
    return {
        "dut_id": "GPT-0001",
        "start_time_millis": 1795132800000,
        "end_time_millis": 1795132860000,
        "outcome": outcome,
        "outcome_details": [],
        "station_id": "hipot-2",
        "code_info": {"name": "main.py", "docstring": None, "sourcecode": "NVRM: never read"},
        "metadata": {"test_name": "bus_bar_check", "test_version": "1.4.0", "config": {}},
        "log_records": [{"level": 20, "message": "# out-of-place in-place\nNVRM: Xid", "timestamp_millis": 1}],
        "phases": phases,
        **more,
    }


def htf_good() -> dict[str, Any]:
    volt = {"name": "volt", "code": "VLT", "suffix": "V"}
    return htf_record(
        [
            htf_phase("insulation", withstand=htf_measurement(12.1, units=volt, validators=["11.4 <= x <= 12.6"])),
            htf_phase("label", colour=htf_measurement("black", validators=["'x' matches /^black$/"])),
            htf_phase(
                "ramp",
                curve=htf_measurement(
                    [[0, 1.5], [1, 7.25], [2, 3.0]], dimensions=[{"code": "SEC", "name": "second", "suffix": "s"}]
                ),
            ),
        ]
    )


def ocp_lines(*acts: dict[str, Any], end: tuple[str, str] | None = ("COMPLETE", "PASS")) -> list[dict[str, Any]]:
    """The artifacts of one run: schema, start with one board, one step around `acts`, end."""
    dut = {
        "dutInfoId": "1",
        "name": "ct04",
        "hardwareInfos": [
            {"hardwareInfoId": "0", "name": "fan board", "serialNumber": "FB-77120", "partNumber": "900-FAN-1"}
        ],
        "softwareInfos": [{"softwareInfoId": "0", "name": "bmc_firmware", "version": "24.10"}],
    }
    start = {"name": "fan_sweep", "version": "2.1", "commandLine": "fan_sweep --all", "parameters": {}, "dutInfo": dut}
    said: list[dict[str, Any]] = [
        {"schemaVersion": {"major": 2, "minor": 0}},
        {"testRunArtifact": {"testRunStart": start}},
        {"testStepArtifact": {"testStepStart": {"name": "sweep"}, "testStepId": "0"}},
        *({"testStepArtifact": {**act, "testStepId": "0"}} for act in acts),
        {"testStepArtifact": {"testStepEnd": {"status": "COMPLETE"}, "testStepId": "0"}},
    ]
    if end is not None:
        said.append({"testRunArtifact": {"testRunEnd": {"status": end[0], "result": end[1]}}})
    return [{**one, "sequenceNumber": n, "timestamp": "2026-11-20T07:05:00Z"} for n, one in enumerate(said)]


def ocp_text(lines: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)


def ocp_measurement(value: Any, *, low: float = 8000.0, high: float = 11000.0) -> dict[str, Any]:
    return {
        "measurement": {
            "name": "fan-speed",
            "unit": "RPM",
            "hardwareInfoId": "0",
            "value": value,
            "validators": [
                {"name": "upper", "type": "LESS_THAN_OR_EQUAL", "value": high},
                {"name": "lower", "type": "GREATER_THAN_OR_EQUAL", "value": low},
            ],
        }
    }


def ocp_series(*values: float, total: int | None = None) -> list[dict[str, Any]]:
    return [
        {"measurementSeriesStart": {"measurementSeriesId": "4", "name": "inlet", "unit": "C", "hardwareInfoId": "0"}},
        *(
            {"measurementSeriesElement": {"index": n, "measurementSeriesId": "4", "value": value, "timestamp": "x"}}
            for n, value in enumerate(values)
        ),
        {"measurementSeriesEnd": {"measurementSeriesId": "4", "totalCount": len(values) if total is None else total}},
    ]


def ocp_good() -> str:
    passed = {"diagnosis": {"verdict": "fan-ok", "type": "PASS", "hardwareInfoId": "0"}}
    return ocp_text(ocp_lines(ocp_measurement(9500.0), *ocp_series(21.5, 24.0, 23.0), passed))
