"""Where Genpin keeps its state, and who may enter there."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# A socket's whole path must fit into 107 bytes; the longest name we put into the folder is PostgreSQL's lock file.
SOCKET_FOLDER_BYTES = 107 - len("/.s.PGSQL.5432.lock")
STATE_OF_ROOT = Path("/var/lib/genpin")


class CannotStart(Exception):
    """A server of ours cannot run here; the text tells the person at the terminal what to do."""


@dataclass(frozen=True)
class Account:
    """The login the servers run under when we are root, which PostgreSQL refuses to run as."""

    name: str
    uid: int
    gid: int


def service_account() -> Account | None:
    """`postgres`, else `nobody`; None for an ordinary user, whose servers simply are his own processes."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise CannotStart("PostgreSQL does not run as root, and this machine has neither an account postgres nor nobody.")


def can_enter(folder: Path, account: Account | None) -> bool:
    """Whether the account may pass through every existing folder on the way, the last one included."""
    if account is None:
        return True
    resolved = folder.resolve()
    return all(_lets_in(place, account) for place in (resolved, *resolved.parents) if place.exists())


def _lets_in(place: Path, account: Account) -> bool:
    status = place.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def find_home(checkout: Path) -> Path:
    """`GENPIN_HOME`, else `.genpin` in the checkout, else (root in a closed folder) a place under /var/lib."""
    named = os.environ.get("GENPIN_HOME", "")
    if named:
        return Path(named).expanduser().absolute()
    if can_enter(checkout, service_account()):
        return checkout / ".genpin"
    return STATE_OF_ROOT / _short_hash(checkout)


def make_home(home: Path) -> Path:
    """Root's home lets the database account pass but not look around; what is private inside is closed itself."""
    if not home.exists():
        home.mkdir(parents=True)
        home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for private in ("files", "static-generated"):
        (home / private).mkdir(mode=0o700, exist_ok=True)
    return home


def database_folder(home: Path) -> Path:
    """Inside the home; where the database account cannot reach that, beside it under the home's own random name.

    The name comes from a file in the home, not from its path: a removed home takes its database out of use with it.
    """
    if can_enter(home, service_account()):
        return home / "postgres"
    note = home / "home-id"
    if not note.exists():
        note.write_text(secrets.token_hex(8), encoding="ascii")
    return STATE_OF_ROOT / f"database-{note.read_text(encoding='ascii').strip()}"


def socket_folder(home: Path) -> Path:
    """Where the sockets are: `run` in the home when the path is short enough and open to the account.

    Only computes the address, so that settings can be imported while nothing runs; `make_socket_folder` creates it.
    """
    account = service_account()
    folder = home / "run"
    if len(os.fsencode(folder)) <= SOCKET_FOLDER_BYTES and can_enter(home, account):
        return folder
    if account is not None:
        return Path("/run/genpin") / _short_hash(home)
    return Path(tempfile.gettempdir()) / f"genpin-{os.geteuid()}-{_short_hash(home)}"


def make_socket_folder(home: Path) -> Path:
    """Owned by the server's account and closed to all others: the sockets ask for no password."""
    account = service_account()
    folder = socket_folder(home)
    if account is not None:
        folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = account.uid if account else os.geteuid()
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {owner, os.geteuid()}:
        raise CannotStart(f"{folder} belongs to somebody else, so no socket is put there. Remove it or set TMPDIR.")
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
    return folder


def secret_key(home: Path) -> str:
    """`GENPIN_SECRET_KEY`, else a key made once and kept in the home, readable by its owner only."""
    given = os.environ.get("GENPIN_SECRET_KEY", "")
    if given:
        return given
    place = home / "secret-key"
    with contextlib.suppress(FileNotFoundError):
        return place.read_text(encoding="ascii").strip()
    make_home(home)
    fresh = home / f"secret-key.{os.getpid()}"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    with contextlib.suppress(FileExistsError):
        os.link(fresh, place)  # two processes at the first start: the first key stays
    fresh.unlink()
    return place.read_text(encoding="ascii").strip()


def take_lock(place: Path) -> IO[str] | None:
    """Lock a file until it is closed or the process is gone; None when another process has it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    file = place.open("a", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def pauses(seconds: float, step: float = 0.05) -> Iterator[None]:
    """Turns of a waiting loop, `step` seconds apart, until the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(step)


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:10]
