"""The desk's pages of calendars and timetables: what they show, and what their forms write."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from logistics.models import Calendar, Timetable
from tests.cast import person
from tests.logistics.released import DOCK, FERRY, GATE, JAPAN, PLANT, SITE, a_calendar, a_timetable
from tests.logistics.world import LANE, lanes

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    lanes()
    client = Client()
    client.force_login(person("plan"))
    client.cookies["genpin_language"] = "en"
    return client


def read(client: Client, name: str, *arguments: Any, **asked: str) -> str:
    return client.get(reverse(name, args=arguments), asked).content.decode()


def rows(prefix: str, *given: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """A table of the form as the browser sends it."""
    sent = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": initial}
    return sent | {f"{prefix}-{at}-{name}": value for at, row in enumerate(given) for name, value in row.items()}


HOURS = {"days": ["1", "2", "3", "4", "5"], "opens": "08:00", "closes": "17:00", "name": "Day"}
NIGHT = {"days": ["5"], "opens": "22:00", "closes": "06:00", "next_day": "on", "name": "Night"}
FORM = {
    "key": "k-1", "version": "0", "owner": "site:JPHRM-1", "closes_on_holidays": "on",
    **rows("windows", HOURS, NIGHT, {}),
    **rows("closures", {"first_day": "2026-12-29", "last_day": "2027-01-04", "reason": "Year end"}, {}),
    **rows("openings"),
}  # fmt: skip


def test_a_month_shows_hours_and_why_days_are_closed(desk: Client) -> None:
    kept = a_calendar(PLANT, GATE)
    september = read(desk, "calendar", kept.pk, month="2026-09")
    december = read(desk, "calendar", kept.pk, month="2026-12")

    assert "public holiday 国民の休日" in september
    assert "22:00–06:00 on the next day" in december and "年末年始" in december
    assert "2026/12/29 (Tue) – 2027/01/04 (Mon)" in december


def test_months_of_nowhere_show_the_present_one(desk: Client) -> None:
    kept = a_calendar(PLANT, GATE)

    for month in ("2026-13", "0000-01", "x", "٢٠٢٦-01"):
        assert desk.get(reverse("calendar", args=[kept.pk]), {"month": month}).status_code == 200


def test_holidays_show_how_they_differ(desk: Client) -> None:
    kept = a_calendar(JAPAN, DOCK.__class__(closures=GATE.closures))

    told = read(desk, "calendar", kept.pk)
    assert "Days that differ from the law" in told and "年末年始" in told


def test_an_older_revision_says_which_one_judges(desk: Client) -> None:
    old, new = a_calendar(SITE, DOCK), a_calendar(SITE, DOCK, closes_on_holidays=False)

    assert "Revision 2 judges plans now." in read(desk, "calendar", old.pk)
    assert "judges plans now" not in read(desk, "calendar", new.pk)


def test_the_form_writes_a_draft_and_its_next_change(desk: Client) -> None:
    answer = desk.post(reverse("calendar_new"), FORM)
    draft = Calendar.objects.get()
    assert answer.headers["Location"] == reverse("calendar", args=[draft.pk])
    assert [str(row) for row in draft.windows.all()] == ["12345 08:00–17:00 Day", "5 22:00–06:00+1 Night"]

    page = desk.get(reverse("calendar_new"), {"from": draft.pk}).content.decode()
    assert 'value="Year end"' in page and 'name="version" value="1"' in page
    changed = FORM | {"key": "k-2", "version": "1", "closures-INITIAL_FORMS": 1, "closures-0-drop": "on"}
    changed |= {"windows-INITIAL_FORMS": 2, "windows-1-days": [], "windows-1-opens": "", "windows-1-closes": ""}
    changed |= {"windows-1-name": ""}
    desk.post(f"{reverse('calendar_new')}?from={draft.pk}", changed)

    assert draft.closures.count() == 0
    assert [str(row) for row in draft.windows.all()] == ["12345 08:00–17:00 Day"]


def test_more_rows_are_given_and_nothing_is_saved(desk: Client) -> None:
    page = desk.post(reverse("calendar_new"), FORM | {"more": "closures"}).content.decode()

    assert 'name="closures-TOTAL_FORMS" value="5"' in page and 'value="Year end"' in page
    assert Calendar.objects.count() == 0


@pytest.mark.parametrize(
    ("odd", "say"),
    [
        ({"windows-0-closes": ""}, "Please correct the marked rows"),
        ({"windows-0-closes": "07:00"}, "ends before it begins"),
        ({"owner": "site:NOWHERE"}, "Whose calendar"),
        ({"version": "7", "windows-0-days": ["8"]}, "Please correct the marked rows"),
    ],
)
def test_bad_rows_stay_on_the_page_with_their_fault(desk: Client, odd: dict[str, Any], say: str) -> None:
    answer = desk.post(reverse("calendar_new"), FORM | odd)

    assert answer.status_code == 422
    assert say in answer.content.decode() and 'value="Year end"' in answer.content.decode()
    assert Calendar.objects.count() == 0


def test_who_was_slower_sees_what_the_other_wrote(desk: Client) -> None:
    desk.post(reverse("calendar_new"), FORM)
    answer = desk.post(reverse("calendar_new"), FORM | {"key": "k-3", "closes_on_holidays": ""})

    assert answer.status_code == 422 and "Changed meanwhile" in answer.content.decode()


def test_a_draft_is_released_from_its_page(desk: Client) -> None:
    desk.post(reverse("calendar_new"), FORM)
    draft = Calendar.objects.get()
    url = reverse("calendar_release", args=[draft.pk])

    assert desk.post(url, {"key": "r-1", "version": "1", "reason": ""}).status_code == 422
    assert desk.post(url, {"key": "r-2", "version": "1", "reason": "Agreed"}).status_code == 302
    assert Calendar.objects.get().reason == "Agreed"


def test_a_timetable_is_drafted_released_and_shows_what_can_be_caught(desk: Client) -> None:
    form = {
        "key": "t-1", "version": "0", "leg": f"{LANE}:2", "valid_from": "2026-11-01", "grade": "B", "source": "site",
        **rows("sailings", {"days": ["1", "2"], "departs_at": "17:55", "cut_off_at": "16:30", "cut_off_days": "0"}),
        **rows("blanks"),
    }  # fmt: skip
    desk.post(reverse("timetable_new"), form)
    draft = Timetable.objects.get()
    desk.post(reverse("timetable_release", args=[draft.pk]), {"key": "t-2", "version": "1", "reason": "notice"})

    told = read(desk, "timetable", draft.pk)
    assert told.count("17:55") >= 10 and "Mon・Tue" in told
    assert "Revision 2" not in told and Timetable.objects.get().released_at is not None
    assert FERRY.source not in told and "2026/11/01" in read(desk, "timetables", lane=LANE)


def test_a_change_of_the_timetable_starts_from_its_rows(desk: Client) -> None:
    kept = a_timetable(valid_to=date(2027, 3, 31))
    page = read(desk, "timetable_new", **{"from": str(kept.pk)})

    assert 'value="2027-03-31"' in page and 'value="ドック"' in page


def test_lists_are_searched(desk: Client) -> None:
    a_calendar(PLANT, GATE)
    a_calendar(SITE, DOCK)

    assert "JPSEN-1" not in read(desk, "calendars", q="Harima")
    assert "JPHRM-1" in read(desk, "calendars", q="harima", state="released", kind="site")
    assert "JPHRM-1" not in read(desk, "calendars", state="draft")
