"""Example calendars and timetables of the plant in Harima and its ways: plausible hours, invented but for what is
cited. Released by operations, so that a planner changes them by the next revision."""

from __future__ import annotations

from datetime import date, timedelta

from genpin.master.logistics_lanes import PLANT, SITE
from logistics.operations.calendars import CalendarContent, CalendarOwner, ClosureRow, WindowRow
from logistics.operations.timetables import SailingRow, TimetableContent

EVERY_DAY = "1234567"

MASTER_REASON = "例:工場と取引先の取決め(架空)"
"""What the examples give as their reason."""

FERRIES = (
    # The lane's own daily departure, with its grade and source (genpin/master/logistics_lanes.py)
    ("HRM-SEN-MOJI", 2, "20:00", "18:30", "C", "想定(大阪・神戸–新門司 約 12.5 h)"),
    ("HRM-SEN-SHIBUSHI", 2, "17:55", "16:30", "B", "travair.jp ほか(17:55 発 08:55 着)。締切は想定"),
)


def calendars(today: date) -> list[tuple[CalendarOwner, CalendarContent]]:
    """Plant, site, two hauliers, customs and the equinox days as gazetted; closures of this year and the next."""
    years = (today.year, today.year + 1)
    return [
        (CalendarOwner(kind="holidays", code="JP"), _gazetted()),
        (CalendarOwner(kind="site", code=PLANT), _plant(years)),
        (CalendarOwner(kind="site", code=SITE), _site(years)),
        (CalendarOwner(kind="carrier", code="CR-SETO"), _haulier(years)),
        (CalendarOwner(kind="carrier", code="CR-AKASHI"), _haulier(years)),
        (CalendarOwner(kind="customs", code="JP"), _customs(years)),
    ]


def timetables(today: date) -> list[tuple[str, int, TimetableContent]]:
    """The two ferries: daily, in dock for some days of the February ahead."""
    dock = date(today.year + (1 if today.month >= 2 else 0), 2, 3)
    return [
        (
            lane, leg,
            TimetableContent(
                valid_from=today, grade=grade, source=source,  # type: ignore[arg-type]
                sailings=[SailingRow(days=EVERY_DAY, departs_at=departs, cut_off_at=cut_off)],
                blanks=[ClosureRow(first_day=dock, last_day=dock + timedelta(days=3), reason="定期ドック(例)")],
            ),
        )
        for lane, leg, departs, cut_off, grade, source in FERRIES
    ]  # fmt: skip


def saturday_dock(today: date) -> CalendarContent:
    """What the site's next revision would say: trucks on Saturday mornings too."""
    content = _site((today.year, today.year + 1))
    saturday = WindowRow(days="6", opens="09:00", closes="12:00", name="土曜荷受(案)")
    return CalendarContent(windows=[*content.windows, saturday], closures=content.closures)


def _gazetted() -> CalendarContent:
    """Equinox days as the gazette of 1 February of the year before fixed them (MODEL 8.2): 2026 and 2027."""
    days = ((2026, 3, 20, "春分の日"), (2026, 9, 23, "秋分の日"), (2027, 3, 21, "春分の日"), (2027, 9, 23, "秋分の日"))
    return CalendarContent(
        closures=[ClosureRow(first_day=date(y, m, d), last_day=date(y, m, d), reason=name) for y, m, d, name in days]
    )


def _plant(years: tuple[int, ...]) -> CalendarContent:
    """The shipping gate in three shifts from Monday to Saturday morning; Golden Week, Obon and year end (grade C)."""
    return CalendarContent(
        windows=[
            WindowRow(days="12345", opens="06:00", closes="14:00", name="一直"),
            WindowRow(days="12345", opens="14:00", closes="22:00", name="二直"),
            WindowRow(days="12345", opens="22:00", closes="06:00", next_day=True, name="三直"),
        ],
        closures=[
            row
            for year in years
            for row in (
                ClosureRow(first_day=date(year, 4, 29), last_day=date(year, 5, 6), reason="ゴールデンウィーク"),
                ClosureRow(first_day=date(year, 8, 11), last_day=date(year, 8, 16), reason="お盆"),
                _year_end(year, 29, 4),
            )
        ],
    )


def _site(years: tuple[int, ...]) -> CalendarContent:
    return CalendarContent(
        windows=[WindowRow(days="12345", opens="08:30", closes="17:30", name="荷受")],
        closures=[_year_end(year, 28, 5) for year in years],
    )


def _haulier(years: tuple[int, ...]) -> CalendarContent:
    """Trucks run on holidays and at night; they rest at New Year."""
    return CalendarContent(
        windows=[WindowRow(days=EVERY_DAY, opens="00:00", closes="00:00", next_day=True, name="運行")],
        closures=[_year_end(year, 31, 2) for year in years],
        closes_on_holidays=False,
    )


def _customs(years: tuple[int, ...]) -> CalendarContent:
    """Most offices: weekdays 08:30–17:15 (customs.go.jp c-answer 9602, A); 29 Dec–3 Jan closed (Act 91 of 1988, A)."""
    return CalendarContent(
        windows=[WindowRow(days="12345", opens="08:30", closes="17:15", name="通関")],
        closures=[_year_end(year, 29, 3) for year in years],
    )


def _year_end(year: int, from_december: int, to_january: int) -> ClosureRow:
    return ClosureRow(
        first_day=date(year, 12, from_december), last_day=date(year + 1, 1, to_january), reason="年末年始"
    )
