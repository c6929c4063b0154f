"""`manage.py simulate_plant --racks N --seed S [--fast]`: a plausible plant of any size, into an empty database."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from genpin.demo.logins import NAME
from genpin.simulation.filling import fill
from genpin.simulation.plan import simulation_plan
from ledger.models import Event
from ledger.refusals import Refusal

BAR = 30
EVERY = 2.0
"""Seconds between two lines where the output is no terminal."""
RACKS_LIMIT = 20_000


class Command(BaseCommand):
    """Racks from the announced kit to the data hall, all on one clock that never passes the present.

    Without --fast every act is an operation (some 4 s a rack); with it the same rows come by COPY. The first event says
    that a simulated history begins; the database must be empty."""

    help = "Fill an empty database with a simulated plant."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--racks", type=int, required=True, metavar="N", help="how many racks (S 54, M 540, L 5400)"
        )
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed tells the same plant (1)")
        parser.add_argument("--fast", action="store_true", help="by COPY: the same rows, some twenty times as fast")
        parser.add_argument("--stories", type=int, default=6, metavar="K", help="different lives of racks (6)")

    def handle(self, *args: Any, **options: Any) -> None:
        racks, stories = options["racks"], options["stories"]
        if not 1 <= racks <= RACKS_LIMIT or stories < 1:
            raise CommandError(f"--racks takes 1 to {RACKS_LIMIT}, --stories at least 1.")
        if Event.objects.exists():
            raise CommandError(
                "This database holds a record already. Nothing was written."
                " Name an empty database in DATABASE_URL, or choose another GENPIN_HOME."
            )
        plan = simulation_plan(now=timezone.now(), racks=racks, seed=options["seed"], stories=stories)
        bar = _Bar(self.stdout)
        try:
            filled = fill(plan, home=settings.GENPIN_HOME, fast=options["fast"], tell=bar.tell)
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        bar.end()
        seconds = sum(filled.seconds.values())
        self.stdout.write(
            f"simulated: {filled.racks} racks, {filled.acts} acts, {seconds:.0f} s;"
            f" logins are in {settings.GENPIN_HOME / NAME}"
        )


class _Bar:
    """A bar that moves in a terminal; else a line now and then."""

    def __init__(self, out: Any) -> None:
        self.out, self.moves = out, sys.stdout.isatty()
        self.begun, self.last = time.monotonic(), 0.0

    def tell(self, text: str, share: float) -> None:
        now = time.monotonic()
        if now - self.last < (0.1 if self.moves else EVERY):
            return
        self.last = now
        full = int(min(max(share, 0.0), 1.0) * BAR)
        line = f"simulated: [{'#' * full}{'.' * (BAR - full)}] {share:4.0%}  {text}, {now - self.begun:.0f} s"
        self.out.write(f"\r{line:<100}" if self.moves else line, ending="" if self.moves else "\n")
        self.out.flush()

    def end(self) -> None:
        if self.moves:
            self.out.write("")
