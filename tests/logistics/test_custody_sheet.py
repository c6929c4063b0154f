"""The chain of custody as a paper: packing to acceptance, gaps as gaps, both languages, issued and verifiable."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assembly.models import Nonconformity
from documents.models import IssuedDocument
from documents.operations.issuing import copy_of, issue_document
from documents.seal import canonical_facts, facts_hash
from logistics.documents.custody import CustodySheet, MonitoredCustodySheet
from logistics.models import Shipment
from logistics.operations.arrivals import arrive_shipment
from logistics.operations.custody import SealSeen
from logistics.operations.handovers import Handing, hand_over
from logistics.queries.custody_sheet import custody_sheet
from tests.cast import NOON, a_caller
from tests.documents.reading import pages_of, text_of
from tests.logistics.road_world import at_the_dock, content, read, rows, settle, shipment_of
from tests.logistics.world import HOUR, a_crate, accepted, departed, readings_of, received

pytestmark = pytest.mark.django_db
LEFT = NOON - 30 * HOUR


def travelled() -> Shipment:
    """Handed to the ferry; from the ferry nobody told; at the dock, its seal broken; one rack accepted."""
    shipment = departed([a_crate(at=LEFT - 24 * HOUR)], at=LEFT)
    handing = Handing(
        shipment.pk, "CR-HYUGA", "架空 太郎", "港 花子", [SealSeen("S-1", "intact")], vehicle="日向丸",
        place="大阪南港", occurred_at=LEFT + 3 * HOUR,
    )  # fmt: skip
    hand_over(caller=a_caller("rosa"), handing=handing)
    arrive_shipment(
        caller=a_caller("sora", at=NOON - 4 * HOUR), shipment_id=shipment.pk, readings=readings_of(shipment),
        seals=[SealSeen("S-1", "intact")], handed_by="九州 次郎",
    )  # fmt: skip
    accepted(received(Shipment.objects.get(pk=shipment.pk), at=NOON - 3 * HOUR), at=NOON - 2 * HOUR)
    return shipment


def test_every_hand_over_stands_with_what_was_seen_and_a_gap_is_a_gap() -> None:
    sheet = custody_sheet(travelled().number)

    assert [(line.giver.en.split()[0], line.taker.en.split()[0], bool(line.record)) for line in sheet.lines] == [
        ("Harima", "Akashi", True), ("Akashi", "Hyuganada", True), ("Hyuganada", "Akashi", False),
        ("Hyuganada", "Satsumasendai", True),
    ]  # fmt: skip
    first, ferry, missing, dock = sheet.lines
    assert [(mark.number, mark.state) for mark in first.seals] == [("S-1", "fitted")]
    assert (ferry.giver_person, ferry.taker_person, ferry.vehicle, ferry.crates) == (
        "架空 太郎",
        "港 花子",
        "日向丸",
        0,
    )
    assert ferry.recorded_at == NOON  # told a day late
    assert missing.due
    assert (dock.giver_person, dock.crates, dock.intact, dock.recorded_at) == ("九州 次郎", 1, 2, None)
    assert [(one.outcome, one.position) for one in sheet.accepted] == [("accepted", "H1-A01")]
    assert [stamp.meaning for stamp in sheet.stamps] == ["prepared", "checked"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", ("保管引継ぎ記録書", "引継ぎの記録なし:1件", "封印のまま(未計数)", "日向丸", "港花子", "受領")),
        ("en", ("Chainofcustody", "hand-oversnotrecorded:1", "undersealnotcounted", "港花子", "accepted")),
    ],
)
def test_it_is_issued_with_its_number_in_both_languages(language: str, words: tuple[str, ...]) -> None:
    shipment = travelled()
    issued = issue_document(caller=a_caller("rosa"), kind="chain-of-custody", key=shipment.number, language=language)

    content, _subject = copy_of("chain-of-custody", shipment.number, language)

    assert IssuedDocument.objects.get() == issued
    assert len(pages_of(content)) == 1
    text = text_of(content).replace(",", "")
    assert [word for word in words if word not in text] == []


def test_questions_do_not_grow_with_the_crates() -> None:
    def asked(count: int) -> int:
        shipment = departed([a_crate(at=LEFT - 24 * HOUR) for _turn in range(count)], at=LEFT)
        with CaptureQueriesContext(connection) as queries:
            custody_sheet(shipment.number)
        return len(queries)

    assert asked(1) == asked(3) <= 13


def test_loggers_files_and_what_they_told_stand_with_its_settlement() -> None:
    logger = at_the_dock()
    data = content(rows(odd={40: ("0.1", "0.2", "14.0", "1.5", "21.5", "48")}))
    read(logger, data)
    number = shipment_of(logger).number
    report = Nonconformity.objects.get()

    sheet = custody_sheet(number)

    assert isinstance(sheet, MonitoredCustodySheet)
    first, *indicators = sheet.road.devices
    assert (first.kind, first.serial, first.setting, first.fitted, first.found) == (
        "logger", "LG-1", "TR-75", "recording", "recording",
    )  # fmt: skip
    assert [(one.fitted, one.found) for one in indicators] == [("intact", "intact")] * 2
    assert [one.sha256 for one in sheet.road.files] == [sha256(data).hexdigest()]
    (beyond,) = sheet.road.beyond
    assert (beyond.measure.en, beyond.limit, beyond.nonconformity, beyond.settled) == (
        "Shock", Decimal("10.00"), report.number, "",
    )  # fmt: skip
    assert beyond.holder.en.startswith("Akashi")
    text = text_of(copy_of("chain-of-custody", number, "ja")[0])
    words = ("未処置", "基準値の超過:1件(未処置1)", sha256(data).hexdigest()[:32])
    assert [word for word in words if word not in text] == []

    before = facts_hash(sheet)
    settle(report.number)
    after = custody_sheet(number)
    assert isinstance(after, MonitoredCustodySheet)
    assert (after.road.beyond[0].settled, after.road.beyond[0].settled_by != "") == ("use_as_is", True)
    assert facts_hash(after) != before
    assert "useasis" in text_of(copy_of("chain-of-custody", number, "en")[0])


def test_a_shipment_without_loggers_keeps_the_facts_of_its_paper() -> None:
    sheet = custody_sheet(departed([a_crate(at=LEFT - 24 * HOUR)], at=LEFT).number)

    assert type(sheet) is CustodySheet
    assert set(json.loads(canonical_facts(sheet))["facts"]) == {
        "plant", "shipment", "origin", "destination", "gross_kg", "arrived", "crates", "lines", "accepted", "stamps",
        "at", "record",
    }  # fmt: skip
