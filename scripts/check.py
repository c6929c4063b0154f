"""What CI runs, in the venv: every check, with its time; all of them run even when one fails.

Browser tests that fail beside other work are looked at again, alone: `SECOND_LOOK`."""

import os
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]

STEPS: dict[str, list[str]] = {
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "lint": [str(BIN / "ruff"), "check", "--quiet", "."],
    "types": [str(BIN / "mypy"), "--no-error-summary", "."],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "translations": [*MANAGE, "words", "--check"],
    "tests": [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        str(max(2, os.cpu_count() or 2)),
        "--dist",
        "worksteal",
        "--durations=15",
    ],
}

TESTS_FAILED, NOTHING_COLLECTED = 1, 5
"""Exit codes of pytest."""
SECOND_LOOK = 5
"""So many browser tests at most may fail beside other work and be run once more, alone. What passes then does not fail
the run, but is named at its end: mend it. A real browser on two busy cores is at times too late for its own timeouts.
Any other test that fails, fails."""


def run(name: str) -> int:
    """Run a step; gives its exit status."""
    return subprocess.run(STEPS[name], cwd=CHECKOUT, check=False).returncode


def pytest_on_failed(*words: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on the tests that failed in the last run."""
    command = [sys.executable, "-m", "pytest", "-q", "--last-failed", "--last-failed-no-failures=none", *words]
    return subprocess.run(command, cwd=CHECKOUT, check=False, text=True, capture_output=True)


def second_look() -> str:
    """What failed, if it passes alone, was few and only in a browser; "" otherwise."""
    others = pytest_on_failed("--collect-only", "-m", "not browser")
    failed = [line for line in pytest_on_failed("--collect-only").stdout.splitlines() if "::" in line]
    if others.returncode != NOTHING_COLLECTED or not 0 < len(failed) <= SECOND_LOOK:
        return ""
    again = pytest_on_failed("-m", "browser")
    print(again.stdout, flush=True)
    return "\n".join(failed) if again.returncode == 0 else ""


def main() -> int:
    """Run the steps named, or all."""
    names = sys.argv[1:] or list(STEPS)
    results, late = [], ""
    for name in names:
        print(f"── {name}", flush=True)
        begin = time.monotonic()
        status = run(name)
        if name == "tests" and status == TESTS_FAILED and (late := second_look()):
            status = 0
        results.append((name, status, time.monotonic() - begin))
    print("──")
    if late:
        print(f"PASSED ONLY ALONE, mend them:\n{late}")
    for name, status, seconds in results:
        print(f"{'ok    ' if status == 0 else 'FAILED'} {name:<13}{seconds:6.1f} s")
    return 1 if any(status for _name, status, _seconds in results) else 0


if __name__ == "__main__":
    sys.exit(main())
