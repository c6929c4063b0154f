"""`manage.py feed_telemetry FILE --cell A-01`: a telemetry file of any size into the run of a cell."""

import json
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from assembly.feeding import feed_file
from ledger.doors import command_caller
from ledger.refusals import Refusal


class Command(BaseCommand):
    help = "Store a telemetry file (CSV, Parquet, Arrow stream) of the burn-in that runs in a cell."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--cell", default="", metavar="CODE", help="the cell in which the rack soaks")
        parser.add_argument("--run", type=int, default=None, metavar="ID", help="the burn-in run, instead of its cell")
        parser.add_argument("--as", dest="user", default="genpin", metavar="USER", help="whose rights count (genpin)")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["user"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no user {options['user']}.")
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.")
        try:
            counts = feed_file(
                command_caller(person, key=uuid.uuid4().hex),
                options["file"],
                cell_code=options["cell"],
                burn_in_id=options["run"],
            )
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from refusal
        self.stdout.write(json.dumps(counts))
