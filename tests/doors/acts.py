"""Every operation's act, collected from the files beside this one: each `acts_<room>.py` has its `ACTS`."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from tests.doors.act import Act, Acts, Arguments, Form

__all__ = ["ACTS", "WITHOUT_ACT", "WITHOUT_EVENT", "WITHOUT_REFUSAL", "Act", "Acts", "Arguments", "Form"]

WITHOUT_ACT: dict[str, str] = {
    "accounts.begin_demo_history": "it is the first event of an empty database: no plant can be there to judge it",
    "accounts.begin_simulated_history": "as for the demo's: the first event of an empty database",
    "accounts.end_simulated_history": "it ends a history that only an empty database can begin",
}
"""Operation → why it has no act. May only shrink."""

WITHOUT_REFUSAL: dict[str, str] = {
    "assembly.end_telemetry_file": "it says how the reading ended; a file that has ended stays as it ended",
    "accounts.end_demo_history": "it refuses only where no demo was begun, and the small plant is one",
}
"""Operation → why nobody can be refused in the small plant. May only shrink."""
WITHOUT_EVENT: dict[str, str] = {
    "assembly.feed_blocks": "a sample a minute of every series: bound by their digest in the event that judges them",
    "assembly.feed_telemetry": "a sample a minute of every series: bound by their digest in the event that judges them",
}
"""Operation → why it writes no event. May only shrink."""


def _collected() -> Acts:
    found: Acts = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("acts_"):
            for name, make in importlib.import_module(f"tests.doors.{module.name}").ACTS.items():
                assert name not in found, f"two acts of {name}"
                found[name] = make
    return dict(sorted(found.items()))


ACTS = _collected()
