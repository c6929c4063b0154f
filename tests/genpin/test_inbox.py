"""The watched folder: what is whole is taken in once and moved, what is refused lies there with one line; a kill at any
moment loses and doubles nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.operations.sessions import register_station
from assembly.models import TestRun
from assembly.operations.column_maps import ColumnSpec, define_column_map
from documents import files
from genpin import inbox as watched
from genpin.inbox import take_in
from genpin.tasks import take_in_files
from ledger.models import Event, Receipt
from tests.assembly.pages import a_client
from tests.assembly.test_logs.record_files import htf_good, ocp_good
from tests.cast import NOON, a_caller, person
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


def look(inbox: Path, settle: float = 0, at: datetime = NOON):
    taken = take_in(inbox, a_caller("kenji", at=at), settle=settle)
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


def drop_of(at: datetime, inbox: Path, name: str, content: str | bytes) -> Path:
    path = drop(inbox, name, content)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def today() -> datetime:
    """What the disk's own times are compared with; never before what the world's units were received at."""
    return max(datetime.now(UTC).replace(microsecond=0), NOON)


@pytest.mark.parametrize("days", [-1, 0.1, 31])
def test_the_run_has_the_file_s_own_time_where_that_can_be(inbox, days):
    unit, at = a_unit(), today()
    written = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)
    drop_of(written, inbox, f"T1/{unit.tag}/fan.jsonl", ocp_good())

    look(inbox, at=at)

    assert TestRun.objects.get().at == (written if days == 0.1 else at)


def test_a_file_that_is_written_again_with_the_same_bytes_records_nothing(inbox):
    unit, now = a_unit(), datetime.now(UTC).replace(microsecond=0)
    for days in (3, 2, 1):
        drop_of(now - timedelta(days=days), inbox, f"T1/{unit.tag}/fan.jsonl", ocp_good())
        assert look(inbox, at=today()) == (1, 0, 0)

    assert TestRun.objects.get().at == now - timedelta(days=3) and "refused" not in lying(inbox)


def test_whoever_comes_a_month_after_a_kill_gets_the_first_answer(inbox, monkeypatch):
    unit = a_unit()
    drop_of(datetime.now(UTC) - timedelta(days=1), inbox, f"T1/{unit.tag}/fan.jsonl", ocp_good())
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", dying_at(1, inbox))
        with pytest.raises(KeyboardInterrupt):
            look(inbox, at=today())

    assert look(inbox, at=today() + timedelta(days=40)) == (1, 0, 0)
    assert Receipt.objects.filter(key__startswith="inbox:").count() == 1 == TestRun.objects.count()


def dying_at(times: int, inbox: Path):
    """A rename that kills at the n-th in the folder."""
    rename, count = os.replace, [0]

    def dying(old, new):
        count[0] += Path(old).is_relative_to(inbox)
        if count[0] == times and Path(old).is_relative_to(inbox):
            raise KeyboardInterrupt
        return rename(old, new)

    return dying


def test_a_file_that_grows_during_the_look_waits_for_the_next(inbox, monkeypatch):
    """Once while another file is taken in, once while it is read itself."""
    one, two = a_unit(), a_unit()
    drop(inbox, f"T1/{one.tag}/a.jsonl", ocp_good())
    half, rest = ocp_good()[:900], ocp_good()[900:].replace("ct04", "ct05")
    path = drop(inbox, f"T1/{two.tag}/b.jsonl", half)
    rename, opened = os.replace, os.open

    def renaming(old, new):
        if Path(old).name == "a.jsonl":
            path.write_text(half + rest[:100], encoding="utf-8")
        return rename(old, new)

    def opening(place, *others, **more):
        if Path(place) == path:
            path.write_text(half + rest, encoding="utf-8")
        return opened(place, *others, **more)

    monkeypatch.setattr(os, "replace", renaming)
    assert look(inbox) == (1, 0, 1)
    monkeypatch.setattr(os, "open", opening)
    path.touch()
    assert look(inbox) == (0, 0, 1) and TestRun.objects.count() == 1
    monkeypatch.undo()

    assert look(inbox) == (1, 0, 0)
    assert TestRun.objects.get(unit=two.pk).verdict == "pass" and path.parent.is_dir() and not path.exists()


def test_what_cannot_be_moved_stops_and_starves_no_other(inbox, monkeypatch):
    unit = a_unit()
    monkeypatch.setattr(watched, "AT_ONCE", 1)
    for number in range(3):
        drop_of(NOON - timedelta(days=400), inbox, f"T1/{unit.tag}/notes{number}.txt", "hello")
    drop(inbox, f"T1/{unit.tag}/fan.jsonl", ocp_good())
    blocked = drop(inbox, "refused/T1", "")  # where the station's folder should be

    assert look(inbox) == (1, 0, 3) and look(inbox) == (0, 0, 3)
    blocked.unlink()
    assert [look(inbox) for _ in range(4)] == [(0, 1, 0)] * 3 + [(0, 0, 0)]


@pytest.mark.parametrize("name", ["あ" * 83 + ".jsonl", "x" * 255, "x." + "y" * 253], ids=["kana", "bare", "ending"])
@pytest.mark.parametrize("content", ["hello", ocp_good()], ids=["refused", "done"])
def test_a_name_as_long_as_a_disk_bears_is_shortened(inbox, name, content):
    unit = a_unit()
    for said in (content, f"{content}\n"):
        drop(inbox, f"T1/{unit.tag}/{name}", said)
        assert sum(look(inbox)[:2]) == 1

    names = [one for found in lying(inbox).values() for one in found if not one.endswith(".txt")]
    assert len(names) == 2 and all(one.startswith(f"{unit.tag}__{name[:5]}") for one in names)
    assert all(len(one.encode()) <= 200 and Path(one).suffix[:6] == Path(name).suffix[:6] for one in names[:1])


@pytest.mark.parametrize("names", [("a", "a.txt"), ("a.txt", "a")])
def test_a_reason_never_lies_where_another_refused_file_lies(inbox, names):
    for name in names:
        drop(inbox, f"T1/NOPE__{name}", f"I am {name}")
        assert look(inbox) == (0, 1, 0)

    kept = [path.read_text(encoding="utf-8") for path in (inbox / "refused" / "T1").iterdir()]
    assert sorted(text for text in kept if text.startswith("I am")) == ["I am a", "I am a.txt"] and len(kept) == 4


def test_a_linked_folder_is_not_looked_into(inbox, tmp_path):
    unit = a_unit()
    path = drop(tmp_path, "elsewhere/fan.jsonl", ocp_good())
    station = drop(tmp_path, f"others/{unit.tag}/fan.jsonl", ocp_good()).parent.parent
    (inbox / "T1").mkdir(parents=True)
    (inbox / "T1" / unit.tag).symlink_to(path.parent)
    (inbox / "T9").symlink_to(station)

    assert look(inbox) == (0, 0, 0) and path.exists() and not TestRun.objects.exists()


@pytest.mark.parametrize("times", [1, 2, 3])
def test_whoever_dies_before_a_move_begins_again_and_imports_nothing_twice(inbox, monkeypatch, times):
    """The last act of each file is a rename: death at each rename leaves the file, and the next look ends the work."""
    unit = a_unit()
    drop(inbox, f"T1/{unit.tag}/fan.jsonl", ocp_good())
    drop(inbox, f"T1/{unit.tag}/notes.txt", "hello")
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", dying_at(times, inbox))
        with pytest.raises(KeyboardInterrupt):
            look(inbox)
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


def test_a_file_that_cannot_be_moved_is_read_once_and_moved_when_it_can_be(inbox):
    unit = a_unit()
    path = drop(inbox, f"T1/{unit.tag}__fan.jsonl", ocp_good())
    bad = drop(inbox, f"T1/{unit.tag}__odd.bin", "no tool writes this")
    for name in ("done", "refused"):
        (inbox / name).mkdir(parents=True)
        (inbox / name / "T1").write_text("a file where the folder should be")
    assert look(inbox) == (0, 0, 2)
    run = TestRun.objects.get()
    files.path_of(run.file_sha256).unlink()

    assert look(inbox) == (0, 0, 2)

    assert not files.has(run.file_sha256)  # reading it again would have stored it again
    for name in ("done", "refused"):
        (inbox / name / "T1").unlink()
    assert look(inbox) == (1, 1, 0) and not path.exists() and not bad.exists()
    assert TestRun.objects.count() == 1
    drop(inbox, f"T1/{unit.tag}__fan.jsonl", ocp_good().replace("ct04", "ct05"))
    assert look(inbox) == (1, 0, 0) and TestRun.objects.count() == 2
