"""Acts of recalls: opened over everything that a criterion hits, widened, closed."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.urls import reverse

from inventory.models import Criterion, Recall
from logistics.operations.recalls import start_recall as started
from tests.doors.act import Act, Acts, caller, free_unit


def start_recall() -> Act:
    unit = free_unit()
    wish = Criterion("serials", [unit.tag])
    page = f"{reverse('recall')}?{urlencode({'kind': 'serials', 'names': unit.tag})}"
    form = {"reason": "Supplier's notice"}
    return Act(
        "tanaka",
        {"criterion": wish, "reason": "Supplier's notice"},
        (page, form),
        {"criterion": replace(wish, kind="station", names=["NO-SUCH"])},
        "UnknownName",
        (f"{reverse('recall')}?{urlencode({'kind': 'station', 'names': 'NO-SUCH'})}", form),
    )


def _a_recall() -> Recall:
    """An open recall of a unit, and a second unit of its list that was nothing when it was opened."""
    wish = Criterion("serials", [free_unit().tag])
    answer = started(caller=caller("tanaka"), criterion=wish, reason="Supplier's notice")
    return Recall.objects.get(number=answer["number"])


def widen_recall() -> Act:
    recall = _a_recall()
    first = recall.holds.get()
    Recall.objects.filter(pk=recall.pk).update(names=[*recall.names, free_unit().tag])
    assert first.unit is not None
    page = reverse("recall_page", args=[recall.number])
    nothing = reverse("recall_page", args=[_a_recall().number])
    return Act(
        "tanaka",
        {"number": recall.number},
        (page, {"act": "widen"}),
        {"number": nothing.rstrip("/").rpartition("/")[2]},
        "NothingHit",
        (nothing, {"act": "widen"}),
    )


def close_recall() -> Act:
    recall = _a_recall()
    page = reverse("recall_page", args=[recall.number])
    return Act(
        "tanaka",
        {"number": recall.number, "reason": "All checked"},
        (page, {"act": "close", "reason": "All checked"}),
        {"number": "RC-0"},
        "UnknownRecall",
    )


ACTS: Acts = {
    "inventory.close_recall": close_recall,
    "logistics.start_recall": start_recall,
    "logistics.widen_recall": widen_recall,
}
