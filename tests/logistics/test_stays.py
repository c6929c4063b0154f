"""From rows and events to stays: clocks, what was known when, open ones counted as open."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assembly.models import Build
from assembly.operations.nonconformities import report_nonconformity
from logistics.queries.comparison import CompareWish, compare_page
from logistics.queries.lives import rack_lives
from logistics.queries.outlook import outlook
from logistics.queries.stays import stage_days, stage_now, stays_of
from logistics.queries.tower import work_stage
from tests.cast import NOON, a_caller
from tests.logistics.world import HOUR, a_build, a_crate, a_tested_rack, arrived, departed, received, run

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def by_stage(unit, as_of=NOON):
    life = next(one for one in rack_lives(as_of) if one.unit_id == unit.pk)
    return {stay.stage: stay for stay in stays_of(life, as_of)}


def test_stays_follow_one_another_without_a_gap(django_assert_num_queries):
    tested = NOON - 5 * DAY
    rack = a_tested_rack(tested)
    crate = a_crate(rack, at=tested + 6 * HOUR)
    shipment = departed([crate], at=tested + 20 * HOUR)
    received(arrived(shipment, at=tested + 48 * HOUR), at=tested + 60 * HOUR)

    with django_assert_num_queries(1):
        stays = by_stage(rack)

    assert {stage: round(stay.days, 2) for stage, stay in stays.items()} == {
        "kit_ready": 58.0,  # ordered 60 days before the start, the kit ready 2 days before
        "inbound": 3.04,  # to the end of kitting
        "assembly": 1.0,
        "test_burnin": 1.96,
        "pack": 0.25,
        "domestic_haul": 1.75,  # from the seal: waiting for the truck counts to the haul
        "site_receiving": 0.5,
        "acceptance": 2.5,
    }
    assert stays["acceptance"].left_at is None
    assert all(stay.left_at for stage, stay in stays.items() if stage != "acceptance")


def test_open_stay_has_its_age():
    build = a_build(NOON - 4 * DAY)
    run(build, 10, NOON - 3 * DAY)

    stays = by_stage(build.unit)

    assert stays["assembly"].left_at is None
    assert round(stays["assembly"].days, 2) == round(3 - 1 / 24, 2)
    assert "test_burnin" not in stays


def test_past_moment_knows_only_what_was_recorded_by_then():
    rack = a_tested_rack(NOON - 5 * DAY)
    a_crate(rack, at=NOON - 4 * DAY)

    stays = by_stage(rack, as_of=NOON - 5 * DAY + HOUR)

    assert stays["pack"].left_at is None
    assert round(stays["pack"].days * 24) == 1


def test_repair_is_taken_out_of_the_test():
    build = a_build(NOON - 8 * DAY)
    run(build, 10, NOON - 7 * DAY)
    run(build, 20, NOON - 6 * DAY)
    report_nonconformity(
        caller=a_caller("mei", at=NOON - 5 * DAY), serial=build.unit.serial, text="Link down at the first test"
    )

    stays = by_stage(build.unit)
    life = rack_lives(NOON)[0]

    assert round(stays["repair_retest"].days, 2) == 5.0
    assert round(stays["test_burnin"].days, 2) == round(1 - 1 / 24, 2)
    assert stage_now(life, NOON).stage == "repair_retest"


def test_open_stays_are_counted_as_open():
    a_tested_rack(NOON - 5 * DAY)
    run(a_build(NOON - 4 * DAY), 10, NOON - 3 * DAY)

    days = stage_days(rack_lives(NOON), NOON)

    assert (days["assembly"].statistics.n_closed, days["assembly"].statistics.n_open) == (1, 1)
    assert days["assembly"].statistics.is_borrowed


def test_outlook_forecasts_every_rack_on_the_clock(django_assert_num_queries):
    waiting = a_build(NOON - DAY, kit_ready_at=None, customer_order_at=NOON - 9 * DAY)
    on_the_way = departed(at=NOON - 5 * HOUR)
    gone = received()

    with django_assert_num_queries(5):
        view = outlook(NOON)

    assert len(view.received) == 1
    assert waiting.unit_id not in view.by_unit
    row = next(iter(view.by_unit.values()))
    assert NOON < row.p10_at < row.p50_at < row.p80_at < row.p95_at
    assert row.p_late is not None
    assert view.scenario.name == "DOM"
    assert {on_the_way.pk, gone.pk} == {life.shipment_id for life in view.lives if life.shipment_id}


def test_work_stage_follows_the_rack():
    build = a_build(NOON - 4 * DAY)
    assert work_stage(rack_lives(NOON)[0]) == "kit"
    run(build, 10, NOON - 3 * DAY)
    assert work_stage(rack_lives(NOON)[0]) == "rack_build"
    run(build, 20, NOON - 2 * DAY)
    run(build, 30, NOON - DAY)
    assert work_stage(rack_lives(NOON)[0]) == "pack"
    crate = a_crate(build.unit, at=NOON - 20 * HOUR)
    assert work_stage(rack_lives(NOON)[0]) == "waiting_truck"
    shipment = departed([crate], at=NOON - 18 * HOUR)
    assert work_stage(rack_lives(NOON)[0]) == "on_the_way"
    shipment = arrived(shipment, at=NOON - 6 * HOUR)
    assert work_stage(rack_lives(NOON)[0]) == "at_site"
    received(shipment, at=NOON - HOUR)
    assert work_stage(rack_lives(NOON)[0]) is None
    assert Build.objects.get(pk=build.pk).completed_at is not None


def test_the_comparison_draws_again_only_when_what_it_rests_on_moves():
    a_tested_rack()
    asked = CompareWish(chosen=("TWair",))

    first = compare_page(asked, NOON + 9 * HOUR)
    again = compare_page(asked, NOON + 9 * HOUR + timedelta(minutes=3))
    moved = compare_page(replace(asked, inbound_p50=3.0), NOON + 9 * HOUR)

    assert again.comparison is first.comparison
    assert moved.comparison != first.comparison
    assert compare_page(replace(asked, seed=1), NOON + 9 * HOUR).comparison != first.comparison
