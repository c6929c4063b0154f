"""Acts on what the hardware of a rack reports otherwise than it was scanned."""

from __future__ import annotations

from django.urls import reverse

from assembly.models import Build
from assembly.operations.configuration import approve_differences as approving
from assembly.operations.test_runs import import_test_log
from assembly.queries.configuration import Compared, differences_of
from assembly.test_logs.writing_redfish import TrayReadout, bmc_readout
from documents import files
from inventory.models import Placement
from tests.cast import PIN
from tests.doors.act import Act, Acts, caller, pin_check


def _differing() -> tuple[Build, Compared]:
    """A rack in the making, one of whose trays tells of another cartridge."""
    seated = Placement.objects.filter(
        to_at=None, unit__part__kind="compute", host__build__completed_at=None, host__build__origin="plant"
    )
    tray = seated.select_related("unit", "host__build").order_by("pk")[0]
    assert tray.host is not None
    content = bmc_readout(TrayReadout(superchips=(), cartridges={"CBC_0": "1880000000777"}, firmware={}))
    import_test_log(
        caller=caller("kenji"), file_sha256=files.put(content), file_name="bmc.zip", unit=tray.unit.tag, exit_code=0
    )
    build = Build.objects.select_related("unit").get(unit_id=tray.host_id)
    return build, next(row for row in differences_of(build) if row.reported == "1880000000777")


def approve_differences() -> Act:
    build, row = _differing()
    page = reverse("rack_differences", args=[build.unit.name])
    form = {"differences": [row.key], "reason": "Name plate read by eye", "pin": PIN}
    right = {
        "build_id": build.pk, "differences": [row.key], "reason": "Name plate read by eye",
        "pin_check_id": pin_check("tanaka"),
    }  # fmt: skip
    return Act(
        "tanaka",
        right,
        (page, form),
        {"differences": ["0" * 32]},
        "DifferenceGone",
        (page, {**form, "differences": ["0" * 32]}),
    )


def withdraw_approvals() -> Act:
    build, row = _differing()
    check = pin_check("tanaka")
    approving(
        caller=caller("tanaka"), build_id=build.pk, differences=[row.key], reason="Name plate read by eye",
        pin_check_id=check,
    )  # fmt: skip
    page = reverse("rack_withdrawal", args=[build.unit.name])
    form = {"differences": [row.key], "reason": "Another name plate"}
    wrong = {"differences": ["0" * 32]}
    return Act(
        "tanaka", {"build_id": build.pk, **form}, (page, form), wrong, "DifferenceGone", (page, {**form, **wrong})
    )


ACTS: Acts = {
    "assembly.approve_differences": approve_differences,
    "assembly.withdraw_approvals": withdraw_approvals,
}
