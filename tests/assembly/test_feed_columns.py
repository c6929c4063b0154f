"""Thousands of series as columns: cleaned, held against limits, rolled up, kept raw; the verdict's as before."""

import io
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client

from assembly.burn_in.moments import MINUTE as MICROS
from assembly.burn_in.moments import micros
from assembly.burn_in.soak import course_of
from assembly.burn_in.summaries import summaries_of
from assembly.models import Alarm, RawFile, TelemetrySample, TelemetrySeries
from assembly.operations.burn_in import stop_burn_in
from assembly.operations.raw_keeping import (
    JoinedMeanwhile,
    NothingToJoin,
    StillSoaking,
    join_raw_files,
    settle_raw_telemetry,
    sweep_raw_files,
)
from assembly.operations.telemetry import NothingSoaks, WrongSample
from assembly.operations.telemetry_columns import feed_columns
from assembly.queries.burn_in import limits_of_series, samples_of, soak_clocks
from assembly.queries.raw_telemetry import digest_of_files, figures_of, folder_of, path_of, raw_samples
from documents.files import FileAbsent
from inventory.checks import run_checks
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.burn_in_world import GOOD, MINUTE, a_soaking_rack, feed
from tests.assembly.wide_world import noise, send, stream, text, wide
from tests.cast import NOON, a_caller, person

pytestmark = pytest.mark.django_db
GPU = "GPU_17_Temperature"


def series_id(code=GPU):
    return TelemetrySeries.objects.get(code=code).pk


def row_of(burn_in, code=GPU):
    _row, state = figures_of(burn_in)
    return state[state["series"] == series_id(code)][0]


def with_limit(code=GPU, low=None, high=None):
    TelemetrySeries.objects.create(index=None, code=code, name_ja=code, name_en=code, unit="℃", low=low, high=high)


def test_new_series_are_registered_by_name_with_their_unit_and_kept_raw():
    burn_in = a_soaking_rack()

    told = send(burn_in, range(5), {GPU: noise(5), "Fan_3": [1200] * 5}, units={GPU: "℃"})

    assert told == {
        "stored": 10, "known": 0, "dropped": 0, "missing": 0, "moments": 0, "moments_known": 0, "series": 2,
    }  # fmt: skip
    assert TelemetrySeries.objects.get(code=GPU).unit == "℃" and TelemetrySeries.objects.get(code=GPU).index is None
    assert Event.objects.filter(kind="assembly.telemetry-series-defined", payload__code=GPU).count() == 1
    kept = raw_samples(burn_in.pk, series_id())
    assert kept.values.tolist() == noise(5) and kept.at[1] == micros(NOON + MINUTE)
    assert not TelemetrySample.objects.exists() and soak_clocks([burn_in])[burn_in.pk].minutes == 0
    file = RawFile.objects.get()
    assert (file.samples, path_of(burn_in.pk, file.sha256).stat().st_size) == (10, file.size)


def test_what_is_no_number_did_not_come_and_the_order_does_not_matter():
    burn_in = a_soaking_rack()
    columns = {
        GPU: ["41.5", "NaN", "1e400", "N/A", None, "-inf", "40"],
        "Ok": [True, None, False, True, True, True, True],
    }

    told = send(burn_in, [6, 1, 2, 3, 4, 5, 6], columns)

    assert (told["stored"], told["known"], told["missing"]) == (6, 2, 6)
    assert raw_samples(burn_in.pk, series_id()).values.tolist() == [41.5]  # the first of a moment stays
    assert row_of(burn_in, "Ok")["sum"] == 4


def test_a_moment_of_a_series_is_stored_once_also_over_calls():
    burn_in = a_soaking_rack()
    send(burn_in, [0, 1, 2], {GPU: [40.0, 41.0, 42.0]})

    told = send(burn_in, [1, 2, 3], {GPU: [1.0, 1.0, 43.0], "Other": [7.0, 7.0, 7.0]})

    assert (told["stored"], told["known"]) == (4, 2)
    assert raw_samples(burn_in.pk, series_id()).values.tolist() == [40, 41, 42, 43]
    assert send(burn_in, [1, 2, 3], {GPU: [1.0, 1.0, 43.0]})["stored"] == 0 and RawFile.objects.count() == 2


def test_a_feeder_whose_clock_is_ahead_and_one_from_before_the_start_are_dropped_and_counted():
    burn_in = a_soaking_rack()

    told = send(burn_in, [-1, 0, 1, 1.9, 2.1], {GPU: [1.0] * 5}, at=NOON + MINUTE)

    assert (told["stored"], told["dropped"]) == (3, 2)


@pytest.mark.parametrize("seed", range(4))
def test_rolled_up_figures_are_numpys_over_the_whole_in_whatever_order_blocks_come(seed):
    dice = np.random.default_rng(seed)
    burn_in = a_soaking_rack()
    minutes = np.sort(dice.choice(240, 90, replace=False)).tolist()
    table = {f"S{n}": np.where(dice.random(90) < 0.1, np.nan, dice.normal(40, 5, 90)) for n in range(4)}
    cuts = np.array_split(np.arange(90), 9)
    dice.shuffle(cuts)
    at = NOON + timedelta(hours=5)
    for cut in cuts:
        if len(cut):
            send(
                burn_in,
                [minutes[row] for row in cut],
                {code: values[cut].tolist() for code, values in table.items()},
                at=at,
            )
        if len(cut) and seed % 2:
            join_when_two(burn_in)
    stop_burn_in(caller=a_caller("kenji", at=at), build_id=burn_in.run.build_id)
    settle_raw_telemetry(caller=a_caller("kenji", at=at), burn_in_id=burn_in.pk)

    times = np.array([micros(NOON + minute * MINUTE) for minute in minutes])
    whole = np.array(list(table.values())).T
    for said, code in zip(summaries_of(times, whole, 5 * MICROS, micros(NOON), micros(at)), table, strict=True):
        row = row_of(burn_in, code)
        figures = whole[:, list(table).index(code)]
        figures = figures[~np.isnan(figures)]
        assert (row["n"], row["gaps"]) == (said.n, said.gaps)
        assert [row["minimum"], row["maximum"], row["last"]] == [said.minimum, said.maximum, said.last]
        assert [row["sum"] / row["n"], row["p95"]] == pytest.approx([said.mean, said.p95], rel=1e-12)
        assert raw_samples(burn_in.pk, series_id(code)).values.tolist() == figures.tolist()
    assert RawFile.objects.get().level == 2
    assert [fault.fault.say for fault in run_checks(["assembly.raw-telemetry-is-kept"])] == []


def join_when_two(burn_in):
    if RawFile.objects.filter(burn_in=burn_in, level=0).count() > 1:
        join_raw_files(caller=a_caller("kenji", at=NOON + timedelta(hours=5)), burn_in_id=burn_in.pk)


def test_figures_while_it_soaks_are_those_of_the_samples_so_far():
    burn_in = a_soaking_rack()
    for first in range(0, 60, 10):
        send(burn_in, range(first, first + 10), {GPU: noise(10, first)})
    send(burn_in, [80, 80 + 61 / 60, 80 + 61 / 60 + 5], {GPU: [1.0, 2.0, 3.0]})  # 21 minutes of nothing; 61 s are none

    row, figures = row_of(burn_in), [value for first in range(0, 60, 10) for value in noise(10, first)] + [1, 2, 3]

    assert (row["n"], row["gaps"], row["late"]) == (63, 1, False)
    assert (row["minimum"], row["maximum"], row["last"]) == (1, max(figures), 3)
    assert row["sum"] == pytest.approx(sum(figures))


def test_an_alarm_of_a_wide_series_starts_and_clears_and_stops_no_clock():
    burn_in = a_soaking_rack()
    with_limit(high=87)
    feed(burn_in, range(6))
    send(burn_in, [0, 1], {GPU: [50.0, 60.0]})
    send(burn_in, [2], {GPU: [91.0]})

    assert (Alarm.objects.get().started_at, Alarm.objects.get().cleared_at) == (NOON + 2 * MINUTE, None)
    send(burn_in, [3, 4, 5], {GPU: [92.0, 60.0, 88.0]})

    spans = list(Alarm.objects.order_by("started_at").values_list("started_at", "cleared_at", "value"))
    assert spans == [(NOON + 2 * MINUTE, NOON + 4 * MINUTE, 91.0), (NOON + 5 * MINUTE, None, 88.0)]
    kinds = list(Event.objects.filter(kind__startswith="assembly.alarm").order_by("id").values_list("kind", flat=True))
    assert [kind.split("-")[1] for kind in kinds] == ["raised", "raised", "cleared"]
    assert soak_clocks([burn_in])[burn_in.pk].minutes == 5 and soak_clocks([burn_in])[burn_in.pk].open_alarms == 0
    ended = stop_burn_in(caller=a_caller("kenji", at=NOON + 90 * MINUTE), build_id=burn_in.run.build_id)
    assert {"code": "alarm-open", "series": GPU} in ended.ended_says


def test_a_late_value_moves_the_alarms_of_its_series():
    burn_in = a_soaking_rack()
    with_limit(high=87)
    send(burn_in, [0, 2, 10], {GPU: [50.0, 90.0, 60.0]})

    send(burn_in, [1, 5], {GPU: [95.0, 70.0]}, at=NOON + 11 * MINUTE)

    assert list(Alarm.objects.values_list("started_at", "cleared_at", "value")) == [
        (NOON + MINUTE, NOON + 5 * MINUTE, 95.0)
    ]


def test_core_series_in_a_table_run_the_clock_as_samples_do():
    burn_in = a_soaking_rack()
    core = {"RackLiquidSupplyTemperature": [30.0] * 8, "RackPower": [130.0] * 8, "RackLeakDetect": [0.0] * 8}

    told = send(burn_in, range(8), core | {GPU: noise(8)})

    assert (told["moments"], told["stored"]) == (8, 8)
    whole = course_of(*samples_of(burn_in.pk), limits_of_series(), 5 * MICROS)
    assert soak_clocks([burn_in])[burn_in.pk].minutes == 7 == whole.soak_minutes
    assert TelemetrySample.objects.order_by("at")[3].values == GOOD
    assert len(figures_of(burn_in)[1]) == 1  # the core is not stored twice
    with pytest.raises(WrongSample, match="RackPower"):
        send(burn_in, [9], {"RackLeakDetect": [0.0], "RackLiquidSupplyTemperature": [30.0]})


@pytest.mark.parametrize(
    "content",
    [b"", b"PAR1", b"\xff\xff\xff\xff\x00", b"at,series\n", stream(pa.table({"when": [1], "x": [1.0]})),
     stream(pa.table({"at": ["yesterday"], "x": [1.0]})), stream(pa.table({"at": [1], "": [1.0]}))],
)  # fmt: skip
def test_columns_that_are_none_are_refused_and_nothing_is_kept(content):
    import base64  # noqa: PLC0415

    burn_in = a_soaking_rack()
    sweep_raw_files(burn_in.pk)
    with pytest.raises(WrongSample):
        feed_columns(caller=a_caller("kenji"), cell_code="A-01", columns=base64.b64encode(content).decode())

    assert list(folder_of(burn_in.pk).glob("*")) == [] and TelemetrySeries.objects.filter(index=None).count() == 0


def test_who_may_not_and_what_has_ended_is_refused():
    burn_in = a_soaking_rack()
    table = text(wide(NOON, [0], {GPU: [1.0]}))
    with pytest.raises(NotPermitted):
        feed_columns(caller=a_caller("mei"), cell_code="A-01", columns=table)
    with pytest.raises(StillSoaking):
        settle_raw_telemetry(caller=a_caller("kenji"), burn_in_id=burn_in.pk)
    with pytest.raises(NothingToJoin):
        join_raw_files(caller=a_caller("kenji"), burn_in_id=burn_in.pk)
    stop_burn_in(caller=a_caller("kenji"), build_id=burn_in.run.build_id)
    with pytest.raises(NothingSoaks):
        feed_columns(caller=a_caller("kenji"), burn_in_id=burn_in.pk, columns=table)

    assert not RawFile.objects.exists()


def test_the_verdict_binds_the_raw_files_and_the_check_finds_one_that_was_changed():
    burn_in = a_soaking_rack()
    send(burn_in, [0, 1], {GPU: [1.0, 2.0]})
    send(burn_in, [2], {GPU: [3.0]})
    digest = digest_of_files(burn_in.pk)
    stop_burn_in(caller=a_caller("kenji", at=NOON + 9 * MINUTE), build_id=burn_in.run.build_id)
    settle_raw_telemetry(caller=a_caller("kenji", at=NOON + 9 * MINUTE), burn_in_id=burn_in.pk)

    told = Event.objects.get(kind="assembly.burn-in-ended").payload
    settled = Event.objects.get(kind="assembly.raw-telemetry-settled").payload
    assert told["raw_files_sha256"] == digest == settled["sources_sha256"]
    assert sweep_raw_files(burn_in.pk) >= 2 and sweep_raw_files(burn_in.pk) == 0
    path = path_of(burn_in.pk, settled["sha256"])
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert len(list(run_checks(["assembly.raw-telemetry-is-kept"]))) == 1
    path.unlink()
    assert len(list(run_checks(["assembly.raw-telemetry-is-kept"]))) == 1
    with pytest.raises(FileAbsent):
        raw_samples(burn_in.pk, series_id())


def test_columns_come_by_the_api_as_arrow_and_as_parquet():
    from django.utils import timezone  # noqa: PLC0415

    now = timezone.now() - 30 * MINUTE
    burn_in = a_soaking_rack("A-01", at=now)
    browser = Client()
    browser.force_login(person("kenji"))
    arrow, parquet = "application/vnd.apache.arrow.stream", "application/vnd.apache.parquet"
    sink = io.BytesIO()
    pq.write_table(wide(now, [2, 3], {GPU: [3.0, 4.0]}), sink)

    first = browser.post(
        "/api/telemetry/?cell=A-01",
        stream(wide(now, [0, 1], {GPU: [1.0, 2.0]})),
        arrow,
        headers={"Idempotency-Key": "k"},
    )
    again = browser.post(
        "/api/telemetry/?cell=A-01",
        stream(wide(now, [0, 1], {GPU: [1.0, 2.0]})),
        arrow,
        headers={"Idempotency-Key": "k"},
    )
    second = browser.post(f"/api/telemetry/?burn_in={burn_in.pk}", sink.getvalue(), parquet)
    broken = browser.post("/api/telemetry/?cell=A-01", b"PAR1PAR1", parquet)

    assert (first.status_code, first.json()["stored"], again.json()) == (201, 2, first.json())
    assert (second.status_code, second.json()["stored"]) == (201, 2)
    assert (broken.status_code, broken.json()["code"]) == (409, "WrongSample")
    assert browser.post("/api/telemetry/?burn_in=x", b"", arrow).status_code == 400
    assert raw_samples(burn_in.pk, series_id()).values.tolist() == [1, 2, 3, 4]


def test_joining_twice_at_once_joins_once(monkeypatch):
    burn_in = a_soaking_rack()
    for minute in range(3):
        send(burn_in, [minute], {GPU: [float(minute)]})
    files = list(RawFile.objects.all())
    join_raw_files(caller=a_caller("kenji", at=NOON + 9 * MINUTE), burn_in_id=burn_in.pk)
    from assembly.operations import raw_keeping  # noqa: PLC0415

    draft, count = raw_keeping._draft(burn_in.pk, iter([raw_samples(burn_in.pk, series_id())]))
    with pytest.raises(JoinedMeanwhile):
        raw_keeping._in_place_of(burn_in, files, draft, count, level=1)

    assert raw_samples(burn_in.pk, series_id()).values.tolist() == [0, 1, 2] and not draft.exists()
