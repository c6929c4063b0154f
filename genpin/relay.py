"""The relay: takes undone deliveries from the outbox and rings the queue's bell. The rows are the truth; a lost bell
is rung again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from ledger.models import Delivery, RelayBeat

logger = logging.getLogger("genpin.relay")

BATCH = 200
AGAIN_AFTER = timedelta(seconds=30)
"""A published row that is not done after this long is published again; longer with each attempt, an hour at most."""


def relay_once(now: datetime, publish: Callable[[int], None]) -> int:
    """Claim and publish one batch of undone deliveries; returns how many. SKIP LOCKED lets two relays share the work.

    A broker that is away raises out of `publish`; the rows stay unpublished and are tried again."""
    with transaction.atomic():
        due = list(
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(done_at=None)
            .filter(Q(published_at=None) | Q(published_at__lt=now - AGAIN_AFTER))
            .order_by("id")
            .values_list("pk", "published_at", "attempts")[:BATCH]
        )
        ready = [pk for pk, sent_at, attempts in due if sent_at is None or now - sent_at > patience(attempts)]
        for delivery_id in ready:
            publish(delivery_id)
        Delivery.objects.filter(pk__in=ready).update(published_at=now, attempts=F("attempts") + 1)
    return len(ready)


def patience(attempts: int) -> timedelta:
    """How long a published row may take before it is sent again."""
    doubled: timedelta = AGAIN_AFTER * (1 << min(max(attempts - 1, 0), 12))
    return min(doubled, timedelta(hours=1))


def beat(now: datetime) -> None:
    """The relay's sign of life, read by /readyz."""
    RelayBeat.objects.update_or_create(id=1, defaults={"at": now})
