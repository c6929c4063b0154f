"""One sky for all: a storm holds everybody who hauls in its week."""

from datetime import date

import numpy as np
import pytest

from logistics.lead_times.scenarios import default_scenarios, with_risk
from logistics.lead_times.simulate import draw_common, empty_rows, simulate
from logistics.lead_times.stages import ROW
from logistics.lead_times.streams import Streams
from logistics.lead_times.weather import HORIZON_DAYS, Closures, draw_calendar, stoppage_days

DOM = default_scenarios()["DOM"]
SEPTEMBER = date(2026, 9, 1)
DRAWS = 50_000


def test_storms_come_at_the_rate_of_their_months() -> None:
    calendar = draw_calendar(DOM.risk, Streams(1).at("sky"), SEPTEMBER, DRAWS)

    in_september = sum(int((closures.closed < 30).sum()) for closures in calendar) / DRAWS
    in_winter = sum(int(((closures.closed > 95) & (closures.closed < 180)).sum()) for closures in calendar) / DRAWS

    assert in_september == pytest.approx(1.0, abs=0.03)
    assert in_winter < 0.01


def test_closures_of_an_iteration_come_in_order_and_do_not_overlap() -> None:
    calendar = draw_calendar(DOM.risk, Streams(1).at("sky"), None, DRAWS)
    reopened = np.zeros(DRAWS)

    for closures in calendar:
        assert (closures.closed >= reopened[closures.iteration] - 1e-3).all()
        assert (closures.reopened >= closures.closed).all()
        assert (closures.closed > HORIZON_DAYS + 1).mean() < 0.002
        reopened[closures.iteration] = closures.reopened


@pytest.mark.parametrize(
    ("closed", "held"),
    [
        (2.0, 0.0),  # reopened at 4, before the truck leaves at 5
        (4.0, 1.0),  # still closed for a day
        (6.0, 2.0),  # caught on the way: the whole closure
        (7.0, 0.0),  # closes as the truck arrives
    ],
)
def test_closed_road_moves_nobody(closed: float, held: float) -> None:
    sky = (Closures(np.array([0]), np.array([closed], np.float32), np.array([closed + 2], np.float32)),)

    days = stoppage_days(sky, np.array([5.0], np.float32), np.array([2.0], np.float32))

    assert days[0] == pytest.approx(held)


def test_delay_may_run_into_the_next_storm() -> None:
    both = tuple(
        Closures(np.array([0]), np.array([closed], np.float32), np.array([closed + 2], np.float32))
        for closed in (1.0, 3.5)
    )

    assert stoppage_days(both, np.array([0.0], np.float32), np.array([2.0], np.float32))[0] == pytest.approx(4.0)


def test_storm_strikes_racks_of_the_same_week_together() -> None:
    common = draw_common(DOM.risk, draws=DRAWS, seed=1, start_on=SEPTEMBER)
    held = []
    for rack in ("#1", "#2"):
        rows = empty_rows(DRAWS)
        simulate(DOM, common, rows, rack=rack)
        held.append(rows[ROW["stoppage"]] > 0.01)

    together = float((held[0] & held[1]).mean())

    assert together > 2 * float(held[0].mean()) * float(held[1].mean())


def test_sources_that_haul_in_different_weeks_meet_different_storms() -> None:
    common = draw_common(DOM.risk, draws=DRAWS, seed=1, start_on=date(2026, 7, 1))
    held = {}
    for name in ("DOM", "TXsea"):
        rows = empty_rows(DRAWS)
        simulate(default_scenarios()[name], common, rows)
        held[name] = rows[ROW["stoppage"]] > 0

    assert np.corrcoef(held["DOM"], held["TXsea"])[0, 1] < 0.05


def test_sky_without_storms_stops_nobody() -> None:
    calm = with_risk(DOM, storms_per_month=(0.0,) * 12)
    common = draw_common(calm.risk, draws=1_000, seed=1, start_on=SEPTEMBER)
    rows = empty_rows(1_000)

    simulate(calm, common, rows)

    assert not rows[ROW["stoppage"]].any()


def test_licence_review_strikes_all_overseas_sources_together() -> None:
    common = draw_common(DOM.risk, draws=DRAWS, seed=1, start_on=None)
    reviewed = []
    for name in ("TWair", "MXsea", "DOM"):
        rows = empty_rows(DRAWS)
        simulate(default_scenarios()[name], common, rows)
        reviewed.append(rows[ROW["licence"]] > 0)

    assert (reviewed[0] == reviewed[1]).all()
    assert reviewed[0].mean() == pytest.approx(0.03, abs=0.003)
    assert not reviewed[2].any()
