"""Readouts of any size: archives read member by member, logs entry by entry, what swells refused in one line."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from assembly.test_logs import archives, redfish_log
from assembly.test_logs.files import file_report
from assembly.test_logs.json_stream import object_of
from assembly.test_logs.read import read_test_log
from assembly.test_logs.result import ReadOptions, TestLog, Unreadable

from .test_redfish import DOWN, UP, Resources, a_tray, entry, zipped


def tarred(tree: Resources, *, mode: str = "w:gz", logs: int = 0) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        files = [("logs/journal.log", b"x" * logs)] if logs else []
        files += [(f"readout{path}/index.json", json.dumps(body).encode()) for path, body in tree.items()]
        for name, content in files:
            head = tarfile.TarInfo(name)
            head.size = len(content)
            archive.addfile(head, io.BytesIO(content))
    return out.getvalue()


def read(content: bytes) -> TestLog:
    return read_test_log(content, name="bmc", options=ReadOptions(expect_gpus=1))


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar_says_what_its_zip_says(mode: str) -> None:
    assert (
        read(tarred(a_tray(), mode=mode, logs=100_000)).as_json()["results"]
        == read(zipped(a_tray())).as_json()["results"]
    )


def test_a_long_log_is_judged_as_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the first entries only what is open is held: the verdict and the count stay."""
    quiet = [entry(n % 60, "ResourceEvent.1.0.StateChanged", str(n)) for n in range(50)]
    log = [
        *quiet,
        entry(5, UP, "T1"), entry(1, DOWN, "T1"),  # as sent: the later moment stands first
        entry(2, UP, "T2"), entry(3, DOWN, "T2"), entry(2, UP, "T2"),
        entry(4, "ResourceEvent.1.0.ResourceErrorsDetected", severity="Critical"),
    ]  # fmt: skip
    tree = a_tray(**{"/Logs/SEL/Entries": {"Members": log}})
    whole = read(zipped(tree))

    monkeypatch.setattr(redfish_log, "FIRST", 3)

    assert read(zipped(tree)) == whole
    assert [one.value for one in whole.measurements if one.name == "events"] == [55]  # one is told twice
    assert sorted(one.test for one in whole.results if one.verdict == "fail") == [
        "Critical threshold",
        "ResourceEvent.1.0.ResourceErrorsDetected",
    ]


def test_an_xid_log_without_end_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redfish_log, "FIRST", 3)

    log = read(zipped(a_tray(**{"/X": {"Members": [entry(n, "Xid.79") for n in range(9)]}})))

    assert [one.detail for one in log.results if one.test == "XID log"][3:] == ["6 more entries after 2000"]


def test_an_object_is_read_in_pieces_as_in_one() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(3)

    whole = {"a": [1, {"b": "日本"}], "Members": [{"n": n, "t": "x" * n} for n in range(30)], "z": -1.5e3, "e": {}}
    for content in (json.dumps(whole), json.dumps(whole, indent=2, ensure_ascii=False)):
        assert object_of(Slow(content.encode()), lambda one: one) == whole
    for broken in (b"", b"[]", b'{"a":1', b'{"Members":[1', b'{"a":1}x', b'{"a" 1}', b"\xff\xfe{}"):
        assert object_of(Slow(broken), lambda one: one) is None


def swollen() -> Iterator[tuple[str, bytes]]:
    zeros = bytes(archives.SWELL_FROM + 1_000_000)
    zip_file, tar = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zip_file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("redfish/v1/index.json", zeros)
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        head = tarfile.TarInfo("redfish/v1/index.json")
        head.size = len(zeros)
        archive.addfile(head, io.BytesIO(zeros))
    yield "zip", zip_file.getvalue()
    yield "tar", tar.getvalue()
    yield "header", gzip.compress(_header_of(1 << 33))


def _header_of(size: int) -> bytes:
    """A tar whose own header says that it is so many bytes long."""
    head = tarfile.TarInfo("pax")
    head.type, head.size = tarfile.XHDTYPE, size
    return head.tobuf(tarfile.GNU_FORMAT) + bytes(4096)


@pytest.mark.parametrize(("kind", "content"), list(swollen()), ids=[kind for kind, _content in swollen()])
def test_what_swells_is_refused_in_one_line(kind: str, content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content)

    assert "\n" not in str(refused.value) and len(content) < 100_000, kind


@pytest.mark.parametrize("cut", [700, -40])
def test_a_tar_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(Unreadable):
        read(tarred(a_tray(), logs=300_000)[:cut])


PEAK = (
    "import json, resource, sys; from pathlib import Path\n"
    "from assembly.test_logs.files import file_report; from assembly.test_logs.result import ReadOptions\n"
    "said = file_report(Path(sys.argv[1]), format='auto', options=ReadOptions(expect_gpus=1))\n"
    "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
    "count = next(one['value'] for one in said['measurements'] if one['name'] == 'events')\n"
    "print(json.dumps([said['verdict'], count, peak]))"
)


def a_long_log(path: Path, entries: int) -> None:
    """A readout whose log has so many entries of half a kilobyte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, body in a_tray().items():
            if not name.endswith("/SEL/Entries"):
                archive.writestr(f"bmc{name}/index.json", json.dumps(body))
        with archive.open("bmc/redfish/v1/Logs/SEL/Entries/index.json", "w") as member:
            member.write(b'{"@odata.id":"/redfish/v1/Logs/SEL/Entries","Members":[')
            for number in range(entries):
                one = {**entry(number % 60, "StateChanged", str(number)), "Extra": f"{number:x}" * 60}
                member.write((b"," if number else b"") + json.dumps(one).encode())
            member.write(b"]}")


def test_memory_is_the_same_for_a_log_and_for_its_double(tmp_path: Path) -> None:
    peaks = []
    for entries in (20_000, 40_000):
        a_long_log(tmp_path / "bmc.zip", entries)
        told = subprocess.run(
            [sys.executable, "-c", PEAK, str(tmp_path / "bmc.zip")], capture_output=True, text=True, check=True
        )
        verdict, count, peak = json.loads(told.stdout)
        assert (verdict, count) == ("pass", entries)
        peaks.append(peak)

    assert peaks[1] < peaks[0] + 4, peaks  # megabytes; the log alone is 12 MB longer


def test_a_file_on_disk_is_read_as_its_bytes(tmp_path: Path) -> None:
    content = tarred(a_tray())
    (tmp_path / "bmc").write_bytes(content)

    report = file_report(tmp_path / "bmc", format="auto", options=ReadOptions(expect_gpus=1))

    assert report == {**read(content).as_json(), "file": str(tmp_path / "bmc")}
    assert file_report(tmp_path / "bmc", format="fio", options=ReadOptions())["error"]
