"""Scans that nobody may lose: what was refused behind a person's back stands on the list of scans to settle."""

from __future__ import annotations

from inventory.checks import register_check
from inventory.checks.sql import statement

register_check(
    "inventory.refused-scans-are-listed",
    statement(
        "SELECT 'scan ' || l.id, l.answer->>'code' FROM ledger_scanlog l"
        " WHERE l.answer->>'code' IN ('ScanAfterSession', 'ScanNeverJudged', 'ScanSetAside')"
        " AND NOT EXISTS (SELECT 1 FROM inventory_scanconflict c WHERE c.act = l.id) ORDER BY l.received_at",
        "was refused as {1}, and nobody is asked to settle it",
    ),
)
