"""What stages, states and decisions are called on the pages of this app."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assembly.event_words import DISPOSITIONS, MEANINGS, RESULTS, TEST_DISPOSITIONS, VERDICTS

STAGE_WORDS: dict[str, Any] = {
    "kit": _("Kitting"),
    "tray_build": _("Tray building"),
    "tray_test": _("Tray test"),
    "rack_build": _("Rack building"),
    "rack_test": _("Rack test"),
    "burn_in": _("Burn-in"),
    "pack": _("Packing"),
}

STATE_WORDS: dict[str, Any] = {
    "open": _("In the making"),
    "hold": _("On hold"),
    "fail": _("Failed"),
    "run": _("Being worked on"),
    "wait": _("Waiting for the next operation"),
    "late": _("Past its day"),
    "done": _("Complete"),
    "ended": _("Scrapped or returned"),
    "all": _("All"),
}
"""The states that a list can be narrowed to."""

_RUNNING: dict[str, Any] = {
    "kit": _("being kitted"),
    "tray_build": _("being built"),
    "rack_build": _("being built"),
    "tray_test": _("being tested"),
    "rack_test": _("being tested"),
    "burn_in": _("soaking"),
    "pack": _("being packed"),
}


def state_words(state: str, stage: str = "") -> tuple[str, Any]:
    """The state of a build as a chip: (state, words); `stage` of the running operation says what is being done."""
    if state == "run":
        return "run", _RUNNING.get(stage, STATE_WORDS["run"])
    if state == "wait":
        return "wait", _("waiting to start")
    if state == "done":
        return "done", STATE_WORDS["done"]
    if state == "ended":
        return "void", STATE_WORDS["ended"]
    return state, STATE_WORDS.get(state, "")


__all__ = [
    "DISPOSITIONS",
    "MEANINGS",
    "RESULTS",
    "STAGE_WORDS",
    "STATE_WORDS",
    "TEST_DISPOSITIONS",
    "VERDICTS",
    "state_words",
]

TOOL_WORDS: dict[str, Any] = {
    "torque": _("Torque tool"),
    "leak_tester": _("Leak tester"),
    "pressure": _("Pressure gauge"),
    "electrical": _("Electrical safety tester"),
    "resistance": _("Resistance meter"),
    "coolant": _("Coolant instrument"),
    "scale": _("Scale"),
    "length": _("Length gauge"),
    "other": _("Other instrument"),
}
"""Kinds of instruments."""
