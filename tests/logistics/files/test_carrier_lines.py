"""A carrier's file as text: encodings line by line, headings in two languages, which lines are refused and why."""

import pytest

from logistics.files.carrier_lines import read_carrier_lines, word_of
from logistics.files.encodings import encoding_of, unified
from logistics.files.place_words import Ends, is_other_sendai, legs_at

HEADING = "出荷番号,状況,日時,場所,備考"
LINE = "SH-26-00001,到着,令和8年11月20日 9:05,新門司港,異常なし"
WAY = [
    Ends(1, ("播磨工場", "Harima plant"), ("神戸六甲港", "Kobe Rokko port")),
    Ends(2, ("神戸六甲港", "Kobe Rokko port"), ("新門司港", "Shin-Moji port")),
    Ends(3, ("新門司港", "Shin-Moji port"), ("薩摩川内", "Satsumasendai")),
]
NORTH = [Ends(1, ("播磨工場", "Harima plant"), ("仙台港", "Sendai port"))]


def a_file(*lines: str) -> str:
    return "\r\n".join([HEADING, *lines])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_every_encoding_reads_the_same(encoding: str) -> None:
    text = read_carrier_lines(a_file(LINE).encode(encoding))

    assert text.faults == []
    (line,) = text.lines
    assert (line.line, line.shipment, line.word, line.place) == (2, "SH-26-00001", "到着", "新門司港")
    assert f"{line.at:%Y-%m-%d %H:%M}" == "2026-11-20 09:05"


@pytest.mark.parametrize(("main", "other"), [("utf-8", "cp932"), ("cp932", "utf-8"), ("utf-8-sig", "cp932")])
def test_a_line_of_another_encoding_is_told_by_its_number(main: str, other: str) -> None:
    lines = [LINE, LINE.replace("9:05", "9:06")]
    content = a_file(*lines).encode(main) + b"\r\n" + LINE.encode(other)

    (fault,) = read_carrier_lines(content).faults
    assert fault.line == 4


def test_half_width_kana_of_shift_jis_are_no_utf8() -> None:
    assert encoding_of("ﾃｲ".encode("cp932")) == "cp932"  # C3 B2: would decode as ò
    assert encoding_of(b"\x81") == "none"
    assert unified("ﾃｲ,到着\n".encode("cp932")).content.decode() == "ﾃｲ,到着\n"


def test_full_width_digits_and_other_headings_are_folded() -> None:
    content = "Shipment Number,Status,Date,Time,Leg Number\nSH-26-00001,Picked Up,2026/11/20,9:05,2\n"

    (line,) = read_carrier_lines(content.encode()).lines
    assert (line.shipment, line.word, line.leg) == ("SH-26-00001", word_of("PICKED UP"), 2)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (",到着,2026/11/20 9:05,新門司港,", ""),
        ("SH-26-00001,,2026/11/20 9:05,新門司港,", "状況"),
        ("SH-26-00001,到着,,新門司港,", "日時"),
        ("SH-26-00001,到着,26/11/20 9:05,新門司港,", "日時"),
    ],
)
def test_bad_lines_are_told_with_their_column(line: str, column: str) -> None:
    told = read_carrier_lines(a_file(LINE, line).encode())

    assert [(fault.line, fault.column) for fault in told.faults] == [(3, column)]


def test_a_file_without_shipment_or_time_is_refused_once() -> None:
    told = read_carrier_lines("状況,場所\n到着,新門司港\n".encode())

    assert {fault.line for fault in told.faults[:2]} == {1}


def test_the_other_sendai_is_never_taken_for_ours() -> None:
    assert is_other_sendai("仙台港", WAY)
    assert is_other_sendai("Sendai", WAY)
    assert is_other_sendai("川内港", NORTH)
    assert not is_other_sendai("薩摩川内市", WAY)
    assert not is_other_sendai("Satsuma-Sendai", WAY)
    assert not is_other_sendai("新門司", WAY)
    assert not is_other_sendai("仙台", NORTH)


def test_a_place_finds_the_leg_that_begins_or_ends_there() -> None:
    assert legs_at("新門司港フェリーターミナル", WAY, starts=False) == [2]
    assert legs_at("新門司", WAY, starts=True) == [3]
    assert legs_at("川内 DC", WAY, starts=False) == [3]
    assert legs_at("広島", WAY, starts=False) == []
