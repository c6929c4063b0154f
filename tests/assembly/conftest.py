"""`plant`: a database with the plant's master data and the cast, loaded once a run; each test's own work rolls back."""

from collections.abc import Iterator
from typing import Any

import pytest

from genpin.master.loading import load
from tests import cast, database


@pytest.fixture(scope="session")
def plant_database(
    django_db_setup: None, database_server: database.TestServer, django_db_blocker: Any
) -> Iterator[str]:
    """The address of the loaded database; nobody is connected to it."""
    name = database_server.copy()
    url = database_server.url(name)
    with django_db_blocker.unblock(), database.connected_to(url):
        load(cast.a_caller(cast.system(), key="master"))
        for who in cast.CAST:
            cast.person(who)
    yield url
    database_server.drop(name)


@pytest.fixture(scope="module")
def plant(plant_database: str, django_db_blocker: Any) -> Iterator[None]:
    """This module's tests run in the loaded database."""
    with django_db_blocker.unblock():
        connected = database.connected_to(plant_database)
        connected.__enter__()
    try:
        yield
    finally:
        with django_db_blocker.unblock():
            connected.__exit__(None, None, None)
