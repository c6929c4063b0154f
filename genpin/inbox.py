"""The watched folder: testers drop their files, each is taken in once and moved to `done` or to `refused` with its
reason beside it.

    inbox/<STATION>/<UNIT>/any name        the unit is the folder
    inbox/<STATION>/<UNIT>__any name       the unit is the beginning of the name
    inbox/<STATION>/any name               the file itself names its units (OpenHTF, the plant's CSV)

Where the folder, or the beginning, is a burn-in cell's code, the file is telemetry of the rack that soaks there.


`__rc205__` in a name is the tool's exit code. A file is touched when nothing was written to it for SETTLE seconds, and
taken only as it was then: whoever writes meanwhile is waited for. Links are not followed. The order is: store the
bytes, import (one call, one receipt, whose key follows from bytes, place, name and the file's own time), move. Whoever
is killed in between begins again and gets the first call's answer: nothing is imported twice and nothing is lost.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from accounts.models import Station
from assembly.feeding import put_down
from assembly.models import BurnInCell
from assembly.operations.telemetry_files import receive_telemetry_file
from assembly.operations.test_runs import FileNotUnderstood, TestLogImport, import_test_logs
from assembly.queries.column_maps import maps_in_use
from assembly.test_logs.read import read_test_log
from assembly.test_logs.result import ReadOptions, Unreadable
from assembly.test_logs.text import SIZE_LIMIT
from assembly.text import reader_words
from assembly.uploads import pieces_of, store_log, too_big
from documents import files
from genpin.embedded.home import take_lock
from ledger.callers import Caller
from ledger.refusals import Refusal

logger = logging.getLogger("genpin.inbox")

SETTLE = 5.0
"""Seconds without a write after which a file is whole."""

DONE, REFUSED = "done", "refused"
OLDEST = timedelta(days=30)
"""A file's own time is believed from so long before it came up to then; else the run has the time of its import."""

AT_ONCE = 200
"""Files taken or refused in one look at the folder."""

LONGEST = 200
"""Bytes of a name in `done` and `refused`: the reason's name and its draft's must fit into 255 too."""

_UNFINISHED = re.compile(r"\.(?:tmp|temp|part|partial|filepart|crdownload|swp)\Z|~\Z", re.IGNORECASE)
_SAME = ("st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
_EXIT_CODE = re.compile(r"__rc(\d{1,3})(?=__|\.|\Z)")


class NoStation(Refusal):
    """The folder is no station's."""


class NoUnitNamed(Refusal):
    """Neither folder nor name nor the file says which unit was tested."""


class StillWritten(OSError):
    """The file changed while it was read."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that lies in the folder: its place, what it was when it was looked at, its station's folder."""

    path: Path
    seen: os.stat_result
    station: str

    def is_whole(self, settle: float) -> bool:
        """Nothing was written to it since the look began, nor for `settle` seconds before now."""
        return self.is_unchanged() and time.time() - self.seen.st_ctime >= settle

    def is_unchanged(self) -> bool:
        with suppress(OSError):
            return self.is_what_was_seen(self.path.lstat())
        return False

    def is_what_was_seen(self, now: os.stat_result) -> bool:
        return all(getattr(now, name) == getattr(self.seen, name) for name in _SAME)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one look did."""

    done: int = 0
    refused: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Stuck:
    """A file that was read and cannot be moved: what it was then, and why it is refused (blank: it was imported)."""

    seen: os.stat_result
    why: str


_stuck: dict[Path, Stuck] = {}
"""By place, as long as this process lives: reading one again would give its first answer, at the cost of reading it."""


def take_in(folder: Path, caller: Caller, *, settle: float = SETTLE) -> Taken:
    """One look at the folder: import what is whole, move it. Nothing, while somebody else is looking.

    `caller`: who imports; each file gets a key of its own. A fault of the database ends the look: the files stay."""
    _make(folder)
    lock = take_lock(folder / ".lock")
    if lock is None:
        return Taken()
    with lock:
        taken = Taken()
        for one in _dropped(folder):
            if taken.done + taken.refused >= AT_ONCE:
                break
            went = _take(folder, one, caller, settle)
            taken = replace(taken, **{went: getattr(taken, went) + 1})
        for path in [path for path in _stuck if not path.exists()]:
            del _stuck[path]
        return taken


def _make(folder: Path) -> None:
    """The folder with a place for each station that tests."""
    codes = Station.objects.filter(kind__in=("test", "burn_in")).values_list("code", flat=True)
    for name in (DONE, REFUSED, *codes):
        (folder / name).mkdir(parents=True, exist_ok=True)


def _dropped(folder: Path) -> list[Dropped]:
    """Files, oldest first. Links, of files or of folders, and devices are not looked at."""
    found = []
    for place in _folders(folder):
        if place.name.startswith(".") or place.name in (DONE, REFUSED):
            continue
        for entry in (*_listed(place), *(one for unit in _folders(place) for one in _listed(unit))):
            with suppress(OSError):
                seen = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(seen.st_mode) and not entry.name.startswith(".") and not _UNFINISHED.search(entry.name):
                    found.append(Dropped(Path(entry.path), seen, place.name))
    found.sort(key=lambda one: (one.seen.st_mtime_ns, one.path))
    return found


def _folders(place: Path) -> list[Path]:
    return sorted(Path(entry.path) for entry in _listed(place) if entry.is_dir(follow_symlinks=False))


def _listed(place: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(place) as entries:
            return list(entries)
    except OSError as fault:
        logger.warning("%s cannot be looked into: %s", place, fault)
        return []


def _take(folder: Path, one: Dropped, caller: Caller, settle: float) -> str:
    """Import a file and move it: done, refused, or waiting for the next look where the file is still being written or
    disk or folder do not let us."""
    stuck = _stuck.pop(one.path, None)
    try:
        if not one.is_whole(settle):
            return "waiting"
        why = stuck.why if stuck and one.is_what_was_seen(stuck.seen) else _why_not(one, caller)
        if not one.is_unchanged():
            return REFUSED if why else DONE  # what was read is dealt with; what lies there now comes next
        _put_away(folder, one, why)
        return REFUSED if why else DONE
    except OSError as fault:
        if stuck is None:
            logger.warning("%s stays: %s", one.path, fault)
        return "waiting"


def _put_away(folder: Path, one: Dropped, why: str) -> None:
    """Move a file that was read; one that cannot be moved is remembered, so that later looks only try to move it."""
    try:
        if why:
            _refuse(one, folder / REFUSED / one.station, why)
        else:
            _move(one, folder / DONE / one.station / f"{datetime.now(UTC):%Y-%m-%d}")
    except OSError:
        _stuck[one.path] = Stuck(one.seen, why)
        raise


def _why_not(one: Dropped, caller: Caller) -> str:
    """Import a file: blank, or why it is refused."""
    try:
        _import(one, caller)
    except Refusal as refusal:
        return f"{refusal.code}: {refusal.detail}"
    except (DatabaseError, OSError):
        raise
    except Exception as fault:  # one file's fault must not stop the others
        logger.exception("a file of the watched folder could not be taken in: %s", one.path)
        return f"{type(fault).__name__}: {_('Genpin could not read it. Keep the file and tell the administrator.')}"
    return ""


def _import(one: Dropped, caller: Caller) -> None:
    if not Station.objects.filter(code=one.station).exists():
        raise NoStation(
            _("There is no station %(code)s.") % {"code": one.station[:30]},
            true=_("Nothing was recorded."),
            do=_("Put the file into the folder of its station."),
        )
    cell = BurnInCell.objects.filter(code=_named(one)).first()
    if cell is not None:
        _receive(one, cell, caller)
    else:
        _import_log(one, caller)


def _import_log(one: Dropped, caller: Caller) -> None:
    sha256 = _stored(one)
    code = _EXIT_CODE.search(one.path.name)
    name = one.path.name.encode("utf-8", "replace").decode()
    written = _written(one)
    rows = [
        TestLogImport(sha256, name, unit, int(code[1]) if code else None, None, written) for unit in _units(one, sha256)
    ]
    told = "\n".join((sha256, one.station, str(written), *(row.unit for row in rows), name))
    key = f"inbox:{hashlib.sha256(told.encode()).hexdigest()[:40]}"
    import_test_logs(caller=replace(caller, station=one.station, key=key), rows=rows)


def _receive(one: Dropped, cell: BurnInCell, caller: Caller) -> None:
    """A telemetry file of the rack that soaks in a cell: it is received, and read afterwards. A file that was received
    for the run before records nothing."""
    if one.seen.st_size > settings.UPLOAD_LIMIT:
        raise too_big(settings.UPLOAD_LIMIT)
    with _opened(one) as file:
        kept = put_down(pieces_of(file), limit=settings.UPLOAD_LIMIT)
    if kept.size != one.seen.st_size or not one.is_unchanged():
        raise StillWritten("it changed while it was read")
    told = "\n".join((kept.sha256, one.station, cell.code, str(one.seen.st_mtime_ns)))
    key = f"inbox:{hashlib.sha256(told.encode()).hexdigest()[:40]}"
    receive_telemetry_file(
        caller=replace(caller, station=one.station, key=key),
        file_sha256=kept.sha256,
        file_name=one.path.name.encode("utf-8", "replace").decode(),
        cell_code=cell.code,
    )


def _opened(one: Dropped) -> BinaryIO:
    return open(os.open(one.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _stored(one: Dropped) -> str:
    """Keep exactly the file that was looked at; raises StillWritten for another or for a part of it."""
    with _opened(one) as file:
        sha256 = store_log(file)
        if not one.is_what_was_seen(os.fstat(file.fileno())) or file.tell() != one.seen.st_size:
            raise StillWritten("it changed while it was read")
    return sha256


def _named(one: Dropped) -> str:
    """The unit, or the cell, that folder or name say; blank where they say none."""
    if one.path.parent.name != one.station:
        return one.path.parent.name
    before, mark, _after = one.path.name.partition("__")
    return before if mark and not _EXIT_CODE.match(f"__{before}") else ""


def _units(one: Dropped, sha256: str) -> list[str]:
    """The units that the file is for: by its folder, by its name, or as it says itself."""
    named_outside = _named(one)
    if named_outside:
        return [named_outside]
    try:
        with files.open_file(sha256) as stored:
            content = stored.read(SIZE_LIMIT + 1)  # no archive of a BMC names the unit that it is for
        log = read_test_log(content, name=one.path.name, options=ReadOptions(column_maps=maps_in_use()))
    except Unreadable as unread:
        raise FileNotUnderstood(
            reader_words(str(unread)), true=_("The file is kept; nothing was recorded from it.")
        ) from unread
    named = [entity.serial for entity in log.entities if entity.kind == "dut" and entity.serial]
    if not named:
        raise NoUnitNamed(
            _("The file does not say which unit was tested."),
            true=_("Nothing was recorded."),
            do=_("Put it into a folder with the unit's tag, or begin its name with the tag and two underscores."),
        )
    return named


def _written(one: Dropped) -> datetime | None:
    """The file's own time, where it can be: told by the file alone, so that every look tells the same. The import
    brings a time after its own down to it."""
    came, written = one.seen.st_ctime, one.seen.st_mtime
    return datetime.fromtimestamp(written, tz=UTC) if came - OLDEST.total_seconds() < written <= came else None


def _refuse(one: Dropped, place: Path, why: str) -> None:
    """The reason first, in one line, then the file: whoever is killed between them writes it again."""
    reason = (" ".join(why.split()) + "\n").encode("utf-8", "replace")
    place.mkdir(parents=True, exist_ok=True)
    target = _target(one, place, reason)
    _write(_reason_of(target), reason)
    os.replace(one.path, target)
    logger.warning("refused %s: %s", one.path.name, why)


def _move(one: Dropped, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    os.replace(one.path, _target(one, place))


def _target(one: Dropped, place: Path, reason: bytes | None = None) -> Path:
    """A free name there: testers use a name again for another file. With a reason, its place is free too."""
    unit = one.path.parent.name
    name = one.path.name if unit == one.station or one.path.name.startswith(f"{unit}__") else f"{unit}__{one.path.name}"
    target, number = place / _short(name), 1
    while os.path.lexists(target) or (reason is not None and not _may_hold(_reason_of(target), reason)):
        number += 1
        target = place / _short(name, f"~{number}")
    return target


def _short(name: str, mark: str = "") -> str:
    """A name with a mark before its ending, in at most LONGEST bytes and whole characters."""
    stem, ending = os.path.splitext(name)
    if len(os.fsencode(ending)) > 20:
        stem, ending = name, ""
    while len(os.fsencode(f"{stem}{mark}{ending}")) > LONGEST:
        stem = stem[:-1]
    return f"{stem}{mark}{ending}"


def _reason_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.txt")


def _may_hold(place: Path, reason: bytes) -> bool:
    """Whether nothing is lost by writing the reason there: it is free, or somebody was killed who wrote the same."""
    try:
        return place.lstat().st_size == len(reason) and place.read_bytes() == reason
    except FileNotFoundError:
        return True


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}")
    draft.unlink(missing_ok=True)
    with draft.open("xb") as file:
        file.write(content)
    os.replace(draft, path)
