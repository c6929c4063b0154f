"""`manage.py up [--demo]`."""

import errno
import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from genpin.supervisor import Supervisor


class Command(BaseCommand):
    """The whole product in the foreground; PORT (8000), HOST (127.0.0.1) and GENPIN_HOME are honoured."""

    help = "Run database, broker, web, worker, beat and relay in the foreground until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo plant into an empty database first")

    def handle(self, *args: Any, **options: Any) -> None:
        host = os.environ.get("HOST") or "127.0.0.1"
        port = port_wish(os.environ.get("PORT") or "8000")
        refuse_taken_port(host, port)
        workers = int(os.environ.get("GENPIN_WORKERS") or min(len(os.sched_getaffinity(0)), 8))
        supervisor = Supervisor(
            state=settings.GENPIN_HOME, bind=(host, port), demo=options["demo"], workers=max(workers, 1)
        )
        sys.exit(supervisor.run())


def port_wish(text: str) -> int:
    """The port as a number."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT is {text!r}, but a port is a number from 1 to 65535.")
    return int(text)


def refuse_taken_port(host: str, port: int) -> None:
    """Say so before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as reason:
            if reason.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is taken by another program. Stop that, or choose another port: PORT=8001 make demo"
                ) from None
            raise CommandError(f"Cannot listen on {host}:{port}: {reason.strerror}.") from None
