"""P10: what burn-in cells report, from the bytes that come to the raw file, beside the bare columnar write."""

from __future__ import annotations

import base64
import importlib
import os
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import timezone

from assembly.models import BurnInRun
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.burn_in import start_burn_in
from assembly.operations.cells import SeriesSpec, define_cell, define_feed, define_loop, define_telemetry_series
from assembly.operations.designs import SlotSpec, define_rack_model, release_design
from assembly.operations.raw_keeping import join_raw_files
from assembly.operations.routing_specs import OperationSpec
from assembly.operations.routings import release_routing
from assembly.operations.telemetry_columns import feed_columns
from genpin.benchmarks.plant import Bench
from inventory.operations.locations import LocationRow, define_location
from inventory.operations.parts import PartRow, define_part

CELLS, SERIES, LIMITED = 6, 14_000, 500
MINUTES, MOMENTS = 10, 6
"""Every cell sends a minute at a time: six moments, ten seconds apart, of all its series."""
GOAL = 84_000
"""Samples a second of sixty such cells."""


def measure(bench: Bench) -> dict[str, Any]:
    """Samples a second through parse, limits, roll-up and raw file (fsync, one transaction a call), and the files
    joined at the end; beside pyarrow's write of the same tables with its own fsync, in turn. One process;
    `per_second_of_processor` leaves out the waiting for disk, database and whoever else is on the machine."""
    runs = _soaking(bench)
    start = min(run.started_at for run in runs)
    begun = perf_counter()
    _feed(bench, runs[0], _table(start, -1))  # the first sight of the series, apart: it registers them
    first_sight = perf_counter() - begun
    ours = limit = busy = 0.0
    with tempfile.TemporaryDirectory(dir=settings.GENPIN_HOME) as folder:
        for minute in range(MINUTES):
            for number, run in enumerate(runs):
                table = _table(start, minute * CELLS + number, at_minute=minute)
                worked = process_time()
                ours += _feed(bench, run, table)
                busy += process_time() - worked
                limit += _write(Path(folder) / f"{minute}-{number}.parquet", table)
    begun = perf_counter()
    for run in runs:
        join_raw_files(caller=bench.caller(), burn_in_id=run.pk)
    ours += perf_counter() - begun
    count = MINUTES * CELLS * MOMENTS * SERIES
    return {
        "row": "P10",
        "what": f"telemetry of {CELLS} cells, {SERIES} series, {LIMITED} with limits: {count} samples",
        "per_second": count / ours,
        "limit": "pyarrow.parquet.write_table of the same tables, fsync each",
        "limit_per_second": count / limit,
        "ratio": limit / ours,
        "goal": f">= {GOAL} samples/s",
        "met": count / ours >= GOAL,
        "per_second_of_processor": count / busy,
        "first_sight_seconds": first_sight,
    }


def _feed(bench: Bench, run: BurnInRun, table: Any) -> float:
    pa = importlib.import_module("pyarrow")
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    body = bytes(sink.getvalue())
    begun = perf_counter()
    feed_columns(caller=bench.caller(), burn_in_id=run.pk, columns=base64.b64encode(body).decode())
    return perf_counter() - begun


def _write(path: Path, table: Any) -> float:
    pq = importlib.import_module("pyarrow.parquet")
    begun = perf_counter()
    with path.open("wb") as file:
        pq.write_table(table, file)
        file.flush()
        os.fsync(file.fileno())
    return perf_counter() - begun


def _table(start: datetime, seed: int, *, at_minute: int = 0) -> Any:
    """A minute of a cell: values with two decimals, as BMCs tell them; a few that leave their limits."""
    pa = importlib.import_module("pyarrow")
    dice = np.random.default_rng(abs(seed))
    level = dice.uniform(20, 80, SERIES)
    values = np.round(level + dice.normal(0, 0.4, (MOMENTS, SERIES)), 2)
    values[dice.random((MOMENTS, SERIES)) < 0.001] = np.nan
    at = [start + timedelta(minutes=at_minute, seconds=10 * moment + 5) for moment in range(MOMENTS)]
    arrays = [pa.array(at, pa.timestamp("us", "UTC")), *(pa.array(values[:, column]) for column in range(SERIES))]
    return pa.Table.from_arrays(arrays, names=["at", *(f"Series_{column:05}" for column in range(SERIES))])


def _soaking(bench: Bench) -> list[BurnInRun]:
    caller = bench.caller
    define_feed(caller=caller(), code="BF", capacity_kw=Decimal(9_000))
    define_loop(caller=caller(), code="BL", capacity_kw=Decimal(9_000), capacity_lpm=Decimal(9_000))
    limited = [SeriesSpec(None, f"Series_{n:05}", "系列", "Series", "", None, Decimal(81)) for n in range(LIMITED)]
    define_telemetry_series(
        caller=caller(), series=[SeriesSpec(0, "RackPower", "電力", "Power", "kW", None, Decimal(150)), *limited]
    )
    define_part(
        caller=caller(),
        part=PartRow(number="B-RACK", revision="A", name_ja="ラック", name_en="Rack", kind="rack", level="rack"),
    )
    release_routing(caller=caller(), code="BSOAK", revision="A", operations=_ROUTE, reentry=[])
    define_rack_model(
        caller=caller(), code="BR", name="BR", rack_units=48, planned_kw=Decimal(142),
        litres_per_minute_per_kw=Decimal("1.5"),
    )  # fmt: skip
    release_design(
        caller=caller(), code="BRACK", kind="rack", part_number="B-RACK", revision="A", routing_code="BSOAK",
        routing_revision="A", rack_model="BR", unit_prefix="BR",
        slots=[SlotSpec("CT-01", "compute", "B-TRAY", ru=1, slot_number=1, tray_index=0)],
    )  # fmt: skip
    return [_run(bench, f"BC-{number}") for number in range(CELLS)]


def _run(bench: Bench, cell: str) -> BurnInRun:
    """A rack that has soaked for an hour."""
    caller = bench.caller
    define_location(caller=caller(), location=LocationRow(code=cell, name_ja=cell, name_en=cell, kind="cell"))
    define_cell(caller=caller(), code=cell, feed_code="BF", loop_code="BL", max_kw=Decimal(150), max_lpm=Decimal(225))
    build = start_build(caller=caller(), start=BuildStart("BRACK", location_code="BENCH"))
    an_hour_ago = timezone.now() - timedelta(hours=1)
    then = replace(caller(), at=an_hour_ago, happened_at=an_hour_ago)
    return start_burn_in(caller=then, build_id=build.pk, cell_code=cell)


_ROUTE = [
    OperationSpec(350, "エージング", "Burn-in", "burn_in", "WC-BURN", "burn_in", 60, soak_minutes=60, signs=()),
    OperationSpec(360, "挿入", "Insert", "assemble", "WC-RACK", "rack_build", 1, slot_kinds=("compute",), signs=()),
]
