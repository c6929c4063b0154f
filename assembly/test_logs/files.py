"""What the command `read_test_log` prints for one file."""

from pathlib import Path

from assembly.test_logs.read import read_test_log
from assembly.test_logs.result import ReadOptions, Unreadable
from assembly.test_logs.text import SIZE_LIMIT


def file_report(path: Path, *, format: str, options: ReadOptions) -> dict[str, object]:  # noqa: A002
    """The JSON object of INTERFACES: the facts, or `{"file", "error"}`. Never reads more than the limit and a byte."""
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
        return read_test_log(content, name=str(path), format=format, options=options).as_json()
    except Unreadable as unread:
        return {"file": str(path), "error": str(unread)}
    except OSError as broken:
        return {"file": str(path), "error": f"The file cannot be opened: {broken.strerror or 'unknown reason'}."}
