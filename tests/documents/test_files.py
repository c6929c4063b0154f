"""The content store: what is put in comes out, compressed or not, cut off or not; streams stay flat."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import FileResponse

from documents import files

TEXT = b"".join(b'{"temperature": %d.5, "unit": "C"},\n' % (number % 97) for number in range(9_000))
NOISE = random.Random(7).randbytes(200_000)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: object) -> None:
    settings.FILES_FOLDER = tmp_path / "files"  # type: ignore[attr-defined]


def drafts(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "files").rglob(".*") if path.is_file()]


@pytest.mark.parametrize("content", [b"", b"x", b"y" * 4096, TEXT, NOISE, TEXT[:70_000] + NOISE, gzip.compress(TEXT)])
def test_what_is_put_comes_out_whole_or_by_seeking_and_once(content: bytes, tmp_path: Path) -> None:
    sha256 = files.put(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert files.get(sha256) == content and files.size_of(sha256) == len(content) and files.is_whole(sha256)
    assert files.put_chunks(content[at : at + 1000] for at in range(0, len(content), 1000)) == files.Kept(
        sha256, len(content)
    )
    with files.open_file(sha256) as stored:
        stored.seek(len(content) // 2)
        assert stored.read(50) == content[len(content) // 2 :][:50]
        stored.seek(-min(3, len(content)), os.SEEK_END)
        assert stored.read() == content[-3:]
        stored.seek(1)
        assert stored.read(7) == content[1:8]
    assert len(list((tmp_path / "files").rglob(f"{sha256}*"))) == 1 and not drafts(tmp_path)


def test_text_is_compressed_as_zcat_reads_it_and_what_does_not_shrink_stays() -> None:
    text, noise, small = files.put_many([TEXT, NOISE, TEXT[:4096]])

    assert files.path_of(text).name == f"{text}.gz" and files.path_of(text).stat().st_size < len(TEXT) / 5
    assert gzip.decompress(files.path_of(text).read_bytes()) == TEXT
    assert files.path_of(noise).read_bytes() == NOISE and files.path_of(small).read_bytes() == TEXT[:4096]


def test_what_lies_there_uncompressed_is_read_and_not_stored_twice(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(TEXT).hexdigest()
    plain = files.path_of(sha256)
    plain.parent.mkdir(parents=True)
    plain.write_bytes(TEXT)

    assert files.put(TEXT) == sha256 and files.put_chunks([TEXT]).sha256 == sha256
    assert files.get(sha256) == TEXT and files.size_of(sha256) == len(TEXT)
    assert [path.name for path in (tmp_path / "files").rglob(f"{sha256}*")] == [sha256]

    plain.write_bytes(TEXT[:500])  # cut off: whoever brings the bytes again heals it
    assert not files.is_whole(sha256)
    files.put(TEXT)
    assert files.get(sha256) == TEXT and not plain.exists()


@pytest.mark.parametrize("cut", [0, 1, 10, 18, 300, -9, -1])
def test_a_compressed_file_that_is_cut_off_is_no_file_until_it_is_put_again(cut: int) -> None:
    sha256 = files.put(TEXT)
    path = files.path_of(sha256)
    path.write_bytes(path.read_bytes()[:cut])

    assert not files.is_whole(sha256)
    with pytest.raises(files.FileAbsent):
        files.get(sha256)
    files.put_chunks([TEXT])
    assert files.get(sha256) == TEXT


def test_a_damaged_file_is_found_and_a_bomb_gives_no_more_than_it_says() -> None:
    sha256 = files.put(TEXT)
    path = files.path_of(sha256)
    whole = path.read_bytes()
    for at in range(10, len(whole), len(whole) // 40):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        assert not files.is_whole(sha256)
    bomb = gzip.compress(bytes(30_000_000))
    path.write_bytes(bomb[:-4] + (1000).to_bytes(4, "little"))
    with files.open_file(sha256) as stored, pytest.raises(files.FileAbsent):
        stored.read()
    assert not files.is_whole(sha256)


def test_a_stream_beyond_its_limit_or_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(files.FileTooLarge):
        files.put_chunks([TEXT, TEXT], limit=len(TEXT) + 1)

    def broken():  # type: ignore[no-untyped-def]
        yield TEXT
        raise ConnectionError

    with pytest.raises(ConnectionError):
        files.put_chunks(broken())
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_an_absent_file_and_text_that_is_no_hash_are_absent() -> None:
    for wrong in ("0" * 64, "../../etc/passwd", "", "A" * 64):
        assert not files.has(wrong) and not files.is_whole(wrong)
        with pytest.raises(files.FileAbsent):
            files.get(wrong)


def test_a_download_of_a_compressed_file_tells_its_own_length() -> None:
    answer = FileResponse(files.open_file(files.put(TEXT)))

    assert answer["Content-Length"] == str(len(TEXT)) and b"".join(answer.streaming_content) == TEXT  # type: ignore[arg-type]


FLAT = """
import resource, sys
from django.conf import settings
settings.configure(FILES_FOLDER=sys.argv[1])
from documents import files
line = b"2026-11-26T04:00:00Z,A-01,liquid_supply_temperature,%d,C\\n"
def chunks(megabytes):
    for part in range(megabytes * 4):
        yield b"".join(line % (number * part) for number in range(4_000))
files.put_chunks(chunks(1))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
kept = files.put_chunks(chunks(64))
assert files.is_whole(kept.sha256) and kept.size > 60_000_000
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_long_stream_is_stored_and_checked_in_flat_memory(tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, "-c", FLAT, str(tmp_path)], capture_output=True, text=True, check=True)

    assert int(told.stdout) < 12
