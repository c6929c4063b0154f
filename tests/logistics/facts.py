"""Whether anything changed: every row that a refusal must leave alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from inventory.models import Hold, Location, Placement, Unit
from ledger.models import Event, Receipt
from ledger.refusals import Refusal
from logistics.models import (
    Acceptance,
    Arrival,
    Crate,
    CrateArrival,
    Departure,
    ExportCheck,
    Forecast,
    Handover,
    HandoverCrate,
    HandoverSeal,
    IndicatorReading,
    LoadPlace,
    LoadPlan,
    Milestone,
    MissingCrate,
    Shipment,
    ShipmentCrate,
    ShipmentException,
    SiteReturn,
)

TABLES = (
    Event, Receipt, Unit, Placement, Location, Hold, Crate, IndicatorReading, Shipment, ShipmentCrate, Departure,
    Milestone, Arrival, CrateArrival, MissingCrate, Acceptance, Forecast, Handover, HandoverCrate,
    HandoverSeal, ExportCheck, LoadPlan, LoadPlace, ShipmentException, SiteReturn,
)  # fmt: skip


def counts() -> dict[str, int]:
    """Rows by table, and what may change in a row."""
    found = {table.__name__: table.objects.count() for table in TABLES}
    found["closed placements"] = Placement.objects.exclude(to_at=None).count()
    found["received"] = Arrival.objects.exclude(received_at=None).count()
    found["crates received"] = CrateArrival.objects.exclude(received_at=None).count()
    return found


@contextmanager
def refused(kind: type[Refusal]) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """The block is refused so, with a whole sentence, and nothing changed."""
    before = counts()
    with pytest.raises(kind) as caught:
        yield caught
    assert counts() == before
    assert caught.value.say.endswith((".", "。", ":")) or ":" in caught.value.say
