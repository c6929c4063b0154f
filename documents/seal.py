"""What a paper is bound by: the hash of its facts and the hash of its bytes. Signatures will join them here.

The hash of facts says "the same content" whatever the language or the layout; the hash of bytes says "this very file".
"""

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

_EXACT = 2**53
"""Larger integers are text in RFC 8785."""


def facts_hash(sheet: object) -> str:
    """SHA-256, hexadecimal, over the canonical JSON of a sheet and the name of its class."""
    return hashlib.sha256(canonical_facts(sheet)).hexdigest()


def bytes_hash(pressed: bytes) -> str:
    """SHA-256, hexadecimal, of a pressed paper: before PDF/A metadata and signature (RULINGS.md 13)."""
    return hashlib.sha256(pressed).hexdigest()


def canonical_facts(sheet: object) -> bytes:
    """RFC 8785 bytes, as the ledger keeps its events; instants in UTC, so that equal facts are equal bytes.

    Written by the C encoder, which gives the same bytes for what a sheet may hold (text, small integers, plain field
    names) in a tenth of the time; a test compares it with the ledger's.
    """
    whole = {"sheet": type(sheet).__name__, "facts": _plain(sheet)}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(fact: object) -> object:
    if fact is None or isinstance(fact, bool):
        return fact
    if isinstance(fact, int):
        return fact if abs(fact) < _EXACT else str(fact)
    if isinstance(fact, tuple):
        return [_plain(item) for item in fact]
    if is_dataclass(fact) and not isinstance(fact, type):
        return {field.name: _plain(getattr(fact, field.name)) for field in fields(fact)}
    return _text(fact)


def _text(fact: object) -> str:
    if isinstance(fact, str):
        return fact.encode("utf-8", "backslashreplace").decode()  # a lone surrogate has no UTF-8
    if isinstance(fact, Decimal):
        return format(fact, "f")
    if isinstance(fact, datetime):
        return _instant(fact)
    if isinstance(fact, date):
        return fact.isoformat()
    raise TypeError(f"A sheet holds plain values only, not {type(fact).__name__}.")


def _instant(at: datetime) -> str:
    if at.tzinfo is None:
        raise TypeError("An instant on a paper carries its time zone.")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
