"""Acts on single readings of the road."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from logistics.operations.road_readings import ToldReading
from tests.doors.act import Act, Acts
from tests.logistics.road_world import on_the_way


def report_road_readings() -> Act:
    logger = on_the_way(at=timezone.now())
    told = ToldReading(timezone.now() - timedelta(hours=3), shock=Decimal("0.4"), place="周南 IC")
    right = {"serial": logger.serial, "readings": [told]}
    return Act("sora", right, None, {"readings": [replace(told, shock=Decimal(9_999))]}, "ReadingsWrong")


ACTS: Acts = {"logistics.report_road_readings": report_road_readings}
