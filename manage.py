#!/usr/bin/env python3
"""The command line. Starts the embedded database for the time of a command when nothing else runs it."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from django.core.management import execute_from_command_line
from django.db import connections

from genpin.embedded import binaries, home, postgres

# Commands that never ask the database anything, or (up) start it themselves.
WITHOUT_DATABASE = {
    "up",
    "words",
    "collectstatic",
    "read_test_log",
    "forecast_lead_times",
    "help",
    "version",
    "spectacular",
}


@contextlib.contextmanager
def embedded_database(state: Path) -> Iterator[None]:
    """The server of this home, ours while the command runs, unless `up` or another command already runs it."""
    with (home.make_home(state) / "postgres.log").open("ab") as log:
        server = postgres.EmbeddedPostgres(state, output=log)
        for _turn in home.pauses(30):
            if server.take() or postgres.answers(state):
                break
        try:
            if server.take():
                server.start()
            os.environ["PATH"] += os.pathsep + str(binaries.postgres_programs(None))  # psql, pg_dump for dbshell
            yield
        finally:
            connections.close_all()
            server.stop()


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genpin.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in WITHOUT_DATABASE or command.startswith("-") or os.environ.get("DATABASE_URL"):
        execute_from_command_line(sys.argv)
        return
    try:
        with embedded_database(home.find_home(Path(__file__).resolve().parent)):
            execute_from_command_line(sys.argv)
    except home.CannotStart as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
