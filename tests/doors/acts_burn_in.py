"""Acts of assembly: racks in their cells, from the reservation to the verdict, and the samples between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from django.urls import reverse
from django.utils import timezone

from assembly.burn_in.packing import packed
from assembly.models import Build, BurnInCell, BurnInRun, Reservation, TelemetrySeries
from assembly.operations.burn_in import BurnInStart
from assembly.operations.burn_in import start_burn_in as begin
from assembly.operations.reservations import reserve_cell as keep
from assembly.operations.telemetry import Sample, SampleBlock
from tests.assembly.burn_in_world import a_rack
from tests.doors.act import Act, Acts, caller, days_ago


def _free_cell() -> str:
    """A cell that nobody keeps, on a feed with room."""
    kept = Reservation.objects.filter(cancelled_at=None).values("cell")
    return BurnInCell.objects.exclude(pk__in=kept).order_by("-pk")[0].code


def _rack() -> Build:
    """A rack that is ready for a cell, since yesterday."""
    return a_rack(at=days_ago(1))


def _soaking(cell: str = "") -> BurnInRun:
    """A rack that has soaked for two hours."""
    return begin(caller=caller("kenji", days_ago(2 / 24)), build_id=_rack().pk, cell_code=cell or _free_cell())


def _sample(burn_in: BurnInRun, minutes: int) -> Sample:
    """One moment of a run, every series in the middle of its limits."""
    limits = TelemetrySeries.objects.order_by("index").values_list("low", "high")
    values = [((low or 0.0) + (high if high is not None else low or 0.0)) / 2 for low, high in limits]
    return Sample(burn_in.started_at + timedelta(minutes=minutes), values)


def reserve_cell() -> Act:
    build, cell = _rack(), _free_cell()
    begin_at = (timezone.localtime() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    end_at = begin_at + timedelta(days=3)
    page = reverse("burn_in_reservation")
    form = {"build": build.pk, "cell": cell, "from": f"{begin_at:%Y-%m-%dT%H:%M}", "to": f"{end_at:%Y-%m-%dT%H:%M}"}
    return Act(
        "kenji",
        {"build_id": build.pk, "cell_code": cell, "from_at": begin_at, "to_at": end_at},
        (page, form),
        {"cell_code": "NOWHERE"},
        "UnknownCell",
        (page, {**form, "cell": "NOWHERE"}),
    )


def cancel_reservation() -> Act:
    now = timezone.now()
    kept = keep(
        caller=caller("kenji"), build_id=_rack().pk, cell_code=_free_cell(), from_at=now + timedelta(days=2),
        to_at=now + timedelta(days=3),
    )  # fmt: skip
    return Act(
        "kenji",
        {"reservation_id": kept.pk},
        (reverse("burn_in_cancel", args=[kept.pk]), {}),
        {"reservation_id": 0},
        "UnknownReservation",
        (reverse("burn_in_cancel", args=[0]), {}),
    )


def start_burn_in() -> Act:
    taken, cell = _soaking().cell.code, _free_cell()
    build = _rack()
    return Act(
        "kenji",
        {"build_id": build.pk, "cell_code": cell},
        (reverse("burn_in_start", args=[cell]), {"build": build.pk}),
        {"cell_code": taken},
        "CellTaken",
        (reverse("burn_in_start", args=[taken]), {"build": build.pk}),
    )


def start_burn_ins() -> Act:
    build, cell = _rack(), _free_cell()
    return Act(
        "kenji",
        {"starts": [BurnInStart(build.pk, cell)]},
        wrong={"starts": [BurnInStart(build.pk, "NOWHERE")]},
        refusal="UnknownCell",
    )


def abort_burn_in() -> Act:
    burn_in, waiting = _soaking(), _rack()
    page = reverse("burn_in_abort", args=[burn_in.cell.code])
    form = {"build": burn_in.run.build_id, "reason": "Leak"}
    return Act(
        "kenji",
        {"build_id": burn_in.run.build_id, "reason": "Leak"},
        (page, form),
        {"build_id": waiting.pk},
        "NothingSoaks",
        (page, {**form, "build": waiting.pk}),
    )


def stop_burn_in() -> Act:
    burn_in, waiting = _soaking(), _rack()
    page = reverse("burn_in_stop", args=[burn_in.cell.code])
    return Act(
        "kenji",
        {"build_id": burn_in.run.build_id},
        (page, {"build": burn_in.run.build_id}),
        {"build_id": waiting.pk},
        "NothingSoaks",
        (page, {"build": waiting.pk}),
    )


def stop_burn_ins() -> Act:
    burn_in, waiting = _soaking(), _rack()
    return Act(
        "kenji",
        {"build_ids": [burn_in.run.build_id]},
        wrong={"build_ids": [waiting.pk]},
        refusal="NothingSoaks",
    )


def feed_telemetry() -> Act:
    burn_in = _soaking()
    sample = _sample(burn_in, 1)
    return Act(
        "kenji",
        {"cell_code": burn_in.cell.code, "samples": [sample]},
        wrong={"samples": [replace(sample, values=[1.0])]},
        refusal="WrongSample",
    )


def feed_blocks() -> Act:
    burn_in = _soaking()
    sample = _sample(burn_in, 1)
    block = SampleBlock(burn_in.pk, sample.at, 60, packed(np.array([sample.values])))
    return Act(
        "kenji",
        {"blocks": [block]},
        wrong={"blocks": [replace(block, values="%")]},
        refusal="WrongSample",
    )


ACTS: Acts = {
    "assembly.abort_burn_in": abort_burn_in,
    "assembly.cancel_reservation": cancel_reservation,
    "assembly.feed_blocks": feed_blocks,
    "assembly.feed_telemetry": feed_telemetry,
    "assembly.reserve_cell": reserve_cell,
    "assembly.start_burn_in": start_burn_in,
    "assembly.start_burn_ins": start_burn_ins,
    "assembly.stop_burn_in": stop_burn_in,
    "assembly.stop_burn_ins": stop_burn_ins,
}
