"""The relay: takes undone deliveries from the outbox and rings the queue's bell. The rows are the truth; a lost bell
is rung again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from ledger.models import Delivery, RelayBeat

logger = logging.getLogger("genpin.relay")

BATCH = 200
AGAIN_AFTER = timedelta(seconds=30)
"""A published row that is not done after this long is published again; twice as long with each attempt."""
AT_LATEST = timedelta(hours=1)
"""However often it was tried."""


_DUE = """
SELECT id FROM ledger_delivery
WHERE done_at IS NULL
  AND (published_at IS NULL OR published_at < %s - make_interval(
    secs => least(%s * power(2, least(greatest(attempts - 1, 0), 10)), %s)))
ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""


def relay_once(now: datetime, publish: Callable[[int], Any]) -> int:
    """Claim and publish one batch of undone deliveries; returns how many. SKIP LOCKED lets two relays share the work.

    A broker that is away raises out of `publish`; the rows stay unpublished and are tried again. Patience is part of
    the question: rows that wait for their hour take no place in the batch."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_DUE, [now, AGAIN_AFTER.total_seconds(), AT_LATEST.total_seconds(), BATCH])
            due = [row[0] for row in cursor.fetchall()]
        for delivery_id in due:
            publish(delivery_id)
        Delivery.objects.filter(pk__in=due).update(published_at=now, attempts=F("attempts") + 1)
    return len(due)


def beat(now: datetime) -> None:
    """The relay's sign of life, read by /readyz."""
    RelayBeat.objects.update_or_create(id=1, defaults={"at": now})
