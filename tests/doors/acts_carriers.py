"""Acts on carriers' files, their words, waybills and doubtful places."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from documents import files
from logistics.models import CarrierLineNote, Shipment
from logistics.operations.carrier_files import import_carrier_file as read_in
from logistics.operations.carrier_words import WordMeaning
from logistics.operations.carrier_words import define_carrier_words as define
from tests.doors.act import Act, Acts, Upload, caller, days_ago
from tests.logistics.world import departed

WORDS = [WordMeaning("通過", "position"), WordMeaning("到着", "leg_arrived")]


def _content(shipment: Shipment, place: str = "広島", word: str = "通過") -> bytes:
    at = timezone.localtime(days_ago(1))
    return f"出荷番号,状況,日時,場所\n{shipment.number},{word},{at:%Y/%m/%d %H:%M},{place}\n".encode("cp932")


def _on_the_way() -> Shipment:
    shipment = departed(at=days_ago(2))
    define(caller=caller("rosa"), carrier_code=shipment.carrier.code, words=WORDS)
    return shipment


def import_carrier_file() -> Act:
    shipment = _on_the_way()
    good, bad, code = _content(shipment), _content(shipment, word="謎"), shipment.carrier.code
    page = reverse("carrier_files")
    return Act(
        "rosa",
        {"carrier_code": code, "file_sha256": files.put(good), "file_name": "doors.csv"},
        (page, {"carrier": code, "file": Upload("doors.csv", good)}),
        {"file_sha256": files.put(bad)},
        "FileRefused",
        (page, {"carrier": code, "file": Upload("doors.csv", bad)}),
    )


def define_carrier_words() -> Act:
    code, page = _on_the_way().carrier.code, reverse("carrier_words")
    form = {"carrier": code, "word": "到着済", "meaning": "leg_arrived"}
    return Act(
        "rosa",
        {"carrier_code": code, "words": [WordMeaning("到着済", "leg_arrived")]},
        (page, form),
        {"words": []},
        "CarrierWordOdd",
    )


def retire_carrier_word() -> Act:
    code, page = _on_the_way().carrier.code, reverse("carrier_words")
    return Act(
        "rosa",
        {"carrier_code": code, "word": "通過"},
        (page, {"retire": f"{code}|通過"}),
        {"word": "謎"},
        "UnknownCarrierWord",
        (page, {"retire": f"{code}|謎"}),
    )


def record_waybill() -> Act:
    shipment = departed(at=days_ago(2))
    page = reverse("shipment_act", args=[shipment.number, "waybill"])
    return Act(
        "rosa",
        {"shipment_id": shipment.pk, "number": "4411-2233"},
        (page, {"number": "4411-2233"}),
        {"number": "--"},
        "WaybillOdd",
        (page, {"number": "--"}),
    )


def review_milestone() -> Act:
    shipment = _on_the_way()
    content = _content(shipment, "仙台")
    read_in(
        caller=caller("rosa"), carrier_code=shipment.carrier.code, file_sha256=files.put(content), file_name="x.csv"
    )
    note = CarrierLineNote.objects.order_by("-pk")[0]
    told = {"milestone_id": note.milestone_id, "whose": "elsewhere", "reason": "運送会社に確認"}
    page = reverse("shipment_act", args=[shipment.number, "doubt"])
    return Act("rosa", told, (page, told), {"reason": " "}, "ReviewOdd")


ACTS: Acts = {
    "logistics.define_carrier_words": define_carrier_words,
    "logistics.import_carrier_file": import_carrier_file,
    "logistics.record_waybill": record_waybill,
    "logistics.retire_carrier_word": retire_carrier_word,
    "logistics.review_milestone": review_milestone,
}
