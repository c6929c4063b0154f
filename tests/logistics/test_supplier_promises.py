"""The share of lines that came by their promised day, worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assembly.figures.intervals import Share
from documents import files
from inventory.models import ShipNotice
from inventory.operations.discrepancies import DiscrepancyReport, report_discrepancy, settle_discrepancy
from inventory.operations.receiving import receive_lot, receive_notice
from inventory.operations.ship_notices import import_ship_notice
from inventory.queries.notices import notice_rows
from logistics.queries.supplier_promises import PromiseRecord, promise_records
from logistics.queries.supplier_record import supplier_records
from tests.cast import a_caller, person
from tests.world import a_consumable, a_location, a_part, a_supplier, fresh

pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 11, 20, 14, 59, tzinfo=UTC)
"""One minute to midnight at the plant."""
AS_OF = datetime(2026, 11, 26, 3, tzinfo=UTC)
SINCE = AS_OF - timedelta(days=365)


def announced(*lines: tuple[str, str, str, str, str], supplier: str = "SUP-1") -> ShipNotice:
    """A notice of lines: part, serial, lot, quantity, promised day."""
    a_supplier(supplier)
    head = "notice,supplier,shipped_at,part,serial,lot,quantity,promised_on"
    number = fresh("ASN-")
    rows = [",".join((number, supplier, "2026-11-15 09:00", *line)) for line in lines]
    answer: dict[str, Any] = import_ship_notice(
        caller=a_caller("rosa", at=EVENING - timedelta(days=2)),
        file_sha256=files.put("\n".join([head, *rows]).encode()), file_name="n.csv",
    )  # fmt: skip
    return ShipNotice.objects.get(pk=answer["notices"][0])


def comes(notice: ShipNotice, at: datetime) -> None:
    receive_notice(caller=a_caller("mei", at=at), notice_id=notice.pk, location_code=a_location("RCV").code)


def some_come(notice: ShipNotice, quantity: int, at: datetime) -> None:
    receive_lot(
        caller=a_caller("mei", at=at), line_id=notice.lines.get().pk, quantity=Decimal(quantity),
        location_code=a_location("RCV").code,
    )  # fmt: skip


def test_a_line_is_on_time_by_the_plants_day_of_its_last_piece() -> None:
    board, paste = a_part().number, a_consumable().number
    day = "2026-11-20"
    comes(announced((board, "S1", "", "1", day), (board, "S2", "", "1", day)), EVENING)  # one line of two pieces
    comes(announced((board, "S3", "", "1", day)), EVENING + timedelta(minutes=2))  # the plant's next day
    comes(announced((board, "S4", "", "1", "2026-11-22")), EVENING)  # early
    comes(announced((board, "S5", "", "1", "")), EVENING)
    partly = announced((paste, "", "L1", "10", day))
    some_come(partly, 9, EVENING)
    assert promise_records(SINCE, AS_OF)["SUP-1"].overdue == 1

    some_come(partly, 1, EVENING + timedelta(days=3))
    announced((board, "S6", "", "1", "2026-11-25"))  # open, since yesterday
    announced((board, "S7", "", "1", "2026-11-26"))  # today is not past

    found = promise_records(SINCE, AS_OF)["SUP-1"]
    assert found == PromiseRecord(6, 1, early=1, on_the_day=1, late=2, overdue=1, late_days=1.0)
    assert (found.on_time, found.not_due) == (Share(2, 5), 1)


def test_what_was_accepted_as_missing_is_awaited_no_more() -> None:
    paste, day = a_consumable().number, "2026-11-20"
    partly, never = announced((paste, "", "L1", "10", day)), announced((paste, "", "L2", "5", day))
    some_come(partly, 9, EVENING)
    for notice, missing in ((partly, 1), (never, 5)):
        report = DiscrepancyReport(kind="under", line=notice.lines.get().number, quantity=Decimal(missing))
        told = report_discrepancy(caller=a_caller("mei", at=EVENING), notice_id=notice.pk, report=report)
        assert promise_records(SINCE, AS_OF)["SUP-1"].overdue
        settle_discrepancy(
            caller=a_caller("tanaka", at=EVENING + timedelta(days=1)), number=told.number, settlement="accept",
            reason="credited",
        )  # fmt: skip

    assert promise_records(SINCE, AS_OF)["SUP-1"] == PromiseRecord(1, 0, on_the_day=1)
    assert promise_records(SINCE, EVENING + timedelta(hours=2))["SUP-1"].overdue == 2  # as it was known then
    assert not notice_rows(state="overdue", supplier="SUP-1").exists()


def test_page_prints_n_and_its_export_leads_to_the_notices_that_are_overdue() -> None:
    board = a_part().number
    late = announced((board, "S1", "", "1", "2026-11-19"))
    announced((board, "S2", "", "1", ""), supplier="SUP-2")

    assert [row.promise.overdue for row in supplier_records(AS_OF)] == [1, 0]
    assert [one.pk for one in notice_rows(state="overdue", supplier="SUP-1")] == [late.pk]
    client = Client()
    client.force_login(person("rosa"))
    page = client.get(reverse("supplier_record")).text
    assert "0 / 1" in page and "supplier=SUP-1&amp;state=overdue" in page
    answer = client.get(reverse("supplier_record"), {"export": "csv", "q": "SUP-2"})
    sheet = answer.getvalue().decode()
    assert "SUP-1" not in sheet and sheet.strip().endswith(",0,1,0,,,,0,0,0,0,")
