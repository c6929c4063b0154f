"""What rounds the plant off: spares, holds, forecasts, papers, and what to try."""

from __future__ import annotations

from datetime import datetime, timedelta

from genpin.demo import stock
from genpin.demo.plant import Plant
from inventory.models import Lot
from inventory.operations.holds import place_hold


def schedule(plant: Plant) -> None:
    """Put spares and holds on the agenda."""
    end = plant.agenda.end
    spares_at = end - timedelta(days=5)
    plant.agenda.at(spares_at, _bring_spares, plant)
    plant.agenda.at(end - timedelta(days=1, hours=3), _hold_spare, plant)
    plant.agenda.at(end - timedelta(hours=9), _hold_lot, plant)


def _bring_spares(at: datetime, plant: Plant) -> None:
    deliveries = stock.spares(plant, at)
    plant.told["held board"] = deliveries[0].items[0].serial
    plant.told["spare drive"] = deliveries[1].items[0].serial
    stock.import_and_receive(at, plant, deliveries, at + timedelta(hours=2))


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


def put_last_touches(plant: Plant) -> None:
    """Statistics for the pages that come next."""
