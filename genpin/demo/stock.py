"""Lots and spares: what is there, what is used, what is short."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from documents.files import put
from genpin.demo.kits import STORES, Delivery, LotItem, Maker, notice_file
from genpin.demo.plant import Plant
from inventory.files.cells import PLANT
from inventory.models import Lot
from inventory.operations.lots import LotUse, consume_lots
from inventory.operations.receiving import receive_notice
from inventory.operations.ship_notices import import_ship_notice

TIM_GRAMS, SCREWS_OF_TRAY = Decimal(24), Decimal(96)
WEEKS_OF_LOTS = 7
COOLANT_LITRES, SCREWS_OF_RACK = Decimal("39.6"), Decimal(160)


def import_and_receive(told_at: datetime, plant: Plant, deliveries: list[Delivery], come_at: datetime) -> None:
    """Announce now, receive later, each supplier's goods into their store."""
    answer = announce(plant, deliveries, told_at)
    for notice, one in zip(answer, deliveries, strict=True):
        plant.agenda.at(come_at, receive, plant, notice, one)


def announce(plant: Plant, deliveries: list[Delivery], at: datetime) -> list[int]:
    """Import ship notices; gives their ids."""
    content = notice_file(deliveries)
    name = f"{deliveries[0].number}.csv"
    answer = plant.call(import_ship_notice, "rosa", at, file_sha256=put(content), file_name=name)
    return list(answer["notices"])


def promised_day(one: Delivery, come_at: datetime, *, missing: bool = False) -> date | None:
    """The day that the supplier promised for goods that come then: most keep it, one in six is a day or two late, and
    the metal works name none. What is missing is past its day."""
    if one.supplier == "SUP-METAL":
        return None
    turn = -1 if missing else int((come_at - one.shipped_at) / timedelta(hours=1)) % 6
    days = {-1: -1, 0: -2 if one.supplier == "SUP-NET" else -1, 1: 1, 2: 2}.get(turn, 0)
    return come_at.astimezone(PLANT).date() + timedelta(days=days)


def receive(at: datetime, plant: Plant, notice_id: int, one: Delivery) -> None:
    """Receive a whole notice into the supplier's store; its lots are known from then on."""
    place = "STORE-3" if one.lots else STORES.get(one.supplier, "STORE-2")
    plant.call(receive_notice, "daiki", at, "R1", notice_id=notice_id, location_code=place)
    for lot in one.lots:
        row = Lot.objects.get(part__number=lot.part, number=lot.lot)
        plant.lots.setdefault(lot.part, []).append((row.pk, Decimal(lot.quantity)))


def schedule_lots(plant: Plant, racks: int) -> None:
    """Consumables come once a week, enough for all racks; the last TIM lot stays unused (it is held)."""
    share = racks // 5 + 3
    first = max(plant.agenda.end - timedelta(days=7 * WEEKS_OF_LOTS), plant.begin) + timedelta(hours=1)
    for week in range(WEEKS_OF_LOTS):
        at = first + timedelta(days=7 * week)
        stem = f"{at:%y%m%d}"
        expires = (at + timedelta(days=180)).date().isoformat()
        lots = [
            LotItem("SUP-COOL", "TIM-PCM-01", f"TIM-{stem}", 24 * 19 * share, expires),
            LotItem("SUP-COOL", "PG25", f"PG-{stem}", 44 * share),
            LotItem("SUP-COOL", "SCR-M3X8", f"SCR-{stem}", 2200 * share),
        ]
        one = Delivery(f"ASN-COOL-L{stem}", "SUP-COOL", "", at - timedelta(days=9), at - timedelta(days=2), (), lots)
        plant.agenda.at(at, import_and_receive, plant, [one], at + timedelta(hours=4))


def use_on_trays(at: datetime, plant: Plant, trays: list[str]) -> None:
    """TIM and screws of compute trays; switch trays come with theirs."""
    uses = [
        LotUse(lot, tray, quantity, "110")
        for part, quantity in (("TIM-PCM-01", TIM_GRAMS), ("SCR-M3X8", SCREWS_OF_TRAY))
        for lot, tray in zip(take(plant, part, quantity, len(trays)), trays, strict=True)
    ]
    plant.call(consume_lots, "mei", at, "A1", uses=uses)


def use_on_rack(plant: Plant, rack: str, number: int, at: datetime) -> None:
    """Screws at the rack's preparation, coolant at its filling."""
    part, quantity = {200: ("SCR-M3X8", SCREWS_OF_RACK), 260: ("PG25", COOLANT_LITRES)}[number]
    uses = [LotUse(lot, rack, quantity, str(number)) for lot in take(plant, part, quantity, 1)]
    plant.call(consume_lots, "hayato", at, "A2", uses=uses)


def take(plant: Plant, part: str, quantity: Decimal, times: int) -> list[str]:
    """The lots (tags) to use so often a quantity from, first in first out."""
    found: list[str] = []
    shelf = plant.lots[part]
    tags: dict[int, str] = {}
    for _turn in range(times):
        while shelf[0][1] < quantity:
            shelf.pop(0)
        lot_id, left = shelf[0]
        shelf[0] = (lot_id, left - quantity)
        tags.setdefault(lot_id, "")
        if not tags[lot_id]:
            tags[lot_id] = Lot.objects.values_list("tag", flat=True).get(pk=lot_id)
        found.append(tags[lot_id])
    return found


def spares(plant: Plant, at: datetime) -> list[Delivery]:
    """Spare parts on the shelves, so that a scan in the demo finds something to fit."""
    maker = Maker(plant, at)
    ordered, shipped = at - timedelta(days=30), at - timedelta(days=4)
    boards = [
        *maker.make("superchip", "900-2G548-A901-000", 3), *maker.make("bmc", "BMC-DCSCM", 4),
        *maker.make("hmc", "HMC-GB", 3), *maker.make("pdb", "PDB-CT", 3),
    ]  # fmt: skip
    drives = [*maker.make("e1s", "SSD-E1S-3T84", 6), *maker.make("m2", "SSD-M2-1T92", 4)]
    stem = f"{at:%y%m%d}"
    return [
        Delivery(f"ASN-BOARD-S{stem}", "SUP-BOARD", "", ordered, shipped, boards),
        Delivery(f"ASN-STORE-S{stem}", "SUP-STORE", "", ordered, shipped, drives),
        Delivery(f"ASN-POWER-S{stem}", "SUP-POWER", "", ordered, shipped, maker.shelves(1)),
    ]
