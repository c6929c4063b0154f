"""What the road does to crates: a logger on each load that is told of, its file read at the site, a shock at the ferry.

Its chance is its own, by the logger's serial, so the rest of the history stays as it is.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from assembly.operations.concessions import approve_concession, propose_concession
from documents import files
from genpin.demo.plant import JAPAN, Plant
from genpin.demo.voyages import Voyage
from inventory.models import Hold
from inventory.operations.holds import release_hold
from logistics.operations.logger_files import import_logger_file
from logistics.operations.loggers import LoggerSeen, fit_logger

Course = Literal["", "calm", "shock", "unread"]
INTERVAL = 10
MODEL = "TR-75(架空)"
SAMPLE = "logger sample"
"""Name of the sample that is told: serial, first and last moment."""


@dataclass(slots=True)
class RoadRecord:
    """The logger of a consignment: "" has none; calm and shock are read at the site, unread travels or waits."""

    plant: Plant
    course: Course = ""
    serial: str = ""
    logger: int = 0
    began: datetime | None = None
    shock_at: datetime | None = None

    def fit(self, at: datetime, sscc: str) -> None:
        """The logger starts to record, on the first crate."""
        if not self.course:
            return
        self.serial, self.began = f"LG-{sscc[-7:-1]}", at
        row = self.plant.call(
            fit_logger, "rosa", at, crate=sscc, serial=self.serial, interval_minutes=INTERVAL, model=MODEL,
            rating="10 g / 15°",
        )  # fmt: skip
        self.logger = row.pk

    def seen(self) -> list[LoggerSeen]:
        """How it is found at the dock."""
        return [LoggerSeen(self.serial, "recording")] if self.logger else []

    def travel(self, way: Voyage) -> None:
        """When it is read, and when quality settles what it told."""
        ferry = next((call.moment for call in way.calls if call.leg == 2 and call.kind == "leg_departed"), None)
        self.shock_at = (ferry or way.departed) + timedelta(minutes=70)
        if self.course in ("calm", "shock"):
            self.plant.agenda.at(way.arrived + timedelta(minutes=25), self._read)
        if self.course == "shock":
            self.plant.agenda.at(way.arrived + timedelta(hours=2), self._settle)
        if self.course == "unread" and way.arrived < self.plant.agenda.end and not way.silent:
            self.plant.agenda.at(way.arrived + timedelta(minutes=1), self._leave_sample)

    def _read(self, at: datetime) -> None:
        assert self.began is not None
        shock = self.shock_at if self.course == "shock" else None
        content = logger_file(self.serial, self.began, at - timedelta(minutes=25), shock)
        answer = self.plant.call(
            import_logger_file, "sora", at, "S1", logger_id=self.logger, file_sha256=files.put(content),
            file_name=f"{self.serial}.csv",
        )  # fmt: skip
        if answer["nonconformity"]:
            self.plant.told["road finding"] = str(answer["nonconformity"])

    def _settle(self, at: datetime) -> None:
        """A re-test was not wanted: two by name let it be used as it is."""
        number, checks = self.plant.told["road finding"], self.plant.checks
        reason = "開梱検査と漏れ確認で異常なし。衝撃は1回、ピークは輪止め時。"
        told = {"number": number, "reason": reason, "pin_check_id": checks["tanaka"]}
        self.plant.call(propose_concession, "tanaka", at, "Q1", **told)
        self.plant.call(approve_concession, "nao", at, "Q1", number=number, pin_check_id=checks["nao"])
        held = Hold.objects.filter(
            unit__nonconformities__number=number, released_at=None, placed_at__lte=at
        ).values_list("number", flat=True)
        for hold in list(held):
            self.plant.call(release_hold, "tanaka", at, "Q1", number=hold, reason=f"{number} 特採")

    def _leave_sample(self, at: datetime) -> None:
        assert self.began is not None
        last = at - timedelta(minutes=1)
        self.plant.told[SAMPLE] = f"{self.serial} {self.began.isoformat()} {last.isoformat()}"


def logger_file(serial: str, began: datetime, ended: datetime, shock_at: datetime | None = None) -> bytes:
    """A file as this logger writes it: Shift_JIS, some lines before the table, one line every ten minutes."""
    rng = random.Random(f"road/{serial}")
    lines = [f"機種,{MODEL}", f"シリアル番号,{serial}", f"記録間隔,{INTERVAL}分", "",
             "日時,衝撃X(g),衝撃Y(g),衝撃Z(g),傾斜(°),温度(℃),湿度(%RH)"]  # fmt: skip
    count = int((ended - began) / timedelta(minutes=INTERVAL)) + 1
    for number in range(count):
        at = began + timedelta(minutes=INTERVAL * number)
        struck = shock_at is not None and abs(at - shock_at) <= timedelta(minutes=INTERVAL / 2)
        lines.append(_line(at, rng, struck=struck))
    return ("\r\n".join(lines) + "\r\n").encode("cp932")


def _line(at: datetime, rng: random.Random, *, struck: bool) -> str:
    local = at.astimezone(JAPAN)
    warm = math.sin((local.hour - 9 + local.minute / 60) / 24 * 2 * math.pi)
    axes = [rng.expovariate(3.5) for _axis in range(3)]
    if struck:
        axes[2] = 12.4
    tilt, heat, damp = rng.expovariate(1.1), 15 + 5 * warm + rng.gauss(0, 0.3), 58 - 9 * warm + rng.gauss(0, 1)
    figures = [*(f"{axis:.2f}" for axis in axes), f"{min(tilt, 9):.1f}", f"{heat:.1f}", f"{damp:.0f}"]
    return ",".join([f"{local:%Y/%m/%d %H:%M:%S}", *figures])


def write_sample(home: Path, told: dict[str, str]) -> None:
    """The file of a logger that nobody has read yet, for whoever wants to try it: samples/<serial>.csv."""
    if SAMPLE not in told:
        return
    serial, began, ended = told[SAMPLE].split()
    folder = home / "samples"
    folder.mkdir(parents=True, exist_ok=True)
    content = logger_file(serial, datetime.fromisoformat(began), datetime.fromisoformat(ended))
    (folder / f"{serial}.csv").write_bytes(content)
    told["logger to read"] = serial
