"""The door for the web server (granian, WSGI)."""

import os
import signal
import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

import genpin.celery
from genpin.embedded.children import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genpin.settings")

if os.environ.get("GENPIN_PROCESS") == "web":
    # A web worker must not outlive a killed granian: it would keep the port, and serve old code.
    end_with_parent(signal.SIGTERM, parent=os.getppid())()

celery = genpin.celery.app  # so that a shared_task sent from a page finds our broker


class Turns:
    """Answers so many requests at a time, as the server did when it had so many threads: the other threads are for the
    streams of live boards, which have been answered when they begin to wait."""

    def __init__(self, answer: Callable[..., Iterable[bytes]], at_a_time: int) -> None:
        self.answer, self.turn = answer, threading.BoundedSemaphore(at_a_time)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self.turn:
            return self.answer(environ, start_response)


application = Turns(get_wsgi_application(), 4)
