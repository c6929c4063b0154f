"""The live board's stream: told at once what was missed, then at every change; bounded; no connection held."""

from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client

from genpin import live, live_views
from genpin.live import Bell, burn_in_state
from tests.assembly.burn_in_world import a_burn_in_room, a_soaking_rack, feed, some_racks
from tests.assembly.test_move_reservation import keep
from tests.cast import person

ADDRESS = "/burn-in/live/"


@pytest.fixture
def bell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bell:
    """A bell whose answers the test gives; the product's own asks the database from a thread."""
    monkeypatch.setattr(live, "LOOK", 0.01)
    monkeypatch.setattr(live, "ASK", 0.01)
    monkeypatch.setattr(live, "BEAT", 0.05)
    answers = Bell(lambda: answers.told, tmp_path / "stopping")  # type: ignore[attr-defined]
    answers.told = "one"  # type: ignore[attr-defined]
    monkeypatch.setattr(live_views, "BURN_IN", answers)
    return answers


def client(name: str = "aud") -> Client:
    browser = Client()
    browser.force_login(person(name))
    return browser


def until(lines, wanted: bytes) -> bytes:  # type: ignore[no-untyped-def]
    return next(line for line in lines if wanted in line)


@pytest.mark.commits
def test_a_stream_tells_what_was_missed_and_every_change(bell: Bell) -> None:
    answer = client().get(ADDRESS)
    lines = iter(answer.streaming_content)

    assert answer.headers["Content-Type"] == "text/event-stream" and answer.headers["Cache-Control"] == "no-store"
    assert next(lines) == b"retry: 2000\n\n"
    until(lines, b"event: board")
    bell.told = "two"  # type: ignore[attr-defined]
    told = until(lines, b"event: board")
    until(lines, b": still here")
    answer.close()
    assert bell.streams == 0

    last = told.split(b"\n")[0].removeprefix(b"id: ").decode()
    again = client().get(ADDRESS, headers={"last-event-id": last})
    assert until(iter(again.streaming_content), b":") and bell.mark == last
    second = [line for _turn, line in zip(range(2), again.streaming_content, strict=False)]
    assert not any(b"event: board" in line for line in second)  # nothing was missed
    again.close()


@pytest.mark.commits
def test_places_are_bounded_and_streams_end_with_the_database_or_the_server(bell: Bell) -> None:
    def away() -> str:
        raise OperationalError("away")

    browser = client()
    bell.ask, ask = away, bell.ask
    assert b"retry" in b"".join(browser.get(ADDRESS).streaming_content)
    bell.ask = ask
    open_ones = [browser.get(ADDRESS) for _ in range(live.MOST)]
    until(iter(open_ones[0].streaming_content), b"event: board")  # it asks again

    assert browser.get(ADDRESS).status_code == 503
    bell.stopping.touch()
    for one in open_ones:
        list(one.streaming_content)
    assert bell.streams == 0


@pytest.mark.django_db
def test_who_may_not_read_the_board_gets_no_stream() -> None:
    assert Client().get(ADDRESS).status_code == 302
    assert client("stranger").get(ADDRESS).status_code == 403


@pytest.mark.django_db
def test_the_state_changes_with_everything_the_board_shows() -> None:
    a_burn_in_room()
    seen = [burn_in_state()]
    (rack,) = some_racks(1)
    keep(rack, "A-01", 40)
    seen.append(burn_in_state())
    soaking = a_soaking_rack("B-01")
    seen.append(burn_in_state())
    feed(soaking, [0, 1])
    seen.append(burn_in_state())
    feed(soaking, [2], [46.0, 130.0, 0.0])
    seen.append(burn_in_state())

    assert len(set(seen)) == 5 and burn_in_state() == seen[-1]
    assert connection.vendor == "postgresql"
