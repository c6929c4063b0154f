"""Open racks: what is closed is a fact, what is old is believed to be old, and no forecast lies in the past."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.lead_times.compare import compare
from logistics.lead_times.forecast import Forecast, OpenRack, RackForecast, StageClosed, forecast
from logistics.lead_times.scenarios import StageInput, default_scenarios, with_risk, with_stages
from logistics.lead_times.shape import normal_score, normal_share

NOON = datetime(2026, 2, 2, 3, tzinfo=UTC)
DOM = default_scenarios()["DOM"]
CALM = with_risk(DOM, storms_per_month=(0.0,) * 12, first_pass_fail=0.0)


def one(rack: OpenRack, draws: int = 4_000) -> RackForecast:
    return forecast([rack], as_of=NOON, draws=draws).racks[0]


def days(at: datetime) -> float:
    return (at - NOON) / timedelta(days=1)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["inbound", "test_burnin", "repair_retest", "domestic_haul", "site_receiving"]), st.floats(0, 400)
)
def test_quantiles_are_in_order_and_ahead(stage: str, age: float) -> None:
    rack = one(OpenRack("R1", DOM, stage, age), draws=200)

    assert NOON <= rack.p10_at <= rack.p50_at <= rack.p80_at <= rack.p95_at


def test_rack_that_has_just_started_is_the_comparison() -> None:
    whole = compare([DOM], draws=50_000, start_on=NOON.date()).results[0]
    rack = one(OpenRack("R1", DOM, "inbound", 0.0), draws=50_000)

    assert days(rack.p50_at) == pytest.approx(whole.p50, abs=0.25)
    assert days(rack.p95_at) == pytest.approx(whole.p95, abs=0.8)


@pytest.mark.parametrize("age", [0.0, 1.5, 4.0, 30.0])
def test_age_conditions_the_current_stage(age: float) -> None:
    entry = CALM.stages["site_receiving"]
    rack = one(OpenRack("R1", CALM, "site_receiving", age), draws=40_000)

    shape = entry.shape
    score = (np.log(age) - shape.log_median) if age else -np.inf
    score = score / (shape.high if score > 0 else shape.low)
    middle = normal_score(np.array([1 - 0.5 * (1 - normal_share(score))]))[0]
    total = entry.p50 * np.exp(middle * (shape.high if middle > 0 else shape.low))

    assert days(rack.p50_at) == pytest.approx(total - age, rel=0.04)


def test_older_stage_promises_less_time_but_not_none() -> None:
    young, old = (one(OpenRack("R1", CALM, "test_burnin", age)) for age in (0.0, 2.5))
    ancient = one(OpenRack("R1", CALM, "test_burnin", 60.0))

    assert old.p50_at < young.p50_at
    assert ancient.p50_at > young.p50_at  # far beyond its law: longer is to be expected


def test_another_rack_leaves_the_numbers_alone() -> None:
    rack = OpenRack("R1", DOM, "assembly", 1.0, need_by_at=NOON + timedelta(days=15))
    other = OpenRack("R2", default_scenarios()["MXsea"], "linehaul", 8.0)

    assert forecast([other, rack], as_of=NOON).racks[1] == forecast([rack], as_of=NOON).racks[0]


def test_late_is_beyond_need_by() -> None:
    soon, far = (
        one(OpenRack("R1", DOM, "pack", 0.0, need_by_at=NOON + timedelta(days=span))).p_late for span in (1, 60)
    )

    assert soon == 1.0
    assert far == 0.0
    assert one(OpenRack("R1", DOM, "pack", 0.0)).p_late is None


def test_site_that_is_not_ready_holds_the_rack() -> None:
    ready = NOON + timedelta(days=50)
    rack = one(OpenRack("R1", DOM, "domestic_haul", 0.5, site_ready_at=ready))

    assert rack.p10_at > ready


def test_rack_in_repair_is_tested_again() -> None:
    in_test, in_repair = (one(OpenRack("R1", CALM, stage, 0.0)) for stage in ("pack", "repair_retest"))

    repair_and_test = CALM.stages["repair_retest"].p50 + CALM.stages["test_burnin"].p50
    assert days(in_repair.p50_at) - days(in_test.p50_at) == pytest.approx(repair_and_test, abs=1.2)


def test_route_without_the_stage_is_refused() -> None:
    with pytest.raises(StageClosed):
        one(OpenRack("R1", DOM, "linehaul", 1.0))


def test_batch_is_done_when_its_last_rack_is() -> None:
    racks = [OpenRack(f"R{number}", DOM, "assembly", 0.0) for number in range(12)]
    ahead: Forecast = forecast(racks, as_of=NOON)

    received = ahead.arrivals([0, 10, 20, 200])

    assert ahead.share_all_by(NOON + timedelta(days=200)) == 1.0
    assert ahead.share_all_by(racks and NOON + timedelta(days=5)) == 0.0
    assert (np.diff(received, axis=0) >= 0).all()
    assert (np.diff(received, axis=1) >= 0).all()
    assert received[:, 0].tolist() == [0, 0, 0]
    assert received[:, -1].tolist() == [12, 12, 12]


def test_plant_record_changes_the_forecast() -> None:
    slow = with_stages(CALM, {"test_burnin": StageInput(8, 10, 14, grade="A")})

    before, after = (one(OpenRack("R1", plant, "test_burnin", 0.0)) for plant in (CALM, slow))

    assert days(after.p50_at) - days(before.p50_at) == pytest.approx(6.8, abs=0.8)


def test_nothing_open_is_no_forecast() -> None:
    assert forecast([], as_of=NOON).racks == ()
