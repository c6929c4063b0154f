"""Acts of assembly: reserved racks to another cell, and a plan of many."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from assembly.models import Reservation
from assembly.operations.replanning import RackPlacing
from assembly.operations.reservations import reserve_cell
from tests.doors.act import Act, Acts, caller
from tests.doors.acts_burn_in import _free_cell, _rack


def _hour(days: int):  # type: ignore[no-untyped-def]
    return (timezone.localtime() + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)


def _kept(cell: str) -> Reservation:
    build, at = _rack(), _hour(2)
    return reserve_cell(
        caller=caller("kenji"), build_id=build.pk, cell_code=cell, from_at=at, to_at=at + timedelta(days=1)
    )


def move_reservation() -> Act:
    kept = _kept(_free_cell())
    there = kept.cell.code
    page = reverse("burn_in_move", args=[kept.pk])
    form = {"cell": there, "from": f"{_hour(3):%Y-%m-%dT%H:%M}"}
    return Act(
        "kenji",
        {"reservation_id": kept.pk, "cell_code": there, "from_at": _hour(3)},
        (page, form),
        {"cell_code": "NOWHERE"},
        "UnknownCell",
        (page, {**form, "cell": "NOWHERE"}),
    )


def place_racks() -> Act:
    build, cell, at = _rack(), _free_cell(), _hour(2)
    plan = RackPlacing(build.pk, cell, at, at + timedelta(days=1))
    lost = RackPlacing(build.pk, "NOWHERE", plan.from_at, plan.to_at)
    page = reverse("burn_in_accept")
    return Act(
        "kenji",
        {"placings": [plan]},
        (page, {"placing": [_line(plan)]}),
        {"placings": [lost]},
        "UnknownCell",
        (page, {"placing": [_line(lost)]}),
    )


def _line(plan: RackPlacing) -> str:
    return f"{plan.build_id}|{plan.cell_code}|{plan.from_at.isoformat()}|{plan.to_at.isoformat()}|{plan.instead_of}"


ACTS: Acts = {"assembly.move_reservation": move_reservation, "assembly.place_racks": place_racks}
