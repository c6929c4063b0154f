"""The text form of nvbandwidth: blocks of `Running <case>.`, a matrix of any width, `SUM <case> value`; `Waived:`."""

import re
from dataclasses import dataclass, field

from assembly.test_logs.words import number

_RUNNING = re.compile(r"Running (\w{1,80})\.")
_SUM = re.compile(r"SUM (\w{1,80})\s+(\S{1,40})")
_ROW = re.compile(r"\s*\d{1,3}((?:\s+(?:N/A|\d{1,9}(?:\.\d{1,6})?)){1,600})\s*", re.ASCII)
_DEVICE = re.compile(r"Device (\d{1,3}): (.{1,80}?) \(([0-9A-Fa-f:.]{7,16})\)")
_ENDS = "NOTE: The reported results may not reflect"


@dataclass(frozen=True)
class Case:
    """One case: the tool's status word, what its matrix holds (unit at the end), the cells, what it states of them."""

    name: str
    status: str
    about: str
    matrix: tuple[tuple[float | None, ...], ...]
    stated: dict[str, float]


@dataclass
class Log:
    """The lines sorted. `waived`: `Waived:` lines, which in this form carry no name."""

    version: str | None = None
    devices: list[tuple[int, str, str]] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    waived: int = 0
    ended: bool = False


def cases_of(text: str) -> Log:
    """Sort the lines. A case without its SUM line has no status: it did not end."""
    log, name, about, rows = Log(), "", "", list[tuple[float | None, ...]]()
    for line in text.splitlines():
        if match := _RUNNING.match(line):
            _close(log, name, about, rows, None)
            name, about, rows = match[1], "", []
        elif (match := _SUM.match(line)) and match[1] == name:
            _close(log, name, about, rows, number(match[2]))
            name = ""
        elif name and (row := _ROW.fullmatch(line)) and about:
            cells = row[1].split()
            rows.append(tuple(number(cell) for cell in cells))
        elif name and not about and line.strip():
            about = line.strip()
        else:
            _other(log, line)
    _close(log, name, about, rows, None)
    return log


def _close(log: Log, name: str, about: str, rows: list[tuple[float | None, ...]], total: float | None) -> None:
    if name:
        header_dropped = tuple(rows[1:]) if rows and _is_header(rows) else tuple(rows)
        stated = {} if total is None else {"sum": total}
        log.cases.append(Case(name, "" if total is None else "Passed", about, header_dropped, stated))


def _is_header(rows: list[tuple[float | None, ...]]) -> bool:
    """The line of column numbers: 0 is taken for the row's number, so 1, 2 … are left of it."""
    return rows[0] == tuple(float(at) for at in range(1, len(rows[0]) + 1)) and len(rows) > 1


def _other(log: Log, line: str) -> None:
    if line.startswith("nvbandwidth Version:"):
        log.version = line.split(":", 1)[1].strip()[:40] or None
    elif match := _DEVICE.match(line):
        log.devices.append((int(match[1]), match[2], match[3]))
    elif line.startswith("Waived:"):
        log.waived += 1
    elif line.startswith(_ENDS):
        log.ended = True
