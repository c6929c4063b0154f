"""A signed-in browser for page tests, in Japanese or English."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import person


def a_client(who: str = "tanaka", language: str = "ja") -> Client:
    """Somebody signed in, whose pages are in this language."""
    client = Client()
    client.force_login(person(who))
    client.cookies["genpin_language"] = language
    return client


def queries_of(client: Client, url: str) -> int:
    """How many statements a page takes (the second time: what is cached in the process is)."""
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        reply = client.get(url)
    assert reply.status_code == 200
    return len(seen)


def text_of(reply: Any) -> str:
    return str(reply.content.decode())
