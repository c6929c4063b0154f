"""The watched folder: what is whole is taken in once and moved, what is refused lies there with one line; a kill at any
moment loses and doubles nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.operations.sessions import register_station
from assembly.models import TestRun
from assembly.operations.column_maps import ColumnSpec, define_column_map
from genpin.inbox import take_in
from genpin.tasks import take_in_files
from ledger.models import Event
from tests.assembly.pages import a_client
from tests.assembly.test_logs.record_files import htf_good, ocp_good
from tests.cast import a_caller, person
from tests.database import CHECKOUT
from tests.world import a_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    register_station(caller=a_caller("admin"), code="T1", name_ja="試験 1", name_en="Test 1", kind="test")
    person("genpin")
    return tmp_path / "inbox"


def drop(inbox: Path, name: str, content: str | bytes) -> Path:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def look(inbox: Path, settle: float = 0):
    taken = take_in(inbox, a_caller("kenji"), settle=settle)
    return taken.done, taken.refused, taken.waiting


def lying(inbox: Path) -> dict[str, list[str]]:
    """Names by top folder, without those that wait to be used."""
    found: dict[str, list[str]] = {}
    for path in sorted(inbox.rglob("*")):
        if path.is_file() and path.name != ".lock":
            found.setdefault(path.relative_to(inbox).parts[0], []).append(path.name)
    return found


def test_the_unit_is_told_by_the_folder_the_name_or_the_file(inbox):
    unit = a_unit()
    drop(inbox, f"T1/{unit.tag}/fan.jsonl", ocp_good())
    drop(inbox, f"T1/{unit.serial}__rc226__fan 2.jsonl", ocp_good().replace("ct04", "ct05"))
    drop(inbox, "T1/record.json", json.dumps({**htf_good(), "dut_id": unit.serial}))

    assert look(inbox) == (3, 0, 0)

    runs = TestRun.objects.order_by("id")
    assert {run.unit_id for run in runs} == {unit.pk} and {run.station for run in runs} == {"T1"}
    assert sorted((run.tool, run.exit_code) for run in runs if run.tool == "openhtf") == [("openhtf", None)]
    assert runs.get(exit_code=226).disposition == "review"
    assert sorted(lying(inbox)["done"]) == sorted(
        [f"{unit.tag}__fan.jsonl", f"{unit.serial}__rc226__fan 2.jsonl", "record.json"]
    )


def test_a_csv_of_many_units_becomes_a_run_of_each_or_none(inbox):
    one, two = a_unit(), a_unit()
    columns = [ColumnSpec("SN", "serial"), ColumnSpec("V", "value", "volts", "V"), ColumnSpec("R", "verdict")]
    define_column_map(caller=a_caller("kenji"), code="V", name="Volts", columns=columns)
    lines = f"SN,V,R\n{one.serial},12.0,OK\n{two.serial},13.0,NG\n"
    drop(inbox, "T1/good.csv", lines)
    drop(inbox, "T1/bad.csv", f"{lines}NO-SUCH,1,OK\n")

    assert look(inbox) == (1, 1, 0)
    assert {run.unit_id: run.verdict for run in TestRun.objects.all()} == {one.pk: "pass", two.pk: "fail"}
    assert lying(inbox)["refused"] == ["bad.csv", "bad.csv.txt"]


REFUSED = {
    "no tester's file": ("T1/{unit}/notes.log", "hello", "FileNotUnderstood"),
    "no unit": ("T1/fan.jsonl", ocp_good(), "NoUnitNamed"),
    "an unknown unit": ("T1/NOPE__fan.jsonl", ocp_good(), "UnknownSerial"),
    "an unknown station": ("T9/{unit}/fan.jsonl", ocp_good(), "NoStation"),
    "an empty file": ("T1/{unit}/empty.json", "", "FileNotUnderstood"),
}


@pytest.mark.parametrize(("name", "content", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_lies_there_with_one_line(inbox, name, content, code):
    drop(inbox, name.format(unit=a_unit().tag), content)

    assert look(inbox) == (0, 1, 0)

    (reason,) = (inbox / "refused").rglob("*.txt")
    text = reason.read_text(encoding="utf-8")
    assert text.startswith(f"{code}: ") and text.count("\n") == 1
    assert reason.with_suffix("").read_bytes() == content.encode() and not TestRun.objects.exists()


def test_the_page_lists_what_the_folder_refused_until_it_is_taken_away(inbox, settings):
    settings.INBOX_FOLDER = inbox
    drop(inbox, "T1/NOPE__fan.jsonl", ocp_good())
    look(inbox)
    page = "/stations/tests/"

    shown = a_client("kenji").get(page).content.decode()
    assert "NOPE__fan.jsonl" in shown and "UnknownSerial" in shown
    (inbox / "refused" / "T1" / "NOPE__fan.jsonl").unlink()
    assert "NOPE__fan.jsonl" not in a_client("kenji").get(page).content.decode()


def test_what_is_still_being_written_waits_and_links_are_never_followed(inbox):
    unit = a_unit()
    path = drop(inbox, f"T1/{unit.tag}/fan.jsonl", ocp_good())
    drop(inbox, f"T1/{unit.tag}/fan2.jsonl.part", ocp_good())
    drop(inbox, f"T1/{unit.tag}/.fan3.jsonl", ocp_good())
    os.utime(path, (0, 0))  # a clock of the tester that is wrong says nothing
    (inbox / "T1" / f"{unit.tag}__link.json").symlink_to(path)

    assert look(inbox, settle=60) == (0, 0, 1) and path.exists()
    assert look(inbox) == (1, 0, 0)


def test_a_name_that_comes_again_and_a_file_that_comes_again(inbox):
    unit = a_unit()
    for content in (ocp_good(), ocp_good().replace("ct04", "ct05"), ocp_good()):
        drop(inbox, f"T1/{unit.tag}/fan.jsonl", content)
        assert look(inbox) == (1, 0, 0)

    assert TestRun.objects.count() == 2 and len(lying(inbox)["done"]) == 3


def test_the_run_has_the_file_s_own_time_where_that_can_be(inbox):
    unit, at = a_unit(), datetime(2026, 11, 19, 3, 0, tzinfo=UTC)
    os.utime(drop(inbox, f"T1/{unit.tag}/fan.jsonl", ocp_good()), (at.timestamp(), at.timestamp()))

    look(inbox)

    assert TestRun.objects.get().at == at


@pytest.mark.parametrize("times", [1, 2])
def test_whoever_dies_before_a_move_begins_again_and_imports_nothing_twice(inbox, monkeypatch, times):
    """The last act of each file is a rename: death at each rename leaves the file, and the next look ends the work."""
    unit = a_unit()
    drop(inbox, f"T1/{unit.tag}/fan.jsonl", ocp_good())
    drop(inbox, f"T1/{unit.tag}/notes.txt", "hello")
    rename, count = os.replace, [0]

    def dying(old, new):
        count[0] += 1
        if count[0] == times and Path(old).is_relative_to(inbox):
            raise KeyboardInterrupt
        return rename(old, new)

    monkeypatch.setattr(os, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        look(inbox)
    monkeypatch.setattr(os, "replace", rename)
    look(inbox)

    assert TestRun.objects.count() == 1 == Event.objects.filter(kind="assembly.test-imported").count()
    kept = lying(inbox)
    assert len(kept["done"]) == 1 and kept["refused"] == [f"{unit.tag}__notes.txt",
                                                          f"{unit.tag}__notes.txt.txt"]  # fmt: skip


def test_two_never_look_at_once_and_the_task_and_the_command_look(inbox, settings, capsys):
    settings.INBOX_FOLDER = inbox
    unit = a_unit()
    drop(inbox, f"T1/{unit.tag}/fan.jsonl", ocp_good())

    call_command("watch_folder", "--once", "--folder", str(inbox), "--settle", "0")
    assert json.loads(capsys.readouterr().out) == {"done": 1, "refused": 0, "waiting": 0}
    drop(inbox, f"T1/{unit.tag}/fan2.jsonl", ocp_good())
    assert take_in_files() == 0  # it was written just now
    assert (inbox / "T1").is_dir() and (inbox / "done").is_dir()


@pytest.mark.commits
@pytest.mark.slow
def test_kill_9_at_any_moment_loses_and_doubles_nothing(inbox, committed_db):
    """A real process on a real database, killed while it works; whoever comes after ends the work."""
    units = [a_unit() for _ in range(12)]
    for number, unit in enumerate(units):
        drop(inbox, f"T1/{unit.tag}/fan.jsonl", ocp_good().replace("ct04", f"ct{number}"))
        drop(inbox, f"T1/{unit.tag}/notes.txt", f"hello {number}")
    command = [sys.executable, "manage.py", "watch_folder", "--folder", str(inbox), "--settle", "0"]
    environment = {**os.environ, "DATABASE_URL": committed_db, "GENPIN_HOME": str(settings.GENPIN_HOME)}

    process = subprocess.Popen(
        [*command, "--every", "0.05"], cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    end = time.monotonic() + 90
    while time.monotonic() < end and len(list((inbox / "done").rglob("*.jsonl"))) < 3:
        if process.poll() is not None:
            pytest.fail("the watching process ended by itself")
    process.send_signal(signal.SIGKILL)
    process.wait()
    while sum(look(inbox)[:2]):
        pass

    assert TestRun.objects.count() == 12 and TestRun.objects.values("unit").distinct().count() == 12
    assert Event.objects.filter(kind="assembly.test-imported").count() == 12
    kept = lying(inbox)
    assert len(kept["done"]) == 12 and len(kept["refused"]) == 24 and set(kept) == {"done", "refused"}
