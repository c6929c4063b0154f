"""One room behind four doors: page, API, task and command leave the same rows and the same event, and refuse alike."""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from genpin.tasks import run_operation
from ledger.models import Event
from tests.contracts.small_plant import people
from tests.contracts.source import APPS
from tests.doors.acts import ACTS, Act, Form

Trace = tuple[list[tuple[Any, ...]], dict[str, int]]
LETTERS_OF_A_NUMBER = re.compile(r"[0-9a-f-]{32,}|\b[A-Z]{2}\d{6,}[0-9A-Z]\b|\d+")


def rows() -> dict[str, int]:
    """The number of rows of every table of ours."""
    models = [model for model in apps.get_models() if model._meta.app_label in APPS]
    return {model._meta.label: model._default_manager.count() for model in models}


def left_by(door: Callable[[], Any]) -> tuple[Any, Trace]:
    """What the door answers, and what it leaves: events without what differs from call to call, new rows by table."""
    with transaction.atomic():
        before, last = rows(), Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
        answer = door()
        events = [
            (event.kind, event.subject_type, event.actor, event.station, _without_numbers(event.payload))
            for event in Event.objects.filter(id__gt=last).order_by("id")
        ]
        after = rows()
        transaction.set_rollback(True)
    return answer, (events, {label: count - before[label] for label, count in after.items() if count != before[label]})


def _without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_numbers(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return "#"
    return LETTERS_OF_A_NUMBER.sub("#", value) if isinstance(value, str) else value


def by_api(name: str, user: str, arguments: dict[str, Any]) -> Any:
    client = Client()
    client.force_login(people()[user])
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    return client.post(
        f"/api/operations/{name}/", json.dumps(arguments), content_type="application/json", headers=headers
    )


def by_page(user: str, form: Form) -> Any:
    client = Client()
    client.force_login(people()[user])
    address, fields = form
    return client.post(address, {**fields, "key": uuid.uuid4().hex})


def by_task(name: str, user: str, arguments: dict[str, Any]) -> Any:
    return run_operation(name=name, arguments=arguments, user=user, key=uuid.uuid4().hex)


def by_command(name: str, user: str, arguments: dict[str, Any], folder: Path) -> str:
    file = folder / "arguments.json"
    file.write_text(json.dumps(arguments), encoding="utf-8")
    out = io.StringIO()
    call_command("operate", name, "--json", str(file), "--as", user, "--key", uuid.uuid4().hex, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("name", ACTS)
def test_every_door_leaves_the_same(small_plant: None, tmp_path: Path, name: str) -> None:
    act = ACTS[name]()

    answer, by_the_api = left_by(lambda: by_api(name, act.user, act.right))
    assert answer.status_code == 201, answer.content
    answer, by_the_task = left_by(lambda: by_task(name, act.user, act.right))
    assert "refused" not in answer
    _said, by_the_command = left_by(lambda: by_command(name, act.user, act.right, tmp_path))

    events, new = by_the_api
    assert events
    assert new["ledger.Receipt"] == 1
    assert by_the_task == by_the_api
    assert by_the_command == by_the_api
    if act.page is not None:
        answer, by_the_page = left_by(lambda: by_page(act.user, act.page))  # type: ignore[arg-type]
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        assert by_the_page == by_the_api


REFUSED = [name for name in ACTS if name != "inventory.define_supplier"]


@pytest.mark.parametrize("name", REFUSED)
def test_every_door_refuses_alike_and_leaves_nothing(small_plant: None, tmp_path: Path, name: str) -> None:
    act: Act = ACTS[name]()
    wrong = {**act.right, **act.wrong}

    said, nothing = left_by(lambda: by_api(name, act.user, wrong))
    assert (said.status_code, said.json()["code"]) == (409, act.refusal), said.content
    assert nothing == ([], {})

    task, nothing = left_by(lambda: by_task(name, act.user, wrong))
    assert task["refused"]["code"] == act.refusal
    assert nothing == ([], {})

    def command() -> str:
        with pytest.raises(CommandError) as refusal:
            by_command(name, act.user, wrong, tmp_path)
        return str(refusal.value)

    text, nothing = left_by(command)
    assert text == f"{act.refusal}: {task['refused']['detail']}"
    assert nothing == ([], {})

    if act.wrong_page is not None:
        page, nothing = left_by(lambda: by_page(act.user, act.wrong_page))  # type: ignore[arg-type]
        assert page.status_code == 422
        assert page.context["refusal"].code == act.refusal
        assert nothing == ([], {})


@pytest.mark.parametrize("name", ACTS)
def test_no_door_lets_in_who_may_not(small_plant: None, tmp_path: Path, name: str) -> None:
    act = ACTS[name]()

    said, nothing = left_by(lambda: by_api(name, "stranger", act.right))
    assert said.status_code == 403
    assert nothing == ([], {})

    task, nothing = left_by(lambda: by_task(name, "stranger", act.right))
    assert task["refused"]["code"] == "NotPermitted"
    assert nothing == ([], {})

    with pytest.raises(CommandError, match="NotPermitted"):
        by_command(name, "stranger", act.right, tmp_path)
    if act.page is not None:
        page, nothing = left_by(lambda: by_page("stranger", act.page))  # type: ignore[arg-type]
        assert page.status_code == 403
        assert nothing == ([], {})


def test_a_double_click_and_a_second_post_of_the_api_leave_one(small_plant: None) -> None:
    act = ACTS["inventory.place_holds"]()
    client, key = Client(), uuid.uuid4().hex
    client.force_login(people()[act.user])
    address, fields = act.page or ("", {})

    def twice_by_page() -> None:
        assert [client.post(address, {**fields, "key": key}).status_code for _turn in range(2)] == [302, 302]

    def twice_by_api() -> list[bytes]:
        headers = {"Idempotency-Key": key}
        url = "/api/operations/inventory.place_holds/"
        posts = [client.post(url, act.right, content_type="application/json", headers=headers) for _turn in range(2)]
        assert [post.status_code for post in posts] == [201, 201]
        return [post.content for post in posts]

    _nothing, (events, new) = left_by(twice_by_page)
    assert (len(events), new["inventory.Hold"]) == (1, 1)
    answers, (events, new) = left_by(twice_by_api)
    assert (len(events), new["inventory.Hold"]) == (1, 1)
    assert answers[0] == answers[1]
