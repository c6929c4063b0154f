"""Crates with loggers on their way, and the files that loggers write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts.operations.pins import check_pin
from assembly.operations.concessions import approve_concession, propose_concession
from documents import files
from inventory.models import Hold
from inventory.operations.holds import release_hold
from logistics.models import CrateLogger, Shipment
from logistics.operations.arrivals import arrive_shipment
from logistics.operations.departures import depart_shipment
from logistics.operations.logger_files import import_logger_file
from logistics.operations.loggers import LoggerSeen, fit_logger
from logistics.operations.receivings import finish_receiving
from tests.cast import NOON, PIN, a_caller
from tests.logistics.world import HOUR, a_crate, a_shipment, readings_of

FITTED, LEFT, HERE = NOON - 50 * HOUR, NOON - 48 * HOUR, NOON - 20 * HOUR
"""When the logger of `on_the_way` starts, the truck leaves, the shipment of `at_the_dock` arrives."""
JST = timedelta(hours=9)
HEAD = "日時,衝撃X(g),衝撃Y(g),衝撃Z(g),傾斜(°),温度(℃),湿度(%RH)"


def on_the_way(serial: str = "LG-1", at: datetime = NOON) -> CrateLogger:
    """A shipment that left, with a logger on its one crate; moments count from `at`."""
    by = at - NOON
    crate = a_crate(at=LEFT + by - 24 * HOUR)
    shipment = a_shipment([crate], at=LEFT + by - 20 * HOUR)
    logger = fit_logger(
        caller=a_caller("mei", at=FITTED + by), crate=crate.sscc, serial=serial, interval_minutes=10, model="TR-75"
    )
    depart_shipment(
        caller=a_caller("rosa", at=LEFT + by), shipment_id=shipment.pk, truck="姫路 130 あ 12-34", seal="S-1"
    )
    return logger


def at_the_dock(logger: CrateLogger | None = None, state: str = "recording", at: datetime = NOON) -> CrateLogger:
    """It stands at the site's dock, receiving finished."""
    logger = logger or on_the_way(at=at)
    shipment, by = shipment_of(logger), at - NOON
    arrive_shipment(
        caller=a_caller("sora", at=HERE + by), shipment_id=shipment.pk, readings=readings_of(shipment),
        loggers=[LoggerSeen(logger.serial, state)] if state else [],  # type: ignore[arg-type]
    )  # fmt: skip
    finish_receiving(caller=a_caller("sora", at=HERE + by + HOUR), shipment_id=shipment.pk)
    return CrateLogger.objects.get(pk=logger.pk)


def shipment_of(logger: CrateLogger) -> Shipment:
    return Shipment.objects.get(crates__crate=logger.crate)


def rows(
    start: datetime = FITTED, end: datetime = HERE, odd: Mapping[int, Iterable[Any]] | None = None, step: int = 10
) -> list[str]:
    """Lines of a calm journey, one every `step` minutes; `odd`: the cells of some of them instead."""
    count = int((end - start) / timedelta(minutes=step)) + 1
    lines = []
    for number in range(count):
        local = start + JST + timedelta(minutes=step * number)
        cells = (odd or {}).get(number, ("0.1", "0.2", "0.4", "1.5", "21.5", "48"))
        lines.append(",".join([f"{local:%Y/%m/%d %H:%M}", *map(str, cells)]))
    return lines


def content(lines: Iterable[str], head: str = HEAD, before: Iterable[str] = (), encoding: str = "cp932") -> bytes:
    """A logger's file."""
    return "\n".join([*before, head, *lines, ""]).encode(encoding)


def read(logger: CrateLogger, data: bytes, user: str = "sora", at: datetime = NOON, **others: Any) -> dict[str, Any]:
    """The file is read in."""
    caller = a_caller(user, at=at)
    told = {"logger_id": logger.pk, "file_sha256": files.put(data), "file_name": "log.csv", **others}
    return import_logger_file(caller=caller, **told)


def settle(number: str) -> None:
    """Quality lets the rack be used as it is, two by name, and releases the hold."""
    checks = [check_pin(a_caller(name).user, PIN, at=NOON).pk for name in ("tanaka", "plan")]
    propose_concession(caller=a_caller("tanaka"), number=number, reason="Read", pin_check_id=checks[0])
    approve_concession(caller=a_caller("plan"), number=number, pin_check_id=checks[1])
    for hold in Hold.objects.filter(released_at=None):
        release_hold(caller=a_caller("tanaka"), number=hold.number, reason="Settled")
