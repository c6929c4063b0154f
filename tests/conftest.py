"""How tests get their database, their state folder and their browser.

`db` (or `@pytest.mark.django_db`): a transaction that is rolled back, in this worker's copy of the migrated template.
`@pytest.mark.commits`: a database of its own, really committed to, dropped afterwards; never flushed, because events
refuse deletion. `db` and fixtures that ask for it work in both. Browser: `plant.py`.
"""

import gc
import gettext
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation import trans_real

from documents.paper import cut_fonts
from genpin import words
from genpin.celery import app
from genpin.embedded import home
from tests import database

pytest_plugins = ["tests.plant"]

SERVER = pytest.StashKey[database.TestServer]()
RUNNING = pytest.StashKey[Any]()
FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the server once a run; xdist workers are told its address."""
    told = getattr(config, "workerinput", None)
    if told is None:
        os.environ.setdefault("GENPIN_FUZZ_SEED", str(int(time.time())))  # workers have it from here
        run, url = database.run_name(), os.environ.get("DATABASE_URL", "")
        folder, running = database.free_folder(database.CHECKOUT / ".genpin" / "test")
        config.stash[RUNNING] = running
        for catalogues in settings.LOCALE_PATHS:
            words.compile_catalogues(Path(catalogues))
        # What was read before they were compiled is forgotten, by Django and by Python.
        gettext._translations.clear()  # type: ignore[attr-defined]
        trans_real._translations, trans_real._default = {}, None
        if not url:
            running.start()
            url = running_url(folder)
    else:
        run, url, folder = told["genpin_run"], told["genpin_url"], Path(told["genpin_folder"])
    kept = not os.environ.get("DATABASE_URL")
    config.stash[SERVER] = database.TestServer(url, kept=kept, run=run)
    config.stash[FOLDER] = folder
    _use_state_folder(folder / "state" / os.environ.get("PYTEST_XDIST_WORKER", "main"))


def pytest_report_header() -> str:
    """What damaged files are drawn by (tests/assembly/test_logs/test_fuzz_readers.py)."""
    return f"fuzz: GENPIN_FUZZ_SEED={os.environ['GENPIN_FUZZ_SEED']}"


def pytest_collection_finish() -> None:
    """What is loaded and collected by now stays: the collector does not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist: what a worker must know."""
    server = node.config.stash[SERVER]
    node.workerinput["genpin_run"] = server.run
    node.workerinput["genpin_url"] = server.conninfo
    node.workerinput["genpin_folder"] = str(node.config.stash[FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Drop what the run made, stop the server."""
    running = config.stash.get(RUNNING, None)
    if running is None:
        return
    config.stash[SERVER].tidy()
    shutil.rmtree(config.stash[FOLDER] / "state", ignore_errors=True)
    running.stop()


def running_url(folder: Path) -> str:
    """The maintenance database of the embedded server."""
    return database.postgres.url(folder, "postgres")


def _use_state_folder(state: Path) -> None:
    """Files, keys and notes of this worker go to a folder of its own; no broker, plain static files, quick hashes."""
    shutil.rmtree(state, ignore_errors=True)
    home.make_home(state)
    (state.parent.parent / "fonts").mkdir(exist_ok=True)
    (state / "fonts").symlink_to(state.parent.parent / "fonts")  # cutting them takes seconds
    os.environ["GENPIN_HOME"] = str(state)
    settings.GENPIN_HOME = state
    settings.FILES_FOLDER = state / "files"
    settings.STATIC_ROOT = state / "static-generated"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["tests.hashes.OneRound"]
    settings.CELERY_BROKER_URL = app.conf.broker_url = "memory://"


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> database.TestServer:
    """The server of this run."""
    return request.config.stash[SERVER]


@pytest.fixture(scope="session", autouse=True)
def _fonts() -> None:
    """The papers' typeface, cut once an environment, so that no test waits for it or times out; workers take turns."""
    cut_fonts()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, database_server: database.TestServer, django_db_blocker: Any
) -> Iterator[None]:
    """This worker's copy of the migrated template."""
    with django_db_blocker.unblock():
        database_server.prepare()
        name = database_server.copy()
        with database.connected_to(database_server.url(name)):
            yield
        database_server.drop(name)


@pytest.fixture
def committed_db(django_db_setup: None, database_server: database.TestServer, django_db_blocker: Any) -> Iterator[str]:
    """Django's connection on a fresh database where commits are real; gives its DATABASE_URL."""
    name = database_server.copy()
    url = database_server.url(name)
    try:
        with django_db_blocker.unblock(), database.connected_to(url):
            yield url
    finally:
        database_server.drop(name)


@pytest.fixture
def _django_db_helper(request: pytest.FixtureRequest) -> None:
    """pytest-django's door to the database: marked `commits`, it is a database of the test's own."""
    wish = request.node.get_closest_marker("django_db")
    if (wish and wish.kwargs.get("transaction")) or "transactional_db" in request.fixturenames:
        pytest.fail("Events refuse to be flushed: mark the test `commits` instead of django_db(transaction=True).")
    if request.node.get_closest_marker("commits"):
        request.getfixturevalue("committed_db")
    else:
        request.getfixturevalue("_django_db_helper")


@pytest.fixture(autouse=True)
def _commits(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("commits"):
        request.getfixturevalue("committed_db")
