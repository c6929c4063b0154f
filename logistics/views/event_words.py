"""What events are called for an auditor: kind → (state, words); what their facts are called."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

TITLES: dict[str, tuple[str, Any]] = {
    "inventory.unit-registered": ("info", _("Registered")),
    "inventory.unit-received": ("ok", _("Received from the supplier")),
    "inventory.unit-moved": ("info", _("Moved")),
    "inventory.unit-ended": ("void", _("Life ended")),
    "inventory.identifier-added": ("info", _("Identifier added")),
    "inventory.identifier-closed": ("void", _("Identifier closed")),
    "inventory.hold-placed": ("hold", _("Put on hold")),
    "inventory.hold-released": ("ok", _("Hold released")),
    "inventory.lot-consumed": ("info", _("Lot used")),
    "assembly.build-started": ("run", _("Build started")),
    "assembly.build-completed": ("done", _("Build completed")),
    "assembly.unit-installed": ("done", _("Installed")),
    "assembly.unit-removed": ("swap", _("Taken out")),
    "assembly.operation-started": ("run", _("Operation begun")),
    "assembly.operation-finished": ("done", _("Operation finished")),
    "assembly.alarm-raised": ("late", _("Burn-in alarm raised")),
    "assembly.alarm-cleared": ("ok", _("Burn-in alarm cleared")),
    "assembly.operation-aborted": ("void", _("Operation broken off")),
    "assembly.run-signed": ("done", _("Signed")),
    "assembly.test-imported": ("info", _("Test file imported")),
    "assembly.nonconformity-opened": ("late", _("Nonconformity opened")),
    "assembly.nonconformity-disposed": ("info", _("Nonconformity decided")),
    "assembly.nonconformity-closed": ("ok", _("Nonconformity closed")),
    "assembly.rework-demanded": ("swap", _("Rework demanded")),
    "assembly.deviation-approved": ("info", _("Deviation approved")),
    "assembly.cell-reserved": ("info", _("Cell reserved")),
    "assembly.reservation-cancelled": ("void", _("Reservation cancelled")),
    "assembly.burn-in-started": ("run", _("Burn-in started")),
    "assembly.burn-in-ended": ("done", _("Burn-in ended")),
    "assembly.burn-in-aborted": ("stop", _("Burn-in broken off")),
    "documents.document-issued": ("seal", _("Document issued")),
    "logistics.crate-built": ("info", _("Crate built")),
    "logistics.rack-packed": ("done", _("Packed into a crate")),
    "logistics.shipment-planned": ("info", _("Shipment planned")),
    "logistics.crates-assigned": ("info", _("Crates put on the shipment")),
    "logistics.shipment-departed": ("run", _("Left the plant")),
    "logistics.milestone-reported": ("info", _("Reported on the way")),
    "logistics.shipment-arrived": ("done", _("Arrived at the site")),
    "logistics.shipment-received": ("done", _("Received at the site")),
    "logistics.rack-accepted": ("done", _("Word of the site")),
    "logistics.forecast-made": ("info", _("Arrival forecast")),
}

DOORS: dict[str, Any] = {
    "page": _("page"),
    "scan": _("scanner"),
    "api": _("API"),
    "task": _("background task"),
    "command": _("command"),
}

FIELDS: dict[str, Any] = {
    "rack": "", "serial": "", "tag": "", "number": "", "name": "", "crate": _("crate"), "sscc": "SSCC",
    "part": _("part"), "position": _("position"), "host": _("in"), "from": _("from"), "to": _("to"),
    "operation": _("operation"), "attempt": _("attempt"), "result": _("result"), "meaning": _("meaning"),
    "reason": _("reason"), "why": "", "text": "", "defect": _("defect"), "disposition": _("decision"),
    "design": _("design"), "order": _("order"), "tool": _("tool"), "verdict": _("verdict"), "kind": "",
    "outcome": _("outcome"), "remarks": _("remarks"), "truck": _("truck"), "seal": _("seal"), "site": _("site"),
    "milestone": "", "leg": _("leg"), "place": _("place"), "source": _("source"), "stage": _("stage"),
    "p50_at": "P50", "p80_at": "P80", "quantity": _("quantity"), "cell": _("cell"), "revision": _("revision"),
}  # fmt: skip
"""The facts of a payload that a line shows, in this order; "" shows the value alone. The rest is in the original."""

VALUES: dict[str, Any] = {
    "pass": _("passed"), "fail": _("failed"), "conditional": _("accepted by concession"), "aborted": _("broken off"),
    "made": _("made"), "checked": _("checked"), "approved": _("approved"), "accepted": _("accepted"),
    "accepted_with_remarks": _("accepted with remarks"), "refused": _("refused"), "leg_departed": _("leg begun"),
    "leg_arrived": _("leg ended"), "delayed": _("delay"), "retest": _("test again"), "rework": _("rework"),
    "use_as_is": _("use as is"), "kit": _("kitting"), "tray_build": _("tray build"), "tray_test": _("tray test"),
    "rack_build": _("rack build"), "rack_test": _("rack test"), "burn_in": _("burn-in"), "pack": _("packing"),
}  # fmt: skip
"""Values that tables and routes spell in code."""
