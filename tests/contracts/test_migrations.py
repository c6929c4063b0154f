"""Migrations: complete, named, and in step with the models."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.contracts.source import APPS, CHECKOUT, name_of

AUTOMATIC = re.compile(r"_auto_|_and_more$|^\d{4}_(alter|add|remove|rename|delete)_\w+$|^\d{4}_\w+_\w+_(unique|idx)$")


def _migrations() -> list[Path]:
    return sorted(path for app in APPS for path in (CHECKOUT / app / "migrations").glob("[0-9]*.py"))


@pytest.mark.django_db
def test_no_model_is_ahead_of_its_migrations() -> None:
    out = io.StringIO()

    call_command("makemigrations", check_changes=True, dry_run=True, stdout=out)

    assert "No changes detected" in out.getvalue()


def test_migrations_have_names() -> None:
    assert [name_of(path) for path in _migrations() if AUTOMATIC.search(path.stem)] == []


def test_migrations_are_numbered_without_gaps() -> None:
    for app in APPS:
        numbers = [int(path.stem[:4]) for path in _migrations() if path.parts[-3] == app]
        assert numbers == list(range(1, len(numbers) + 1)), app
