"""Acts of assembly: telemetry files, and cells that are taken out of service."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from assembly.feeding import put_down
from assembly.models import BurnInRun, TelemetryFile
from assembly.operations.outages import block_cell as block
from assembly.operations.telemetry_files import receive_telemetry_file as receive
from tests.assembly.wide_world import text, wide
from tests.doors.act import Act, Acts, Upload, caller, days_ago
from tests.doors.acts_burn_in import _free_cell, _soaking


def _put_down(name: str) -> tuple[str, bytes]:
    """A file that says something of its own, on disk; its hash and its bytes."""
    content = f"at,{name}\n{timezone.now():%Y-%m-%dT%H:%M:%S%z},1\n".encode()
    return put_down([content], limit=1_000).sha256, content


def a_received_file(burn_in: BurnInRun | None = None) -> TelemetryFile:
    """A telemetry file that waits to be read."""
    run = burn_in or BurnInRun.objects.filter(ended_at=None).order_by("pk").first() or _soaking()
    sha256, _content = _put_down("Fan_1")
    return receive(caller=caller("kenji"), file_sha256=sha256, file_name="fan.csv", burn_in_id=run.pk)


def receive_telemetry_file() -> Act:
    burn_in = _soaking()
    sha256, content = _put_down("Fan_2")
    page = reverse("telemetry_files")
    return Act(
        "kenji",
        {"file_sha256": sha256, "file_name": "fan.csv", "burn_in_id": burn_in.pk},
        (page, {"burn_in": burn_in.pk, "file": Upload("fan.csv", content)}),
        {"file_sha256": "0" * 64},
        "FileNotStored",
    )


def feed_piece() -> Act:
    file = a_received_file(_soaking())
    columns = text(wide(days_ago(1 / 48), [0], {"Fan_3": [1.0]}))
    return Act(
        "kenji",
        {"telemetry_file_id": file.pk, "number": 0, "columns": columns, "at_byte": 10},
        wrong={"number": 7},
        refusal="PieceOutOfTurn",
    )


def end_telemetry_file() -> Act:
    return Act("kenji", {"telemetry_file_id": a_received_file(_soaking()).pk})


def block_cell() -> Act:
    cell, other = _free_cell(), _soaking().cell.code
    begin_at = (timezone.localtime() + timedelta(days=40)).replace(minute=0, second=0, microsecond=0)
    end_at = begin_at + timedelta(days=1)
    now = timezone.localtime().replace(second=0, microsecond=0)
    form = {"from": f"{begin_at:%Y-%m-%dT%H:%M}", "to": f"{end_at:%Y-%m-%dT%H:%M}", "outage_reason": "配管点検"}
    return Act(
        "kenji",
        {"cell_code": cell, "from_at": begin_at, "to_at": end_at, "reason": "配管点検"},
        (reverse("burn_in_block", args=[cell]), form),
        {"cell_code": other, "from_at": now},
        "CellReserved",
        (reverse("burn_in_block", args=[other]), {**form, "from": f"{now:%Y-%m-%dT%H:%M}"}),
    )


def unblock_cell() -> Act:
    now = timezone.now()
    outage = block(
        caller=caller("kenji"), cell_code=_free_cell(), from_at=now, to_at=now + timedelta(days=1), reason="点検"
    )
    page = reverse("burn_in_unblock", args=[outage.pk])
    return Act("kenji", {"outage_id": outage.pk}, (page, {}), {"outage_id": 0}, "UnknownOutage")


ACTS: Acts = {
    "assembly.block_cell": block_cell,
    "assembly.end_telemetry_file": end_telemetry_file,
    "assembly.feed_piece": feed_piece,
    "assembly.receive_telemetry_file": receive_telemetry_file,
    "assembly.unblock_cell": unblock_cell,
}
