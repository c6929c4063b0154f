"""One room behind its doors: page, scan, API, task and command leave the same rows and the same event, refuse alike,
and let nobody in who may not. Walks the registry: an operation without an act fails."""

from __future__ import annotations

import html
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from ledger.operations import OPERATIONS
from tests.contracts.small_plant import people, signed_in
from tests.doors.act import Act
from tests.doors.acts import ACTS, WITHOUT_ACT, WITHOUT_EVENT, WITHOUT_REFUSAL
from tests.doors.doors import Visitor, by_command, by_task, left_by, somewhere, visitor_of

STATUS = {"StaleEdit": 412}
"""Refusals that the API says otherwise than by 409."""
NOTHING: tuple[list[Any], dict[str, int]] = ([], {})


def test_every_operation_has_an_act() -> None:
    assert sorted(OPERATIONS) == sorted([*ACTS, *WITHOUT_ACT])


@pytest.mark.complaint(10)
@pytest.mark.parametrize("name", ACTS)
def test_every_door_leaves_the_same(small_plant: None, tmp_path: Path, name: str) -> None:
    act = ACTS[name]()
    visitor = visitor_of(act)

    answer, by_the_api = left_by(lambda: visitor.api(name, act.right))
    assert answer.status_code == 201, answer.content.decode()
    answer, by_the_task = left_by(lambda: by_task(name, act.user, act.right))
    assert "refused" not in answer
    _said, by_the_command = left_by(lambda: by_command(name, act.user, act.right, tmp_path))

    events, new = by_the_api
    assert bool(events) is (name not in WITHOUT_EVENT)
    assert new["ledger.Receipt"] == 1
    assert by_the_task == by_the_command == somewhere(by_the_api)
    if act.page is not None:
        form = act.page
        answer, by_the_page = left_by(lambda: visitor.page(form))
        assert answer.status_code in (200, 302), answer.content.decode()[-3000:]
        assert by_the_page == by_the_api
    if act.scans:
        *before, last = act.scans
        for text in before:
            assert visitor.scan(text)["state"] != "stop"
        said, by_the_scan = left_by(lambda: visitor.scan(last))
        assert said["state"] == "ok", said
        assert by_the_scan == by_the_api


@pytest.mark.parametrize("name", ACTS)
def test_every_door_refuses_alike_and_lets_nobody_in_who_may_not(small_plant: None, tmp_path: Path, name: str) -> None:
    act = ACTS[name]()

    if name not in WITHOUT_REFUSAL:
        _every_door_refuses(name, act, tmp_path)
    _no_door_lets_in_a_stranger(name, act, tmp_path)


def _every_door_refuses(name: str, act: Act, folder: Path) -> None:
    visitor, wrong = visitor_of(act), {**act.right, **act.wrong}
    said, left = left_by(lambda: visitor.api(name, wrong))
    assert (said.status_code, said.json()["code"]) == (STATUS.get(act.refusal, 409), act.refusal), said.content.decode()
    assert left == NOTHING
    task, left = left_by(lambda: by_task(name, act.user, wrong))
    assert task["refused"]["code"] == act.refusal
    assert left == NOTHING
    text, left = left_by(lambda: _refused_command(name, act.user, wrong, folder))
    assert text == f"{act.refusal}: {task['refused']['detail']}"
    assert left == NOTHING
    if act.wrong_page is not None:
        form = act.wrong_page
        page, left = left_by(lambda: visitor.page(form))
        assert page.status_code in (422, 412)
        assert task["refused"]["say"] in html.unescape(page.content.decode())
        assert left == NOTHING
    if act.wrong_scan:
        for earlier in act.scans[:-1]:
            visitor.scan(earlier)
        answer, left = left_by(lambda: visitor.scan(act.wrong_scan))
        assert (answer["state"], answer["code"]) == ("stop", act.refusal)
        assert left == NOTHING


def _refused_command(name: str, user: str, wrong: dict[str, Any], folder: Path) -> str:
    with pytest.raises(CommandError) as refusal:
        by_command(name, user, wrong, folder)
    return str(refusal.value)


def _no_door_lets_in_a_stranger(name: str, act: Act, folder: Path) -> None:
    visitor = Visitor("stranger")
    said, left = left_by(lambda: visitor.api(name, act.right))
    assert said.status_code == 403
    assert left == NOTHING
    task, left = left_by(lambda: by_task(name, "stranger", act.right))
    assert task["refused"]["code"] == "NotPermitted"
    assert left == NOTHING
    text, left = left_by(lambda: _refused_command(name, "stranger", act.right, folder))
    assert text.startswith("NotPermitted: ")
    assert left == NOTHING
    if act.page is not None:
        form = act.page
        page, left = left_by(lambda: visitor.page(form))
        assert page.status_code in (403, 404)
        assert left == NOTHING


def test_a_double_click_and_a_second_post_of_the_api_leave_one(small_plant: None) -> None:
    act = ACTS["inventory.place_holds"]()
    client, key = signed_in(people()[act.user]), uuid.uuid4().hex
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
