"""Many samples in one text: base64 of little-endian float64, row by row. All NaN: no sample then."""

import base64
import binascii
import hashlib

import numpy as np

from assembly.burn_in.soak import Times, Values


def packed(values: Values) -> str:
    """The text of a (samples, series) table."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode("ascii")


def unpacked(text: str, series: int) -> Values:
    """The table again; raises ValueError for a text that is no whole number of rows."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as broken:
        raise ValueError("not base64") from broken
    if len(raw) % (8 * series):
        raise ValueError("not a whole number of samples")
    values = np.frombuffer(raw, dtype="<f8").reshape(-1, series).astype(np.float64)
    values[~np.isfinite(values)] = np.nan
    return values


def digest_of(times: Times, values: Values) -> str:
    """SHA-256 over moments and values of a run, in order: binds the stored samples to the event that judged them."""
    hashed = hashlib.sha256(np.ascontiguousarray(times, dtype="<i8").tobytes())
    plain = np.where(np.isnan(values), np.nan, values)  # one pattern of bits for every NaN
    hashed.update(np.ascontiguousarray(plain, dtype="<f8").tobytes())
    return hashed.hexdigest()
