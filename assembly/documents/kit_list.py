"""Kit list (配膳表): what to fetch for one tray or rack, from where, oldest first, with boxes to tick."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from reportlab.platypus import Flowable, Table

from documents.paper import (
    A4,
    BOLD,
    MM,
    BarCode,
    Column,
    Heading,
    Issue,
    Marks,
    QrCode,
    Story,
    check_glyphs,
    form_table,
    gap,
    list_table,
    section,
    stamp_row,
    wrap_cell,
)
from documents.press import issue_words
from documents.seal import facts_hash
from documents.words import Plant, Words, amount, day, speaker

Say = Callable[[str], str]


@dataclass(frozen=True)
class KitRow:
    """One line: what, for which slot, from where; what was fetched when it was. `place` and `suggested` are empty for
    what is fetched or short."""

    number: int
    part_number: str
    name: Words
    position: str
    quantity: Decimal
    unit: str
    place: Words
    suggested: str
    expires_on: date | None
    fetched: tuple[str, ...]
    short: bool


@dataclass(frozen=True)
class KitSheet:
    """The kit at the instant `at`; `record` is its last event."""

    plant: Plant
    number: str
    unit: str
    tag: str
    product: Words
    part_number: str
    design: str
    order: str
    need_by: date | None
    place: Words
    at: datetime
    record: int
    rows: tuple[KitRow, ...]


WORDS: dict[str, Words] = {
    "title": Words("配膳表", "Kit list"),
    "other_title": Words("KIT LIST", "配膳表"),
    "form_number": Words("GP-KIT-01", "GP-KIT-01"),
    "kit": Words("キット番号", "Kit"),
    "for": Words("ラック・トレイ", "Rack or tray"),
    "product": Words("品名 / 品番", "Product / part"),
    "order": Words("製造指図", "Work order"),
    "design": Words("凍結設計", "frozen design"),
    "need_by": Words("納期", "needed by"),
    "place": Words("配膳先", "Bring to"),
    "lines": Words("部品", "Parts"),
    "no": Words("No.", "No."),
    "part_name": Words("品番 / 品名", "Part / name"),
    "position": Words("取付位置", "Slot"),
    "from": Words("保管場所", "From"),
    "which": Words("製造番号・ロット(先入れ先出し)", "Serial or lot, oldest first"),
    "expires": Words("期限", "exp."),
    "done": Words("済", "Done"),
    "short": Words("欠品", "SHORT"),
    "count": Words("{done} / {total} 行 配膳済み、欠品 {short} 行", "{done} of {total} lines fetched, {short} short"),
    "legend": Words(
        "指定と違う品番・期限切れ・保留品は使えません。代替品は承認された逸脱がある場合だけです。",
        "No other part numbers, nothing expired, nothing on hold. Substitutes only under an approved deviation.",
    ),
}


def story(sheet: KitSheet, lang: str, issue: Issue | None = None) -> Story:
    """About 35 lines a page. Raises MissingGlyph naming the field."""
    check_glyphs(sheet)
    say = speaker(lang, WORDS)
    words = [say("other_title"), f"{say('form')} {say('form_number')}", *issue_words(sheet.at, issue, lang)]
    owner = f"{sheet.plant.name.say(lang)}  {sheet.plant.section.say(lang)}"
    labels = [(meaning, say(meaning)) for meaning in ("checked", "prepared")]
    heading = Heading(say("title"), [" · ".join(words), owner], stamp_row(labels, (), say("unsigned")), A4.inner_width)
    flowables: list[Flowable] = [heading, gap(2.6), _identity(sheet, lang, say, issue), gap(2.6)]
    return Story(
        title=say("title"),
        subject=sheet.number,
        lang=lang,
        flowables=[*flowables, *_lines(sheet, lang, say)],
        facts=facts_hash(sheet),
        record=sheet.record,
        author=sheet.plant.name.say(lang),
        issue=issue,
        legend=say("legend"),
    )


def _identity(sheet: KitSheet, lang: str, say: Say, issue: Issue | None) -> Table:
    width = 82 * MM
    needed = f"  {say('need_by')} {day(sheet.need_by, lang)}" if sheet.need_by else ""
    rows: list[list[object]] = [
        [say("kit"), sheet.number, BarCode(sheet.number, 47 * MM, 8 * MM, caption=sheet.number), ""],
        [say("for"), f"{sheet.unit}  {sheet.tag}", "", ""],
        [say("product"), wrap_cell(f"{sheet.product.say(lang)} / {sheet.part_number}", width, 8.5), "", ""],
        [say("order"), f"{sheet.order}  {say('design')} {sheet.design}{needed}", "", ""],
        [say("place"), wrap_cell(sheet.place.say(lang), width, 8.5), "", ""],
    ]
    rows[0][3] = [QrCode(issue.verify_url, 25 * MM)] if issue else say("copy")
    commands = [
        ("SPAN", (2, 0), (2, 4)),
        ("SPAN", (3, 0), (3, 4)),
        ("ALIGN", (2, 0), (3, 4), "CENTER"),
        ("FONT", (1, 0), (1, 0), BOLD, 12, 14),
        ("LEFTPADDING", (2, 0), (3, 4), 0),
        ("RIGHTPADDING", (2, 0), (3, 4), 0),
    ]
    return form_table(rows, (25, 82, 49, 26), heights=(7.6, 6.4, 6.6, 6.4, 6.4), labels=(0,), commands=commands)


def _lines(sheet: KitSheet, lang: str, say: Say) -> list[Flowable]:
    columns = [
        Column(say("no"), 9, "RIGHT"),
        Column(say("part_name"), 52),
        Column(say("position"), 24),
        Column(say("quantity"), 18, "RIGHT"),
        Column(say("from"), 28),
        Column(say("which"), 40),
        Column(say("done"), 11, "CENTER"),
    ]
    done = [bool(row.fetched) and not row.suggested and not row.short for row in sheet.rows]
    note = say("count").format(done=sum(done), total=len(done), short=sum(row.short for row in sheet.rows))
    short = frozenset(place for place, row in enumerate(sheet.rows) if row.short)
    rows = [_line(row, lang, say, ready) for row, ready in zip(sheet.rows, done, strict=True)]
    return section(say("lines"), list_table(columns, rows, size=7, marks=Marks(shaded=short)), note=note)


def _line(row: KitRow, lang: str, say: Say, done: bool) -> list[str]:
    expires = f" {say('expires')} {day(row.expires_on, lang)}" if row.expires_on else ""
    which = [
        *row.fetched,
        *([f"{row.suggested}{expires}"] if row.suggested else []),
        *([say("short")] if row.short else []),
    ]
    return [
        str(row.number),
        f"{row.part_number}\n{row.name.say(lang)}",
        row.position or "–",
        amount(row.quantity, row.unit, lang),
        row.place.say(lang) if row.suggested else "–",
        "\n".join(filter(None, which)),
        "○" if done else "",
    ]
