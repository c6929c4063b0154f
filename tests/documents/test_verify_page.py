"""The check page behind a paper's code: open to whoever holds the paper."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents import files
from documents.models import IssuedDocument
from documents.operations.issuing import issue_document
from inventory.models import Unit
from inventory.operations.holds import place_hold
from tests.cast import a_caller, person
from tests.world import a_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Unit:
    return a_unit()


def issued(unit: Unit) -> IssuedDocument:
    return issue_document(caller=a_caller("plan"), kind="unit-label", key=unit.tag)


def page(paper: IssuedDocument | str, language: str = "en") -> Any:
    client = Client()
    client.cookies["genpin_language"] = language
    code = paper if isinstance(paper, str) else paper.verify_code
    return client.get(f"/verify/{code}")


@pytest.mark.parametrize(("language", "word"), [("ja", "真正"), ("en", "genuine")])
def test_paper_of_today_is_genuine(unit: Unit, language: str, word: str) -> None:
    paper = issued(unit)

    text = page(paper, language).content.decode()

    assert word in text and paper.bytes_hash in text and f"LBL-{unit.tag}-01" in text


def test_paper_after_another_fact_is_overtaken_and_then_replaced(unit: Unit) -> None:
    first = issued(unit)
    place_hold(caller=a_caller("tanaka"), target=unit.tag, reason="Scratch")
    assert "overtaken" in page(first).content.decode()

    second = issued(unit)

    text = page(first).content.decode()
    assert "replaced" in text and f"/verify/{second.verify_code}" in text
    assert "genuine" in page(second).content.decode()


def test_paper_whose_file_is_gone_says_so(unit: Unit) -> None:
    paper = issued(unit)
    files.path_of(paper.bytes_hash).unlink()

    assert "file missing" in page(paper).content.decode()


@pytest.mark.parametrize("code", ["0" * 32, "x", "a" * 500])
def test_unknown_code_is_no_document_of_the_plant(code: str) -> None:
    answer = page(code)

    assert answer.status_code == 404
    assert "no such document" in answer.content.decode()


def test_file_is_compared_byte_by_byte(unit: Unit) -> None:
    paper = issued(unit)
    content = files.get(paper.bytes_hash)
    client = Client()
    client.cookies["genpin_language"] = "en"

    for sent, word in ((content, "same file"), (content + b" ", "another file"), (b"", "not compared")):
        upload = SimpleUploadedFile("paper.pdf", sent, "application/pdf")
        answer = client.post(f"/verify/{paper.verify_code}", {"file": upload} if sent else {})
        assert word in answer.content.decode()
    assert Client().post("/verify/none", {"file": SimpleUploadedFile("paper.pdf", content)}).status_code == 404


def test_machine_may_ask_too(unit: Unit) -> None:
    paper = issued(unit)

    told = Client().get(f"/api/verify/{paper.verify_code}/").json()

    assert (told["subject"], told["revision"], told["bytes_sha256"]) == (unit.tag, 1, paper.bytes_hash)
    assert Client().get("/api/verify/none/").status_code == 404


def test_an_issued_file_that_is_gone_is_a_page_that_says_so_and_a_line_in_the_log(
    unit: Unit, caplog: pytest.LogCaptureFixture
) -> None:
    paper, client = issued(unit), Client()
    client.force_login(person("tanaka"))
    files.path_of(paper.bytes_hash).unlink()

    answer = client.get(f"/documents/issued/{paper.verify_code}.pdf")

    assert answer.status_code == 503 and "保管庫にない" in answer.content.decode()
    assert paper.bytes_hash in caplog.text
