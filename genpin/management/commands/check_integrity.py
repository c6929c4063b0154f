"""Whether the record holds together."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventory.checks import CHECKS, run_checks


class Command(BaseCommand):
    help = "Check placements, builds, lots, holds, events. Exit 1 with the first fault."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--all", action="store_true", help="list every fault instead of the first")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for name in CHECKS:
            began = time.monotonic()
            for found in run_checks([name]):
                faults += 1
                self.stderr.write(f"{found.check}: {found.fault.where}: {found.fault.say}")
                if not options["all"]:
                    raise CommandError("the record has a fault", returncode=1)
            self.stdout.write(f"ok  {name}  {time.monotonic() - began:.1f} s")
        if faults:
            raise CommandError(f"{faults} faults", returncode=1)
        self.stdout.write("The record is whole.")
