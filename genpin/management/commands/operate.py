"""Any registered operation from the command line."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from ledger.doors import command_caller, public_answer
from ledger.operations import OPERATIONS
from ledger.refusals import Refusal
from ledger.shapes import arguments_from_json


class Command(BaseCommand):
    help = "Run an operation: operate NAME --json FILE --as USER --key K"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("name", nargs="?", help="the operation, such as inventory.move_units; without it, a list")
        parser.add_argument("--json", dest="file", help="a file with the arguments as JSON; - is standard input")
        parser.add_argument("--as", dest="user", default="genpin", help="the person who acts")
        parser.add_argument("--key", help="the idempotency key: the same key again changes nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["name"] is None:
            for name, entry in sorted(OPERATIONS.items()):
                self.stdout.write(f"{name}  {entry.doc.splitlines()[0] if entry.doc else ''}")
            return
        if options["name"] not in OPERATIONS:
            raise CommandError(f"There is no operation {options['name']}; `operate` alone lists them.")
        entry = OPERATIONS[options["name"]]
        if not options["key"]:
            raise CommandError("--key is needed: it makes a repeat harmless.")
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody is called {options['user']}.")
        try:
            arguments = arguments_from_json(entry.function, self._read(options["file"]))
            result = entry.gated(caller=command_caller(user, key=options["key"]), **arguments)
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from refusal
        self.stdout.write(json.dumps(public_answer(result), ensure_ascii=False, default=str))

    def _read(self, name: str | None) -> dict[str, Any]:
        if name is None:
            return {}
        try:
            text = self._stdin() if name == "-" else Path(name).read_text(encoding="utf-8")
            found = json.loads(text)
        except (OSError, ValueError, RecursionError) as fault:
            raise CommandError(f"{name}: {fault}") from fault
        if not isinstance(found, dict):
            raise CommandError(f"{name}: a JSON object is expected.")
        return found

    @staticmethod
    def _stdin() -> str:
        with open(0, encoding="utf-8") as stream:
            return stream.read()
