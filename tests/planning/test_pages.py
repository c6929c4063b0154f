"""The planner's pages: both versions of a stale edit, a bill of 5,000 lines, the drawn slot map, what differs."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assembly.models import BuildOrder
from inventory.models import Bom, Part
from inventory.operations.bom_drafts import put_bom_line
from inventory.operations.boms import BomRow, release_bom
from inventory.operations.parts import PartRow, define_parts
from tests.cast import a_caller, person
from tests.planning.edits import a_bom_draft, a_design_draft, a_routing_draft, an_order
from tests.world import a_part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def client(name: str = "plan", language: str = "ja") -> Client:
    browser = Client()
    browser.force_login(person(name))
    browser.cookies["genpin_language"] = language
    return browser


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found.group(1)


@pytest.mark.complaint(26)
def test_a_form_that_is_stale_shows_both_versions_and_saves_after_that() -> None:
    part = a_part(country="TW")
    url = f"/parts/{part.pk}/edit/"
    mine, hers = client(), client("admin")
    page = mine.get(url).content.decode()
    said = {"name_ja": part.name_ja, "name_en": part.name_en, "kind": part.kind, "version": hidden(page, "version")}
    assert hers.post(url, {**said, "country": "VN", "key": "a"}).status_code == 302

    refused = mine.post(url, {**said, "country": "MY", "manufacturer": "ACME", "key": "b"})

    text = refused.content.decode()
    assert refused.status_code == 422
    for shown in ("両方の内容", "TW", "VN", "MY", "両方が変更", person("admin").name_ja):
        assert shown in text
    assert hidden(text, "version") == "2"
    assert Part.objects.get(pk=part.pk).country == "VN"
    again = mine.post(url, {**said, "version": "2", "country": "MY", "manufacturer": "ACME", "key": "b"})
    part.refresh_from_db()
    assert (again.status_code, part.country, part.version) == (302, "MY", 3)


@pytest.mark.complaint(30)
def test_a_bill_of_5000_lines_opens_paged_by_as_many_questions_as_a_short_one() -> None:
    host = a_part(kind="rack", level="rack")
    rows = [
        PartRow(
            number=f"BULK-{n:05}", revision="A", name_ja=f"部品 {n}", name_en=f"Part {n}", kind="board", level="board"
        )
        for n in range(5_000)
    ]
    define_parts(caller=a_caller("plan"), parts=rows)
    lines = [BomRow(number=n + 1, part_number=row.number, quantity=Decimal(1)) for n, row in enumerate(rows)]
    said = {"part_number": host.number, "part_revision": "A"}
    short = release_bom(caller=a_caller("plan"), revision="1", lines=lines[:5], **said)  # type: ignore[arg-type]
    long = release_bom(caller=a_caller("plan"), revision="2", lines=lines, **said)  # type: ignore[arg-type]
    browser = client()
    browser.get(f"/boms/{short.pk}/")
    counts = []
    for bom in (short, long):
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(f"/boms/{bom.pk}/").content.decode()
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 12
    assert page.count("BULK-") <= 2 * 50
    assert "4,999" not in page
    with CaptureQueriesContext(connection) as asked:
        compared = browser.get(f"/boms/{long.pk}/?with={short.pk}").content.decode()
    assert len(asked) <= 14
    assert "BULK-04999" in compared


def test_lines_of_a_draft_are_changed_and_what_differs_is_shown() -> None:
    bom = a_bom_draft()
    line = bom.lines.select_related("part").order_by("number")[0]
    browser = client()
    url = f"/boms/{bom.pk}/lines/{line.number}/"
    page = browser.get(url).content.decode()
    answer = browser.post(
        url,
        {
            "part_number": line.part.number,
            "quantity": "9",
            "unit": "pcs",
            "version": hidden(page, "version"),
            "key": "a",
        },
    )
    first = Bom.objects.get(part_revision=bom.part_revision, revision="1")
    compared = browser.get(f"/boms/{bom.pk}/?with={first.pk}").content.decode()

    assert answer.status_code == 302
    assert line.part.number in compared
    assert "変更" in compared
    put_bom_line(
        caller=a_caller("admin"), bom_id=bom.pk, number=999, version=0, part_number="SCR-M3X8", quantity=Decimal(1)
    )
    stale = browser.post(f"/boms/{bom.pk}/release/", {"version": "2", "key": "c", "effective_from": ""})
    assert stale.status_code == 422
    assert "SCR-M3X8" in stale.content.decode()


def test_a_design_is_drawn_and_a_routing_compared() -> None:
    design, routing = a_design_draft(), a_routing_draft()
    browser = client()
    drawn = browser.get(f"/planning/designs/{design.pk}/").content.decode()
    rack = browser.get("/planning/designs/?q=D-31").content.decode()
    row = routing.operations.order_by("number")[0]
    page = browser.get(f"/planning/routings/{routing.pk}/operations/{row.number}/").content.decode()
    assert "<svg" in drawn
    assert "D-31" in rack
    fields = {name: hidden(page, name) for name in ("version", "standard_minutes", "work_centre", "name_ja", "name_en")}
    text = re.search(r'<textarea name="fields_text"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    assert text
    said = {
        **fields, "standard_minutes": "77", "kind": row.kind, "stage": row.stage, "signs": row.signs,
        "fields_text": text.group(1), "slot_kinds": ", ".join(row.slot_kinds), "key": "k",
        "required_tools": ", ".join(row.required_tools),
        "instruction_ja": row.instruction_ja, "instruction_en": row.instruction_en,
    }  # fmt: skip
    answer = browser.post(f"/planning/routings/{routing.pk}/operations/{row.number}/", said)
    other = type(routing).objects.get(code=routing.code, revision="A")
    compared = browser.get(f"/planning/routings/{routing.pk}/?with={other.pk}").content.decode()

    assert answer.status_code == 302, answer.content.decode()
    assert re.findall(r"<b>(.*?)</b>", compared[compared.index("との比較") :])[0] == "77"


def test_orders_are_moved_and_started_from_the_page() -> None:
    one, two = an_order(), an_order()
    browser = client()

    moved = browser.post(f"/planning/orders/{two.pk}/place/", {"version": "1", "before": str(one.pk), "key": "m"})
    stale = browser.post(f"/planning/orders/{two.pk}/place/", {"version": "1", "before": "", "key": "n"})
    started = browser.post(
        f"/planning/orders/{one.pk}/builds/",
        {"version": "1", "quantity": "2", "location_code": "LINE-TRAY", "key": "s"},
    )

    assert (moved.status_code, stale.status_code, started.status_code) == (302, 422, 302)
    row = list(BuildOrder.objects.open().in_sequence())
    assert row.index(two) < row.index(one)
    assert one.builds.count() == 2
    assert "2 / 3" in browser.get(f"/planning/orders/{one.pk}/").content.decode()
