"""One measurement of an OpenHTF record: its value, unit, outcome, and the bounds that its validators state as text."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assembly.test_logs.result import Verdict
from assembly.test_logs.words import told

_WORDS: dict[str, Verdict] = {"PASS": "pass", "FAIL": "fail", "UNSET": "not_run", "PARTIALLY_SET": "not_run"}
_N = r"([+-]?\d{1,30}(?:\.\d{0,30})?(?:[eE][+-]?\d{1,3})?)"
_RANGE = re.compile(rf"(?:{_N} <= )?(?:Marginal:\S{{1,40}} <= )?x(?: <= Marginal:\S{{1,40}})?(?: <= {_N})?", re.ASCII)
_EQUAL = re.compile(rf"x == {_N}", re.ASCII)
_SHARE = re.compile(rf"'x' is within {_N}% of {_N}\b.{{0,80}}", re.ASCII)
MOST_POINTS = 200_000


@dataclass(frozen=True)
class Measured:
    """`plain` is the value of a measurement that is one number; others have `extremes` (of a series) or `said`."""

    name: str
    word: str
    verdict: Verdict
    unknown: bool
    unit: str | None
    plain: float | None = None
    low: float | None = None
    high: float | None = None
    extremes: tuple[tuple[str, float], ...] = ()
    said: str | None = None


def measured_of(name: str, one: Mapping[str, object]) -> Measured:
    """What the record says of one measurement. Its outcome is the tester's; nothing is judged anew here."""
    word = str(one.get("outcome") or "UNSET")
    verdict = _WORDS.get(word, "not_run")
    if verdict == "pass" and one.get("marginal") is True:
        verdict = "warn"
    value, unit = one.get("measured_value"), _unit(one.get("units"))
    low, high = _bounds(one.get("validators"))
    head = (name[:160], word, verdict, word not in _WORDS, unit)
    if _is_number(value):
        return Measured(*head, plain=float(value), low=low, high=high)  # type: ignore[arg-type]
    if isinstance(value, list) and one.get("dimensions") is not None:
        return Measured(*head, extremes=tuple(_extremes(value)))
    said = None if value is None else str(value)[:300]
    return Measured(*head, said=said)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _extremes(points: list[object]) -> Iterator[tuple[str, float]]:
    """Least, greatest and number of a measurement over dimensions: rows of coordinates with the value last."""
    values = [
        float(point[-1])
        for point in points[:MOST_POINTS]
        if isinstance(point, list) and point and _is_number(point[-1])
    ]
    if values:
        yield "min", min(values)
        yield "max", max(values)
        yield "points", float(len(values))


def _unit(value: object) -> str | None:
    """`units` is an object of name, code and suffix; a unit without a suffix goes by its name."""
    if not isinstance(value, Mapping):
        return None
    for key in ("suffix", "name"):
        text = value.get(key)
        if isinstance(text, str) and told(text) is not None and text.lower() != "no unit":
            return text.strip()[:30]
    return None


def _bounds(validators: object) -> tuple[float | None, float | None]:
    """The narrowest bounds that the texts of the validators state, both ends included; other checks have none."""
    low: float | None = None
    high: float | None = None
    for one in validators if isinstance(validators, list) else ():
        least, most = _range(one) if isinstance(one, str) else (None, None)
        low = least if low is None or (least is not None and least > low) else low
        high = most if high is None or (most is not None and most < high) else high
    return low, high


def _range(text: str) -> tuple[float | None, float | None]:
    if match := _RANGE.fullmatch(text.strip()):
        return _finite(match[1]), _finite(match[2])
    if match := _EQUAL.fullmatch(text.strip()):
        return _finite(match[1]), _finite(match[1])
    if match := _SHARE.fullmatch(text.strip()):
        share, middle = float(match[1]), float(match[2])
        ends = sorted((middle * (100 - share) / 100, middle * (100 + share) / 100))
        return _finite(ends[0]), _finite(ends[1])
    return None, None


def _finite(value: float | str | None) -> float | None:
    number = None if value is None else float(value)
    return number if number is not None and math.isfinite(number) else None
