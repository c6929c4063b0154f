"""The watched folder: testers drop their files, each is taken in once and moved to `done` or to `refused` with its
reason beside it.

    inbox/<STATION>/<UNIT>/any name        the unit is the folder
    inbox/<STATION>/<UNIT>__any name       the unit is the beginning of the name
    inbox/<STATION>/any name               the file itself names its units (OpenHTF, the plant's CSV)

`__rc205__` in a name is the tool's exit code. A file is touched when nothing was written to it for SETTLE seconds. The
order is: store the bytes, import (one call, one receipt, whose key follows from bytes, place and name), move. Whoever
is killed in between begins again and gets the first call's answer: nothing is imported twice and nothing is lost.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import DatabaseError
from django.utils.translation import gettext as _

from accounts.models import Station
from assembly.operations.test_runs import FileNotUnderstood, FileTooBig, TestLogImport, import_test_logs
from assembly.queries.column_maps import maps_in_use
from assembly.test_logs.read import read_test_log
from assembly.test_logs.result import ReadOptions, Unreadable
from assembly.test_logs.text import SIZE_LIMIT
from documents import files
from genpin.embedded.home import take_lock
from ledger.callers import Caller
from ledger.refusals import Refusal

logger = logging.getLogger("genpin.inbox")

SETTLE = 5.0
"""Seconds without a write after which a file is whole."""

DONE, REFUSED = "done", "refused"
OLDEST = timedelta(days=30)
"""A file's own time is believed from so long ago up to now; else the run has the time of its import."""

AT_ONCE = 200
"""Files in one look at the folder."""

_UNFINISHED = re.compile(r"\.(?:tmp|temp|part|partial|filepart|crdownload|swp)\Z|~\Z", re.IGNORECASE)
_EXIT_CODE = re.compile(r"__rc(\d{1,3})(?=__|\.|\Z)")


class NoStation(Refusal):
    """The folder is no station's."""


class NoUnitNamed(Refusal):
    """Neither folder nor name nor the file says which unit was tested."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that lies in the folder: its place, what it was when it was looked at, its station's folder."""

    path: Path
    seen: os.stat_result
    station: str

    def is_unchanged(self) -> bool:
        with suppress(OSError):
            now = self.path.lstat()
            return (now.st_ino, now.st_size, now.st_mtime_ns) == (
                self.seen.st_ino, self.seen.st_size, self.seen.st_mtime_ns,
            )  # fmt: skip
        return False


@dataclass(frozen=True, slots=True)
class Taken:
    """What one look did."""

    done: int = 0
    refused: int = 0
    waiting: int = 0


def take_in(folder: Path, caller: Caller, *, settle: float = SETTLE) -> Taken:
    """One look at the folder: import what is whole, move it. Nothing, while somebody else is looking.

    `caller`: who imports; each file gets a key of its own. A fault of the database ends the look: the files stay."""
    _make(folder)
    lock = take_lock(folder / ".lock")
    if lock is None:
        return Taken()
    with lock:
        taken = Taken()
        for one in _dropped(folder, settle):
            went = "waiting" if one is None else _take(folder, one, caller)
            taken = replace(taken, **{went: getattr(taken, went) + 1})
        return taken


def _make(folder: Path) -> None:
    """The folder with a place for each station that tests."""
    codes = Station.objects.filter(kind__in=("test", "burn_in")).values_list("code", flat=True)
    for name in (DONE, REFUSED, *codes):
        (folder / name).mkdir(parents=True, exist_ok=True)


def _dropped(folder: Path, settle: float) -> Iterator[Dropped | None]:
    """Whole files, oldest first; None for each that is still being written. Links and devices are not looked at."""
    found = []
    for place in sorted(folder.iterdir()):
        if place.name.startswith(".") or place.name in (DONE, REFUSED) or not place.is_dir() or place.is_symlink():
            continue
        for path in (*place.glob("*"), *place.glob("*/*")):
            with suppress(OSError):
                seen = path.lstat()
                if stat.S_ISREG(seen.st_mode) and not path.name.startswith(".") and not _UNFINISHED.search(path.name):
                    found.append(Dropped(path, seen, place.name))
    found.sort(key=lambda one: (one.seen.st_mtime_ns, one.path))
    for one in found[:AT_ONCE]:
        yield one if time.time() - one.seen.st_ctime >= settle else None


def _take(folder: Path, one: Dropped, caller: Caller) -> str:
    """Import a file and move it: done, refused, or waiting for the next look where disk or folder do not let us."""
    try:
        _import(one, caller)
        if one.is_unchanged():
            _move(one, folder / DONE / one.station / f"{datetime.now(UTC):%Y-%m-%d}")
        return DONE
    except Refusal as refusal:
        why = f"{refusal.code}: {refusal.detail}"
    except DatabaseError:
        raise
    except OSError as fault:
        logger.warning("%s stays: %s", one.path, fault)
        return "waiting"
    except Exception as fault:  # one file's fault must not stop the others
        logger.exception("a file of the watched folder could not be taken in: %s", one.path)
        why = f"{type(fault).__name__}: {_('Genpin could not read it. Keep the file and tell the administrator.')}"
    _refuse(folder, one, why)
    return REFUSED


def _import(one: Dropped, caller: Caller) -> None:
    if not Station.objects.filter(code=one.station).exists():
        raise NoStation(
            _("There is no station %(code)s.") % {"code": one.station[:30]},
            true=_("Nothing was recorded."),
            do=_("Put the file into the folder of its station."),
        )
    if one.seen.st_size > SIZE_LIMIT:
        raise FileTooBig(
            _("The file is larger than %(limit)d MB.") % {"limit": SIZE_LIMIT // 1024 // 1024},
            true=_("Nothing was recorded."),
        )
    content = one.path.read_bytes()
    sha256 = files.put(content)
    code = _EXIT_CODE.search(one.path.name)
    name = one.path.name.encode("utf-8", "replace").decode()
    rows = [
        TestLogImport(sha256, name, unit, int(code[1]) if code else None, None, _written(one, caller))
        for unit in _units(one, content)
    ]
    told = "\n".join((sha256, one.station, *(row.unit for row in rows), name))
    key = f"inbox:{hashlib.sha256(told.encode()).hexdigest()[:40]}"
    import_test_logs(caller=replace(caller, station=one.station, key=key), rows=rows)


def _units(one: Dropped, content: bytes) -> list[str]:
    """The units that the file is for: by its folder, by its name, or as it says itself."""
    if one.path.parent.name != one.station:
        return [one.path.parent.name]
    before, mark, _after = one.path.name.partition("__")
    if mark and before and not _EXIT_CODE.match(f"__{before}"):
        return [before]
    try:
        log = read_test_log(content, name=one.path.name, options=ReadOptions(column_maps=maps_in_use()))
    except Unreadable as unread:
        raise FileNotUnderstood(str(unread), true=_("The file is kept; nothing was recorded from it.")) from unread
    named = [entity.serial for entity in log.entities if entity.kind == "dut" and entity.serial]
    if not named:
        raise NoUnitNamed(
            _("The file does not say which unit was tested."),
            true=_("Nothing was recorded."),
            do=_("Put it into a folder with the unit's tag, or begin its name with the tag and two underscores."),
        )
    return named


def _written(one: Dropped, caller: Caller) -> datetime | None:
    written = datetime.fromtimestamp(one.seen.st_mtime, tz=UTC)
    return written if caller.at - OLDEST < written <= caller.at else None


def _refuse(folder: Path, one: Dropped, why: str) -> None:
    """The reason first, in one line, then the file: whoever is killed between them writes it again."""
    if not one.is_unchanged():
        return
    logger.warning("refused %s: %s", one.path.name, why)
    place = folder / REFUSED / one.station
    place.mkdir(parents=True, exist_ok=True)
    target = _target(one, place)
    _write(target.with_name(f"{target.name}.txt"), " ".join(why.split()) + "\n")
    os.replace(one.path, target)


def _move(one: Dropped, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    os.replace(one.path, _target(one, place))


def _target(one: Dropped, place: Path) -> Path:
    """A free name there: testers use a name again for another file."""
    unit = one.path.parent.name
    name = one.path.name if unit == one.station or one.path.name.startswith(f"{unit}__") else f"{unit}__{one.path.name}"
    target, number = place / name, 1
    while target.exists():
        number += 1
        target = place / f"{Path(name).stem}~{number}{Path(name).suffix}"
    return target


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
