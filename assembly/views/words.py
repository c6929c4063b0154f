"""What stages, states and decisions are called on the pages of this app."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

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

DISPOSITIONS: dict[str, tuple[str, Any]] = {
    "retest": ("swap", _("Test again")),
    "rework": ("swap", _("Rework")),
    "use_as_is": ("late", _("Use as is")),
    "scrap": ("void", _("Scrap")),
    "return": ("void", _("Return to the supplier")),
}
"""Quality's decisions: (state, words)."""

MEANINGS: dict[str, Any] = {"made": _("Made"), "checked": _("Checked"), "approved": _("Approved")}

VERDICTS: dict[str, tuple[str, Any]] = {
    "pass": ("ok", _("pass")),
    "warn": ("late", _("warning")),
    "fail": ("fail", _("fail")),
    "error": ("fail", _("error")),
    "not_run": ("unknown", _("not run")),
    "none": ("unknown", _("no verdict")),
}
"""What a tool said: (state, words)."""

TEST_DISPOSITIONS: dict[str, tuple[str, Any]] = {
    "accept": ("ok", _("counts as passed")),
    "retest": ("swap", _("test again")),
    "hold": ("hold", _("to be held")),
    "reject": ("fail", _("rejected")),
    "review": ("late", _("to be looked at")),
}
"""What the plant does with it: (state, words)."""

RESULTS: dict[str, tuple[str, Any]] = {
    "pass": ("done", _("passed")),
    "fail": ("fail", _("failed")),
    "conditional": ("late", _("passed conditionally")),
    "aborted": ("void", _("broken off")),
}
"""How a run ended: (state, words)."""


def state_words(state: str, stage: str = "") -> tuple[str, Any]:
    """The state of a build as a chip: (state, words); `stage` of the running operation says what is being done."""
    if state == "run":
        return "run", _RUNNING.get(stage, STATE_WORDS["run"])
    if state == "wait":
        return "wait", _("waiting to start")
    if state == "done":
        return "done", STATE_WORDS["done"]
    return state, STATE_WORDS.get(state, "")
