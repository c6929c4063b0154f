"""Limits from JSON: what is not understood is refused, because a limit must not silently vanish."""

import pytest

from assembly.test_logs.limits import BadLimits, limits_from_json
from assembly.test_logs.result import Limit


def test_limits_are_read():
    found = limits_from_json('{"busbw": {"low": 800, "unit": "GB/s"}, "gpu_temp": {"high": 60.5}}')

    assert found == {"busbw": Limit(800.0, None, "GB/s"), "gpu_temp": Limit(None, 60.5, None)}


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"a": 5}', '{"a": {}}', '{"a": {"low": "5"}}', '{"a": {"low": true}}', '{"a": {"low": NaN}}',
     '{"a": {"low": 2, "high": 1}}', '{"a": {"lowest": 2}}', '{"a": {"low": 1, "unit": 5}}', "[" * 100_000],
)  # fmt: skip
def test_bad_limits_are_refused(text):
    with pytest.raises(BadLimits):
        limits_from_json(text)
