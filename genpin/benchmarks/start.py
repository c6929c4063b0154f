"""P13: a second start with the demo plant, to the first page, beside what no start can do without.

The limit is measured in the same way, by processes: the interpreter with Django set up, and the embedded database
started and stopped, one after the other. Needs a home whose demo plant is loaded already; a small one is loaded first
where there is none, and that first start is not measured.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings

from genpin.embedded import home, postgres

ROUNDS = 3
GOAL_RATIO, GOAL_SECONDS = 2.0, 10.0
PATIENCE = 900.0
"""Seconds for the first start, which loads the demo plant."""


def measure() -> dict[str, Any]:
    """Seconds of a start and of the limit, in turn, medians of the rounds."""
    state = home.make_home(Path(settings.GENPIN_HOME) / "bench-start")
    _start(state)
    ours, limit = [], []
    for _turn in range(ROUNDS):
        ours.append(_start(state))
        limit.append(_seconds(_set_up_django) + _seconds(lambda: _start_database(state)))
    seconds, bare = median(ours), median(limit)
    return {
        "row": "P13",
        "what": "second `up --demo`, from the command to the first page",
        "seconds": seconds,
        "limit": "interpreter with Django set up, then the database started",
        "limit_seconds": bare,
        "ratio": median(mine / theirs for mine, theirs in zip(ours, limit, strict=True)),
        "goal": f"ratio <= {GOAL_RATIO:g}, seconds <= {GOAL_SECONDS:g}",
        "met": seconds <= GOAL_RATIO * bare and seconds <= GOAL_SECONDS,
    }


def _start(state: Path) -> float:
    """Start, ask for the sign-in page until it comes, stop."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = _environment(state) | {"PORT": str(port), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "up", "--demo"]
    with (state / "up.log").open("wb") as log:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            _until_answered(process, port, state / "up.log")
            return time.perf_counter() - start
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(60)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _until_answered(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _turn in home.pauses(PATIENCE, step=0.02):
        if process.poll() is not None:
            break
        with suppress(OSError, http.client.HTTPException):
            door = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            door.request("GET", "/login/")
            if door.getresponse().status == 200:
                return
    raise RuntimeError(f"`up --demo` did not come up:\n{log.read_text(errors='replace')[-2000:]}")


def _set_up_django() -> None:
    program = "import django; django.setup()"
    environment = _environment(Path(settings.GENPIN_HOME)) | {"DJANGO_SETTINGS_MODULE": "genpin.settings"}
    subprocess.run([sys.executable, "-c", program], env=environment, cwd=settings.BASE_DIR, check=True)


def _start_database(state: Path) -> None:
    server = postgres.EmbeddedPostgres(state, output=subprocess.DEVNULL)
    if not server.take(30):
        raise home.CannotStart("The home of this benchmark is in use.")
    server.start()
    _stopping.append(server)


_stopping: list[postgres.EmbeddedPostgres] = []


def _seconds(work: Callable[[], None]) -> float:
    """Seconds of the work alone; a database it started is stopped afterwards."""
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    while _stopping:
        _stopping.pop().stop()
    return seconds


def _environment(state: Path) -> dict[str, str]:
    """No database or broker of somebody else's: the embedded ones are what is measured."""
    ours = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "BROKER_URL")}
    return {**ours, "GENPIN_HOME": str(state), "PYTHONPATH": str(settings.BASE_DIR)}
