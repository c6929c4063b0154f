"""Any paper from the command line."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from documents import files
from documents.kinds import KINDS
from documents.operations.issuing import copy_of, issue_document
from ledger.doors import command_caller, new_key
from ledger.refusals import Refusal


class Command(BaseCommand):
    help = "Press a paper: press KIND KEY --lang ja|en --out FILE.pdf [--issue]"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("kind", help=", ".join(sorted(KINDS)))
        parser.add_argument("key", help="serial, tag or number of what the paper is about")
        parser.add_argument("--lang", choices=("ja", "en"), default="ja")
        parser.add_argument("--out", required=True, help="the PDF file to write")
        parser.add_argument("--issue", action="store_true", help="issue it; without this it is a copy (控え)")
        parser.add_argument("--as", dest="user", default="genpin", help="the person who issues")
        parser.add_argument("--key-id", dest="receipt", default="", help="the idempotency key of the issue")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = self._issued(options) if options["issue"] else self._copied(options)
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from refusal
        try:
            Path(options["out"]).write_bytes(content)
        except OSError as fault:
            raise CommandError(f"{options['out']}: {fault.strerror}") from fault
        self.stdout.write(f"{options['out']}: {len(content)} bytes")

    def _copied(self, options: dict[str, Any]) -> bytes:
        return copy_of(options["kind"], options["key"], options["lang"])[0]

    def _issued(self, options: dict[str, Any]) -> bytes:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody is called {options['user']}.")
        caller = command_caller(user, key=options["receipt"] or new_key())
        paper = issue_document(caller=caller, kind=options["kind"], key=options["key"], language=options["lang"])
        return files.get(paper.bytes_hash)
