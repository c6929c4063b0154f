"""Columns of a soaking rack's wide series, as feeders send them."""

from __future__ import annotations

import base64
from datetime import datetime

import numpy as np
import pyarrow as pa

from assembly.models import BurnInRun
from assembly.operations.telemetry_columns import feed_columns
from tests.assembly.burn_in_world import MINUTE
from tests.cast import a_caller


def wide(start: datetime, minutes, columns: dict[str, list], units: dict[str, str] | None = None) -> pa.Table:
    """A wide table: moments at these minutes after the start, one column a series."""
    at = pa.array([start + minute * MINUTE for minute in minutes], pa.timestamp("us", "UTC"))
    fields = [pa.field("at", at.type)]
    arrays = [at]
    for name, values in columns.items():
        arrays.append(pa.array(values))
        fields.append(pa.field(name, arrays[-1].type, metadata={"unit": (units or {}).get(name, "")}))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def text(table: pa.Table) -> str:
    return base64.b64encode(stream(table)).decode()


def send(burn_in: BurnInRun, minutes, columns: dict[str, list], *, at=None, **others) -> dict[str, int]:
    """Feed a wide table to a run; by default just after its last moment."""
    moment = at or burn_in.started_at + max([*minutes, 0]) * MINUTE
    table = wide(burn_in.started_at, minutes, columns, others.pop("units", None))
    return feed_columns(caller=a_caller("kenji", at=moment, **others), cell_code=burn_in.cell.code, columns=text(table))


def noise(count: int, seed: int = 1) -> list[float]:
    return np.round(np.random.default_rng(seed).normal(40, 3, count), 3).tolist()
