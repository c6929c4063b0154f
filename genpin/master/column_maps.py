"""Column maps of the testers that the plant built itself: withstand voltage and leak test. Test engineers change them
on their page: a change is a new revision, and what is there by code is left alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from assembly.models import ColumnMap
from assembly.operations.column_maps import ColumnSpec, define_column_map
from ledger.callers import Caller

MAPS: dict[str, tuple[str, list[ColumnSpec]]] = {
    "HIPOT": (
        "耐電圧・絶縁抵抗試験機",
        [
            ColumnSpec("製造番号", "serial"),
            ColumnSpec("試験項目", "name"),
            ColumnSpec("測定値", "value"),
            ColumnSpec("単位", "unit"),
            ColumnSpec("下限", "low"),
            ColumnSpec("上限", "high"),
            ColumnSpec("判定", "verdict"),
            ColumnSpec("試験日時", "moment"),
        ],
    ),
    "LEAK": (
        "マニホールド リークテスター",
        [
            ColumnSpec("Serial No", "serial"),
            ColumnSpec("Test Pressure", "value", "leak.pressure", "kPa"),
            ColumnSpec("Pressure Loss", "value", "leak.loss", "kPa", high=Decimal("0.5")),
            ColumnSpec("Judge", "verdict"),
            ColumnSpec("Date", "moment"),
        ],
    ),
}


def load(caller: Caller) -> None:
    """Define the maps that are missing."""
    there = set(ColumnMap.objects.values_list("code", flat=True))
    for code, (name, columns) in MAPS.items():
        if code not in there:
            define_column_map(caller=replace(caller, key=f"{caller.key}:{code}"), code=code, name=name, columns=columns)
