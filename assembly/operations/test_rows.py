"""The rows of a tester's file: results, measurements, what the hardware says of itself. Written by COPY."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import connection

from assembly.test_logs.result import Entity, TestLog
from inventory.text import LayoutError, normalise_identifier

TEXT_LIMIT = 200
"""Characters kept of one text that a tool wrote; the whole stands in the stored file."""

_RESULTS = "COPY assembly_testresult (test_run_id, entity, name, value, unit, low, high, verdict) FROM STDIN"
_OBSERVATIONS = (
    "COPY assembly_observation (test_run_id, kind, name, model, said, index, uuid, serial, part_number, chassis_serial,"
    " slot_number, tray_index, module_id, unit_id) FROM STDIN"
)


def store_results(read: Sequence[tuple[int, TestLog]]) -> None:
    """Step: results and measurements of test runs, each with its own verdict (none: nothing judged it)."""
    _copy(_RESULTS, (row for run_id, log in read for row in _results(run_id, log)))


def store_observations(read: Sequence[tuple[int, TestLog]], units: Mapping[str, int]) -> None:
    """Step: what the hardware says of itself. `units`: the unit behind each UUID that is known (normalised)."""
    _copy(_OBSERVATIONS, (row for run_id, log in read for row in _observations(run_id, log, units)))


FIRMWARE = ("vbios_version", "gsp_firmware_version", "inforom_version", "driver_version", "firmware_version")
"""The facts of an entity that are versions of firmware (or of the driver that loads it)."""


UNREAD = "?"
"""Stands for the version where a file names a component and gives none, or not for each of several parts alike."""


def firmware_of(log: TestLog) -> list[str]:
    """Each version that a file reports, once, as `name version`, in order. An entry of a firmware inventory goes by its
    own name, a version of a GPU by the name of its field. Where one of several GPUs gives no version that the others
    give, and where an entry has none, `name ?` stands beside: what was not read is not taken for the same."""
    told = [(entity.kind, name, entity.more.get(name)) for entity in log.entities for name in FIRMWARE]
    given = {(kind, name) for kind, name, version in told if version}
    found = {
        f"{name.removesuffix('_version')} {clean(str(version or UNREAD), 80)}"
        for kind, name, version in told
        if (kind, name) in given
    }
    found |= {
        f"{clean(str(entity.index).replace(' ', '_'), 80)} {clean(str(entity.more.get('version') or UNREAD), 80)}"
        for entity in log.entities_of("firmware")
    }
    return sorted(found)


def _results(run_id: int, log: TestLog) -> Iterator[tuple[object, ...]]:
    for result in log.results:
        name = f"{result.category}/{result.test}" if result.category else result.test
        yield run_id, clean(result.entity or ""), clean(name), None, "", None, None, result.verdict
    for reading in log.measurements:
        yield (
            run_id,
            clean(reading.entity or ""),
            clean(reading.name),
            _finite(reading.value),
            clean(reading.unit or ""),
            _finite(reading.low),
            _finite(reading.high),
            reading.verdict or "none",
        )


def _observations(run_id: int, log: TestLog, units: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    for entity in log.entities:
        chassis = entity.more.get("chassis_serial")
        said = entity.more.get("serial_raw") if entity.serial is None else None
        facts = (entity.uuid, entity.serial, entity.part_number, chassis, entity.slot, said)
        if not any(fact is not None for fact in facts):
            continue
        uuid = uuid_of(entity)
        yield (
            run_id,
            clean(entity.kind, 40),
            "" if entity.index is None else clean(str(entity.index)),
            _text(entity.more.get("model")),
            _text(said),
            _small(entity.index),
            _text(entity.uuid),
            _text(entity.serial),
            _text(entity.part_number),
            _text(chassis),
            _small(entity.slot),
            _small(entity.more.get("tray_index")),
            _small(entity.more.get("module_id")),
            units.get(uuid) if uuid else None,
        )


def uuid_of(entity: Entity) -> str | None:
    """The normalised UUID; None for what no UUID is (sentinels, zeros, unreadable text)."""
    return normalised("uuid", entity.uuid)


def normalised(kind: str, text: str | None) -> str | None:
    """The normalised form of what a tool wrote, None where it is absent or no identifier at all."""
    if text is None:
        return None
    try:
        return normalise_identifier(kind, text)
    except LayoutError:
        return None


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """Text that the database can hold: no NUL, no lone surrogate, not endless."""
    return text[:limit].replace("\x00", "").encode("utf-8", errors="replace").decode("utf-8")


def _text(value: object) -> str | None:
    return None if value is None else clean(str(value))


def _small(value: object) -> int | None:
    return value if isinstance(value, int) and abs(value) < 2**31 else None


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _copy(statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row(row)
