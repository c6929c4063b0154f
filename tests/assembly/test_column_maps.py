"""Column maps: kept in revisions by test engineers, made on a page from a sample, used by every import."""

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assembly.models import ColumnMap, TestRun
from assembly.operations.column_maps import (
    ColumnSpec,
    SameColumnMap,
    UnknownColumnMap,
    WrongColumnMap,
    define_column_map,
    retire_column_map,
)
from assembly.operations.test_runs import FileNotUnderstood, FileOfAnotherUnit, import_test_log
from documents import files
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.pages import a_client, queries_of, text_of
from tests.assembly.test_logs.record_files import htf_good, htf_record
from tests.cast import a_caller
from tests.world import a_unit

pytestmark = pytest.mark.django_db

HIPOT = [
    ColumnSpec("製造番号", "serial"),
    ColumnSpec("項目", "name"),
    ColumnSpec("測定値", "value"),
    ColumnSpec("判定", "verdict"),
]
LEAK = [ColumnSpec("SN", "serial"), ColumnSpec("Loss", "value", "leak.loss", "kPa", None, Decimal("0.5"))]


def define(columns=HIPOT, code="hipot", name="耐電圧試験機", who="kenji"):
    return define_column_map(caller=a_caller(who), code=code, name=name, columns=list(columns))


def csv(*lines, heading="製造番号,項目,測定値,判定"):
    return "".join(f"{line}\n" for line in (heading, *lines)).encode("cp932")


def load(content, unit):
    return import_test_log(caller=a_caller("kenji"), file_sha256=files.put(content), file_name="t.csv", unit=unit.tag)


def test_a_change_is_the_next_revision_and_the_earlier_one_is_retired_by_its_event():
    first = define()
    second = define([*HIPOT, ColumnSpec("単位", "unit")])

    first.refresh_from_db()
    assert (first.revision, second.revision, second.code) == (1, 2, "HIPOT")
    event = Event.objects.get(kind="assembly.column-map-defined", subject_id=second.pk)
    assert first.retired_event_id == event.pk and second.retired_at is None
    assert event.payload["columns"][0] == {"header": "製造番号", "role": "serial"}
    retire_column_map(caller=a_caller("kenji"), code="HIPOT")
    assert not ColumnMap.objects.filter(retired_at=None).exists()
    assert define().revision == 3


REFUSED = [
    (WrongColumnMap, {"columns": [ColumnSpec("SN", "serial")]}),
    (WrongColumnMap, {"columns": [*LEAK, ColumnSpec("x" * 121, "ignore")]}),
    (WrongColumnMap, {"columns": [LEAK[0], ColumnSpec("L", "value", "l", "", Decimal(2), Decimal(1))]}),
    (WrongColumnMap, {"code": "a b"}),
    (WrongColumnMap, {"name": " "}),
    (SameColumnMap, {}),
    (SameColumnMap, {"code": "OTHER"}),
    (NotPermitted, {"who": "mei", "columns": LEAK}),
]


@pytest.mark.parametrize(("refusal", "given"), REFUSED)
def test_what_makes_no_new_map_is_refused_and_changes_nothing(refusal, given):
    define()
    with pytest.raises(refusal):
        define(**given)

    assert ColumnMap.objects.count() == 1 and ColumnMap.objects.get().retired_at is None
    with pytest.raises(UnknownColumnMap):
        retire_column_map(caller=a_caller("kenji"), code="NONE")


def test_a_file_is_read_by_the_map_in_use_and_names_its_revision():
    unit = a_unit()
    define()

    run = load(csv(f"{unit.serial},絶縁抵抗,512.5,合格", "OTHER-1,絶縁抵抗,1.0,不合格"), unit)

    assert (run.tool, run.variant, run.tool_version, run.verdict, run.disposition) == (
        "plant-csv", "HIPOT", "r1", "pass", "accept",
    )  # fmt: skip
    row = run.results.get()
    assert (row.name, row.value, row.verdict, row.entity) == ("絶縁抵抗", 512.5, "pass", f"dut:{unit.serial}")
    assert run.observations.get().serial == unit.serial


def test_a_file_about_other_units_only_and_one_without_a_map_are_refused():
    unit = a_unit()
    with pytest.raises(FileNotUnderstood, match="知らない形式"):
        load(csv(f"{unit.serial},a,1,OK"), unit)
    define()
    with pytest.raises(FileNotUnderstood, match="この現品の行がありません"):
        load(csv("OTHER-1,a,1,OK"), unit)

    assert not TestRun.objects.exists()


def test_a_record_that_names_another_unit_is_refused_and_one_that_names_nobody_is_told():
    one, other = a_unit(), a_unit()
    record = {**htf_good(), "dut_id": other.serial}
    with pytest.raises(FileOfAnotherUnit, match=other.serial):
        load(json.dumps(record).encode(), one)
    assert not TestRun.objects.exists()

    run = load(json.dumps({**record, "dut_id": "fixture 3 治具"}).encode(), one)
    assert run.disposition == "review" and any("no name of this unit" in reason for reason in run.reasons)
    assert load(json.dumps(htf_record(record["phases"], dut_id=one.tag)).encode(), one).disposition == "accept"


def test_a_map_is_made_on_the_page_from_a_sample_file():
    page, client = reverse("column_map_new"), a_client("kenji")
    sample = SimpleUploadedFile("a.csv", csv("A-1,絶縁抵抗,512.5,合格", "A-2,耐電圧,１．２,合格"))

    looked = text_of(client.post(page, {"act": "look", "sample": sample}))
    assert "512.5 · １．２" in looked and "製造番号" in looked

    form = {
        "act": "define",
        "code": "HIPOT",
        "name": "耐電圧",
        "key": "k1",
        "c-TOTAL_FORMS": "4",
        "c-INITIAL_FORMS": "4",
    }
    for at, column in enumerate(HIPOT):
        form |= {f"c-{at}-header": column.header, f"c-{at}-role": column.role}
    wrong = client.post(page, {**form, "c-0-role": "ignore"})
    assert wrong.status_code == 422 and "製造番号の列がありません" in text_of(wrong)
    assert client.post(page, {**form, "c-2-low": "1,5"}).status_code == 422
    assert client.post(page, form).headers["Location"] == reverse("column_map", args=["HIPOT"])

    shown = client.get(reverse("column_map", args=["hipot"]))
    assert shown.status_code == 200 and "測定値" in text_of(shown)
    again = text_of(client.get(page, {"from": "HIPOT"}))
    assert 'value="耐電圧"' in again and 'name="c-3-role"' in again
    assert client.post(reverse("column_map", args=["HIPOT"]), {"key": "k2"}).status_code == 302
    assert "廃止" in text_of(client.get(reverse("column_map", args=["HIPOT"])))


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"hello\nworld\n", b"a,b\n" * 1])
def test_a_sample_that_shows_no_table_is_told(content):
    client = a_client("kenji")
    reply = client.post(reverse("column_map_new"), {"act": "look", "sample": SimpleUploadedFile("a.csv", content)})

    assert reply.status_code == (200 if content.startswith(b"a,b") else 422)


def test_the_list_is_searched_and_takes_few_queries():
    define()
    define(LEAK, code="LEAK", name="リーク")
    client = a_client()

    text = text_of(client.get(reverse("column_maps"), {"q": "リーク"}))
    assert "LEAK" in text and "HIPOT" not in text
    assert (
        queries_of(client, reverse("column_maps")) <= 8
        and queries_of(client, reverse("column_map", args=["LEAK"])) <= 8
    )
    assert a_client("mei").get(reverse("column_map_new")).status_code == 403


def test_a_map_by_the_api():
    client = a_client("kenji")
    body = {"code": "leak", "name": "Leak", "columns": [
        {"header": "SN", "role": "serial"}, {"header": "Loss", "role": "value", "name": "loss", "high": "0.5"},
    ]}  # fmt: skip

    reply = client.post("/api/column-maps/", body, content_type="application/json", headers={"Idempotency-Key": "m1"})

    assert reply.status_code == 201 and ColumnMap.objects.get().columns.get(order=2).high == Decimal("0.5")


def test_the_api_lists_what_the_page_lists():
    define()
    define([*HIPOT, ColumnSpec("単位", "unit")])
    define(LEAK, code="LEAK", name="リーク")
    retire_column_map(caller=a_caller("kenji"), code="LEAK")

    def told(query=""):
        rows = a_client().get(f"/api/column-maps/{query}").json()["results"]
        return {(row["code"], row["revision"], row["column_count"], row["retired_at"] is None) for row in rows}

    assert told() == {("HIPOT", 2, 5, True)} == told("?q=hip")
    assert told("?state=all") == {("HIPOT", 2, 5, True), ("LEAK", 1, 2, False)} and told("?q=LEAK") == set()
    assert a_client("stranger").get("/api/column-maps/").status_code == 403
