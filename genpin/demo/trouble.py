"""Trouble in the demo plant beside what the racks tell: recalls, one over and one open."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count

from genpin.demo.plant import Plant
from inventory.models import Criterion, Lot
from inventory.operations.recalls import close_recall
from inventory.operations.returns import check_return, request_return, send_return
from logistics.operations.recalls import start_recall


def schedule(plant: Plant) -> None:
    """Put the recalls on the agenda."""
    end = plant.agenda.end
    plant.agenda.at(end - timedelta(days=4), _recall_drives, plant)
    plant.agenda.at(end - timedelta(hours=20), _recall_spares, plant)
    plant.agenda.at(end - timedelta(days=3), _return_a_drive, plant)
    plant.agenda.at(end - timedelta(minutes=20), _name_the_lot, plant)


def _recall_drives(at: datetime, plant: Plant) -> None:
    """The supplier named two serials, one of which never came here; checked and let go the same day."""
    wish = Criterion("serials", [plant.told["bad drive"], "S7XNNG0W900017"])
    answer = plant.call(start_recall, "tanaka", at, "Q1", criterion=wish, reason="仕入先の連絡:FW破損のおそれ")
    plant.agenda.at(at + timedelta(hours=5), _let_go, plant, str(answer["number"]))


def _let_go(at: datetime, plant: Plant, number: str) -> None:
    plant.call(close_recall, "tanaka", at, "Q1", number=number, reason="FWを読出して確認。異常なし")


def _recall_spares(at: datetime, plant: Plant) -> None:
    """The one that is open: spare drives on the shelf, and whatever of the list comes next week."""
    names = [plant.told["bad drive"], plant.told["bad drive too"], "S7XNNG0W900231", "S7XNNG0W900232"]
    wish = Criterion("serials", names)
    answer = plant.call(
        start_recall, "tanaka", at, "Q1", criterion=wish, reason="仕入先回収 24-118:電源断で記録が消える"
    )
    plant.told["recall"] = str(answer["number"])


def _return_a_drive(at: datetime, plant: Plant) -> None:
    """Two spares go back to their suppliers: one is on its way, one waits for its trade-control check."""
    first = plant.call(
        request_return, "tanaka", at, "Q1", unit=plant.told["returned drive"], reason="受入検査でSMART異常"
    )
    plant.agenda.at(at + timedelta(hours=3), _check_and_send, plant, first.number)
    plant.agenda.at(at + timedelta(days=2), _return_another, plant)


def _check_and_send(at: datetime, plant: Plant, number: str) -> None:
    plant.call(
        check_return, "rosa", at, number=number, gaihi="not_listed", eccn="EAR99", destination="KR",
        basis="仕入先の非該当証明書 2026-03、用途は修理のみ",
    )  # fmt: skip
    plant.agenda.at(at + timedelta(hours=2), _send, plant, number)


def _send(at: datetime, plant: Plant, number: str) -> None:
    plant.call(send_return, "rosa", at, number=number, carrier="明石運輸", tracking="AK-77120431")


def _return_another(at: datetime, plant: Plant) -> None:
    found = plant.call(
        request_return, "tanaka", at, "Q1", unit=plant.told["returned board"], reason="電源投入で保護停止"
    )
    plant.told["open return"] = found.number


def _name_the_lot(_at: datetime, plant: Plant) -> None:
    """The lot of thermal paste that went into most trays."""
    used = Lot.objects.filter(part__number="TIM-PCM-01").annotate(hosts=Count("consumptions__host", distinct=True))
    lot = used.order_by("-hosts", "-pk").first()
    if lot is not None and lot.hosts:  # type: ignore[attr-defined]
        plant.told["recall lot"] = lot.number
