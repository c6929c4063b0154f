"""Test and burn-in certificate (試験・エージング成績書): what was tested and measured against which limits, how it
soaked, what was done again and why, who signed."""

from operator import attrgetter

from reportlab.platypus import Flowable, Table

from assembly.documents.certificate_burn_in import soak_parts
from assembly.documents.certificate_sheet import CertificateSheet, OperationRow, TestFileRow, ValueRow
from assembly.documents.certificate_words import WORDS
from assembly.documents.traveller_pages import signature_parts
from assembly.documents.traveller_sheet import Reading
from documents.paper import (
    BOLD,
    MM,
    Column,
    Issue,
    Marks,
    NoteLines,
    Story,
    form_table,
    gap,
    list_table,
    section,
    wrap_cell,
)
from documents.signed import Form, Pen, about_form, signed_story
from documents.words import limits, mark, moment, number, state

_ROW = 5.2


def story(sheet: CertificateSheet, lang: str, issue: Issue | None = None) -> Story:
    """Identity and verdict, then operations, files, values, burn-ins with their courses, signatures. Raises
    MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _parts(sheet: CertificateSheet, pen: Pen) -> list[Flowable]:
    return [
        _about(sheet, pen),
        gap(2.6),
        _verdict(sheet, pen),
        gap(2.6),
        *_operations(sheet.operations, pen),
        *[part for soak in sheet.soaks for part in soak_parts(soak, pen)],
        *_readings(sheet.readings, pen),
        *_values(sheet.values, pen),
        *_faults(sheet, pen),
        *_files(sheet.files, pen),
        *signature_parts(sheet.signatures, pen.lang, pen.say),
    ]


def _draft(sheet: CertificateSheet, pen: Pen) -> str:
    return "" if sheet.verdict else pen.say("draft")


FORM = Form(WORDS, attrgetter("serial"), _parts, _draft)


def _about(sheet: CertificateSheet, pen: Pen) -> Table:
    say, lang = pen.say, pen.lang
    rows = [
        (f"serial_{sheet.kind}", f"{sheet.serial}  {sheet.tag}"),
        ("product", f"{sheet.part_name.say(lang)} / {sheet.part_number} {say('part_revision')} {sheet.part_revision}"),
        ("order", f"{sheet.order}  {say('design')} {sheet.design}  {say('routing')} {sheet.routing}"),
        ("basis", _basis(sheet, pen)),
    ]
    return about_form(rows, pen)


def _basis(sheet: CertificateSheet, pen: Pen) -> str:
    counted = sum(1 for row in sheet.operations if row.counts)
    return pen.say("basis_says").format(
        ops=number(counted), files=number(len(sheet.files)), soaks=number(len(sheet.soaks))
    )


def _verdict(sheet: CertificateSheet, pen: Pen) -> Table:
    rows: list[list[object]] = [[pen.say("verdict"), pen.say(f"{sheet.verdict or 'none'}_word")]]
    if sheet.missing:
        rows.append(
            [pen.say("missing"), wrap_cell("\n".join(one.say(pen.lang) for one in sheet.missing), 156 * MM, 8.5)]
        )
    return form_table(rows, (25, 157), labels=(0,), commands=[("FONT", (1, 0), (1, 0), BOLD, 13, 16)])


def _operations(rows: tuple[OperationRow, ...], pen: Pen) -> list[Flowable]:
    if not rows:
        return []
    say = pen.say
    columns = [
        Column(say("step"), 10, "CENTER"),
        Column(say("work"), 42),
        Column(say("station"), 16, "CENTER"),
        Column(say("started"), 23, "CENTER"),
        Column(say("finished"), 23, "CENTER"),
        Column(say("result"), 13, "CENTER"),
        Column(say("operator"), 13, "CENTER"),
        Column(say("why"), 42),
    ]
    table = [_operation(row, pen) for row in rows]
    again = frozenset(place for place, row in enumerate(rows) if not row.counts and row.finished_at)
    return section(say("operations"), list_table(columns, table, size=7, least_height=_ROW, marks=Marks(shaded=again)))


def _operation(row: OperationRow, pen: Pen) -> list[str | Flowable]:
    name = row.name.say(pen.lang)
    if row.attempt > 1:
        name += f"\n{pen.say('retest').format(n=row.attempt)}"
    why = " ".join(filter(None, [row.report, row.why.say(pen.lang)]))
    return [
        row.number, name, row.station, moment(row.started_at), moment(row.finished_at) or pen.say("running"),
        mark(row.result), row.operator, why,
    ]  # fmt: skip


def _files(rows: tuple[TestFileRow, ...], pen: Pen) -> list[Flowable]:
    if not rows:
        return []
    say = pen.say
    columns = [
        Column(say("step"), 9, "CENTER"),
        Column(say("unit"), 25),
        Column(say("test_tool"), 27),
        Column(say("at_station"), 24, "CENTER"),
        Column(say("file"), 17, "CENTER"),
        Column(say("tool_verdict"), 12, "CENTER"),
        Column(say("disposition"), 15, "CENTER"),
        Column(say("limits_revision"), 12, "CENTER"),
        Column(say("reason"), 41),
    ]
    table = [_file(row, pen) for row in rows]
    replaced = frozenset(place for place, row in enumerate(rows) if row.replaced_at)
    return section(
        say("files"),
        list_table(columns, table, size=6.6, least_height=_ROW, marks=Marks(shaded=replaced)),
        note=number(len(rows)),
    )


def _file(row: TestFileRow, pen: Pen) -> list[str | Flowable]:
    reason = [row.reason.say(pen.lang)]
    if row.replaced_at:
        reason.append(pen.say("then_replaced").format(at=moment(row.replaced_at)))
    return [
        row.step, row.unit, f"{row.tool}\n{row.version}".strip(), f"{row.station}\n{moment(row.at)}".strip(),
        f"{row.file_sha256[:8]}\n{row.file_sha256[8:16]}", mark(row.verdict), state(row.disposition, pen.lang),
        row.limits, "\n".join(filter(None, reason)),
    ]  # fmt: skip


def _readings(rows: tuple[Reading, ...], pen: Pen) -> list[Flowable]:
    if not rows:
        return []
    say = pen.say
    columns = [
        Column(say("step"), 10, "CENTER"),
        Column(say("item"), 60),
        Column(say("value"), 28, "RIGHT"),
        Column(say("limit"), 28, "CENTER"),
        Column(say("ok"), 9, "CENTER"),
        Column(say("tool"), 21),
        Column(say("at"), 26, "CENTER"),
    ]
    table = [
        [
            row.step, row.name.say(pen.lang), f"{number(row.value)} {row.unit}".strip(), limits(row.low, row.high),
            mark(row.verdict), row.tool, moment(row.at),
        ]
        for row in rows
    ]  # fmt: skip
    return section(say("readings"), list_table(columns, table, size=7, least_height=_ROW))


def _values(rows: tuple[ValueRow, ...], pen: Pen) -> list[Flowable]:
    if not rows:
        return []
    say = pen.say
    columns = [
        Column(say("step"), 10, "CENTER"),
        Column(say("test_tool"), 26),
        Column(say("item"), 56),
        Column(say("limit"), 28, "CENTER"),
        Column(say("minimum"), 19, "RIGHT"),
        Column(say("maximum"), 19, "RIGHT"),
        Column(say("count"), 12, "RIGHT"),
        Column(say("out"), 12, "RIGHT"),
    ]
    table = [
        [
            row.step, row.tool, f"{row.name} [{row.unit}]".removesuffix(" []"), limits(row.low, row.high),
            number(row.minimum), number(row.maximum), number(row.count), number(row.failed),
        ]
        for row in rows
    ]  # fmt: skip
    out = frozenset(place for place, row in enumerate(rows) if row.failed)
    return section(say("values"), list_table(columns, table, size=7, least_height=_ROW, marks=Marks(shaded=out)))


def _faults(sheet: CertificateSheet, pen: Pen) -> list[Flowable]:
    if not sheet.faults:
        return []
    say = pen.say
    columns = [
        Column(say("step"), 10, "CENTER"),
        Column(say("test_tool"), 26),
        Column(say("entity"), 40),
        Column(say("item"), 40),
        Column(say("value"), 20, "RIGHT"),
        Column(say("limit"), 14, "CENTER"),
        Column(say("ok"), 8, "CENTER"),
        Column(say("at"), 24, "CENTER"),
    ]
    table = [
        [
            row.step, row.tool, f"{row.unit} {row.entity}".strip(), row.name, row.value, limits(row.low, row.high),
            mark(row.verdict), moment(row.at),
        ]
        for row in sheet.faults
    ]  # fmt: skip
    more = [NoteLines([say("faults_cut").format(n=number(sheet.faults_more))])] if sheet.faults_more else []
    count = number(len(sheet.faults) + sheet.faults_more)
    return section(say("faults"), list_table(columns, table, size=6.6, least_height=_ROW), *more, note=count)
