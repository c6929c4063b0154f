"""The delivery note: whom it goes to, which rack in which crate, and the receiver's stamp, in both languages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.models import IssuedDocument
from documents.operations.issuing import copy_of, issue_document
from logistics.queries.delivery_notes import delivery_note_sheet
from tests.cast import NOON, a_caller
from tests.documents.reading import pages_of, text_of
from tests.logistics.world import HOUR, a_crate, a_shipment, arrived, departed, rack_of

pytestmark = pytest.mark.django_db


def test_every_rack_stands_with_its_crate() -> None:
    crates = [a_crate(), a_crate()]
    shipment = a_shipment(crates)

    sheet = delivery_note_sheet(shipment.pk)

    assert sheet.receiver.ja == "薩摩川内データセンター"
    assert sheet.receiver_address.ja.startswith("鹿児島県薩摩川内市")
    assert [line.sscc for line in sheet.lines] == [crate.sscc for crate in crates]
    assert len({line.serial for line in sheet.lines}) == 2
    assert (sheet.crates, sum(line.quantity for line in sheet.lines)) == (2, 2)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", ("納品書", "御中", "発行者", "下記のとおり納品いたします。", "受領印", "数量", "合計", "1台")),
        ("en", ("Deliverynote", "Deliverto", "Issuedby", "Received", "Quantity", "Total", "1pcs")),
    ],
)
def test_it_is_issued_with_its_number_in_both_languages(language: str, words: tuple[str, ...]) -> None:
    shipment = departed()
    issued = issue_document(caller=a_caller("rosa"), kind="delivery-note", key=shipment.number, language=language)

    content, _subject = copy_of("delivery-note", shipment.number, language)

    assert IssuedDocument.objects.get() == issued
    assert len(pages_of(content)) == 1
    text = text_of(content)
    assert [word for word in words if word not in text] == []
    assert rack_of(shipment).serial in text


def test_what_happens_on_the_road_changes_nothing_on_it() -> None:
    shipment = departed(at=NOON - 30 * HOUR)
    first = issue_document(caller=a_caller("rosa"), kind="delivery-note", key=shipment.number)

    arrived(shipment, at=NOON - 2 * HOUR)

    assert issue_document(caller=a_caller("rosa"), kind="delivery-note", key=shipment.number) == first


def test_questions_do_not_grow_with_the_crates() -> None:
    def asked(count: int) -> int:
        shipment = a_shipment([a_crate() for _turn in range(count)])
        with CaptureQueriesContext(connection) as queries:
            delivery_note_sheet(shipment.pk)
        return len(queries)

    assert asked(1) == asked(3) <= 11
