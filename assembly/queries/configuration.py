"""Scanned against reported: what the hardware said of itself beside what was built, and what quality approved of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assembly.models import Build
from assembly.queries.configuration_sql import RECONCILED

AGREEING = ("match", "alias")

KINDS = {
    "gpu": gettext_lazy("GPU"),
    "superchip": gettext_lazy("superchip board"),
    "io_board": gettext_lazy("IO board"),
    "dpu": gettext_lazy("DPU"),
    "bmc": gettext_lazy("BMC card"),
    "hmc": gettext_lazy("HMC module"),
    "compute": gettext_lazy("compute tray"),
    "switch": gettext_lazy("switch tray"),
    "shelf": gettext_lazy("power shelf"),
    "cartridge": gettext_lazy("cable cartridge"),
    "chassis": gettext_lazy("chassis serial"),
    "slot": gettext_lazy("slot and tray index"),
    "part": gettext_lazy("part number"),
}
"""Kinds of facts that are compared, and how people call them."""

FIRMWARE = "firmware:"
"""Before the component, where versions are compared: `firmware:vbios`."""

_SAYINGS = {
    ("not_scanned", "part"): gettext_lazy(
        "%(place)s: reports part number %(reported)s, which is no number of %(scanned)s"
    ),
    ("not_scanned", "chassis"): gettext_lazy(
        "%(place)s: reports chassis %(reported)s, the rest of the rack reports %(scanned)s"
    ),
    ("slot", "slot"): gettext_lazy("%(place)s: sits in slot %(scanned)s, reports slot %(reported)s"),
    ("slot", "cartridge"): gettext_lazy(
        "%(place)s: %(scanned)s was scanned, the hardware reports %(reported)s, which was scanned in another place"
    ),
    ("unreadable", "slot"): gettext_lazy("%(place)s: has not reported its slot since it was put in %(scanned)s"),
    ("unreadable", "gpu"): gettext_lazy("%(place)s: not known yet"),
    "firmware": gettext_lazy("%(place)s: %(what)s reports %(reported)s, the baseline asks for %(scanned)s"),
    "unreported": gettext_lazy("%(place)s: no version of %(what)s was read, the baseline asks for %(scanned)s"),
    "unreadable": gettext_lazy("%(place)s: %(what)s %(scanned)s reports “%(reported)s” in place of a serial"),
    "not_in_hardware": gettext_lazy("%(place)s: %(what)s %(scanned)s was scanned, the hardware does not report it"),
    "not_scanned": gettext_lazy("%(place)s: the hardware reports %(what)s %(reported)s, which was not scanned"),
    "replaced": gettext_lazy("%(place)s: %(what)s %(scanned)s was scanned, the hardware reports %(reported)s"),
}


@dataclass(frozen=True, slots=True)
class Approval:
    """Who let a difference be, when and why."""

    by: User
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class AskedBy:
    """The firmware baseline that asks: its key, its part and its revision."""

    pk: int
    part: str
    revision: int

    def __str__(self) -> str:
        return f"{self.part} r{self.revision}"


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that was compared: its state, the kind of fact, the slot of the rack (`host`) and the exact place, what
    was scanned and what is reported ("" = nothing), and the latest file that tells it. `row`: the difference's row,
    where it has one; `since`: the event that put the scanned thing there. Of firmware, `scanned` is what the baseline
    asks for, and `baseline` who asks."""

    build_id: int
    state: str
    what: str
    host: str
    place: str
    scanned: str
    reported: str
    since: int
    test_run_id: int | None
    file_name: str
    reported_at: datetime | None
    row: int | None
    approval: Approval | None
    baseline: AskedBy | None = None

    @property
    def key(self) -> str:
        """What names this difference, and no other fact, at a door."""
        told = (self.build_id, self.state, self.what, self.place, self.scanned, self.reported, self.since)
        return hashlib.sha256("\x1f".join(map(str, told)).encode()).hexdigest()[:32]

    @property
    def differs(self) -> bool:
        return self.state not in AGREEING

    @property
    def is_open(self) -> bool:
        """Whether it stops the rack: it differs, and nobody approved it."""
        return self.differs and self.approval is None

    @property
    def is_firmware(self) -> bool:
        """Whether versions are compared."""
        return self.what.startswith(FIRMWARE)

    @property
    def kind(self) -> str:
        """The kind of fact in words; of firmware the component, as the tool calls it."""
        return str(KINDS.get(self.what, self.what.removeprefix(FIRMWARE)))

    @property
    def say(self) -> str:
        """One sentence: which place, what was scanned, what is reported."""
        if not self.differs:
            return f"{self.place}: {states_words()[self.state]}"
        both = self.state == "not_scanned" and self.scanned and self.what not in ("part", "chassis")
        saying = _SAYINGS.get((self.state, self.what)) or _SAYINGS["replaced" if both else self.state]
        return str(saying) % {
            "place": self.place, "what": self.kind, "scanned": self.scanned, "reported": self.reported,
        }  # fmt: skip


def reconciled(build_ids: Iterable[int]) -> dict[int, list[Compared]]:
    """Everything that was compared of these racks, by build: also what agrees. One query, however many racks."""
    ids = sorted(set(build_ids))
    found: dict[int, list[Compared]] = {build_id: [] for build_id in ids}
    if not ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(RECONCILED, {"builds": ids})
        for row in cursor.fetchall():
            found[row[0]].append(_compared(row))
    return found


def differences_of(build: Build) -> list[Compared]:
    """The differences of a rack build, approved ones too, by what its hardware reported since each thing was put where
    it is: nvidia-smi (GPUs, boards, chassis, slot, tray index) and Redfish readouts (boards, cartridges, part numbers,
    slot). One query.

    Asks only for kinds that a tool reports (RULINGS 10). What a tray said at its bench is no word on its slot or on the
    rack's cartridges: the rack's own test (operation 320 at the latest) must be read after insertion."""
    return [row for row in reconciled([build.pk])[build.pk] if row.differs]


def open_differences(unit_ids: Iterable[int]) -> dict[int, list[Compared]]:
    """The differences that stop these racks (units), by unit; racks without one are left out. Two queries."""
    builds = dict(Build.objects.racks().filter(unit_id__in=list(unit_ids)).values_list("pk", "unit_id"))
    told = reconciled(builds)
    stopping = {unit_id: [row for row in told[build_id] if row.is_open] for build_id, unit_id in builds.items()}
    return {unit_id: rows for unit_id, rows in stopping.items() if rows}


def states_words() -> dict[str, str]:
    """The states of a comparison as a person reads them."""
    return {
        "match": _("agrees"),
        "alias": _("agrees by another part number"),
        "not_scanned": _("in hardware, not scanned"),
        "not_in_hardware": _("scanned, not in hardware"),
        "slot": _("slot differs"),
        "unreadable": _("unreadable"),
        "firmware": _("firmware differs"),
        "unreported": _("firmware not reported"),
    }


def _compared(row: Sequence[Any]) -> Compared:
    approval = None
    if row[12] is not None:
        by = User(id=row[14], name_ja=row[15], name_en=row[16], username=row[17])
        approval = Approval(by, row[12], row[13])
    baseline = None if row[18] is None else AskedBy(*row[18:21])
    return Compared(*row[:12], approval=approval, baseline=baseline)  # type: ignore[misc]
