"""Deliveries that came otherwise than announced: with photos, some settled and some still to be decided."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal

from PIL import Image, ImageDraw

from documents.photos import put_photo
from genpin.demo.kits import Delivery, LotItem, Maker
from genpin.demo.plant import Plant
from genpin.demo.stock import announce
from inventory.models import ShipNoticeLine
from inventory.operations.discrepancies import DiscrepancyReport, Settlement, report_discrepancy, settle_discrepancy
from inventory.operations.receiving import receive_lot, receive_units

SCREWS_ANNOUNCED, SCREWS_TOO_MANY = 2000, Decimal(100)


def schedule(plant: Plant) -> None:
    """Two odd deliveries: one a fortnight ago and settled, one of yesterday and open."""
    end = plant.agenda.end
    plant.agenda.at(end - timedelta(days=14), _odd_delivery, plant, settled=True)
    plant.agenda.at(end - timedelta(days=1, hours=5), _odd_delivery, plant, settled=False)


def _odd_delivery(at: datetime, plant: Plant, *, settled: bool) -> None:
    """Eight drives announced and six came, one of them dented; a bag of screws too many; a part that nobody knows."""
    maker = Maker(plant, at)
    drives = maker.make("e1s", "SSD-E1S-3T84", 8)
    stem = f"{at:%y%m%d}"
    lots = [LotItem("SUP-STORE", "SCR-M3X8", f"SCS-{stem}", SCREWS_ANNOUNCED)]
    number = f"ASN-STORE-D{stem}"
    ordered, shipped = at - timedelta(days=20), at - timedelta(days=3)
    (notice,) = announce(plant, [Delivery(number, "SUP-STORE", "", ordered, shipped, drives, lots)], at)
    plant.told["odd notice"] = number
    plant.agenda.at(at + timedelta(hours=1), _arrives, plant, notice, [drive.serial for drive in drives[:6]], settled)


def _arrives(at: datetime, plant: Plant, notice: int, here: list[str], settled: bool) -> None:
    """What came is received; what is odd is told one after the other, and decided in the afternoon."""
    plant.call(receive_units, "daiki", at, "R1", serials=here, location_code="RCV")
    screws = ShipNoticeLine.objects.get(notice=notice, part__number="SCR-M3X8")
    plant.call(
        receive_lot, "daiki", at, "R1", line_id=screws.pk, quantity=Decimal(SCREWS_ANNOUNCED), location_code="STORE-3"
    )
    reports = [
        DiscrepancyReport(
            kind="damaged",
            code=here[0],
            text="角が潰れている。箱に穴あり",
            photos=[dented_photo(), dented_photo(box=True)],
        ),
        DiscrepancyReport(kind="under", line=8, quantity=Decimal(2), text="箱は 1 個のみ。送り状も 6 台"),
        DiscrepancyReport(kind="over", line=screws.number, quantity=SCREWS_TOO_MANY, text="袋が 1 つ多い"),
        DiscrepancyReport(
            kind="wrong_part", code="SSD-E3S-7T68", text="別機種のドライブが 1 台混入", photos=[dented_photo()]
        ),
    ]
    for n, (report, (settlement, reason)) in enumerate(zip(reports, DECISIONS, strict=True)):
        decision = (settlement, reason) if settled else None
        plant.agenda.at(at + timedelta(minutes=6 * n), _tell, plant, notice, report, decision)


DECISIONS: tuple[tuple[Settlement, str], ...] = (
    ("return", "仕入先と合意。交換品を手配"),
    ("await_rest", "残り 2 台は翌便"),
    ("accept", "次回分から差引き"),
    ("return", "着払いで返送"),
)


def _tell(
    at: datetime, plant: Plant, notice: int, report: DiscrepancyReport, decision: tuple[Settlement, str] | None
) -> None:
    found = plant.call(report_discrepancy, "daiki", at, "R1", notice_id=notice, report=report)
    if decision is not None:
        plant.agenda.at(at + timedelta(hours=5), _settle, plant, found.number, report.kind, decision)


def _settle(at: datetime, plant: Plant, number: str, kind: str, decision: tuple[Settlement, str]) -> None:
    settlement, reason = decision
    plant.call(
        settle_discrepancy, "rosa", at, "", number=number, settlement=settlement, reason=reason,
        location_code="STORE-3" if kind == "over" else "",
    )  # fmt: skip


def dented_photo(*, box: bool = False) -> str:
    """A drawn stand-in for a photo: a drive with a dented corner, or its box with a hole. Kept as photos are."""
    image = Image.new("RGB", (1280, 960), "#6f675b" if box else "#4d5459")
    draw = ImageDraw.Draw(image)
    if box:
        draw.polygon([(180, 240), (1060, 180), (1120, 740), (220, 820)], fill="#b08a5a", outline="#7d5f39")
        draw.ellipse((560, 400, 760, 560), fill="#2c2419")
    else:
        draw.rounded_rectangle((190, 330, 1090, 620), 22, fill="#aab2b6", outline="#dfe4e6", width=6)
        draw.rectangle((250, 390, 760, 560), fill="#e8ebe9")
        draw.polygon([(1000, 330), (1090, 330), (1090, 430), (1046, 402)], fill="#4d5459")
        draw.ellipse((930, 270, 1160, 500), outline="#c01722", width=10)
    out = io.BytesIO()
    image.save(out, "PNG")
    return put_photo(out.getvalue())
