"""Archives a BMC's readout comes in: zip, tar, tar.gz. Members one after the other, from a file of any size, in the
memory of one buffer; what swells is refused while it swells."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO, cast

from assembly.test_logs.result import Unreadable

ZIP, _GZIP, _TAR = b"PK\x03\x04", b"\x1f\x8b", b"ustar"
HEAD = 4096
"""Bytes of the beginning that tell what a file is."""

MOST_UNPACKED = 8 * 1024**3
"""Bytes a tar.gz may unpack to: its logs have to be passed through to reach what comes after them."""
SWELL, SWELL_FROM = 250, 20 * 1024 * 1024
"""No log shrinks to less than a 250th; asked of what unpacks to more than 20 MB."""
MOST_DIRECTORY = 64 * 1024 * 1024
"""Bytes of a zip's directory, which is held whole: some half a million names."""
_MOST_AT_ONCE = 16 * 1024 * 1024
"""Bytes that a tar's own headers may ask for at once."""

BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
)
"""What Python's modules raise on damaged archives; NotImplementedError is zipfile's word for a compression that it does
not know."""


def is_archive(head: bytes) -> bool:
    """Whether a file that begins so is an archive, and not one tester's text, gzip'd or not."""
    return head.startswith(ZIP) or _is_tar(_plain(head))


def members_of(file: BinaryIO, ending: str) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and open content of the members that end so, in the archive's order; each is read before the next is asked
    for. Raises Unreadable for what is damaged, locked or swells."""
    head = file.read(HEAD)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    zipped = head.startswith(ZIP)
    try:
        yield from _of_zip(file, ending) if zipped else _of_tar(file, head, size, ending)
    except BROKEN as broken:
        kind = "zip" if zipped else "tar"
        raise Unreadable(f"The {kind} cannot be unpacked: {broken}.") from broken
    except OSError as broken:
        raise Unreadable("The zip is damaged." if zipped else "The tar is damaged.") from broken


def _of_zip(file: BinaryIO, ending: str) -> Iterator[tuple[str, IO[bytes]]]:
    if _directory_size(file) > MOST_DIRECTORY:
        raise Unreadable("The readout is larger than that of any tray.")
    with zipfile.ZipFile(file) as archive:
        wanted = [one for one in archive.infolist() if one.filename.endswith(ending)]  # no folder: it ends with /
        for entry in sorted(wanted, key=lambda one: one.header_offset):  # a compressed store reads forwards only
            if entry.file_size > max(SWELL_FROM, SWELL * entry.compress_size):
                raise Unreadable(f"{entry.filename[-60:]} unpacks to {entry.file_size} bytes.")
            with archive.open(entry) as member:
                yield entry.filename, member


def _directory_size(file: BinaryIO) -> int:
    """What a zip says of the size of its directory, before anybody holds it."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - 0xFFFF - 100))
    tail = file.read()
    file.seek(0)
    at, wide = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    if at < 0 or len(tail) < at + 16:
        return 0  # no zip: zipfile says so
    (size,) = struct.unpack("<L", tail[at + 12 : at + 16])
    if size == 0xFFFFFFFF and wide >= 0 and len(tail) >= wide + 48:
        (size,) = struct.unpack("<Q", tail[wide + 40 : wide + 48])
    return int(size)


def _of_tar(file: BinaryIO, head: bytes, size: int, ending: str) -> Iterator[tuple[str, IO[bytes]]]:
    inside = cast(IO[bytes], gzip.GzipFile(fileobj=file) if head.startswith(_GZIP) else file)
    with tarfile.open(fileobj=_Watched(inside, size), mode="r|", bufsize=1 << 18) as archive:
        for entry in archive:
            archive.members = []  # type: ignore[attr-defined]  # else every name is kept
            content = archive.extractfile(entry) if entry.isfile() and entry.name.endswith(ending) else None
            if content is not None:
                with content:
                    yield entry.name, content


class _Watched(io.RawIOBase):
    """A tar's bytes on their way: what they swell to, and what is asked for at once, is bounded."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        super().__init__()
        self._file, self._came = file, 0
        self._most = min(MOST_UNPACKED, max(SWELL_FROM, SWELL * size))

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= _MOST_AT_ONCE:
            raise Unreadable("The tar is damaged.")
        found = self._file.read(size)
        self._came += len(found)
        if self._came > self._most:
            raise Unreadable(f"The tar unpacks to more than {self._most} bytes.")
        return found


def _plain(head: bytes) -> bytes:
    if not head.startswith(_GZIP):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head[:HEAD], 1024)
    except zlib.error:
        return b""


def _is_tar(head: bytes) -> bool:
    return head[257:262] == _TAR
