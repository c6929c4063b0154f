"""The shared samples come out as their SOURCES.md says, line by line. Skipped loudly without the shared folder."""

import pytest

from assembly.test_logs.result import Unreadable

from .plant_files import because, measured, read, sample, verdict_of

DCGM = [
    # file, exit code, verdict, disposition, tests, fails
    ("gcm_v3_diag_pass_output_rc0.json", 0, "pass", "review", 9, []),
    ("gcm_v3_diag_fail_output_rc0.json", 0, "fail", "review", 9, ["Persistence Mode"]),
    ("gcm_v3_diag_warn_output_rc0.json", 0, "warn", "review", 9, []),
    ("gcm_v3_non_fatal_error_code_output_rc205.json", 205, "pass", "hold", 9, []),
    ("virtualclient_DCGMIDiag_r1_results.json", 0, "pass", "review", 9, []),
    ("virtualclient_DCGMIDiag_r2_results.json", 0, "pass", "accept", 11, []),
]


@pytest.mark.parametrize(("file", "code", "verdict", "disposition", "tests", "fails"), DCGM)
def test_dcgm_samples_read_as_stated(file, code, verdict, disposition, tests, fails):
    log = read(sample(f"dcgm_diag/{file}"), exit_code=code)

    assert (log.tool, log.variant, log.tool_version) == ("dcgm-diag", "v3", None)
    assert (log.verdict, log.disposition) == (verdict, disposition)
    assert len(log.results) == tests
    assert [result.test for result in log.results if result.verdict == "fail"] == fails


def test_exit_code_isolate_is_named_beside_the_clean_document():
    log = read(sample("dcgm_diag/gcm_v3_non_fatal_error_code_output_rc205.json"), exit_code=205)

    assert because(log, "205") and because(log, "contradicts")


def test_a_document_without_gpus_never_proves_one():
    log = read(sample("dcgm_diag/gcm_v3_diag_pass_output_rc0.json"), exit_code=0, gpus=4)

    assert log.entities == () and log.disposition == "review" and because(log, "names no GPU")


def test_the_figures_of_level_2_are_read():
    log = read(sample("dcgm_diag/virtualclient_DCGMIDiag_r2_results.json"))

    assert {result.category for result in log.results} == {"Deployment", "Integration", "Hardware"}
    assert measured(log, "pcie.gpu_to_host_bandwidth", "gpu:0") == (13.15, "GB/s")
    assert measured(log, "pcie.host_to_gpu_bandwidth", "gpu:0") == (13.11, "GB/s")
    assert measured(log, "pcie.bidirectional_bandwidth", "gpu:0") == (22.49, "GB/s")
    assert measured(log, "gpu_memory.allocated", "gpu:0") == (15206918958, "B")
    assert measured(log, "gpu_memory.allocated_share", "gpu:0") == (97.3, "%")


def test_a_list_in_place_of_the_object_is_refused():
    with pytest.raises(Unreadable, match="is a list, where an object is expected"):
        read(sample("dcgm_diag/virtualclient_DCGMIIncorrectresults.json"))


def test_gb200_tray_passes_with_four_of_four():
    log = read(sample("nvidia_smi_xml/real_hardware/qx-gb200.xml"), gpus=4, exit_code=0)

    assert (log.tool, log.tool_version, log.variant) == ("nvidia-smi", "580.173.02", "v13")
    assert (log.verdict, log.disposition, log.reasons) == ("pass", "accept", ())
    gpus = log.entities
    assert [gpu.serial for gpu in gpus] == ["1650000000001"] * 2 + ["1650000000002"] * 2
    assert len({gpu.uuid for gpu in gpus}) == len({gpu.more["pdi"] for gpu in gpus}) == 4
    assert [gpu.more["module_id"] for gpu in gpus] == [2, 1, 4, 3]
    assert [str(gpu.more["bus_id"])[9:11] for gpu in gpus] == ["29", "3F", "9C", "B2"]
    assert {gpu.part_number for gpu in gpus} == {"900-2G548-A801-000"}
    first = gpus[0]
    assert (first.slot, first.more["tray_index"], first.more["chassis_serial"]) == (14, 4, "1820000000001")
    assert first.more["gpu_part_number"] == "2941-892-A1" and first.more["vbios_version"] == "97.00.B9.00.69"
    assert (first.more["cuda_version"], first.more["fabric_clique_id"]) == ("13.0", 2)
    assert [first.more[f"fabric_{key}"] for key in ("state", "status", "health", "bandwidth")] == [
        "Completed",
        "Success",
        "Healthy",
        "Full",
    ]
    assert first.more["reported_at"] == "2026-08-21T11:01:42"
    figures = {
        "memory_total": (189471, "MiB"),
        "gpu_power_limit": (1200, "W"),
        "module_power_limit": (2500, "W"),
        "gpu_power_draw": (165.93, "W"),
        "module_power_draw": (467.68, "W"),
        "gpu_temp": (27, "C"),
        "gpu_temp_tlimit": (60, "C"),
    }
    assert {name: measured(log, name, "gpu:0") for name in figures} == figures


def test_h100_and_b200_have_no_place_but_their_modules():
    h100 = read(sample("nvidia_smi_xml/real_hardware/qx-h100.xml"), gpus=8)
    b200 = read(sample("nvidia_smi_xml/real_hardware/qx-b200.xml"), gpus=8)

    assert h100.tool_version == b200.tool_version == "580.105.08"
    assert [gpu.more["module_id"] for gpu in h100.entities] == [7, 5, 6, 8, 1, 3, 4, 2]
    assert [gpu.more["module_id"] for gpu in b200.entities] == [6, 8, 7, 5, 2, 4, 3, 1]
    for log in (h100, b200):
        assert log.verdict == "pass" and len({gpu.serial for gpu in log.entities}) == 8
        assert {(gpu.slot, gpu.more["chassis_serial"], gpu.more["tray_index"]) for gpu in log.entities} == {
            (None, None, None)
        }
    assert {gpu.more["fabric_cluster_uuid"] for gpu in h100.entities} == {None}
    assert sorted({str(gpu.part_number) for gpu in h100.entities}) == ["692-2G520-0200-000", "965-2G520-A800-000"]
    assert {gpu.more["host_id"] for gpu in b200.entities} == {1}
    assert measured(b200, "memory_total", "gpu:7") == (183359, "MiB")
    assert {(g.more["fabric_health"], g.more["fabric_bandwidth"]) for g in b200.entities} == {("Healthy", None)}


def test_both_t4_are_read_new_and_old():
    new = read(sample("nvidia_smi_xml/real_hardware/qx-t4.xml"), gpus=1)
    old = read(sample("nvidia_smi_xml/telegraf/tesla-t4.xml"), gpus=1)

    assert (new.tool_version, new.entities[0].more["cuda_version"]) == ("595.91.07", "13.2")
    assert new.entities[0].more["fabric_state"] is None
    assert measured(new, "ecc_aggregate_dram_correctable", "gpu:0") == (1, None)
    assert (old.tool_version, old.variant) == ("515.105.01", "v11")
    assert old.entities[0].serial is None and old.entities[0].more["serial_raw"] == "0000000000000"
    assert old.entities[0].more["pdi"] is None and old.entities[0].part_number == "900-2G183-0000-001"
    assert measured(old, "gpu_power_draw", "gpu:0") == (26.78, "W")
    assert old.verdict == new.verdict == "pass"


def test_attached_gpus_beyond_those_shown_is_no_pass():
    log = read(sample("nvidia_smi_xml/telegraf/a100-sxm4-v12.xml"))

    assert (log.variant, log.verdict, log.disposition) == ("v12", "not_run", "hold")
    assert because(log, "4 GPUs are attached, but 1 are in the file")
    assert log.entities[0].serial == "1650522003820" and log.entities[0].more["reported_at"] == "2023-08-04T11:44:30"
    assert measured(log, "gpu_power_draw", "gpu:0") == (67.03, "W")
    assert measured(log, "gpu_power_limit", "gpu:0") == (500, "W")


def test_the_healthy_half_tray_reports_the_missing_two():
    log = read(sample("nvidia_smi_xml/mock_faults/qx-gb200-healthy.xml"), gpus=4)

    assert log.verdict == "pass" and log.disposition == "hold"
    assert because(log, "2 GPUs are in the file, 4 are expected")
    assert {(g.slot, g.more["tray_index"], g.more["chassis_serial"]) for g in log.entities} == {
        (21, 11, "1822725100200")
    }


def test_the_injected_fault_fails_its_gpu_alone():
    log = read(sample("nvidia_smi_xml/mock_faults/qx-gb200-ecc-injected.xml"), gpus=2)

    assert (log.verdict, log.disposition) == ("fail", "hold")
    assert [gpu.verdict for gpu in log.entities] == ["fail", "pass"]
    assert measured(log, "ecc_volatile_dram_uncorrectable", "gpu:0") == (5, None)
    assert measured(log, "ecc_aggregate_dram_uncorrectable", "gpu:0") == (8, None)
    assert measured(log, "remapped_rows_uncorrectable", "gpu:0") == (1, None)


def test_the_lost_gpu_fails_and_the_other_keeps_its_fault():
    log = read(sample("nvidia_smi_xml/mock_faults/qx-gb200-lost.xml"), gpus=2)

    assert [gpu.verdict for gpu in log.entities] == ["fail", "fail"]
    assert verdict_of(log, "present", "gpu:1") == "fail" and because(log, "gpu:1: GPU is lost.")
    assert verdict_of(log, "ecc", "gpu:0") == "fail"
    assert measured(log, "gpu_temp", "gpu:1") == (None, None)
    assert measured(log, "gpu_power_limit", "gpu:1") == (1000, "W")


NCCL = [
    ("superbench_nccl_allreduce.log", 235.26, 235.03, 68.4048),
    ("superbench_nccl_alltoall.log", 224.31, 226.16, 58.6481),
    ("superbench_nccl_allgather.log", 223.39, 230.07, 58.2651),
]


@pytest.mark.parametrize(("file", "out_of_place", "in_place", "average"), NCCL)
def test_old_nccl_logs_read_as_stated(file, out_of_place, in_place, average):
    log = read(sample(f"nccl_tests/{file}"), ranks=8)

    assert (log.tool, log.variant, log.verdict) == ("nccl-tests", "old", "pass")
    assert len(log.entities) == 8 and {rank.more["product"] for rank in log.entities} == {"A100-SXM4-40GB"}
    assert measured(log, "busbw_out_of_place_8589934592") == (out_of_place, "GB/s")
    assert measured(log, "busbw_in_place_8589934592") == (in_place, "GB/s")
    assert measured(log, "busbw_average") == (average, "GB/s")
    assert measured(log, "out_of_bounds") == (0, None)
    assert log.disposition == "review" and because(log, "did not check its data")


def test_the_72_rank_rack_is_accepted():
    log = read(sample("nccl_tests/genpin_gb200_rack_72ranks.txt"), ranks=72, exit_code=0)

    assert (log.variant, log.verdict, log.disposition, log.reasons) == ("new", "pass", "accept", ())
    assert len(log.entities) == 72 and len({rank.more["host"] for rank in log.entities}) == 18
    assert measured(log, "busbw_out_of_place") == (834.57, "GB/s")
    assert measured(log, "busbw_in_place") == (846.82, "GB/s")
    assert measured(log, "busbw_average") == (745.53, "GB/s")


@pytest.mark.parametrize(
    "other",
    [
        "hardware_info_gb200/gb200_compute_tray_1_info.json",
        "misc/infractl_rack-create-example.json",
        "dcgm_schema/dcgm_mndiag_schema.json",
    ],
)
def test_other_tools_are_not_a_known_format(other):
    with pytest.raises(Unreadable, match="Not a known format"):
        read(sample(other))
