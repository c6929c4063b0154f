"""Acts on loggers and the limits of the road."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from documents import files
from logistics.operations import loggers as fitted
from logistics.operations.condition_limits import RoadLimit
from tests.cast import NOON, a_caller
from tests.doors.act import Act, Acts, Upload, days_ago
from tests.logistics.road_world import FITTED, LEFT, content, on_the_way, rows
from tests.logistics.world import a_crate, a_shipment


def fit_logger() -> Act:
    crate = a_crate(at=days_ago(2))
    shipment = a_shipment([crate], at=days_ago(1))
    page = reverse("logger_fit", args=[shipment.number])
    form = {"crate": crate.sscc, "serial": "LG-77", "interval_minutes": "10", "model": "TR-75", "rating": "10 g"}
    right = {"crate": crate.sscc, "serial": "LG-77", "interval_minutes": 10, "model": "TR-75", "rating": "10 g"}
    return Act("rosa", right, (page, form), {"interval_minutes": 0}, "LoggerWrong")


def import_logger_file() -> Act:
    logger = on_the_way(at=timezone.now())
    by = timezone.now() - NOON
    good = content(rows(FITTED + by, LEFT + by + (NOON - LEFT) / 2))
    bad, page = content(["2026/11/20 08:00,1e400,0,0,1,20,40"]), reverse("logger", args=[logger.pk])
    return Act(
        "sora",
        {"logger_id": logger.pk, "file_sha256": files.put(good), "file_name": "doors.csv", "zone": "Asia/Tokyo"},
        (page, {"file": Upload("doors.csv", good), "zone": "Asia/Tokyo"}),
        {"file_sha256": files.put(bad)},
        "FileRefused",
        (page, {"file": Upload("doors.csv", bad), "zone": "Asia/Tokyo"}),
    )


def give_up_logger() -> Act:
    logger = on_the_way(at=timezone.now())
    page, form = reverse("logger_lost", args=[logger.pk]), {"reason": "Battery flat"}
    right = {"logger_id": logger.pk, "reason": "Battery flat"}
    return Act("sora", right, (page, form), {"reason": " "}, "LoggerReasonWanted")


def remove_logger() -> Act:
    crate = a_crate(at=days_ago(2))
    logger = fitted.fit_logger(
        caller=a_caller("rosa", at=days_ago(1)), crate=crate.sscc, serial="LG-78", interval_minutes=10
    )
    page, form = reverse("logger_removal", args=[logger.pk]), {"reason": "Wrong serial"}
    right = {"logger_id": logger.pk, "reason": "Wrong serial"}
    return Act("rosa", right, (page, form), {"reason": " "}, "LoggerReasonWanted")


def release_condition_limits() -> Act:
    spec = RoadLimit("shock", None, Decimal("7.5"), "B", "Sheet of the maker")
    form = {
        "measure": "shock", "crate_part": "", "low": "", "high": "7.5", "grade": "B", "basis": "Sheet of the maker",
        "why": "Sheet of the maker", "revision": "0",
    }  # fmt: skip
    return Act(
        "tanaka",
        {"revision": 0, "changes": [spec], "reason": "Sheet of the maker"},
        (reverse("condition_limit_change"), form),
        {"revision": 7},
        "LimitsChanged",
        (reverse("condition_limit_change"), {**form, "revision": "7"}),
    )


ACTS: Acts = {
    "logistics.fit_logger": fit_logger,
    "logistics.give_up_logger": give_up_logger,
    "logistics.import_logger_file": import_logger_file,
    "logistics.remove_logger": remove_logger,
    "logistics.release_condition_limits": release_condition_limits,
}
