"""The embedded servers as `up` sees them: each only when no address of a real one is given."""

import os
import time
from pathlib import Path

from genpin.embedded import home, postgres, valkey
from genpin.embedded.home import CannotStart


class Servers:
    """Database and broker of one home. Their lines go to `postgres.log` and `valkey.log` there."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.postgres = None if os.environ.get("DATABASE_URL") else postgres.EmbeddedPostgres(state)
        self.valkey = None if os.environ.get("BROKER_URL") else valkey.EmbeddedValkey(state)
        self._up = home.take_lock(state / "up.lock")
        self._next_try: dict[str, float] = {}

    def start(self) -> None:
        """Start what is needed; a second `up` in the same home is refused, a short command is waited for."""
        if self._up is None:
            raise CannotStart(f"Genpin already runs with the state in {self.state}. Stop it, or set GENPIN_HOME.")
        if self.postgres is not None:
            if not self.postgres.take(60):
                raise CannotStart("Another Genpin command has been using the database for a minute. Try again later.")
            self.postgres.output = _log(self.state / "postgres.log")
            self.postgres.start()
        if self.valkey is not None:
            self.valkey.output = _log(self.state / "valkey.log")
            self.valkey.start()

    def tend(self) -> None:
        """Start a server again that ended by itself; a try every five seconds."""
        now = time.monotonic()
        for server in (self.postgres, self.valkey):
            if server is None or server.process is None or server.process.poll() is None:
                continue
            name = type(server).__name__
            if now < self._next_try.get(name, 0):
                continue
            self._next_try[name] = now + 5
            print(f"genpin  | {name} ended, starts again", flush=True)
            try:
                server.start()
            except CannotStart as reason:
                print(f"genpin  | {reason}", flush=True)

    def urls(self) -> dict[str, str]:
        """The addresses for every process."""
        found = {}
        if self.postgres is not None:
            found["DATABASE_URL"] = postgres.url(self.state)
        if self.valkey is not None:
            found["BROKER_URL"] = valkey.url(self.state)
        return found

    def stop(self) -> None:
        """Broker first, database last."""
        if self.valkey is not None:
            self.valkey.stop()
        if self.postgres is not None:
            self.postgres.stop()
        if self._up is not None:
            self._up.close()


def _log(place: Path) -> int:
    """The file, emptied when it has grown past 16 MB; a descriptor that lives as long as we do."""
    if place.exists() and place.stat().st_size > 16 * 1024 * 1024:
        place.unlink()
    return os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
