"""Any series of a run as a chart: spikes survive, gaps stay gaps, n is told; the list is searched and paged."""

import re
from datetime import timedelta

import numpy as np
import pytest
from django.test import Client

from assembly.burn_in.course_chart import Frame, gaps_in, marks_of, plot
from assembly.burn_in.moments import MINUTE as MICROS
from assembly.models import TelemetrySeries
from assembly.operations.burn_in import stop_burn_in
from assembly.operations.raw_keeping import settle_raw_telemetry
from tests.assembly.burn_in_world import a_soaking_rack
from tests.assembly.wide_world import send
from tests.cast import NOON, a_caller, person

GPU = "GPU_17_Temperature"


def test_one_spike_among_a_hundred_thousand_samples_is_drawn():
    times = np.arange(100_000, dtype=np.int64) * 1_000_000
    values = np.full(100_000, 40.0)
    values[61_234] = 99.0

    marks = marks_of(times, values, 0, int(times[-1]), 296)

    assert (marks.n.sum(), marks.greatest.max(), marks.least.min(), marks.last[-1]) == (100_000, 99.0, 40.0, 40.0)
    assert len(marks.place) == 296 and marks.mean.max() < 41
    svg = plot(times, values, Frame(0, int(times[-1]), None, 90.0, "<x>", "no data", 5 * MICROS))
    assert svg.count("M") == 296 and "&lt;x&gt;" in svg and 'class="need"' in svg


def test_a_gap_is_a_band_and_no_line_crosses_it():
    minutes = np.concatenate((np.arange(0, 60), np.arange(120, 180)))
    times, values = minutes * MICROS, np.full(120, 40.0)

    gaps = gaps_in(times, 0, 200 * MICROS, 5 * MICROS)
    svg = plot(times, values, Frame(0, 200 * MICROS, None, None, "x", "no data", 5 * MICROS))

    assert [(gap.from_at // MICROS, gap.to_at // MICROS) for gap in gaps] == [(59, 120), (179, 200)]
    assert svg.count("<rect") == 2 and svg.count("<polyline") == 2 and svg.count("no data") == 2
    assert plot(times[:0], values[:0], Frame(0, MICROS, None, None, "x", "-", MICROS)).count("<path") == 0


@pytest.mark.django_db
def test_the_list_is_searched_and_a_series_has_its_page(django_assert_max_num_queries):
    burn_in = a_soaking_rack()
    TelemetrySeries.objects.create(index=None, code=GPU, name_ja=GPU, name_en=GPU, unit="℃", high=87)
    dice = np.random.default_rng(3)
    minutes = [minute for minute in range(600) if not 200 <= minute < 260]
    values = np.round(42 + 20 * np.sin(np.array(minutes) / 80) + dice.normal(0, 1.5, len(minutes)), 2)
    values[400] = 91.5
    columns = {GPU: values.tolist(), **{f"Fan_{n}_Speed": [1200.0] * len(minutes) for n in range(60)}}
    send(burn_in, minutes, columns)
    browser = Client()
    browser.force_login(person("kenji"))

    with django_assert_max_num_queries(12):
        whole = browser.get(f"/burn-in-runs/{burn_in.pk}/series/").content.decode()
    found = browser.get(f"/burn-in-runs/{burn_in.pk}/series/?q=temp GPU").content.decode()
    series = TelemetrySeries.objects.get(code=GPU).pk
    with django_assert_max_num_queries(12):
        page = browser.get(f"/burn-in-runs/{burn_in.pk}/series/{series}/").content.decode()

    assert "Fan_0_Speed" in whole and GPU in found and "Fan_0_Speed" not in found
    assert "91.5" in page and page.count("<tr>") == 27 and "<svg" in page
    start = int(burn_in.started_at.timestamp())
    part = browser.get(f"/burn-in-runs/{burn_in.pk}/series/{series}/?from={start}&to={start + 3600}").content.decode()
    assert len(re.findall(r"<tr><th", part)) == 26 and f'series/{series}/"' in part
    core = TelemetrySeries.objects.get(index=0).pk
    assert browser.get(f"/burn-in-runs/{burn_in.pk}/series/{core}/?from=x&to=9").status_code == 200
    assert browser.get(f"/burn-in-runs/{burn_in.pk}/series/999999/").status_code == 404
    assert browser.get("/burn-in-runs/999999/series/").status_code == 404
    stranger = Client()
    stranger.force_login(person("stranger"))
    assert stranger.get(f"/burn-in-runs/{burn_in.pk}/series/").status_code == 403
    at = NOON + timedelta(hours=11)
    stop_burn_in(caller=a_caller("kenji", at=at), build_id=burn_in.run.build_id)
    settle_raw_telemetry(caller=a_caller("kenji", at=at), burn_in_id=burn_in.pk)
    p95 = f"{np.percentile(values, 95):,.6g}"
    assert p95 in browser.get(f"/burn-in-runs/{burn_in.pk}/series/?q={GPU}").content.decode()
