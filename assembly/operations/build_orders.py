"""Build orders: what shall be built by when, in which sequence, and starting builds from them.

Lock order: build orders come before builds and units; several by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext as _

from accounts.operations.skills import today_at
from assembly.models import BuildOrder, Design
from assembly.operations.builds import BuildStart, UnknownDesign, start_many
from inventory.models import Part
from inventory.operations.units import UnknownPart
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import amend, locked, refuse_stale, touch, write_changed

STEP = 10
"""Places are written in tens."""


class OrderExists(Refusal):
    """An order of that number exists."""


class OrderOdd(Refusal):
    """An order cannot be as it is described."""


class OrderClosed(Refusal):
    """The order is closed."""


class OrderStarted(Refusal):
    """Builds were started from the order."""


class TooManyBuilds(Refusal):
    """More builds than the order has left."""


class NoDesignEffective(Refusal):
    """No released design of the product is effective on that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order. `number` "" = the plant numbers it; `design_code` "" = what is effective when a build starts;
    `start_on` none = the day it is needed."""

    product: str
    quantity: int
    need_by: date
    start_on: date | None = None
    number: str = ""
    design_code: str = ""
    note: str = ""
    customer_order_at: datetime | None = None


@operation(permission="assembly.plan_orders", returns=BuildOrder)
def plan_order(*, caller: Caller, order: OrderRow) -> BuildOrder:
    """Plan a build order at the end of the sequence. Locks nothing.

    Refuses UnknownPart, UnknownDesign, NoDesignEffective (no design makes the product), OrderExists, OrderOdd."""
    return plan_many(caller, [order])[0]


@operation(permission="assembly.plan_orders")
def plan_orders(*, caller: Caller, orders: list[OrderRow]) -> dict[str, list[int]]:
    """Plan many build orders, all or none, in the order given; refuses as plan_order does."""
    return {"orders": [order.pk for order in plan_many(caller, orders)]}


def plan_many(caller: Caller, rows: list[OrderRow]) -> list[BuildOrder]:
    """Step: plan orders at the end of the sequence. Refuses as plan_order does."""
    last = BuildOrder.objects.order_by("-place").values_list("place", flat=True).first() or 0
    made = []
    for count, row in enumerate(rows, start=1):
        product, design = _product(row.product), _design(row.design_code, row.product)
        _refuse_odd(row.quantity, row.need_by, row.start_on)
        number = row.number.strip() or _number(caller)
        if BuildOrder.objects.filter(number=number).exists():
            raise _exists(number)
        order = BuildOrder.objects.create(
            number=number,
            product=product,
            design=design,
            quantity=row.quantity,
            need_by=row.need_by,
            start_on=row.start_on or row.need_by,
            note=row.note,
            customer_order_at=row.customer_order_at,
            place=last + STEP * count,
            event_id=0,
        )
        order.event_id = record(
            caller, "assembly.order-planned", order, number=number, product=product.number,
            design=row.design_code, quantity=row.quantity, need_by=row.need_by, start_on=order.start_on, version=1,
        )  # fmt: skip
        order.save(update_fields=["event_id"])
        made.append(order)
    return made


@operation(permission="assembly.plan_orders", returns=BuildOrder)
def edit_order(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    order_id: int,
    version: int,
    quantity: int,
    need_by: date,
    start_on: date | None = None,
    design_code: str = "",
    note: str = "",
) -> BuildOrder:
    """Change an open order; never below what was started from it. Running builds keep their design. Locks the order.

    Refuses StaleEdit, OrderClosed, OrderOdd, UnknownDesign, TooManyBuilds."""
    order = _open(order_id)
    _refuse_odd(quantity, need_by, start_on)
    design = _design(design_code, order.product.number)
    given = {
        "quantity": quantity, "need_by": need_by, "start_on": start_on or need_by, "design": design, "note": note,
    }  # fmt: skip
    refuse_stale(order, version, given)
    started = order.builds.count()
    if quantity < started:
        raise TooManyBuilds(
            _("%(count)d builds of %(order)s have been started.") % {"count": started, "order": order.number},
            true=_("Nothing was recorded."),
            do=_("Plan at least as many."),
        )
    return amend(caller, order, "assembly.order-edited", version, given, number=order.number)  # type: ignore[no-any-return]


@operation(permission="assembly.plan_orders", returns=BuildOrder)
def move_order(*, caller: Caller, order_id: int, version: int, before_id: int | None = None) -> BuildOrder:
    """Put an open order before another one in the sequence (none: at its end). Locks all open orders by key.

    Refuses StaleEdit, OrderClosed."""
    orders = {order.pk: order for order in BuildOrder.objects.select_for_update(no_key=True).open().order_by("pk")}
    order, before = orders.get(order_id), orders.get(before_id or 0)
    if order is None:
        order = BuildOrder.objects.get(pk=order_id)
    if order.closed_at is not None:
        raise _closed(order)
    if before_id is not None and before is None:
        raise _closed(BuildOrder.objects.get(pk=before_id))
    refuse_stale(order, version, {})
    row = sorted(orders.values(), key=lambda one: (one.place, one.pk))
    was = row.index(order)
    if before is order:
        return order
    row.remove(order)
    row.insert(row.index(before) if before is not None else len(row), order)
    if row.index(order) == was:
        return order

    touch(
        caller, order, "assembly.order-moved", {"place": [was + 1, row.index(order) + 1]}, number=order.number,
        before=before.number if before else "",
    )  # fmt: skip
    for place, one in enumerate(row, start=1):
        one.place = place * STEP
    BuildOrder.objects.bulk_update(row, ["place"])
    return order


@operation(permission="assembly.plan_orders", returns=BuildOrder)
def cancel_order(*, caller: Caller, order_id: int, version: int, reason: str) -> BuildOrder:
    """Cancel an order from which nothing was started. Locks the order.

    Refuses StaleEdit, OrderClosed, OrderStarted, OrderOdd (no reason)."""
    order = _open(order_id)
    if not reason.strip():
        raise OrderOdd(_("Cancelling an order needs a reason."), do=_("Write why."))
    refuse_stale(order, version, {})
    started = order.builds.count()
    if started:
        raise OrderStarted(
            _("%(count)d builds of %(order)s have been started.") % {"count": started, "order": order.number},
            true=_("Nothing was recorded."),
            do=_("Lower its quantity to what was started."),
        )
    _close(caller, order, "cancelled", "assembly.order-cancelled", reason=reason)
    return order


@operation(permission="assembly.start_build")
def start_from_order(
    *,
    caller: Caller,
    order_id: int,
    version: int,
    quantity: int = 1,
    serials: list[str] | None = None,
    location_code: str = "",
) -> dict[str, list[int]]:
    """Start builds of an order: by its own design or by the one that is effective today, which each build keeps for
    ever. `serials`: units that came from a supplier, instead of `quantity`. The last one closes the order. Locks the
    order, then what start_build locks.

    Refuses StaleEdit, OrderClosed, TooManyBuilds, NoDesignEffective, and what start_build refuses."""
    order = _open(order_id)
    refuse_stale(order, version, {})
    names = serials or [""] * quantity
    started = order.builds.count()
    left = order.quantity - started
    if not 0 < len(names) <= left:
        raise TooManyBuilds(
            _("%(order)s has %(left)d builds left.") % {"order": order.number, "left": left},
            true=_("Nothing was recorded."),
            do=_("Start at most as many, or raise its quantity."),
        )
    design = order.design or effective_design(order.product, today_at(caller))
    starts = [
        BuildStart(
            design_code=design.code,
            serial=name,
            order_number=order.number if order.quantity == 1 else f"{order.number}/{started + count:02d}",
            need_by=order.need_by,
            customer_order_at=order.customer_order_at,
            location_code=location_code,
        )
        for count, name in enumerate(names, start=1)
    ]
    builds = start_many(caller, starts, order=order)
    if len(builds) == left:
        _close(caller, order, "started", "assembly.order-all-started")
    else:
        touch(caller, order, "assembly.order-started", {"started": [started, started + len(builds)]})
    return {"builds": [build.pk for build in builds]}


def effective_design(product: Part, day: date) -> Design:
    """Step: the design that a new build of the product takes on that day. Refuses NoDesignEffective."""
    design = Design.objects.effective(day).filter(part_revision__part=product).first()
    if design is None:
        raise NoDesignEffective(
            _("No released design of %(product)s is effective on %(day)s.")
            % {"product": product.number, "day": f"{day:%Y/%m/%d}"},
            true=_("Nothing was recorded."),
            do=_("Release a design, or name one in the order."),
        )
    return design


def _close(caller: Caller, order: BuildOrder, why: str, kind: str, **told: str) -> None:
    event = write_changed(caller, order, kind, {"closed_why": ["", why]}, number=order.number, **told)
    order.closed_at, order.closed_why, order.closed_event_id = caller.at, why, event
    order.save(update_fields=["closed_at", "closed_why", "closed_event_id", "version"])


def _open(order_id: int) -> BuildOrder:
    order = locked(BuildOrder, pk=order_id)
    if order.closed_at is not None:
        raise _closed(order)
    return order


def _closed(order: BuildOrder) -> OrderClosed:
    return OrderClosed(
        _("Order %(order)s is closed.") % {"order": order.number},
        true=_("Nothing was recorded."),
        do=_("Plan another order."),
    )


def _product(number: str) -> Part:
    part = Part.objects.filter(number=number.strip()).first()
    if part is None:
        raise UnknownPart(_("There is no part %(number)s.") % {"number": number[:60]}, true=_("Nothing was recorded."))
    if not Design.objects.released().filter(part_revision__part=part).exists():
        raise NoDesignEffective(
            _("No released design makes %(product)s.") % {"product": part.number}, do=_("Release a design first.")
        )
    return part


def _design(code: str, product: str) -> Design | None:
    if not code:
        return None
    design = Design.objects.released().filter(code=code, part_revision__part__number=product.strip()).first()
    if design is None:
        raise UnknownDesign(
            _("There is no released design %(code)s.") % {"code": code[:60]}, do=_("Choose a design from the list.")
        )
    return design


def _refuse_odd(quantity: int, need_by: date, start_on: date | None) -> None:
    if not 1 <= quantity <= 1_000:
        raise OrderOdd(_("An order is for 1 to 1000 pieces."))
    if start_on is not None and start_on > need_by:
        raise OrderOdd(_("An order starts before the day it is needed."), true=_("Nothing was recorded."))


def _number(caller: Caller) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('assembly_order_number')")
        return f"MO-{caller.happened_at.year % 100:02d}-{cursor.fetchone()[0]:05d}"


def _exists(number: str = "") -> OrderExists:
    return OrderExists(
        _("Order %(order)s exists already.") % {"order": number},
        true=_("Nothing was recorded."),
        do=_("Give another number, or none."),
    )


wall("assembly_buildorder_number_key", _exists)
