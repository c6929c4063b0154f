"""Fifty hands at one stock: what is there is used once, and nobody waits for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest

from inventory.checks import run_checks
from inventory.models import Consumption, Stock
from inventory.operations.lots import consume_lot
from ledger.refusals import Refusal
from tests.cast import a_caller, person
from tests.database import at_once, connected_to
from tests.world import a_lot, a_unit

HANDS = 50


@pytest.fixture(autouse=True)
def many_connections(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GENPIN_POOL", str(HANDS + 4))
    with connected_to(committed_db):
        person("mei")
        yield


@pytest.mark.commits
@pytest.mark.complaint(1)
@pytest.mark.complaint(5)
def test_fifty_hands_take_fives_from_a_stock_of_ten() -> None:
    lot, host = a_lot(quantity="10"), a_unit()
    callers = [a_caller("mei") for _ in range(HANDS)]

    answers = at_once(
        *[
            lambda caller=caller: consume_lot(caller=caller, lot=lot.tag, host=host.tag, quantity=Decimal(5))  # type: ignore[misc]
            for caller in callers
        ]
    )

    told = Counter(answer.code if isinstance(answer, Refusal) else type(answer).__name__ for answer in answers)
    assert told == {"Consumption": 2, "StockShort": HANDS - 2}
    assert Consumption.objects.filter(lot=lot).count() == 2
    assert [row.quantity for row in Stock.objects.filter(lot=lot)] == [Decimal(0)]
    assert list(run_checks()) == []
