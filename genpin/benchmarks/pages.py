"""P7: every list and dashboard, warm, in process: queries and server time at each size, beside the same page empty.

The pages are those of the address table that take no argument, so that a new list is measured from its first day. The
limit of a list is itself, asked for what nothing matches: the same layout without rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from genpin import preparation
from genpin.benchmarks.sized import Sized

ROUNDS = 5
QUERIES, GOAL_MS, GROWTH = 12, 100.0, 1.5
NO_LISTS = frozenset(
    {"login", "logout", "home", "set_language", "metrics", "healthz", "readyz", "audit_random", "receiving_home"}
)
"""Addresses without arguments that are doors, not lists."""
NOTHING = {"q": "zzzzzzzz"}

Figures = dict[str, dict[str, float]]


def measure(plant: Sized, smaller: Figures) -> dict[str, Any]:
    """All pages of a plant; `smaller`: what they asked and took in the smaller plant ({} = there is none)."""
    preparation.prepare_words()
    preparation.prepare_static()
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0].lstrip(".")})
    client.force_login(User.objects.get(username="admin"))
    figures = {name: found for name in sorted(list_pages()) if (found := _figures(client, reverse(name)))}
    slowest = max(figures, key=lambda name: figures[name]["milliseconds"])
    many = sorted(name for name, one in figures.items() if one["queries"] > QUERIES)
    slow = sorted(name for name, one in figures.items() if one["milliseconds"] > GOAL_MS)
    grown = sorted(
        name for name, one in figures.items() if name in smaller and one["queries"] != smaller[name]["queries"]
    )
    slower = sorted(
        name
        for name, one in figures.items()
        if name in smaller and one["milliseconds"] > max(GROWTH * smaller[name]["milliseconds"], 20)
    )
    return {
        "row": f"P7 {plant.size}",
        "what": f"{len(figures)} list pages and dashboards, the slowest is {slowest}",
        "seconds": figures[slowest]["milliseconds"] / 1000,
        "limit": "the same page without rows",
        "limit_seconds": figures[slowest]["empty_milliseconds"] / 1000,
        "ratio": figures[slowest]["milliseconds"] / figures[slowest]["empty_milliseconds"],
        "goal": f"<= {QUERIES} queries, <= {GOAL_MS:g} ms, queries as in the smaller plant, <= {GROWTH} x its time",
        "met": not (many or slow or grown or slower),
        "more_queries": many,
        "slow": slow,
        "queries_grew": grown,
        "time_grew": slower,
        "pages": figures,
        "dataset": plant.dataset,
    }


def list_pages() -> Iterator[str]:
    """Names of the addresses that take no argument and answer a person."""
    for name, route in _walk(get_resolver().url_patterns, ""):
        if "<" not in route and not route.startswith(("api/", "admin/", "epcis/")) and name not in NO_LISTS:
            yield name


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            if not one.app_name and not one.namespace:
                yield from _walk(one.url_patterns, route)
        elif isinstance(one, URLPattern) and one.name:
            yield one.name, route


def _figures(client: Client, url: str) -> dict[str, float] | None:
    """Queries and milliseconds; None for what is no page (a form's target, a file, a redirect)."""
    answer = client.get(url)
    if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
        return None
    queries = _counted(client, url)
    return {
        "queries": queries,
        "milliseconds": 1000 * median(_seconds(client, url, {}) for _turn in range(ROUNDS)),
        "empty_milliseconds": 1000 * median(_seconds(client, url, NOTHING) for _turn in range(ROUNDS)),
        "kilobytes": round(len(answer.content) / 1024, 1),
    }


def _counted(client: Client, url: str) -> int:
    heard = 0

    def listen(execute: Any, text: str, values: Any, many: bool, context: Any) -> Any:
        nonlocal heard
        heard += 1
        return execute(text, values, many, context)

    with connection.execute_wrapper(listen):
        client.get(url)
    return heard


def _seconds(client: Client, url: str, query: dict[str, str]) -> float:
    start = perf_counter()
    client.get(url, query)
    return perf_counter() - start
