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


_sorted = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_as_it_stands = json.JSONEncoder(sort_keys=False, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def plain(value: Any) -> Any:  # noqa: C901, PLR0912 - one line a type reads better than a table
    """A JSON value that means the same on every machine: decimals, dates and uuids as text, tuples as lists, sets as
    sorted lists.

    Integers beyond 2^53 and floats become text, because RFC 8785 cannot carry them exactly."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is dict:
        return {name if type(name) is str else str(name): plain(item) for name, item in value.items()}
    if isinstance(value, bool | str):
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
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical_bytes(record: Mapping[str, Any]) -> bytes:
    """RFC 8785 bytes of a record.

    After `plain` there are no floats and no integers beyond 2^53: for such values sorted keys, no blanks and unescaped
    UTF-8 are RFC 8785, and the json module writes them ten times as fast as the package `rfc8785`. Only where a
    character lies beyond U+FFFF can the order of keys (by UTF-16 units) be another. A property test holds the
    two together."""
    return encoded(plain(record))


def encoded(record: Mapping[str, Any]) -> bytes:
    """RFC 8785 bytes of a record whose values are `plain` already."""
    text = _sorted.encode(record)
    if not text.isascii() and max(text) > "\uffff":
        text = _as_it_stands.encode(_by_utf16(record))
    return text.encode()


def _by_utf16(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _by_utf16(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    return [_by_utf16(item) for item in value] if isinstance(value, list) else value


def leaf_hash(body: bytes) -> bytes:
    """The Merkle leaf of RFC 6962: SHA-256 over a zero byte and the body."""
    return hashlib.sha256(b"\x00" + body).digest()
