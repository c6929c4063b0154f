"""What stops the ways in the demo plant: a typhoon of last season, over; and a ferry announced not to sail."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from genpin.demo.plant import JAPAN, Plant
from logistics.operations.disruptions import (
    ExpectedEnd,
    Strikes,
    end_disruption,
    report_disruption,
    revise_disruption,
)
from logistics.operations.exceptions import Care, take_exception
from logistics.queries.exceptions import exceptions_now

ANNOUNCED = timedelta(hours=3)
"""How long ago the coming stop was announced."""
TAKEN = timedelta(minutes=20)
SHIBUSHI_FERRY = "CR-HYUGA"


def schedule(plant: Plant) -> None:
    """Put both on the agenda; the typhoon where the history is long enough for one."""
    begins = _season(plant.agenda.end)
    if begins - timedelta(days=2) > plant.begin:
        plant.agenda.at((begins - timedelta(hours=30)).astimezone(UTC), _typhoon, plant, begins)
        plant.agenda.at((begins + timedelta(hours=20)).astimezone(UTC), _longer, plant, begins)
        plant.agenda.at((begins + timedelta(hours=70)).astimezone(UTC), _sails_again, plant)
    plant.agenda.at(plant.agenda.end - ANNOUNCED, _announced, plant)
    plant.agenda.at(plant.agenda.end - TAKEN, _in_hand, plant)


def _season(end: datetime) -> datetime:
    """The afternoon of 13 September that lies at least ten days before the end."""
    last = end.astimezone(JAPAN) - timedelta(days=10)
    year = last.year if (last.month, last.day) >= (9, 13) else last.year - 1
    return datetime(year, 9, 13, 15, tzinfo=JAPAN)


def _typhoon(at: datetime, plant: Plant, begins: datetime) -> None:
    row = plant.call(
        report_disruption, "rosa", at, kind="typhoon", headline="台風 15 号:九州航路と九州内の道路", begins_at=begins,
        expected=ExpectedEnd(
            begins + timedelta(hours=48), "気象庁 台風予報、フェリー会社の運航案内", "B",
            begins + timedelta(hours=36), begins + timedelta(hours=84),
        ),
        strikes=Strikes(mode="ferry"),
    )  # fmt: skip
    plant.told["typhoon"] = row.number


def _longer(at: datetime, plant: Plant, begins: datetime) -> None:
    expected = ExpectedEnd(
        begins + timedelta(hours=66), "西海フェリー 電話(うねりのため 1 日延長)", "C", begins + timedelta(hours=60),
        begins + timedelta(hours=90),
    )  # fmt: skip
    plant.call(revise_disruption, "rosa", at, number=plant.told["typhoon"], version=1, expected=expected)


def _sails_again(at: datetime, plant: Plant) -> None:
    plant.call(end_disruption, "rosa", at, number=plant.told["typhoon"])


def _announced(at: datetime, plant: Plant) -> None:
    """From noon of the day after tomorrow, for a night or two, on the lane that few take."""
    day = at.astimezone(JAPAN).date() + timedelta(days=2)
    begins = datetime.combine(day, time(12), JAPAN)
    expected = ExpectedEnd(
        begins + timedelta(hours=40), "日向灘フェリー 運航案内(低気圧)", "B", begins + timedelta(hours=20),
        begins + timedelta(hours=64),
    )  # fmt: skip
    row = plant.call(
        report_disruption, "rosa", at, kind="ferry_stopped", headline="低気圧のため志布志航路に欠航見込み",
        begins_at=begins, expected=expected, strikes=Strikes(carrier_code=SHIBUSHI_FERRY),
    )  # fmt: skip
    plant.told["ferry stop"] = row.number


def _in_hand(at: datetime, plant: Plant) -> None:
    """Of the exceptions that stand, the oldest waits for an answer, and the next is with the site's people."""
    standing = [one for one in exceptions_now(at) if one.fact is not None]
    today = at.astimezone(JAPAN).date()
    cares = (
        ("rosa", Care(state="waiting", waiting_for="運送会社の回答", due_on=today, note="電話済み、折り返し待ち")),
        ("sora", Care(state="in_hand", due_on=today + timedelta(days=1))),
    )
    for row, (person, care) in zip(standing, cares, strict=False):
        plant.call(take_exception, person, at, exception=row.key, version=0, care=care)
