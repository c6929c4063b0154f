"""The map: where a shipment is reckoned to be, courses round the islands, and what has no place."""

from __future__ import annotations

from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from logistics.charts.coast import KYUSHU, SHIKOKU, Ring
from logistics.charts.courses import along, course
from logistics.charts.map import MapMark, MapPort, MapWay, draw_map
from logistics.models import MapPlace
from logistics.operations.milestones import Report, report_milestone
from logistics.operations.places import PlaceOdd, PlacePoint, PlaceUnknown, place_on_map
from logistics.queries.shipment_map import lanes_on_map, whereabouts
from logistics.queries.shipments import open_shipments
from tests.cast import a_caller, person
from tests.logistics.facts import refused
from tests.logistics.world import HOUR, departed, lanes

OSAKA, SHIBUSHI, KOBE, SHIN_MOJI = (135.42, 34.62), (131.10, 31.46), (135.27, 34.69), (130.99, 33.87)


def inside(ring: Ring, at: tuple[float, float]) -> bool:
    """Whether a ray to the east meets the ring an odd number of times."""
    x, y = at
    hits = 0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        hits += (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    return bool(hits % 2)


class Links(HTMLParser):
    """Links inside a drawing that keys reach and a screen reader reads: address → name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in ("svg", "g", "figure", "div"):
            self._open.append(told.get("aria-hidden") == "true" or told.get("role") in ("img", "presentation"))
        hidden = any(self._open) or told.get("tabindex") == "-1"
        if tag == "a" and told.get("class") == "mark" and told.get("href") and not hidden:
            self.found[told["href"] or ""] = told.get("aria-label") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("svg", "g", "figure", "div"):
            self._open.pop()


def read_in(page: str) -> dict[str, str]:
    links = Links()
    links.feed(page)
    return links.found


@pytest.mark.parametrize(("start", "end"), [(OSAKA, SHIBUSHI), (KOBE, SHIN_MOJI)])
def test_a_ferry_is_drawn_on_water(start: tuple[float, float], end: tuple[float, float]) -> None:
    way = course("ferry", start, end)
    for step in range(6, 93):
        at = along(way, step / 100)
        assert not inside(SHIKOKU, at) and not inside(KYUSHU, at), (step, at)
    assert (way[0], way[-1]) == (start, end)


def test_names_and_marks_do_not_cover_each_other_and_overseas_is_an_arrow() -> None:
    ports = [MapPort("神戸六甲港", KOBE), MapPort("大阪南港", OSAKA), MapPort("播磨工場", (134.55, 34.86), big=True)]
    marks = [MapMark(n, KOBE, f"/shipments/{n}/", f"SH-{n}") for n in range(1, 4)]
    ways = [MapWay((KOBE, (121.5, 25.0)), sea=True, end_name="基隆港 <台湾>")]

    svg = draw_map(ports, ways, marks, title="t", says="s", size=(560, 430))

    places = {
        line.split('cy="')[1].split('"')[0] + line.split('cx="')[1].split('"')[0] for line in svg.split("<circle")[1:]
    }
    assert len(places) == 3, "three at one place are drawn beside each other"
    assert "基隆港 &lt;台湾&gt;" in svg
    assert svg.count('class="mark"') == 3
    assert read_in(svg) == {f"/shipments/{n}/": f"SH-{n}" for n in range(1, 4)}


@pytest.mark.django_db
def test_a_shipment_is_reckoned_along_its_leg_and_never_past_its_end() -> None:
    """Osaka to Shibushi takes 15 h: six hours after the ship left it is at 40 %, 40 hours after still at the quay."""
    now = timezone.now().replace(microsecond=0)
    shipment = departed(at=now - 12 * HOUR, need_by=None)
    report = Report(shipment.pk, "leg_departed", now - 6 * HOUR, leg_number=2)
    report_milestone(caller=a_caller("rosa", at=now), report=report)
    (row,) = open_shipments()
    lane = next(one for one in lanes_on_map() if one.pk == row.lane_id)

    found = whereabouts(row, lane, now)

    assert found is not None
    assert (found.leg.number, found.reckoned, round(found.share, 6)) == (2, True, 0.4)
    told = Report(shipment.pk, "delayed", now - HOUR, leg_number=2)
    report_milestone(caller=a_caller("rosa", at=now), report=told)
    (row,) = open_shipments()
    slow = whereabouts(row, lane, now)
    assert slow is not None and round(slow.share, 6) == 0.4  # a word on the way does not begin the leg anew
    later = whereabouts(row, lane, now + 40 * HOUR)
    assert later is not None and later.share == 1.0
    client = Client()
    client.force_login(person("rosa"))
    for language, word in (("ja", "40 %"), ("en", "reckoned 40 % of the leg")):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = client.get(reverse("shipment_map")).text
        name = read_in(page)[f"/shipments/{shipment.number}/"]  # keys reach it, and it is read
        assert word in name and shipment.number in name
    assert 'class="chart map"' in client.get(reverse("control_tower")).text


@pytest.mark.django_db
def test_places_are_moved_by_whoever_keeps_master_data_and_odd_ones_refused() -> None:
    lanes()
    before = MapPlace.objects.count()
    point = PlacePoint("志布志港", Decimal("31.47"), Decimal("131.11"))

    place_on_map(caller=a_caller("rosa"), places=[point])

    row = MapPlace.objects.get(name_ja="志布志港")
    assert (row.latitude, row.longitude, MapPlace.objects.count()) == (Decimal("31.4700"), Decimal("131.1100"), before)
    with refused(PlaceUnknown):
        place_on_map(caller=a_caller("rosa"), places=[PlacePoint("仙台", Decimal(38), Decimal(141))])
    with refused(PlaceOdd):
        place_on_map(caller=a_caller("rosa"), places=[point, point])
    with refused(PlaceOdd):
        place_on_map(caller=a_caller("rosa"), places=[PlacePoint("志布志港", Decimal(131), Decimal(31))])
