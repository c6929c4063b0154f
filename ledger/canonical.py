"""Canonical bytes: RFC 8785 (JCS) of a record, and the leaf hash over them."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

SCHEMA = 1
"""Version of the record's layout; part of the bytes."""


_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def plain(value: Any) -> Any:  # noqa: C901 - one line a type reads better than a table
    """A JSON value that means the same on every machine: decimals, dates and uuids as text, tuples as lists.

    Integers beyond 2^53 and floats become text, because RFC 8785 cannot carry them exactly."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date | uuid.UUID | float):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical_bytes(record: Mapping[str, Any]) -> bytes:
    """RFC 8785 bytes of a record.

    After `plain` there are no floats and no integers beyond 2^53, and our keys are ASCII: for such values sorted keys,
    no blanks and unescaped UTF-8 are RFC 8785, and the json module writes them ten times as fast as the package
    `rfc8785`. A property test holds the two together."""
    return _encoder.encode(plain(record)).encode()


def leaf_hash(body: bytes) -> bytes:
    """The Merkle leaf of RFC 6962: SHA-256 over a zero byte and the body."""
    return hashlib.sha256(b"\x00" + body).digest()
