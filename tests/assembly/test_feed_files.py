"""A telemetry file of any size: long or wide, CSV, Parquet or Arrow; broken off and fed again; in flat memory."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assembly.feeding import feed_file
from assembly.models import RawFile, TelemetrySeries
from assembly.operations.burn_in import stop_burn_in
from assembly.operations.telemetry import WrongSample
from assembly.queries.raw_telemetry import raw_samples
from genpin.raw_store import keep_raw_store
from tests.assembly.burn_in_world import a_soaking_rack
from tests.assembly.wide_world import stream, wide
from tests.cast import NOON, a_caller, person, system
from tests.database import connected_to

LATE = NOON + timedelta(days=3)


def values_of(burn_in: Any, code: str) -> list[float]:
    return raw_samples(burn_in.pk, TelemetrySeries.objects.get(code=code).pk).values.tolist()


LONG = (
    "at,series,value,unit\n2026-11-20T12:00:10+09:00,Fan_1,1200,rpm\n2026/11/20 12:00:20,Fan_1,N/A,rpm\n"
    "2026-11-20T03:00:30Z,Fan_1,1300,rpm\n1763607640,Fan_1,9,rpm\n2026-11-20T03:00:10Z,Fan_2,7,\n"
)  # 1763607640 is a year before: dropped
WIDE = "Timestamp,Fan_1,Fan_2\n2026-11-20T03:00:10Z,1200,7\n2026-11-20T03:00:30Z,1300,\n"


@pytest.mark.django_db
def test_every_layout_says_the_same(tmp_path: Path) -> None:
    table = wide(NOON, [1 / 6, 1 / 2], {"Fan_1": [1200.0, 1300.0], "Fan_2": [7.0, None]})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    layouts = {
        "long.csv": LONG.encode(),
        "wide.csv": b"\xef\xbb\xbf" + WIDE.encode(),
        "wide.csv.gz": gzip.compress(WIDE.encode()),
        "wide.parquet": sink.getvalue().to_pybytes(),
        "wide.arrow": stream(table),
    }
    burn_in = a_soaking_rack()
    for name, content in layouts.items():
        (tmp_path / name).write_bytes(content)
        counts = feed_file(a_caller("kenji", at=LATE), tmp_path / name, cell_code="A-01")
        assert (counts["stored"], counts["known"]) == ((3, 0) if name == "long.csv" else (0, 3)), name
        assert counts["dropped"] == (name == "long.csv") and counts["missing"] == 1, name

    assert values_of(burn_in, "Fan_1") == [1200, 1300] and values_of(burn_in, "Fan_2") == [7]
    assert TelemetrySeries.objects.get(code="Fan_1").unit == "rpm"


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"at,x", b"when,x\n1,2\n", b"at,x\nyesterday,1\n", b"\x1f\x8bxx", b"PAR1"])
def test_a_file_that_is_none_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    a_soaking_rack()
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(WrongSample) as refused:
        feed_file(a_caller("kenji", at=LATE), tmp_path / "file", cell_code="A-01")

    assert "\n" not in refused.value.detail and not RawFile.objects.exists()


@pytest.mark.django_db
def test_a_file_broken_half_way_keeps_what_came_before_and_is_fed_again_when_mended(tmp_path: Path) -> None:
    burn_in = a_soaking_rack()
    rows = [f"2026-11-20T{3 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z,Fan_1,{n}\n" for n in range(200_000 // 8)]
    head, filling = "at,series,value\n", "".join(rows) * 1
    long = head + filling.replace(",Fan_1,", "," + "F" * 110 + ",")  # more than one block of text
    (tmp_path / "torn.csv").write_text(long * 1 + "garbage\n")
    with pytest.raises(WrongSample):
        feed_file(a_caller("kenji", at=LATE), tmp_path / "torn.csv", burn_in_id=burn_in.pk)
    (tmp_path / "whole.csv").write_text(long)

    counts = feed_file(a_caller("kenji", at=LATE), tmp_path / "whole.csv", burn_in_id=burn_in.pk)

    assert counts["stored"] + counts["known"] == 25_000
    assert values_of(burn_in, "F" * 110) == list(range(25_000))


@pytest.mark.django_db
def test_by_the_clock_small_files_are_joined_and_an_ended_run_is_settled(tmp_path: Path) -> None:
    burn_in = a_soaking_rack()
    for minute in range(64):
        (tmp_path / "one.csv").write_text(f"at,Fan_1\n2026-11-20T{3 + minute // 60:02}:{minute % 60:02}:00Z,{minute}\n")
        feed_file(a_caller("kenji", at=LATE), tmp_path / "one.csv", cell_code="A-01")

    assert keep_raw_store(a_caller("kenji", at=LATE)) == 1 and RawFile.objects.get().level == 1
    stop_burn_in(caller=a_caller("kenji", at=LATE), build_id=burn_in.run.build_id)
    assert keep_raw_store(a_caller("kenji", at=LATE)) == 1 and RawFile.objects.get().level == 2
    assert keep_raw_store(a_caller("kenji", at=LATE)) == 0
    assert values_of(burn_in, "Fan_1") == list(range(64))


@pytest.fixture
def address(committed_db: str) -> Iterator[str]:
    with connected_to(committed_db):
        person("kenji")
        person("plan")
        system()
        yield committed_db


def a_big_file(path: Path, megabytes: int, start: datetime) -> int:
    """A long CSV: 500 series, a moment a second; gives the number of values."""
    count = 0
    with path.open("w", encoding="ascii") as file:
        file.write("at,series,value\n")
        while file.tell() < megabytes * 1_000_000:
            at = (start + timedelta(seconds=count // 500)).isoformat(timespec="seconds")
            file.writelines(f"{at},GPU_{n}_Temperature,{40 + (count + n * 7) % 23 / 10}\n" for n in range(500))
            count += 500
    return count


@pytest.mark.commits
@pytest.mark.slow
def test_memory_is_flat_whatever_the_size_of_the_file(address: str, tmp_path: Path, settings: Any) -> None:
    """A file and its double: within 200 MB of where the process began. `GENPIN_BIG_FILE=500` for half a gigabyte."""
    start = datetime.now(UTC) - timedelta(days=2)
    burn_in = a_soaking_rack(at=start)
    most = int(os.environ.get("GENPIN_BIG_FILE", "16"))
    sizes = (most // 2, most)
    peaks = []
    for megabytes in sizes:
        count = a_big_file(tmp_path / "big.csv", megabytes, start + timedelta(seconds=1))
        script = (
            "import resource, django; django.setup()\n"
            "from django.conf import settings; from django.core.management import call_command\n"
            f"settings.FILES_FOLDER = {str(settings.FILES_FOLDER)!r}\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)\n"
            f"call_command('feed_telemetry', {str(tmp_path / 'big.csv')!r}, run={burn_in.pk})\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)\n"
        )
        environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "genpin.settings"}
        fed = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
        )
        assert fed.returncode == 0, fed.stderr
        print(megabytes, "MB:", fed.stdout)  # for whoever feeds half a gigabyte and looks
        peaks.append((int(fed.stdout.split()[-1]), int(fed.stdout.split()[0])))

    assert sum(RawFile.objects.values_list("samples", flat=True)) == count
    assert all(peak - base < 200 for peak, base in peaks), peaks
    assert peaks[1][0] < peaks[0][0] + 40, peaks  # what the allocators keep
