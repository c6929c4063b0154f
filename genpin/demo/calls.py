"""Andon calls of the demo plant: over the last days, each answered and settled, and one that stands open."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from assembly.models import Build
from assembly.operations.andon import acknowledge_andon, raise_andon, resolve_andon
from genpin.demo.plant import Plant

STATIONS = ("A1", "A2", "A3", "T1", "T2", "P1")
CASES = (
    ("material", "TIMの残りが1枚です", "倉庫から10枚を補充"),
    ("tool", "レンチの校正ラベルが読めない", "別の校正済みレンチと交換"),
    ("quality", "カプラの面に薄い傷がある", "限度見本と照合し、範囲内と判断"),
    ("machine", "昇降台が途中で止まる", "電源を入れ直して復帰。保全へ点検を依頼"),
    ("help", "シェルフ挿入に二人目が要る", "応援に入り、挿入を完了"),
    ("safety", "床に冷却液の滴がある", "拭取り、継手を増締めして再確認"),
)  # fmt: skip
EVERY = timedelta(hours=5)
DAYS = timedelta(days=4)
OPEN_FOR = timedelta(minutes=7)
"""Since when the last call stands: past the time after which nobody's answer is late."""


def schedule(plant: Plant) -> None:
    """Put the calls on the agenda: one about every five hours, the last one just before the end."""
    end, chance = plant.agenda.end, random.Random("andon")
    at, number = end - DAYS, 0
    while at < end - timedelta(hours=1):
        answered = at + timedelta(seconds=chance.randrange(50, 540))
        settled = answered + timedelta(seconds=chance.randrange(180, 2400))
        plant.agenda.at(at, _call, plant, number, answered, settled)
        at += EVERY + timedelta(minutes=chance.randrange(-70, 70))
        number += 1
    plant.agenda.at(end - OPEN_FOR, _stands_open, plant)


def _call(at: datetime, plant: Plant, number: int, answered: datetime, settled: datetime) -> None:
    reason, text, outcome = CASES[number % len(CASES)]
    station = STATIONS[number % len(STATIONS)]
    call = plant.call(raise_andon, plant.on_shift(("mei", "hayato", "aoi"), at), at, station, reason=reason, text=text)
    plant.agenda.at(answered, _answer, plant, call.number)
    plant.agenda.at(settled, _settle, plant, call.number, outcome)


def _answer(at: datetime, plant: Plant, number: str) -> None:
    plant.call(acknowledge_andon, "daiki", at, number=number)


def _settle(at: datetime, plant: Plant, number: str, outcome: str) -> None:
    plant.call(resolve_andon, "daiki", at, number=number, outcome=outcome)


def _stands_open(at: datetime, plant: Plant) -> None:
    """At the station where trays are being inserted: nobody has come yet."""
    name = plant.told.get("rack insertion", "")
    build = Build.objects.filter(unit__serial=name).first() if name else None
    call = plant.call(
        raise_andon, plant.on_shift(("mei", "hayato", "aoi"), at), at, "A2", reason="material",
        text="台車 K-07 の計算トレイが足りない", build_id=build.pk if build else None,
    )  # fmt: skip
    plant.told["open call"] = call.number
