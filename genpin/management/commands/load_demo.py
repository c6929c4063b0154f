"""`manage.py load_demo`: the demo plant, into an empty database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from genpin.demo import loading
from ledger.refusals import Refusal


class Command(BaseCommand):
    """Nine months of a plausible plant, through its own operations; a second time changes nothing."""

    help = "Load the demo plant into an empty database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--racks", default="", metavar="NAMES", help="only these living racks, comma-separated")

    def handle(self, *args: Any, **options: Any) -> None:
        state = loading.state_of_database()
        if state != "empty":
            self.stdout.write(f"demo: state {state}")
            return
        names = tuple(options["racks"].split(",")) if options["racks"] else None
        try:
            loading.load(now=timezone.now(), wishes=names, tell=self._tell)
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal

    def _tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
