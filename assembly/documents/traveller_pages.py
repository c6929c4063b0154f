"""The pages behind the front of a traveller: slots, values, burn-in, signatures, nonconformities, test runs."""

from collections.abc import Sequence
from decimal import Decimal

from reportlab.platypus import Flowable, PageBreak

from assembly.documents.traveller_sheet import (
    AmendmentRow,
    BurnIn,
    Signature,
    SlotRow,
    SoakGap,
    SoakInterval,
    TravellerSheet,
)
from documents.paper import Column, Marks, form_table, gap, list_table, section
from documents.signed import Say
from documents.words import Words, amount, limits, mark, moment, number, state, told

_ROW = 5.2
"""Least height of a row, millimetres."""

_STATES_TO_HEED = {"empty", "missing", "held", "failed", "unknown"}


def detail_pages(sheet: TravellerSheet, lang: str, say: Say) -> list[Flowable]:
    """Everything behind the front page. A part without rows is left out, but never the slots."""
    parts = [
        _nonconformities(sheet, lang, say),
        _slots(sheet, lang, say),
        _removed(sheet, lang, say),
        _lots(sheet, lang, say),
        _readings(sheet, lang, say),
        amendments(sheet.amendments, lang, say),
        *[_burn_in(run, lang, say) for run in sheet.burn_ins],
        _test_runs(sheet, lang, say),
        signature_parts(sheet.signatures, lang, say),
    ]
    flowables = [flowable for part in parts for flowable in part]
    return [PageBreak(), *flowables] if flowables else []


def _slots(sheet: TravellerSheet, lang: str, say: Say) -> list[Flowable]:
    columns = [
        Column(say("position"), 22),
        Column(say("name"), 28),
        Column(say("rack_unit"), 9.5, "CENTER"),
        Column(say("slot"), 12.3, "CENTER"),
        Column(say("designed"), 26),
        Column(say("serial"), 27),
        Column(say("tag"), 19, "CENTER"),
        Column(say("state"), 15.5, "CENTER"),
        Column(say("since"), 22.7, "CENTER"),
    ]
    rows = [_slot(slot, lang) for slot in sheet.slots]
    heed = frozenset(place for place, slot in enumerate(sheet.slots) if slot.state in _STATES_TO_HEED)
    fitted = sum(1 for slot in sheet.slots if slot.serial)
    table = list_table(columns, rows, size=7, least_height=_ROW, marks=Marks(shaded=heed))
    return section(say("slots"), table, note=f"{fitted}/{len(sheet.slots)}")


def _slot(slot: SlotRow, lang: str) -> list[str]:
    part = slot.designed_part
    if slot.installed_part and slot.installed_part != part:
        part = f"{part} → {slot.installed_part}"
    return [
        slot.designation, slot.name.say(lang), slot.rack_unit, slot.slot_number, part, slot.serial, slot.tag,
        state(slot.state, lang), moment(slot.since),
    ]  # fmt: skip


def _removed(sheet: TravellerSheet, lang: str, say: Say) -> list[Flowable]:
    """The earlier lives of the slots: what was replaced stays told."""
    if not sheet.removed:
        return []
    columns = [
        Column(say("position"), 22),
        Column(say("name"), 30),
        Column(say("serial"), 30),
        Column(say("tag"), 19, "CENTER"),
        Column(say("period"), 27, "CENTER"),
        Column(say("taken_out_why"), 36),
        Column(say("taken_out_by"), 18, "CENTER"),
    ]
    rows = [
        [
            row.designation, f"{row.name.say(lang)}\n{row.part_number}", row.serial, row.tag,
            f"{moment(row.installed_at)}\n– {moment(row.removed_at)}", row.reason, row.by,
        ]
        for row in sheet.removed
    ]  # fmt: skip
    return section(say("removed"), list_table(columns, rows, size=7, least_height=_ROW), note=str(len(rows)))


def _lots(sheet: TravellerSheet, lang: str, say: Say) -> list[Flowable]:
    if not sheet.lots:
        return []
    columns = [
        Column(say("step"), 12, "CENTER"),
        Column(say("part"), 38),
        Column(say("name"), 46),
        Column(say("lot"), 34),
        Column(say("quantity"), 26, "RIGHT"),
        Column(say("at"), 26, "CENTER"),
    ]
    rows = [
        [lot.step, lot.part_number, lot.name.say(lang), lot.lot, amount(lot.quantity, lot.unit, lang), moment(lot.at)]
        for lot in sheet.lots
    ]
    return section(say("lots"), list_table(columns, rows, size=7, least_height=_ROW))


def _readings(sheet: TravellerSheet, lang: str, say: Say) -> list[Flowable]:
    if not sheet.readings:
        return []
    columns = [
        Column(say("step"), 11, "CENTER"),
        Column(say("item"), 52),
        Column(say("value"), 26, "RIGHT"),
        Column(say("limit"), 28, "CENTER"),
        Column(say("verdict"), 10, "CENTER"),
        Column(say("tool"), 29),
        Column(say("at"), 26, "CENTER"),
    ]
    rows = [
        [
            reading.step, reading.name.say(lang), f"{_digits(reading.value)} {reading.unit}".strip(),
            limits(reading.low, reading.high), mark(reading.verdict), reading.tool, moment(reading.at),
        ]
        for reading in sheet.readings
    ]  # fmt: skip
    return section(say("readings"), list_table(columns, rows, size=7, least_height=_ROW))


def _burn_in(run: BurnIn, lang: str, say: Say) -> list[Flowable]:
    title = f"{say('burn_in')} {run.step}"
    if run.attempt > 1:
        title += f" {say('retest').format(n=run.attempt)}"
    verdict = " ".join(filter(None, [mark(run.verdict), state(run.state, lang)]))
    summary = form_table(
        [
            [say("cell"), run.cell, say("required"), duration(run.required_minutes)],
            [say("counted"), duration(run.counted_minutes), say("judged"), verdict],
        ],
        (24, 67, 24, 67),
    )
    clocks = list_table(_clock_columns(say), clock_rows(run.intervals, run.gaps, lang, say), size=7, least_height=_ROW)
    series = list_table(_series_columns(say), _series_rows(run, lang), size=7, least_height=_ROW)
    figures = [gap(2), series] if run.series else []
    return section(title, summary, gap(2), clocks, *figures, least=70)


def _clock_columns(say: Say) -> list[Column]:
    return [
        Column(say("clock"), 24, "CENTER"),
        Column(say("from"), 30, "CENTER"),
        Column(say("to"), 30, "CENTER"),
        Column(say("duration"), 24, "RIGHT"),
        Column(say("reason"), 74),
    ]


def clock_rows(
    intervals: Sequence[SoakInterval], gaps: Sequence[SoakGap], lang: str, say: Say
) -> list[list[str | Flowable]]:
    """Counted intervals and gaps in one order of time, so that the day can be read from top to bottom."""
    no_reason: Words | str = ""
    counted = [(soak.started_at, soak.ended_at, soak.minutes, say("interval"), no_reason) for soak in intervals]
    lost = [(stop.started_at, stop.ended_at, stop.minutes, say("gap"), stop.reason) for stop in gaps]
    return [
        [word, moment(start), moment(end) or say("running"), duration(minutes), told(reason, lang)]
        for start, end, minutes, word, reason in sorted(counted + lost, key=lambda clock: (clock[0], clock[3]))
    ]


def _series_columns(say: Say) -> list[Column]:
    return [
        Column(say("series"), 56),
        Column(say("minimum"), 24, "RIGHT"),
        Column(say("mean"), 24, "RIGHT"),
        Column(say("maximum"), 24, "RIGHT"),
        Column(say("limit"), 28, "CENTER"),
        Column(say("samples"), 16, "RIGHT"),
        Column(say("verdict"), 10, "CENTER"),
    ]


def _series_rows(run: BurnIn, lang: str) -> list[list[str]]:
    return [
        [
            f"{one.name.say(lang)} [{one.unit}]".removesuffix(" []"),
            number(one.minimum), number(one.mean), number(one.maximum),
            limits(one.low, one.high), number(one.samples), mark(one.verdict),
        ]
        for one in run.series
    ]  # fmt: skip


def signature_parts(signatures: Sequence[Signature], lang: str, say: Say) -> list[Flowable]:
    """Who signed what, with which meaning; void ones crossed out. Nothing where nobody signed."""
    if not signatures:
        return []
    columns = [
        Column(say("step"), 11, "CENTER"),
        Column(say("subject"), 44),
        Column(say("meaning"), 16, "CENTER"),
        Column(say("signer"), 28),
        Column(say("section"), 22),
        Column(say("at"), 26, "CENTER"),
        Column(say("event"), 17, "RIGHT"),
        Column(say("state"), 18, "CENTER"),
    ]
    rows = [
        [
            sign.step,
            told(sign.subject, lang),
            say(sign.meaning),
            told(sign.name, lang),
            sign.section,
            moment(sign.at),
            number(sign.event),
            f"{say('void')}\n{sign.void}" if sign.void else say("holds"),
        ]
        for sign in signatures
    ]
    void = frozenset(place for place, sign in enumerate(signatures) if sign.void)
    marks = Marks(struck=void, struck_columns=frozenset(range(7)))
    return section(say("signatures"), list_table(columns, rows, size=7, least_height=_ROW, marks=marks))


def amendments(rows: Sequence[AmendmentRow], lang: str, say: Say) -> list[Flowable]:
    """What was recorded first, and what stands in its place: both lives of each corrected value."""
    if not rows:
        return []
    columns = [
        Column(say("step"), 11, "CENTER"),
        Column(say("item"), 42),
        Column(say("was"), 22, "RIGHT"),
        Column(say("becomes"), 22, "RIGHT"),
        Column(say("why"), 39),
        Column(say("signer"), 20),
        Column(say("at"), 26, "CENTER"),
    ]
    lines = [
        [
            f"{row.step} #{row.attempt}", row.name.say(lang), f"{row.was} {row.unit}".strip(),
            f"{row.value} {row.unit}".strip(), row.reason, row.by, moment(row.at),
        ]
        for row in rows
    ]  # fmt: skip
    struck = Marks(struck=frozenset(range(len(lines))), struck_columns=frozenset([2]))
    return section(say("amendments"), list_table(columns, lines, size=7, least_height=_ROW, marks=struck))


def _nonconformities(sheet: TravellerSheet, lang: str, say: Say) -> list[Flowable]:
    if not sheet.nonconformities:
        return []
    columns = [
        Column(say("number"), 23),
        Column(say("step"), 11, "CENTER"),
        Column(say("what"), 50),
        Column(say("found"), 25, "CENTER"),
        Column(say("disposition"), 24),
        Column(say("demands"), 35),
        Column(say("state"), 14, "CENTER"),
    ]
    rows = [
        [
            item.number, item.step, told(item.what, lang), moment(item.found_at), state(item.disposition, lang),
            item.demands, state(item.state, lang),
        ]
        for item in sheet.nonconformities
    ]  # fmt: skip
    heed = frozenset(place for place, item in enumerate(sheet.nonconformities) if item.state != "closed")
    return section(
        say("nonconformities"), list_table(columns, rows, size=7, least_height=_ROW, marks=Marks(shaded=heed))
    )


def _test_runs(sheet: TravellerSheet, lang: str, say: Say) -> list[Flowable]:
    if not sheet.test_runs:
        return []
    columns = [
        Column(say("step"), 11, "CENTER"),
        Column(say("test_tool"), 30),
        Column(say("station"), 14, "CENTER"),
        Column(say("started"), 22.5, "CENTER"),
        Column(say("file"), 46.5),
        Column(say("verdict"), 10, "CENTER"),
        Column(say("disposition"), 18, "CENTER"),
        Column(say("reason"), 30),
    ]
    rows = [
        [
            run.step, f"{run.tool} {run.version}".strip(), run.station, moment(run.started_at),
            f"{run.file_sha256[:32]}\n{run.file_sha256[32:]}",
            mark(run.verdict), state(run.disposition, lang), told(run.reason, lang),
        ]
        for run in sheet.test_runs
    ]  # fmt: skip
    return section(say("test_runs"), list_table(columns, rows, size=7, least_height=_ROW))


def _digits(value: Decimal | str) -> str:
    return number(value) if isinstance(value, Decimal) else value


def duration(minutes: int) -> str:
    """`18:20 h`: hours and minutes, as soak clocks are read."""
    return f"{minutes // 60}:{minutes % 60:02} h"
