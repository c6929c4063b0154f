"""What CI runs, in the venv: every check, with its time; all of them run even when one fails."""

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
    "tests": [sys.executable, "-m", "pytest", "-q", "-n", str(max(2, os.cpu_count() or 2)), "--durations=5"],
}


def main() -> int:
    """Run the steps named, or all."""
    names = sys.argv[1:] or list(STEPS)
    results = []
    for name in names:
        print(f"── {name}", flush=True)
        begin = time.monotonic()
        status = subprocess.run(STEPS[name], cwd=CHECKOUT, check=False).returncode
        results.append((name, status, time.monotonic() - begin))
    print("──")
    for name, status, seconds in results:
        print(f"{'ok    ' if status == 0 else 'FAILED'} {name:<13}{seconds:6.1f} s")
    return 1 if any(status for _name, status, _seconds in results) else 0


if __name__ == "__main__":
    sys.exit(main())
