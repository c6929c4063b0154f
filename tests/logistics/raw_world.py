"""A site's word about a rack that soaked here, without its journey: what retention of raw telemetry looks at."""

from __future__ import annotations

from datetime import datetime

from logistics.models import Acceptance, Position, Shipment
from tests.cast import person


def an_acceptance(unit_id: int, at: datetime, outcome: str = "accepted") -> Acceptance:
    """The site's word, at a free position where it was yes."""
    position = None if outcome == "refused" else Position.objects.filter(acceptances=None).order_by("pk")[0]
    return Acceptance.objects.create(
        shipment=Shipment.objects.order_by("-pk")[0], unit_id=unit_id, outcome=outcome, position=position, at=at,
        by=person("sora"), event_id=1,
    )  # fmt: skip
