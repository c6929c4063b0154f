"""Files of planning data: all of it or nothing, every bad line told; exports that no spreadsheet takes for formulas."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import SkillGrant
from accounts.operations.skills import define_skill
from assembly.models import BuildOrder, DesignSlot, OperationField, Tool
from assembly.operations.planning_files import (
    import_limits,
    import_orders,
    import_skill_grants,
    import_slots,
    import_tools,
)
from documents import files
from inventory.operations.incoming_files import FileRefused
from ledger.models import Event
from tests.cast import a_caller, person
from tests.planning.edits import a_design_draft, a_routing_draft, an_order
from tests.world import a_part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def take(gated, text: str, who: str = "plan"):  # type: ignore[no-untyped-def]
    return gated(caller=a_caller(who), file_sha256=files.put(text.encode()), file_name="plan.csv")


def test_orders_come_in_the_sequence_of_the_file() -> None:
    before = BuildOrder.objects.count()

    take(
        import_orders,
        "製品,数量,必要日,着手日,備考\nGB300-NVL72,２,2026/12/20,2026/12/01,第2期\nGB300-CT,18,2026-12-10,,\n",
    )

    made = list(BuildOrder.objects.in_sequence())[before:]
    assert [(order.product.number, order.quantity, order.start_on) for order in made] == [
        ("GB300-NVL72", 2, date(2026, 12, 1)),
        ("GB300-CT", 18, date(2026, 12, 10)),
    ]


def test_one_bad_line_takes_the_whole_file_back_and_every_bad_line_is_told() -> None:
    before = (BuildOrder.objects.count(), Event.objects.count())

    with pytest.raises(FileRefused) as refused:
        take(
            import_orders, "part number,qty,due date\nGB300-CT,1,2026-12-10\nNONE,1,2026-12-10\nGB300-CT,x,2026-12-10\n"
        )

    assert [fault.line for fault in refused.value.faults] == [3, 4]
    assert (BuildOrder.objects.count(), Event.objects.count()) == before


def test_tools_come_with_their_calibration() -> None:
    take(
        import_tools,
        "工具番号,名称,英語名,種類,校正日,証明書番号\nTD-90,ドライバー,Driver,torque,2026/10/01,C-9\nTD-91,ドライバー,Driver,torque,,\n",
    )

    assert Tool.objects.get(code="TD-90").calibrations.get().due_on == date(2027, 9, 30)
    assert not Tool.objects.get(code="TD-91").calibrations.exists()
    with pytest.raises(FileRefused):
        take(import_tools, "code,name ja,name en,kind\nTD-90,x,x,torque\n")


def test_qualifications_come_for_people() -> None:
    define_skill(caller=a_caller("plan"), code="LEAKX", name_ja="漏れ", name_en="Leak", months_valid=12)
    take(import_skill_grants, "利用者名,資格,開始日\nmei,LEAKX,2026-11-01\n")

    assert SkillGrant.objects.get(skill__code="LEAKX").until_on == date(2027, 10, 31)
    with pytest.raises(FileRefused) as refused:
        take(import_skill_grants, "user,qualification,from\nnobody,LEAKX,2026-11-01\nmei,LEAKX,2026-11-01\n")
    assert len(refused.value.faults) == 2


def test_slots_and_limits_are_written_into_drafts_only() -> None:
    design, routing = a_design_draft(), a_routing_draft()
    field = OperationField.objects.filter(operation__routing=routing, kind="number").select_related("operation")[0]

    take(import_slots, f"設計,位置,種類,品番\n{design.code},m2_0,m2,SSD-E1S-3T84\n")
    take(
        import_limits,
        f"routing,revision,operation,field,low,high\n{routing.code},{routing.revision},{field.operation.number},{field.code},1.5,2.5\n",
    )

    assert DesignSlot.objects.get(design=design, position="m2_0").part.number == "SSD-E1S-3T84"
    now = OperationField.objects.get(
        operation__routing=routing, operation__number=field.operation.number, code=field.code
    )
    assert (str(now.low.normalize()), str(now.high.normalize())) == ("1.5", "2.5")  # type: ignore[union-attr]
    with pytest.raises(FileRefused, match="GB300-CT"):
        take(import_slots, "design,slot,kind,part number\nGB300-CT,m2_0,m2,SSD-E1S-3T84\n")
    with pytest.raises(FileRefused):
        take(
            import_limits,
            f"routing,revision,operation,field,low,high\n{routing.code},A,{field.operation.number},{field.code},1,2\n",
        )


def client(name: str = "plan") -> Client:
    browser = Client()
    browser.force_login(person(name))
    browser.cookies["genpin_language"] = "ja"
    return browser


def test_the_page_imports_checks_and_tells_every_bad_line() -> None:
    page, key = client(), iter(range(9))
    content = b"part number,qty,due date\nGB300-CT,1,2026-12-10\n"

    def post(text: bytes, **more: str):  # type: ignore[no-untyped-def]
        upload = SimpleUploadedFile("orders.csv", text)
        return page.post("/planning/import/", {"kind": "orders", "file": upload, "key": f"k{next(key)}", **more})

    before = BuildOrder.objects.count()
    assert "1 行に誤りはありません" in post(content, check="on").content.decode()
    assert BuildOrder.objects.count() == before
    assert "1 件を取込みました" in post(content).content.decode()
    wrong = post(b"part number,qty,due date\nNONE,1,2026-12-10\n")
    assert wrong.status_code == 422
    assert "NONE" in wrong.content.decode()
    assert BuildOrder.objects.count() == before + 1


def test_an_export_honours_the_filter_and_holds_no_formula() -> None:
    a_part("=HYPERLINK(1)", kind="evil")
    an_order(note="=1+1")

    csv = b"".join(client().get("/parts/?kind=evil&export=csv").streaming_content).decode()
    book = openpyxl.load_workbook(io.BytesIO(client().get("/planning/orders/?export=xlsx").content))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]  # type: ignore[union-attr]

    assert csv.count("\r\n") == 2
    assert "'=HYPERLINK(1)" in csv
    assert "'=1+1" in cells
