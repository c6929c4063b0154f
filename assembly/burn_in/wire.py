"""PostgreSQL's binary form of samples, made and read by whole arrays: a minute's row of 24 values costs microseconds.

A row of COPY is: number of fields, then each field with its length before it; an array is dimensions, whether it holds
nulls, the type's number, length, first index, then each value with its length before it. All big-endian.
"""

import numpy as np

from assembly.burn_in.soak import Times, Values

HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TAIL = b"\xff\xff"
FLOAT8 = 701
EPOCH_2000 = 946_684_800_000_000
"""Microseconds from 1970 to 2000, where PostgreSQL's moments begin."""


def _array(width: int) -> np.dtype[np.void]:
    cell = np.dtype([("length", ">i4"), ("value", ">f8")])
    return np.dtype(
        [("dimensions", ">i4"), ("nulls", ">i4"), ("type", ">i4"), ("width", ">i4"), ("first", ">i4"),
         ("cells", cell, (width,))]
    )  # fmt: skip


def _row(width: int) -> np.dtype[np.void]:
    return np.dtype(
        [("fields", ">i2"), ("length_1", ">i4"), ("burn_in", ">i8"), ("length_2", ">i4"), ("at", ">i8"),
         ("length_3", ">i4"), ("values", _array(width))]
    )  # fmt: skip


def copy_bytes(burn_in_id: int, times: Times, values: Values) -> bytes:
    """Binary COPY of (burn_in_id, at, values) for samples in which every value came."""
    width = values.shape[1]
    rows = np.zeros(len(times), dtype=_row(width))
    rows["fields"], rows["length_1"], rows["length_2"] = 3, 8, 8
    rows["burn_in"], rows["at"] = burn_in_id, times - EPOCH_2000
    rows["length_3"] = _array(width).itemsize
    array = rows["values"]
    array["dimensions"], array["type"], array["width"], array["first"] = 1, FLOAT8, width, 1
    array["cells"]["length"], array["cells"]["value"] = 8, values
    return HEAD + rows.tobytes() + TAIL


def values_from(raw: bytes, width: int) -> Values:
    """The values of arrays without nulls, one after another as array_send writes them."""
    rows = np.frombuffer(raw, dtype=_array(width))
    values: Values = rows["cells"]["value"].astype(np.float64)
    return values


def times_from(raw: bytes) -> Times:
    """Microseconds, one after another as int8send writes them."""
    return np.frombuffer(raw, dtype=">i8").astype(np.int64)
