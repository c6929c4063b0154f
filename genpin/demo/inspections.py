"""Incoming inspections of a new supplier: accepted, accepted but for one piece, rejected, one at work, one untouched.

Only this supplier's parts name a plan: what the racks are built of comes from proven ones and is not inspected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from genpin.demo.goods import dented_photo
from genpin.demo.kits import Delivery, Item, LotItem, Maker
from genpin.demo.plant import Plant
from genpin.demo.stock import announce
from inventory.models import Inspection
from inventory.operations.inspecting import MeasuredValue, PieceFinding, inspect_piece
from inventory.operations.parts import define_supplier
from inventory.operations.receiving import receive_notice
from inventory.operations.sampling_plans import assign_sampling_plan
from inventory.operations.verdicts import Verdict, judge_inspection

SUPPLIER = "SUP-SENDAI"
RULES = (("SSD-E1S-3T84", "N2-100"), ("CPL-CT", "FULL-FLUID"), ("750-0567-002", "C0-LQ5"), ("SCR-M3X8", "N2-065"))
DROP_POINT = 4
"""The measured point of FULL-FLUID: pressure drop in kPa."""
BREAK = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery of the new supplier, and what its inspection found: OK and the measured value (or none) of each piece
    that was looked at, what is wrong with those that are NG, the verdict that was signed."""

    days: float
    kind: str
    part: str
    count: int
    looked: tuple[tuple[bool, str], ...] = ()
    defect: str = ""
    verdict: Verdict | None = None
    remarks: str = ""


ARRIVALS = (
    Arrival(10, "e1s", "SSD-E1S-3T84", 6, ((True, ""),) * 6, verdict="accepted"),
    Arrival(
        6.2, "loop", "CPL-CT", 4, ((True, "0.4"), (True, "0.6"), (True, "2.3"), (True, "0.5")),
        defect="気密試験で圧力降下が規格を超えた", verdict="accepted", remarks="1 台は返却",
    ),
    Arrival(
        2.3, "cartridge", "750-0567-002", 8, ((True, ""), (True, ""), (False, "")),
        defect="コネクタ C2 のピン曲がり", verdict="rejected", remarks="仕入先に連絡。選別か返却を協議",
    ),
    Arrival(0.3, "e1s", "SSD-E1S-3T84", 16, ((True, ""),) * 5),
)  # fmt: skip


def schedule(plant: Plant) -> None:
    """The supplier and its rules, then its deliveries."""
    end = plant.agenda.end
    plant.agenda.at(end - timedelta(days=14, hours=2), _begin, plant)
    for number, arrival in enumerate(ARRIVALS):
        plant.agenda.at(end - timedelta(days=arrival.days), _arrives, plant, arrival, number)
    plant.agenda.at(end - timedelta(hours=2), _screws, plant)


def _begin(at: datetime, plant: Plant) -> None:
    plant.call(define_supplier, "plan", at, code=SUPPLIER, name="Sendai Parts Works (invented)", country="JP")
    for part, code in RULES:
        plant.call(assign_sampling_plan, "tanaka", at, "Q1", part_number=part, plan_code=code, supplier_code=SUPPLIER)


def _arrives(at: datetime, plant: Plant, arrival: Arrival, number: int) -> None:
    items = Maker(plant, at).make(arrival.kind, arrival.part, arrival.count)
    notice = _announced(at, plant, f"{number + 1}", items, ())
    _received(at, plant, notice)
    inspection = Inspection.objects.get(notice=notice)
    for place, (ok, value) in enumerate(arrival.looked):
        plant.agenda.at(at + BREAK * (place + 8), _look, plant, inspection.number, items[place], ok, value, arrival)
    if arrival.verdict is not None:
        plant.agenda.at(at + BREAK * 40, _judge, plant, inspection.number, arrival)
    told = {"rejected": "rejected inspection", None: "open inspection"}.get(arrival.verdict)
    if told:
        plant.told[told] = inspection.number


def _screws(at: datetime, plant: Plant) -> None:
    """A lot of screws that nobody has looked at yet."""
    _received(at, plant, _announced(at, plant, "L", (), [LotItem(SUPPLIER, "SCR-M3X8", f"SDS-{at:%y%m%d}", 1000)]))


def _announced(at: datetime, plant: Plant, number: str, items: Sequence[Item], lots: Sequence[LotItem]) -> int:
    ordered, shipped = at - timedelta(days=25), at - timedelta(days=1)
    one = Delivery(f"ASN-SENDAI-{number}-{at:%y%m%d}", SUPPLIER, "", ordered, shipped, list(items), list(lots))
    return announce(plant, [one], at)[0]


def _received(at: datetime, plant: Plant, notice: int) -> None:
    plant.call(receive_notice, "daiki", at, "R1", notice_id=notice, location_code="RCV")


def _look(  # noqa: PLR0913, PLR0917 - one piece of a list
    at: datetime, plant: Plant, number: str, item: Item, ok: bool, value: str, arrival: Arrival
) -> None:
    values = [MeasuredValue(point=DROP_POINT, value=Decimal(value))] if value else []
    bad = not ok or value == "2.3"
    finding = PieceFinding(
        ok=ok, code=f"{item.part}:{item.serial}", values=values, failed=[] if ok else [2],
        defect=arrival.defect if bad else "", photos=[dented_photo()] if not ok else [],
    )  # fmt: skip
    plant.call(inspect_piece, "daiki", at, "R1", number=number, finding=finding)


def _judge(at: datetime, plant: Plant, number: str, arrival: Arrival) -> None:
    plant.call(
        judge_inspection, "tanaka", at, "Q1", number=number, verdict=arrival.verdict,
        pin_check_id=plant.checks["tanaka"], remarks=arrival.remarks,
    )  # fmt: skip
