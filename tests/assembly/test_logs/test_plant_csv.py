"""The plant's own CSV: read by a column map, whatever its encoding and separator; a damaged line refuses the file."""

import gzip

import pytest

from assembly.test_logs.column_map import ColumnMap, MapColumn, column_map_from_json, fault_of
from assembly.test_logs.read import read_test_log
from assembly.test_logs.result import ROWS_LIMIT, ReadOptions, Unreadable

from .plant_files import because

LONG = ColumnMap(
    "HIPOT",
    2,
    (
        MapColumn("製造番号", "serial"),
        MapColumn("項目", "name"),
        MapColumn("測定値", "value"),
        MapColumn("単位", "unit"),
        MapColumn("下限", "low"),
        MapColumn("上限", "high"),
        MapColumn("判定", "verdict"),
        MapColumn("日時", "moment"),
    ),
)
WIDE = ColumnMap(
    "LEAK",
    1,
    (
        MapColumn("Serial No", "serial"),
        MapColumn("Pressure", "value", name="leak.pressure", unit="kPa", low=180, high=220),
        MapColumn("Loss", "value", name="leak.loss", unit="kPa", high=0.5),
        MapColumn("Result", "verdict"),
        MapColumn("Operator", "ignore"),
    ),
)
HEADING = "製造番号,項目,測定値,単位,下限,上限,判定,日時\n"
LINES = "GPT-0001,絶縁抵抗,512.5,MΩ,100,,合格,2026/11/20 16:05\nGPT-0001,耐電圧,１．２,mA,,5,OK,2026/11/20 16:06:10\n"
GOOD = HEADING + LINES
LEAK = "serial no;PRESSURE;Loss;Result;Operator\nGPT-0001;201.5;0.12;PASS;mei\n"


def read(content, *, duts=(), maps=(WIDE, LONG), shape="auto"):
    raw = content.encode() if isinstance(content, str) else content
    options = ReadOptions(column_maps=tuple(maps), duts=frozenset(duts))
    return read_test_log(raw, name="x.dat", format=shape, options=options)


def test_long_lines_become_measurements_with_the_file_s_own_limits():
    log = read(GOOD)

    assert (log.tool, log.variant, log.tool_version) == ("plant-csv", "HIPOT", "r2")
    assert (log.verdict, log.disposition, log.reasons) == ("pass", "accept", ())
    assert [(one.name, one.value, one.unit, one.low, one.high, one.verdict) for one in log.measurements] == [
        ("絶縁抵抗", 512.5, "MΩ", 100.0, None, "pass"),
        ("耐電圧", 1.2, "mA", None, 5.0, "pass"),
    ]
    assert log.entities[0].serial == "GPT-0001" and log.entities[0].more["tested_at"] == "2026-11-20T16:06:10"


def test_wide_lines_take_names_units_and_limits_from_the_map():
    log = read(LEAK)

    assert (log.variant, log.verdict, log.disposition) == ("LEAK", "pass", "accept")
    assert [(one.name, one.value, one.unit, one.high, one.verdict) for one in log.measurements] == [
        ("leak.pressure", 201.5, "kPa", 220, "pass"),
        ("leak.loss", 0.12, "kPa", 0.5, "pass"),
    ]


WRAPPED = {
    "with mark": GOOD.encode("utf-8-sig"),
    "CP932": GOOD.replace("Ω", "ohm").encode("cp932"),
    "UTF-16": GOOD.encode("utf-16"),
    "gzip": gzip.compress(GOOD.encode()),
    "tabs": GOOD.replace(",", "\t").encode(),
    "CRLF": GOOD.replace("\n", "\r\n").encode(),
    "banner": ("絶縁試験機 A-3\n\n" + GOOD).encode(),
    "full-width heading and blanks": GOOD.replace("GPT-0001", " ＧＰＴ－０００１ ").encode(),
}


@pytest.mark.parametrize("content", WRAPPED.values(), ids=WRAPPED)
def test_encodings_separators_and_banners_say_the_same(content):
    log = read(content)

    assert (log.variant, log.verdict, log.disposition) == ("HIPOT", "pass", "accept")
    assert [one.value for one in log.measurements] == [512.5, 1.2] and log.entities[0].serial == "GPT-0001"


REFUSED = {
    "decimal comma": (GOOD.replace("512.5", '"512,5"'), "Line 2: 512,5 has a comma"),
    "thousands": (LEAK.replace("201.5", "1,201.5"), "has a comma"),
    "no number": (GOOD.replace("512.5", "high"), "'high' is no number"),
    "out of range": (GOOD.replace("512.5", "1e400"), "out of range"),
    "low above high": (GOOD.replace(",100,,", ",100,50,"), "low limit 100 is above the high limit 50"),
    "cut off": (GOOD[:-30], "cells under 8 headings"),
    "open quote": (GOOD.replace("MΩ", '"MΩ'), "no sound CSV"),
    "no lines": (HEADING, "no line below"),
    "no time": (GOOD.replace("16:06:10", "26:06"), "is no time"),
    "no unit": (GOOD.replace("GPT-0001,耐", ",耐"), "names no unit"),
    "no name": (GOOD.replace("耐電圧", ""), "names no measurement"),
    "heading twice": (GOOD.replace("単位", "測定値 "), "Not a known format"),
    "extra heading twice": ("製造番号," + HEADING + "GPT-0001," + LINES.replace("\nG", "\nG,G"), "stands twice"),
}


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_sound_is_refused_in_one_line(text, why):
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert why in str(refused.value) and "\n" not in str(refused.value)


DOUBTFUL = {
    "an unknown verdict": (GOOD.replace("合格", "fine"), "not_run", "'fine' is not known"),
    "a repeated line": (HEADING + LINES + LINES[: LINES.index("\n") + 1], "pass", "Line 4 repeats line 2"),
    "a lost end": (GOOD[:-1], "pass", "no end"),
    "an unknown column": (HEADING[:-1] + ",治具\n" + LINES.replace("\n", ",J1\n"), "pass",
                          "does not know were left out: 治具"),
    "a pass outside its limits": (GOOD.replace("512.5", "99"), "fail", "does not bear out"),
    "a line passed with a bad value": (LEAK.replace("0.12", "0.9"), "fail", "outside its limits"),
    "a missing value": (GOOD.replace("512.5", "N/A"), "not_run", "does not bear out"),
    "no judgement at all": (GOOD.replace("合格", "").replace("OK", "").replace(",100,,", ",,,").replace(",5,", ",,"),
                            "none", "holds no judgement"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "verdict", "why"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_doubtful_is_never_accepted(text, verdict, why):
    log = read(text)

    assert log.verdict == verdict and log.disposition != "accept" and because(log, why)


def test_a_file_of_too_many_results_is_refused_as_soon_as_they_are_reached():
    lines = "".join(f"GPT-{n},外観,,,,,OK,\n" for n in range(ROWS_LIMIT + 1))

    with pytest.raises(Unreadable, match="more than 50000 results"):
        read(f"{HEADING}{lines}no line of this table\n")


def test_a_failed_line_fails_its_unit_and_a_text_test_needs_no_value():
    failed = read(HEADING + "GPT-1,外観,,,,,不合格,\nGPT-2,外観,,,,,○,\n")

    assert [(one.entity, one.test, one.verdict) for one in failed.results] == [
        ("dut:GPT-1", "外観", "fail"), ("dut:GPT-2", "外観", "pass"),
    ]  # fmt: skip
    assert failed.disposition == "retest"


def test_only_the_lines_of_the_unit_asked_for_are_read():
    text = HEADING + "GPT-1,外観,,,,,NG,\nGPT-2,外観,,,,,OK,\n"

    assert read(text, duts=["GPT-2", "tag"]).verdict == "pass"
    with pytest.raises(Unreadable, match="No line of the file is about this unit; the first is about GPT-1"):
        read(text, duts=["GPT-3"])


def test_the_map_that_knows_the_most_columns_is_taken_and_two_alike_are_refused():
    short = ColumnMap("SHORT", 1, tuple(column for column in LONG.columns if column.role not in ("moment", "low")))
    twin = ColumnMap("TWIN", 1, LONG.columns)

    assert read(GOOD, maps=(short, LONG)).variant == "HIPOT"
    with pytest.raises(Unreadable, match="More than one column map fits the heading: HIPOT, TWIN"):
        read(GOOD, maps=(LONG, twin))
    with pytest.raises(Unreadable, match="No column map fits"):
        read(GOOD, maps=(), shape="plant-csv")


def test_a_heading_with_name_and_timestamp_is_not_taken_for_nvidia_smi():
    with pytest.raises(Unreadable, match="Not a known format"):
        read("timestamp,serial,name,value\n2026-11-20,1,volts,12\n", maps=())


@pytest.mark.parametrize(
    ("columns", "fault"),
    [([], "no-columns"), ([("A", "value", "v")], "no-serial"), ([("A", "serial", "")], "no-value"),
     ([("A", "serial", ""), ("Ａ ", "value", "v")], "heading-twice"), ([(" ", "serial", "")], "blank-heading"),
     ([("A", "serial", ""), ("B", "serial", ""), ("C", "value", "v")], "role-twice"),
     ([("A", "serial", ""), ("B", "value", "")], "name-missing"),
     ([("A", "serial", ""), ("N", "name", ""), ("B", "value", "v")], "name-and-named"),
     ([("A", "serial", ""), ("B", "value", "v"), ("C", "value", "v")], "name-twice"),
     ([("A", "serial", ""), ("L", "low", ""), ("B", "value", "v"), ("C", "value", "w")], "limits-of-named"),
     ([("A", "serial", "v"), ("B", "value", "v")], "facts-without-value")],
)  # fmt: skip
def test_columns_that_make_no_map(columns, fault):
    found = fault_of([MapColumn(header, role, name) for header, role, name in columns])

    assert found is not None and found[0] == fault


def test_a_map_is_read_from_a_file_and_its_bounds_are_checked():
    text = (
        '{"code": "A", "columns": [{"header": "S", "role": "serial"}, {"header": "V", "role": "value", "name": "v"%s}]}'
    )

    assert column_map_from_json(text % "").columns[1].name == "v"
    for bad in (', "low": 2, "high": 1', ', "low": "x"', ', "low": 1e999'):
        with pytest.raises(ValueError, match="column"):
            column_map_from_json(text % bad)
