"""Acts on firmware baselines: a draft, its release, its end."""

from __future__ import annotations

from django.urls import reverse

from assembly.models import FirmwareBaseline
from assembly.operations.firmware import NeedSpec
from assembly.operations.firmware import draft_firmware_baseline as begun
from tests.doors.act import Act, Acts, caller

PART = "PF-1333-7R"
NEED = NeedSpec("firmware", ("1.3.10",))


def _draft() -> FirmwareBaseline:
    return begun(caller=caller("kenji"), part_number=PART, needs=[NEED])


def draft_firmware_baseline() -> Act:
    page = reverse("firmware_draft")
    form = {
        "part_number": PART, "version": "0", "rows": "1", "component_0": NEED.component, "rule_0": "one_of",
        "versions_0": "1.3.10",
    }  # fmt: skip
    strange = {"needs": [NeedSpec("FW_BMC_O", ("1",))]}
    return Act(
        "kenji", {"part_number": PART, "needs": [NEED]}, (page, form), strange, "UnknownComponent",
        (page, {**form, "component_0": "FW_BMC_O"}),
    )  # fmt: skip


def _ended(user: str, name: str, reason: str) -> Act:
    draft = _draft()
    right = {"part_number": PART, "version": draft.version, "reason": reason}
    page = reverse(f"firmware_{name}", args=[draft.pk])
    form = {"version": str(draft.version), "reason": reason}
    return Act(user, right, (page, form), {"version": 7}, "StaleEdit", (page, {**form, "version": "7"}))


def release_firmware_baseline() -> Act:
    return _ended("tanaka", "release", "DGX GB200 SW 1.3")


def discard_firmware_baseline() -> Act:
    return _ended("kenji", "discard", "Begun twice")


ACTS: Acts = {
    "assembly.discard_firmware_baseline": discard_firmware_baseline,
    "assembly.draft_firmware_baseline": draft_firmware_baseline,
    "assembly.release_firmware_baseline": release_firmware_baseline,
}
