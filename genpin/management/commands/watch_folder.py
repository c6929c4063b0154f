"""`manage.py watch_folder`: takes in testers' files from a folder; `up` does the same from its queue."""

import json
import signal
import threading
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import translation

from accounts.models import User
from genpin.inbox import SETTLE, take_in
from ledger.doors import command_caller, new_key


class Command(BaseCommand):
    help = "Imports what testers drop into the watched folder, until stopped; with --once, one look and its counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.INBOX_FOLDER, metavar="FOLDER")
        parser.add_argument("--once", action="store_true")
        parser.add_argument("--every", type=float, default=10.0, metavar="SECONDS")
        parser.add_argument("--settle", type=float, default=SETTLE, metavar="SECONDS")
        parser.add_argument("--as", dest="user", default="genpin", metavar="USER")

    def handle(self, *, folder: Path, once: bool, every: float, settle: float, **given: object) -> None:
        user = User.objects.filter(username=given["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no user {given['user']}.")
        stop = threading.Event()
        if not once:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        with translation.override("ja"):
            while not stop.is_set():
                self._look(folder, user, once=once, settle=settle)
                if once:
                    return
                stop.wait(max(every, 0.05))

    def _look(self, folder: Path, user: User, *, once: bool, settle: float) -> None:
        try:
            taken = take_in(folder, command_caller(user, key=new_key()), settle=settle)
        except (DatabaseError, OSError) as fault:
            if once:
                raise CommandError(f"The look was broken off: {type(fault).__name__}: {fault}") from fault
            self.stderr.write(f"the look was broken off, the files stay: {type(fault).__name__}")
            close_old_connections()
            return
        if once or taken.done or taken.refused:
            self.stdout.write(json.dumps(asdict(taken)))
