"""The content store: files by their SHA-256 under GENPIN_HOME/files/ab/<sha256>.

A file is safely on disk (fsync of file and folder) before `put` returns, so that no commit names a file that is not
there. What no StoredFile row names is an orphan: harmless, swept later. In production the folder is a shared mount.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

_HASH = re.compile(r"[0-9a-f]{64}")


class FileAbsent(Exception):
    """The store has no file of that hash: a lost mount or a row that lies."""


def path_of(sha256: str) -> Path:
    """Where a file of that hash lies. Text that is no hash never becomes a path."""
    if not _HASH.fullmatch(sha256):
        raise FileAbsent(sha256[:64])
    return Path(settings.FILES_FOLDER) / sha256[:2] / sha256


def put(content: bytes) -> str:
    """Store bytes and return their hash. The same bytes again change nothing."""
    sha256 = hashlib.sha256(content).hexdigest()
    _write(content, path_of(sha256))
    return sha256


def put_many(contents: list[bytes]) -> list[str]:
    """Store many files with one sync of their folders at the end."""
    hashes = [hashlib.sha256(content).hexdigest() for content in contents]
    folders = set()
    for content, sha256 in zip(contents, hashes, strict=True):
        target = path_of(sha256)
        if not target.exists():
            _write(content, target, sync_folder=False)
            folders.add(target.parent)
    for folder in folders:
        _sync_folder(folder)
    return hashes


def get(sha256: str) -> bytes:
    """The bytes of a stored file, checked against their hash."""
    with open_file(sha256) as stored:
        content = stored.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileAbsent(f"{sha256}: the stored bytes are not those that were put there")
    return content


def open_file(sha256: str) -> BinaryIO:
    """A stored file, open for reading."""
    try:
        return path_of(sha256).open("rb")
    except FileNotFoundError:
        raise FileAbsent(sha256) from None


def has(sha256: str) -> bool:
    """Whether the store has that file."""
    return bool(_HASH.fullmatch(sha256)) and path_of(sha256).is_file()


def _write(content: bytes, target: Path, *, sync_folder: bool = True) -> None:
    if target.exists() and target.stat().st_size == len(content):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    if sync_folder:
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
