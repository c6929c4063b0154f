"""The shared samples of the other tools come out as their SOURCES.md says. Skipped loudly without the shared folder."""

import pytest

from assembly.test_logs.result import Unreadable

from .plant_files import measured, read, sample

SAMPLES = [
    ("nvbandwidth/dcgm_repo_verboseFullOutput.json", "nvbandwidth", "not_run", "review"),
    ("nvbandwidth/dcgm_repo_resulttest_5.json", "nvbandwidth", "not_run", "review"),
    ("nvbandwidth/dcgm_repo_resulttest_7.json", "nvbandwidth", "not_run", "review"),
    ("nvbandwidth/superbench_nvbandwidth_results.log", "nvbandwidth", "not_run", "review"),
    ("fio/superbench_disk_performance.log", "fio", "pass", "accept"),
    ("hpl/superbench_hpl_results.log", "hpl", "pass", "accept"),
    ("stress_ng/virtualclient_StressNgCpuExample.yaml", "stress-ng", "pass", "accept"),
    ("smartctl/telegraf_nvme.json", "smartctl", "pass", "accept"),
    ("kmsg_xid/gpud_dmesg-with-xid-119.log", "kernel-log", "fail", "hold"),
    ("ipmi/gcm_sel_fail.txt", "ipmi-sel", "fail", "hold"),
    ("ipmi/gcm_sel_pass.txt", "ipmi-sel", "warn", "review"),
    ("nvidia_smi_csv/virtualclient_query-gpu-8xH100.csv", "nvidia-smi-csv", "pass", "hold"),
    ("nvidia_smi_csv/virtualclient_query-gpu-1xT4-NA.csv", "nvidia-smi-csv", "fail", "hold"),
]


@pytest.mark.parametrize(("file", "tool", "verdict", "disposition"), SAMPLES)
def test_samples_read_as_stated(file, tool, verdict, disposition):
    log = read(sample(file))

    assert (log.tool, log.verdict, log.disposition) == (tool, verdict, disposition)


FIGURES = [
    ("nvbandwidth/dcgm_repo_verboseFullOutput.json", "host_to_device_memcpy_ce_sum", None, 12.396361291250001, "GB/s"),
    ("nvbandwidth/dcgm_repo_verboseFullOutput.json", "host_device_latency_sm_sum", None, 649.879, "ns"),
    ("nvbandwidth/superbench_nvbandwidth_results.log", "host_to_device_memcpy_ce_sum", None, 1985.60, "GB/s"),
    ("nvbandwidth/superbench_nvbandwidth_results.log", "device_to_host_memcpy_ce_sum", None, 607.26, "GB/s"),
    ("fio/superbench_disk_performance.log", "read_bytes", "job:0", 10463010816, "B"),
    ("fio/superbench_disk_performance.log", "read_iops", "job:0", 85138.890741, "1/s"),
    ("fio/superbench_disk_performance.log", "write_bytes", "job:0", 10454208512, "B"),
    ("fio/superbench_disk_performance.log", "read_lat_p99", "job:0", 2244608, "ns"),
    ("hpl/superbench_hpl_results.log", "time", None, 4645.37, "s"),
    ("hpl/superbench_hpl_results.log", "gflops", None, 8126.1, "Gflops"),
    ("hpl/superbench_hpl_results.log", "residual", None, 4.12139792e-03, None),
    ("stress_ng/virtualclient_StressNgCpuExample.yaml", "bogo_ops", "stressor:0", 31532, None),
    ("smartctl/telegraf_nvme.json", "power_on_hours", "drive:/dev/nvme0", 8733, "h"),
    ("smartctl/telegraf_nvme.json", "percentage_used", "drive:/dev/nvme0", 4, "%"),
]


@pytest.mark.parametrize(("file", "name", "entity", "value", "unit"), FIGURES)
def test_figures_of_the_samples(file, name, entity, value, unit):
    found = measured(read(sample(file)), name, entity)

    assert found == (pytest.approx(value, rel=1e-5), unit)


def test_all_cases_of_nvbandwidth_are_there():
    log = read(sample("nvbandwidth/dcgm_repo_verboseFullOutput.json"))

    words = [result.verdict for result in log.results]
    assert (len(words), words.count("pass"), words.count("not_run")) == (32, 15, 17)


def test_identities_of_the_samples():
    drive = read(sample("smartctl/telegraf_nvme.json")).entities[0]
    card = read(sample("kmsg_xid/gpud_dmesg-with-xid-119.log")).entities[0]

    assert drive.serial == "6D1107091C9583054511"
    assert (card.uuid, card.serial) == ("GPU-509665ad-b600-ac93-3616-d754b23d636d", "1650124014249")
    assert len(read(sample("nvidia_smi_csv/virtualclient_query-gpu-8xH100.csv")).entities) == 4


def test_cells_that_are_no_numbers_are_refused():
    with pytest.raises(Unreadable):
        read(sample("nvbandwidth/dcgm_repo_resulttest_3.json"))
