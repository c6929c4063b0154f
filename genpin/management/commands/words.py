"""`manage.py words [--check | --update] [APP …]`."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from genpin import words
from genpin.preparation import prepare_words


class Command(BaseCommand):
    """Message catalogues: compile them; or add and drop strings; or list what is missing."""

    help = "Compile the message catalogues; --update adds new strings, --check lists what has no Japanese."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app", nargs="*", choices=[*words.APPS, []], help="only these apps")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--update", action="store_true", help="add new strings, drop unused ones")
        what.add_argument("--check", action="store_true", help="fail when a string has no Japanese")

    def handle(self, *args: Any, **options: Any) -> None:
        apps = options["app"] or words.APPS
        if options["check"]:
            self._check(apps)
        elif options["update"]:
            for app in apps:
                count = words.update_catalogue(settings.BASE_DIR, app)
                self.stdout.write(f"{app}: {count} strings, {len(words.faults(settings.BASE_DIR, app))} to do")
        prepare_words()

    def _check(self, apps: Sequence[str]) -> None:
        found = [fault for app in apps for fault in words.faults(settings.BASE_DIR, app)]
        if found:
            raise CommandError("\n".join([*found, f"{len(found)} faults. manage.py words --update adds what is new."]))
        self.stdout.write("Every string has its Japanese.")
