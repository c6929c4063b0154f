"""`manage.py load_demo`: the demo plant, into an empty database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from genpin.demo import anew, loading
from genpin.demo.logins import NAME
from ledger.refusals import Refusal

SAID = {
    "whole": "demo: the plant is there already",
    "other": "demo: this database holds a plant's own record; the demo is loaded into an empty one only",
}


class Command(BaseCommand):
    """Nine months of a plausible plant, through its own operations; a second time changes nothing.

    A load that was broken off is begun anew, if nobody but the load has done anything."""

    help = "Load the demo plant into an empty database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--racks", default="", metavar="NAMES", help="only these living racks, comma-separated")

    def handle(self, *args: Any, **options: Any) -> None:
        state = anew.state_of_database()
        if state in SAID:
            self._tell(SAID[state])
            return
        if state == "broken-off":
            self._begin_anew()
        names = options["racks"].split(",") if options["racks"] else ()
        try:
            loading.load(now=timezone.now(), home=settings.GENPIN_HOME, names=names, tell=self._tell)
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        self._tell(f"demo: loaded; logins are in {settings.GENPIN_HOME / NAME}")

    def _begin_anew(self) -> None:
        if not anew.only_demo_is_there():
            raise CommandError("A demo load was broken off, and somebody has worked since. Use another database.")
        self._tell("demo: an earlier load was broken off; beginning anew")
        anew.begin_anew()

    def _tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
