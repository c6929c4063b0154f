"""Acts of the line: andon calls, work centres and their pace, work instructions."""

from __future__ import annotations

from django.urls import reverse

from assembly.models import AndonCall, RoutingOperation, WorkCentre
from assembly.operations.andon import raise_andon as raised
from tests.doors.act import Act, Acts, caller


def _call() -> AndonCall:
    return raised(caller=caller("mei"), reason="tool", station_code="T1")


def raise_andon() -> Act:
    return Act(
        "mei",
        {"reason": "tool", "station_code": "T1", "text": "No label"},
        wrong={"reason": "coffee"},
        refusal="UnknownReason",
    )


def acknowledge_andon() -> Act:
    number = _call().number
    return Act(
        "tanaka",
        {"number": number},
        (reverse("andon_acknowledge", args=[number]), {}),
        {"number": "C000000"},
        "UnknownCall",
        (reverse("andon_acknowledge", args=["C000000"]), {}),
    )


def resolve_andon() -> Act:
    number = _call().number
    address = reverse("andon_resolve", args=[number])
    return Act(
        "mei",
        {"number": number, "outcome": "Changed"},
        (address, {"outcome": "Changed"}),
        {"outcome": " "},
        "OutcomeMissing",
        (address, {"outcome": " "}),
    )


def define_work_centre() -> Act:
    names = {"name_ja": "試作", "name_en": "Trial"}
    return Act("plan", {"code": "WC-DOOR", "takt_minutes": 30, **names}, wrong={"code": " "}, refusal="WorkCentreOdd")


def set_takt() -> Act:
    centre = WorkCentre.objects.exclude(takt_minutes=None).order_by("pk")[0]
    return Act(
        "plan",
        {"code": centre.code, "takt_minutes": 33, "was_minutes": centre.takt_minutes},
        wrong={"was_minutes": 1},
        refusal="TaktChanged",
    )


def issue_instruction() -> Act:
    operation = RoutingOperation.objects.order_by("pk")[0]
    words = {"text_ja": "締めます。", "text_en": "Tighten."}
    return Act("plan", {"operation_id": operation.pk, **words}, wrong={"text_en": " "}, refusal="InstructionEmpty")


ACTS: Acts = {
    "assembly.acknowledge_andon": acknowledge_andon,
    "assembly.define_work_centre": define_work_centre,
    "assembly.issue_instruction": issue_instruction,
    "assembly.raise_andon": raise_andon,
    "assembly.resolve_andon": resolve_andon,
    "assembly.set_takt": set_takt,
}
