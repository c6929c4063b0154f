"""Limits of the work in a stage: released with a reason, shown where a stage is over, refusing nothing."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.refusals import NotPermitted
from logistics.models import WorkLimit
from logistics.operations.work_limits import WorkLimitOdd, limit_work
from logistics.queries.tower import control_tower
from tests.cast import NOON, a_caller, person
from tests.logistics.facts import refused
from tests.logistics.world import HOUR, a_crate, a_shipment

pytestmark = pytest.mark.django_db


def limit(most: int | None, stage: str = "waiting_truck", user: str = "rosa", at: datetime = NOON) -> WorkLimit:
    return limit_work(caller=a_caller(user, at=at), stage=stage, most=most, reason="荷捌き場は 1 台分")


@pytest.mark.parametrize(("language", "word"), [("ja", "上限超過"), ("en", "over the limit")])
def test_the_newest_release_counts_and_the_tower_says_which_stage_is_over(language: str, word: str) -> None:
    now = timezone.now()
    for _turn in range(2):
        a_shipment([a_crate(at=now - 6 * HOUR)], at=now - 5 * HOUR, planned_departure_at=now + 5 * HOUR, need_by=None)
    client = Client()
    client.force_login(person("rosa"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    limit(5, at=now)
    assert word not in client.get(reverse("control_tower")).text
    limit(1, at=now)
    assert control_tower(timezone.now()).limits == {"waiting_truck": 1}
    assert word in client.get(reverse("control_tower")).text
    limit(None, at=now)
    assert control_tower(timezone.now()).limits == {}
    assert WorkLimit.objects.count() == 3


def test_what_does_not_fit_is_refused() -> None:
    person("rosa")
    for most, stage in ((0, "burn_in"), (10_000, "burn_in"), (3, "nowhere")):
        with refused(WorkLimitOdd):
            limit(most, stage)
    with pytest.raises(NotPermitted):
        limit(3, user="mei")
