"""After a refusal nothing changed: no row of inventory, no event, no receipt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps

from ledger.models import Event, Receipt
from ledger.refusals import Refusal


def rows() -> dict[str, int]:
    """The number of rows of every table of inventory, of events and receipts (the cast registers itself, uncounted)."""
    found = {
        model._meta.label: model._default_manager.count() for model in apps.get_app_config("inventory").get_models()
    }
    found["events"] = Event.objects.exclude(kind__startswith="accounts.").count()
    found["receipts"] = Receipt.objects.exclude(operation__startswith="accounts.").count()
    return found


@contextmanager
def refused(kind: type[Refusal]) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """The block is refused with that refusal, and nothing changed."""
    before = rows()
    with pytest.raises(kind) as caught:
        yield caught
    assert rows() == before
