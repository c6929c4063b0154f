"""Files of the tools beside DCGM, nvidia-smi and NCCL become a test run of a tray through the same operation."""

import json

import pytest

from assembly.models import TestRun
from assembly.operations.test_runs import import_test_log
from documents import files
from documents.models import StoredFile
from tests.assembly.burn_in_world import a_tray_with_superchips
from tests.assembly.test_logs import test_dcgm_nodes, test_other_tools, test_redfish
from tests.cast import a_caller

pytestmark = pytest.mark.django_db

FILES = {
    "redfish": (test_redfish.zipped(test_redfish.a_tray()), "application/zip", "pass"),
    "dcgm-mndiag": (json.dumps(test_dcgm_nodes.document()).encode(), "application/json", "pass"),
    "nvbandwidth": (test_other_tools.TEXT.encode(), "text/plain", "pass"),
    "fio": (test_other_tools.fio().encode(), "application/json", "pass"),
    "smartctl": (test_other_tools.smart().encode(), "application/json", "pass"),
    "hpl": (test_other_tools.hpl("FAILED", 0, 1).encode(), "text/plain", "fail"),
    "stress-ng": (test_other_tools.STRESS.format(vm=3).encode(), "text/plain", "pass"),
    "nvidia-smi-csv": (test_other_tools.smi("t, 0, GPU-a, 0:1, 40, 1, 0").encode(), "text/csv", "pass"),
    "ipmi-sel": (test_other_tools.sel("Voltage #0x4d | Upper Non-critical going high | Asserted").encode(),
                 "text/plain", "warn"),
    "kernel-log": (b"[    1.000000] NVRM: Xid (PCI:0000:9b:00): 79, pid=1, off the bus\n", "text/plain", "fail"),
}  # fmt: skip


@pytest.mark.parametrize("tool", FILES)
def test_a_file_of_each_tool_becomes_a_run_of_its_tray(tool: str) -> None:
    content, media_type, verdict = FILES[tool]
    tray = a_tray_with_superchips()

    run = import_test_log(
        caller=a_caller("kenji"), file_sha256=files.put(content), file_name="tool.out", unit=tray.unit.tag
    )

    assert (run.tool, run.verdict) == (tool, verdict)
    assert StoredFile.objects.get(sha256=run.file_sha256).media_type == media_type
    assert TestRun.objects.get().results.exists()
    again = import_test_log(
        caller=a_caller("kenji"), file_sha256=files.put(content), file_name="again.out", unit=tray.unit.tag
    )
    assert again.pk == run.pk
