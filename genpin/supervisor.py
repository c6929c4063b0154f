"""`manage.py up`: the whole product as one foreground process that starts, watches and stops all others.

One thread: the kernel ends our children when the *thread* that started them is gone, and a fork beside threads is
unsafe.
"""

import contextlib
import http.client
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management import call_command

from genpin import live, preparation, turns
from genpin.embedded import children
from genpin.embedded.home import CannotStart
from genpin.servers import Servers

SLOWEST_RESTART = 30.0  # seconds
LIVED_WELL = 60.0  # a process that ran this long starts again at once
PATIENCE = 120.0  # from the first process to READY
STOP_SECONDS = 15.0


class Ending(Exception):
    """A signal came while things were being prepared."""


@dataclass
class Child:
    """A process of the product: its command, and how its starts went."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    failures: int = 0
    next_start: float = 0.0
    rest: bytes = field(default=b"", repr=False)


class Supervisor:
    """Servers, preparation, processes, READY; then restarts until a signal; then all of it backwards."""

    def __init__(self, *, state: Path, bind: tuple[str, int], demo: bool, workers: int) -> None:
        self.state = state
        self.host, self.port = bind
        self.demo = demo
        self.logins = state / "demo-logins.txt"
        self.servers = Servers(state)
        self.children = [Child(name, command) for name, command in self._commands(workers).items()]
        self.pipes = selectors.DefaultSelector()
        self.ending = False
        self.preparing = True
        self.ready = False

    def run(self) -> int:
        """Run until SIGINT or SIGTERM (0), or until it is clear that it cannot (1)."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)
        try:
            self._prepare()
            self.preparing = False
            self._watch()
        except Ending:
            pass
        except CannotStart as reason:
            say("genpin", str(reason))
            return 1
        except BrokenPipeError:  # whoever read our lines is gone
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        finally:
            self.preparing = False
            self._stop()
        return 0

    def _note_signal(self, number: int, frame: FrameType | None) -> None:
        self.ending = True
        if self.preparing:
            self.preparing = False
            raise Ending

    def _prepare(self) -> None:
        (self.state / "stopping").unlink(missing_ok=True)
        say("genpin", f"preparing database, words and static files; state in {self.state}")
        self.servers.start()
        preparation.prepare_words()
        preparation.prepare_database()
        preparation.prepare_static()
        preparation.prepare_fonts()
        if self.demo:
            self._load_demo()

    def _load_demo(self) -> None:
        """`load_demo` decides itself whether the database is empty. Loading for minutes is a process's work; to look
        again at a later start is done here, which saves two seconds of imports.
        """
        if self.logins.exists():
            call_command("load_demo")
            preparation.leave_database()
            return
        say("genpin", "loading the demo plant, if the database is empty")
        loading = children.start(self._manage("load_demo"), environment=self._environment("demo"))
        try:
            status = loading.wait()
        finally:
            children.stop(loading, signal.SIGTERM, STOP_SECONDS)
        if status != 0:
            raise CannotStart("The demo plant could not be loaded; the reason is above.")

    def _watch(self) -> None:
        """The web server comes first and alone: five processes that import at once on two cores take twice as long."""
        first = time.monotonic()
        while not self.ending:
            for child in self.children:
                if self.ready or child.name == "web":
                    self._tend(child)
            self.servers.tend()
            self._pass_lines_on(0.2 if self.ready else 0.05)
            if not self.ready:
                self._look_for_ready(first)

    def _tend(self, child: Child) -> None:
        """Start the process, or start it again: at once after a good life, else 1, 2, 4 … 30 s later."""
        now = time.monotonic()
        if child.process is not None:
            status = child.process.poll()
            if status is None:
                return
            self._bury(child)
            child.failures = 0 if now - child.started > LIVED_WELL else child.failures + 1
            pause = min(2.0 ** (child.failures - 1), SLOWEST_RESTART) if child.failures else 0.0
            child.next_start = now + pause
            say("genpin", f"{child.name} ended with status {status}; starts again in {pause:.0f} s")
        if now >= child.next_start:
            environment = self._environment(child.name)
            child.process = children.start(child.command, output=subprocess.PIPE, environment=environment)
            child.started = now
            assert child.process.stdout is not None
            os.set_blocking(child.process.stdout.fileno(), False)
            self.pipes.register(child.process.stdout, selectors.EVENT_READ, child)

    def _bury(self, child: Child) -> None:
        """Print its last lines and end what it started: a killed web server leaves workers that hold the port."""
        assert child.process is not None and child.process.stdout is not None
        self._read(child)
        self.pipes.unregister(child.process.stdout)
        child.process.stdout.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process = None

    def _pass_lines_on(self, seconds: float) -> None:
        for key, _events in self.pipes.select(seconds):
            if not self._read(key.data):
                time.sleep(0.01)  # closed, but the process is not gone yet

    def _read(self, child: Child) -> bool:
        """Print whole lines with the process's name before them; false at the end of the stream."""
        assert child.process is not None and child.process.stdout is not None
        chunk = child.process.stdout.read(65536)
        if chunk:
            *lines, child.rest = (child.rest + chunk).split(b"\n")
            for line in lines:
                say(child.name, line.decode("utf-8", "replace"))
        return chunk != b""

    def _look_for_ready(self, first: float) -> None:
        worst = max(self.children, key=lambda child: child.failures)
        if worst.failures >= 5 or time.monotonic() - first > PATIENCE:
            raise CannotStart(f"Not ready: see the lines of {worst.name} above.")
        with contextlib.suppress(OSError, http.client.HTTPException):
            door = http.client.HTTPConnection(self._local_host().strip("[]"), self.port, timeout=2)
            door.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0].lstrip(".")})
            self.ready = door.getresponse().status == 200
            door.close()
        if self.ready:
            self._greet()

    def _greet(self) -> None:
        if self.demo and self.logins.exists():
            say("genpin", "demo logins:\n" + self.logins.read_text(encoding="utf-8").rstrip())
        print(f"READY http://{self._local_host()}:{self.port}/", flush=True)

    def _local_host(self) -> str:
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host
        return f"[{host}]" if ":" in host else host

    def _stop(self) -> None:
        """First the processes, which finish what they have begun, then broker and database."""
        (self.state / "stopping").touch()  # live boards hold a thread each: their streams end first
        running = [(child, child.process) for child in self.children if child.process is not None]
        if running:
            say("genpin", "stopping")
        for _child, process in running:
            process.terminate()
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end and any(process.poll() is None for _child, process in running):
            self._pass_lines_on(0.05)
        for child, _process in running:
            self._bury(child)
        self.servers.stop()

    def _environment(self, name: str) -> dict[str, str]:
        own = {"GENPIN_PROCESS": name, "GENPIN_HOME": str(self.state), "PYTHONUNBUFFERED": "1"}
        if self.demo:
            own["GENPIN_DEMO"] = "1"
        return {**os.environ, **self.servers.urls(), **own, "DJANGO_SETTINGS_MODULE": "genpin.settings"}

    def _manage(self, command: str) -> list[str]:
        return [sys.executable, str(settings.BASE_DIR / "manage.py"), command]

    def _commands(self, workers: int) -> dict[str, list[str]]:
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", self.host, "--port", str(self.port)]
        web += [
            "--workers",
            str(workers),
            "--blocking-threads",
            str(4 + live.MOST + turns.UPLOADS),
            "--no-ws",
            "--respawn-failed-workers",
        ]
        web += ["--workers-kill-timeout", "5", "--log-level", "warning", "genpin.wsgi:application"]
        celery = [
            sys.executable,
            "-W",
            "ignore:You're running the worker",
            "-m",
            "celery",
            "-A",
            "genpin.celery",
            "--quiet",
        ]
        worker = [*celery, "worker", "--concurrency", str(workers), "-n", "genpin@%h", "--loglevel", "INFO"]
        worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        schedule = self.state / "beat"
        schedule.mkdir(exist_ok=True)
        beat = [*celery, "beat", "-s", str(schedule / "schedule"), "--pidfile=", "--loglevel", "INFO"]
        return {"web": web, "worker": worker, "beat": beat, "relay": self._manage("relay")}


def say(name: str, text: str) -> None:
    """One prefixed line, or several."""
    for line in text.split("\n"):
        print(f"{name:<8}| {line}", flush=True)
