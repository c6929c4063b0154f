"""issue_document: same facts, same issue; changed facts, the next revision."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from assembly.models import Build
from documents import files
from documents.kinds import KINDS, NothingToPrint, Subject, UnknownDocumentKind
from documents.models import IssuedDocument, StoredFile
from documents.operations.issuing import CannotBePrinted, UnknownLanguage, copy_of, issue_document
from documents.seal import bytes_hash, facts_hash
from inventory.operations.finding import AmbiguousSerial, UnknownSerial
from inventory.operations.holds import place_hold
from ledger.doors import new_key
from ledger.models import Event, Receipt
from ledger.refusals import KeyReused, NotPermitted, Refusal
from tests.assembly.paper_world import a_started_rack, a_tray, parts
from tests.cast import NOON, a_caller, person, plan
from tests.database import at_once
from tests.documents.reading import text_of
from tests.world import a_lot, a_part, a_unit, received_units

pytestmark = pytest.mark.django_db


def issued(build: Build, *, by: str = "plan", receipt: str | None = None, **others: Any) -> IssuedDocument:
    arguments = {"kind": "traveller", "key": build.unit.tag, **others}
    return issue_document(caller=a_caller(by, key=receipt), **arguments)


def rows() -> tuple[int, ...]:
    return (
        IssuedDocument.objects.count(),
        StoredFile.objects.count(),
        Event.objects.exclude(kind__startswith="accounts.").count(),
        Receipt.objects.exclude(operation__startswith="accounts.").count(),
    )


@contextmanager
def refused(kind: type[Refusal]) -> Iterator[None]:
    """The block is refused with that refusal, and nothing changed."""
    before = rows()
    with pytest.raises(kind):
        yield
    assert rows() == before


def test_issue_is_stored_with_its_hashes_its_event_and_its_code() -> None:
    build = a_started_rack()

    paper = issued(build)

    content = files.get(paper.bytes_hash)
    assert paper.bytes_hash == bytes_hash(content)
    assert paper.facts_hash == facts_hash(KINDS["traveller"].sheet(Subject("assembly.build", build.pk, "")))
    assert (paper.revision, paper.subject_name, paper.language) == (1, build.unit.serial, "ja")
    assert (paper.issued_by, paper.issued_at, len(paper.verify_code)) == (plan(), NOON, 32)
    event = Event.objects.get(pk=paper.event_id)
    assert (event.kind, event.subject_id) == ("documents.document-issued", paper.pk)
    assert (event.payload["bytes"], event.payload["facts"]) == (paper.bytes_hash, paper.facts_hash)
    assert StoredFile.objects.get(sha256=paper.bytes_hash).size == len(content)
    text = text_of(content)
    assert f"TRV-{build.unit.serial}-01" in text and "COPY" not in text
    assert paper.verify_code in text


def test_same_facts_are_the_same_issue() -> None:
    build = a_started_rack()
    first = issued(build)
    before = rows()

    again = issued(build, by="tanaka", receipt="another")

    assert again == first
    assert rows() == (*before[:3], before[3] + 1)


def test_changed_facts_are_the_next_revision() -> None:
    build = a_started_rack()
    first = issued(build)
    place_hold(caller=a_caller("tanaka"), target=build.unit.tag, reason="Wait")

    second = issued(build)

    assert (second.revision, first.revision) == (2, 1)
    assert second.facts_hash != first.facts_hash
    assert second.last_event_id > first.last_event_id
    assert "1版は無効" in text_of(files.get(second.bytes_hash))


def test_each_language_has_revisions_of_its_own() -> None:
    build = a_started_rack()

    ja, en = issued(build), issued(build, language="en")

    assert (ja.revision, en.revision) == (1, 1)
    assert ja.facts_hash == en.facts_hash and ja.bytes_hash != en.bytes_hash


def test_same_key_is_the_same_answer_and_for_another_paper_a_refusal() -> None:
    build = a_started_rack()
    first = issued(build, receipt="k-1")

    assert issued(build, receipt="k-1") == first
    with refused(KeyReused):
        issued(build, receipt="k-1", language="en")


@pytest.mark.parametrize("name", ["mei", "aud", "stranger"])
def test_who_may_not_issue_is_refused(name: str) -> None:
    build = a_started_rack()

    with refused(NotPermitted):
        issued(build, by=name)


def test_what_cannot_be_meant_is_refused() -> None:
    build = a_started_rack()
    received_units(a_part(), serials=["TWIN"])
    received_units(a_part(), serials=["TWIN"])
    bought = a_unit()

    for kind, wish in (
        (UnknownDocumentKind, {"kind": "poem"}),
        (UnknownLanguage, {"language": "de"}),
        (UnknownSerial, {"key": "NOBODY"}),
        (AmbiguousSerial, {"key": "TWIN"}),
        (NothingToPrint, {"key": bought.tag}),
        (NothingToPrint, {"kind": "packing-list", "key": "SH-404"}),
    ):
        with refused(kind):
            issued(build, **wish)


def test_build_is_found_by_serial_tag_and_order() -> None:
    build = a_started_rack()

    papers = {
        issue_document(caller=a_caller("plan"), kind="traveller", key=text).pk
        for text in (build.unit.serial, build.unit.tag, build.order_number)
    }

    assert len(papers) == 1


def test_as_built_record_is_about_racks() -> None:
    parts()
    tray = a_tray()

    with refused(NothingToPrint):
        issue_document(caller=a_caller("plan"), kind="as-built", key=tray.tag)


def test_text_that_cannot_be_printed_is_refused_with_the_place() -> None:
    build = a_started_rack()
    User.objects.filter(username="plan").update(name_ja="計良😀 恵")
    before = rows()
    with pytest.raises(CannotBePrinted) as caught:
        issued(build)

    assert "U+1F600" in caught.value.detail and rows() == before


def test_copy_writes_nothing_and_says_that_it_is_one() -> None:
    build = a_started_rack()
    before = rows()

    content, subject = copy_of("traveller", build.unit.serial, "en")

    assert rows() == before
    assert subject.name == build.unit.serial and "控えCOPY" in text_of(content)


def test_label_of_a_lot_can_be_issued_too() -> None:
    lot = a_lot()

    paper = issue_document(caller=a_caller("plan"), kind="unit-label", key=lot.tag)

    assert (paper.subject_type, paper.subject_name, paper.pages) == ("inventory.lot", lot.tag, 1)


def test_wall_holds_one_issue_for_the_same_facts() -> None:
    paper = issued(a_started_rack())

    for change in ({"revision": 9}, {"facts_hash": "f" * 64}):
        twin = IssuedDocument.objects.get(pk=paper.pk)
        twin.pk, twin.verify_code = None, "another"
        for name, value in change.items():
            setattr(twin, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save()


def test_page_issues_and_leads_to_the_check_page() -> None:
    build = a_started_rack()
    client = Client()
    client.force_login(person("plan"))

    answer = client.post(f"/documents/traveller/{build.unit.tag}/issue/", {"key": new_key(), "lang": "ja"})

    paper = IssuedDocument.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/verify/{paper.verify_code}")
    file = client.get(f"/documents/issued/{paper.verify_code}.pdf")
    assert (file["Content-Type"], bytes_hash(file.content)) == ("application/pdf", paper.bytes_hash)


def test_page_shows_a_refusal_and_a_copy() -> None:
    client = Client()
    client.force_login(person("plan"))
    build = a_started_rack()

    refusal = client.post("/documents/traveller/NOBODY/issue/", {"key": new_key()})
    absent = client.get("/documents/traveller/NOBODY.pdf")
    copy = client.get(f"/documents/traveller/{build.unit.tag}.pdf?lang=en")

    assert (refusal.status_code, absent.status_code, copy.status_code) == (422, 422, 200)
    assert "NOBODY" in absent.content.decode()
    assert copy.content.startswith(b"%PDF") and "Traveller" in text_of(copy.content)
    assert Client().get(f"/documents/traveller/{build.unit.tag}.pdf").status_code == 302


def test_api_gives_copies_and_refusals() -> None:
    client = Client()
    client.force_login(person("aud"))
    unit = a_unit()

    assert client.get(f"/api/documents/unit-label/{unit.tag}/copy/?lang=ja").content.startswith(b"%PDF")
    assert client.get("/api/documents/unit-label/NOBODY/copy/").json()["code"] == "UnknownSerial"
    client.force_login(person("stranger"))
    assert client.get(f"/api/documents/unit-label/{unit.tag}/copy/").status_code == 403


@pytest.mark.commits
def test_two_at_once_make_one_issue() -> None:
    unit = a_unit()
    callers = [a_caller("plan") for _ in range(3)]

    made = at_once(
        *[lambda caller=caller: issue_document(caller=caller, kind="unit-label", key=unit.tag) for caller in callers]
    )

    assert len({paper.pk for paper in made}) == 1
    assert IssuedDocument.objects.count() == 1
