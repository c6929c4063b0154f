"""nvidia-smi's XML: what makes a GPU faulty, what is merely not told, and what the file must not make us load."""

import re
from datetime import datetime

import pytest

from assembly.test_logs.result import Limit, Unreadable
from assembly.test_logs.writing import GpuState, nvidia_smi_xml

from .plant_files import UUIDS, because, measured, read, tray, verdict_of

AT = datetime(2026, 8, 4, 9, 8, 7)
CLEAN = nvidia_smi_xml(tray(), at=AT)


def altered(path_tag: str, text: str, *, count: int = 1) -> str:
    """The clean file with the first `count` elements of that tag saying something else."""
    new, times = re.subn(rf"<{path_tag}>[^<]*</{path_tag}>", f"<{path_tag}>{text}</{path_tag}>", CLEAN, count=count)
    assert times == count
    return new


def test_a_clean_tray_is_accepted():
    log = read(CLEAN, gpus=4, exit_code=0)

    assert (log.verdict, log.disposition, log.reasons) == ("pass", "accept", ())
    assert log.entities[0].more["reported_at"] == "2026-08-04T09:08:07"


@pytest.mark.parametrize(
    ("tag", "text", "verdict", "disposition"),
    [
        ("dram_uncorrectable", "1", "fail", "hold"),
        ("sram_uncorrectable_parity", "2", "fail", "hold"),
        ("sram_threshold_exceeded", "Yes", "fail", "hold"),
        ("unrepairable_memory", "Yes", "fail", "hold"),
        ("channel_repair_pending", "Yes", "fail", "review"),
        ("remapped_row_failure", "Yes", "fail", "hold"),
        ("remapped_row_pending", "Yes", "fail", "retest"),
        ("remapped_row_unc", "1", "warn", "review"),
        ("current_ecc", "Disabled", "warn", "review"),
        ("gpu_recovery_action", "Node Reboot", "fail", "hold"),
        ("gpu_recovery_action", "GPU Reset", "fail", "retest"),
        ("state", "In Progress", "fail", "review"),
        ("summary", "Unhealthy", "fail", "hold"),
        ("bandwidth", "Degraded", "fail", "hold"),
        ("route_unhealthy", "True", "fail", "hold"),
        ("clocks_event_reason_hw_thermal_slowdown", "Active", "warn", "review"),
        ("dram_uncorrectable", "N/A", "not_run", "review"),
        ("dram_uncorrectable", "-1", "not_run", "review"),
        ("dram_uncorrectable", "1e400", "not_run", "review"),
        ("sram_uncorrectable_parity", "Unknown Error", "not_run", "review"),
        ("remapped_row_failure", "N/A", "not_run", "review"),
        ("remapped_row_failure", "Maybe", "not_run", "review"),
        ("state", "N/A", "not_run", "review"),
    ],
)
def test_each_word_and_counter_is_judged(tag, text, verdict, disposition):
    log = read(altered(tag, text), gpus=4)

    assert (log.verdict, log.disposition) == (verdict, disposition)
    assert [gpu.verdict for gpu in log.entities] == [verdict, "pass", "pass", "pass"]


@pytest.mark.parametrize("text", ["GPU is lost", "[GPU is lost]", "GPU requires reset"])
def test_a_lost_gpu_fails_wherever_it_says_so(text):
    log = read(altered("gpu_temp", text), gpus=4)

    assert (log.verdict, log.disposition) == ("fail", "hold") and verdict_of(log, "present", "gpu:0") == "fail"


def test_a_lost_gpu_keeps_its_identity():
    log = read(nvidia_smi_xml(tray(), at=AT, states={1: GpuState(lost=True)}), gpus=4)

    assert [gpu.verdict for gpu in log.entities] == ["pass", "fail", "pass", "pass"]
    assert log.entities[1].uuid == UUIDS[1] and measured(log, "memory_total", "gpu:1") == (None, None)


def test_the_same_uuid_twice_is_three_gpus():
    log = read(altered("uuid", UUIDS[1]), gpus=4)

    assert log.disposition == "hold" and because(log, "more than once") and because(log, "3 GPUs are in the file")


def test_a_gpu_without_uuid_is_reviewed():
    log = read(altered("uuid", "N/A"), gpus=4)

    assert log.entities[0].uuid is None and log.disposition == "review"


def test_attached_gpus_must_be_those_shown():
    log = read(altered("attached_gpus", "5"), gpus=4)

    assert (log.verdict, log.disposition) == ("not_run", "hold")
    assert read(altered("attached_gpus", "many"), gpus=4).disposition == "review"


def test_no_gpu_at_all_is_no_pass():
    log = read("<nvidia_smi_log><attached_gpus>0</attached_gpus></nvidia_smi_log>", gpus=4)

    assert (log.verdict, log.disposition) == ("none", "hold")


def test_an_exit_code_leaves_the_verdict():
    log = read(CLEAN, gpus=4, exit_code=15)

    assert (log.verdict, log.disposition) == ("pass", "review") and because(log, "Exit code 15")


def test_limits_judge_and_nothing_else_does():
    log = read(CLEAN, gpus=4, limits={"gpu_temp": Limit(high=5, unit="C"), "gpu_power_draw": Limit(low=10)})

    assert (log.verdict, log.disposition) == ("fail", "hold") and because(log, "outside up to 5")
    judged = {reading.name for reading in log.measurements if reading.verdict is not None}
    assert judged == {"gpu_temp", "gpu_power_draw"}
    untouched = next(reading for reading in log.measurements if reading.name == "memory_total")
    assert (untouched.low, untouched.high, untouched.verdict) == (None, None, None)


@pytest.mark.parametrize("limits", [{"gpu_temp": Limit(high=90, unit="K")}, {"no_such_thing": Limit(low=1)}])
def test_a_limit_that_cannot_be_applied_is_no_pass(limits):
    assert read(CLEAN, gpus=4, limits=limits).disposition == "review"


def test_a_limit_on_an_absent_value_is_no_pass():
    log = read(altered("memory_temp", "N/A"), gpus=4, limits={"memory_temp": Limit(high=95)})

    assert (log.verdict, log.disposition) == ("not_run", "review")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE nvidia_smi_log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE nvidia_smi_log [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE nvidia_smi_log [<!ENTITY % a SYSTEM "file:///etc/hostname"> %a;]>',
    ],
)
def test_entities_are_refused(doctype):
    text = re.sub(r"<!DOCTYPE[^>]*>", lambda _: doctype, CLEAN)

    with pytest.raises(Unreadable, match="refused"):
        read(text)


def test_an_external_dtd_is_never_looked_for(tmp_path):
    missing = (tmp_path / "nvsmi_device_v13.dtd").as_uri()

    assert read(CLEAN.replace("nvsmi_device_v13.dtd", missing), gpus=4).verdict == "pass"


def test_cut_off_and_doubled_files_are_refused():
    for broken in (CLEAN[: len(CLEAN) // 2], CLEAN[:-5], CLEAN + CLEAN, CLEAN.replace("</uuid>", "</uid>", 1)):
        with pytest.raises(Unreadable, match="The XML"):
            read(broken)
