"""Two people at one exception: what the first did, what the second sends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from logistics.operations.exceptions import Care
from tests.cast import NOON
from tests.logistics.world import departed


def an_exception_edit(*, close: bool = False) -> tuple[int, dict[str, Any], dict[str, Any], str, str]:
    """A silence that nobody has: the first takes it, the second takes or closes it by the same sight."""
    shipment = departed(at=NOON - timedelta(days=1), need_by=None)
    said = {"exception": f"silence:{shipment.number}:"}
    first = {**said, "care": Care(state="waiting", waiting_for="運送会社")}
    if close:
        return 0, {"put": first}, {**said, "reason": "x"}, "state", "rosa"
    return 0, first, {**said, "care": Care(note="電話した")}, "waiting_for", "rosa"
