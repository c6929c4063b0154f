"""`manage.py load_master_data [--as USER]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from genpin.master.loading import load
from ledger.doors import command_caller, new_key
from ledger.refusals import Refusal


class Command(BaseCommand):
    """The plant's first parts, places, routings, designs and cells; what is there already stays as it is."""

    help = "Load the plant's master data: parts, places, routings, designs, cells. A second time adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as", dest="username", default="genpin", metavar="USER", help="who releases it")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {options['username']}.")
        try:
            added = load(command_caller(user, key=f"master-data:{new_key()}"))
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        told = ", ".join(f"{count} {noun}" for noun, count in added.items())
        self.stdout.write(f"Added {told}." if told else "Everything is there already.")
