"""The work instructions of the demo plant: words and drawn pictures for the operations where hands matter most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assembly.models import RoutingOperation
from assembly.operations.instructions import PictureSpec, issue_instruction
from documents import files
from genpin.demo.drawings import PICTURES
from genpin.demo.plant import Plant


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture by its name among the drawings, and what it shows."""

    name: str
    ja: str
    en: str


BUS_BAR = Shown(
    "bus_bar",
    "バスバーは中央の①から②、上端③、下端④の順に締めます。レンチはカチッと鳴るまで一息で。",
    "Tighten the bus bar from the middle: 1, 2, then the ends 3, 4. One steady pull until the wrench clicks.",
)
ROPE = Shown(
    "leak_rope",
    "漏液検知ロープは①供給側から下ろし、②底を渡して、③戻り側へ。トレイの上で輪にしません。",
    "Leak rope: 1 down the supply side, 2 across the floor, 3 up the return side. No loop above a tray.",
)
PINS = Shown(
    "pins",
    "①まっすぐなピンは○。②1本でも曲がっていれば×。挿さずに班長を呼びます。",
    "1 straight pins are good. 2 one bent pin is not: do not mate it, call the line leader.",
)
TRAY = Shown(
    "tray_in",
    "①トレイを水平に押込み、②左と③右のレバーを同時に閉じて、両方の掛かりを見ます。",
    "1 push the tray in level, close levers 2 and 3 together, see that both have caught.",
)
LEAK = Shown(
    "leak_test",
    "①弁を閉じてから、②圧力計を読み、③保持時間の間、線が下がらないことを見ます。",
    "1 shut the valve, 2 read the gauge, 3 see that the line does not fall during the dwell.",
)
CROSS = Shown(
    "crosswise",
    "コールドプレートは①②③④の対角の順に、1回目は半分、2回目に規定トルクまで締めます。",
    "Cold plate: crosswise 1, 2, 3, 4; half the torque in the first pass, all of it in the second.",
)

BY_OPERATION: dict[str, dict[int, tuple[Shown, ...]]] = {
    "RT-RACK-": {200: (BUS_BAR, ROPE), 210: (PINS,), 230: (TRAY,), 250: (LEAK,)},
    "RT-CT-": {110: (CROSS,), 120: (LEAK,)},
    "RT-ST": {120: (LEAK,)},
}
"""Routings by how their code begins: operation → its pictures."""


def issue_all(at: datetime, plant: Plant) -> None:
    """Draw the pictures and issue the first revision of each instruction, with the routing's own words."""
    names = list(PICTURES)
    stored = dict(zip(names, files.put_many([PICTURES[name]() for name in names]), strict=True))
    for start, shown in BY_OPERATION.items():
        found = RoutingOperation.objects.filter(routing__code__startswith=start, number__in=shown).order_by("pk")
        for operation in found:
            plant.call(
                issue_instruction, "plan", at, operation_id=operation.pk, text_ja=operation.instruction_ja,
                text_en=operation.instruction_en, revision=0,
                pictures=[PictureSpec(stored[one.name], one.ja, one.en) for one in shown[operation.number]],
            )  # fmt: skip
