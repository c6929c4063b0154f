"""operate: any registered operation from the command line."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Station, User
from ledger.models import Event, Receipt
from ledger.operations import OPERATIONS
from tests.cast import admin, mei

pytestmark = pytest.mark.django_db

ARGUMENTS = {"code": "A9", "name_ja": "組立九", "name_en": "Nine", "kind": "assembly"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The arguments of register_station."""
    path = tmp_path / "station.json"
    path.write_text(json.dumps(ARGUMENTS), encoding="utf-8")
    return path


def operate(*words: Any) -> str:
    """What the command says."""
    out = io.StringIO()
    call_command("operate", *map(str, words), stdout=out)
    return out.getvalue()


def register(file: Path, *words: str, key: str = "k-1") -> str:
    """register_station by the command."""
    return operate("accounts.register_station", "--json", file, "--key", key, *words)


def test_the_operation_is_done_by_the_command_door_and_answers_in_json(file: Path) -> None:
    admin()

    answer = json.loads(register(file, "--as", "admin"))

    assert answer == {"id": Station.objects.get(code="A9").pk, "label": "A9"}
    event = Event.objects.get(kind="accounts.station-registered")
    assert (event.door, event.actor) == ("command", admin().pseudonym)


def test_a_repeat_says_the_same_and_changes_nothing(file: Path) -> None:
    first = register(file)

    assert register(file) == first
    assert Station.objects.count() == 1


def test_without_a_name_all_operations_are_listed() -> None:
    lines = operate().splitlines()

    assert [line.split("  ")[0] for line in lines] == sorted(OPERATIONS)


def test_the_systems_own_user_is_the_default(file: Path) -> None:
    register(file)

    assert Receipt.objects.get(key="k-1").user_id == User.objects.get(username="genpin").pk


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["accounts.fly", "--key", "k"], "There is no operation accounts.fly"),
        (["accounts.register_station"], "--key is needed"),
        (["accounts.register_station", "--key", "k", "--as", "nobody"], "Nobody is called nobody"),
        (["accounts.register_station", "--key", "k"], "BadInput: code:"),
        (["accounts.register_station", "--key", "k", "--json", "/nowhere/a.json"], "No such file"),
        (["accounts.register_station", "--key", "k" * 201], "BadInput"),
    ],
)
def test_what_is_wrong_is_said(words: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        operate(*words)

    assert not Station.objects.exists()


@pytest.mark.parametrize("text", ["[1]", "{", '{"code": NaN}', '{"order": 1e400}', "[" * 100_000, '"text"'])
def test_a_file_that_is_no_json_object_is_refused(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")

    with pytest.raises(CommandError):
        register(file)


def test_bytes_that_are_no_text_are_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")

    with pytest.raises(CommandError):
        register(file)


def test_missing_rights_and_refusals_are_said_with_their_code(file: Path) -> None:
    mei()
    with pytest.raises(CommandError, match="NotPermitted"):
        register(file, "--as", "mei")

    register(file)
    with pytest.raises(CommandError, match="StationTaken"):
        register(file, key="k-2")


def test_a_row_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"build_id": 1, "number": 10}), encoding="utf-8")

    with pytest.raises(CommandError):
        operate("assembly.start_run", "--json", path, "--key", "k")


def test_somebody_who_has_left_does_nothing(file: Path) -> None:
    User.objects.filter(pk=admin().pk).update(is_active=False)

    with pytest.raises(CommandError, match="Nobody is called"):
        register(file, "--as", "admin")
