"""The lines of an nccl-tests log, one by one: nvl72.md section 10.3."""

import re
from dataclasses import dataclass
from typing import Literal

from assembly.test_logs.words import number

Layout = Literal["old", "new"]

_PREFIX = re.compile(r"\s*\[\d{1,9},\d{1,9}\]<std(?:out|err|diag)>:\s?|\s*\d{1,6}:\s", re.ASCII)
_RANK = re.compile(
    r"#\s+Rank\s+(\d{1,6})\s+(?:Group\s+(\d{1,6})\s+)?Pid\s+(\d{1,10})\s+on\s+(\S{1,255})\s+device\s+(\d{1,4})"
    r"\s+\[([^\]\s]{1,40})\]\s*(.{0,80})",
    re.ASCII,
)
_SPLIT = re.compile(r"\S+")
_ABSENT = frozenset({"n/a", "nan", "-nan", "inf", "-inf"})


@dataclass(frozen=True)
class Rank:
    index: int
    group: int | None
    pid: int
    host: str
    device: int
    bus_id: str
    product: str


@dataclass(frozen=True)
class Half:
    """One side of a row. Time in us, bandwidths in GB/s; `wrong` is a count (new layout) or a deviation (old one)."""

    time: float | None
    algbw: float | None
    busbw: float | None
    wrong: float | None
    checked: bool


@dataclass(frozen=True)
class Row:
    """One message size in bytes, out of place and in place."""

    size: int
    out_of_place: Half
    in_place: Half


def without_prefix(line: str) -> str:
    """The line without the rank label that mpirun (`[1,0]<stdout>:`) or srun (`0: `) puts before it."""
    match = _PREFIX.match(line)
    return line[match.end() :] if match else line


def rank_of(line: str) -> Rank | None:
    match = _RANK.fullmatch(line.strip())
    if match is None:
        return None
    index, group, pid, host, device, bus_id, product = match.groups()
    return Rank(int(index), None if group is None else int(group), int(pid), host, int(device), bus_id, product.strip())


def layout_of(line: str) -> Layout | None:
    """From the header that names the columns: `#wrong` is the new layout, `error` the old one."""
    if not line.lstrip().startswith("#") or "algbw" not in line:
        return None
    return "new" if "#wrong" in line else "old"


def row_of(line: str) -> Row | None:
    """A result row, read from its right end, because redop and root columns come and go with test and version."""
    words = _SPLIT.findall(line)
    if not 11 <= len(words) <= 13 or not (words[0].isascii() and words[0].isdigit() and len(words[0]) <= 18):
        return None
    out_of_place, in_place = _half(words[-8:-4]), _half(words[-4:])
    if out_of_place is None or in_place is None:
        return None
    return Row(int(words[0]), out_of_place, in_place)


def _half(words: list[str]) -> Half | None:
    values = [number(word) for word in words]
    if any(value is None and word.lower() not in _ABSENT for value, word in zip(values, words, strict=True)):
        return None
    time, algbw, busbw, wrong = values
    return Half(time, algbw, busbw, wrong, checked=wrong is not None)


def looks_like_row(line: str) -> bool:
    """Starts as a row does, with a size and a count: when it cannot be read, that must be said."""
    words = _SPLIT.findall(line[:200])
    return len(words) >= 3 and all(word.isascii() and word.isdigit() for word in words[:2])
