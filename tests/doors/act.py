"""One act at all its doors: who does it, with which arguments, and the form or the scans that say the same.

`wrong` is the same act refused: its arguments, and its form where a person could send it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from accounts.operations.pins import check_pin
from assembly.models import Build, Design, Tool
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.tools import record_calibration
from inventory.models import Placement, Unit
from ledger.callers import Caller
from ledger.doors import command_caller
from tests.cast import NOON, PIN, a_caller

Arguments = dict[str, Any]
Form = tuple[str, dict[str, Any]]


HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Act:
    """One act at all its doors. Arguments may be the operation's own dataclasses. `page`: address and fields; None
    where a person does it by scanning or not at all.

    `station`: where the page is worked at, or where the `scans` are made, the last of which is the act."""

    user: str
    right: Arguments
    page: Form | None = None
    wrong: Arguments = field(default_factory=dict)
    refusal: str = ""
    wrong_page: Form | None = None
    station: str = ""
    scans: tuple[str, ...] = ()
    wrong_scan: str = ""


Acts = dict[str, Callable[[], Act]]


@dataclass(frozen=True)
class Upload:
    """A file of a form; made anew for each post, since reading uses it up."""

    name: str
    content: bytes

    def sent(self) -> SimpleUploadedFile:
        """As a browser sends it."""
        return SimpleUploadedFile(self.name, self.content)


def caller(name: str, at: datetime | None = None) -> Caller:
    """Somebody of the loaded plant, just now unless a moment is given."""
    now = command_caller(User.objects.get(username=name), key=uuid.uuid4().hex)
    return now if at is None else replace(now, at=at, happened_at=at)


def pin_check(name: str) -> int:
    """A right PIN of somebody, just now."""
    return check_pin(User.objects.get(username=name), PIN, at=timezone.now()).pk


def days_ago(days: float) -> datetime:
    """That many days before the present."""
    return timezone.now() - timedelta(days=days)


def free_unit() -> Unit:
    """A free unit at a place of the plant, of no build, under no hold."""
    placed = Placement.objects.filter(
        to_at=None, host=None, unit__build=None, unit__ended_at=None, location__kind__in=("store", "receiving", "line")
    ).exclude(unit__holds__released_at=None, unit__holds__isnull=False)
    return placed.exclude(unit__lot__holds__isnull=False).select_related("unit__part").order_by("pk")[0].unit


def tray_just_started() -> Build:
    """A tray just started, nothing begun."""
    design = Design.objects.filter(kind="tray").exclude(unit_prefix="").order_by("pk")[0]
    return start_build(caller=caller("plan"), start=BuildStart(design.code, location_code="LINE-TRAY"))


def numbers_of(build: Build) -> tuple[int, int]:
    """Its first two operations."""
    first, second = build.design.routing.operations.order_by("number").values_list("number", flat=True)[:2]
    return first, second


def calibrate_all() -> None:
    """Every tool is good at NOON, when the builders of trays use them; the demo's own days move with the present."""
    for code in Tool.objects.filter(retired_at=None).values_list("code", flat=True):
        record_calibration(caller=a_caller("plan"), tool_code=code, calibrated_on=NOON.date() - timedelta(days=1))
