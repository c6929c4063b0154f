"""Drafts are given up: rows go, names are free again, the events keep what they said; what is released never goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from assembly.models import Design, DesignSlot, Instruction, Routing, RoutingOperation
from assembly.operations.design_drafts import DesignReleased, discard_design_draft
from assembly.operations.instructions import issue_instruction
from assembly.operations.routing_drafts import RoutingReleased, discard_routing_draft
from inventory.models import Bom, BomLine
from inventory.operations.bom_drafts import DiscardReasonWanted, discard_bom_draft, draft_bom
from inventory.operations.boms import BomReleased
from ledger.models import Event
from ledger.refusals import NotPermitted, Refusal
from tests.cast import a_caller, person
from tests.planning.edits import a_bom_draft, a_design_draft, a_routing_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def test_a_bill_is_given_up_and_its_revision_is_free_again() -> None:
    bom = a_bom_draft()
    lines, key = bom.lines.count(), bom.pk

    discard_bom_draft(caller=a_caller("plan"), bom_id=key, version=bom.version, reason="二重に作成")

    assert not Bom.objects.filter(pk=key).exists()
    assert not BomLine.objects.filter(bom_id=key).exists()
    told = Event.objects.get(kind="inventory.bom-draft-discarded", subject_id=key).payload
    assert (told["reason"], told["revision"], len(told["lines"])) == ("二重に作成", bom.revision, lines)
    again = draft_bom(
        caller=a_caller("plan"), part_number="GB300-CT", part_revision="C", revision=bom.revision, from_revision="1"
    )
    assert again.lines.count() == lines


def test_a_routing_goes_with_the_instructions_written_for_it() -> None:
    routing = a_routing_draft()
    first = routing.operations.order_by("number")[0]
    issue_instruction(caller=a_caller("plan"), operation_id=first.pk, text_ja="下書き", text_en="Draft")
    kept = Instruction.objects.exclude(operation__routing=routing).count()

    discard_routing_draft(caller=a_caller("plan"), routing_id=routing.pk, version=routing.version, reason="別案")

    assert not Routing.objects.filter(code=routing.code, revision=routing.revision).exists()
    assert not RoutingOperation.objects.filter(pk=first.pk).exists()
    assert Instruction.objects.count() == kept
    told = Event.objects.get(kind="assembly.routing-draft-discarded").payload
    assert first.number in [row["number"] for row in told["operations"]]
    assert told["reentry"]


def test_the_instruction_of_a_released_routing_is_kept_by_the_database() -> None:
    released = RoutingOperation.objects.filter(routing__code="RT-CT-GB300", routing__revision="A").order_by("number")[0]
    issued = issue_instruction(caller=a_caller("plan"), operation_id=released.pk, text_ja="本番", text_en="In force")

    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        Instruction.objects.filter(pk=issued.pk).delete()


def test_a_design_goes_with_its_slots() -> None:
    design = a_design_draft()
    slots, key = design.slots.count(), design.pk

    discard_design_draft(caller=a_caller("plan"), design_id=key, version=design.version, reason="別案")

    assert not Design.objects.filter(code=design.code).exists()
    assert not DesignSlot.objects.filter(design_id=key).exists()
    assert len(Event.objects.get(kind="assembly.design-draft-discarded").payload["slots"]) == slots


def _bill(**given: Any) -> Any:
    bom = Bom.objects.filter(revision="1", part_revision__part__number="GB300-CT").get()
    return discard_bom_draft(**{"bom_id": bom.pk, "version": bom.version, "reason": "x", **given})


def _routing(**given: Any) -> Any:
    routing = Routing.objects.get(code="RT-CT-GB300", revision="A")
    return discard_routing_draft(**{"routing_id": routing.pk, "version": routing.version, "reason": "x", **given})


def _design(**given: Any) -> Any:
    design = Design.objects.get(code="GB300-CT")
    return discard_design_draft(**{"design_id": design.pk, "version": design.version, "reason": "x", **given})


@pytest.mark.parametrize(
    ("discard", "refusal"), [(_bill, BomReleased), (_routing, RoutingReleased), (_design, DesignReleased)]
)
def test_what_is_released_is_never_given_up(discard: Callable[..., Any], refusal: type[Refusal]) -> None:
    before = (Bom.objects.count(), Routing.objects.count(), Design.objects.count(), Event.objects.count())

    with pytest.raises(refusal):
        discard(caller=a_caller("plan"))

    assert (Bom.objects.count(), Routing.objects.count(), Design.objects.count(), Event.objects.count()) == before


def test_a_reason_and_the_right_are_asked_for() -> None:
    bom = a_bom_draft()

    with pytest.raises(DiscardReasonWanted):
        discard_bom_draft(caller=a_caller("plan"), bom_id=bom.pk, version=bom.version, reason="  ")
    with pytest.raises(NotPermitted):
        discard_bom_draft(caller=a_caller("mei"), bom_id=bom.pk, version=bom.version, reason="x")

    assert Bom.objects.filter(pk=bom.pk).exists()


def test_the_page_asks_once_more_and_then_the_draft_is_gone() -> None:
    bom, routing, design = a_bom_draft(), a_routing_draft(), a_design_draft()
    browser = Client()
    browser.force_login(person("plan"))
    for url, row in (
        (f"/boms/{bom.pk}/", bom),
        (f"/planning/routings/{routing.pk}/", routing),
        (f"/planning/designs/{design.pk}/", design),
    ):
        assert f"{url}discard/" in browser.get(url).content.decode()
        asked = browser.get(f"{url}discard/").content.decode()
        assert "下書きを破棄する" in asked
        assert type(row)._default_manager.filter(pk=row.pk).exists()
        done = browser.post(f"{url}discard/", {"reason": "別案", "version": row.version, "key": url}, follow=True)
        assert "下書きを破棄しました。" in done.content.decode()
        assert browser.get(url).status_code == 404
