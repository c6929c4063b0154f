"""Short ways to write routings as data; no figures here."""

from __future__ import annotations

from decimal import Decimal

from assembly.operations.routing_specs import FieldSpec

CHECKED = ("made", "checked")
"""Where a mistake hurts a person or floods a rack, a second person signs."""


def number(code: str, names: str, unit: str, low: str | None = None, high: str | None = None) -> FieldSpec:
    """A number with its limits as text; `names` is "ja / en". Without limits it is recorded and not judged."""
    ja, en = names.split(" / ")
    return FieldSpec(code, ja, en, unit, None if low is None else Decimal(low), None if high is None else Decimal(high))


def count(code: str, names: str, wanted: int) -> FieldSpec:
    """A number of things that must be just so."""
    return number(code, names, "", str(wanted), str(wanted))


def seen(code: str, names: str) -> FieldSpec:
    """What a person looks at and writes OK for."""
    ja, en = names.split(" / ")
    return FieldSpec(code, ja, en, kind="text", expected="OK")


def leak_test(dwell: str) -> tuple[FieldSpec, ...]:
    """Pressure decay with nitrogen, in kPa: 1.5 × working pressure of a 2 to 6 bar loop, 10 to 30 min, M [COOL].

    Band of the start pressure and allowed drop are the plant's, L: "zero decay to maker's criterion", M [LEV]."""
    return (
        number("p_start", "開始圧力 / Start pressure", "kPa", "590", "610"),
        number("p_end", "終了圧力 / End pressure", "kPa"),
        number("p_drop", "圧力降下 / Pressure drop", "kPa", "0", "3"),
        number("dwell", "保持時間 / Dwell", "min", dwell),
        number("ambient", "周囲温度 / Ambient temperature", "℃", "18", "28"),
    )
