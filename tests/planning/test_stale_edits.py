"""A stale edit is refused everywhere, with both versions shown: every operation that names a version is walked."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from rest_framework.test import APIClient

from ledger.models import Event, Receipt
from ledger.operations import OPERATIONS
from ledger.shapes import _plain_deep, arguments_from_json, hints_of
from ledger.versions import StaleEdit
from tests.cast import a_caller, person
from tests.planning.edits import EDITS, OTHERS, Edit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant"), pytest.mark.complaint(26)]


def run(name: str, who: str, arguments: dict[str, Any], version: int) -> Any:
    entry = OPERATIONS[name]
    told = arguments_from_json(entry.function, _plain_deep({**arguments, "version": version}))
    return entry.gated(caller=a_caller(who), **told)


def meanwhile(name: str, edit: Edit) -> None:
    """Somebody else's change, by the version that both saw."""
    if "put" in edit.first:
        seen = edit.version
        run(OTHERS[name], edit.who, edit.first["put"], seen)
    else:
        run(name, edit.who, edit.first, edit.version)


def test_every_operation_that_names_a_version_is_walked() -> None:
    editing = {name for name, entry in OPERATIONS.items() if "version" in hints_of(entry.function)}

    assert editing == set(EDITS)


@pytest.mark.complaint(26)
def test_every_row_that_people_edit_has_a_version() -> None:
    versioned = {
        model._meta.label
        for model in apps.get_models()
        if any(field.name == "version" for field in model._meta.local_concrete_fields)
    }

    assert versioned >= {
        "accounts.Skill", "accounts.Station", "assembly.BuildOrder", "assembly.Design", "assembly.DesignSlot",
        "assembly.RackModel", "assembly.Routing", "assembly.RoutingOperation", "assembly.Tool", "inventory.Bom",
        "inventory.BomLine", "inventory.Part", "inventory.Supplier",
    }  # fmt: skip


@pytest.mark.complaint(26)
@pytest.mark.parametrize("name", EDITS)
def test_the_second_of_two_editors_is_refused(name: str) -> None:
    edit, other = EDITS[name](), person("admin")
    meanwhile(name, edit)
    before = (Event.objects.count(), Receipt.objects.count())

    with pytest.raises(StaleEdit) as stale:
        run(name, other.username, edit.second, edit.version)

    shown = {one.name: one for one in stale.value.differences}
    assert edit.shows in shown, shown
    assert shown[edit.shows].was != shown[edit.shows].theirs
    assert stale.value.version > edit.version
    assert stale.value.actor == str(person(edit.who).pseudonym)
    assert (Event.objects.count(), Receipt.objects.count()) == before


@pytest.mark.parametrize("name", EDITS)
def test_the_api_answers_412_with_both_versions(name: str) -> None:
    edit = EDITS[name]()
    meanwhile(name, edit)
    client = APIClient()
    client.force_authenticate(person("admin"))

    answer = client.post(
        f"/api/operations/{name}/", _plain_deep(edit.second), format="json", headers={"If-Match": f'"{edit.version}"'}
    )

    assert answer.status_code == 412, answer.json()
    told = answer.json()
    assert told["code"] == "StaleEdit"
    assert edit.shows in {one["field"] for one in told["differences"]}
    assert {"was", "theirs", "yours"} <= set(told["differences"][0])


def test_a_version_in_the_body_and_another_in_the_header_is_no_request() -> None:
    edit = EDITS["assembly.edit_tool"]()
    client = APIClient()
    client.force_authenticate(person("admin"))

    answer = client.post(
        "/api/operations/assembly.edit_tool/", {**edit.first, "version": 1}, format="json", headers={"If-Match": '"2"'}
    )
    wild = client.post("/api/operations/assembly.edit_tool/", edit.first, format="json", headers={"If-Match": "*"})
    right = client.post("/api/operations/assembly.edit_tool/", edit.first, format="json", headers={"If-Match": '"1"'})

    assert (answer.status_code, wild.status_code, right.status_code) == (400, 400, 201)
