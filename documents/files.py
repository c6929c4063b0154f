"""The content store: files by the SHA-256 of their bytes, under GENPIN_HOME/files.

    ab/<sha256>       as it came: small, or packed already (photos, zips)
    ab/<sha256>.gz    compressed; `zcat` gives the bytes back

The name is always the hash of the bytes that were put there, never of what lies on the disk. A file is safely on disk
(fsync of file and folder) before `put` returns, so that no commit names a file that is not there. What no StoredFile
row names is an orphan: harmless. In production the folder is a shared mount. Nothing here holds a file whole but `put`,
`put_many` and `get`.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from documents.packing import FRAME, LARGEST, SAMPLE, Packed, Unpacked, ending_of, is_worth_packing

_HASH = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20


class FileAbsent(Exception):
    """The store has no such file, or not with the bytes that were put there: a lost mount, a damaged disk, a row that
    lies."""


class FileTooLarge(Exception):
    """More bytes than one stored file may have."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a stream left in the store."""

    sha256: str
    size: int


def path_of(sha256: str) -> Path:
    """Where a file of that hash lies, or would lie as it came. Text that is no hash never becomes a path."""
    plain, packed = _places(sha256)
    return packed if packed.exists() else plain


def put(content: bytes) -> str:
    """Store bytes and return their hash. The same bytes again change nothing."""
    return put_many([content])[0]


def put_many(contents: Iterable[bytes]) -> list[str]:
    """Store many files with one sync of their folders at the end."""
    hashes, folders = [], set()
    for content in contents:
        sha256 = hashlib.sha256(content).hexdigest()
        hashes.append(sha256)
        if not _is_kept(sha256, len(content), zlib.crc32(content)):
            folder = _places(sha256)[0].parent
            with _Draft(folder) as draft:
                draft.write(content)
                draft.keep()
            folders.add(folder)
    for folder in folders:
        _sync_folder(folder)
    return hashes


def put_chunks(chunks: Iterable[bytes], *, limit: int = LARGEST) -> Kept:
    """Store a stream, in the memory of one chunk. Raises FileTooLarge beyond `limit` bytes: nothing is kept then."""
    with _Draft(Path(settings.FILES_FOLDER)) as draft:
        for chunk in chunks:
            if draft.size + len(chunk) > limit:
                raise FileTooLarge(f"more than {limit} bytes")
            draft.write(chunk)
        if not _is_kept(draft.sha256, draft.size, draft.crc):
            draft.keep()
            _sync_folder(_places(draft.sha256)[0].parent)
        return Kept(draft.sha256, draft.size)


def put_chunks_at(chunks: Iterable[bytes], place: Callable[[str], Path], folder: Path, *, limit: int) -> Kept:
    """A stream into a folder of its owner, at the place its hash gives, in the memory of one chunk: on disk before this
    returns. Raises FileTooLarge."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".")
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise FileTooLarge(f"more than {limit} bytes")
                digest.update(chunk)
                file.write(chunk)
        move_in(Path(draft), place(digest.hexdigest()))
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return Kept(digest.hexdigest(), size)


def put_at(content: bytes, place: Callable[[str], Path]) -> str:
    """Bytes into a folder of their owner, at the place their hash gives: on disk before this returns."""
    folder = place(hashlib.sha256(content).hexdigest()).parent
    return put_chunks_at([content], place, folder, limit=len(content)).sha256


def move_in(draft: Path, target: Path) -> None:
    """A whole file that was written beside its place gets its name: file and folder are on disk before this returns."""
    handle = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.replace(target)
    _sync_folder(target.parent)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def get(sha256: str) -> bytes:
    """The bytes of a stored file, checked against their hash. Raises FileAbsent."""
    with open_file(sha256) as stored:
        content = stored.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileAbsent(f"{sha256}: the stored bytes are not those that were put there")
    return content


def open_file(sha256: str) -> BinaryIO:
    """A stored file, open for reading, its own bytes in any case; it can be sought. Raises FileAbsent, also while a
    damaged one is read."""
    plain, packed = _places(sha256)
    try:
        return io.BufferedReader(Unpacked(packed.open("rb"), FileAbsent), _CHUNK)
    except FileNotFoundError:
        pass
    try:
        return plain.open("rb")
    except FileNotFoundError:
        raise FileAbsent(sha256) from None


def size_of(sha256: str) -> int:
    """Bytes of a stored file, as it was put there. Raises FileAbsent."""
    with open_file(sha256) as stored:
        return stored.seek(0, os.SEEK_END)


def is_whole(sha256: str) -> bool:
    """Whether the store gives back the bytes of that hash; reads all of them, in the memory of one chunk."""
    digest = hashlib.sha256()
    try:
        with open_file(sha256) as stored:
            while chunk := stored.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest() == sha256
    except FileAbsent:
        return False


def has(sha256: str) -> bool:
    """Whether the store has that file."""
    return bool(_HASH.fullmatch(sha256)) and any(place.is_file() for place in _places(sha256))


def _places(sha256: str) -> tuple[Path, Path]:
    """Where a file of that hash lies as it came, and where compressed."""
    if not _HASH.fullmatch(sha256):
        raise FileAbsent(sha256[:64])
    plain = Path(settings.FILES_FOLDER) / sha256[:2] / sha256
    return plain, plain.with_name(f"{sha256}.gz")


def _is_kept(sha256: str, size: int, crc: int) -> bool:
    """Whether the file is there and not cut off: one that was is written again by whoever brings its bytes."""
    plain, packed = _places(sha256)
    try:
        if packed.stat().st_size > FRAME:
            with packed.open("rb") as file:
                return ending_of(file) == (crc, size)
    except FileNotFoundError:
        pass
    try:
        return plain.stat().st_size == size
    except FileNotFoundError:
        return False


class _Draft:
    """A file on its way into the store, under no name that anybody reads; it goes away unless it was kept."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".")
        self._path, self._file = Path(name), os.fdopen(handle, "wb")
        self._digest = hashlib.sha256()
        self._packed: Packed | None = None
        self._beginning: bytes | None = b""
        self.size = self.crc = 0

    def __enter__(self) -> _Draft:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self.crc = zlib.crc32(chunk, self.crc)
        self.size += len(chunk)
        if self._beginning is None:
            self._append(chunk)
        else:
            self._beginning += chunk
            if len(self._beginning) >= SAMPLE:
                self._decide()

    def keep(self) -> None:
        """Give it its name, safely on disk. What lay there cut off is replaced."""
        self._decide()
        if self._packed:
            self._file.write(self._packed.end())
        self._file.flush()
        os.fsync(self._file.fileno())
        plain, packed = _places(self.sha256)
        target, other = (packed, plain) if self._packed else (plain, packed)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._path.replace(target)
        other.unlink(missing_ok=True)

    def _decide(self) -> None:
        """Compressed or not: by the first bytes alone, however they are cut into chunks."""
        if self._beginning is not None:
            beginning, self._beginning = self._beginning, None
            self._packed = Packed() if is_worth_packing(beginning) else None
            self._append(beginning)

    def _append(self, chunk: bytes) -> None:
        self._file.write(self._packed.more(chunk) if self._packed else chunk)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
