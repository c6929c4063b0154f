"""A hole in the Wi-Fi of last night: what a tablet had kept, and what the plant refused when it was back."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from accounts.operations.sessions import end_session, start_session
from genpin.demo.plant import Plant
from genpin.scans import Scan, take_scan
from inventory.models import ScanConflict
from inventory.operations.scan_conflicts import settle_scan
from ledger.callers import Caller

NAMESPACE = uuid.UUID("0f3a4c52-6a2e-4a57-9d0e-2f6f0f9b7c11")
TEXTS = ("SLOT-ST-3", "7022241000319", "GP0000031O")
SCANS = [uuid.uuid5(NAMESPACE, text) for text in TEXTS]
"""Ids of the scans that the load itself makes: a load broken off after them is still nobody's work."""

HOLE = timedelta(minutes=22)


def schedule(plant: Plant) -> None:
    """Mei works at A2 until the line goes down; half an hour later the tablet sends what it has kept."""
    back = plant.agenda.end - timedelta(hours=3)
    plant.agenda.at(back - 2 * HOLE, _begin, plant)
    plant.agenda.at(back - timedelta(minutes=6), _end, plant)
    plant.agenda.at(back, _replay, plant)
    plant.agenda.at(back + timedelta(minutes=4), _settle_first, plant)


def _begin(at: datetime, plant: Plant) -> None:
    session = plant.call(start_session, "mei", at, station_code="A2")
    plant.told["kept session"] = str(session.pk)


def _end(at: datetime, plant: Plant) -> None:
    plant.call(end_session, "mei", at, session_id=uuid.UUID(plant.told["kept session"]))


def _replay(at: datetime, plant: Plant) -> None:
    session = uuid.UUID(plant.told["kept session"])
    for seq, (text, identity) in enumerate(zip(TEXTS, SCANS, strict=True), start=1):
        read = at - HOLE + seq * timedelta(minutes=6, seconds=10)
        scan = Scan(identity, session, seq, "A2", text, read, kept=True)
        plant.call(_taken, "mei", at, "A2", scan=scan, read=read)


def _settle_first(at: datetime, plant: Plant) -> None:
    conflict = ScanConflict.objects.get(act=SCANS[0])
    plant.call(settle_scan, "mei", at, "A2", conflict_id=conflict.pk, how="by_hand", reason="工程移動票に手書きした")


def _taken(*, caller: Caller, scan: Scan, read: datetime) -> dict[str, Any]:
    return take_scan(replace(caller, happened_at=read, door="scan", key=str(scan.id)), scan)
