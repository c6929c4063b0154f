"""Waiting for something that a browser brings about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def until(page: Any, holds: Callable[[], object], seconds: float = 30) -> None:
    """Until it holds, the browser going on.

    For what no locator can see; `playwright.sync_api.expect` waits for all else. Not `page.wait_for_function`: it polls
    by eval inside the page, which our own Content-Security-Policy refuses unless the first look already succeeds.
    """
    for _turn in range(int(seconds * 20)):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"It did not happen within {seconds} s: {page.inner_text('body')[:2000]}")
