"""How the content store compresses: one gzip member without name or time, so that the same bytes give the same file.

Packed while they come and unpacked while they are read, in the memory of one chunk. No Django."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from typing import BinaryIO

LEVEL = 4
"""Of zlib: testers' files shrink to what level 6 makes of them within a few percent, in half its time."""

SAMPLE = 64 * 1024
"""Bytes at the beginning that tell whether the rest is worth it."""

SMALLEST = 4096
"""Up to a block of the disk there is nothing to save."""

WORTH = 0.9
"""Compressed to more than this share, a file stays as it came: JPEG, PNG, zip, gzip, Parquet."""

FRAME = 18
"""Bytes of a gzip member's head and ending."""

LARGEST = 2**32 - 1
"""Bytes that a gzip member's ending can tell."""


def is_worth_packing(beginning: bytes) -> bool:
    """Whether a file that begins so is stored compressed."""
    sample = beginning[:SAMPLE]
    return len(sample) > SMALLEST and len(zlib.compress(sample, 1)) < WORTH * len(sample)


class Packed:
    """Bytes in, a gzip member out."""

    def __init__(self) -> None:
        self._pack = zlib.compressobj(LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)

    def more(self, chunk: bytes) -> bytes:
        return self._pack.compress(chunk)

    def end(self) -> bytes:
        return self._pack.flush()


def ending_of(file: BinaryIO) -> tuple[int, int]:
    """CRC-32 and size of the bytes inside, as the member's ending tells them."""
    file.seek(-8, os.SEEK_END)
    ending = file.read(8)
    return int.from_bytes(ending[:4], "little"), int.from_bytes(ending[4:], "little")


class Unpacked(io.RawIOBase):
    """The bytes inside a compressed file, never more than its ending tells: a damaged one cannot fill the memory.

    Seeking costs nothing until something is read. Raises `fault` for a file that cannot be unpacked."""

    def __init__(self, file: BinaryIO, fault: type[Exception]) -> None:
        super().__init__()
        self._file, self._fault, self._at = file, fault, 0
        long_enough = file.seek(0, os.SEEK_END) > FRAME
        self._size = ending_of(file)[1] if long_enough else 0
        file.seek(0)
        self._inside = gzip.GzipFile(fileobj=file, mode="rb")
        if not long_enough:
            self.close()
            raise fault("the stored file is cut off")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        got = self._next(len(buffer))
        buffer[: len(got)] = got
        return len(got)

    def readall(self) -> bytes:
        return self._next(self._size)

    def _next(self, most: int) -> bytes:
        """The next bytes. The member's CRC-32 is checked where its last ones are read."""
        wanted = max(0, min(most, self._size - self._at))
        try:
            if wanted and self._inside.tell() != self._at:
                self._inside.seek(self._at)
            got = self._inside.read(wanted)
            more = self._inside.read(1) if self._at + len(got) == self._size else b""
        except (EOFError, OSError, zlib.error) as damaged:
            raise self._fault(f"the stored file is damaged: {damaged}") from damaged
        if len(got) < wanted or more:
            raise self._fault("the stored file has another size than it says")
        self._at += wanted
        return got

    def close(self) -> None:
        if not self.closed:
            self._inside.close()
            self._file.close()
        super().close()
