"""`compare_lead_times`: the lead-time comparison as JSON. Needs no database; same seed, same bytes."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from logistics.lead_times.compare import MAX_DRAWS, compare
from logistics.lead_times.scenarios import default_scenarios


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise ArgumentTypeError(f"{text} is not a day such as 2026-11-20") from fault


class Command(BaseCommand):
    help = "Compare the lead times of sources: days from kit ready to the end of site receiving, as JSON."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scenario", action="append", metavar="NAME", help="one scenario; repeat; default: all")
        parser.add_argument("--draws", type=int, default=100_000, help=f"1 to {MAX_DRAWS}")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--need-by", type=float, metavar="DAYS", help="days from kit ready")
        parser.add_argument(
            "--start-on", type=_day, metavar="DAY", help="day of kit ready; default: any day of the year"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        known = default_scenarios()
        names = options["scenario"] or list(known)
        unknown = [name for name in names if name not in known]
        if unknown:
            raise CommandError(f"No scenario {', '.join(unknown)}. There are {', '.join(known)}.")
        if len(set(names)) < len(names):
            raise CommandError("A scenario is named twice.")
        if not 1 <= options["draws"] <= MAX_DRAWS or options["seed"] < 0:
            raise CommandError(f"Draws are 1 to {MAX_DRAWS}, the seed is 0 or more.")
        comparison = compare(
            [known[name] for name in names],
            draws=options["draws"],
            seed=options["seed"],
            need_by_days=options["need_by"],
            start_on=options["start_on"],
        )
        self.stdout.write(comparison.as_json().decode(), ending="")
