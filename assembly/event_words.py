"""What the events of builds, tests and burn-in are called, and what their values in code are called."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger.event_words import EventWords

DISPOSITIONS: dict[str, tuple[str, Any]] = {
    "retest": ("swap", _("Test again")),
    "rework": ("swap", _("Rework")),
    "use_as_is": ("late", _("Use as is")),
    "scrap": ("void", _("Scrap")),
    "return": ("void", _("Return to the supplier")),
}
"""Quality's decisions: (state, words)."""

TEST_DISPOSITIONS: dict[str, tuple[str, Any]] = {
    "accept": ("ok", _("counts as passed")),
    "retest": ("swap", _("test again")),
    "hold": ("hold", _("to be held")),
    "reject": ("fail", _("rejected")),
    "review": ("late", _("to be looked at")),
}
"""What the plant does with a test: (state, words)."""

VERDICTS: dict[str, tuple[str, Any]] = {
    "pass": ("ok", _("pass")),
    "warn": ("late", _("warning")),
    "fail": ("fail", _("fail")),
    "error": ("fail", _("error")),
    "not_run": ("unknown", _("not run")),
    "none": ("unknown", _("no verdict")),
    "aborted": ("void", _("broken off")),
}
"""What a tool said, or how a burn-in ended: (state, words)."""

RESULTS: dict[str, tuple[str, Any]] = {
    "pass": ("done", _("passed")),
    "fail": ("fail", _("failed")),
    "conditional": ("late", _("passed conditionally")),
    "aborted": ("void", _("broken off")),
}
"""How a run ended: (state, words)."""

MEANINGS: dict[str, Any] = {"made": _("Made"), "checked": _("Checked"), "approved": _("Approved")}

VALUES = {
    # a decision of quality and a test's disposition share the fact's name; where they share a value, the words agree
    "disposition": TEST_DISPOSITIONS | DISPOSITIONS,
    "verdict": VERDICTS,
    "result": RESULTS,
    "meaning": {code: ("seal", word) for code, word in MEANINGS.items()},
}

PLANNING = {
    "assembly.rack-model-edited": EventWords("info", _("Rack model changed")),
    "assembly.dispositions-released": EventWords(
        "info", _("Disposition rules released"), _("Disposition rules, revision %(revision)s: %(reason)s")
    ),
    "assembly.limits-drafted": EventWords("info", _("Draft of test limits begun")),
    "assembly.limit-put": EventWords("info", _("Test limit of the draft written")),
    "assembly.limit-dropped": EventWords("info", _("Test limit taken out of the draft")),
    "assembly.limits-released": EventWords("info", _("Test limits released")),
    "assembly.limits-discarded": EventWords("info", _("Draft of test limits given up")),
    "assembly.firmware-baseline-drafted": EventWords(
        "info", _("Draft of a firmware baseline begun"), _("Draft of firmware baseline %(part)s r%(revision)s begun")
    ),
    "assembly.firmware-baseline-changed": EventWords(
        "info",
        _("Draft of a firmware baseline changed"),
        _("Draft of firmware baseline %(part)s r%(revision)s changed"),
    ),
    "assembly.firmware-baseline-released": EventWords(
        "seal",
        _("Firmware baseline released"),
        _("Firmware baseline %(part)s r%(revision)s released: %(reason)s"),
    ),
    "assembly.firmware-baseline-discarded": EventWords(
        "void",
        _("Draft of a firmware baseline given up"),
        _("Draft of firmware baseline %(part)s r%(revision)s given up: %(reason)s"),
    ),
    "assembly.routing-drafted": EventWords("info", _("Draft of a routing begun")),
    "assembly.routing-operation-put": EventWords("info", _("Operation of the draft changed")),
    "assembly.routing-operation-dropped": EventWords("info", _("Operation taken out of the draft")),
    "assembly.routing-reentry-put": EventWords("info", _("Re-entry rule of the draft changed")),
    "assembly.routing-draft-released": EventWords("ok", _("Routing released")),
    "assembly.routing-draft-discarded": EventWords("void", _("Draft of a routing given up")),
    "assembly.design-drafted": EventWords("info", _("Draft of a design begun")),
    "assembly.design-edited": EventWords("info", _("Draft of the design changed")),
    "assembly.design-slot-put": EventWords("info", _("Slot of the draft changed")),
    "assembly.design-slot-dropped": EventWords("info", _("Slot taken out of the draft")),
    "assembly.design-part-swapped": EventWords("info", _("Part of the draft replaced")),
    "assembly.design-draft-released": EventWords("ok", _("Design released")),
    "assembly.design-draft-discarded": EventWords("void", _("Draft of a design given up")),
    "assembly.order-planned": EventWords("info", _("Build order planned"), _("Build order %(number)s planned")),
    "assembly.order-edited": EventWords("info", _("Build order changed"), _("Build order %(number)s changed")),
    "assembly.order-moved": EventWords("info", _("Build order moved in the sequence")),
    "assembly.order-started": EventWords("run", _("Builds of the order started")),
    "assembly.order-all-started": EventWords("done", _("All builds of the order started")),
    "assembly.order-cancelled": EventWords(
        "void", _("Build order cancelled"), _("Build order %(number)s cancelled: %(reason)s")
    ),
    "assembly.tool-registered": EventWords("info", _("Tool registered"), _("Tool %(code)s registered")),
    "assembly.tool-edited": EventWords("info", _("Tool changed")),
    "assembly.tool-retired": EventWords("void", _("Tool taken out of use"), _("Tool taken out of use: %(reason)s")),
    "assembly.tool-calibrated": EventWords(
        "seal", _("Tool calibrated"), _("Calibrated on %(calibrated_on)s: %(result)s"), "result"
    ),
}
"""The planner's desk: drafts, orders, tools."""

EVENTS = {
    "assembly.build-started": EventWords(
        "run", _("Build started"), _("Build started to design %(design)s, order %(order)s")
    ),
    "assembly.history-imported": EventWords("info", _("Read in as history"), _("Read in as history, order %(order)s")),
    "assembly.build-completed": EventWords("done", _("Build completed"), _("All operations done: complete")),
    "assembly.operation-started": EventWords(
        "run", _("Operation begun"), _("Operation %(operation)s started, attempt %(attempt)s")
    ),
    "assembly.operation-finished": EventWords(
        "done", _("Operation finished"), _("Operation %(operation)s %(result)s, attempt %(attempt)s"), "result"
    ),
    "assembly.operation-aborted": EventWords(
        "void",
        _("Operation broken off"),
        _("Operation %(operation)s broken off, attempt %(attempt)s: %(reason)s"),
    ),
    "assembly.run-amended": EventWords(
        "swap",
        _("Values corrected"),
        _("Operation %(operation)s corrected, attempt %(amended_attempt)s is void: %(reason)s"),
    ),
    "assembly.run-signed": EventWords("seal", _("Signed"), _("Operation %(operation)s signed: %(meaning)s")),
    "assembly.unit-installed": EventWords("done", _("Installed"), _("%(serial)s fitted at %(position)s of %(host)s")),
    "assembly.unit-removed": EventWords(
        "swap", _("Taken out"), _("Taken out of %(position)s of %(host)s: %(reason)s (to %(to)s)")
    ),
    "assembly.nonconformity-opened": EventWords(
        "late", _("Nonconformity opened"), _("Nonconformity %(number)s opened: %(text)s")
    ),
    "assembly.nonconformity-disposed": EventWords(
        "info", _("Nonconformity decided"), _("%(number)s decided: %(disposition)s. %(reason)s")
    ),
    "assembly.nonconformity-closed": EventWords("ok", _("Nonconformity closed"), _("Nonconformity %(number)s closed")),
    "assembly.nonconformity-pictured": EventWords("info", _("Photos added"), _("Photos added to %(number)s")),
    "assembly.concession-proposed": EventWords(
        "late", _("Use as is proposed"), _("%(number)s: use as is proposed. %(reason)s")
    ),
    "assembly.concession-approved": EventWords(
        "late", _("Use as is approved"), _("%(number)s: use as is approved by a second person. %(remarks)s")
    ),
    "assembly.concession-declined": EventWords(
        "void", _("Use as is declined"), _("%(number)s: use as is declined. %(reason)s")
    ),
    "assembly.cause-defined": EventWords("info", _("Cause registered"), _("Cause %(code)s registered")),
    "assembly.column-map-defined": EventWords(
        "info", _("Column map defined"), _("Column map %(code)s, revision %(revision)s")
    ),
    "assembly.column-map-retired": EventWords(
        "void", _("Column map retired"), _("Column map %(code)s, revision %(revision)s")
    ),
    "assembly.reference-unit-marked": EventWords("info", _("Reference unit marked"), _("Reference unit: %(reason)s")),
    "assembly.reference-unit-released": EventWords(
        "void", _("Reference mark ended"), _("No reference unit any more: %(reason)s")
    ),
    "assembly.cause-retired": EventWords("void", _("Cause retired"), _("Cause %(code)s retired")),
    "assembly.rework-demanded": EventWords(
        "swap", _("Rework demanded"), _("Operations %(repeats)s wanted again: %(reason)s")
    ),
    "assembly.kit-opened": EventWords("run", _("Kit opened"), _("Kit %(number)s opened: %(lines)s lines")),
    "assembly.part-picked": EventWords("ok", _("Fetched for a kit"), _("Fetched for kit %(kit)s")),
    "assembly.quantity-picked": EventWords(
        "ok", _("Fetched for a kit"), _("%(quantity)s of lot %(lot)s fetched for kit %(kit)s")
    ),
    "assembly.pick-returned": EventWords("void", _("Put back"), _("Put back from kit %(kit)s: %(reason)s")),
    "assembly.kit-completed": EventWords("done", _("Kit complete"), _("Kit %(number)s is complete at %(location)s")),
    "assembly.kit-cancelled": EventWords("void", _("Kit cancelled"), _("Kit %(number)s cancelled: %(reason)s")),
    "assembly.deviation-approved": EventWords(
        "late", _("Deviation approved"), _("Deviation %(number)s: %(part)s may sit at %(position)s. %(reason)s")
    ),
    "assembly.differences-found": EventWords(
        "late", _("Hardware reports otherwise"), _("%(count)s differences between scanned and reported: %(places)s")
    ),
    "assembly.differences-settled": EventWords(
        "ok", _("Differences settled"), _("%(count)s differences are no longer reported: %(places)s")
    ),
    "assembly.difference-approved": EventWords(
        "seal", _("Difference approved"), _("%(place)s: scanned %(scanned)s, reported %(reported)s. %(reason)s")
    ),
    "assembly.approval-withdrawn": EventWords(
        "late", _("Approval of a difference withdrawn"), _("%(place)s: approval withdrawn. %(reason)s")
    ),
    "assembly.cell-reserved": EventWords("wait", _("Cell reserved"), _("Burn-in cell %(cell)s reserved")),
    "assembly.reservation-moved": EventWords(
        "wait", _("Reservation moved"), _("Burn-in reservation moved to cell %(cell)s")
    ),
    "assembly.reservation-cancelled": EventWords(
        "void", _("Reservation cancelled"), _("Reservation of cell %(cell)s cancelled")
    ),
    "assembly.burn-in-started": EventWords("run", _("Burn-in started"), _("Burn-in started in cell %(cell)s")),
    "assembly.burn-in-ended": EventWords("done", _("Burn-in ended"), _("Burn-in ended: %(verdict)s"), "verdict"),
    "assembly.burn-in-aborted": EventWords("void", _("Burn-in broken off"), _("Burn-in broken off: %(why)s")),
    "assembly.alarm-raised": EventWords("late", _("Burn-in alarm raised"), _("Alarm of %(series)s raised")),
    "assembly.alarm-cleared": EventWords("ok", _("Burn-in alarm cleared"), _("Alarm of %(series)s cleared")),
    "assembly.test-imported": EventWords(
        "info",
        _("Test file imported"),
        _("Test file of %(tool)s read: %(verdict)s, %(disposition)s"),
        "verdict",
    ),
    "assembly.andon-raised": EventWords("late", _("Andon call raised"), _("Andon call %(number)s raised: %(text)s")),
    "assembly.andon-acknowledged": EventWords("run", _("Andon call answered"), _("Andon call %(number)s answered")),
    "assembly.andon-resolved": EventWords(
        "ok", _("Andon call settled"), _("Andon call %(number)s settled: %(outcome)s")
    ),
    "assembly.instruction-issued": EventWords("info", _("Work instruction issued")),
    "assembly.takt-set": EventWords("info", _("Takt set")),
    "assembly.work-centre-defined": EventWords("info", _("Work centre registered")),
    "assembly.tool-registered": EventWords("info", _("Tool registered")),
    "assembly.tool-edited": EventWords("info", _("Tool changed")),
    "assembly.tool-calibrated": EventWords(
        "info", _("Tool calibrated"), _("%(code)s calibrated: %(result)s"), "result"
    ),
    "assembly.tool-retired": EventWords("void", _("Tool retired")),
    "assembly.feed-defined": EventWords("info", _("Feed registered")),
    "assembly.loop-defined": EventWords("info", _("Coolant loop registered")),
    "assembly.cell-defined": EventWords("info", _("Cell registered")),
    "assembly.cell-blocked": EventWords("hold", _("Burn-in cell out of service")),
    "assembly.cell-unblocked": EventWords("ok", _("Burn-in cell back in service")),
    "assembly.telemetry-series-defined": EventWords("info", _("Telemetry series registered")),
    "assembly.raw-retention-released": EventWords("info", _("Retention of raw telemetry released")),
    "assembly.telemetry-file-received": EventWords("wait", _("Telemetry file received")),
    "assembly.telemetry-file-read": EventWords("done", _("Telemetry file read")),
    "assembly.telemetry-file-refused": EventWords("stop", _("Telemetry file refused")),
    "assembly.raw-telemetry-joined": EventWords("info", _("Raw telemetry joined")),
    "assembly.raw-telemetry-settled": EventWords("info", _("Raw telemetry settled")),
    "assembly.rack-model-defined": EventWords("info", _("Rack model registered")),
    "assembly.routing-released": EventWords("info", _("Routing released")),
    "assembly.design-released": EventWords("info", _("Design released")),
    **PLANNING,
}
