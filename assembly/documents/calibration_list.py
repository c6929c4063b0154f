"""Calibration list (校正一覧): each tool, its calibration and until when it holds, where it was used since."""

from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from reportlab.platypus import Flowable

from documents.paper import Column, Issue, Marks, Stamp, Story, gap, list_table, section
from documents.signed import Form, Pen, about_form, signed_story
from documents.words import Plant, Words, day, number

WORDS: dict[str, Words] = {
    "title": Words("校正一覧", "Calibration list"),
    "other_title": Words("CALIBRATION LIST", "校正一覧"),
    "form_number": Words("GP-CAL-01", "GP-CAL-01"),
    "what": Words("対象", "Tools"),
    "on": Words("基準日", "As of"),
    "counts": Words("内訳", "Of them"),
    "counts_say": Words(
        "有効 {valid} · 期限近し {soon} · 期限切れ {expired} · 未校正・不合格 {stop} · 使用終了 {retired}",
        "valid {valid} · due soon {soon} · expired {expired} · never or failed {stop} · out of use {retired}",
    ),
    "tools": Words("測定器", "Measuring tools"),
    "code": Words("測定器番号", "Tool"),
    "tool_name": Words("名称", "Name"),
    "kind": Words("種類", "Kind"),
    "maker": Words("メーカー / 製造番号", "Maker / serial"),
    "place": Words("保管場所", "Kept at"),
    "last": Words("校正日", "Calibrated"),
    "due": Words("校正期限", "Due"),
    "certificate": Words("証明書 / 校正機関", "Certificate / laboratory"),
    "used": Words("校正後の使用", "Used since at"),
    "valid": Words("有効", "valid"),
    "soon": Words("期限近し", "due soon"),
    "expired": Words("期限切れ", "expired"),
    "never": Words("未校正", "never calibrated"),
    "failed": Words("校正不合格", "calibration failed"),
    "retired": Words("使用終了", "out of use"),
    "legend": Words(
        "期限切れ・未校正・不合格の測定器の値は記録できません。期限近し: 30 日以内。使用: 測定値を記録した設備と件数。",
        "No value may be recorded with a tool that is expired, failed or never calibrated. Due soon: within 30 days.",
    ),
}
TO_HEED = frozenset({"expired", "never", "failed"})


@dataclass(frozen=True)
class ToolRow:
    """One tool. `state`: valid, soon, expired, never, failed or retired; `why`: why it went out of use (lost, broken).
    `used`: stations with how many values since the last calibration."""

    code: str
    name: Words
    kind: Words
    maker: str
    serial: str
    place: str
    calibrated_on: date | None
    due_on: date | None
    certificate: str
    laboratory: str
    state: str
    why: str
    used: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class CalibrationSheet:
    """The tools of a kind, or all, as of a day; `record` is the last event about any of them."""

    plant: Plant
    subject: str
    what: Words
    on: date
    tools: tuple[ToolRow, ...]
    stamps: tuple[Stamp, ...]
    at: datetime
    record: int


def story(sheet: CalibrationSheet, lang: str, issue: Issue | None = None) -> Story:
    """What is listed and how it stands, then a line a tool. Raises MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _parts(sheet: CalibrationSheet, pen: Pen) -> list[Flowable]:
    states = [row.state for row in sheet.tools]
    stop = states.count("never") + states.count("failed")
    counts = {name: number(states.count(name)) for name in ("valid", "soon", "expired", "retired")}
    rows = [
        ("what", f"{sheet.what.say(pen.lang)}  {number(len(sheet.tools))}"),
        ("on", day(sheet.on, pen.lang)),
        ("counts", pen.say("counts_say").format(stop=number(stop), **counts)),
    ]
    return [about_form(rows, pen), gap(2.6), *_tools(sheet.tools, pen)]


FORM = Form(WORDS, attrgetter("subject"), _parts)


def _tools(tools: tuple[ToolRow, ...], pen: Pen) -> list[Flowable]:
    say = pen.say
    columns = [
        Column(say("code"), 19),
        Column(say("tool_name"), 30),
        Column(say("maker"), 22),
        Column(say("place"), 15),
        Column(say("last"), 16, "CENTER"),
        Column(say("due"), 16, "CENTER"),
        Column(say("certificate"), 31),
        Column(say("state"), 15, "CENTER"),
        Column(say("used"), 18),
    ]
    rows = [
        [
            row.code, f"{row.name.say(pen.lang)}\n{row.kind.say(pen.lang)}", f"{row.maker}\n{row.serial}".strip(),
            row.place, _day(row.calibrated_on), _day(row.due_on), f"{row.certificate}\n{row.laboratory}".strip(),
            f"{say(row.state)}\n{row.why}".strip(), "\n".join(f"{code} ×{count}" for code, count in row.used),
        ]
        for row in tools
    ]  # fmt: skip
    heed = frozenset(place for place, row in enumerate(tools) if row.state in TO_HEED)
    return section(say("tools"), list_table(columns, rows, size=6.8, least_height=5.2, marks=Marks(shaded=heed)))


def _day(on: date | None) -> str:
    return f"{on:%Y/%m/%d}" if on else ""
