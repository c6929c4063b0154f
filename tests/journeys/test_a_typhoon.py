"""Journey 3: ferries stop. ETAs of everything on the way and about to leave move; the manager sees who is affected, the
cost, the alternatives, and re-plans. When it is over the ETAs return; the trail tells all.

The plant is built by operations; people use the API and a real browser against the shipped processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from genpin.embedded import home
from inventory.models import Unit
from ledger.models import Event
from logistics.models import Forecast, Replan, Shipment
from logistics.operations.forecasts import record_forecasts
from tests.cast import a_caller
from tests.journeys.doors import Door
from tests.journeys.test_recall import at_the_api, picture, signed_in
from tests.logistics.storm_world import DAY, ROAD, SHIBUSHI
from tests.logistics.test_disruptions import tell
from tests.logistics.world import HOUR, a_crate, a_shipment, a_tested_rack, departed, lanes, rack_of
from tests.plant import Plant

HEADLINE = "台風 27 号により欠航"
ROAD_WORDS = "大阪南港 から 播磨 – 薩摩川内(陸路・中継)"


@dataclass
class Coast:
    """Two shipments about to leave and one before the ferry; one by road; a rack in work."""

    south: list[Shipment]
    at_port: Shipment
    road: Shipment
    in_work: Unit

    @property
    def all(self) -> list[Shipment]:
        return [*self.south, self.at_port, self.road]


@pytest.fixture
def coast(live_plant: Plant) -> Coast:
    now = timezone.now()
    lanes()
    needed = now.date() + timedelta(days=3)

    def waiting(**others: Any) -> Shipment:
        crate = a_crate(a_tested_rack(now - 30 * HOUR, need_by=needed), at=now - 6 * HOUR)
        given = {"planned_departure_at": now + 5 * HOUR, "need_by": needed, **others}
        return a_shipment([crate], at=now - 5 * HOUR, **given)

    crate = a_crate(a_tested_rack(now - 60 * HOUR, need_by=needed), at=now - 30 * HOUR)
    at_port = departed([crate], at=now - 8 * HOUR, planned_departure_at=now - 8 * HOUR, need_by=needed)
    tell(at_port.pk, "leg_arrived", 1, now - 5 * HOUR)
    return Coast([waiting(), waiting()], at_port, waiting(lane_code=ROAD), a_tested_rack(now - 3 * HOUR))


def told_since(moment: datetime, coast: Coast) -> dict[int, datetime]:
    """The latest kept P50 by shipment, once the plant's worker has made one for each after a moment."""
    racks = {rack_of(row).pk: row.pk for row in coast.all}
    for _turn in home.pauses(60, step=0.2):
        rows = Forecast.objects.filter(unit__in=racks, made_at__gt=moment).order_by("pk")
        found = {racks[row.unit_id]: row.p50_at for row in rows}
        if len(found) == len(racks):
            return found
    pytest.fail("no forecast was made")


@dataclass
class Story:
    """What rosa does, and what the plant had told before."""

    plant: Plant
    coast: Coast
    page: Any
    before: dict[int, datetime] = field(default_factory=dict)
    during: dict[int, datetime] = field(default_factory=dict)
    number: str = ""

    @property
    def struck(self) -> list[Shipment]:
        return [*self.coast.south, self.coast.at_port]

    def go(self, path: str) -> None:
        self.page.goto(f"{self.plant.url}{path}")

    def reported(self) -> None:
        """The carrier's notice: its ferry is chosen, its legs are shown, it is reported with its expected end."""
        page, here = self.page, timezone.localtime()
        self.go("/disruptions/new/")
        page.select_option("select[name=kind]", "typhoon")
        page.fill("input[name=headline]", HEADLINE)
        page.fill("input[name=begins_at]", f"{here - HOUR:%Y-%m-%dT%H:%M}")
        page.fill("input[name=p50_at]", f"{here + 5 * DAY:%Y-%m-%dT%H:%M}")
        page.fill("input[name=source]", "日向灘フェリー 運航案内")
        page.select_option("select[name=carrier]", "CR-HYUGA")
        page.click("button[name=check]")
        page.wait_for_selector("text=1 区間が当たります")
        picture(page, "disruption-new")
        page.click("text=登録する")
        page.wait_for_url("**/disruptions/DS-*/")
        self.number = page.locator("h1 + p .code").inner_text()

    def seen(self, rosa: Door) -> None:
        """Who is affected and what it costs, on its page, the shipment and the tower; what goes by road is not."""
        affected = self.page.locator("section", has=self.page.locator("#aff-h"))
        for row in self.struck:
            expect(affected).to_contain_text(row.number)
        expect(affected).not_to_contain_text(self.coast.road.number)
        expect(affected.locator("tfoot")).to_contain_text("¥")
        picture(self.page, "disruption")
        told = rosa.get(f"disruptions/{self.number}/")
        assert {row["group"] for row in told["affected"]} >= {"ready", "on_the_way"}
        assert told["more_yen"] > 100_000
        main = self.page.locator("main")
        self.go(f"/shipments/{self.coast.south[0].number}/")
        expect(main).to_contain_text(HEADLINE)
        self.go("/control-tower/")
        expect(main).to_contain_text("停止中")
        expect(main).to_contain_text("出荷 3 件が当たります。計画を変えますか")
        picture(self.page, "control-tower-stopped")

    def planned_anew(self) -> None:
        """Two shipments go by road in one act; the one at the port is sent by road from there."""
        page = self.page
        page.click("text=手立てを比べる")
        page.wait_for_url(f"**/disruptions/{self.number}/")
        for row in self.coast.south:
            page.check(f"input[name=plan-{row.pk}][value*={ROAD}]")
        page.fill("input[name=reason]", "欠航のため陸路に変更")
        page.click("text=選んだ出荷の計画を変える")
        page.wait_for_selector("#rep-h")
        assert set(Replan.objects.values_list("shipment_id", flat=True)) == {row.pk for row in self.coast.south}
        page.click(f"tr:has-text('{ROAD_WORDS}') >> text=この経路にする")
        page.fill("input[name=reason]", "港で待たずに陸路へ")
        page.click("main form button[data-kind=primary]")
        page.wait_for_url(f"**/shipments/{self.coast.at_port.number}/")
        expect(page.locator("main")).to_contain_text("計画の変更")
        picture(page, "shipment-rerouted")

    def ended(self, rosa: Door) -> None:
        """Nobody waits any more, and the trail tells all."""
        self.go(f"/disruptions/{self.number}/end/")
        self.page.click("main form button[data-kind=primary]")
        self.page.wait_for_selector("text=見込みはもうこれを待ちません")
        self.page.click("text=English")
        self.page.wait_for_selector("text=It is over: forecasts no longer wait for it.")
        picture(self.page, "disruption-over-en")
        assert rosa.get("disruptions/?state=open")["results"] == []
        kinds = Event.objects.filter(kind__contains="disruption").order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["logistics.disruption-reported", "logistics.disruption-ended"]
        first = self.coast.south[0]
        trail = Event.objects.get(kind="logistics.shipment-replanned", subject_id=first.pk).payload
        assert (trail["disruption"], trail["changes"]["lane"]) == (self.number, [SHIBUSHI, ROAD])


@pytest.mark.commits
@pytest.mark.browser
@pytest.mark.slow
def test_a_typhoon(live_plant: Plant, coast: Coast, page: Any) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    signed_in(page, live_plant, "rosa")
    rosa = at_the_api(live_plant, "rosa")
    begin = timezone.now()
    record_forecasts(caller=a_caller("rosa", at=begin))
    story = Story(live_plant, coast, page, before=told_since(begin - HOUR, coast))

    story.reported()
    story.during = told_since(begin, coast)  # the windows that are kept moved by themselves; the road's did not
    for row in story.struck:
        assert story.during[row.pk] - story.before[row.pk] > 2 * DAY
    assert abs(story.during[coast.road.pk] - story.before[coast.road.pk]) < HOUR
    story.seen(rosa)

    story.planned_anew()
    after = told_since(Event.objects.get(kind="logistics.shipment-rerouted").recorded_at, coast)
    for row in story.struck:
        assert story.during[row.pk] - after[row.pk] > DAY
    affected = rosa.get(f"disruptions/{story.number}/")["affected"]
    assert {row["group"] for row in affected} <= {"in_work"}

    story.go(f"/shipments/{coast.south[0].number}/")  # what was promised before stays, beside the new plan
    expect(page.locator("main")).to_contain_text("欠航のため陸路に変更")
    for moment in (story.before, story.during):
        shown = f"{timezone.localtime(moment[coast.south[0].pk]):%m/%d %H:%M}"
        expect(page.locator("main")).to_contain_text(shown)
    picture(page, "shipment-replanned")
    story.ended(rosa)
