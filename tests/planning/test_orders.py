"""Build orders: planned, put in sequence, changed, started from, closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from assembly.models import Build, BuildOrder
from assembly.operations.build_orders import (
    NoDesignEffective,
    OrderClosed,
    OrderExists,
    OrderOdd,
    OrderRow,
    OrderStarted,
    TooManyBuilds,
    cancel_order,
    edit_order,
    move_order,
    plan_order,
    plan_orders,
    start_from_order,
)
from assembly.operations.builds import UnknownDesign
from inventory.operations.units import UnknownPart
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.cast import NOON, a_caller, person
from tests.planning.edits import DUE, TODAY, an_order
from tests.world import a_part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def sequence() -> list[int]:
    return list(BuildOrder.objects.open().in_sequence().values_list("pk", flat=True))


def test_an_order_stands_at_the_end_of_the_sequence() -> None:
    first, second = an_order(), an_order(number="MO-X")

    assert sequence()[-2:] == [first.pk, second.pk]
    assert Event.objects.get(pk=second.event_id).payload["number"] == "MO-X"
    with pytest.raises(NotPermitted):
        plan_order(caller=a_caller("mei"), order=OrderRow(product="GB300-CT", quantity=1, need_by=DUE))


@pytest.mark.parametrize(
    ("odd", "refusal"),
    [
        ({"product": "NONE"}, UnknownPart),
        ({"quantity": 0}, OrderOdd),
        ({"start_on": DUE + timedelta(days=1)}, OrderOdd),
        ({"design_code": "D-31"}, UnknownDesign),
        ({"number": "MO-TWICE"}, OrderExists),
    ],
)
def test_an_odd_order_changes_nothing(odd: dict[str, Any], refusal: type[Exception]) -> None:
    an_order(number="MO-TWICE")
    before = (BuildOrder.objects.count(), Event.objects.count())
    right = OrderRow(product="GB300-CT", quantity=1, need_by=DUE)

    with pytest.raises(refusal):
        plan_orders(
            caller=a_caller("plan"),
            orders=[right, OrderRow(**{"product": "GB300-CT", "quantity": 1, "need_by": DUE, **odd})],
        )
    assert (BuildOrder.objects.count(), Event.objects.count()) == before


def test_a_part_that_no_design_makes_cannot_be_ordered() -> None:
    with pytest.raises(NoDesignEffective):
        plan_order(caller=a_caller("plan"), order=OrderRow(product=a_part().number, quantity=1, need_by=DUE))


def test_orders_are_moved_in_the_sequence() -> None:
    one, two, three = an_order(), an_order(), an_order()

    move_order(caller=a_caller("plan"), order_id=three.pk, version=1, before_id=one.pk)
    assert sequence()[-3:] == [three.pk, one.pk, two.pk]
    move_order(caller=a_caller("plan"), order_id=three.pk, version=2)
    assert sequence()[-3:] == [one.pk, two.pk, three.pk]
    same = move_order(caller=a_caller("plan"), order_id=three.pk, version=3, before_id=three.pk)
    assert same.version == 3


@pytest.mark.complaint(41)
def test_starting_builds_takes_the_effective_design_and_closes_the_order() -> None:
    order = an_order(quantity=2)

    start_from_order(caller=a_caller("plan"), order_id=order.pk, version=1, quantity=1)
    with pytest.raises(OrderStarted):
        cancel_order(caller=a_caller("plan"), order_id=order.pk, version=2, reason="x")
    with pytest.raises(TooManyBuilds):
        start_from_order(caller=a_caller("plan"), order_id=order.pk, version=2, quantity=2)
    start_from_order(caller=a_caller("plan"), order_id=order.pk, version=2, quantity=1)

    order.refresh_from_db()
    builds = list(Build.objects.filter(order=order).order_by("pk"))
    assert [build.order_number for build in builds] == [f"{order.number}/01", f"{order.number}/02"]
    assert {build.design.code for build in builds} == {"GB300-CT"}
    assert (order.closed_why, order.closed_at) == ("started", NOON)
    with pytest.raises(OrderClosed):
        start_from_order(caller=a_caller("plan"), order_id=order.pk, version=3)
    with pytest.raises(OrderClosed):
        move_order(caller=a_caller("plan"), order_id=order.pk, version=3)


def test_an_order_is_cancelled_with_a_reason() -> None:
    order = an_order()
    with pytest.raises(OrderOdd):
        cancel_order(caller=a_caller("plan"), order_id=order.pk, version=1, reason=" ")

    cancel_order(caller=a_caller("plan"), order_id=order.pk, version=1, reason="客先取消")

    order.refresh_from_db()
    assert (order.closed_why, order.pk in sequence()) == ("cancelled", False)


def test_the_same_key_starts_one_build() -> None:
    order = an_order()
    client = APIClient()
    client.force_authenticate(person("plan"))
    for _time in range(2):
        answer = client.post(
            f"/api/build-orders/{order.pk}/builds/", {"quantity": 1}, format="json",
            headers={"If-Match": '"1"', "Idempotency-Key": "one"},
        )  # fmt: skip
        assert answer.status_code == 201

    assert Build.objects.filter(order=order).count() == 1


def test_an_order_keeps_at_least_what_was_started() -> None:
    order = an_order(quantity=3, need_by=date(2026, 12, 30))
    start_from_order(caller=a_caller("plan"), order_id=order.pk, version=1, quantity=2)

    with pytest.raises(TooManyBuilds):
        edit_order(caller=a_caller("plan"), order_id=order.pk, version=2, quantity=1, need_by=DUE, start_on=TODAY)
    edited = edit_order(caller=a_caller("plan"), order_id=order.pk, version=2, quantity=2, need_by=DUE, start_on=TODAY)
    assert (edited.quantity, edited.version) == (2, 3)
