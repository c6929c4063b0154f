"""What is released is fixed with all its lines, whoever writes: slots, operations, fields, re-entry rules."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from assembly.models import Design, DesignSlot, OperationField, ReentryRule, Routing, RoutingOperation
from assembly.operations.design_drafts import draft_design
from assembly.operations.designs import SlotSpec, release_design
from assembly.operations.routing_drafts import draft_routing
from assembly.operations.routing_specs import FieldSpec, OperationSpec, ReentrySpec
from assembly.operations.routings import release_routing
from tests.cast import a_caller
from tests.world import a_part

pytestmark = pytest.mark.django_db

LINES: dict[str, Callable[[Routing, Design], models.QuerySet[Any]]] = {
    "slots": lambda _routing, design: DesignSlot.objects.filter(design=design),
    "operations": lambda routing, _design: RoutingOperation.objects.filter(routing=routing),
    "fields": lambda routing, _design: OperationField.objects.filter(operation__routing=routing),
    "rules": lambda routing, _design: ReentryRule.objects.filter(routing=routing),
}


@pytest.fixture
def released() -> tuple[Routing, Design]:
    """A small routing with a field and a rule, and a design by it."""
    board, tray = a_part(), a_part(kind="tray", level="tray")
    field = FieldSpec("torque", "締付トルク", "Torque", "N·m", Decimal("0.9"), Decimal("1.1"))
    operation = OperationSpec(
        10, "組立", "Assemble", "assemble", "WC", "tray_build", 5, slot_kinds=("board",), fields=(field,)
    )
    routing = release_routing(
        caller=a_caller("plan"), code="RT", revision="A", operations=[operation],
        reentry=[ReentrySpec("board", (10,))],
    )  # fmt: skip
    design = release_design(
        caller=a_caller("plan"), code="D", kind="tray", part_number=tray.number, revision="A", routing_code="RT",
        routing_revision="A", rack_model="", unit_prefix="T", slots=[SlotSpec("p1", "board", board.number)],
    )  # fmt: skip
    return routing, design


def _again(row: models.Model) -> None:
    """The same line once more, under another key and name."""
    row.pk = None
    for name, value in (("position", "p9"), ("number", 99), ("code", "other"), ("slot_kind", "other"), ("order", 99)):
        if hasattr(row, name):
            setattr(row, name, value)
    row.save(force_insert=True)


@pytest.mark.complaint(18)
@pytest.mark.parametrize("what", LINES)
def test_no_line_of_what_is_released_can_be_changed_added_or_taken(what: str, released: tuple[Routing, Design]) -> None:
    rows = LINES[what](*released)
    before = list(rows.values())
    name = next(field.name for field in rows.model._meta.concrete_fields if field.name in ("kind", "repeats", "order"))

    for step in (
        lambda: rows.update(**{name: models.F(name)}),
        lambda: rows._raw_delete(rows.db),
        lambda: _again(rows[0]),
    ):
        with pytest.raises(IntegrityError) as fault, transaction.atomic():
            step()
        assert fault.value.__cause__.diag.constraint_name == "released_master_data_is_fixed"  # type: ignore[union-attr]
    assert list(rows.values()) == before


@pytest.mark.parametrize("what", LINES)
def test_a_draft_s_lines_are_free(what: str, released: tuple[Routing, Design]) -> None:
    routing = draft_routing(caller=a_caller("plan"), code="RT", revision="B", from_revision="A")
    design = draft_design(caller=a_caller("plan"), code="D2", from_code="D")
    rows = LINES[what](routing, design)

    _again(rows[0])

    assert rows.count() == 2
