"""Long bodies: who sends slowly holds a thread and nothing else; who goes away half-way has sent nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client

from genpin.turns import CROWDED, LONG, CutOff, Turns
from tests.cast import person


class Sender:
    """A body whose bytes come when the test lets them."""

    def __init__(self, length: int) -> None:
        self.left, self.asked, self.go = length, threading.Event(), threading.Event()

    def read(self, size: int) -> bytes:
        self.asked.set()
        assert self.go.wait(20)
        found = b"x" * min(size, self.left)
        self.left -= len(found)
        return found


def take_all(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    if environ.get(CROWDED):
        return [b"crowded"]
    count, wanted = 0, int(environ.get("CONTENT_LENGTH") or 0)
    while count < wanted:
        count += len(environ["wsgi.input"].read(65_536))
    return [str(count).encode()]


def sending(turns: Turns, length: int) -> tuple[Sender, threading.Thread, list[bytes]]:
    sender, said = Sender(length), []
    environ = {"CONTENT_LENGTH": str(length), "wsgi.input": sender}
    thread = threading.Thread(target=lambda: said.extend(turns(environ, None)))
    thread.start()
    assert sender.asked.wait(20)
    return sender, thread, said


@pytest.mark.django_db
def test_slow_senders_hold_up_nobody_else_and_who_comes_too_many_is_told() -> None:
    turns = Turns(take_all, 1, uploads=2)
    slow = [sending(turns, LONG + number) for number in (1, 2)]

    assert list(turns({"CONTENT_LENGTH": ""}, None)) == [b"0"]  # the one turn is free
    assert list(turns({"CONTENT_LENGTH": str(LONG + 1), "wsgi.input": None}, None)) == [b"crowded"]
    for sender, _thread, _said in slow:
        sender.go.set()
    for _sender, thread, _said in slow:
        thread.join(20)

    assert [said for _sender, _thread, said in slow] == [[str(LONG + 1).encode()], [str(LONG + 2).encode()]]
    third = sending(turns, LONG + 3)  # the places are free again
    third[0].go.set()
    third[1].join(20)
    assert third[2] == [str(LONG + 3).encode()]


@pytest.mark.django_db
def test_a_body_that_ends_early_is_no_file() -> None:
    sender = Sender(LONG)
    sender.go.set()
    turns = Turns(take_all, 1, uploads=1)

    with pytest.raises(CutOff):
        turns({"CONTENT_LENGTH": str(LONG + 1), "wsgi.input": sender}, None)

    assert list(turns({"CONTENT_LENGTH": ""}, None)) == [b"0"] and turns.places.acquire(blocking=False)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/stations/tests/", "/api/test-logs/"])
def test_a_crowded_server_says_so_before_it_reads(client: Client, address: str) -> None:
    client.force_login(person("kenji"))

    answer = client.post(address, **{CROWDED: True})  # type: ignore[arg-type]

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")


@pytest.mark.django_db
def test_a_stranger_sends_no_long_body(client: Client) -> None:
    class Unread:
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    answer = client.post("/stations/tests/", **{"CONTENT_LENGTH": str(LONG + 1), "wsgi.input": Unread()})  # type: ignore[arg-type]

    assert answer.status_code == 302 and answer["Location"].startswith("/login/")
