"""Learning from what forecasts missed: a step of the morning's forecasts, seconds of draws that no page has to wait
for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.recording import record
from logistics.lead_times.misses import OWN_FROM, learn
from logistics.lead_times.recalibration import LEAST
from logistics.models import Recalibration
from logistics.queries.calibration import past_claims
from logistics.queries.lives import RackLife, rack_lives
from logistics.queries.outlook import MODEL, recalibration_row

RACKS_MORE, DAYS_MORE = 10, timedelta(days=30)
"""Learnt anew after so many more racks, or so many days with one more (MODEL.md 5.4: every 20 racks or 90 days at
most)."""


def learn_from_misses(caller: Caller) -> Recalibration | None:
    """Step: keep what the misses known now teach, when it is time; gives the new row. Locks nothing. With fewer than
    LEAST delivered racks that the model forecast from the plant's own record, nothing is kept: recalibration is off."""
    lives = rack_lives(caller.at)
    last = recalibration_row(caller.at)
    if not _is_time(last, lives, caller):
        return None
    taught = learn(past_claims(lives, caller.at), caller.at)
    if not taught.is_on:
        return None
    (key,) = next_keys(Recalibration, 1)
    p10, p50, p80, p95 = (Decimal(f"{shift:.4f}") for shift in taught.shifts)
    horizon = Decimal(f"{taught.horizon_days:.3f}")
    event = record(
        caller, "logistics.forecasts-recalibrated", ("logistics.recalibration", key), model=MODEL,
        delivered=taught.delivered, horizon_days=horizon, p10_shift=p10, p50_shift=p50, p80_shift=p80, p95_shift=p95,
    )  # fmt: skip
    return Recalibration.objects.create(
        pk=key, made_at=caller.at, model=MODEL, delivered=taught.delivered, horizon_days=horizon, p10_shift=p10,
        p50_shift=p50, p80_shift=p80, p95_shift=p95, event_id=event,
    )  # fmt: skip


def _is_time(last: Recalibration | None, lives: list[RackLife], caller: Caller) -> bool:
    received = [life.received_at for life in lives if life.received_at is not None]
    if last is None:
        return len(received) >= LEAST + OWN_FROM
    more = sum(at > last.made_at for at in received)
    return more >= RACKS_MORE or (more > 0 and caller.at - last.made_at >= DAYS_MORE)
