"""What the command `read_test_log` prints for one file."""

import hashlib
from pathlib import Path
from typing import BinaryIO

from assembly.test_logs import redfish
from assembly.test_logs.archives import HEAD, is_archive
from assembly.test_logs.read import read_test_log, read_tree
from assembly.test_logs.redfish_tree import tree_of_archive, tree_of_folder
from assembly.test_logs.result import ReadOptions, Unreadable
from assembly.test_logs.text import SIZE_LIMIT


def file_report(path: Path, *, format: str, options: ReadOptions) -> dict[str, object]:  # noqa: A002
    """The JSON object of INTERFACES: the facts, or `{"file", "error"}`. Never holds more than the limit and a byte; an
    archive is read member by member."""
    try:
        if path.is_dir():
            return _folder_report(path, format, options)
        with path.open("rb") as file:
            content = file.read(HEAD)
            if format in ("auto", redfish.TOOL) and is_archive(content):
                return _archive_report(path, file, options)
            content += file.read(SIZE_LIMIT + 1 - HEAD)
        return read_test_log(content, name=str(path), format=format, options=options).as_json()
    except Unreadable as unread:
        return {"file": str(path), "error": str(unread)}
    except OSError as broken:
        return {"file": str(path), "error": f"The file cannot be opened: {broken.strerror or 'unknown reason'}."}


def _archive_report(path: Path, file: BinaryIO, options: ReadOptions) -> dict[str, object]:
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return read_tree(tree_of_archive(file), name=str(path), sha256=sha256, options=options).as_json()


def _folder_report(path: Path, format: str, options: ReadOptions) -> dict[str, object]:  # noqa: A002
    """A folder is a readout of a BMC; its hash is over names and contents, in the order of the names."""
    if format not in ("auto", redfish.TOOL):
        raise Unreadable("This is a folder; only a Redfish readout may be one.")
    digest = hashlib.sha256()
    for one in sorted(path.rglob("*.json")):
        digest.update(one.relative_to(path).as_posix().encode() + b"\0")
        if one.is_file():
            with one.open("rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
    return read_tree(tree_of_folder(path), name=str(path), sha256=digest.hexdigest(), options=options).as_json()
