"""Make `.venv` and install the locked requirements; nothing but the standard library, nothing to do the second time.

    python3 scripts/bootstrap.py          what the product runs on
    python3 scripts/bootstrap.py --dev    and what the tests and checks need

A stamp in the venv says which lock files are installed; a venv that is broken, half made or of another Python is
redone.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
FILES = {"run": ["requirements.txt"], "dev": ["requirements.txt", "requirements-dev.txt"]}


def main() -> None:
    """Install what is asked for, unless the stamp says that it is there."""
    if sys.version_info < (3, 11):  # noqa: UP036 - older ones do get here, and should read a sentence
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit("Genpin needs Python 3.11 or newer; this is " + found + ". Choose one: make demo PYTHON=python3.12")
    kind = "dev" if "--dev" in sys.argv else "run"
    with open(__file__, encoding="utf-8") as own:
        fcntl.flock(own, fcntl.LOCK_EX)  # two make commands at once
        if not any(is_stamped(each) for each in ("dev", kind)) or not works():
            begin = time.monotonic()
            install(kind)
            print(f"Installed in {time.monotonic() - begin:.0f} s.", flush=True)


def wanted_stamp(kind: str) -> str:
    """Changes with the lock files and the Python."""
    digest = hashlib.sha256(sys.version.encode())
    for name in FILES[kind]:
        digest.update((CHECKOUT / name).read_bytes())
    return digest.hexdigest()


def stamp_file(kind: str) -> Path:
    """Written last, so a venv without it is not complete."""
    return VENV / ("installed-" + kind)


def is_stamped(kind: str) -> bool:
    """Whether exactly these lock files were installed to the end."""
    place = stamp_file(kind)
    return place.exists() and place.read_text(encoding="ascii") == wanted_stamp(kind)


def works() -> bool:
    """Whether the venv's Python starts and is ours: a moved checkout or an upgraded Python breaks it."""
    asked = [str(PYTHON), "-c", "import sys, django; print(sys.version_info[:2], sys.prefix)"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return False
    return answer == f"{sys.version_info[:2]} {VENV}"


def install(kind: str) -> None:
    """Make the venv and fill it. What was begun and not finished is thrown away first."""
    print("Installing the locked requirements into .venv …", flush=True)
    begun = VENV / "unfinished"
    if VENV.exists() and (begun.exists() or not works()):
        shutil.rmtree(VENV)
    if not VENV.exists():
        run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], "Python's venv module is missing.")
    begun.touch()
    for each in FILES:
        stamp_file(each).unlink(missing_ok=True)
    words = ["--require-hashes", "--only-binary", ":all:"]
    for name in FILES[kind]:
        words += ["-r", str(CHECKOUT / name)]
    run([*installer(), *words], "The requirements could not be installed; the reason is above.")
    stamp_file(kind).write_text(wanted_stamp(kind), encoding="ascii")
    begun.unlink()


def installer() -> list[str]:
    """uv when there is one that runs, else pip of the Python we were started with."""
    uv = shutil.which("uv")
    if uv and subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0:
        return [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)]
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode != 0:
        sys.exit("Neither uv nor pip is here. On Debian: apt install python3-pip")
    return [*pip, "--python", str(PYTHON), "install", "--quiet", "--disable-pip-version-check"]


def run(command: list[str], otherwise: str) -> None:
    """Run it, or end with a sentence."""
    if subprocess.run(command, check=False, env={**os.environ, "PIP_REQUIRE_VIRTUALENV": "0"}).returncode != 0:
        sys.exit(otherwise)


if __name__ == "__main__":
    main()
