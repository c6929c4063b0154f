"""Incoming inspection report (受入検査成績書): what arrived, by which plan it was inspected, the verdict."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from reportlab.platypus import Flowable, Table

from documents.paper import (
    BOLD,
    MM,
    Column,
    Issue,
    Stamp,
    Story,
    form_table,
    gap,
    list_table,
    section,
    wrap_cell,
)
from documents.signed import Form, Pen, Say, about_form, signed_story
from documents.words import Plant, Words, moment, number

WORDS: dict[str, Words] = {
    "title": Words("受入検査成績書", "Incoming inspection report"),
    "other_title": Words("INCOMING INSPECTION REPORT", "受入検査成績書"),
    "form_number": Words("GP-IQC-01", "GP-IQC-01"),
    "number": Words("検査番号", "Number"),
    "part": Words("品番・品名", "Part"),
    "supplier": Words("仕入先", "Supplier"),
    "notice": Words("出荷案内", "Ship notice"),
    "lot": Words("ロット", "Lot"),
    "size": Words("入荷数", "Arrived"),
    "plan": Words("検査計画", "Plan"),
    "sample": Words("検査数", "Sample"),
    "sample_kind": Words("抜取検査", "by samples"),
    "full_kind": Words("全数検査", "every piece"),
    "sorting_kind": Words("選別", "sorting"),
    "inspected": Words("検査済", "Inspected"),
    "bad": Words("不適合数", "Nonconforming"),
    "points": Words("検査項目", "Inspection points"),
    "no": Words("No.", "No."),
    "point": Words("項目", "Point"),
    "limits": Words("規格", "Limits"),
    "by_eye": Words("目視", "by eye"),
    "pieces": Words("検査結果", "Results"),
    "piece": Words("個体", "Piece"),
    "result": Words("判定", "Result"),
    "values": Words("測定値・不適合内容", "Values, what is nonconforming"),
    "when": Words("日時・検査者", "When, who"),
    "verdict": Words("総合判定", "Verdict"),
    "accepted": Words("合格", "Accepted"),
    "rejected": Words("不合格", "Rejected"),
    "waits": Words("未判定", "not judged yet"),
    "judged": Words("判定日時・判定者", "Judged"),
    "remarks": Words("備考", "Remark"),
    "conceded": Words("特別採用", "Accepted specially"),
    "legend": Words(
        "OK は適合、NG は不適合。規格値は合格側に含みます。写真は内容の SHA-256 で示します。",
        "OK conforms, NG does not. Limits belong to what is good. Photos are named by their SHA-256.",
    ),
}


@dataclass(frozen=True)
class PointRow:
    """One point of the plan; `limits` is blank where it is looked at."""

    number: int
    text: Words
    limits: str


@dataclass(frozen=True)
class PieceRow:
    """One piece that counts. `values`: (point, value with unit)."""

    number: int
    serial: str
    ok: bool
    values: tuple[tuple[int, str], ...]
    defect: str
    photos: tuple[str, ...]
    at: datetime
    by: Words


@dataclass(frozen=True)
class InspectionSheet:
    """An incoming inspection at the instant `at` of its last event, `record`. `verdict`: accepted, rejected or ""."""

    plant: Plant
    number: str
    kind: str
    origin: str
    part_number: str
    name: Words
    supplier: str
    notice: str
    lot: str
    size: Decimal
    plan: str
    plan_name: Words
    standard: str
    sample: int
    accept: int
    inspected: int
    nonconforming: int
    points: tuple[PointRow, ...]
    pieces: tuple[PieceRow, ...]
    verdict: str
    judged_at: datetime | None
    judged_by: Words
    remarks: str
    conceded_at: datetime | None
    conceded_by: Words
    conceded_why: str
    stamps: tuple[Stamp, ...]
    at: datetime
    record: int


def story(sheet: InspectionSheet, lang: str, issue: Issue | None = None) -> Story:
    """Head, what arrived, the verdict, the points, each piece. Raises MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _parts(sheet: InspectionSheet, pen: Pen) -> list[Flowable]:
    lang, say = pen.lang, pen.say
    flowables: list[Flowable] = [
        _arrived(sheet, pen),
        gap(2.6),
        *section(say("verdict"), _verdict(sheet, lang, say)),
        *section(say("points"), _points(sheet, lang, say)),
    ]
    if sheet.pieces:
        flowables += section(say("pieces"), _pieces(sheet, lang, say))
    return flowables


FORM = Form(WORDS, attrgetter("number"), _parts)


def _arrived(sheet: InspectionSheet, pen: Pen) -> Table:
    lang, say = pen.lang, pen.say
    plan = f"{sheet.plan}  {sheet.plan_name.say(lang)}  {sheet.standard}".strip()
    rule = f"Ac {sheet.accept} / Re {sheet.accept + 1}" if sheet.kind == "sample" else ""
    kind = f"{say(sheet.kind + '_kind')} {sheet.origin}".strip()
    rows = [
        ("number", sheet.number),
        ("part", f"{sheet.part_number}  {sheet.name.say(lang)}"),
        ("supplier", sheet.supplier),
        ("notice", sheet.notice),
        ("lot", sheet.lot or say("none")),
        ("size", number(sheet.size)),
        ("plan", plan),
        ("sample", f"{number(sheet.sample)}  {kind}  {rule}".strip()),
    ]
    return about_form(rows, pen)


def _verdict(sheet: InspectionSheet, lang: str, say: Say) -> Table:
    room = 154 * MM
    judged = f"{moment(sheet.judged_at)}  {sheet.judged_by.say(lang)}" if sheet.judged_at else ""
    rows: list[list[object]] = [
        [say("verdict"), say(sheet.verdict or "waits")],
        [say("inspected"), f"{number(sheet.inspected)} / {number(sheet.sample)}"],
        [say("bad"), number(sheet.nonconforming)],
        [say("judged"), judged],
        [say("remarks"), wrap_cell(sheet.remarks or say("none"), room, 8.5)],
    ]
    if sheet.conceded_at is not None:
        told = f"{moment(sheet.conceded_at)}  {sheet.conceded_by.say(lang)}  {sheet.conceded_why}"
        rows.append([say("conceded"), wrap_cell(told, room, 8.5)])
    commands = [("FONT", (1, 0), (1, 0), BOLD, 12, 14)]
    return form_table(rows, (25, 157), heights=(7.6, *(6.2,) * (len(rows) - 1)), labels=(0,), commands=commands)


def _points(sheet: InspectionSheet, lang: str, say: Say) -> Table:
    columns = [Column(say("no"), 12, "CENTER"), Column(say("point"), 120), Column(say("limits"), 50)]
    rows = [[str(row.number), row.text.say(lang), row.limits or say("by_eye")] for row in sheet.points]
    return list_table(columns, rows, size=7.5)


def _pieces(sheet: InspectionSheet, lang: str, say: Say) -> Table:
    columns = [
        Column(say("no"), 12, "CENTER"),
        Column(say("piece"), 44),
        Column(say("result"), 16, "CENTER"),
        Column(say("values"), 66),
        Column(say("when"), 44),
    ]
    rows = [
        [
            str(row.number),
            row.serial or f"{sheet.lot} #{row.number}",
            "OK" if row.ok else "NG",
            " ".join(
                [
                    *(f"({point}) {value}" for point, value in row.values),
                    *([row.defect] if row.defect else []),
                    *row.photos,
                ]
            ),
            f"{moment(row.at)} {row.by.say(lang)}",
        ]
        for row in sheet.pieces
    ]
    return list_table(columns, rows, size=7.5)
