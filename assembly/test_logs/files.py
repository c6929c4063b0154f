"""What the command `read_test_log` prints for one file."""

import hashlib
from pathlib import Path

from assembly.test_logs import redfish
from assembly.test_logs.read import read_test_log, read_tree
from assembly.test_logs.redfish_tree import tree_of_folder
from assembly.test_logs.result import ReadOptions, Unreadable
from assembly.test_logs.text import SIZE_LIMIT


def file_report(path: Path, *, format: str, options: ReadOptions) -> dict[str, object]:  # noqa: A002
    """The JSON object of INTERFACES: the facts, or `{"file", "error"}`. Never reads more than the limit and a byte."""
    try:
        if path.is_dir():
            return _folder_report(path, format, options)
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
        return read_test_log(content, name=str(path), format=format, options=options).as_json()
    except Unreadable as unread:
        return {"file": str(path), "error": str(unread)}
    except OSError as broken:
        return {"file": str(path), "error": f"The file cannot be opened: {broken.strerror or 'unknown reason'}."}


def _folder_report(path: Path, format: str, options: ReadOptions) -> dict[str, object]:  # noqa: A002
    """A folder is a readout of a BMC; its hash is over names and contents, in the order of the names."""
    if format not in ("auto", redfish.TOOL):
        raise Unreadable("This is a folder; only a Redfish readout may be one.")
    digest = hashlib.sha256()
    for one in sorted(path.rglob("*.json")):
        digest.update(one.relative_to(path).as_posix().encode() + b"\0")
        digest.update(one.read_bytes() if one.is_file() else b"")
    return read_tree(tree_of_folder(path), name=str(path), sha256=digest.hexdigest(), options=options).as_json()
