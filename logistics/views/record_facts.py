"""What doors and the facts of events are called for an auditor."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

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
