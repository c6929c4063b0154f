"""nvbandwidth, fio, smartctl, HPL, stress-ng, nvidia-smi CSV, ipmitool SEL, kernel logs: rules and traps, own files."""

from __future__ import annotations

import contextlib
import json
import random

import pytest

from assembly.test_logs.read import read_test_log
from assembly.test_logs.result import Limit, ReadOptions, TestLog, Unreadable


def read(text: str, **options: object) -> TestLog:
    return read_test_log(text.encode(), name="file", options=ReadOptions(**options))  # type: ignore[arg-type]


def value(log: TestLog, name: str, entity: str | None = None) -> float | None:
    (found,) = [one for one in log.measurements if (one.name, one.entity) == (name, entity)]
    return found.value


def verdicts(log: TestLog) -> dict[str, str]:
    return {one.test: one.verdict for one in log.results}


# nvbandwidth


def bandwidth(*cases: dict[str, object], devices: int = 2) -> str:
    listed = [f"{at}: NVIDIA GB300 (0000000{at}:06:00): (host)" for at in range(devices)]
    return json.dumps({"nvbandwidth": {"version": "v0.8", "GPU Device list": listed, "testcases": list(cases)}})


def case(status: str = "Passed", **more: object) -> dict[str, object]:
    return {
        "name": "device_to_device_memcpy_read_ce", "status": status,
        "bandwidth_description": "memcpy CE GPU(row) -> GPU(column) bandwidth (GB/s)",
        "bandwidth_matrix": [["N/A", "740.1"], ["739.9", "N/A"]], "min": 739.9, "max": 740.1, "sum": 1480.0, **more,
    }  # fmt: skip


def test_bandwidth_that_ran_passes_and_the_plants_limit_judges_it() -> None:
    log = read(bandwidth(case()), expect_gpus=2)
    assert (log.tool, log.tool_version, log.verdict, log.disposition) == ("nvbandwidth", "v0.8", "pass", "accept")
    assert value(log, "device_to_device_memcpy_read_ce_0_1") == 740.1

    slow = read(
        bandwidth(case()), expect_gpus=2, limits={"device_to_device_memcpy_read_ce_min": Limit(low=745, unit="GB/s")}
    )
    assert (slow.verdict, slow.disposition) == ("fail", "hold")


@pytest.mark.parametrize("status", ["Waived", "waived", "", "Not Found", "fine"])
def test_bandwidth_that_was_not_measured_is_no_pass(status: str) -> None:
    log = read(bandwidth(case(), case(status, name="other")))

    assert (log.verdict, log.disposition) == ("not_run", "review")


def test_passed_without_a_value_and_extremes_that_are_none_are_told() -> None:
    assert read(bandwidth(case(bandwidth_matrix=[["N/A"]]))).verdict == "not_run"
    log = read(bandwidth(case(max=999.0)), expect_gpus=2)
    assert log.disposition == "review"
    assert any("the stated max is 999, the matrix says 740.1" in reason for reason in log.reasons)


def test_a_missing_gpu_is_told() -> None:
    assert read(bandwidth(case()), expect_gpus=4).disposition == "hold"


@pytest.mark.parametrize("broken", [{"name": ""}, {"bandwidth_matrix": [["fast"]]}, {"sum": "much"}])
def test_a_bandwidth_case_that_is_none_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(Unreadable, match=r"testcases\[0\]"):
        read(bandwidth(case(**broken)))


TEXT = """nvbandwidth Version: v0.8
Device 0: NVIDIA GB300 (00000009:01:00)
Running host_to_device_memcpy_ce.
memcpy CE CPU(row) -> GPU(column) bandwidth (GB/s)
           0         1
 0    369.36    269.33
 1    323.36    299.33

SUM host_to_device_memcpy_ce 1261.38

Running host_device_latency_sm.
memory latency SM CPU(row) <-> GPU(column) (ns)
           0
 0    772.58

SUM host_device_latency_sm 772.58
NOTE: The reported results may not reflect the full capabilities of the platform.
"""


def test_the_text_form_says_the_same() -> None:
    log = read(TEXT, expect_gpus=1)

    assert (log.variant, log.verdict, log.disposition) == ("text", "pass", "accept")
    assert value(log, "host_to_device_memcpy_ce_0_1") == 269.33
    assert value(log, "host_to_device_memcpy_ce_min") == 269.33
    assert [one.unit for one in log.measurements if one.name.startswith("host_device_latency")] == ["ns"] * 3


def test_a_text_that_breaks_off_is_no_pass() -> None:
    log = read(TEXT[: TEXT.index("SUM host_device")])

    assert verdicts(log)["host_device_latency_sm"] == "not_run"
    assert any("cut off" in reason for reason in log.reasons)


# fio


def fio(**job: object) -> str:
    side = {"io_bytes": 4096, "bw_bytes": 1000, "iops": 10.5, "clat_ns": {"percentile": {"99.000000": 5}}}
    return "note: a banner\n" + json.dumps(
        {"fio version": "fio-3.36", "jobs": [{"jobname": "mixed", "error": 0, "read": side, **job}]}
    )


def test_a_drive_that_was_read_passes_with_its_figures() -> None:
    log = read(fio())

    assert (log.tool, log.tool_version, log.verdict, log.disposition) == ("fio", "fio-3.36", "pass", "accept")
    assert value(log, "read_iops", "job:0") == 10.5
    assert value(log, "read_clat_p99", "job:0") == 5


@pytest.mark.parametrize(
    ("job", "verdict"),
    [({"error": 5}, "fail"), ({"error": None}, "not_run"), ({"read": {"io_bytes": 0}}, "not_run")],
)
def test_a_job_that_failed_or_did_nothing_is_no_pass(job: dict[str, object], verdict: str) -> None:
    assert read(fio(**job)).verdict == verdict


def test_a_whole_number_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(Unreadable, match="out of range"):
        read(fio().replace('"error": 0', '"error": ' + "9" * 400, 1))


def test_fio_without_jobs_is_refused() -> None:
    with pytest.raises(Unreadable, match="0 jobs"):
        read('{"fio version": "fio-3.36", "jobs": []}')


# smartctl


def smart(status: object = 0, **more: object) -> str:
    return json.dumps(
        {
            "json_format_version": [1, 0], "smartctl": {"version": [7, 4], "exit_status": status},
            "device": {"name": "/dev/nvme0", "protocol": "NVMe"}, "serial_number": "S1",
            "smart_status": {"passed": True},
            "nvme_smart_health_information_log": {"critical_warning": 0, "media_errors": 0, "power_on_hours": 8733},
            **more,
        }
    )  # fmt: skip


def test_a_used_drive_passes_and_fails_the_rule_for_new_builds() -> None:
    log = read(smart())
    assert (log.verdict, log.entities[0].serial) == ("pass", "S1")

    assert read(smart(), limits={"power_on_hours": Limit(high=100, unit="h")}).disposition == "hold"


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"status": 8}, "fail"), ({"status": 64}, "warn"), ({"status": 2}, "error"),
        ({"smart_status": {"passed": False}}, "fail"), ({"smart_status": {}}, "not_run"),
        ({"nvme_smart_health_information_log": {"critical_warning": 4, "media_errors": 0}}, "fail"),
        ({"nvme_smart_health_information_log": {"critical_warning": 0, "media_errors": 2}}, "fail"),
        ({"nvme_smart_health_information_log": {"critical_warning": 0}}, "not_run"),
    ],
)  # fmt: skip
def test_what_a_drive_says_against_itself_counts(more: dict[str, object], verdict: str) -> None:
    assert read(smart(**more)).verdict == verdict


# HPL


def hpl(result: str = "PASSED", passed: int = 1, failed: int = 0) -> str:
    return (
        "HPLinpack 2.3  --  High-Performance Linpack benchmark\n"
        "T/V                N    NB     P     Q               Time                 Gflops\n"
        "WR0XR8C48      384000   384     1     2            4645.37             8.1261e+03\n"
        f"||Ax-b||_oo/(eps*(||A||_oo*||x||_oo+||b||_oo)*N)=   4.12139792e-03 ...... {result}\n"
        f"              {passed} tests completed and passed residual checks,\n"
        f"              {failed} tests completed and failed residual checks,\n"
        "              0 tests skipped because of illegal input values.\n"
    )


def test_the_residual_decides_before_the_speed() -> None:
    assert (read(hpl()).verdict, value(read(hpl()), "gflops")) == ("pass", 8126.1)
    assert read(hpl("FAILED", 0, 1)).verdict == "fail"


def test_a_run_that_broke_off_or_counts_otherwise_is_looked_at() -> None:
    cut = read(hpl().split("||Ax")[0])
    assert (cut.verdict, cut.disposition) == ("not_run", "review")
    assert read(hpl("PASSED", 2)).disposition == "review"


# stress-ng

STRESS = """---
system-info:
      stress-ng-version: 0.17.06
      hostname: CT26-00001
      version: #80~18.04.1-Ubuntu SMP

metrics:
    - stressor: cpu
      bogo-ops: 31532
      wall-clock-time: 10.045186
    - stressor: vm
      bogo-ops: {vm}

...
"""


def test_all_stressors_that_worked_pass() -> None:
    log = read(STRESS.format(vm=7))

    assert (log.tool_version, log.verdict, log.disposition) == ("0.17.06", "pass", "accept")
    assert value(log, "wall_clock_time", "stressor:0") == 10.045186


def test_a_stressor_that_did_nothing_and_a_run_that_broke_off_are_no_pass() -> None:
    assert read(STRESS.format(vm=0)).verdict == "not_run"
    assert read(STRESS.format(vm=7).rstrip().removesuffix("...")).disposition == "review"
    assert read(STRESS.split("metrics", maxsplit=1)[0]).verdict == "not_run"


# nvidia-smi CSV

HEAD = "timestamp, index, uuid, pci.bus_id, temperature.gpu, power.draw [W], ecc.errors.uncorrected.volatile.total"


def smi(*rows: str) -> str:
    return "\n".join([HEAD, *rows]) + "\n"


def test_a_stream_becomes_last_least_and_greatest() -> None:
    log = read(
        smi("t1, 0, GPU-a, 0:1, 40, 100.5, 0", "t2, 0, GPU-a, 0:1, 60, [N/A], 0", "t3, 0, GPU-a, 0:1, 50, 90, 0"),
        expect_gpus=1,
    )

    assert (log.verdict, log.disposition, log.entities[0].uuid) == ("pass", "accept", "GPU-a")
    assert [value(log, f"temperature_gpu{end}", "gpu:0") for end in ("", "_min", "_max")] == [50, 40, 60]
    assert value(log, "power_draw_max", "gpu:0") == 100.5


def test_one_error_in_a_stream_fails_the_card() -> None:
    log = read(smi("t1, 0, GPU-a, 0:1, 40, 1, 2", "t2, 0, GPU-a, 0:1, 40, 1, 0", "t2, 1, GPU-b, 0:2, 40, 1, 0"))

    assert (log.verdict, log.disposition) == ("fail", "hold")
    assert [entity.verdict for entity in log.entities] == ["fail", "pass"]


def test_one_card_under_two_numbers_is_told() -> None:
    assert read(smi("t, 0, GPU-a, 0:1, 40, 1, 0", "t, 4, GPU-a, 0:1, 40, 1, 0")).disposition == "hold"


@pytest.mark.parametrize("rows", [[], ["t, 0, GPU-a"]])
def test_a_csv_without_readings_or_with_a_short_row_is_refused(rows: list[str]) -> None:
    with pytest.raises(Unreadable):
        read(smi(*rows))


# ipmitool SEL


def sel(*events: str) -> str:
    return "\n".join(f" {at} | 01/18/2026 | 14:49:3{at} JST | {event}" for at, event in enumerate(events, 1))


@pytest.mark.parametrize(
    ("events", "verdict", "disposition"),
    [
        (["Critical Interrupt #0x90 | Bus Fatal Error | Asserted"], "fail", "hold"),
        (["Critical Interrupt #0x90 | Bus Fatal Error | Asserted"] * 2, "fail", "hold"),
        (
            [f"Critical Interrupt #0x90 | Bus Fatal Error | {word}" for word in ("Asserted", "Deasserted")],
            "pass",
            "accept",
        ),
        (
            [f"Critical Interrupt #0x90 | Bus Fatal Error | {word}" for word in ("Asserted", "Deasserted", "Asserted")],
            "fail",
            "hold",
        ),
        (["Voltage #0x4d | Upper Non-critical going high | Asserted"], "warn", "review"),
        (["Event Logging Disabled #0x07 | Log area reset/cleared | Asserted"], "pass", "accept"),
    ],
)
def test_what_stands_open_decides(events: list[str], verdict: str, disposition: str) -> None:
    log = read(sel(*events))

    assert (log.tool, log.verdict, log.disposition) == ("ipmi-sel", verdict, disposition)


def test_an_empty_event_log_passes_and_other_text_is_refused() -> None:
    assert read("SEL has no entries\n").verdict == "pass"
    with pytest.raises(Unreadable):
        read_test_log(b"hello | world | this\n", name="x", format="ipmi-sel")


# kernel log


def test_an_xid_holds_its_gpu_with_uuid_and_board() -> None:
    log = read(
        "[Sun Feb 23 16:24:18 2025] NVRM: GPU at PCI:0000:9b:00: GPU-509665ad-b600-ac93-3616-d754b23d636d\n"
        "[Sun Feb 23 16:24:18 2025] NVRM: GPU Board Serial Number: 1650124014249\n"
        "[Sun Feb 23 16:24:18 2025] NVRM: Xid (PCI:0000:9b:00): 79, pid=1, GPU has fallen off the bus.\n"
    )

    assert (log.verdict, log.disposition) == ("fail", "hold")
    assert (log.entities[0].serial, log.entities[0].uuid) == (
        "1650124014249",
        "GPU-509665ad-b600-ac93-3616-d754b23d636d",
    )
    assert log.results[0].error_ids == (79,)


@pytest.mark.parametrize(
    ("line", "verdict", "disposition"),
    [
        ("NVRM: Xid (PCI:0000:9b:00): 31, pid=7, MMU Fault", "warn", "review"),
        ("nvidia-nvswitch0: SXid (PCI:0000:05:00.0): 20034, Fatal, Link 30", "fail", "hold"),
        ("NVRM: loading NVIDIA UNIX driver", "pass", "accept"),
    ],
)
def test_events_of_programs_are_looked_at_and_those_of_hardware_hold(line: str, verdict: str, disposition: str) -> None:
    log = read(f"[   12.345678] {line}\n[   12.400000] usb 1-1: new device\n")

    assert (log.tool, log.verdict, log.disposition) == ("kernel-log", verdict, disposition)


def test_a_text_without_kernel_stamps_is_no_kernel_log() -> None:
    with pytest.raises(Unreadable):
        read("it was a quiet night\nnothing happened\n")


WHOLE = {
    "nvbandwidth": bandwidth(case()), "text": TEXT, "fio": fio(), "smartctl": smart(), "hpl": hpl(),
    "stress-ng": STRESS.format(vm=7), "csv": smi("t, 0, GPU-a, 0:1, 40, 1, 0"),
    "sel": sel("Critical Interrupt #0x90 | Bus Fatal Error | Asserted"),
    "kernel": "[   12.345678] NVRM: Xid (PCI:0000:9b:00): 79, pid=1, off the bus\n" * 3,
}  # fmt: skip


@pytest.mark.parametrize("kind", WHOLE)
def test_damaged_files_are_read_or_refused_and_never_crash(kind: str) -> None:
    whole, draw = WHOLE[kind].encode(), random.Random(kind)
    for _turn in range(150):
        cut = bytearray(whole[: draw.randrange(1, len(whole))])
        for _flip in range(draw.randrange(4)):
            cut[draw.randrange(len(cut))] = draw.randrange(256)
        with contextlib.suppress(Unreadable):
            assert json.dumps(read_test_log(bytes(cut), name="x").as_json(), allow_nan=False)
