"""The multi-node diagnostic, in documents that follow its schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assembly.test_logs.read import read_test_log
from assembly.test_logs.result import ReadOptions, TestLog, Unreadable


def document(**changes: Any) -> dict[str, Any]:
    hosts = [
        {
            "host_id": host, "hostname": f"ct{host:02}", "dcgm_version": "4.6.0", "driver_version": "580.173.02",
            "num_entities": 4,
            "entities": [
                {"entity_group_id": 1, "entity_group": "GPU", "entity_id": gpu, "serial_num": f"16500{host}{gpu}"}
                for gpu in range(4)
            ],
        }
        for host in range(2)
    ]  # fmt: skip
    results = [
        {"host_id": host, "entity_group_id": 1, "entity_group": "GPU", "entity_id": gpu, "status": "Pass"}
        for host in range(2)
        for gpu in range(4)
    ]
    test = {"name": "mnubergemm", "status": "Pass", "test_summary": {"status": "Pass"}, "results": results}
    return {
        "DCGM Multi-Node Diagnostic": "DCGM Multi-Node Diagnostic", "metadata": {"num_hosts": 2, "num_entities": 8},
        "hosts": hosts, "test_categories": [{"category": "Stress", "tests": [test]}], **changes,
    }  # fmt: skip


def read(found: dict[str, Any], **options: Any) -> TestLog:
    return read_test_log(json.dumps(found).encode(), name="x", options=ReadOptions(**options))


def test_gpus_of_all_hosts_pass_and_are_told_apart_by_host() -> None:
    log = read(document(), expect_gpus=8)

    assert (log.tool, log.tool_version, log.verdict, log.disposition) == ("dcgm-mndiag", "4.6.0", "pass", "accept")
    assert len({entity.label for entity in log.entities_of("gpu")}) == 8
    assert all(entity.verdict == "pass" for entity in log.entities_of("gpu"))


def changed(**result: Any) -> dict[str, Any]:
    found = document()
    found["test_categories"][0]["tests"][0]["results"][5] |= result
    return found


OFF_THE_BUS = {"warning": "fallen off the bus", "error_id": 120, "error_category": 15, "error_severity": 2}


@pytest.mark.parametrize(
    ("found", "verdict", "disposition"),
    [
        (changed(status="Fail"), "fail", "retest"),
        (changed(status="Fail", warnings=[OFF_THE_BUS]), "fail", "hold"),
        (changed(status="Maybe"), "not_run", "review"),
        (changed(entity_id=9), "pass", "hold"),
        (document(metadata={"num_hosts": 3, "num_entities": 8}), "pass", "hold"),
        (document(runtime_error="no head node"), "error", "retest"),
        (document(global_errors=[{**OFF_THE_BUS, "host_id": 1}]), "fail", "hold"),
    ],
)
def test_what_is_not_a_pass(found: dict[str, Any], verdict: str, disposition: str) -> None:
    log = read(found, expect_gpus=8)

    assert (log.verdict, log.disposition) == (verdict, disposition)


def test_a_gpu_without_a_result_and_a_missing_gpu_are_told() -> None:
    found = document()
    found["test_categories"][0]["tests"][0]["results"].pop()

    assert read(found, expect_gpus=8).disposition == "review"
    assert read(document(), expect_gpus=72).disposition == "hold"


@pytest.mark.parametrize("part", ["hosts", "test_categories"])
def test_a_document_of_another_shape_is_refused(part: str) -> None:
    with pytest.raises(Unreadable):
        read(document(**{part: {"a": 1}}))
    with pytest.raises(Unreadable):
        read({"DCGM Multi-Node Diagnostic": "DCGM Multi-Node Diagnostic"})
