"""`manage.py press`: any paper into a file, as a copy or issued."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assembly.models import Build
from documents import files
from documents.models import IssuedDocument
from inventory.operations.holds import place_hold
from ledger.models import Event
from tests.assembly.paper_world import a_started_rack
from tests.cast import a_caller, person
from tests.documents.reading import text_of
from tests.world import a_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def build() -> Build:
    return a_started_rack()


def press(out: Path, key: str, *more: str, kind: str = "traveller") -> bytes:
    said = StringIO()
    call_command("press", kind, key, "--out", str(out), *more, stdout=said)
    content = out.read_bytes()
    assert f"{len(content)} bytes" in said.getvalue()
    return content


def test_copy_twice_is_byte_by_byte_the_same_and_writes_nothing(tmp_path: Path, build: Build) -> None:
    events = Event.objects.count()

    first = press(tmp_path / "1.pdf", build.unit.tag)
    second = press(tmp_path / "2.pdf", build.unit.serial)

    assert first == second
    assert "控えCOPY" in text_of(first)
    assert (Event.objects.count(), IssuedDocument.objects.count()) == (events, 0)


def test_issue_twice_is_the_stored_file_of_one_revision(tmp_path: Path, build: Build) -> None:
    first = press(tmp_path / "1.pdf", build.unit.tag, "--issue")
    second = press(tmp_path / "2.pdf", build.unit.tag, "--issue", "--as", person("plan").username)

    paper = IssuedDocument.objects.get()
    assert first == second == files.get(paper.bytes_hash)
    assert (paper.revision, paper.issued_by.username) == (1, "genpin")
    assert "COPY" not in text_of(first)


def test_changed_facts_are_another_file(tmp_path: Path, build: Build) -> None:
    first = press(tmp_path / "1.pdf", build.unit.tag, "--issue")
    place_hold(caller=a_caller("tanaka"), target=build.unit.tag, reason="Wait")

    assert press(tmp_path / "2.pdf", build.unit.tag, "--issue") != first
    assert sorted(IssuedDocument.objects.values_list("revision", flat=True)) == [1, 2]


def test_language_is_chosen(tmp_path: Path, build: Build) -> None:
    assert "Traveller" in text_of(press(tmp_path / "en.pdf", build.unit.tag, "--lang", "en"))
    assert "工程移動票" in text_of(press(tmp_path / "ja.pdf", build.unit.tag))


@pytest.mark.parametrize(
    ("kind", "key", "word"),
    [
        ("traveller", "NOBODY", "UnknownSerial"),
        ("poem", "X", "UnknownDocumentKind"),
        ("packing-list", "X", "NothingTo"),
    ],
)
def test_refusal_is_told_and_no_file_is_left(tmp_path: Path, kind: str, key: str, word: str) -> None:
    out = tmp_path / "none.pdf"

    with pytest.raises(CommandError, match=word):
        call_command("press", kind, key, "--out", str(out))

    assert not out.exists()


def test_who_may_not_issue_and_nobody_are_refused(tmp_path: Path, build: Build) -> None:
    person("aud")
    for name in ("aud", "nobody-at-all"):
        with pytest.raises(CommandError):
            press(tmp_path / "none.pdf", build.unit.tag, "--issue", "--as", name)
    assert not IssuedDocument.objects.exists()


def test_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    unit = a_unit()

    with pytest.raises(CommandError, match=r"none/1\.pdf"):
        call_command("press", "unit-label", unit.tag, "--out", str(tmp_path / "none" / "1.pdf"))
