"""Charts in a real browser under the strict policy: drawn, in both themes, and not one violation."""

import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copy
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from genpin.vega_bundle import write_bundle
from logistics.charts import SCREEN, Sides, Swing, gap_density, tornado

ROOT = Path(__file__).parents[3]
STYLE = """
:root { --s1: #174a84; --s2: #96560a; --ink: #14181a; --ink-2: #495256; --panel: #fff; --line: #ccc; }
[data-theme=dark] { --s1: #8fbdf2; }
"""

pytestmark = pytest.mark.browser


class StrictHandler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "default-src 'self'")
        super().end_headers()

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("static") / "genpin" / "vega.js"
    write_bundle(target)
    return target


@pytest.fixture
def site(tmp_path: Path, bundle: Path) -> Iterator[str]:
    points = [(day / 2, max(0.0, 10 - abs(day / 2 - 2))) for day in range(-20, 30)]
    gap = gap_density(points, Sides("国内が速い 60 %", "台湾が速い 40 %", "日"), palette=SCREEN)
    (tmp_path / "swings.json").write_text(
        json.dumps(tornado([Swing("部材受入", 4.0, -2.0)], 2.0, axis="日", palette=SCREEN))
    )
    (tmp_path / "style.css").write_text(STYLE)
    (tmp_path / "index.html").write_text(
        '<!doctype html><html lang="ja"><meta charset="utf-8"><link rel="stylesheet" href="style.css">'
        '<div data-chart="gap"></div><div data-chart-src="swings.json"></div>'
        f'<script type="application/json" id="gap">{json.dumps(gap)}</script>'
        '<script src="vega.js"></script><script type="module" src="charts.js"></script></html>'
    )
    copy(ROOT / "static" / "genpin" / "charts.js", tmp_path)
    copy(bundle, tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(StrictHandler, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(page: Page) -> Page:
    """The page that fails on a report or a script error, and remembers violations itself too."""
    page.add_init_script(
        "window.broken = []; document.addEventListener('securitypolicyviolation',"
        " (event) => broken.push(event.violatedDirective + ' ' + event.blockedURI));"
    )
    return page


def test_charts_draw_under_the_strict_policy(site: str, page: Page) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(site)
    expect(page.locator("[data-chart-state=drawn]")).to_have_count(2)

    expect(page.locator("svg text", has_text="国内が速い 60 %").first).to_be_visible()
    assert page.locator('svg [fill="rgb(23, 74, 132)"]').count() > 0
    assert page.evaluate("document.querySelectorAll('style').length") == 0
    assert page.evaluate("[...broken]") == []
    assert faults == []


def test_change_of_theme_draws_again_in_its_colours(site: str, page: Page) -> None:
    page.goto(site)
    expect(page.locator("[data-chart-state=drawn]")).to_have_count(2)

    page.evaluate("document.documentElement.dataset.theme = 'dark'")

    page.wait_for_selector('svg [fill="rgb(143, 189, 242)"]', state="attached")
    expect(page.locator('svg [fill="rgb(23, 74, 132)"]')).to_have_count(0)
    assert page.evaluate("[...broken]") == []


def test_bundle_is_made_once_and_whole(bundle: Path) -> None:
    made = bundle.stat()

    write_bundle(bundle)

    assert bundle.stat().st_mtime_ns == made.st_mtime_ns
    assert "vegaEmbed" in bundle.read_text(encoding="utf-8")
    assert [path.name for path in bundle.parent.iterdir()] == ["vega.js"]


def test_bundle_of_another_wheel_is_replaced(bundle: Path) -> None:
    bundle.write_text("// vl-convert-python 0.1\nold", encoding="utf-8")

    write_bundle(bundle)

    assert "vegaEmbed" in bundle.read_text(encoding="utf-8")
