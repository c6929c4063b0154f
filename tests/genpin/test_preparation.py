"""A start migrates when something is missing, and looks at nothing else when nothing is."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from genpin import preparation


@pytest.mark.django_db
def test_a_migrated_database_is_known_by_a_few_statements() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert preparation.is_migrated()

    assert len(asked) <= 5


@pytest.mark.django_db
def test_a_migration_that_did_not_come_to_its_end_is_done_again() -> None:
    """Its permissions are written last."""
    Permission.objects.order_by("-pk").first().delete()  # type: ignore[union-attr]

    assert not preparation.is_migrated()


@pytest.mark.django_db
def test_a_missing_migration_is_seen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)")

    assert not preparation.is_migrated()
