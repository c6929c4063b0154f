"""The causes a plant begins with, by 5M1E (4M変化点管理, measurement, environment); planner and quality keep them."""

from __future__ import annotations

from dataclasses import replace

from assembly.models import Cause
from assembly.operations.causes import Category, define_cause
from ledger.callers import Caller

CAUSES: tuple[tuple[str, Category, str, str], ...] = (
    ("MAN-SKIP", "man", "作業手順の抜け", "Step left out"),
    ("MAN-SLIP", "man", "取扱いミス(落下・接触)", "Dropped or knocked"),
    ("MCH-CAL", "machine", "工具・設備のずれ", "Tool or machine out of adjustment"),
    ("MCH-FAIL", "machine", "設備の故障", "Machine broke down"),
    ("MAT-DEF", "material", "部品の不良(仕入先)", "Part defective (supplier)"),
    ("MAT-DMG", "material", "輸送中の損傷", "Damaged in transport"),
    ("MAT-MIX", "material", "部品の取違え", "Wrong part"),
    ("MTH-INST", "method", "指示書の不備", "Instruction unclear or wrong"),
    ("MTH-DSGN", "method", "設計の不備", "Design weakness"),
    ("MEA-TEST", "measurement", "試験機・試験条件の誤り", "Tester or test condition wrong"),
    ("MEA-LIM", "measurement", "規格値の誤り", "Limit wrong"),
    ("ENV-CLIM", "environment", "温度・湿度・結露", "Temperature, humidity, condensation"),
    ("ENV-PART", "environment", "異物・粉じん", "Particles or foreign matter"),
    ("FW-VER", "method", "ファームウェアの版違い", "Firmware version wrong"),
)

AT_BENCH: tuple[tuple[str, Category, str, str], ...] = (
    ("BENT", "man", "ピン・端子の曲がり", "Bent pin or contact"),
    ("WORK", "man", "作業の誤り", "Mistake in the work"),
    ("LOOKS", "material", "外観不良", "Looks damaged"),
    ("PART", "material", "部品不良", "Part is faulty"),
    ("LEAK", "material", "漏れ", "Leaks"),
    ("LABEL", "material", "表示の誤り・読めない", "Label wrong or unreadable"),
    ("FIT", "method", "はまらない", "Does not fit"),
    ("OTHER", "method", "その他", "Something else"),
)
"""What whoever finds a fault can say of it: the card beside the scanner. Quality names the cause itself afterwards."""


def load(caller: Caller) -> None:
    """Register the causes that are missing; what planner and quality changed stays."""
    there = set(Cause.objects.values_list("code", flat=True))
    for rows in (CAUSES, AT_BENCH):
        for code, category, name_ja, name_en in rows:
            if code not in there:
                define_cause(
                    caller=replace(caller, key=f"{caller.key}:{code}"), code=code, category=category, name_ja=name_ja,
                    name_en=name_en, at_bench=rows is AT_BENCH,
                )  # fmt: skip
