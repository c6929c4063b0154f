"""A file of telemetry in pieces, each held alone: CSV (also gzip'd), Parquet, an Arrow stream. Pure.

The pieces of a file are always the same ones, so that whoever is killed on the way begins again and each piece finds
its receipt. Layouts are those of assembly.burn_in.columns: a moment with `series` and `value`, or a column a series.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assembly.burn_in.columns import PARQUET, Columns, NotColumns, arrow, table_columns

PIECE = 200_000
"""Values in a piece, about."""
BLOCK = 1 << 20
"""Bytes of text read at once."""
HEADER = 4 << 20
GZIP = b"\x1f\x8b"
STREAM = b"\xff\xff\xff\xff"


def pieces_of(path: Path) -> Iterator[tuple[Columns, int]]:
    """The file's pieces, in its order, and how far the file is read. Raises NotColumns in plain words, also half way:
    what came before stays; FileNotFoundError."""
    pa = arrow("pyarrow")
    with path.open("rb") as file:
        magic = file.read(4)
    try:
        if magic == PARQUET:
            yield from _parquet(path)
        elif magic == STREAM:
            yield from _stream(path)
        else:
            yield from _text(path, packed=magic[:2] == GZIP)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError, csv.Error) as broken:
        raise NotColumns(str(broken).splitlines()[0][:200] if str(broken) else "it ends too early") from broken


def _parquet(path: Path) -> Iterator[tuple[Columns, int]]:
    size = path.stat().st_size
    with arrow("pyarrow.parquet").ParquetFile(path, pre_buffer=False) as file:
        rows, done = _rows(file.metadata.num_columns), 0
        for batch in file.iter_batches(batch_size=rows, use_threads=False):
            done += batch.num_rows
            at = size * done // max(1, file.metadata.num_rows)
            yield from ((piece, at) for piece in _tables(batch, rows))


def _stream(path: Path) -> Iterator[tuple[Columns, int]]:
    pa = arrow("pyarrow")
    with pa.memory_map(str(path)) as source, arrow("pyarrow.ipc").open_stream(source) as stream:
        for batch in stream:
            at = source.tell()
            yield from ((piece, at) for piece in _tables(batch, _rows(batch.num_columns)))


def _text(path: Path, *, packed: bool) -> Iterator[tuple[Columns, int]]:
    pa, reader = arrow("pyarrow"), arrow("pyarrow.csv")
    names = _heading(path, packed=packed)
    as_text = reader.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
    with path.open("rb") as plain:
        source = gzip.GzipFile(fileobj=plain) if packed else plain
        options = reader.ReadOptions(block_size=max(BLOCK, 2 * len(",".join(names))), use_threads=False)
        with reader.open_csv(pa.PythonFile(source, mode="r"), read_options=options, convert_options=as_text) as batches:
            for batch in batches:
                at = plain.tell()
                yield from ((piece, at) for piece in _tables(batch, _rows(batch.num_columns)))


def _heading(path: Path, *, packed: bool) -> list[str]:
    with path.open("rb") as plain:
        line = gzip.GzipFile(fileobj=plain).readline(HEADER) if packed else plain.readline(HEADER)
    names = next(csv.reader(io.StringIO(line.decode("utf-8-sig"))), [])
    if len(names) < 2 or not line.endswith(b"\n"):
        raise NotColumns("the first line names no columns")
    return names


def _rows(columns: int) -> int:
    """Rows of a piece: a long table has three or four columns, of which one is the value."""
    return PIECE if columns <= 4 else max(1, PIECE // columns)


def _tables(batch: Any, rows: int) -> Iterator[Columns]:
    for first in range(0, batch.num_rows, rows):
        yield table_columns(arrow("pyarrow").Table.from_batches([batch.slice(first, rows)]))
