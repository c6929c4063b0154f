"""What the import commands share: a file into the store, one operation, a report by line."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from documents import files
from inventory.operations.incoming_files import FileRefused
from ledger.doors import command_caller, new_key
from ledger.refusals import Refusal


class FileCommand(BaseCommand, ABC):
    """Import one file, all of it or nothing. `--check` goes the whole way and takes everything back."""

    operation: Callable[..., dict[str, Any]]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or XLSX")
        parser.add_argument("--check", action="store_true", help="only check: report by line, change nothing")
        parser.add_argument("--as", dest="person", default="genpin", help="the user name to act as (default: genpin)")
        parser.add_argument("--key", default="", help="idempotency key (default: a fresh one)")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as fault:
            raise CommandError(f"{path}: {fault.strerror}") from fault
        user = User.objects.filter(username=options["person"]).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {options['person']}.")
        caller = command_caller(user, key=options["key"] or new_key())
        try:
            with transaction.atomic():
                sha256 = files.put(content)
                given = {"file_sha256": sha256, "file_name": path.name, **self.more_arguments(options)}
                result = type(self).operation(caller=caller, **given)
                transaction.set_rollback(options["check"])
        except FileRefused as refusal:
            for told in refusal.faults:
                where = f"line {told.line}" if told.line else "file"
                self.stderr.write(f"{path.name}: {where}{f', {told.column}' if told.column else ''}: {told.say}")
            raise CommandError(refusal.detail) from refusal
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(self.told(result, check=options["check"]) + f" [{hashlib.sha256(content).hexdigest()[:12]}]")

    def more_arguments(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the operation takes besides the file, from the command's own options."""
        return {}

    @abstractmethod
    def told(self, result: dict[str, Any], *, check: bool) -> str:
        """One sentence about what was done."""
