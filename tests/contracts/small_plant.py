"""A small demo plant, loaded once a run through the operations, for tests that want a world with everything in it.

Each xdist worker has a copy of its database: changes are rolled back at a test's end, but until then two workers in one
database would wait for each other's rows, and now and then for ever. The files are shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.operations.devices import register_device, token_hash
from documents.operations.issuing import issue_document
from documents.operations.printing import request_prints
from genpin.demo.loading import load_small
from genpin.tasks import react
from inventory.models import Unit
from ledger.doors import command_caller
from ledger.models import Delivery
from tests import database
from tests.cast import CAST, PIN, person

TURN = 20261121


@pytest.fixture(scope="session")
def small_plant_url(
    django_db_setup: None, database_server: database.TestServer, django_db_blocker: Any
) -> Iterator[str]:
    """The address of this worker's copy of the loaded database; whoever asks second waits for the first to load it."""
    loaded = f"genpin_t_{database_server.run}_small_plant"
    with psycopg.connect(database_server.conninfo, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [TURN])
        if loaded not in database_server.names():
            fresh = database_server.copy()
            with django_db_blocker.unblock(), _Plant(database_server.url(fresh)):
                load_small(now=timezone.now(), home=Path(settings.GENPIN_HOME))
                person("stranger")
                User.objects.update(pin_hash=make_password(PIN))  # the demo's own PINs are random
                _device()
                _papers()
                _sessions()
            database_server.execute("ALTER DATABASE {} RENAME TO {}", fresh, loaded)
        name = database_server.copy(of=loaded)
    yield database_server.url(name)
    database_server.drop(name)


def _device() -> None:
    """A tablet at a station, as an administrator registers it."""
    caller = command_caller(User.objects.get(username="admin"), key="device")
    register_device(caller=caller, station_code="A1", name="tablet A1-1", token_hash=token_hash("small plant"))


def _papers() -> None:
    """What a worker would have made by now: an issued paper, a finished print job."""
    tag = Unit.objects.order_by("pk")[0].tag
    caller = command_caller(User.objects.get(username="tanaka"), key="papers")
    issue_document(caller=caller, kind="unit-label", key=tag, language="ja")
    request_prints(caller=replace(caller, key="prints"), kind="unit-label", keys=[tag, tag], language="en")
    react(delivery_id=Delivery.objects.get(reaction="press_prints", done_at=None).pk)


@pytest.fixture
def small_plant(small_plant_url: str, django_db_blocker: Any) -> Iterator[None]:
    """Django's connection on the small plant; what the test changes is rolled back."""
    with django_db_blocker.unblock(), _Plant(small_plant_url), transaction.atomic():
        yield
        transaction.set_rollback(True)


class _Plant:
    """Connected to that database, with the plant's own content store."""

    def __init__(self, url: str) -> None:
        self.connected = database.connected_to(url)

    def __enter__(self) -> None:
        self.files = settings.FILES_FOLDER
        settings.FILES_FOLDER = Path(settings.GENPIN_HOME).parent / "small-plant-files"
        settings.FILES_FOLDER.mkdir(parents=True, exist_ok=True)
        self.connected.__enter__()

    def __exit__(self, *fault: Any) -> None:
        self.connected.__exit__(*fault)
        settings.FILES_FOLDER = self.files


def _sessions() -> None:
    """Everybody is signed in once: a sign-in of their own would be a fifth of what these tests cost."""
    for user in people().values():
        Client().force_login(user)


def signed_in(user: User, **wishes: Any) -> Client:
    """A browser in which this person of the small plant is signed in; the wishes are those of Django's Client."""
    if user.pk not in _KEYS:
        opened = Session.objects.order_by("expire_date")
        _KEYS.update({int(session.get_decoded()["_auth_user_id"]): session.session_key for session in opened})
    client = Client(**wishes)
    client.cookies[settings.SESSION_COOKIE_NAME] = _KEYS[user.pk]
    return client


_KEYS: dict[int, str] = {}
"""Person → session, the same in every copy of the loaded database."""


def people() -> dict[str, User]:
    """The cast of the loaded plant, by name."""
    return {user.username: user for user in User.objects.filter(username__in=CAST)}
