"""A tray for stock whose kit is being fetched from the spares: some parts are there, some are short."""

from __future__ import annotations

from datetime import datetime, timedelta

from assembly.models import Kit
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.kits import Fetched, open_kit, pick_parts
from assembly.queries.kits import kit_lines
from genpin.demo.plant import JAPAN, Plant

ORDER, TRAY = "WO-STOCK-01", "GB300-CT"
FETCHED = ("PDB-CT", "BMC-DCSCM")
"""Parts of the spares that are fetched already."""


def schedule(plant: Plant) -> None:
    """A kit opened three hours before the end, two of its parts fetched."""
    plant.agenda.at(plant.agenda.end - timedelta(hours=3), _open, plant)


def _open(at: datetime, plant: Plant) -> None:
    build = plant.call(start_build, "plan", at, start=BuildStart(TRAY, "", ORDER, location_code="LINE-TRAY"))
    kit: Kit = plant.call(open_kit, "plan", at, build_id=build.pk, location_code="LINE-TRAY")
    plant.told["kit"] = kit.number
    lines = kit_lines(kit, at.astimezone(JAPAN).date())
    found = [line.next.tag for line in lines if line.next is not None and line.line.part.number in FETCHED]
    if found:
        plant.agenda.at(at + timedelta(minutes=20), _fetch, plant, kit.number, found)


def _fetch(at: datetime, plant: Plant, number: str, tags: list[str]) -> None:
    plant.call(pick_parts, "daiki", at, "R1", kit_number=number, fetched=[Fetched(tag) for tag in tags])
