"""import_ship_notice: by file, all of it or nothing."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from documents import files
from documents.models import StoredFile
from inventory.models import ShipNotice, ShipNoticeLine
from inventory.operations.incoming_files import FileMissing, FileRefused
from inventory.operations.ship_notices import NoticeTaken, import_ship_notice
from inventory.ship_notice_files import read_ship_notices
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.cast import a_caller
from tests.inventory.unchanged import refused
from tests.world import (
    NOTICE_HEADING,
    a_consumable,
    a_notice,
    a_part,
    a_superchip,
    a_supplier,
    a_unit,
    notice_csv,
)

pytestmark = pytest.mark.django_db


def put_in(content: bytes, name: str = "notice.csv") -> dict[str, object]:
    return import_ship_notice(caller=a_caller("rosa"), file_sha256=files.put(content), file_name=name)


def faults_of(content: bytes) -> list[tuple[int, str, str]]:
    a_supplier()
    with refused(FileRefused) as caught:
        put_in(content)
    assert isinstance(caught.value, FileRefused)
    return [(fault.line, fault.column, fault.say) for fault in caught.value.faults]


def test_lines_become_expected_units_and_lots() -> None:
    a_supplier()
    board, paste = a_part("P-BOARD", revision="B"), a_consumable("P-PASTE")
    content = notice_csv(
        [
            {"part number": "P-BOARD", "revision": "B", "serial": "１６４０ ", "lot": "L0", "country": "TW"},
            {"part number": "P-PASTE", "lot": "L1", "quantity": "12.5", "expires on": "2027-01-31"},
        ],
        number="ASN-1",
        shipped_at="2026-11-15 09:00",
    )

    answer = put_in(content)

    notice = ShipNotice.objects.get()
    assert answer == {"notices": [notice.pk], "numbers": ["ASN-1"], "lines": 2, "already": False}
    assert notice.shipped_at == datetime(2026, 11, 15, 0, 0, tzinfo=UTC)
    first, second = notice.lines.all()
    assert (first.part, first.serial, first.serial_raw) == (board, "1640", "１６４０ ")
    assert (second.part, second.quantity, second.expires_on) == (paste, Decimal("12.5"), date(2027, 1, 31))
    event = Event.objects.get(kind="inventory.ship-notice-imported")
    assert (notice.event_id, event.subject_id) == (event.pk, notice.pk)
    assert StoredFile.objects.get().sha256 == notice.file_sha256


def test_same_file_again_is_a_no_op_that_says_so() -> None:
    a_supplier()
    content = notice_csv([{"part number": a_part().number, "serial": "S1"}])
    put_in(content)
    events = Event.objects.count()

    answer = put_in(content, "copy.csv")

    assert answer["already"] is True
    assert (ShipNotice.objects.count(), Event.objects.count()) == (1, events)


def test_same_number_in_another_file_is_refused() -> None:
    part = a_part()
    a_notice([{"part number": part.number, "serial": "S1"}], number="ASN-9")
    with refused(NoticeTaken):
        put_in(notice_csv([{"part number": part.number, "serial": "S2"}], number="ASN-9"))


def test_a_file_that_is_not_there_is_refused() -> None:
    with refused(FileMissing):
        import_ship_notice(caller=a_caller("rosa"), file_sha256="0" * 64, file_name="x.csv")


def test_a_path_in_place_of_a_hash_is_refused() -> None:
    with refused(FileMissing):
        import_ship_notice(caller=a_caller("rosa"), file_sha256="../../etc/passwd", file_name="x.csv")


@pytest.mark.parametrize("who", ["mei", "aud", "stranger"])
def test_who_may_not_import_is_refused(who: str) -> None:
    caller = a_caller(who)
    with refused(NotPermitted):
        import_ship_notice(caller=caller, file_sha256="0" * 64, file_name="x.csv")


HEADING_JA = (
    "出荷案内番号,仕入先,発注番号,発注日,出荷日,品番,版数,製造番号,UUID,ロット番号,数量,有効期限,原産国,親製造番号,位置"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_japanese_headings_in_every_encoding(encoding: str, separator: str) -> None:
    a_supplier()
    a_part("P-1")
    lines = [HEADING_JA, "案内１,SUP-1,PO-1,2026/11/01,2026年11月15日,P-1,A,ＳＮ１,,,1,,台湾,,", ",,,,,P-1,,SN2,,,,,,,"]
    text = "\r\n".join(lines).replace(",", separator)

    put_in(text.encode(encoding))

    notice = ShipNotice.objects.get()
    assert (notice.number, notice.order_number) == ("案内1", "PO-1")
    assert [line.serial for line in notice.lines.all()] == ["SN1", "SN2"]


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_workbook_is_read_and_a_formula_is_its_text() -> None:
    a_supplier()
    a_part("P-1")
    shipped = datetime(2026, 11, 15, 9, 0)
    content = workbook(
        [
            list(NOTICE_HEADING[:8]),
            ["ASN-1", "SUP-1", "", "", shipped, "P-1", "A", 1640124000234],
            ["ASN-1", "SUP-1", "", "", shipped, "P-1", "A", "=1+1"],
        ]
    )

    put_in(content, "notice.xlsx")

    assert list(ShipNoticeLine.objects.values_list("serial", flat=True)) == ["1640124000234", "=1+1"]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 torn", b"\xd0\xcf\x11\xe0 old", b"\xff\xfe\x00", b"\x81\xff\xfe"]
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    assert faults_of(content)[0][0] in (0, 1)


def test_every_bad_line_is_told_with_column_and_sentence() -> None:
    a_part("P-1")
    a_consumable("P-2")
    content = notice_csv(
        [
            {"part number": "P-1", "serial": "S1"},
            {"part number": "NONE", "serial": "S2"},
            {"part number": "P-1", "revision": "Z", "serial": "S3"},
            {"part number": "P-1", "serial": "S1"},
            {"part number": "P-1", "serial": "N/A"},
            {"part number": "P-1"},
            {"part number": "P-1", "serial": "S4", "quantity": "2"},
            {"part number": "P-2", "lot": "L", "quantity": "-1"},
            {"part number": "P-2", "quantity": "1"},
            {"part number": "P-2", "lot": "L", "expires on": "2027-02-30"},
            {"part number": "P-1", "serial": "S\u20115"},
            {"part number": "P-1", "serial": "S6", "uuid": "no uuid"},
            {"part number": "P-1", "serial": "S7", "parent serial": "S1"},
            {"part number": "P-1", "serial": "S8", "parent serial": "S99", "position": "U1"},
            {"part number": "P-1", "serial": "S9", "parent serial": "S1", "position": "U1"},
        ]
    )

    found = {(line, column) for line, column, _say in faults_of(content)}

    assert found >= {
        (3, "part number"), (4, "revision"), (5, "serial"), (6, "serial"), (7, "serial"), (8, "quantity"),
        (9, "quantity"), (10, "lot"), (11, "expires on"), (12, "serial"), (13, "uuid"), (14, "parent serial"),
        (15, "parent serial"), (16, "parent serial"),
    }  # fmt: skip
    assert ShipNotice.objects.count() == 0


def test_missing_column_unknown_supplier_and_taken_serial_are_told() -> None:
    unit = a_unit()
    line = {"part number": unit.part.number, "serial": unit.serial}
    assert "notice" in faults_of(b"supplier,part\nSUP-1,P")[0][2]
    assert faults_of(notice_csv([line], supplier="NOBODY"))[0][1] == "supplier"
    says = [say for _line, _column, say in faults_of(notice_csv([line]))]
    assert any(unit.tag in say for say in says)


def test_wrong_part_at_a_built_in_position_is_told() -> None:
    board, other = a_superchip(), a_part(level="chip")
    uuid = "11111111-2222-3333-4444-555555555555"
    lines = [
        {"part number": board.number, "serial": "S1"},
        {"part number": other.number, "uuid": uuid, "parent serial": "S1", "position": "GPU0"},
    ]
    assert [(line, column) for line, column, _say in faults_of(notice_csv(lines))] == [(3, "position")]


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE inventory_unit; --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "%(x)s {0}", "a" * 200],
)
def test_hostile_text_is_only_text(text: str) -> None:
    a_supplier()
    part = a_part()

    put_in(notice_csv([{"part number": part.number, "serial": text, "country": text}]))

    line = ShipNoticeLine.objects.get()
    assert (line.serial, line.country) == (text, text)


@pytest.mark.parametrize("text", ["nul\x00byte", "escape\x1b[2J", "over\u202eride"])
def test_control_characters_are_told(text: str) -> None:
    part = a_part()
    assert faults_of(notice_csv([{"part number": part.number, "serial": "S1", "country": text}]))


def big_file(lines: int, bad_at: int = 0) -> bytes:
    rows = [{"part number": "P-BIG", "serial": f"SN{number:07d}"} for number in range(lines)]
    if bad_at:
        rows[bad_at]["serial"] = rows[0]["serial"]
    return notice_csv(rows, number="ASN-BIG")


def test_ten_thousand_lines_with_one_bad_one_leave_nothing() -> None:
    a_part("P-BIG")
    assert [(line, column) for line, column, _say in faults_of(big_file(10_000, bad_at=7_000))] == [
        (7_002, "serial"),
        (7_002, "serial"),
    ]


def test_ten_thousand_lines_come_in_by_forty_statements_at_most(django_assert_max_num_queries: Any) -> None:
    a_supplier()
    a_part("P-BIG")
    content = big_file(10_000)

    with django_assert_max_num_queries(40):
        put_in(content)

    assert ShipNoticeLine.objects.count() == 10_000
    assert Event.objects.filter(kind="inventory.ship-notice-imported").count() == 1


def test_a_file_of_too_many_lines_is_refused_whole() -> None:
    told = read_ship_notices(b"notice,supplier,shipped at,part\n" + b"A,S,2026-11-15,P\n" * 50_001)
    assert (told.faults[0].line, told.lines) == (0, 0)


def test_the_wall_refuses_a_number_twice() -> None:
    notice = a_notice([{"part number": a_part().number, "serial": "S1"}])
    notice.pk = None
    with pytest.raises(IntegrityError, match="ship_notice_number_is_unique"), transaction.atomic():
        notice.save(force_insert=True)


def test_command_imports_checks_and_reports_by_line(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    a_supplier()
    part = a_part()
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(notice_csv([{"part number": part.number, "serial": "S1"}]))
    bad.write_bytes(notice_csv([{"part number": part.number, "serial": "S2"}, {"part number": "NONE", "serial": "S3"}]))

    call_command("import_ship_notice", good, "--check")
    assert (ShipNotice.objects.count(), Event.objects.filter(kind__startswith="inventory.ship").count()) == (0, 0)
    call_command("import_ship_notice", good)
    call_command("import_ship_notice", good)
    with pytest.raises(CommandError):
        call_command("import_ship_notice", bad)

    told = capsys.readouterr()
    assert "imported before" in told.out
    assert "line 3" in told.err
    assert ShipNotice.objects.count() == 1


@pytest.mark.complaint(15)
@pytest.mark.complaint(28)
def test_queries_do_not_grow_with_the_lines(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    a_supplier()
    a_part("P-BIG")
    content = big_file(1_000)
    caller, sha256 = a_caller("rosa"), files.put(content)
    with django_assert_max_num_queries(24):
        import_ship_notice(caller=caller, file_sha256=sha256, file_name="x.csv")


def test_promised_days_are_read_in_every_way_they_are_written_and_bad_ones_are_told() -> None:
    a_supplier()
    part = a_consumable("P-PASTE").number
    heading = "出荷案内番号,仕入先,発注日,出荷日,品番,ロット番号,数量,納期"
    days = ["令和８年１１月２５日(水)", "2026/11/26", "R8.11.27", ""]
    rows = [f"ASN-9,SUP-1,2026-11-01,2026-11-20,{part},L{n},1,{day}" for n, day in enumerate(days)]
    put_in("\r\n".join([heading, *rows]).encode("cp932"))

    assert list(ShipNoticeLine.objects.order_by("number").values_list("promised_on", flat=True)) == [
        date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27), None,
    ]  # fmt: skip

    bad = ["8/11/26", "2026/11/26 16:00", "2026-10-31", "2029/1/1"]
    rows = [f"ASN-10,SUP-1,2026-11-01,2026-11-20,{part},L{n},1,{day}" for n, day in enumerate(bad)]
    told = faults_of("\r\n".join([heading, *rows]).encode())
    assert [(line, column) for line, column, _say in told] == [(n, "納期") for n in range(2, 6)]
    assert "何通り" in told[0][2] and "発注日より前" in told[2][2] and "2 年以上" in told[3][2]
    assert ShipNoticeLine.objects.count() == 4
