"""Moments as carriers write them: every form that is read, and what is refused because it could be two days."""

from datetime import datetime

import pytest

from inventory.files.cells import PLANT, CellFault
from inventory.files.japanese_moments import read_japanese_moment

WANTED = datetime(2026, 11, 26, 16, 5, tzinfo=PLANT)


@pytest.mark.parametrize(
    "text",
    [
        "令和8年11月26日 16:05", "令和8年11月26日16時05分", "R8.11.26 16:05", "r08/11/26 16:05", "令8-11-26 16:05",
        "㋿8年11月26日 午後4時05分", "2026/11/26 16:05", "2026-11-26T16:05:00", "2026年11月26日(木)16時5分",
        "20261126 1605", "202611261605", "2026/11/26 04:05 PM", "2026-11-26 07:05Z", "2026-11-26 16:05+09:00",
        "2026.11.26 木曜 16:05", "2026/11/26 午後 4:05",
    ],
)  # fmt: skip
def test_every_usual_form_is_the_same_moment(text: str) -> None:
    assert read_japanese_moment(text) == WANTED


def test_day_and_time_may_stand_in_two_cells() -> None:
    assert read_japanese_moment("令和8年11月26日", "16:05") == WANTED
    assert read_japanese_moment("2026/11/26", "1605") == WANTED


def test_twenty_four_is_the_end_of_the_day() -> None:
    assert read_japanese_moment("2026/11/26 24:00") == datetime(2026, 11, 27, tzinfo=PLANT)


def test_the_first_year_of_an_era_is_gannen() -> None:
    assert read_japanese_moment("令和元年5月1日 9:00") == datetime(2019, 5, 1, 9, tzinfo=PLANT)
    assert read_japanese_moment("H31.4.30 9:00") == datetime(2019, 4, 30, 9, tzinfo=PLANT)


@pytest.mark.parametrize(
    "text",
    [
        "26/11/08 16:05", "8.11.26 16:05", "11/26/2026 16:05", "11/26 16:05", "11月26日 16:05",  # several days, no year
        "2026/11/26", "令和8年11月26日",  # no time of day
        "2026/02/30 16:05", "令和0年1月1日 9:00", "R8.13.1 9:00", "平成38年11月26日 16:05", "令和元年4月30日 9:00",
        "2026/11/26(金) 16:05",  # a Thursday
        "2026/11/26 午後12:05", "2026/11/26 25:30", "2026/11/26 16:75", "2026/11/26 16", "1926/11/26 16:05",
        "昨日 16:05", "",
    ],
)  # fmt: skip
def test_what_is_unclear_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(CellFault) as fault:
        read_japanese_moment(text)
    assert "%(" not in str(fault.value)
