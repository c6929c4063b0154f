"""The plant's limits: read from JSON, and compared with what was measured. Without a limit nothing is judged."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from assembly.test_logs.result import Limit, Reading
from assembly.test_logs.rules import worst

_KEYS = frozenset({"low", "high", "unit", "guard"})


class BadLimits(ValueError):
    """The limits file is not of the form {"name": {"low": number, "high": number, "unit": text, "guard": number}}."""


def limits_from_json(text: str) -> dict[str, Limit]:
    """Limits by measurement name; raises BadLimits, because a limit that is not understood must not silently vanish."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise BadLimits(f"The limits are not JSON: {broken}") from broken
    if not isinstance(found, dict):
        raise BadLimits("The limits are not a JSON object.")
    return {name: _limit(name, value) for name, value in found.items()}


def _limit(name: str, value: object) -> Limit:
    if not isinstance(value, dict) or not set(value) <= _KEYS:
        raise BadLimits(f"The limit {name!r} is not an object of low, high, unit and guard.")
    low, high, unit = _bound(name, value.get("low")), _bound(name, value.get("high")), value.get("unit")
    if low is None and high is None:
        raise BadLimits(f"The limit {name!r} has neither low nor high.")
    if low is not None and high is not None and low > high:
        raise BadLimits(f"The limit {name!r} has low above high.")
    if unit is not None and not isinstance(unit, str):
        raise BadLimits(f"The unit of the limit {name!r} is not text.")
    guard = _bound(name, value.get("guard")) or 0.0
    if guard < 0:
        raise BadLimits(f"The guard band of the limit {name!r} is below zero.")
    return Limit(low, high, unit, guard)


def _bound(name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadLimits(f"A bound of the limit {name!r} is not a number.")
    return float(value)


def judged(reading: Reading, limits: Mapping[str, Limit]) -> Reading:
    """The reading with its bounds and verdict. A value that is absent or in another unit is `not_run`: never a pass.
    What the tool itself judged stays judged: a limit of the plant can only add to it."""
    limit = limits.get(reading.name)
    if limit is None:
        return reading
    own = _by_limit(reading, limit)
    return replace(own, verdict=worst((own.verdict or "none", reading.verdict or "none")))


def _by_limit(reading: Reading, limit: Limit) -> Reading:
    bounded = replace(reading, low=limit.low, high=limit.high)
    if reading.value is None or (limit.unit is not None and limit.unit != reading.unit):
        return replace(bounded, verdict="not_run")
    if _is_within(reading.value, limit, limit.guard):
        return replace(bounded, verdict="pass")
    return replace(bounded, verdict="warn" if _is_within(reading.value, limit, 0.0) else "fail")


def _is_within(value: float, limit: Limit, guard: float) -> bool:
    """Whether the value keeps at least `guard` from both bounds."""
    above = limit.low is None or value >= limit.low + guard
    return above and (limit.high is None or value <= limit.high - guard)


def unmeasured(readings: Iterable[Reading], limits: Mapping[str, Limit]) -> list[str]:
    """Names that have a limit and no reading at all."""
    names = {reading.name for reading in readings}
    return [name for name in limits if name not in names]
