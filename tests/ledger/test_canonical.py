"""Canonical bytes: RFC 8785 for everything a record can hold."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.canonical import canonical_bytes, leaf_hash, plain

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.decimals(allow_nan=False)
    | st.datetimes(timezones=st.just(UTC))
    | st.dates()
    | st.uuids()
    | st.binary()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(TEXT, inner), max_leaves=12
)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(st.dictionaries(TEXT, VALUES))
def test_bytes_are_those_of_rfc_8785(record: dict[str, object]) -> None:
    assert canonical_bytes(record) == rfc8785.dumps(plain(record))


def test_keys_sort_by_utf_16_as_the_standard_says() -> None:
    record = {"\ufb33": 1, "\U0001f600": 2, "a": {"\ufb33": 3, "\U0001f600": 4}}

    body = canonical_bytes(record)

    assert body == rfc8785.dumps(record)
    assert body.index("\U0001f600".encode()) < body.index("\ufb33".encode())


@patient
@given(st.dictionaries(TEXT, VALUES))
def test_plain_is_a_fixed_point_and_survives_json(record: dict[str, object]) -> None:
    once = plain(record)

    assert plain(once) == once
    assert json.loads(canonical_bytes(record)) == once


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E+3"), '"1000"'),
        (Decimal("0.10"), '"0.10"'),
        (2**53 - 1, "9007199254740991"),
        (2**53, '"9007199254740992"'),
        (-(2**53), '"-9007199254740992"'),
        (0.1, '"0.1"'),
        (True, "true"),
        (datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=9))), '"2026-11-20T12:00:00+09:00"'),
        (date(2026, 11, 20), '"2026-11-20"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (b"\x00\xff", '"00ff"'),
        ((1, 2), "[1,2]"),
        ({"b", "a"}, '["a","b"]'),
        ("現品\n\x1f\u2028", '"現品\\n\\u001f\u2028"'),
    ],
)
def test_values_have_one_spelling(value: object, text: str) -> None:
    assert canonical_bytes({"v": value}) == f'{{"v":{text}}}'.encode()


def test_a_set_has_the_same_bytes_in_every_process() -> None:
    program = "from ledger.canonical import canonical_bytes; print(canonical_bytes({'v': set('genpin')}).decode())"

    said = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert said == {'{"v":["e","g","i","n","p"]}\n'}


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical_bytes({"v": object()})
    with pytest.raises(UnicodeEncodeError):
        canonical_bytes({"v": "\ud800"})


def test_leaf_is_that_of_rfc_6962() -> None:
    assert leaf_hash(b"") == bytes.fromhex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    assert leaf_hash(b"abc") == hashlib.sha256(b"\0abc").digest()
