"""The command `read_test_log`: one JSON object a file, errors as objects, exit status 1, and no database."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from assembly.management.commands.read_test_log import Command
from assembly.test_logs.files import file_report
from assembly.test_logs.result import ReadOptions
from assembly.test_logs.text import SIZE_LIMIT
from assembly.test_logs.writing import dcgm_v4_diag, nccl_all_reduce

from .plant_files import RACK, tray

KEYS = {"file", "sha256", "tool", "tool_version", "variant", "verdict", "disposition", "reasons", "entities",
        "measurements", "results"}  # fmt: skip
NOTHING = {
    "column_map": [],
    "format": "auto",
    "exit_code": None,
    "expect_gpus": None,
    "expect_ranks": None,
    "limits": None,
}


def run(files: list[Path], **given: object) -> list[dict]:
    out = io.StringIO()
    try:
        Command(stdout=out).handle(files=files, **{**NOTHING, **given})
    finally:
        run.lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return run.lines


@pytest.fixture
def rack_log(tmp_path):
    path = tmp_path / "rack.txt"
    path.write_text(nccl_all_reduce(RACK))
    return path


def test_the_object_has_the_agreed_keys(rack_log):
    (report,) = run([rack_log], expect_ranks=72, exit_code=0)

    assert set(report) == KEYS and report["file"] == str(rack_log)
    assert {"kind", "index", "uuid", "serial", "part_number", "slot"} <= set(report["entities"][0])
    assert set(report["measurements"][0]) == {"name", "entity", "value", "unit", "low", "high", "verdict"}
    assert {"entity", "test", "verdict"} <= set(report["results"][0])


def test_a_file_that_is_not_understood_ends_with_status_1(rack_log, tmp_path):
    other = tmp_path / "other.json"
    other.write_text("{}")

    with pytest.raises(CommandError) as ended:
        run([other, rack_log, tmp_path / "missing", tmp_path])

    assert ended.value.returncode == 1
    assert [set(line) == {"file", "error"} for line in run.lines] == [True, False, True, True]


def test_limits_come_from_their_file(rack_log, tmp_path):
    limits = tmp_path / "limits.json"
    limits.write_text('{"busbw": {"low": 900, "unit": "GB/s"}}')

    (report,) = run([rack_log], limits=limits)

    assert report["verdict"] == "fail" and report["disposition"] == "hold"
    limits.write_text("[]")
    with pytest.raises(CommandError, match="limits"):
        run([rack_log], limits=limits)
    with pytest.raises(CommandError, match="cannot be read"):
        run([rack_log], limits=tmp_path / "no.json")


def test_a_file_over_the_limit_is_an_error_object(tmp_path):
    path = tmp_path / "big.log"
    with path.open("wb") as file:
        file.truncate(SIZE_LIMIT + 10)

    report = file_report(path, format="auto", options=ReadOptions())

    assert set(report) == {"file", "error"} and "limit" in str(report["error"])


def test_it_runs_from_the_shell_without_a_database(tmp_path):
    path = tmp_path / "diag"
    path.write_text(dcgm_v4_diag(tray()))
    root = Path(__file__).resolve().parents[3]
    if not (root / "manage.py").is_file():
        pytest.skip("no manage.py yet")
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "GENPIN_HOME": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "manage.py", "read_test_log", str(path), "--expect-gpus", "4", "--exit-code", "-51"],
        cwd=root, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["verdict"], report["disposition"]) == ("pass", "hold")
