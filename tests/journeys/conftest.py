"""What a failing journey leaves behind to look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Iterator[None]:
    """On failure: where the browser stood and what it showed."""
    outcome: Any = yield
    report = outcome.get_result()
    page = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and page is not None:
        report.sections.append(("browser", f"{page.url}\n{page.locator('body').inner_text()[:3000]}"))
    story = getattr(item, "funcargs", {}).get("story")
    if report.when == "call" and report.failed and story is not None:
        report.sections.append(("web server", story.plant.lines("web")[-4000:]))
