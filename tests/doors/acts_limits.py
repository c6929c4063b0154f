"""Acts on the plant's limits for testers' files: a draft, its lines, its release."""

from __future__ import annotations

from decimal import Decimal

from assembly.models import LimitSet
from assembly.operations.limit_sets import LimitSpec
from assembly.operations.limit_sets import draft_limits as begun
from assembly.operations.limit_sets import put_limit as placed
from tests.doors.act import Act, Acts, Arguments, caller

LIMIT = LimitSpec("bandwidth_min", low=Decimal("190.5"), guard=Decimal(2), unit="GB/s", source="golden rack")


def _stale(right: Arguments) -> Act:
    return Act("kenji", right, wrong={"version": right["version"] + 7}, refusal="StaleEdit")


def _draft() -> LimitSet:
    return begun(caller=caller("kenji"), part_number="GB200-CT", tool="nvbandwidth", operation_number=140)


def _with_a_limit() -> LimitSet:
    return placed(caller=caller("kenji"), limit_set_id=_draft().pk, version=0, limit=LIMIT)


def draft_limits() -> Act:
    right = {"part_number": "GB200-CT", "tool": "nvbandwidth", "operation_number": 140}
    return Act("kenji", right, wrong={"tool": "abacus"}, refusal="UnknownTester")


def put_limit() -> Act:
    right = {"limit_set_id": _draft().pk, "version": 0, "limit": LIMIT}
    return Act("kenji", right, wrong={"limit": LimitSpec("bandwidth_min")}, refusal="WrongLimit")


def drop_limit() -> Act:
    drafted = _with_a_limit()
    return _stale({"limit_set_id": drafted.pk, "name": LIMIT.name, "version": drafted.version})


def release_limits() -> Act:
    drafted = _with_a_limit()
    return _stale({"limit_set_id": drafted.pk, "version": drafted.version, "reason": "Golden rack, November"})


def discard_limits() -> Act:
    drafted = _with_a_limit()
    return _stale({"limit_set_id": drafted.pk, "version": drafted.version, "reason": "Begun twice"})


ACTS: Acts = {
    "assembly.discard_limits": discard_limits,
    "assembly.draft_limits": draft_limits,
    "assembly.drop_limit": drop_limit,
    "assembly.put_limit": put_limit,
    "assembly.release_limits": release_limits,
}
