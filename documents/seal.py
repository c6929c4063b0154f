"""What a paper is bound by: the hash of its facts and the hash of its bytes. Signatures will join them here.

The hash of facts says "the same content" whatever the language or the layout; the hash of bytes says "this very file".
"""

import hashlib
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from ledger.canonical import canonical_bytes


def facts_hash(sheet: object) -> str:
    """SHA-256, hexadecimal, over the canonical JSON of a sheet and the name of its class."""
    return hashlib.sha256(canonical_facts(sheet)).hexdigest()


def bytes_hash(pressed: bytes) -> str:
    """SHA-256, hexadecimal, of a pressed paper: before PDF/A metadata and signature (RULINGS.md 13)."""
    return hashlib.sha256(pressed).hexdigest()


def canonical_facts(sheet: object) -> bytes:
    """RFC 8785 bytes, as the ledger keeps its events; instants in UTC, so that equal facts are equal bytes."""
    return canonical_bytes({"sheet": type(sheet).__name__, "facts": _plain(sheet)})


def _plain(fact: object) -> object:
    if isinstance(fact, str):
        return fact.encode("utf-8", "backslashreplace").decode()  # a lone surrogate has no UTF-8
    if fact is None or isinstance(fact, bool | int | Decimal):
        return fact
    if isinstance(fact, datetime):
        return _instant(fact)
    if isinstance(fact, date):
        return fact.isoformat()
    if isinstance(fact, tuple):
        return [_plain(item) for item in fact]
    if is_dataclass(fact) and not isinstance(fact, type):
        return {field.name: _plain(getattr(fact, field.name)) for field in fields(fact)}
    raise TypeError(f"A sheet holds plain values only, not {type(fact).__name__}.")


def _instant(at: datetime) -> str:
    if at.tzinfo is None:
        raise TypeError("An instant on a paper carries its time zone.")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
