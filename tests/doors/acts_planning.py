"""Acts of the planner: build orders and their sequence, parts and suppliers edited. Differences of a delivery."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.models import Station
from assembly.models import BuildOrder, Design
from assembly.operations.build_orders import OrderRow
from assembly.operations.build_orders import plan_order as planned
from inventory.models import Discrepancy, Part, Supplier
from inventory.operations.discrepancies import DiscrepancyReport
from inventory.operations.discrepancies import report_discrepancy as told
from inventory.operations.part_edits import PartFacts
from tests.assembly.world import TRAY
from tests.doors.act import Act, Acts, Arguments, caller, free_unit
from tests.doors.acts_inventory import announced
from tests.world import a_part


def _stale(right: Arguments) -> Act:
    return Act("plan", right, wrong={"version": right["version"] + 7}, refusal="StaleEdit")


def _need_by() -> date:
    return timezone.localdate() + timedelta(days=30)


def _row() -> OrderRow:
    """Two compute trays in a month."""
    product = Design.objects.select_related("part_revision__part").get(code=TRAY).part_revision.part.number
    return OrderRow(product=product, quantity=2, need_by=_need_by(), design_code=TRAY)


def _order() -> BuildOrder:
    return planned(caller=caller("plan"), order=_row())


def plan_order() -> Act:
    row = _row()
    nothing = OrderRow(product="NO-PART", quantity=1, need_by=row.need_by)
    return Act("plan", {"order": row}, wrong={"order": nothing}, refusal="UnknownPart")


def plan_orders() -> Act:
    row = _row()
    nothing = OrderRow(product="NO-PART", quantity=1, need_by=row.need_by)
    return Act("plan", {"orders": [row, row]}, wrong={"orders": [row, nothing]}, refusal="UnknownPart")


def edit_order() -> Act:
    order = _order()
    return _stale({"order_id": order.pk, "version": order.version, "quantity": 3, "need_by": _need_by()})


def move_order() -> Act:
    first, second = _order(), _order()
    return _stale({"order_id": second.pk, "version": second.version, "before_id": first.pk})


def cancel_order() -> Act:
    order = _order()
    return _stale({"order_id": order.pk, "version": order.version, "reason": "Withdrawn"})


def start_from_order() -> Act:
    order = _order()
    return _stale({"order_id": order.pk, "version": order.version, "quantity": 1, "location_code": "LINE-TRAY"})


def _part() -> Part:
    return a_part("DOOR-P1")


def edit_part() -> Act:
    part = _part()
    facts = PartFacts(name_ja="改名", name_en="Renamed", kind="board", hs_code="8473.30")
    return _stale({"part_id": part.pk, "version": part.version, "facts": facts})


def add_part_alias() -> Act:
    part = _part()
    return _stale({"part_id": part.pk, "version": part.version, "number": "MAKER-1", "source": "maker"})


def revise_part() -> Act:
    part = _part()
    return _stale({"part_id": part.pk, "version": part.version, "revision": "B"})


def edit_supplier() -> Act:
    supplier = Supplier.objects.order_by("pk")[0]
    return _stale({"supplier_id": supplier.pk, "version": supplier.version, "name": "Renamed", "country": "JP"})


def _notice() -> int:
    """A delivery of one board that has not come."""
    return announced([{"part number": free_unit().part.number, "serial": "DOOR-1"}])


def report_discrepancy() -> Act:
    notice = _notice()
    page = reverse("discrepancy_new", args=[notice])
    form = {"kind": "under", "line": "1", "quantity": "1", "code": "", "text": "Box was empty"}
    return Act(
        "mei",
        {"notice_id": notice, "report": DiscrepancyReport(kind="under", line=1, text="Box was empty")},
        (page, form),
        {"report": DiscrepancyReport(kind="under", line=99)},
        "DiscrepancyOdd",
    )


def settle_discrepancy() -> Act:
    found: Discrepancy = told(
        caller=caller("mei"), notice_id=_notice(), report=DiscrepancyReport(kind="under", line=1, text="Box was empty")
    )
    page = reverse("discrepancy", args=[found.number])
    form = {"settlement": "await_rest", "reason": "It comes tomorrow", "location": ""}
    return Act(
        "tanaka",
        {"number": found.number, "settlement": "await_rest", "reason": "It comes tomorrow"},
        (page, form),
        {"number": "NO"},
        "UnknownDiscrepancy",
    )


def edit_station() -> Act:
    station = Station.objects.get(code="A1")
    return Act(
        "plan",
        {
            "station_id": station.pk, "version": station.version, "name_ja": "組立 1 号", "name_en": "Assembly One",
            "kind": "assembly", "work_centre": station.work_centre, "order": 3,
        },
        wrong={"version": station.version + 7},
        refusal="StaleEdit",
    )  # fmt: skip


ACTS: Acts = {
    "accounts.edit_station": edit_station,
    "assembly.cancel_order": cancel_order,
    "assembly.edit_order": edit_order,
    "assembly.move_order": move_order,
    "assembly.plan_order": plan_order,
    "assembly.plan_orders": plan_orders,
    "assembly.start_from_order": start_from_order,
    "inventory.add_part_alias": add_part_alias,
    "inventory.edit_part": edit_part,
    "inventory.edit_supplier": edit_supplier,
    "inventory.report_discrepancy": report_discrepancy,
    "inventory.revise_part": revise_part,
    "inventory.settle_discrepancy": settle_discrepancy,
}
