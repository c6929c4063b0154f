"""Pictures of a running demo for README.md and docs/, into docs/screens/: `make screenshots` while `make demo` runs.

    python scripts/screenshots.py [--url http://localhost:8000] [--logins FILE] [--only NAME …]

Signs in as the people of the demo, with the words of GENPIN_HOME/demo-logins.txt. Names of the files are fixed; what is
on the pages is whatever the plant does at that moment. A browser of the distribution, nothing downloaded.
"""

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymupdf
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER = CHECKOUT / "docs" / "screens"
OFFICE, FLOOR = (1440, 900), (1180, 820)
KILOBYTES = 300
"""Larger pictures are drawn with 256 colours."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
Find = Callable[[Page], str]


@dataclass(frozen=True)
class Picture:
    """One picture: who looks, at what. `find` gives the address where it depends on the plant."""

    name: str
    person: str
    find: Find
    size: tuple[int, int] = OFFICE
    language: str = "ja"
    theme: str = "light"
    scans: tuple[Find, ...] = ()
    whole: bool = False


def at(address: str) -> Find:
    """A fixed address."""
    return lambda _page: address


def row(listing: str, words: str, take: str = "link") -> Find:
    """The first row of a list that holds these words (a pattern), else its first row: what it links to, or what its
    column `take` says. So no serial is written down here."""

    def find(page: Page) -> str:
        page.goto(listing)
        rows = page.locator("tbody tr")
        telling = rows.filter(has_text=re.compile(words))
        chosen = (telling if telling.count() else rows).first
        if not rows.count():
            sys.exit(f"{listing} is empty: is the demo plant loaded?")
        if take == "link":
            return chosen.locator("a").first.get_attribute("href") or listing
        return chosen.locator(take).first.inner_text().strip()

    return find


def link(listing: str, beginning: str) -> Find:
    """The first link of a page that begins like this."""

    def find(page: Page) -> str:
        page.goto(listing)
        return page.locator(f'a[href^="{beginning}"]').first.get_attribute("href") or listing

    return find


def audited(page: Page) -> str:
    """The record of the rack whose page is shown."""
    page.goto(f"/audit/?q={RACK(page).split('/')[2]}")
    return urllib.parse.urlsplit(page.url).path


def badge_asked(page: Page) -> str:
    """Registers this browser to a station; then nobody is signed in: what the next person meets."""
    page.goto("/devices/")
    page.select_option("[name=station]", "A1")
    page.fill("[name=name]", f"pictures {time.time():.0f}")
    page.locator("section[aria-labelledby=new-h] form button").click()
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies(name="genpin_session")
    return "/bench/"


RACK = row("/racks/", r"\b350\b")
FILLED = row("/racks/", r"\b230\b", take="a")
BOARD = row("/holds/", "900-2G548", take="a[href^='/units/']")
INSPECTED = link("/inspections/", "/inspections/IQ")
TRAVELLER = "traveller"
REFUSED = (FILLED, BOARD)
FLOOR_PAGES: tuple[tuple[str, str, Find, tuple[Find, ...]], ...] = (
    ("stations", "mei", at("/stations/"), ()),
    ("station", "mei", at("/stations/A2/"), (FILLED,)),
    ("receiving", "mei", at("/receiving/R1/"), ()),
    ("kits", "mei", at("/kitting/"), ()),
    ("kit", "mei", link("/kitting/", "/kitting/KT"), ()),
    ("inspections", "mei", at("/inspections/"), ()),
    ("inspection", "tanaka", lambda page: INSPECTED(page) + "bench/", ()),
    ("badge", "admin", badge_asked, ()),
    ("test-station", "kenji", at("/stations/T2/"), ()),
    ("packing", "mei", at("/stations/P1/"), ()),
    ("trays", "mei", at("/builds/"), ()),
    ("nonconformity-report", "mei", at("/nonconformities/new/"), ()),
    ("test-files", "kenji", at("/stations/tests/"), ()),
    ("nonconformities", "tanaka", at("/nonconformities/"), ()),
    ("differences", "mei", at("/discrepancies/"), ()),
    ("refused-scans", "daiki", at("/scan-conflicts/"), ()),
    ("andon", "daiki", at("/andon/"), ()),
    ("who-works-where", "daiki", at("/stations/people/"), ()),
    ("scanner", "mei", at("/scanner/"), ()),
)
"""Floor pages, taken at tablet size in both languages: name, who looks, at what, what was scanned before."""

PICTURES = (
    *(
        Picture(f"floor/{name}{'.en' if language == 'en' else ''}", person, find, FLOOR, language, scans=scans)
        for name, person, find, scans in FLOOR_PAGES
        for language in ("ja", "en")
    ),
    Picture("recall", "tanaka", link("/recall/", "/recall/RC-"), whole=True),
    Picture("build-orders", "plan", at("/planning/orders/")),
    Picture("control-tower", "rosa", at("/control-tower/"), whole=True),
    Picture("control-tower.en.dark", "rosa", at("/control-tower/"), language="en", theme="dark"),
    Picture("racks", "plan", at("/racks/")),
    Picture("rack", "plan", RACK, whole=True),
    Picture("rack.en.dark", "plan", RACK, language="en", theme="dark"),
    Picture("station", "mei", at("/stations/A2/"), FLOOR, scans=(FILLED,)),
    Picture("station-refused", "mei", at("/stations/A2/"), FLOOR, scans=REFUSED),
    Picture("station-refused.en.dark", "mei", at("/stations/A2/"), FLOOR, "en", "dark", scans=REFUSED),
    Picture("burn-in", "kenji", at("/burn-in/"), whole=True),
    Picture("burn-in.dark", "kenji", at("/burn-in/"), theme="dark"),
    Picture("burn-in-run", "kenji", link("/burn-in/", "/burn-in/A-"), whole=True),
    Picture("nonconformity", "tanaka", row("/nonconformities/", "BURN"), whole=True),
    Picture("shipment", "rosa", row("/shipments/", "志布志"), whole=True),
    Picture("loading-board", "rosa", at("/shipments/plan/")),
    Picture("disruption", "rosa", row("/disruptions/", "志布志"), whole=True),
    Picture("disruption.en", "rosa", row("/disruptions/", "志布志"), language="en"),
    Picture("lead-times", "rosa", at("/lead-times/"), whole=True),
    Picture("lead-times.en", "rosa", at("/lead-times/"), language="en"),
    Picture("scenario", "rosa", row("/lead-times/scenarios/", ".")),
    Picture("saved-comparison", "rosa", row("/lead-times/saved/", "LC")),
    Picture("forecast-record", "rosa", at("/lead-times/record/")),
    Picture("map", "rosa", at("/control-tower/map/")),
    Picture("map.en.dark", "rosa", at("/control-tower/map/"), language="en", theme="dark"),
    Picture("exceptions", "rosa", at("/exceptions/")),
    Picture("racks-over-time", "rosa", at("/lead-times/racks/")),
    Picture("lanes", "rosa", at("/lead-times/lanes/")),
    Picture("suppliers", "rosa", at("/control-tower/suppliers/")),
    Picture("weekly-reports", "rosa", at("/weekly-reports/")),
    Picture("yield", "tanaka", at("/quality/yield/")),
    Picture("yield.en", "tanaka", at("/quality/yield/"), language="en"),
    Picture("burn-in-schedule", "kenji", at("/burn-in/schedule/")),
    Picture("burn-in-schedule.en.dark", "kenji", at("/burn-in/schedule/"), language="en", theme="dark"),
    Picture("audit", "aud", audited),
)


def main() -> int:
    """Take the pictures named, or all."""
    wish = arguments()
    refuse_without_japanese()
    told = Path(wish.logins).read_text(encoding="utf-8") if Path(wish.logins).exists() else ""
    if not told:
        sys.exit(f"{wish.logins} is not there: start `make demo` first, or name the file by --logins.")
    passwords = passwords_in(told)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_here())
        for person in dict.fromkeys(one.person for one in PICTURES):
            mine = [one for one in PICTURES if one.person == person and wanted(one.name, wish.only)]
            for one in mine:
                with signed_in(browser, wish.url, person, passwords, one) as page:
                    take(page, one)
        if wanted(TRAVELLER, wish.only):
            anybody = Picture(TRAVELLER, "plan", RACK)
            with signed_in(browser, wish.url, "plan", passwords, anybody) as page:
                draw_traveller(page)
        browser.close()
    return 0


def arguments() -> argparse.Namespace:
    """What the caller wants."""
    home = Path(os.environ.get("GENPIN_HOME") or CHECKOUT / ".genpin")
    reader = argparse.ArgumentParser(description="Pictures of a running demo.")
    reader.add_argument("--url", default=f"http://localhost:{os.environ.get('PORT') or 8000}", help="where it answers")
    reader.add_argument("--logins", default=str(home / "demo-logins.txt"), help="the file of the demo's logins")
    reader.add_argument("--only", nargs="*", default=[], metavar="NAME", help="only these pictures")
    return reader.parse_args()


def wanted(name: str, only: list[str]) -> bool:
    return not only or name in only


def refuse_without_japanese() -> None:
    """Boxes instead of letters would be found by nobody."""
    lister = shutil.which("fc-list")
    fonts = (
        subprocess.run([lister, ":lang=ja", "family"], capture_output=True, text=True, check=False) if lister else None
    )
    if fonts is None or not fonts.stdout.strip():
        sys.exit(
            "No Japanese typeface is installed, so the pictures would show boxes. On Debian: apt install fonts-noto-cjk"
        )


def browser_here() -> str:
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    sys.exit("No Chromium is installed. On Debian: apt install chromium")


def passwords_in(told: str) -> dict[str, str]:
    """name → password, by the words of the logins' table: the name begins a line, the password follows."""
    rows = re.findall(r"(?m)^\s*([a-z]+)\s+(\S+)", told)
    return dict(reversed(rows))


@contextmanager
def signed_in(browser: Browser, url: str, person: str, passwords: dict[str, str], one: Picture) -> Iterator[Page]:
    """A page of somebody's browser, in the picture's language, appearance and size."""
    width, height = one.size
    host = urllib.parse.urlsplit(url).hostname or "localhost"
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": height}, locale=one.language,
        color_scheme="dark" if one.theme == "dark" else "light", reduced_motion="reduce",
    )  # fmt: skip
    cookies = {"genpin_theme": one.theme, "genpin_language": one.language}
    context.add_cookies([{"name": name, "value": text, "domain": host, "path": "/"} for name, text in cookies.items()])
    page = context.new_page()
    page.goto("/login/")
    page.fill("input[name=username]", person)
    page.fill("input[name=password]", passwords.get(person, ""))
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    if "/login/" in page.url:
        sys.exit(f"{person} could not sign in at {url}.")
    yield page
    context.close()


def take(page: Page, one: Picture) -> None:
    """Go there, scan what is to be scanned, wait until it is drawn, keep it."""
    texts = [find(page) for find in one.scans]
    page.goto(one.find(page))
    for text in texts:
        page.fill("#scan", text)
        with page.expect_response("**/api/scans/"):
            page.press("#scan", "Enter")
        page.wait_for_timeout(500)  # the answer is drawn
    settle(page)
    keep(page.screenshot(full_page=one.whole), f"{one.name}.png")


def settle(page: Page) -> None:
    """Charts are drawn when each has its picture."""
    page.wait_for_load_state("networkidle")
    undrawn = page.locator("[data-chart]:not(:has(svg, canvas)), [data-chart-src]:not(:has(svg, canvas))")
    expect(undrawn).to_have_count(0, timeout=20_000)


def draw_traveller(page: Page) -> None:
    """The first page of a rack's traveller, as the product presses it."""
    number = RACK(page).split("/")[2]
    answer = page.request.get(f"/documents/traveller/{number}.pdf?lang=ja")
    paper = pymupdf.open(stream=answer.body(), filetype="pdf")  # type: ignore[no-untyped-call]
    keep(paper[0].get_pixmap(dpi=110).tobytes("png"), f"{TRAVELLER}.png")  # type: ignore[no-untyped-call]


def keep(png: bytes, name: str) -> None:
    """Write it, with fewer colours when it is large."""
    if len(png) > KILOBYTES * 1024:
        small = Image.open(io.BytesIO(png)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
        out = io.BytesIO()
        small.save(out, "PNG", optimize=True)
        png = out.getvalue()
    (FOLDER / name).parent.mkdir(exist_ok=True)
    (FOLDER / name).write_bytes(png)
    print(f"docs/screens/{name}  {len(png) // 1024} kB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
