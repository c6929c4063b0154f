"""Raw telemetry goes by a released policy, only after the rack's acceptance; what was found in it stays."""

from datetime import timedelta

import pytest
from django.test import Client

from assembly.models import Alarm, RawFile, RawRetention, RunTelemetry, TelemetrySeries
from assembly.operations.burn_in import stop_burn_in
from assembly.operations.raw_keeping import settle_raw_telemetry
from assembly.operations.raw_policy import WrongRetention, release_raw_retention
from assembly.queries.raw_telemetry import folder_of
from genpin.raw_store import keep_raw_store
from inventory.checks import run_checks
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.operations.raw_removals import RawStays, remove_raw_telemetry
from tests.assembly.burn_in_world import a_soaking_rack
from tests.assembly.wide_world import send
from tests.cast import NOON, a_caller, person
from tests.logistics.raw_world import an_acceptance
from tests.logistics.world import received

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
GPU = "GPU_17_Temperature"


@pytest.fixture
def burn_in():
    """An ended run with raw telemetry, settled; its rack is not accepted."""
    received()
    found = a_soaking_rack()
    TelemetrySeries.objects.create(index=None, code=GPU, name_ja=GPU, name_en=GPU, unit="℃", high=87)
    send(found, [0, 1, 2], {GPU: [50.0, 91.0, 60.0]})
    stop_burn_in(caller=a_caller("kenji", at=NOON + DAY), build_id=found.run.build_id)
    settle_raw_telemetry(caller=a_caller("kenji", at=NOON + DAY), burn_in_id=found.pk)
    return found


def remove(burn_in, at, who="tanaka"):
    return remove_raw_telemetry(caller=a_caller(who, at=at), burn_in_id=burn_in.pk)


def test_it_goes_when_the_policy_says_and_its_findings_stay(burn_in):
    sha256 = RawFile.objects.get().sha256
    release_raw_retention(caller=a_caller("tanaka"), days=30, reason="規定 Q-12")
    an_acceptance(burn_in.run.build.unit_id, NOON + 5 * DAY)

    assert keep_raw_store(a_caller("tanaka", at=NOON + 34 * DAY)) == 0
    assert keep_raw_store(a_caller("tanaka", at=NOON + 36 * DAY)) == 1

    row = RunTelemetry.objects.get()
    told = Event.objects.get(pk=row.gone_event_id).payload
    assert (told["sha256"], told["days"], told["samples"]) == ([sha256], 30, 3)
    assert list(folder_of(burn_in.pk).glob(f"{sha256}*")) == [] and not RawFile.objects.exists()
    assert Alarm.objects.count() == 1 and list(run_checks(["assembly.raw-telemetry-is-kept"])) == []
    browser = Client()
    browser.force_login(person("kenji"))
    page = browser.get(f"/burn-in-runs/{burn_in.pk}/series/{TelemetrySeries.objects.get(code=GPU).pk}/")
    assert '<svg class="chart"' not in page.content.decode() and "91" in page.content.decode()
    assert "2026/12/26" in browser.get(f"/burn-in-runs/{burn_in.pk}/series/").content.decode()
    with pytest.raises(RawStays):
        remove(burn_in, NOON + 37 * DAY)


def test_without_policy_without_acceptance_or_too_early_it_stays(burn_in):
    unit = burn_in.run.build.unit_id
    with pytest.raises(RawStays):
        remove(burn_in, NOON + 99 * DAY)
    release_raw_retention(caller=a_caller("tanaka"), days=30, reason="規定 Q-12")
    with pytest.raises(RawStays):
        remove(burn_in, NOON + 99 * DAY)
    an_acceptance(unit, NOON + 5 * DAY)
    with pytest.raises(RawStays, match="30"):
        remove(burn_in, NOON + 34 * DAY)
    with pytest.raises(NotPermitted):
        remove(burn_in, NOON + 99 * DAY, "kenji")

    assert RawFile.objects.count() == 1 and RunTelemetry.objects.get().gone_at is None


def test_of_a_rack_that_the_site_refused_it_stays(burn_in):
    release_raw_retention(caller=a_caller("tanaka"), days=30, reason="規定 Q-12")
    an_acceptance(burn_in.run.build.unit_id, NOON + 5 * DAY, "refused")

    assert keep_raw_store(a_caller("tanaka", at=NOON + 99 * DAY)) == 0
    with pytest.raises(RawStays):
        remove(burn_in, NOON + 99 * DAY)


@pytest.mark.parametrize(("days", "reason"), [(0, "x"), (-1, "x"), (40_000, "x"), (30, " ")])
def test_a_policy_has_days_and_a_reason(days, reason):
    with pytest.raises(WrongRetention):
        release_raw_retention(caller=a_caller("tanaka"), days=days, reason=reason)

    assert not RawRetention.objects.exists()
