"""The shipped product as processes, and a browser to look at it.

`live_plant`: web server, worker, relay and broker on the test's own committed database; mark the test `commits` too.
`page`: a Japanese page of Chromium that fails the test on any content-security report or script error.
"""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from genpin import live, turns
from genpin.embedded import children, home, valkey
from tests.database import CHECKOUT

SKIPPED = "no Chromium here: the browser tests are skipped (CI installs one)"
PREPARE = "import django; django.setup(); from genpin import preparation as p; p.prepare_words(); p.prepare_static()"


@dataclass
class Plant:
    """What runs: its address, its state folder, the environment its processes have."""

    url: str
    home: Path
    environment: dict[str, str]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, command: list[str]) -> None:
        """Start a process of the product; its lines go to `<name>.log` in the state folder."""
        with (self.home / f"{name}.log").open("wb") as log:
            environment = {**self.environment, "GENPIN_PROCESS": name}
            self.processes[name] = children.start(command, output=log.fileno(), environment=environment)

    def lines(self, name: str) -> str:
        """What the process has printed."""
        return (self.home / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def wait_for(self, path: str, seconds: float = 60) -> None:
        """Until a GET of the path answers 200."""
        address = self.url.removeprefix("http://")
        for _turn in home.pauses(seconds, step=0.1):
            with contextlib.suppress(OSError, http.client.HTTPException):
                door = http.client.HTTPConnection(address, timeout=5)
                door.request("GET", path)
                if door.getresponse().status == 200:
                    return
            self._fail_on_the_dead()
        pytest.fail(f"{path} does not answer 200.\n" + "\n".join(map(self.lines, self.processes)))

    def stop(self) -> None:
        """End every process, not gently: the database is dropped next."""
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            children.stop(process, signal.SIGKILL, 10)

    def _fail_on_the_dead(self) -> None:
        for name, process in self.processes.items():
            if process.poll() is not None:
                pytest.fail(f"The process {name} ended with {process.returncode}:\n{self.lines(name)}")


@pytest.fixture(scope="session")
def collected_static(request: pytest.FixtureRequest) -> Path:
    """Static files with hashed names, collected once and again when one changed; xdist workers take turns."""
    folder = Path(settings.GENPIN_HOME).parent.parent
    environment = {**os.environ, "GENPIN_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "genpin.settings"}
    for _turn in home.pauses(120):
        lock = home.take_lock(folder / "static.lock")
        if lock is not None:
            with lock:
                subprocess.run([sys.executable, "-c", PREPARE], cwd=CHECKOUT, env=environment, check=True)
            return folder / "static"
    raise RuntimeError("Another worker has been collecting static files for two minutes.")


@pytest.fixture
def live_plant(committed_db: str, collected_static: Path) -> Iterator[Plant]:
    """The shipped web server, worker and relay on this test's database, answering."""
    state = Path(settings.GENPIN_HOME)
    broker = valkey.EmbeddedValkey(state)
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": committed_db,
        "BROKER_URL": valkey.url(state),
        "GENPIN_HOME": str(state),
        "GENPIN_STATIC": str(collected_static),
        "GENPIN_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "genpin.settings",
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONUNBUFFERED": "1",
    }
    plant = Plant(f"http://127.0.0.1:{port}", state, environment)
    try:
        broker.start()
        web = [
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--port",
            str(port),
            "--blocking-threads",
            str(4 + live.MOST + turns.UPLOADS),
            "--no-ws",
        ]
        plant.start("web", [sys.executable, *web, "genpin.wsgi:application"])
        worker = ["-m", "celery", "-A", "genpin.celery", "worker", "--concurrency", "1", "--loglevel", "INFO"]
        plant.start("worker", [sys.executable, *worker, "--without-gossip", "--without-mingle"])
        plant.start("relay", [sys.executable, str(CHECKOUT / "manage.py"), "relay"])
        plant.wait_for("/readyz")
        yield plant
    finally:
        plant.stop()
        broker.stop()


def free_port() -> int:
    """A port nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chromium_program() -> str:
    """Chromium of the distribution, or Chrome; empty when there is none."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))
    return next((path for path in found if path), "")


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A running browser (playwright.sync_api.Browser)."""
    program = chromium_program()
    if not program:
        if os.environ.get("GENPIN_REQUIRE_BROWSER") == "1":
            pytest.fail("GENPIN_REQUIRE_BROWSER=1, but no Chromium was found.")
        pytest.skip(SKIPPED)
    playwright = pytest.importorskip("playwright.sync_api")
    # Playwright's loop runs in this thread, and Django would then refuse every query of the test.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A fresh page, as at a station in Japan; a content-security report or a script error fails the test."""
    context = chromium.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    reports: list[str] = []
    opened.on("pageerror", lambda error: reports.append(str(error)))
    opened.on("console", lambda line: reports.append(line.text) if "Content Security Policy" in line.text else None)
    yield opened
    context.close()
    assert not reports, "\n".join(reports)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say it at the end, where it is seen."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if SKIPPED in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"BROWSER TESTS SKIPPED ({len(skipped)}): {SKIPPED}", red=True, bold=True)
