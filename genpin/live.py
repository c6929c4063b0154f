"""What keeps live boards true: one asker a process, however many boards look on, and the streams that wait for it.

A stream holds a thread of the web server and nothing else: no connection to the database, no lock. The asker runs only
while somebody looks; it asks one small question every two seconds and wakes the streams when the answer has changed."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import Error, connection

logger = logging.getLogger("genpin.live")

MOST = int(os.environ.get("GENPIN_LIVE_BOARDS", "8"))
"""Streams of one web worker; who comes after polls. `up` gives the server a thread for each."""
ASK = 2.0
"""Seconds between two questions, so also how late a board may be."""
LOOK = 0.5
"""Seconds between two looks whether the server stops."""
BEAT = 15.0
"""Seconds of silence after which a comment goes out: a lost connection is noticed by writing."""
LIFE = 300.0
"""Seconds after which a stream ends and the browser comes again, so that rights and session are looked at anew."""
RETRY = 2000
"""Milliseconds a browser waits before it comes again."""

_STATE = """
SELECT concat_ws('/',
  (SELECT max(greatest(event_id, ended_event_id)) FROM assembly_burninrun),
  (SELECT concat_ws(',', max(id), max(cancelled_at)) FROM assembly_reservation),
  (SELECT concat_ws(',', max(id), count(ended_at)) FROM assembly_celloutage),
  (SELECT concat_ws(',', count(*), max(to_at)) FROM assembly_soakinterval WHERE burn_in_id IN (
    SELECT id FROM assembly_burninrun WHERE ended_at IS NULL)),
  (SELECT concat_ws(',', max(id), count(cleared_at)) FROM assembly_alarm WHERE burn_in_id IN (
    SELECT id FROM assembly_burninrun WHERE ended_at IS NULL)),
  (SELECT concat_ws(',', max(id), count(released_at)) FROM inventory_hold))
"""


def burn_in_state() -> str:
    """A text that changes when the burn-in board would: runs, reservations, soak clocks, alarms, holds. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        return str(cursor.fetchone()[0])


class Bell:
    """Rings when what `ask` answers has changed. `stopping`: the file that says that the server stops."""

    def __init__(self, ask: Callable[[], str], stopping: Path) -> None:
        self.ask, self.stopping = ask, stopping
        self.streams = 0
        self.epoch, self.count = secrets.token_hex(4), 0
        self.awake = threading.Condition()
        self.deaf = False
        self._known: str | None = None
        self._asker: threading.Thread | None = None

    @property
    def mark(self) -> str:
        """The id of the state that is known now: another process's, or an older one, is another."""
        return f"{self.epoch}-{self.count}"

    def enter(self) -> bool:
        """Take one of the places; False when all are taken. The first one starts the asker."""
        with self.awake:
            if self.streams >= MOST:
                return False
            self.streams += 1
            if self._asker is None:
                self.deaf = False
                self._asker = threading.Thread(target=self._run, name="live-asker", daemon=True)
                self._asker.start()
            return True

    def leave(self) -> None:
        """Give the place back."""
        with self.awake:
            self.streams -= 1

    def stream(self, last: str) -> Iterator[bytes]:
        """The lines of one stream: an event `board` at once unless `last` is what is known, then at every change."""
        end = time.monotonic() + LIFE
        try:
            connection.close()  # the page's connection goes back to the pool: others need it while this one waits
            yield f"retry: {RETRY}\n\n".encode()
            while time.monotonic() < end and not self._over():
                if last != self.mark:
                    last = self.mark
                    yield f"id: {last}\nevent: board\ndata: {last}\n\n".encode()
                elif not self._wait(last, min(BEAT, end - time.monotonic())):
                    yield b": still here\n\n"
        finally:
            self.leave()

    def _wait(self, last: str, seconds: float) -> bool:
        """Until something is to be done; False after so long of silence."""
        with self.awake:
            return self.awake.wait_for(lambda: last != self.mark or self._over(), max(0.0, seconds))

    def _over(self) -> bool:
        return self.deaf or self.stopping.exists()

    def _run(self) -> None:
        """Ask while somebody looks. A database that is away ends the streams: the boards poll until it is back."""
        due = 0.0
        while self._wanted():
            if time.monotonic() >= due:
                due = time.monotonic() + ASK
                try:
                    self._heard(self.ask())
                except Error:
                    logger.warning("the live board's question has no answer; its streams end")
                    return self._give_up()
                finally:
                    connection.close()
            time.sleep(LOOK)
        return None

    def _wanted(self) -> bool:
        """Whether to ask on; else the next stream starts an asker of its own."""
        if self.stopping.exists():
            self._give_up()
            return False
        with self.awake:
            if self.streams == 0:
                self._asker = None
            return self.streams > 0

    def _give_up(self) -> None:
        with self.awake:
            self._asker = None
        self._ring(deaf=True)

    def _heard(self, answer: str) -> None:
        if answer != self._known:
            self._known = answer
            self._ring(deaf=False)

    def _ring(self, *, deaf: bool) -> None:
        with self.awake:
            self.deaf = deaf
            self.count += 1
            self.awake.notify_all()
