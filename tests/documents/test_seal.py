"""The hash of facts: same facts, same hash; anything changed, another one."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from documents.seal import bytes_hash, canonical_facts, facts_hash
from ledger.canonical import canonical_bytes
from tests.documents.sample_sheets import a_traveller


@dataclass(frozen=True)
class Loose:
    value: object


def test_same_facts_have_the_same_hash() -> None:
    assert facts_hash(a_traveller()) == facts_hash(a_traveller())


def test_same_instant_in_another_zone_is_the_same_fact() -> None:
    sheet = a_traveller()

    assert facts_hash(replace(sheet, at=sheet.at.astimezone(UTC))) == facts_hash(sheet)


def test_changed_fact_has_another_hash() -> None:
    sheet = a_traveller()

    assert facts_hash(replace(sheet, serial="RK26-00132")) != facts_hash(sheet)


def test_facts_are_written_as_the_ledger_writes_its_events() -> None:
    hostile = Loose(('\x00\x1f\x7f\u2028\u202e"\\/é𠮷\ud800', 2**60, -5, True, None, Decimal("1E+3")))

    for sheet in (a_traveller(), hostile):
        written = canonical_facts(sheet)
        assert written == canonical_bytes(json.loads(written))


def test_digits_of_a_value_are_a_fact() -> None:
    assert facts_hash(Loose(Decimal("0.50"))) != facts_hash(Loose(Decimal("0.5")))


def test_sheets_of_two_kinds_never_collide() -> None:
    @dataclass(frozen=True)
    class Other:
        value: object

    assert facts_hash(Loose("x")) != facts_hash(Other("x"))


@pytest.mark.parametrize("value", [0.5, datetime(2026, 11, 20), ["a"], object()])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        facts_hash(Loose(value))


def test_bytes_are_hashed_as_they_are() -> None:
    assert bytes_hash(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
