"""A tablet at a station of the running product: a browser of its own, hands on a scanner, a line that can be cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cast import PASSWORD
from tests.plant import Plant
from tests.waiting import until

SIZE = {"width": 1180, "height": 820}
SETTLED = "[data-queue] [data-mark=stop], [data-queue] [data-mark=ok]"


class Tablet:
    """One device: its own cookies, its own store."""

    def __init__(self, chromium: Any, plant: Plant, station: str = "A1") -> None:
        self.plant, self.station = plant, station
        self.context = chromium.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport=SIZE)
        self.page = self.context.new_page()
        self.reports: list[str] = []
        self.page.on("pageerror", lambda fault: self.reports.append(str(fault)))
        self.page.on("console", self._note)

    def _note(self, line: Any) -> None:
        if "Content Security Policy" in line.text:
            self.reports.append(line.text)

    def sign_in(self, name: str = "mei") -> None:
        """Name and password, then the station; the worker has kept the page."""
        self.page.goto(f"{self.plant.url}/login/")
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form[method=post] button[data-kind=primary]")
        self.page.wait_for_url(lambda url: "/login/" not in url)
        self.open()

    def open(self) -> None:
        """The station's page, kept by the worker."""
        self.page.goto(f"{self.plant.url}/stations/{self.station}/")
        self.until("async () => (await navigator.serviceWorker.ready).active.state === 'activated'")
        self.until(f"async () => (await {KEPT}).includes('/stations/{self.station}/')")

    def scan(self, text: str) -> None:
        """What the gun does."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def scanned(self, text: str) -> None:
        """Scan with a line: the answer is there."""
        with self.page.expect_response(lambda reply: reply.url.endswith("/api/scans/")):
            self.scan(text)
        self.until("() => !document.querySelector('.answer[data-state=queued]')")

    def cut(self) -> None:
        """The network is gone, for the page and for the worker."""
        self.context.set_offline(True)

    def join(self) -> None:
        """The network is back."""
        self.context.set_offline(False)

    def kept(self) -> int:
        """Lines of the queue on the page."""
        return int(self.page.locator("[data-queue] li").count())

    def until(self, script: str, seconds: float = 30) -> None:
        """Until the script answers true in the page. Asked from here: the page's own policy refuses a polled text."""
        self.wait(lambda: self.page.evaluate(f"async () => await ({script})()"), seconds)

    def wait(self, holds: Callable[[], bool], seconds: float = 30) -> None:
        """Until it holds here, the browser going on."""
        until(self.page, holds, seconds)

    def close(self) -> None:
        """Nothing was reported."""
        self.context.close()
        assert not self.reports, "\n".join(self.reports)


KEPT = """(async () => {
  const found = [];
  for (const name of await caches.keys()) if (name.startsWith('genpin-pages-'))
    for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
  return found;
})()"""
"""The pages that a device keeps, as a script."""
