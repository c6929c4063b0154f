"""From JSON to an operation's arguments: every type, every way to be wrong, each named by its field."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.callers import Caller
from ledger.refusals import BadInput
from ledger.shapes import TEXT_LIMIT, answer_of, arguments_from_json, bound_arguments, hints_of


@dataclass(frozen=True)
class Line:
    """A nested shape."""

    number: str
    quantity: Decimal = Decimal(1)
    tags: list[str] = field(default_factory=list)


def everything(
    *,
    caller: Caller,
    text: str = "",
    count: int = 0,
    quantity: Decimal = Decimal(0),
    flag: bool = False,
    at: datetime | None = None,
    day: date | None = None,
    identity: uuid.UUID | None = None,
    names: list[str] | None = None,
    pair: tuple[int, ...] = (),
    mode: Literal["air", "sea"] = "air",
    line: Line | None = None,
    lines: list[Line] | None = None,
    facts: dict[str, Any] | None = None,
    whatever: Any = None,
) -> None:
    """Takes one argument of each type an operation may have."""


def read(name: str, value: Any) -> Any:
    """The argument as the operation gets it."""
    return arguments_from_json(everything, {name: value})[name]


UUID_TEXT = "0191d8a0-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("text", "現品 ", "現品 "),
        ("count", 7, 7),
        ("count", "-7", -7),
        ("quantity", "0.10", Decimal("0.10")),
        ("quantity", 3, Decimal(3)),
        ("quantity", 0.1, Decimal("0.1")),
        ("flag", True, True),
        ("flag", "on", True),
        ("flag", "false", False),
        ("at", "2026-11-20T12:00:00+09:00", datetime(2026, 11, 20, 3, 0, tzinfo=UTC)),
        ("at", None, None),
        ("at", "", None),
        ("day", "2026-11-20", date(2026, 11, 20)),
        ("identity", UUID_TEXT, uuid.UUID(UUID_TEXT)),
        ("names", ["a", "b"], ["a", "b"]),
        ("names", None, None),
        ("pair", [1, 2], (1, 2)),
        ("mode", "sea", "sea"),
        ("line", {"number": "P-1"}, Line("P-1")),
        ("lines", [{"number": "P-1", "quantity": "2", "tags": ["x"]}], [Line("P-1", Decimal(2), ["x"])]),
        ("facts", {"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}),
        ("whatever", [1, "a", None, {"b": 1.5}], [1, "a", None, {"b": 1.5}]),
    ],
)
def test_each_type_is_read(name: str, value: Any, expected: Any) -> None:
    found = read(name, value)

    assert found == expected
    assert type(found) is type(expected)


NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("text", 7, "text"),
        ("text", None, "text"),
        ("text", ["a"], "text"),
        ("text", "a\x00b", "text"),
        ("text", "\ud800", "text"),
        ("text", "x" * (TEXT_LIMIT + 1), "text"),
        ("count", True, "count"),
        ("count", 1.0, "count"),
        ("count", 1.5, "count"),
        ("count", NAN, "count"),
        ("count", 10**18, "count"),
        ("count", 10**400, "count"),
        ("count", "１２", "count"),
        ("count", "1e3", "count"),
        ("count", " 1", "count"),
        ("count", "", "count"),
        ("count", None, "count"),
        ("quantity", NAN, "quantity"),
        ("quantity", INFINITE, "quantity"),
        ("quantity", "NaN", "quantity"),
        ("quantity", "sNaN", "quantity"),
        ("quantity", "1e400", "quantity"),
        ("quantity", "1e999999999999", "quantity"),
        ("quantity", "1e-999999999999", "quantity"),
        ("quantity", "0e999999999999", "quantity"),
        ("quantity", "-Infinity", "quantity"),
        ("quantity", True, "quantity"),
        ("quantity", {}, "quantity"),
        ("quantity", 10**15, "quantity"),
        ("flag", 1, "flag"),
        ("flag", "yes", "flag"),
        ("flag", None, "flag"),
        ("at", "2026-11-20T12:00:00", "at"),
        ("at", "2026-13-20T12:00:00Z", "at"),
        ("at", 1, "at"),
        ("at", "0001-01-01T00:00:00+23:59", "at"),
        ("day", "2026-02-30", "day"),
        ("day", "20 November", "day"),
        ("identity", "not-a-uuid", "identity"),
        ("identity", 1, "identity"),
        ("names", "ab", "names"),
        ("names", ["a", 1], "names[1]"),
        ("names", {"0": "a"}, "names"),
        ("pair", [1, "x"], "pair[1]"),
        ("mode", "rail", "mode"),
        ("mode", ["air"], "mode"),
        ("mode", {}, "mode"),
        ("line", "P-1", "line"),
        ("line", {}, "line.number"),
        ("line", {"number": "P-1", "colour": "red"}, "line.colour"),
        ("lines", [{"number": "P-1"}, {"number": "P-2", "quantity": "many"}], "lines[1].quantity"),
        ("lines", [{"number": "P-1", "tags": [1]}], "lines[0].tags[0]"),
        ("facts", [], "facts"),
        ("facts", {"a": "\x00"}, "facts.a"),
        ("facts", {"\x00": 1}, "facts"),
        ("facts", {"a": [0, NAN]}, "facts.a[1]"),
        ("whatever", INFINITE, "whatever"),
        ("whatever", ["\udfff"], "whatever[0]"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(name: str, value: Any, where: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read(name, value)

    assert list(refusal.value.fields) == [where]
    assert where in refusal.value.detail


def test_unknown_fields_are_refused_also_beside_right_ones() -> None:
    with pytest.raises(BadInput) as refusal:
        arguments_from_json(everything, {"text": "a", "is_staff": True, "caller": {"user": 1}})

    assert set(refusal.value.fields) == {"is_staff", "caller"}


def test_all_faults_are_told_at_once() -> None:
    def needs(*, caller: Caller, first: str, second: int) -> None: ...

    with pytest.raises(BadInput) as refusal:
        arguments_from_json(needs, {"second": "x", "third": 1})

    assert set(refusal.value.fields) == {"first", "second", "third"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(hints_of(everything))), JSON)
def test_any_json_is_read_or_refused_and_never_a_fault(name: str, value: Any) -> None:
    try:
        values = arguments_from_json(everything, {name: value})
    except BadInput:
        return
    bound_arguments(everything, values)


def test_bound_arguments_fill_in_defaults_and_flatten_shapes() -> None:
    bound = bound_arguments(everything, {"line": Line("P-1", Decimal("2.0")), "day": date(2026, 11, 20)})

    assert bound["line"] == {"number": "P-1", "quantity": "2.0", "tags": []}
    assert bound["day"] == "2026-11-20"
    assert (bound["text"], bound["count"], bound["names"]) == ("", 0, None)
    assert "caller" not in bound


def test_answers_are_plain() -> None:
    assert answer_of({"line": Line("P-1"), "ids": (1, 2)}) == {
        "line": {"number": "P-1", "quantity": "1", "tags": []},
        "ids": [1, 2],
    }
