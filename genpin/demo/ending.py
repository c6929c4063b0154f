"""What rounds the plant off: spares, holds, forecasts, papers, and what to try."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from assembly.operations.reference_units import mark_reference_unit
from genpin.demo import goods, kitting, stock
from genpin.demo.papers import issue
from genpin.demo.plant import Plant
from inventory.models import Lot
from inventory.operations.holds import place_hold
from ledger.callers import PLANT_OFFSET_MINUTES, Caller
from logistics.operations.comparisons import ComparisonAsked, save_comparison
from logistics.operations.forecasts import record_forecasts
from logistics.operations.scenarios import InputGiven, ScenarioContent, save_scenario
from logistics.operations.weekly_reports import last_week_ended, make_weekly_report

FORECAST_EVERY = timedelta(days=7)


def schedule(plant: Plant) -> None:
    """Put spares, holds, forecasts and papers on the agenda."""
    end = plant.agenda.end
    plant.agenda.at(end - timedelta(days=5), _bring_spares, plant)
    plant.agenda.at(end - timedelta(days=4), _mark_reference, plant)
    plant.agenda.at(end - timedelta(days=1, hours=3), _hold_spare, plant)
    plant.agenda.at(end - timedelta(hours=9), _hold_lot, plant)
    goods.schedule(plant)
    kitting.schedule(plant)
    at = end - timedelta(days=2, hours=4)
    plant.agenda.at(at, _own_scenario, plant)
    plant.agenda.at(end - timedelta(hours=5), _saved_comparison, plant)
    at = end - timedelta(hours=6)
    while at > plant.begin + timedelta(days=14):
        plant.agenda.at(at, _forecast, plant)
        at -= FORECAST_EVERY
    plant.agenda.at(end - timedelta(minutes=25), _issue_traveller, plant)


def _bring_spares(at: datetime, plant: Plant) -> None:
    deliveries = stock.spares(plant, at)
    plant.told["held board"] = deliveries[0].items[0].serial
    plant.told["reference board"] = deliveries[0].items[-1].serial
    plant.told["bad drive"], plant.told["bad drive too"] = (item.serial for item in deliveries[1].items[:2])
    plant.told["returned drive"] = deliveries[1].items[2].serial
    plant.told["returned board"] = next(item.serial for item in deliveries[0].items if item.kind == "pdb")
    stock.import_and_receive(at, plant, deliveries, at + timedelta(hours=2))


def _mark_reference(at: datetime, plant: Plant) -> None:
    """A spare board that serves to verify the tray testers, and is no production."""
    plant.call(
        mark_reference_unit, "kenji", at, "T1", unit=plant.told["reference board"],
        reason="T1 トレイ試験機の日常点検(始業時)",
    )  # fmt: skip


def _hold_spare(at: datetime, plant: Plant) -> None:
    """A board whose connector was found bent."""
    plant.call(
        place_hold, "tanaka", at, "Q1", target=plant.told["held board"],
        reason="コネクタのピンに曲がり。受入検査で発見",
    )  # fmt: skip


def _hold_lot(at: datetime, plant: Plant) -> None:
    """The newest TIM lot: the supplier asked back."""
    lot = Lot.objects.filter(part__number="TIM-PCM-01").order_by("-pk").first()
    if lot is not None:
        plant.call(place_hold, "tanaka", at, "Q1", target=lot.tag, reason="仕入先より粘度異常の連絡。調査中")
        plant.told["held lot"] = lot.number


def _forecast(at: datetime, plant: Plant) -> None:
    """Every week's forecast is kept: the record by which forecasts are judged."""
    plant.call(record_forecasts, "rosa", at)


def _own_scenario(at: datetime, plant: Plant) -> None:
    """Taiwan by sea to Hakata with a morning truck, as a forwarder quoted it; and a summer without air space."""
    quote = "フォワーダー見積り(博多港・翌朝トラック)"
    hakata = [
        InputGiven("linehaul", "B", quote, Decimal(2), Decimal("2.5"), Decimal(4)),
        InputGiven("domestic_haul", "B", quote, p50=Decimal("0.8")),
    ]
    for content in (
        ScenarioContent("台湾・博多直航", "TWsea", hakata, remark="週 2 便、博多港で通関"),
        ScenarioContent("台湾・空路(繁忙期)", "TWair", [], ["air_capacity"], "夏の増便待ち"),
    ):
        plant.call(save_scenario, "rosa", at, content=content)


def _saved_comparison(at: datetime, plant: Plant) -> None:
    """The decision about the next racks, as logistics put it to the management."""
    asked = ComparisonAsked(["TWair", "TXair", "MXsea"], racks=12)
    plant.call(save_comparison, "rosa", at, name="次の 12 本:国内か台湾か", asked=asked)


def report_weeks(plant: Plant, weeks: int) -> None:
    """The reports of the last weeks that are over, made now: they are issued and delivered as soon as a worker runs."""
    at = plant.agenda.end
    for back in range(weeks):
        begins_on = last_week_ended(at) - timedelta(weeks=back)
        caller = Caller(
            user=plant.people["rosa"], station="", at=at, happened_at=at, utc_offset=PLANT_OFFSET_MINUTES, door="task",
            key=f"{plant.keys}week:{begins_on}",
        )  # fmt: skip
        make_weekly_report(caller=caller, begins_on=begins_on)


def _issue_traveller(at: datetime, plant: Plant) -> None:
    """The traveller of the rack whose trays are being inserted, and the record of the one accepted last."""
    if rack := plant.told.get("rack insertion"):
        plant.told["traveller code"] = issue(at, plant, "traveller", rack, "plan")
    if rack := plant.told.get("rack accepted"):
        plant.told["as-built code"] = issue(at, plant, "as-built", rack, "plan")


def tries(told: dict[str, str]) -> list[str]:
    """What to try, in lines, as far as it is there."""
    wanted = (
        ("Rack {rack insertion} is at tray insertion: sign in as mei, station A2, scan the rack, then slot"
         " {next slot} and tray {next tray}. A held board, to be refused: {held board}."),
        ("Rack {rack failed} failed its burn-in (a leak alarm): tanaka decides its open nonconformity."
         " Rack {rack reworked} had a tray swapped: see its as-built record."),
        "Shipment {shipment ferry} is at sea, {shipment silent} has been silent for over six hours: rosa's tower.",
        "Logger {logger to read} at the dock was not read: sora scans it at /shipments/loggers/ and reads in"
        " samples/{logger to read}.csv. Its racks are accepted only then; {road finding} is a shock that was settled.",
        "Ferry stop {ferry stop} is announced: whom it strikes, what it costs and what can be done, at"
        " /disruptions/{ferry stop}/ as rosa. Typhoon {typhoon} of last season is over.",
        "Station A2 calls ({open call}): daiki, the line leader, answers at /andon/. Stations A2 and A3 share a rack.",
        "Recall lot {recall lot} at /recall/ as rosa: every rack and tray it went into, and where they are."
        " Recall {recall} of bad drives is open.",
        "Kit {kit} is being fetched for a tray: /kitting/{kit}/, by scan; two of its parts are there, others short.",
        "Ship notice {odd notice} came otherwise than announced: its differences with photos wait at /discrepancies/.",
        "Inspection {open inspection} is at work at /inspections/: mei inspects by scan, tanaka signs the verdict;"
        " {rejected inspection} was rejected and waits for its sorting, return or special acceptance.",
        "Return {open return} waits for its trade-control check at /returns/: rosa checks and sends it.",
        "Check the traveller of {rack insertion} as anybody: /verify/{traveller code}",
        "Tray CT-05 of rack {firmware differs} reports an older driver than the baseline: the rack's Configuration as"
        " tanaka; baselines at /planning/firmware/.",
        "Tool {tool due} is soon due for calibration; plan has orders, drafts and shortages at /planning/orders/.",
        "Lot {held lot} is on hold; cell {stale cell} sends nothing, {last cell} finishes within the hour or so.",
    )  # fmt: skip
    lines = []
    for text in wanted:
        try:
            lines.append(text.format_map(told))
        except KeyError:
            continue
    return lines
