"""Loggers' files as they come: heads, encodings, separators, units; and what cannot be read, line by line."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from assembly.burn_in.course_chart import Frame, plot
from assembly.burn_in.moments import micros
from logistics.files.logger_lines import read_logger_lines
from logistics.files.road_course import Bounds, Stretch, beyond, fresh, joined, judged

AT = micros(datetime(2026, 11, 20, 7, 5, tzinfo=UTC))
MINUTE = 60_000_000


@pytest.mark.parametrize(
    "content",
    [
        "日時,衝撃(g),温度(℃)\n2026/11/20 16:05,1.25,21.5\n".encode("cp932"),
        "機種,TR\nシリアル番号,LG-1\n\n日時\t温度(℃)\t衝撃値\n2026/11/20 16:05:00.250\t21.5\t−1.25\n".replace("−", "-")
        .encode("utf-8-sig"),
        b'"Serial number";"LG-1"\nDate;Time;Temp (C);Shock [g]\n2026-11-20;16:05;21,5 C;1,25 g\n',
        b"timestamp,temperature degC,shock g,note\n2026-11-20T07:05:00Z,21.5,1.25,ok\n",
        b"time,temp,shock\n2026-11-20T16:05:00+09:00,2.15e1,1.25\n",
    ],
)  # fmt: skip
def test_one_reading_is_read_from_every_form(content: bytes) -> None:
    text = read_logger_lines(content)

    assert text.faults == []
    assert [(int(at[0]), float(values[0])) for at, values in (text.course["shock"], text.course["temperature"])] == [
        (AT, 1.25), (AT, 21.5),
    ]  # fmt: skip
    assert text.serial in ("", "LG-1")


def test_resultant_is_of_the_axes_and_a_time_without_zone_is_in_the_one_named() -> None:
    text = read_logger_lines(b"time,x,y,z,tilt\n2026-11-20 07:05,3,-4,12,-7\n", ZoneInfo("UTC"))

    assert {name: (int(at[0]), float(values[0])) for name, (at, values) in text.course.items()} == {
        "shock": (AT, 13.0), "shock_x": (AT, 3.0), "shock_y": (AT, -4.0), "shock_z": (AT, 12.0), "tilt": (AT, 7.0),
    }  # fmt: skip


def test_odd_order_doubles_and_blanks_are_read_and_told() -> None:
    lines = ["time,shock", "2026/11/20 16:15,1", "2026/11/20 16:05,2", "2026/11/20 16:05,2", "2026/11/20 16:05,9",
             "2026/11/20 16:25,NaN", "2026/11/20 16:35,---"]  # fmt: skip
    text = read_logger_lines("\n".join(lines).encode())

    assert text.findings == [
        {"code": "no-reading", "n": 2}, {"code": "out-of-order", "n": 1}, {"code": "doubled", "n": 1},
        {"code": "differing", "n": 1},
    ]  # fmt: skip
    at, values = text.course["shock"]
    assert values.tolist() == [2, 9, 1]
    assert (np.diff(at) > 0).all()


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", [(0, "")]),
        (b"a,b\n1,2\n", [(0, "")]),
        (b"time,shock\n", [(0, "")]),
        (b"time,temperature F\n", [(0, "")]),
        ("time,shock,温度(°F)\n2026/11/20 16:05,1,70\n".encode(), [(0, "")]),
        (b"time,shock\n2026/11/20 16:05,NaN\n", [(0, "")]),
        (b"x\ntime,shock\n11/20/2026 16:05,1\n2026/11/20,1\n,1\n", [(3, "time"), (4, "time"), (5, "time")]),
        (b"time,shock,humidity\n2026/11/20 16:05,1e400,101\n", [(2, "humidity"), (2, "shock")]),
        (b"time,shock\n2026/11/20 16:05,0x1f\n2026/11/20 25:05,inf\n", [(2, "shock"), (3, "shock"), (3, "time")]),
    ],
)
def test_what_cannot_be_read_is_told_by_line(content: bytes, faults: list[tuple[int, str]]) -> None:
    text = read_logger_lines(content)

    assert sorted((one.line, one.column) for one in text.faults) == faults
    assert text.course == {} or text.faults


def test_no_bytes_break_the_reader() -> None:
    chance = random.Random(5)
    good = "機種,TR\n日時,衝撃X(g),温度(℃)\n2026/11/20 16:05,1.25,21.5\n2026/11/20 16:15,1.25,21.5\n".encode("cp932")
    for _turn in range(300):
        data = bytearray(good)
        for _byte in range(chance.randrange(1, 12)):
            data[chance.randrange(len(data))] = chance.choice((0, 10, 13, 34, 44, 45, 59, 101, 129, 255, 57))
        text = read_logger_lines(bytes(data[: chance.randrange(len(data))]))
        assert text.faults or text.span[0] <= text.span[1]


def test_stretches_beyond_a_limit_and_silences_in_order() -> None:
    at = np.array([0, 10, 20, 30, 60, 70, 200], np.int64) * MINUTE
    values = np.array([1, 6, 9, 1, 7, 1, -3], np.float64)
    bounds = {"shock": Bounds(-2, 5), "gap": Bounds(None, 60)}

    found = judged({"shock": (at, values)}, 0, 300 * MINUTE, bounds)

    assert [(one.measure, one.began // MINUTE, one.ended // MINUTE, one.peak, one.limit) for one in found] == [
        ("shock", 10, 20, 9, 5), ("shock", 60, 60, 7, 5), ("gap", 70, 200, 130, 60), ("gap", 200, 300, 100, 60),
        ("shock", 200, 200, -3, -2),
    ]  # fmt: skip
    assert fresh(found, found) == []
    worse = Stretch("shock", found[0].began, found[0].ended, 9.5, 5)
    assert fresh([worse], found) == [worse]
    assert beyond("shock", at[:1], values[:1], bounds["shock"]) == []


def test_two_files_of_one_logger_are_one_course() -> None:
    at = np.array([1, 2, 3], np.int64)
    both = joined([{"tilt": (at[:2], np.array([1.0, 2.0]))}, {"tilt": (at[1:], np.array([2.0, 3.0]))}])

    assert [part.tolist() for part in both["tilt"]] == [[1, 2, 3], [1, 2, 3]]


def test_no_line_of_the_chart_crosses_a_gap() -> None:
    for end in range(60, 75):  # wherever the end of the gap lies within its mark
        at = np.concatenate([np.arange(0, 41), np.arange(end, 121)]).astype(np.int64) * 10 * MINUTE
        svg = plot(at, np.ones(len(at)), Frame(0, 1_200 * MINUTE, None, None, "x", "gap", 60 * MINUTE))

        lines = [one.split() for one in re.findall(r'<polyline class="plan" points="([^"]*)"', svg)]
        assert len(lines) == 2
        assert max(float(b.split(",")[0]) - float(a.split(",")[0]) for one in lines for a, b in pairwise(one)) < 20
