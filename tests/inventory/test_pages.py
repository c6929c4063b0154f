"""Pages of units, notices, lots, stock and holds: what a person sees and does there."""

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inventory.models import Hold, ShipNotice, Unit
from inventory.operations.holds import place_hold
from inventory.operations.receiving import receive_unit
from ledger.doors import new_key
from tests.cast import a_caller, person
from tests.world import (
    a_consumable,
    a_location,
    a_lot,
    a_notice,
    a_part,
    a_superchip,
    a_supplier,
    a_unit,
    notice_csv,
    received_units,
)

pytestmark = pytest.mark.django_db


def as_(name: str) -> Client:
    client = Client()
    client.force_login(person(name))
    return client


def text_of(answer: Any) -> str:
    return answer.content.decode()  # type: ignore[no-any-return]


ADDRESSES = ("/units/", "/stock/", "/ship-notices/", "/holds/")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_pages_open_empty_and_filled(address: str, language: str) -> None:
    client = as_("plan")
    client.cookies["genpin_language"] = language
    assert client.get(address).status_code == 200
    unit = a_unit()
    place_hold(caller=a_caller("tanaka"), target=unit.tag, reason="Scratch")
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", [*ADDRESSES, "/units/GP00000000X/", "/receiving/"])
def test_pages_are_closed_to_strangers_and_the_unknown(address: str) -> None:
    assert Client().get(address).status_code == 302
    assert as_("stranger").get(address).status_code == 403


@pytest.mark.parametrize("query", ["?page=x", "?page=999", "?sort=evil", "?state=sky", "?q=%EF%BC%91", "?as_of=x"])
def test_odd_addresses_show_a_page(query: str) -> None:
    unit = a_unit()
    for address in (*ADDRESSES, f"/units/{unit.tag}/"):
        assert as_("aud").get(address + query).status_code == 200


def test_an_address_with_nul_is_refused_with_a_page() -> None:
    for address in ADDRESSES:
        answer = as_("aud").get(address + "?q=%00")
        assert (answer.status_code, answer["Content-Type"]) == (400, "text/html; charset=utf-8")


def test_unit_page_tells_names_place_contents_and_history() -> None:
    board = a_unit(a_superchip(), lot="L-1")
    place_hold(caller=a_caller("tanaka"), target=board.tag, reason="傷あり")

    page = text_of(as_("aud").get(f"/units/{board.tag}/"))

    for told in (board.serial, board.part.number, "場所 RCV-1", "CPU0", "傷あり", "L-1"):
        assert told in page
    assert "傷あり" not in text_of(as_("aud").get(f"/units/{a_unit().tag}/"))


def test_unit_page_at_an_earlier_time_is_empty() -> None:
    board = a_unit(a_superchip())
    page = text_of(as_("aud").get(f"/units/{board.tag}/?as_of=2020-01-01T00:00"))
    assert "CPU0" not in page


def test_hostile_text_is_escaped() -> None:
    unit = a_unit(serials=["<script>alert(1)</script>"])
    place_hold(caller=a_caller("tanaka"), target=unit.tag, reason="<img src=x onerror=alert(1)>")
    for address in ("/units/", f"/units/{unit.tag}/", "/holds/"):
        page = text_of(as_("aud").get(address))
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("count", [2, 45])
def test_list_of_units_asks_the_same_number_of_questions(count: int, django_assert_max_num_queries: Any) -> None:
    received_units(a_part(), count)
    client = as_("aud")
    client.get("/units/")
    with django_assert_max_num_queries(11):
        client.get("/units/")


def test_list_is_exported_with_its_filter_and_without_formulas() -> None:
    part = a_part()
    received_units(part, 3, serials=["=1+1", "@x", "S3"])
    a_unit()

    csv = b"".join(as_("aud").get(f"/units/?part={part.number}&export=csv")).decode()  # type: ignore[arg-type]
    xlsx = openpyxl.load_workbook(io.BytesIO(as_("aud").get(f"/units/?part={part.number}&export=xlsx").content))

    assert csv.startswith("\ufeff")
    assert len(csv.splitlines()) == 4
    assert "'=1+1" in csv
    assert [row[1] for row in xlsx.active.iter_rows(min_row=2, values_only=True)] == ["S3", "'@x", "'=1+1"]
    for name in ("stock", "holds", "ship-notices"):
        assert as_("aud").get(f"/{name}/?export=csv").status_code == 200
    lot = a_lot()
    assert as_("aud").get(f"/lots/{lot.tag}/?export=csv").status_code == 200


def upload(client: Client, content: bytes, **more: str) -> Any:
    file = SimpleUploadedFile("notice.csv", content, "text/csv")
    return client.post("/ship-notices/", {"file": file, "key": new_key(), **more}, follow=True)


def test_file_is_read_in_and_its_page_shown() -> None:
    a_supplier()
    part = a_part()
    content = notice_csv([{"part number": part.number, "serial": "S1"}], number="ASN-7")

    checked = upload(as_("rosa"), content, check="1")
    assert (checked.status_code, ShipNotice.objects.count()) == (200, 0)
    answer = upload(as_("rosa"), content)
    again = upload(as_("rosa"), content)

    notice = ShipNotice.objects.get()
    assert answer.redirect_chain == [(f"/ship-notices/{notice.pk}/", 302)]
    assert again.redirect_chain == [(f"/ship-notices/{notice.pk}/", 302)]
    assert "ASN-7" in text_of(answer)


def test_bad_file_shows_its_lines_and_changes_nothing() -> None:
    a_supplier()
    answer = upload(as_("rosa"), notice_csv([{"part number": "NONE", "serial": "S1"}]))
    assert (answer.status_code, ShipNotice.objects.count()) == (422, 0)
    assert "NONE" in text_of(answer)
    assert as_("rosa").post("/ship-notices/", {"key": new_key()}).status_code == 422
    assert upload(as_("mei"), notice_csv([{"part number": "NONE", "serial": "S1"}])).status_code == 403


def test_notice_is_received_on_its_page() -> None:
    a_location("RCV-1")
    part, paste = a_part(), a_consumable()
    notice = a_notice(
        [{"part number": part.number, "serial": "S1"}, {"part number": paste.number, "lot": "L1", "quantity": "5"}]
    )
    line = notice.lines.get(lot_number="L1")
    address = f"/ship-notices/{notice.pk}/"
    form = {"line": line.pk, "quantity": "2.5", "location": "RCV-1", "key": new_key()}

    page = text_of(as_("mei").get(address))
    assert f'action="{address}receipt/"' in page
    assert as_("mei").post(address + "lot-receipt/", form | {"quantity": "99"}).status_code == 422
    assert as_("mei").post(address + "lot-receipt/", form | {"quantity": "x"}).status_code == 422
    assert as_("mei").post(address + "lot-receipt/", form).status_code == 302
    assert as_("mei").post(address + "receipt/", {"location": "RCV-1", "key": new_key()}).status_code == 302
    assert as_("mei").post(address + "receipt/", {"location": "RCV-1", "key": new_key()}).status_code == 422
    assert as_("aud").post(address + "receipt/", {"location": "RCV-1", "key": new_key()}).status_code == 403

    assert Unit.objects.get().serial == "S1"
    assert "受領" in text_of(as_("mei").get(address)) or "入荷" in text_of(as_("mei").get(address))


def test_hold_is_placed_and_released_by_page() -> None:
    unit, client = a_unit(), as_("tanaka")
    assert unit.tag in text_of(client.get(f"/holds/?target={unit.tag}"))
    form = {"targets": f"{unit.tag}\n\n{unit.tag}\n", "reason": "Scratch", "key": new_key()}
    assert client.post("/holds/", form | {"targets": "NOBODY"}).status_code == 422
    assert client.post("/holds/", form | {"reason": ""}).status_code == 422
    assert as_("mei").post("/holds/", form).status_code == 403
    assert client.post("/holds/", form).status_code == 302
    assert client.post("/holds/", form).status_code == 302

    hold = Hold.objects.get()
    assert client.post(f"/holds/{hold.number}/", {"reason": "", "key": new_key()}).status_code == 422
    assert client.post(f"/holds/{hold.number}/", {"reason": "Polished", "key": new_key()}).status_code == 302
    assert client.post(f"/holds/{hold.number}/", {"reason": "Again", "key": new_key()}).status_code == 422
    assert Hold.objects.open().count() == 0


def test_lot_page_tells_what_it_went_into() -> None:
    unit = a_unit(lot="BAD")
    page = text_of(as_("tanaka").get(f"/lots/{unit.lot.tag}/"))
    assert unit.serial in page


def test_pages_carry_no_inline_script_or_style() -> None:
    unit = a_unit()
    for address in (*ADDRESSES, f"/units/{unit.tag}/"):
        page = text_of(as_("tanaka").get(address))
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page), address


def test_admin_shows_and_changes_nothing() -> None:
    unit, client = a_unit(), as_("admin")
    client.get("/admin/")
    listed = client.get("/admin/inventory/unit/")
    assert listed.status_code == 200
    assert client.post(f"/admin/inventory/unit/{unit.pk}/change/", {"serial": "x"}).status_code == 403
    assert client.get("/admin/inventory/unit/add/").status_code == 403
    assert as_("mei").get("/admin/inventory/unit/").status_code == 302


def test_receipt_by_scan_shows_on_the_notice() -> None:
    a_location("RCV-1")
    notice = a_notice([{"part number": a_part().number, "serial": "S1"}])
    receive_unit(caller=a_caller("mei"), serial="S1", location_code="RCV-1")
    unit = Unit.objects.get()
    assert f'href="/units/{unit.tag}/"' in text_of(as_("mei").get(f"/ship-notices/{notice.pk}/"))
