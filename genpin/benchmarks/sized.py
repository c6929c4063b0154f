"""A simulated plant of a size, in a database and a file store of the benchmark's own."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from genpin.benchmarks import plant
from genpin.embedded import home
from genpin.simulation.filling import fill
from genpin.simulation.plan import simulation_plan

RACKS = {"S": 54, "M": 540, "L": 5_400}
"""Racks by size (PERFORMANCE.md)."""
SEED, STORIES = 20261120, 3


@dataclass(slots=True)
class Sized:
    """A plant that stands: its size, its address, what it holds and how long it took to fill."""

    size: str
    url: str
    dataset: dict[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def simulated(size: str) -> Iterator[Sized]:
    """Fill a plant of that size by COPY; it and its files are dropped at the end."""
    files, state = settings.FILES_FOLDER, home.make_home(Path(settings.GENPIN_HOME) / "bench-simulated")
    settings.FILES_FOLDER = state / "files"
    try:
        with plant.own_database() as url:
            begun = time.monotonic()
            plan = simulation_plan(now=timezone.now(), racks=RACKS[size], seed=SEED, stories=STORIES)
            fill(plan, home=state, fast=True, tell=lambda _text, _share: None)
            seconds = round(time.monotonic() - begun, 1)
            yield Sized(size, url, {"racks": RACKS[size], **plant.size(), "filled_in_seconds": seconds})
    finally:
        settings.FILES_FOLDER = files
        shutil.rmtree(state / "files", ignore_errors=True)
