"""Real PostgreSQL for the tests: a server a run, a migrated template, a copy for each xdist worker or committing test.

The server is our embedded one, kept in `.genpin/test/<n>` so that the next run finds its template; `<n>` is the first
folder no other run is using. `DATABASE_URL` names a real server instead; there everything made is dropped at the end.
"""

import contextlib
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from genpin.embedded import home, postgres
from genpin.settings import database_entry

CHECKOUT = Path(__file__).resolve().parent.parent
# A crash of the machine may cost the test database, never a fact; the product keeps both on.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class TestServer:
    """The address of a server for this run, and what is made on it."""

    __test__ = False

    def __init__(self, conninfo: str, *, kept: bool, run: str) -> None:
        self.conninfo = conninfo
        self.kept = kept
        self.run = run
        self.template = f"genpin_template_{migrations_hash()}" + ("" if kept else f"_{run}")

    def execute(self, text: str, *names: str) -> None:
        """Run a statement that allows no transaction, with database names put into its `{}`."""
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL(text).format(*map(sql.Identifier, names)))

    def names(self) -> Sequence[str]:
        """The databases on the server that are ours."""
        with psycopg.connect(self.conninfo) as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'genpin\\_%'")
            return [row[0] for row in rows]

    def copy(self, of: str = "") -> str:
        """A fresh copy of the template, or of the named database; the caller drops it."""
        name = f"genpin_t_{self.run}_{secrets.token_hex(4)}"
        for _turn in home.pauses(60):
            with contextlib.suppress(psycopg.errors.ObjectInUse):
                self.execute("CREATE DATABASE {} TEMPLATE {}", name, of or self.template)
                return name
        raise RuntimeError("The template database is in use for a minute; does a test connect to it?")

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def url(self, name: str) -> str:
        """A DATABASE_URL for a process started by a test."""
        parts = {key: value for key, value in conninfo_to_dict(self.conninfo).items() if key != "dbname"}
        return f"postgresql:///{name}?{urlencode(parts, quote_via=quote)}"

    def prepare(self) -> None:
        """Migrate once into the template; whoever comes second waits and finds it done."""
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(20261120)")
            if self.template in self.names():
                return
            if self.kept:
                for old in self.names():
                    if old.startswith("genpin_template_"):
                        self._forget_template(old)
            fresh = f"genpin_new_{self.run}"
            self.drop(fresh)
            self.execute("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0", fresh)
            with connected_to(self.url(fresh)):
                call_command("migrate", interactive=False, verbosity=0)
            self.execute("ALTER DATABASE {} RENAME TO {}", fresh, self.template)
            self.execute("ALTER DATABASE {} ALLOW_CONNECTIONS false", self.template)  # keeps autovacuum out too

    def tidy(self) -> None:
        """At the end of the run: drop its copies, and its template where the server is not ours to keep."""
        for name in self.names():
            if name.startswith((f"genpin_t_{self.run}_", f"genpin_new_{self.run}")):
                self.drop(name)
        if not self.kept and self.template in self.names():
            self._forget_template(self.template)

    def _forget_template(self, name: str) -> None:
        self.execute("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)
        self.drop(name)


@contextlib.contextmanager
def connected_to(url: str) -> Iterator[None]:
    """Point Django's connection at another database until the end of the block; pools are closed on both ways."""
    wrapper = connections["default"]
    before = dict(wrapper.settings_dict)
    leave()
    wrapper.settings_dict.update(database_entry(url))
    try:
        yield
    finally:
        leave()
        wrapper.settings_dict.update(before)


def leave() -> None:
    """Close this thread's connection and the process's pool."""
    wrapper = connections["default"]
    wrapper.close()
    if wrapper.alias in wrapper._connection_pools:
        wrapper.close_pool()


def migrations_hash() -> str:
    """Changes when any migration or the locked requirements change."""
    digest = hashlib.sha256()
    files = [*CHECKOUT.glob("*/migrations/**/*.py"), *CHECKOUT.glob("*/migrations/**/*.sql")]
    for path in (*sorted(files), CHECKOUT / "requirements.txt", CHECKOUT / "genpin" / "settings.py"):
        if path.exists():
            digest.update(f"{path.relative_to(CHECKOUT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def free_folder(parent: Path) -> tuple[Path, postgres.EmbeddedPostgres]:
    """The first test home no other run holds, with its lock taken. A server is kept for the next run, not running."""
    for number in range(64):
        folder = home.make_home(parent / str(number))
        log = (folder / "postgres.log").open("wb")
        server = postgres.EmbeddedPostgres(folder, settings=FAST, output=log)
        if server.take():
            return folder, server
        log.close()
    raise RuntimeError("64 test runs at once in this checkout?")


def run_name() -> str:
    """Tells this run's databases from those of another run on the same server."""
    return f"{os.getpid()}_{int(time.time()) % 100_000}"


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; each gives its value, or the exception it raised.

    For tests marked `commits`. Each thread has a connection of its own (at most 8: the pool's size) and closes it.
    """
    barrier = threading.Barrier(len(calls))

    def take_part(call: Callable[[], Any]) -> Any:
        barrier.wait(10)
        try:
            return call()
        except Exception as refusal:  # noqa: BLE001 - the outcome is what the test judges
            return refusal
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(take_part, calls))
