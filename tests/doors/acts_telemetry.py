"""Acts of assembly: columns of a rack's raw telemetry, and how its files are kept."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from assembly.models import BurnInRun
from assembly.operations.burn_in import stop_burn_in
from assembly.operations.raw_keeping import settle_raw_telemetry as settle
from assembly.operations.raw_policy import release_raw_retention as release
from assembly.operations.telemetry_columns import feed_columns as feed
from tests.assembly.wide_world import text, wide
from tests.doors.act import Act, Acts, caller, days_ago
from tests.doors.acts_burn_in import _soaking
from tests.logistics.raw_world import an_acceptance


def _fed(calls: int = 2) -> int:
    """A soaking rack with as many raw files."""
    burn_in = _soaking()
    for minute in range(calls):
        feed(
            caller=caller("kenji", days_ago(1 / 24)),
            burn_in_id=burn_in.pk,
            columns=text(wide(burn_in.started_at, [minute], {"GPU_1_Temperature": [41.5]})),
        )
    return burn_in.pk


def feed_columns() -> Act:
    burn_in = _soaking()
    table = text(wide(timezone.now() - timedelta(hours=1), [0, 1], {"GPU_1_Temperature": [41.5, 42.0]}))
    return Act(
        "kenji",
        {"cell_code": burn_in.cell.code, "columns": table},
        wrong={"columns": "%"},
        refusal="WrongSample",
    )


def join_raw_files() -> Act:
    return Act("kenji", {"burn_in_id": _fed()}, wrong={"burn_in_id": _fed(1)}, refusal="NothingToJoin")


def settle_raw_telemetry() -> Act:
    ended, soaking = _fed(), _fed(1)
    build = _build_of(ended)
    stop_burn_in(caller=caller("kenji"), build_id=build)
    return Act("kenji", {"burn_in_id": ended}, wrong={"burn_in_id": soaking}, refusal="StillSoaking")


def _build_of(burn_in_id: int) -> int:
    return BurnInRun.objects.select_related("run").get(pk=burn_in_id).run.build_id


def release_raw_retention() -> Act:
    return Act("tanaka", {"days": 365, "reason": "規定 Q-12"}, wrong={"days": 0}, refusal="WrongRetention")


def remove_raw_telemetry() -> Act:
    ended, waiting = _fed(), _fed()
    for burn_in in (ended, waiting):
        stop_burn_in(caller=caller("kenji", days_ago(1 / 48)), build_id=_build_of(burn_in))
        settle(caller=caller("kenji", days_ago(1 / 48)), burn_in_id=burn_in)
    an_acceptance(_unit_of(ended), days_ago(3))
    release(caller=caller("tanaka"), days=1, reason="規定 Q-12")
    return Act("tanaka", {"burn_in_id": ended}, wrong={"burn_in_id": waiting}, refusal="RawStays")


def _unit_of(burn_in_id: int) -> int:
    return BurnInRun.objects.select_related("run__build").get(pk=burn_in_id).run.build.unit_id


ACTS: Acts = {
    "assembly.feed_columns": feed_columns,
    "assembly.join_raw_files": join_raw_files,
    "assembly.release_raw_retention": release_raw_retention,
    "assembly.settle_raw_telemetry": settle_raw_telemetry,
    "logistics.remove_raw_telemetry": remove_raw_telemetry,
}
