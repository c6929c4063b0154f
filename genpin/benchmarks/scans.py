"""P2: the same installation by a scan, through the web server as shipped, with one client and with four.

A client is a signed-in person at a station: session cookie, CSRF token, scans counted in order, one connection kept
open. Server, clients and database share the machine's cores, as they do in a small plant.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import OperatorSession, User
from accounts.operations.people import register_person
from accounts.operations.sessions import start_session
from assembly.models import Build
from genpin.benchmarks.operations import Script, limit_rate
from genpin.benchmarks.plant import PLACES, Bench
from genpin.embedded import children, home
from genpin.supervisor import Supervisor

ROUNDS = 10
ALONE, TOGETHER = 20, 10
"""Scans of one client in a round: when it is alone, and when it is one of four."""
CLIENTS = 4
GOAL, SPREAD = 0.25, 5.0
TOKEN = "b" * 32


def measure(bench: Bench, url: str, script: Script) -> dict[str, Any]:
    """Scans a second and their latencies, in turn with P1's limit."""
    with _web_server(url) as address:
        clients = [_client(bench, address, number) for number in range(CLIENTS)]
        for client in clients:
            client.make_room(ALONE)
            client.scan_all(ALONE)  # warm: each worker process has read its code, each connection its plans
        limit, alone, together = _rounds(bench, url, script, clients)
    one, four = _figures(alone, limit), _figures(together, limit)
    return {
        "row": "P2",
        "what": "the same by POST /api/scans/, web server as shipped, 1 and 4 clients",
        "limit": "P1's limit",
        "limit_per_second": median(limit),
        "one_client": one,
        "four_clients": four,
        "per_second": four["per_second"],
        "ratio": min(one["ratio"], four["ratio"]),
        "goal": f"ratio >= {GOAL} with one and with four; p99 <= {SPREAD:g} x p50",
        "met": min(one["ratio"], four["ratio"]) >= GOAL
        and all(figures["p99_ms"] <= SPREAD * figures["p50_ms"] for figures in (one, four)),
    }


Measured = list[tuple[float, list[float]]]


def _rounds(bench: Bench, url: str, script: Script, clients: list[_Client]) -> tuple[list[float], Measured, Measured]:
    limit: list[float] = []
    alone: Measured = []
    together: Measured = []
    with psycopg.connect(url, prepare_threshold=0, autocommit=True) as bare:
        limit_rate(bench, script, bare)
        for _turn in range(ROUNDS):
            for client in clients:
                client.make_room(ALONE + TOGETHER)
            limit.append(limit_rate(bench, script, bare))
            start = perf_counter()
            latencies = clients[0].scan_all(ALONE)
            alone.append((ALONE / (perf_counter() - start), latencies))
            start = perf_counter()
            with ThreadPoolExecutor(CLIENTS) as threads:
                found = list(threads.map(lambda client: client.scan_all(TOGETHER), clients))
            rate = CLIENTS * TOGETHER / (perf_counter() - start)
            together.append((rate, [one for latencies in found for one in latencies]))
    return limit, alone, together


def _figures(rounds: Measured, limit: list[float]) -> dict[str, float]:
    latencies = [1000 * one for _rate, latencies in rounds for one in latencies]
    hundredths = quantiles(latencies, n=100)
    return {
        "per_second": median(rate for rate, _latencies in rounds),
        "ratio": median(rate / bare for (rate, _latencies), bare in zip(rounds, limit, strict=True)),
        "p50_ms": hundredths[49],
        "p99_ms": hundredths[98],
        "scans": float(len(latencies)),
    }


@dataclass
class _Client:
    """A tablet at a station: one connection, one operator session, scans numbered from one."""

    bench: Bench
    door: http.client.HTTPConnection
    cookies: str
    session: str
    seq: int = 0
    serials: list[str] = field(default_factory=list)

    def scan_all(self, count: int) -> list[float]:
        """So many units into the tray in hand. Seconds of each."""
        seconds = []
        for _turn in range(count):
            serial = self.serials.pop()
            start = perf_counter()
            self._scan(serial)
            seconds.append(perf_counter() - start)
        return seconds

    def make_room(self, count: int) -> None:
        """Take up a fresh tray when the one in hand has too few places left."""
        if len(self.serials) >= count:
            return
        before = set(self.bench.slots)
        self.bench.grow()
        fresh = [slot for slot in self.bench.slots if slot not in before]
        self.bench.slots = [slot for slot in self.bench.slots if slot in before]
        self.serials, self.bench.serials = self.bench.serials[:PLACES], self.bench.serials[PLACES:]
        self._scan(Build.objects.select_related("unit").get(slots=fresh[0]).unit.tag)

    def _scan(self, text: str) -> None:
        self.seq += 1
        body = {
            "id": str(uuid.uuid4()), "operator_session": self.session, "seq": self.seq, "station": "BENCH",
            "text": text,
        }  # fmt: skip
        headers = {"Content-Type": "application/json", "Cookie": self.cookies, "X-CSRFToken": TOKEN}
        self.door.request("POST", "/api/scans/", json.dumps(body), headers)
        answer = self.door.getresponse()
        said = answer.read()
        if answer.status != 200 or json.loads(said)["state"] not in ("ok", "run"):
            raise RuntimeError(f"the scan was not taken: {answer.status} {said[:300]!r}")


def _client(bench: Bench, address: tuple[str, int], number: int) -> _Client:
    person = register_person(
        caller=bench.caller(), username=f"tablet-{uuid.uuid4().hex[:6]}", name_ja=f"端末{number}",
        name_en=f"Tablet {number}", roles=["line"],
    )  # fmt: skip
    session: OperatorSession = start_session(
        caller=Bench(User.objects.get(pk=person.pk)).caller(), station_code="BENCH"
    )
    store = SessionStore()
    store.update(
        {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: person.get_session_auth_hash(),
            "operator_session": str(session.pk),
            "station": "BENCH",
        }
    )
    store.create()
    cookies = f"{settings.SESSION_COOKIE_NAME}={store.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    door = http.client.HTTPConnection(*address, timeout=30)
    door.connect()
    door.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _Client(bench, door, cookies, str(session.pk))


@contextmanager
def _web_server(url: str) -> Iterator[tuple[str, int]]:
    """The web server by the supervisor's own command, on a free port, on the benchmark's database."""
    state = home.make_home(Path(settings.GENPIN_HOME) / "bench-web")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    workers = max(1, min(len(os.sched_getaffinity(0)), 8))
    supervisor = Supervisor(state=state, bind=("127.0.0.1", port), demo=False, workers=workers)
    command = next(child.command for child in supervisor.children if child.name == "web")
    environment = {
        **os.environ, "DATABASE_URL": url, "GENPIN_HOME": str(state), "GENPIN_SECRET_KEY": settings.SECRET_KEY,
        "GENPIN_PROCESS": "web", "DJANGO_SETTINGS_MODULE": "genpin.settings", "PYTHONPATH": str(settings.BASE_DIR),
    }  # fmt: skip
    with (state / "web.log").open("wb") as log:
        process = children.start(command, output=log.fileno(), environment=environment)
    try:
        _wait_for(process, port, state / "web.log")
        yield "127.0.0.1", port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        children.stop(process, signal.SIGKILL, 10)
        supervisor.servers.stop()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _turn in home.pauses(60, step=0.1):
        if process.poll() is not None:
            break
        with suppress(OSError, http.client.HTTPException):
            door = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            door.request("GET", "/healthz")
            if door.getresponse().status == 200:
                return
    raise RuntimeError(f"the web server does not answer:\n{log.read_text(errors='replace')[-2000:]}")
