"""As-built record (実装構成記録): what is inside what, since when, by whom; and what was inside before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from reportlab.platypus import Flowable, Table

from assembly.documents.traveller_pages import amendments
from assembly.documents.traveller_sheet import AmendmentRow, KindCount, LotUse
from assembly.documents.traveller_words import WORDS as TRAVELLER
from documents.paper import (
    BOLD,
    MM,
    BarCode,
    Column,
    Issue,
    Marks,
    Stamp,
    Story,
    form_table,
    gap,
    list_table,
    section,
    wrap_cell,
)
from documents.signed import Form, Pen, Say, signed_story
from documents.words import Plant, Words, amount, moment, state


@dataclass(frozen=True)
class UnitRow:
    """One unit at one place, in the order of the tree; `depth` 0 is the rack. A unit taken out has `removed_at`."""

    depth: int
    position: str
    """Designation or level and place: `CT-04`, `GPU 2`."""
    name: Words
    part_number: str
    part_revision: str
    serial: str
    tag: str
    identifiers: tuple[tuple[str, str], ...]
    """(kind, value) as reported: UUID, MAC, PDI; empty when the label serial is all there is."""
    installed_at: datetime | None
    installed_by: str
    removed_at: datetime | None = None
    removed_by: str = ""
    reason: str = ""
    state: str = ""
    """For a place without a unit: `empty` (nothing was fitted) or `unknown` (built in, and not yet reported)."""


@dataclass(frozen=True)
class DeviationRow:
    """An approved departure from the frozen design."""

    number: str
    what: str
    approved_by: str
    approved_at: datetime


@dataclass(frozen=True)
class FirmwareRow:
    """What places reported alike of a component: the baseline that asks, what it asks for, the version as it was read
    ("" = none). `state`: match, firmware (differs), unreported or approved."""

    baseline: str
    component: str
    wanted: str
    reported: str
    state: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class AsBuiltSheet:
    """The configuration at the instant `at`, with all earlier lives of its places; `record` is the last event."""

    plant: Plant
    serial: str
    tag: str
    part_name: Words
    part_number: str
    part_revision: str
    order: str
    design: str
    destination: Words
    at: datetime
    record: int
    stamps: tuple[Stamp, ...]
    counts: tuple[KindCount, ...]
    units: tuple[UnitRow, ...]
    deviations: tuple[DeviationRow, ...]
    lots: tuple[LotUse, ...]
    amendments: tuple[AmendmentRow, ...] = ()
    differences: tuple[DeviationRow, ...] = ()
    """Approved differences between what was scanned and what the hardware reports; `number` is the place."""
    firmware: tuple[FirmwareRow, ...] = ()


WORDS: dict[str, Words] = {
    "title": Words("実装構成記録", "As-built record"),
    "other_title": Words("AS-BUILT RECORD", "実装構成記録"),
    "form_number": Words("GP-ABR-01", "GP-ABR-01"),
    "rack": Words("ラック製造番号", "Rack serial"),
    "product": Words("品名 / 品番", "Product / part"),
    "order": Words("製造指図", "Work order"),
    "design": Words("凍結設計", "frozen design"),
    "delivery": Words("納入先", "Ship to"),
    "counts": Words("構成", "Fitted"),
    "units": Words("構成品", "Units"),
    "position": Words("位置", "Position"),
    "part_name": Words("品番 / 品名", "Part / name"),
    "identifiers": Words("識別子", "Identifiers"),
    "period": Words("取付け / 取外し", "Fitted / removed"),
    "by": Words("作業者", "By"),
    "removed": Words("無効", "void"),
    "now": Words("現在 {n} 点、取外し済み {gone} 点", "{n} units now, {gone} removed"),
    "deviations": Words("逸脱承認", "Approved deviations"),
    "differences": Words("承認した構成の相違(読取りと申告)", "Approved differences (scanned and reported)"),
    "place": Words("場所", "Place"),
    "firmware": Words("ファームウェア(ハードウェアの申告)", "Firmware (as the hardware reported)"),
    "baseline": Words("FW基準版", "Baseline"),
    "component": Words("構成要素", "Component"),
    "wanted": Words("要求する版", "Required"),
    "reported": Words("申告した版", "Reported"),
    "judged": Words("判定", "Judgement"),
    "match": Words("適合", "met"),
    "differs": Words("相違", "differs"),
    "unreported": Words("申告なし", "not reported"),
    "approved": Words("承認", "approved"),
    "number": Words("番号", "Number"),
    "what": Words("内容", "What"),
    "approved_by": Words("承認者", "Approved by"),
    "at": Words("時刻", "At"),
    "lots": Words("副資材・ロット", "Lots used"),
    **{word: TRAVELLER[word] for word in ("amendments", "step", "item", "was", "becomes", "why", "signer")},
    "legend": Words(
        "取り消し線の行は取外し済みです(期間を併記)。識別子はハードウェアが報告した値です。",
        "Crossed-out rows were removed (period given). Identifiers are those which the hardware reported.",
    ),
}


def story(sheet: AsBuiltSheet, lang: str, issue: Issue | None = None) -> Story:
    """About 40 units a page; a rack of 525 units takes some 14 pages. Raises MissingGlyph naming the field."""
    return signed_story(FORM, sheet, lang, issue)


def _parts(sheet: AsBuiltSheet, pen: Pen) -> list[Flowable]:
    lang, say = pen.lang, pen.say
    return [
        _identity(sheet, pen),
        gap(2.6),
        *_approved(sheet.deviations, say, "deviations", "number"),
        *_approved(sheet.differences, say, "differences", "place"),
        *_firmware(sheet.firmware, say),
        *_units(sheet, lang, say),
        *_lots(sheet, lang, say),
        *amendments(sheet.amendments, lang, say),
    ]


FORM = Form(WORDS, attrgetter("serial"), _parts)


def _identity(sheet: AsBuiltSheet, pen: Pen) -> Table:
    lang, say = pen.lang, pen.say
    width = 82 * MM
    product = f"{sheet.part_name.say(lang)} / {sheet.part_number} {say('part_revision')} {sheet.part_revision}"
    counts = " · ".join(f"{count.kind.say(lang)} {count.installed}/{count.required}" for count in sheet.counts)
    rows: list[list[object]] = [
        [say("rack"), sheet.serial, BarCode(sheet.serial, 47 * MM, 8 * MM, caption=sheet.serial), ""],
        [say("product"), wrap_cell(product, width, 8.5), "", ""],
        [say("order"), f"{sheet.order}  {say('design')} {sheet.design}", sheet.tag, ""],
        [say("delivery"), wrap_cell(sheet.destination.say(lang), width, 8.5), "", ""],
        [say("counts"), wrap_cell(counts, 157 * MM, 8.5), "", ""],
    ]
    rows[0][3] = pen.check(25)
    commands = [
        ("SPAN", (2, 0), (2, 1)),
        ("SPAN", (2, 2), (2, 3)),
        ("SPAN", (3, 0), (3, 3)),
        ("SPAN", (1, 4), (3, 4)),
        ("ALIGN", (2, 0), (3, 3), "CENTER"),
        ("FONT", (1, 0), (1, 0), BOLD, 12, 14),
        ("LEFTPADDING", (2, 0), (3, 3), 0),
        ("RIGHTPADDING", (2, 0), (3, 3), 0),
    ]
    return form_table(rows, (25, 82, 49, 26), heights=(7.6, 6.4, 6.6, 6.8, 6.4), labels=(0,), commands=commands)


def _approved(found: Sequence[DeviationRow], say: Say, title: str, named: str) -> list[Flowable]:
    if not found:
        return []
    columns = [
        Column(say(named), 26),
        Column(say("what"), 100),
        Column(say("approved_by"), 30),
        Column(say("at"), 26, "CENTER"),
    ]
    rows = [[item.number, item.what, item.approved_by, moment(item.approved_at)] for item in found]
    return section(say(title), list_table(columns, rows, size=7))


def _firmware(found: Sequence[FirmwareRow], say: Say) -> list[Flowable]:
    if not found:
        return []
    columns = [
        Column(say("baseline"), 28),
        Column(say("component"), 34),
        Column(say("wanted"), 40),
        Column(say("reported"), 36),
        Column(say("place"), 26),
        Column(say("judged"), 18, "CENTER"),
    ]
    rows = [
        [row.baseline, row.component, row.wanted, row.reported or "–", _places(row.places), say(_STATES[row.state])]
        for row in found
    ]
    return section(say("firmware"), list_table(columns, rows, size=7))


_STATES = {"match": "match", "firmware": "differs", "unreported": "unreported", "approved": "approved"}


def _places(names: Sequence[str]) -> str:
    """The places by name, where there are many the first and the last with their number."""
    return ", ".join(names) if len(names) <= 3 else f"{names[0]} … {names[-1]} ({len(names)})"


def _units(sheet: AsBuiltSheet, lang: str, say: Say) -> list[Flowable]:
    columns = [
        Column(say("position"), 27),
        Column(say("part_name"), 38),
        Column(say("serial"), 30),
        Column(say("tag"), 21, "CENTER"),
        Column(say("identifiers"), 34),
        Column(say("period"), 22, "CENTER"),
        Column(say("by"), 10, "CENTER"),
    ]
    rows = [_unit(unit, lang, say) for unit in sheet.units]
    gone = frozenset(place for place, unit in enumerate(sheet.units) if unit.removed_at)
    trays = frozenset(place for place, unit in enumerate(sheet.units) if unit.depth <= 1 and place not in gone)
    here = sum(1 for unit in sheet.units if not unit.removed_at and not unit.state)
    note = say("now").format(n=here, gone=len(gone))
    table = list_table(
        columns, rows, size=6.3, marks=Marks(struck=gone, shaded=trays, struck_columns=frozenset(range(5)))
    )
    return section(say("units"), table, note=note)


def _unit(unit: UnitRow, lang: str, say: Say) -> list[str]:
    """A word and a period beside the line through it: crossed out must be readable without colour or a clean copy."""
    period, who = moment(unit.installed_at), unit.installed_by
    if unit.removed_at:
        period += f"\n– {moment(unit.removed_at)}"
        period += f"\n{say('removed')} {unit.reason}".rstrip()
        who += f"\n{unit.removed_by}" if unit.removed_by != unit.installed_by else ""
    return [
        "　" * max(unit.depth - 1, 0) + unit.position,
        f"{unit.part_number} {unit.part_revision}\n{unit.name.say(lang)}",
        state(unit.state, lang) if unit.state else unit.serial,
        unit.tag,
        "\n".join(f"{kind} {value}" for kind, value in unit.identifiers),
        period,
        who,
    ]


def _lots(sheet: AsBuiltSheet, lang: str, say: Say) -> list[Flowable]:
    if not sheet.lots:
        return []
    columns = [
        Column(say("part"), 40),
        Column(say("name"), 56),
        Column(say("lot"), 34),
        Column(say("quantity"), 26, "RIGHT"),
        Column(say("at"), 26, "CENTER"),
    ]
    rows = [
        [lot.part_number, lot.name.say(lang), lot.lot, amount(lot.quantity, lot.unit, lang), moment(lot.at)]
        for lot in sheet.lots
    ]
    return section(say("lots"), list_table(columns, rows, size=7))
