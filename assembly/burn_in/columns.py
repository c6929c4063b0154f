"""Columns of telemetry as Arrow and Parquet write them. The only module that knows pyarrow, and only once it is needed:
loading it takes half a second, which no page pays that shows no raw series."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from assembly.burn_in.cells_of_text import NotAMoment, figures_from, moments_from
from assembly.burn_in.soak import Times, Values
from assembly.burn_in.wide import NOTHING, Samples, Series

MOMENTS = ("at", "time", "timestamp", "datetime", "Timestamp", "Time")
"""Names of the column with the moments."""
ROWS = 131_072
"""Samples of a row group: what is read at least to draw one series."""
PARQUET, CODE_LIMIT, UNIT_LIMIT = b"PAR1", 120, 20


class NotColumns(ValueError):
    """The bytes are no table of moments and series; says why in plain words."""


@dataclass(slots=True)
class Columns:
    """A table that came: `series[i]` is a place in `codes`. Values that are none are NaN still."""

    codes: list[str]
    series: Series
    at: Times
    values: Values
    units: dict[str, str] = field(default_factory=dict)


@functools.cache
def arrow(name: str) -> Any:
    """A module of pyarrow, loaded when it is first asked for."""
    return importlib.import_module(name)


def columns_from(content: bytes, limit: int) -> Columns:
    """The table of an Arrow stream or a Parquet file. Raises NotColumns, also for more than `limit` values."""
    pa = arrow("pyarrow")
    try:
        if content[:4] == PARQUET:
            file = arrow("pyarrow.parquet").ParquetFile(pa.BufferReader(content))
            if file.metadata.num_rows * max(1, file.metadata.num_columns - 1) > limit * 2:
                raise NotColumns(f"more than {limit} values")
            table = file.read()
        else:
            with arrow("pyarrow.ipc").open_stream(content) as stream:
                table = stream.read_all()
    except (pa.ArrowException, OSError, ValueError) as broken:
        if isinstance(broken, NotColumns):
            raise
        raise NotColumns(str(broken).splitlines()[0][:200] if str(broken) else "it ends too early") from broken
    if table.num_rows * max(1, table.num_columns - 1) > limit * 2:
        raise NotColumns(f"more than {limit} values")
    return table_columns(table)


def table_columns(table: Any) -> Columns:
    """A table as columns: long (a moment, `series`, `value`, perhaps `unit`) or wide (a moment, a column a series)."""
    names = table.column_names
    moment = next((name for name in MOMENTS if name in names), None)
    if moment is None:
        raise NotColumns(f"no column {', '.join(MOMENTS[:3])}")
    try:
        at, known = _moments(table.column(moment))
    except NotAMoment as fault:
        raise NotColumns(f"{str(fault)[:60]!r} is no moment") from fault
    found = _long(table, at) if {"series", "value"} <= set(names) else _wide(table, moment, at)
    if not known.all():
        keep = known if len(known) == len(found.at) else np.tile(known, len(found.codes))
        found.series, found.at, found.values = found.series[keep], found.at[keep], found.values[keep]
    wrong = next((code for code in found.codes if not (0 < len(code) <= CODE_LIMIT and code.isprintable())), None)
    if wrong is not None:
        raise NotColumns(f"{wrong[:30]!r} is no name of a series")
    return found


def _long(table: Any, at: Times) -> Columns:
    pa = arrow("pyarrow")
    coded = _whole(table.column("series").cast(pa.string()) if not _is_coded(table) else table.column("series"))
    coded = coded if pa.types.is_dictionary(coded.type) else coded.dictionary_encode()
    places = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    codes = [str(code or "").strip() for code in coded.dictionary.to_pylist()]
    values = _figures(table.column("value"))
    units: dict[str, str] = {}
    if "unit" in table.column_names:
        told = table.column("unit").cast(pa.string()).to_pylist()
        first = {int(place): row for row, place in reversed(list(enumerate(places)))} if len(places) else {}
        units = {codes[place]: (told[row] or "")[:UNIT_LIMIT] for place, row in first.items() if place >= 0}
    named = places >= 0
    return Columns(codes, places[named], at[named], values[named], units)


def _is_coded(table: Any) -> bool:
    return bool(arrow("pyarrow").types.is_dictionary(table.schema.field("series").type))


def _wide(table: Any, moment: str, at: Times) -> Columns:
    names = [name for name in table.column_names if name != moment]
    if not names:
        raise NotColumns("no column of a series")
    if len(set(names)) < len(names) or len(set(table.column_names)) < len(table.column_names):
        raise NotColumns("two columns have one name")
    units = {
        told.name: told.metadata.get(b"unit", b"").decode("utf-8", "replace")[:UNIT_LIMIT]
        for told in table.schema
        if told.metadata
    }
    values = _matrix(table.select(names)).ravel()
    series = np.repeat(np.arange(len(names), dtype=np.int32), len(at))
    return Columns([name.strip() for name in names], series, np.tile(at, len(names)), values, units)


def _matrix(table: Any) -> Values:
    """Series × moments. Columns that are floats already are taken in one go."""
    pa = arrow("pyarrow")
    batches = table.combine_chunks().to_batches()
    if len(batches) == 1 and all(kind == pa.float64() for kind in table.schema.types):
        tensor: Values = batches[0].to_tensor(null_to_nan=True, row_major=False).to_numpy()
        return np.ascontiguousarray(tensor.T)
    return np.array([_figures(column) for column in table.columns], dtype=np.float64)


def _whole(column: Any) -> Any:
    pa = arrow("pyarrow")
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined


def _figures(column: Any) -> Values:
    pa = arrow("pyarrow")
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        try:
            figures: Values = column.cast(pa.float64()).to_numpy().astype(np.float64)
            return figures
        except pa.ArrowInvalid:  # a cell is no number: each is looked at
            return figures_from(column.to_pylist())
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return np.full(len(column), np.nan)
    found: Values = column.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
    return found


def _moments(column: Any) -> tuple[Times, Any]:
    """Microseconds, and which rows have a moment at all."""
    pa = arrow("pyarrow")
    kind = column.type
    known = ~np.asarray(column.is_null().to_numpy()).astype(bool)
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        found = column.cast(pa.timestamp("us", "UTC"), safe=False).cast(pa.int64()).fill_null(0).to_numpy()
        return found.astype(np.int64), known
    if pa.types.is_timestamp(kind):
        coded = _whole(column.cast(pa.timestamp("us"), safe=False)).dictionary_encode()
        texts = [one.isoformat() for one in coded.dictionary.to_pylist()]
    else:
        coded = _whole(column)
        coded = coded if pa.types.is_dictionary(coded.type) else coded.dictionary_encode()
        texts = coded.dictionary.to_pylist()
    moments = np.append(moments_from(texts), 0)
    return moments[coded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)], known


def stream_bytes(columns: Columns) -> bytes:
    """The table as an Arrow stream, long: what a feeder sends."""
    pa = arrow("pyarrow")
    coded = pa.DictionaryArray.from_arrays(pa.array(columns.series), pa.array(columns.codes, pa.string()))
    at = pa.array(columns.at).cast(pa.timestamp("us", "UTC"))
    arrays, names = [at, coded, pa.array(columns.values)], ["at", "series", "value"]
    if any(columns.units.values()):
        units = pa.array([columns.units.get(code) or None for code in columns.codes], pa.string())
        arrays, names = [*arrays, units.take(pa.array(columns.series))], [*names, "unit"]
    batch = pa.record_batch(arrays, names)
    sink = pa.BufferOutputStream()
    with arrow("pyarrow.ipc").new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue())


# --- files of the raw store ------------------------------------------------------------------------------------------
_STYLE: dict[str, Any] = {
    "compression": "zstd",
    "use_dictionary": ["value"],
    "column_encoding": {"series": "DELTA_BINARY_PACKED", "at": "DELTA_BINARY_PACKED"},
    "write_statistics": ["series", "at"],
}


def parquet_bytes(samples: Samples, run: int) -> bytes:
    """Samples as a Parquet file that names its run."""
    pa = arrow("pyarrow")
    sink = pa.BufferOutputStream()
    arrow("pyarrow.parquet").write_table(_table(samples, run), sink, row_group_size=ROWS, **_STYLE)
    return bytes(sink.getvalue())


def write_parquet(path: Path, parts: Iterator[Samples], run: int) -> int:
    """Parts, each after the one before it in series, as one file; gives the number of samples. Holds one part."""
    count = 0
    with arrow("pyarrow.parquet").ParquetWriter(path, _table(NOTHING, run).schema, **_STYLE) as writer:
        for part in parts:
            writer.write_table(_table(part, run), row_group_size=ROWS)
            count += len(part)
    return count


def _table(samples: Samples, run: int) -> Any:
    table = arrow("pyarrow").table({"series": samples.series, "at": samples.at, "value": samples.values})
    return table.replace_schema_metadata({"genpin.burn_in": str(run)})


def read_parquet(path: Path | BinaryIO, first: int, last: int) -> Iterator[Samples]:
    """The stored samples of the series `first` to `last`, a row group at a time. Raises FileNotFoundError."""
    pq = arrow("pyarrow.parquet")
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for number in range(file.metadata.num_row_groups):
            told = file.metadata.row_group(number).column(0).statistics
            if told is not None and (told.min > last or told.max < first):
                continue
            group = file.read_row_group(number, use_threads=False)
            series = group.column("series").to_numpy()
            keep = slice(*np.searchsorted(series, [first, last + 1]).tolist())
            if keep.stop > keep.start:
                yield Samples(series[keep], group.column("at").to_numpy()[keep], group.column("value").to_numpy()[keep])
