"""Every file of the shared samples, none left out: tool, verdict and disposition as SOURCES.md states, and the same
when it comes packed, in another encoding or behind a banner; cut or doubled it is never accepted.

Figures of the samples are in test_samples, test_other_samples and test_redfish. Skipped loudly without the samples.
"""

import gzip

import pytest

from assembly.test_logs.result import Unreadable

from .plant_files import SHARED, read, sample

REFUSED = ("", "", "")

# file → tool, verdict, disposition; by the exit code and the counts that SOURCES.md states.
SAMPLES: dict[str, tuple[str, str, str]] = {
    "dcgm_diag/gcm_v3_diag_pass_output_rc0.json": ("dcgm-diag", "pass", "review"),
    "dcgm_diag/gcm_v3_diag_fail_output_rc0.json": ("dcgm-diag", "fail", "review"),
    "dcgm_diag/gcm_v3_diag_warn_output_rc0.json": ("dcgm-diag", "warn", "review"),
    "dcgm_diag/gcm_v3_non_fatal_error_code_output_rc205.json": ("dcgm-diag", "pass", "hold"),
    "dcgm_diag/virtualclient_DCGMIDiag_r1_results.json": ("dcgm-diag", "pass", "review"),
    "dcgm_diag/virtualclient_DCGMIDiag_r2_results.json": ("dcgm-diag", "pass", "accept"),
    "dcgm_diag/virtualclient_DCGMIIncorrectresults.json": REFUSED,
    "dcgm_schema/dcgm_diag_schema_v3_oldest.json": REFUSED,
    "dcgm_schema/dcgm_diag_schema_v4.json": REFUSED,
    "dcgm_schema/dcgm_mndiag_schema.json": REFUSED,
    "fio/superbench_disk_performance.log": ("fio", "pass", "accept"),
    "hardware_info_gb200/gb200_compute_tray_1_info.json": REFUSED,
    "hpl/superbench_hpl_results.log": ("hpl", "pass", "accept"),
    "ipmi/gcm_sel_fail.txt": ("ipmi-sel", "fail", "hold"),
    "ipmi/gcm_sel_pass.txt": ("ipmi-sel", "warn", "review"),
    "kmsg_xid/gpud_dmesg-with-xid-119.log": ("kernel-log", "fail", "hold"),
    "misc/infractl_rack-create-example.json": REFUSED,
    "nccl_tests/genpin_gb200_rack_72ranks.txt": ("nccl-tests", "pass", "accept"),
    "nccl_tests/superbench_nccl_allgather.log": ("nccl-tests", "pass", "review"),
    "nccl_tests/superbench_nccl_allreduce.log": ("nccl-tests", "pass", "review"),
    "nccl_tests/superbench_nccl_alltoall.log": ("nccl-tests", "pass", "review"),
    "nvbandwidth/dcgm_repo_resulttest_3.json": REFUSED,
    "nvbandwidth/dcgm_repo_resulttest_5.json": ("nvbandwidth", "not_run", "review"),
    "nvbandwidth/dcgm_repo_resulttest_7.json": ("nvbandwidth", "not_run", "review"),
    "nvbandwidth/dcgm_repo_verboseFullOutput.json": ("nvbandwidth", "not_run", "review"),
    "nvbandwidth/superbench_nvbandwidth_results.log": ("nvbandwidth", "not_run", "review"),
    "nvidia_smi_csv/virtualclient_query-gpu-1xT4-NA.csv": ("nvidia-smi-csv", "fail", "hold"),
    "nvidia_smi_csv/virtualclient_query-gpu-8xH100.csv": ("nvidia-smi-csv", "pass", "hold"),
    "nvidia_smi_xml/mock_faults/qx-gb200-ecc-injected.xml": ("nvidia-smi", "fail", "hold"),
    "nvidia_smi_xml/mock_faults/qx-gb200-healthy.xml": ("nvidia-smi", "pass", "accept"),
    "nvidia_smi_xml/mock_faults/qx-gb200-lost.xml": ("nvidia-smi", "fail", "hold"),
    "nvidia_smi_xml/real_hardware/qx-b200.xml": ("nvidia-smi", "pass", "accept"),
    "nvidia_smi_xml/real_hardware/qx-gb200.xml": ("nvidia-smi", "pass", "accept"),
    "nvidia_smi_xml/real_hardware/qx-h100.xml": ("nvidia-smi", "pass", "accept"),
    "nvidia_smi_xml/real_hardware/qx-t4.xml": ("nvidia-smi", "pass", "accept"),
    "nvidia_smi_xml/telegraf/a100-sxm4-v12.xml": ("nvidia-smi", "not_run", "hold"),
    "nvidia_smi_xml/telegraf/tesla-t4.xml": ("nvidia-smi", "pass", "accept"),
    "smartctl/telegraf_nvme.json": ("smartctl", "pass", "accept"),
    "stress_ng/virtualclient_StressNgCpuExample.yaml": ("stress-ng", "pass", "accept"),
}
CODES = {"dcgm_diag/gcm_v3_non_fatal_error_code_output_rc205.json": 205}
RANKS = {"nccl_tests/genpin_gb200_rack_72ranks.txt": 72}


def said(content: bytes, name: str) -> tuple[str, str, str]:
    try:
        log = read(content, exit_code=CODES.get(name, 0), ranks=RANKS.get(name, 8))
    except Unreadable as refused:
        return ("", "", "") if "\n" not in str(refused) else ("more than one line", "", "")
    return log.tool, log.verdict, log.disposition


@pytest.mark.skipif(not (SHARED / "samples").is_dir(), reason="no folder 'shared/samples' beside the checkout")
def test_no_sample_is_left_out():
    there = {
        path.relative_to(SHARED / "samples").as_posix() for path in (SHARED / "samples").rglob("*") if path.is_file()
    }

    assert {name for name in there if not name.startswith(("redfish/", "SOURCES"))} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_says_what_is_stated_however_it_comes(name):
    raw, wanted = sample(name), SAMPLES[name]
    text = raw.decode()

    assert said(raw, name) == wanted
    assert said(gzip.compress(raw), name) == wanted
    assert said(text.encode("utf-16"), name) == wanted
    assert said(text.replace("\n", "\r\n").encode(), name) == wanted


ACCEPTED = [name for name, wanted in SAMPLES.items() if wanted[2] == "accept"]


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_sample_that_is_cut_or_doubled_is_never_accepted(name):
    raw = sample(name).rstrip()

    for part in (0.2, 0.5, 0.8, 0.97):
        assert said(raw[: int(len(raw) * part)], name)[2] != "accept", part
    assert said(raw + b"\n" + raw, name)[2] != "accept"
