"""How suppliers deliver, against figures worked out by hand from the rows themselves."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db.models import Max
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inventory.models import Discrepancy, Inspection, ShipNotice
from logistics.queries.supplier_record import supplier_records
from tests.contracts.small_plant import people


def test_every_figure_is_that_of_the_rows(small_plant: None) -> None:
    now = timezone.now()
    notices = ShipNotice.objects.filter(shipped_at__gt=now - timedelta(days=365))
    last = dict(notices.annotate(last=Max("lines__receipts__at")).values_list("pk", "last"))

    found = {row.code: row for row in supplier_records(now)}

    assert set(found) == set(notices.values_list("supplier__code", flat=True))
    for code, row in found.items():
        mine = list(notices.filter(supplier__code=code))
        days = [(at - one.shipped_at) / timedelta(days=1) for one in mine if (at := last[one.pk]) is not None]
        wrong = Discrepancy.objects.filter(notice__in=[one.pk for one in mine if last[one.pk] is not None])
        judged = Inspection.objects.filter(supplier__code=code, origin=None).exclude(verdict=None)
        assert (row.notices, row.received) == (len(mine), len(days))
        assert row.differing.part == len({one.notice_id for one in wrong})
        assert (row.rejected.part, row.rejected.whole) == (judged.filter(verdict="rejected").count(), judged.count())
        if days:
            assert (row.p10, row.p50, row.p90) == pytest.approx(tuple(np.quantile(days, [0.1, 0.5, 0.9])), abs=1e-6)
    client = Client()
    client.force_login(people()["rosa"])
    one = next(iter(found))
    page = client.get(reverse("supplier_record"), {"q": one}).text.partition("<tbody>")[2]
    assert one in page and page.count("<tr>") == sum(one in code for code in found)
