"""The relay process: polls the outbox twice a second."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from kombu.exceptions import OperationalError

from genpin.relay import beat, relay_once
from genpin.tasks import react

logger = logging.getLogger("genpin.relay")
PAUSE_SECONDS = 0.5
BEAT_EVERY = 4


class Command(BaseCommand):
    help = "Publish undone deliveries to the queue until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        turn = 0
        while not stop.is_set():
            try:
                if turn % BEAT_EVERY == 0:
                    beat(timezone.now())
                while relay_once(timezone.now(), lambda pk: react.apply_async(kwargs={"delivery_id": pk})):
                    if stop.is_set():
                        return
            except (DatabaseError, OperationalError, OSError) as fault:
                logger.warning("relay waits: %s", type(fault).__name__)
                close_old_connections()
                stop.wait(2)
            turn += 1
            stop.wait(PAUSE_SECONDS)
