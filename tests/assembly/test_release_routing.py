"""Releasing a routing: what it writes, what it refuses, and that it is fixed afterwards."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from assembly.models import OperationField, Routing, RoutingOperation
from assembly.operations import routing_specs as rules
from assembly.operations.routings import FieldSpec, OperationSpec, ReentrySpec, RoutingExists, release_routing
from ledger.callers import Caller
from ledger.doors import new_key
from ledger.models import Event
from ledger.operations import OPERATIONS
from ledger.refusals import NotPermitted, Refusal
from ledger.shapes import arguments_from_json
from tests.cast import a_caller, mei

pytestmark = pytest.mark.django_db

PRESSURE = FieldSpec("p_start", "開始圧力", "Start pressure", "kPa", Decimal(590), Decimal(610))
FIT = OperationSpec(
    110, "組立", "Assembly", "assemble", "WC-1", "tray_build", 60, slot_kinds=("board",), signs=("made", "checked")
)
LEAK = OperationSpec(120, "漏れ試験", "Leak test", "measure", "WC-1", "tray_build", 20, fields=(PRESSURE,))
SOAK = OperationSpec(350, "エージング", "Burn-in", "burn_in", "WC-2", "burn_in", 60, soak_minutes=60)
RULE = ReentrySpec("board", (120, 110))


@pytest.fixture
def caller() -> Caller:
    return a_caller("plan")


def release(caller: Caller, *operations: OperationSpec, revision: str = "A", **more: list[ReentrySpec]) -> Routing:
    given = {"operations": list(operations or (FIT, LEAK, SOAK)), "reentry": [RULE], **more}
    return release_routing(caller=replace(caller, key=new_key()), code="R-1", revision=revision, **given)


def test_a_routing_is_released_with_all_it_has(caller: Caller) -> None:
    routing = release(caller)

    assert routing.released_at == caller.at
    assert list(routing.operations.values_list("number", flat=True)) == [110, 120, 350]
    assert routing.operations.get(number=110).signs == ["made", "checked"]
    field = OperationField.objects.get(operation__routing=routing)
    assert (field.code, field.low, field.high, field.unit) == ("p_start", 590, 610, "kPa")
    assert routing.reentry_rules.get().repeats == [110, 120]


def test_the_event_tells_the_limits(caller: Caller) -> None:
    routing = release(caller)

    event = Event.objects.get(pk=routing.event_id)
    told = next(row for row in event.payload["operations"] if row["number"] == 120)
    assert event.kind == "assembly.routing-released"
    assert told["fields"] == {"p_start": {"low": "590", "high": "610", "unit": "kPa"}}


def test_a_released_routing_is_fixed(caller: Caller) -> None:
    routing = release(caller)

    with pytest.raises(IntegrityError), transaction.atomic():
        Routing.objects.filter(pk=routing.pk).update(code="R-2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Routing.objects.filter(pk=routing.pk)._raw_delete("default")


def test_the_same_revision_again_is_refused_and_a_new_one_is_not(caller: Caller) -> None:
    release(caller)

    with pytest.raises(RoutingExists):
        release(caller)
    assert release(caller, revision="B").revision == "B"


def test_the_same_key_again_gives_the_same_routing(caller: Caller) -> None:
    first = release_routing(caller=caller, code="R-1", revision="A", operations=[FIT], reentry=[])
    again = release_routing(caller=caller, code="R-1", revision="A", operations=[FIT], reentry=[])

    assert again.pk == first.pk
    assert Routing.objects.filter(code="R-1").count() == 1


WRONG = [
    pytest.param((FIT, replace(LEAK, number=110)), rules.WrongOperationNumber, id="number-twice"),
    pytest.param((replace(FIT, number=0),), rules.WrongOperationNumber, id="number-zero"),
    pytest.param((replace(FIT, kind="paint"),), rules.UnknownOperationKind, id="operation-kind"),
    pytest.param((replace(FIT, signs=("blessed",)),), rules.UnknownOperationKind, id="sign"),
    pytest.param((replace(FIT, standard_minutes=-1),), rules.WrongTime, id="negative-time"),
    pytest.param((replace(SOAK, soak_minutes=None),), rules.WrongTime, id="no-soak-time"),
    pytest.param((replace(LEAK, fields=(PRESSURE, PRESSURE)),), rules.WrongField, id="field-twice"),
    pytest.param(
        (replace(LEAK, fields=(replace(PRESSURE, kind="photo"),)),), rules.UnknownOperationKind, id="field-kind"
    ),
    pytest.param((replace(LEAK, fields=(replace(PRESSURE, kind="text"),)),), rules.WrongField, id="text-with-limits"),
    pytest.param(
        (replace(LEAK, fields=(replace(PRESSURE, expected="OK"),)),), rules.WrongField, id="number-expects-text"
    ),
    pytest.param((replace(LEAK, fields=(replace(PRESSURE, low=Decimal(611)),)),), rules.LimitsReversed, id="limits"),
]


@pytest.mark.parametrize(("operations", "refusal"), WRONG)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    caller: Caller, operations: tuple[OperationSpec, ...], refusal: type[Refusal]
) -> None:
    events = Event.objects.count()

    with pytest.raises(refusal):
        release(caller, *operations, reentry=[])

    assert not Routing.objects.exists()
    assert not RoutingOperation.objects.exists()
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    "rule",
    [[ReentrySpec("board", (999,))], [ReentrySpec("board", ())], [RULE, RULE]],
    ids=["strange", "empty", "twice"],
)
def test_a_wrong_reentry_rule_is_refused(caller: Caller, rule: list[ReentrySpec]) -> None:
    with pytest.raises(rules.WrongReentry):
        release(caller, reentry=rule)

    assert not Routing.objects.exists()


def test_an_empty_routing_is_refused(caller: Caller) -> None:
    with pytest.raises(rules.RoutingEmpty):
        release_routing(caller=caller, code="R-1", revision="A", operations=[], reentry=[])
    with pytest.raises(rules.RoutingEmpty):
        release_routing(caller=caller, code=" ", revision="A", operations=[FIT], reentry=[])


def test_who_may_not_keep_master_data_is_refused(caller: Caller) -> None:
    with pytest.raises(NotPermitted):
        release(replace(caller, user=mei()))
    assert not Routing.objects.exists()


def test_json_from_any_door_is_read_into_the_plain_values() -> None:
    function = OPERATIONS["assembly.release_routing"].function

    read = arguments_from_json(
        function,
        {
            "code": "R-1",
            "revision": "A",
            "operations": [
                {
                    "number": 120, "name_ja": "漏", "name_en": "Leak", "kind": "measure", "work_centre": "W",
                    "stage": "s", "standard_minutes": 1, "fields": [
                        {"code": "p", "name_ja": "圧", "name_en": "P", "low": "1.5"}
                    ],
                }
            ],
            "reentry": [{"slot_kind": "board", "repeats": [120]}],
        },
    )  # fmt: skip

    assert read["operations"][0].fields[0].low == Decimal("1.5")
    assert read["reentry"] == [ReentrySpec("board", (120,))]
