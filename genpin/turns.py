"""How many requests a web process answers at a time, and what a slow sender holds meanwhile: a thread, nothing else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

LONG = 1024 * 1024
"""Bytes of a body from which its sender may be slow: it takes one of the places."""
UPLOADS = int(os.environ.get("GENPIN_UPLOADS", "4"))
"""Long bodies that one web process takes at a time; `up` gives the server a thread for each. Who comes after is told to
come again."""
CROWDED = "genpin.crowded"
"""In the request's environment: all places for long bodies are taken."""


class CutOff(OSError):
    """The sender went away in the middle: what came is no file."""


class Turns:
    """Answers so many requests at a time, as the server did when it had so many threads: the other threads are for the
    streams of live boards, which have been answered when they begin to wait, and for bodies that are on their way."""

    def __init__(self, answer: Callable[..., Iterable[bytes]], at_a_time: int, uploads: int = UPLOADS) -> None:
        self.answer, self.turn = answer, threading.BoundedSemaphore(at_a_time)
        self.places = threading.BoundedSemaphore(uploads)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or len(length) > 15 or int(length) <= LONG:
            with self.turn:
                return self.answer(environ, start_response)
        return self._long(environ, start_response, int(length))

    def _long(self, environ: dict[str, Any], start_response: Callable[..., Any], length: int) -> Iterable[bytes]:
        place = self.places.acquire(blocking=False)
        environ[CROWDED] = not place
        environ["wsgi.input"] = Body(environ["wsgi.input"], length, self.turn)
        try:
            with self.turn:
                return self.answer(environ, start_response)
        finally:
            if place:
                self.places.release()


class Body:
    """A long body: whoever waits for its next bytes lets others have the turn, and the connection to the database."""

    def __init__(self, body: Any, length: int, turn: threading.BoundedSemaphore) -> None:
        self.body, self.left, self.turn = body, length, turn

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises CutOff when the sender goes away before the end."""
        return self._next(self.body.read, size)

    def readline(self, size: int = -1) -> bytes:
        """The next line, or a part of it; raises as read does."""
        return self._next(self.body.readline, size)

    def _next(self, ask: Callable[[int], bytes], size: int) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        if not wanted:
            return b""
        if not connection.in_atomic_block:
            connection.close()
        self.turn.release()
        try:
            found = ask(wanted)
        finally:
            self.turn.acquire()
        if not found:
            raise CutOff("the body ended early")
        self.left -= len(found)
        return found
