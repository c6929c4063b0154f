"""What a process pays at its start: heavy libraries are imported by what uses them, when it does."""

from __future__ import annotations

import subprocess
import sys

from tests.database import CHECKOUT

HEAVY = ("ortools", "pandas", "pyarrow", "vl_convert")
"""Each costs a start 0.3 to 2 s."""


def test_no_door_imports_a_heavy_library_at_its_start() -> None:
    """Every command, worker and web process reads the addresses (Django's checks do)."""
    code = (
        "import django, importlib, sys; django.setup(); importlib.import_module('genpin.urls');"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "genpin.settings", "PATH": ""}

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
