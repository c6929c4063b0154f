"""What the words of the carriers' files mean. Logistics changes them on their page; a word that has a meaning is left
alone. The words are those that Japanese hauliers and ferry companies print in their tracking lists."""

from __future__ import annotations

from dataclasses import replace

from ledger.callers import Caller
from logistics.models import CarrierWord
from logistics.operations.carrier_words import Meaning, WordMeaning, define_carrier_words

ROAD: dict[str, Meaning] = {
    "集荷": "leg_departed",
    "出発": "leg_departed",
    "発送": "leg_departed",
    "到着": "leg_arrived",
    "配達完了": "leg_arrived",
    "中継": "position",
    "通過": "position",
    "輸送中": "position",
    "遅延": "delayed",
    "伝票入力": "ignore",
}
FERRY: dict[str, Meaning] = {
    "乗船": "position", "出港": "leg_departed", "入港": "leg_arrived", "下船": "position", "航行中": "position",
    "欠航": "delayed", "遅延": "delayed", "予約確定": "ignore",
}  # fmt: skip
WORDS = {"CR-SETO": ROAD, "CR-AKASHI": ROAD, "CR-NISHI": FERRY, "CR-HYUGA": FERRY}


def load(caller: Caller) -> None:
    """Give the words that have no meaning yet theirs; a word that was retired stays so."""
    for code, words in WORDS.items():
        there = set(CarrierWord.objects.filter(carrier__code=code).values_list("shown", flat=True))
        missing = [WordMeaning(word, meaning) for word, meaning in words.items() if word not in there]
        if missing:
            define_carrier_words(caller=replace(caller, key=f"{caller.key}:{code}"), carrier_code=code, words=missing)
