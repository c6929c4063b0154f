"""The writers' files read back to the facts they were given, byte for byte the same each time, and fast."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assembly.test_logs.writing import (
    Fault,
    GpuFacts,
    GpuState,
    Host,
    Model,
    dcgm_v3_diag,
    dcgm_v4_diag,
    nccl_all_reduce,
    nvidia_smi_xml,
    tray_gpus,
)
from assembly.test_logs.writing_dcgm import V4_TESTS

from .plant_files import UUIDS, measured, read, tray, verdict_of

serials = st.integers(1_500_000_000_000, 1_699_999_999_999).map(str)
gpu_uuids = st.uuids(version=4).map(lambda uuid: f"GPU-{uuid}")
moments = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2030, 1, 1))
states = st.builds(
    GpuState,
    power_watts=st.integers(6500, 150_000).map(lambda cents: cents / 100),
    module_watts=st.integers(45_000, 250_000).map(lambda cents: cents / 100),
    celsius=st.integers(15, 84),
    volatile_dram_uncorrectable=st.sampled_from([0, 0, 0, 3]),
    remap_failed=st.booleans(),
    remap_pending=st.booleans(),
    lost=st.sampled_from([False, False, True]),
)


@st.composite
def trays(draw: st.DrawFn) -> tuple[GpuFacts, ...]:
    return tray_gpus(
        draw(st.lists(gpu_uuids, min_size=4, max_size=4, unique=True)),
        (draw(serials), draw(serials)),
        slot=draw(st.integers(1, 48)),
        tray_index=draw(st.integers(0, 17)),
        chassis_serial=draw(st.integers(1_700_000_000_000, 1_899_999_999_999).map(str)),
        model=draw(st.sampled_from(Model)),
    )


@settings(max_examples=40, deadline=None, derandomize=True)
@given(gpus=trays(), at=moments, given_states=st.dictionaries(st.integers(0, 3), states))
def test_nvidia_smi_reads_back(gpus, at, given_states):
    text = nvidia_smi_xml(gpus, at=at, states=given_states)
    log = read(text, gpus=4, exit_code=0)

    assert text == nvidia_smi_xml(gpus, at=at, states=given_states)
    for gpu, entity in zip(gpus, log.entities, strict=True):
        more = entity.more
        assert (entity.uuid, entity.serial, entity.slot) == (gpu.uuid, gpu.serial, gpu.slot)
        assert (more["tray_index"], more["module_id"], more["chassis_serial"]) == (
            gpu.tray_index,
            gpu.module_id,
            gpu.chassis_serial,
        )
        assert (more["bus_id"], more["pdi"]) == (gpu.bus_id, gpu.pdi)
        assert (entity.part_number, more["product"]) == (gpu.shared.board_part_number, gpu.shared.product)
        state = given_states.get(gpu.index)
        bad = state is not None and (
            state.lost or state.remap_failed or state.remap_pending or state.volatile_dram_uncorrectable > 0
        )
        assert entity.verdict == ("fail" if bad else "pass")
        if state is not None and not state.lost:
            assert measured(log, "gpu_power_draw", entity.label) == (state.power_watts, "W")
            assert measured(log, "gpu_temp", entity.label) == (state.celsius, "C")
    assert log.entities[0].more["reported_at"] == f"{at:%Y-%m-%dT%H:%M:%S}"
    assert log.disposition == "accept" or log.verdict == "fail"


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    gpus=trays(),
    fault=st.none()
    | st.builds(
        Fault,
        gpu=st.integers(0, 3),
        test=st.sampled_from([name for names in V4_TESTS.values() for name in names]),
        error_id=st.integers(1, 132),
        status=st.sampled_from(["Fail", "Warn"]),
    ),
)
def test_dcgm_v4_reads_back(gpus, fault):
    text = dcgm_v4_diag(gpus, failing=[fault] if fault else [], version="4.4.1")
    log = read(text, gpus=4, exit_code=226 if fault else 0)

    assert (log.tool_version, log.variant) == ("4.4.1", "v4")
    assert [gpu.serial for gpu in log.entities] == [gpu.serial for gpu in gpus]
    assert {gpu.more["device_id"] for gpu in log.entities} == {gpus[0].shared.device_id}
    if fault is None:
        assert (log.verdict, log.disposition, log.reasons) == ("pass", "accept", ())
    else:
        assert log.verdict == fault.status.lower() and log.disposition != "accept"
        assert [(r.entity, r.error_ids) for r in log.results if r.error_ids] == [
            (f"gpu:{fault.gpu}", (fault.error_id,))
        ]


def test_dcgm_v3_reads_back():
    log = read(dcgm_v3_diag(tray(), failing=[Fault(0, "Persistence Mode", 29), Fault(2, "PCIe", 30)]), gpus=4)

    assert (log.verdict, log.disposition, log.tool_version) == ("fail", "hold", "3.3.9")
    assert verdict_of(log, "Persistence Mode") == verdict_of(log, "PCIe", "gpu:2") == "fail"
    assert verdict_of(log, "PCIe", "gpu:1") == "pass"


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    names=st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True), min_size=1, max_size=18, unique=True),
    seed=st.text("abc0123456789", max_size=8),
    wrong=st.sampled_from([0, 0, 7]),
)
def test_nccl_reads_back(names, seed, wrong):
    hosts = [Host(name) for name in names]
    text = nccl_all_reduce(hosts, seed=seed, wrong=wrong)
    log = read(text, ranks=4 * len(hosts), exit_code=0)

    assert text == nccl_all_reduce(hosts, seed=seed, wrong=wrong)
    assert [rank.more["host"] for rank in log.entities] == [name for name in names for _ in range(4)]
    assert log.verdict == ("fail" if wrong else "pass")
    speed, unit = measured(log, "busbw")
    assert unit == "GB/s" and speed == pytest.approx(834.57, rel=0.007)


def test_a_fault_that_the_shape_lacks_is_a_mistake():
    with pytest.raises(ValueError, match="no test"):
        dcgm_v4_diag(tray(), failing=[Fault(0, "PCIe", 30)])
    with pytest.raises(ValueError, match="4 GPUs"):
        tray_gpus(UUIDS[:3], ("1", "2"), slot=1, tray_index=0, chassis_serial="1")
