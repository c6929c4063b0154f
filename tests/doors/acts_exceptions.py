"""Acts on exceptions of shipments: taken in hand, closed, over by themselves."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from logistics.operations import exceptions as rooms
from logistics.operations.exceptions import Care
from logistics.operations.milestones import Report, report_milestone
from logistics.queries.exceptions import exceptions_of
from tests.doors.act import Act, Acts, caller, days_ago
from tests.logistics.world import departed


def a_silence() -> tuple[int, str]:
    """A shipment of which nothing was heard for a day, and the name of that exception."""
    shipment = departed(at=days_ago(1), need_by=None)
    key = f"silence:{shipment.number}:"
    assert key in [one.key for one in exceptions_of(shipment.number, timezone.now())]
    return shipment.pk, key


def take_exception() -> Act:
    key = a_silence()[1]
    page = reverse("exception", args=[key])
    form = {"owner": "rosa", "state": "waiting", "waiting_for": "運送会社の回答", "version": 0}
    waits = Care("rosa", "waiting", "運送会社の回答")
    return Act(
        "rosa", {"exception": key, "version": 0, "care": waits}, (page, form), {"care": Care("stranger")},
        "UnknownOwner",
    )  # fmt: skip


def close_exception() -> Act:
    key = a_silence()[1]
    page = reverse("exception", args=[key])
    form = {"close": "1", "reason": "電話で確認済み", "version": 0}
    return Act(
        "rosa", {"exception": key, "version": 0, "reason": "電話で確認済み"}, (page, form), {"version": 4},
        "ExceptionClosed", (page, {**form, "version": 4}),
    )  # fmt: skip


def end_exception() -> Act:
    over, key = a_silence()
    _standing, other = a_silence()
    care = rooms.take_exception(caller=caller("rosa"), exception=key, version=0, care=Care())
    stands = rooms.take_exception(caller=caller("rosa"), exception=other, version=0, care=Care())
    report_milestone(caller=caller("rosa"), report=Report(over, "position", days_ago(0.01), place="玉名 IC"))
    return Act("rosa", {"exception_id": care.pk}, None, {"exception_id": stands.pk}, "ExceptionStands")


ACTS: Acts = {
    "logistics.close_exception": close_exception,
    "logistics.end_exception": end_exception,
    "logistics.take_exception": take_exception,
}
