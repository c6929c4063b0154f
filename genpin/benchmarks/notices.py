"""P4: a ship notice of ten thousand serials, from the bytes of its file to units, beside COPY of the rows."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from pathlib import Path
from resource import getpagesize
from statistics import median
from time import perf_counter
from typing import Any

import openpyxl
import psycopg
from django.db import connection

from documents.files import put
from genpin.benchmarks.bare_rows import rows_left_by
from genpin.benchmarks.plant import Bench
from inventory.operations.receiving import receive_notice
from inventory.operations.ship_notices import import_ship_notice

SERIALS = 10_000
ROUNDS = 3
GOAL_RATIO, GOAL_SECONDS, GOAL_GROWTH = 0.25, 10.0, 40.0
HEADINGS = ("notice", "supplier", "order", "ordered_at", "shipped_at", "part", "revision", "serial", "country")

Lines = list[tuple[str, ...]]


def measure(bench: Bench, url: str) -> dict[str, Any]:
    """Seconds of a notice from a CSV (imported and received) and of COPY, in turn; then the same from an XLSX."""
    _receive(bench, _as_csv(_lines()), "warm.csv")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does; both sides plan their checks on tables that are not empty
    ours, limit, resident = [], [], []
    with psycopg.connect(url, autocommit=True) as bare:
        for _turn in range(ROUNDS):
            content = _as_csv(_lines())
            ours.append(_seconds(lambda content=content: _receive(bench, content, "notice.csv")))  # type: ignore[misc]
            resident.append(_resident_megabytes())
            other = _as_csv(_lines())
            rows = rows_left_by(lambda other=other: _receive(bench, other, "notice.csv"))  # type: ignore[misc]
            limit.append(_seconds(lambda rows=rows: rows.copy_into(bare)))  # type: ignore[misc]
            count = rows.rows
            del rows
    workbook = _as_xlsx(_lines())
    xlsx = _seconds(lambda: _receive(bench, workbook, "notice.xlsx"))
    ratio = median(theirs / mine for mine, theirs in zip(ours, limit, strict=True))
    growth = resident[-1] - resident[0]
    return {
        "row": "P4",
        "what": f"ship notice of {SERIALS} serials from a CSV, imported and received",
        "seconds": median(ours),
        "limit": f"COPY of the same {count} rows, constraints and triggers on, one transaction",
        "limit_seconds": median(limit),
        "ratio": ratio,
        "goal": f"ratio >= {GOAL_RATIO}, <= {GOAL_SECONDS:g} s, memory flat (<= {GOAL_GROWTH:g} MB from file to file)",
        "met": ratio >= GOAL_RATIO and median(ours) <= GOAL_SECONDS and growth <= GOAL_GROWTH,
        "rows": count,
        "xlsx_seconds": xlsx,
        "memory_growth_mb": round(growth, 1),
    }


def _receive(bench: Bench, content: bytes, name: str) -> None:
    """Put the file away, import it, receive everything of it: what two people do."""
    answer = import_ship_notice(caller=bench.caller(), file_sha256=put(content), file_name=name)
    for notice in answer["notices"]:  # type: ignore[attr-defined]
        receive_notice(caller=bench.caller(), notice_id=notice, location_code="BENCH")


def _lines() -> Lines:
    stem = uuid.uuid4().hex[:8].upper()
    shipped = ("2026-11-01T09:00:00+09:00", "2026-11-10T09:00:00+09:00")
    return [
        (f"N-{stem}", "BENCH", "PO-1", *shipped, "B-UNIT", "A", f"{stem}{number:06d}", "JP")
        for number in range(SERIALS)
    ]


def _as_csv(lines: Lines) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEADINGS)
    rows.writerows(lines)
    return text.getvalue().encode()


def _as_xlsx(lines: Lines) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in (HEADINGS, *lines):
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _seconds(work: Callable[[], None]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * getpagesize() / 2**20
