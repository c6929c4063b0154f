"""Acts beside the yields: marking the units that verify stations."""

from __future__ import annotations

from django.urls import reverse

from assembly.operations.reference_units import mark_reference_unit as marked
from tests.doors.act import Act, Acts, caller, tray_just_started


def mark_reference_unit() -> Act:
    form = {"unit": tray_just_started().unit.tag, "reason": "T1 daily check"}
    page = reverse("reference_units")
    wrong = {"unit": "NO-SUCH"}
    return Act("kenji", dict(form), (page, {**form, "act": "mark"}), wrong, "UnknownSerial", (page, {**form, **wrong}))


def end_reference_mark() -> Act:
    unit, other = tray_just_started().unit.tag, tray_just_started().unit.tag
    marked(caller=caller("tanaka"), unit=unit, reason="T1 daily check")
    page, form = reverse("reference_units"), {"unit": unit, "reason": "Worn"}
    sent = {**form, "act": "end"}
    return Act("tanaka", dict(form), (page, sent), {"unit": other}, "NotMarked", (page, {**sent, "unit": other}))


ACTS: Acts = {
    "assembly.end_reference_mark": end_reference_mark,
    "assembly.mark_reference_unit": mark_reference_unit,
}
