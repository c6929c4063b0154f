"""Words of the papers in Japanese and English, and how papers write dates, numbers and verdicts.

Papers import no Django, so they have this table instead of a catalogue. Words of one paper only stand beside its story.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

PLANT_TIME = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class Words:
    """The same thing said in both languages of the plant."""

    ja: str
    en: str

    def say(self, lang: str) -> str:
        return self.ja if lang == "ja" else self.en


@dataclass(frozen=True)
class Plant:
    """Who issues a paper: company and plant in one name, and the section that owns the paper."""

    name: Words
    section: Words


PLANT_NAME = Words("播磨電装株式会社 播磨工場", "Harima Denso Co., Ltd., Harima Plant")
"""The issuer of every paper; invented. One plant, so a constant: another plant changes it here."""

SITE_NAME = Words("薩摩川内データセンター", "Satsumasendai data centre")
"""Where the racks of this plant go. Assembly knows no shipment when it prints this; logistics has the site's row."""


def told(text: Words | str, lang: str) -> str:
    """Words in the language of the paper; what a person typed, as it was typed."""
    return text if isinstance(text, str) else text.say(lang)


SHARED: dict[str, Words] = {
    "copy": Words("控え", "COPY"),
    "approved": Words("承認", "Approved"),
    "checked": Words("確認", "Checked"),
    "prepared": Words("作成", "Prepared"),
    "inspected": Words("検査", "Inspected"),
    "received": Words("受領", "Received"),
    "unsigned": Words("未", "open"),
    "issued": Words("発行", "issued"),
    "as_of": Words("現在", "as of"),
    "form": Words("様式", "form"),
    "revision": Words("版", "rev."),
    "part_revision": Words("版数", "rev."),
    "record": Words("記録", "record"),
    "root": Words("根", "root"),
    "document": Words("書類", "document"),
    "facts": Words("内容", "facts"),
    "check": Words("検証", "check"),
    "void_before": Words("{n} 版は無効", "rev. {n} is void"),
    "none": Words("なし", "none"),
    "serial": Words("製造番号", "Serial number"),
    "tag": Words("現品番号", "Tag"),
    "lot": Words("ロット", "Lot"),
    "part": Words("品番", "Part"),
    "name": Words("品名", "Name"),
    "quantity": Words("数量", "Quantity"),
    "state": Words("状態", "State"),
    "who": Words("作業者", "Operator"),
    "reason": Words("理由", "Reason"),
    "total": Words("合計", "Total"),
    "no_record": Words("記録なし", "Nothing recorded."),
}

STATES: dict[str, Words] = {
    "installed": Words("取付け済", "installed"),
    "empty": Words("空き", "empty"),
    "missing": Words("欠品", "missing"),
    "held": Words("保留", "on hold"),
    "failed": Words("不合格", "failed"),
    "deviation": Words("逸脱承認", "deviation"),
    "removed": Words("取外し", "removed"),
    "unknown": Words("不明", "unknown"),
    "waiting": Words("待ち", "waiting"),
    "running": Words("作業中", "in progress"),
    "stopped": Words("停止", "stopped"),
    "stopped_held": Words("停止・保留", "stopped, on hold"),
    "finished": Words("完了", "finished"),
    "aborted": Words("中止", "aborted"),
    "imported": Words("履歴取込み", "imported history"),
    "open": Words("未処置", "open"),
    "closed": Words("完了", "closed"),
    "intact": Words("異常なし", "intact"),
    "tripped": Words("作動あり", "tripped"),
    "accept": Words("受入", "accept"),
    "retest": Words("再試験", "retest"),
    "rework": Words("手直し", "rework"),
    "use_as_is": Words("特別採用", "use as is"),
    "scrap": Words("廃棄", "scrap"),
    "return": Words("返品", "return"),
    "hold": Words("保留", "hold"),
    "reject": Words("不採用", "reject"),
    "review": Words("要確認", "review"),
    "agrees": Words("相違なし", "no difference"),
}

_UNITS = {"pcs": Words("個", "pcs")}
_MARKS = {
    "pass": "○",
    "fail": "×",
    "conditional": "△",
    "warn": "△",
    "error": "×",
    "aborted": "–",
    "not_run": "–",
    "none": "–",
    "": "",
}
_WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def speaker(lang: str, *tables: Mapping[str, Words]) -> Callable[[str], str]:
    """A function from word key to word; later tables win over earlier ones and over the shared words."""
    words = {key: value.say(lang) for table in (SHARED, *tables) for key, value in table.items()}
    return words.__getitem__


def mark(verdict: str) -> str:
    """○ × △ –; read in Japan as OK, NG, conditional, not done. Colour never says it alone."""
    return _MARKS.get(verdict, verdict)


def state(code: str, lang: str) -> str:
    """The word of a state code; a code without a word is shown as it is, never dropped."""
    known = STATES.get(code)
    return known.say(lang) if known else code


def moment(at: datetime | None) -> str:
    """`2026/11/20 16:05` in plant time, both languages; empty when it has not happened."""
    return at.astimezone(PLANT_TIME).strftime("%Y/%m/%d %H:%M") if at else ""


def day(on: date | None, lang: str) -> str:
    """`2026/11/27(金)`."""
    return f"{on:%Y/%m/%d}({_WEEKDAYS[lang][on.weekday()]})" if on else ""


def number(value: Decimal | int | str | None) -> str:
    """Digits as recorded: trailing zeros are kept, they say how exact a value is; thousands are grouped."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def amount(quantity: Decimal, unit: str, lang: str) -> str:
    """`41.2 L`, `96 個`: a quantity with its unit; counted things have a word, measures are written the same way."""
    word = _UNITS[unit].say(lang) if unit in _UNITS else unit
    return f"{number(quantity)} {word}".rstrip()


def plain_digits(value: Decimal) -> Decimal:
    """A stored number without the zeros that its column added: 41.2, not 41.2000."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def limits(low: Decimal | None, high: Decimal | None) -> str:
    """`21.0–23.0`, `≦ 0.50`, `≧ 835`, `= 27`, or nothing."""
    if low is not None and low == high:
        return f"= {number(low)}"
    if low is not None and high is not None:
        return f"{number(low)}–{number(high)}"
    if high is not None:
        return f"≦ {number(high)}"
    return f"≧ {number(low)}" if low is not None else ""
