"""The sampling plans that a plant begins with; which part is inspected by which is the plant's own word (none is
shipped).

`N2-065` and `N2-100`: single sampling, normal inspection, general inspection level II, AQL 0.65 and 1.0, as in ISO
2859-1:1999 (JIS Z 9015-1:2006): lot size → code letter by table 1, code letter → sample size and acceptance number by
table 2-A. Where the table has an arrow the plan above or below it is used, with the sample size of that row. A sample
that the lot does not hold is the whole lot. `C0-LQ5`: critical parts, nothing nonconforming is accepted; the sample is
the smallest with which a lot that is 5 % nonconforming (at least one piece) is accepted at most one time in ten, by the
hypergeometric distribution over every size of the line (tests/inventory/test_sampling_master.py counts it again).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from inventory.models import SamplingPlan
from inventory.operations.sampling_plans import (
    PlanContent,
    PlanLine,
    PlanPoint,
    draft_sampling_plan,
    release_sampling_plan,
)
from ledger.callers import Caller

LEVEL_II = (
    (2, "A"), (9, "B"), (16, "C"), (26, "D"), (51, "E"), (91, "F"), (151, "G"), (281, "H"), (501, "J"), (1201, "K"),
    (3201, "L"), (10_001, "M"), (35_001, "N"), (150_001, "P"), (500_001, "Q"),
)  # fmt: skip
"""ISO 2859-1 table 1, general inspection level II: the smallest lot of each code letter."""

SIZES = {
    "A": 2, "B": 3, "C": 5, "D": 8, "E": 13, "F": 20, "G": 32, "H": 50, "J": 80, "K": 125, "L": 200, "M": 315,
    "N": 500, "P": 800, "Q": 1250,
}  # fmt: skip
"""ISO 2859-1 table 2-A: the sample size of each code letter."""

ACCEPT = {
    "0.65": {"F": 0, "J": 1, "K": 2, "L": 3, "M": 5, "N": 7, "P": 10, "Q": 14},
    "1.0": {"E": 0, "H": 1, "J": 2, "K": 3, "L": 5, "M": 7, "N": 10, "P": 14, "Q": 21},
}
"""ISO 2859-1 table 2-A: the acceptance numbers that stand in the column of an AQL; every other cell is an arrow."""

UP = {"0.65": "G", "1.0": "F"}
"""The one arrow upwards of each column (right below acceptance 0); all other arrows point down."""


def normal_lines(aql: str) -> list[PlanLine]:
    """The lines of a normal plan; neighbours with one plan are one line."""
    lines: list[PlanLine] = []
    for lot_from, letter in LEVEL_II:
        used = _plan_letter(aql, letter)
        line = PlanLine(lot_from=lot_from if lines else 1, sample=SIZES[used], accept=ACCEPT[aql][used])
        if not lines or (line.sample, line.accept) != (lines[-1].sample, lines[-1].accept):
            lines.append(line)
    return lines


def _plan_letter(aql: str, letter: str) -> str:
    """The code letter whose plan is used for one: its own, else that to which the arrow points."""
    letters, column = list(SIZES), ACCEPT[aql]
    at = letters.index(letter)
    if UP[aql] == letter:
        return letters[at - 1]
    return next(other for other in letters[at:] if other in column)


CRITICAL_LINES = [
    PlanLine(lot_from=lot_from, sample=sample)
    for lot_from, sample in ((1, 18), (21, 27), (51, 37), (101, 41), (201, 44), (1001, 45))
]

ENTIRE = (
    PlanPoint(text_ja="品番・版・数量がラベルと一致", text_en="Part number, revision and count agree with the label"),
    PlanPoint(text_ja="外観:打痕・変形・異物なし", text_en="No dents, deformation or foreign matter"),
    PlanPoint(text_ja="梱包・防湿袋・湿度表示に異常なし", text_en="Packing, moisture bag and humidity card are sound"),
)
FLUID = (
    PlanPoint(text_ja="品番・版・ロットがラベルと一致", text_en="Part number, revision and lot agree with the label"),
    PlanPoint(text_ja="カプラ:Oリング・シール面に傷なし", text_en="Couplings: O-rings and seal faces unscratched"),
    PlanPoint(text_ja="保護キャップあり、内部に異物なし", text_en="Caps in place, nothing inside"),
    PlanPoint(
        text_ja="気密試験の圧力降下(5分)", text_en="Pressure drop of the air leak test (5 min)", kind="measured",
        high=Decimal("1.5"), unit="kPa",
    ),
)  # fmt: skip
CONNECTOR = (
    PlanPoint(text_ja="品番・版がラベルと一致", text_en="Part number and revision agree with the label"),
    PlanPoint(text_ja="コネクタ:ピン曲がり・異物なし(拡大鏡10倍)", text_en="Connectors: no bent pins or dirt (10×)"),
    PlanPoint(text_ja="キャップ・ケーブル曲げ半径に異常なし", text_en="Caps and bend radius are sound"),
)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan to be: its code and what it says."""

    code: str
    content: PlanContent


ISO = "ISO 2859-1:1999 / JIS Z 9015-1:2006"
PLANS = (
    PlanRow(
        "N2-065",
        PlanContent(
            name_ja="1回抜取 なみ検査 水準II AQL 0.65", name_en="Single, normal, level II, AQL 0.65", kind="sample",
            standard=ISO, lines=normal_lines("0.65"), points=list(ENTIRE),
        ),
    ),
    PlanRow(
        "N2-100",
        PlanContent(
            name_ja="1回抜取 なみ検査 水準II AQL 1.0", name_en="Single, normal, level II, AQL 1.0", kind="sample",
            standard=ISO, lines=normal_lines("1.0"), points=list(ENTIRE),
        ),
    ),
    PlanRow(
        "C0-LQ5",
        PlanContent(
            name_ja="重要部品 c=0 LQ 5 %", name_en="Critical parts, c = 0, LQ 5 %", kind="sample",
            standard="c = 0, β ≦ 10 % (hypergeometric)", lines=CRITICAL_LINES, points=list(CONNECTOR),
        ),
    ),
    PlanRow(
        "FULL-FLUID",
        PlanContent(name_ja="水冷部品 全数検査", name_en="Cooling parts, every piece", kind="full", points=list(FLUID)),
    ),
    PlanRow(
        "NONE",
        PlanContent(name_ja="無検査(仕入先の成績書による)", name_en="No inspection (supplier's report)", kind="none"),
    ),
)  # fmt: skip


def load(caller: Caller) -> None:
    """Release the plans that are missing; what quality drafted or released under a code stays."""
    there = set(SamplingPlan.objects.values_list("code", flat=True))
    for row in PLANS:
        if row.code not in there:
            draft = draft_sampling_plan(
                caller=replace(caller, key=f"{caller.key}:{row.code}"), code=row.code, content=row.content
            )
            release_sampling_plan(
                caller=replace(caller, key=f"{caller.key}:{row.code}:r"), code=row.code, version=draft.version
            )
