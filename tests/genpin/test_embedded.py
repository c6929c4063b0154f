"""Where state goes, and what happens to servers that were left behind."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from genpin.embedded import home, postgres
from genpin.embedded.home import Account


def test_account_may_not_pass_a_closed_folder(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    stranger = Account("stranger", uid=os.geteuid() + 4711, gid=os.getegid() + 4711)

    assert not home.can_enter(closed / "inside", stranger)
    assert home.can_enter(closed / "inside", None)


def test_long_home_gets_a_short_socket_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 60) / ("y" * 60)

    assert len(os.fsencode(home.socket_folder(deep))) <= home.SOCKET_FOLDER_BYTES


def test_secret_key_is_made_once_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENPIN_SECRET_KEY", raising=False)

    first = home.secret_key(tmp_path)

    assert home.secret_key(tmp_path) == first
    assert len(first) > 60
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_lock_has_one_holder(tmp_path: Path) -> None:
    first = home.take_lock(tmp_path / "lock")

    assert first is not None
    assert home.take_lock(tmp_path / "lock") is None
    first.close()
    assert home.take_lock(tmp_path / "lock") is not None


@pytest.fixture
def server() -> Iterator[postgres.EmbeddedPostgres]:
    """A server of its own, in a home its account can reach; pytest's own temporary folders are closed."""
    state = home.make_home(Path(settings.GENPIN_HOME) / "second")
    made = postgres.EmbeddedPostgres(state)
    assert made.take()
    made.start()
    yield made
    made.stop()
    shutil.rmtree(made.data)
    shutil.rmtree(state)


def test_japanese_text_has_trigrams(server: postgres.EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url(server.state), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute("SELECT show_trgm('電源')").fetchone()

    assert row is not None and len(row[0]) > 2


def test_committed_rows_survive_a_killed_server_whose_lock_file_names_another_program(
    server: postgres.EmbeddedPostgres,
) -> None:
    state = server.state
    with psycopg.connect(postgres.url(state), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    assert server.process is not None
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    note = server.data / "postmaster.pid"
    lines = note.read_text(encoding="utf-8").splitlines()
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n", encoding="utf-8")

    server.start()

    with psycopg.connect(postgres.url(state)) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]
