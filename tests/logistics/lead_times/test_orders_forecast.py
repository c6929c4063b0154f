"""Forecasts of whole lead times from files: laws recovered, open orders counted, ages kept, wrong files refused."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

AS_OF = date(2026, 6, 30)
TRAIN = ["row_id", "start_date", "asof_date", "days", "status", "planned_days", "mode", "lane", "vendor"]
TEST = ["row_id", "start_date", "asof_date", "age_days", "safe", "planned_days", "mode", "lane", "vendor"]
SCORE = Path(settings.BASE_DIR).parent / "shared" / "leadtime" / "score.py"


def write(path: Path, head: list[str], rows: Iterable[list[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def history(count: int, *, spread: float = 0.4, planned: bool = False) -> list[list[Any]]:
    """Orders of two lanes, 40 and 80 days at the median, begun over three years; what is not delivered yet is open."""
    draw, rows = np.random.default_rng(7), []
    for number in range(count):
        lane = ("A", "B")[number % 2]
        start = AS_OF - timedelta(days=int(draw.integers(1, 1095)))
        days = max(round(float((40, 80)[number % 2] * np.exp(spread * draw.standard_normal()))), 1)
        plan = (40, 80)[number % 2] if planned else ""
        age = (AS_OF - start).days
        known = (days, "closed") if days <= age else (age, "open")
        rows.append([f"P{number}", start, AS_OF, *known, plan, "road", lane, f"v{number % 5}"])
    return rows


def forecast(folder: Path, past: list[list[Any]], new: list[list[Any]]) -> dict[str, dict[str, float]]:
    train, test = write(folder / "train.csv", TRAIN, past), write(folder / "test.csv", TEST, new)
    call_command("forecast_lead_times", train=train, test=test, out=folder / "pred.csv")
    with (folder / "pred.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["row_id"]: {name: float(value) for name, value in row.items() if name != "row_id"}
            for row in csv.DictReader(file)
        }


def new(name: str, lane: str, age: float = 0, planned: Any = "") -> list[Any]:
    return [name, AS_OF, AS_OF, age, 1, planned, "road", lane, "v1"]


@pytest.mark.parametrize("count", [200, 1500])
def test_each_lane_gets_its_own_law(tmp_path: Path, count: int) -> None:
    found = forecast(tmp_path, history(count), [new("N1", "A"), new("N2", "B"), new("N3", "never met")])

    # Above a thousand orders the record of all lanes draws both towards the middle, and its tail is the common one.
    assert found["N1"]["q50"] == pytest.approx(40, rel=0.1 if count == 200 else 0.25)
    assert found["N2"]["q50"] == pytest.approx(80, rel=0.1 if count == 200 else 0.25)
    assert found["N1"]["q50"] < found["N3"]["q50"] < found["N2"]["q50"]
    assert found["N3"]["q95"] / found["N3"]["q05"] > found["N1"]["q95"] / found["N1"]["q05"]


def test_the_grid_is_whole_and_rises(tmp_path: Path) -> None:
    found = forecast(tmp_path, history(200), [new("N1", "A")])["N1"]

    assert list(found)[:4] == ["q01", "q025", "q05", "q10"]
    assert list(found)[-3:] == ["q95", "q975", "q99"]
    assert len(found) == 23
    assert list(found.values()) == sorted(found.values())


def test_open_orders_are_counted_as_open(tmp_path: Path) -> None:
    young = [row for row in history(400) if (AS_OF - row[1]).days <= 70]
    assert sum(row[4] == "open" for row in young) > len(young) / 3
    closed = [row for row in young if row[4] == "closed"]

    all_rows = forecast(tmp_path, young, [new("N", "B")])["N"]
    dropped = forecast(tmp_path, closed, [new("N", "B")])["N"]

    assert all_rows["q50"] > 1.2 * dropped["q50"]


@pytest.mark.parametrize("count", [200, 1500])
def test_an_order_open_at_an_age_is_given_more_and_never_less_than_its_age(tmp_path: Path, count: int) -> None:
    found = forecast(tmp_path, history(count), [new("N0", "A"), new("N60", "A", 60), new("N900", "A", 900)])

    assert found["N60"]["q01"] >= 60
    assert found["N60"]["q50"] > found["N0"]["q50"]
    assert found["N900"]["q01"] >= 900
    assert all(np.isfinite(list(found["N900"].values())))


def test_a_plan_is_the_ruler_where_plans_were_given(tmp_path: Path) -> None:
    found = forecast(
        tmp_path, history(300, planned=True), [new("N1", "A", planned=120), new("N2", "A", planned=20), new("N3", "A")]
    )

    assert found["N1"]["q50"] == pytest.approx(120, rel=0.15)
    assert found["N2"]["q50"] == pytest.approx(20, rel=0.15)
    assert found["N3"]["q50"] == pytest.approx(40, rel=0.15)


def still_open(row: list[Any]) -> list[Any]:
    return [*row[:3], (AS_OF - row[1]).days, "open", *row[5:]]


def test_later_slower_orders_move_the_median(tmp_path: Path) -> None:
    steady = history(1500)
    slower = [
        [*row[:3], round(row[3] * 1.5), *row[4:]] if row[4] == "closed" and (AS_OF - row[1]).days < 700 else row
        for row in steady
    ]
    slower = [row if row[3] <= (AS_OF - row[1]).days else still_open(row) for row in slower]

    before = forecast(tmp_path, steady, [new("N", "A")])["N"]["q50"]
    after = forecast(tmp_path, slower, [new("N", "A")])["N"]["q50"]

    assert after > 1.2 * before


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    forecast(tmp_path, history(1200), [new("N1", "A", 30)])
    first = (tmp_path / "pred.csv").read_bytes()
    forecast(tmp_path, history(1200), [new("N1", "A", 30)])

    assert (tmp_path / "pred.csv").read_bytes() == first


GOOD = ["P1", "2026-01-05", "2026-06-30", "30", "closed", "", "road", "A", "v1"]


@pytest.mark.parametrize(
    ("place", "text", "says"),
    [
        (3, "0", "line 3: days is 0, but must be above zero"),
        (3, "1e400", "line 3: days is '1e400', which is no number"),
        (3, "３０", None),
        (3, "thirty", "line 3: days is 'thirty', which is no number"),
        (4, "delivered", "line 3: status is 'delivered', but is closed or open"),
        (1, "05/01/2026", "line 3: start_date is '05/01/2026', but a day is like 2026-11-20"),
        (5, "-3", "line 3: planned_days is -3, but must be above zero"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_written(tmp_path: Path, place: int, text: str, says: str | None) -> None:
    wrong = [*GOOD[:place], text, *GOOD[place + 1 :]]
    train = write(tmp_path / "train.csv", TRAIN, [GOOD, wrong])
    test = write(tmp_path / "test.csv", TEST, [new("N", "A")])

    if says is None:  # full-width digits are digits
        call_command("forecast_lead_times", train=train, test=test, out=tmp_path / "pred.csv")
        return
    with pytest.raises(CommandError, match=says.replace("(", r"\(")):
        call_command("forecast_lead_times", train=train, test=test, out=tmp_path / "pred.csv")
    assert not (tmp_path / "pred.csv").exists()


@pytest.mark.parametrize(
    ("train", "test", "says"),
    [
        (b"row_id,days\n1,2\n", b"", "train.csv: no column start_date, asof_date, status"),
        (b"\xff\xfe\x00", b"", "train.csv: not UTF-8"),
        (b"", b"", "train.csv: no column"),
        (
            b"row_id,start_date,asof_date,days,status\n1,2026-01-01,2026-06-30,180,open\n",
            b"",
            "train.csv: no order is closed",
        ),
        (
            b"row_id,start_date,asof_date,days,status\n1,2026-01-01,2026-06-30,18,closed\n",
            b"row_id,age_days\nN,0\nN,0\n",
            "test.csv, line 3: row_id 'N' is there twice",
        ),
        (
            b"row_id,start_date,asof_date,days,status\n1,2026-01-01,2026-06-30,18,closed\n",
            b"row_id,age_days\n",
            "test.csv: no order to forecast",
        ),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, train: bytes, test: bytes, says: str) -> None:
    (tmp_path / "train.csv").write_bytes(train)
    (tmp_path / "test.csv").write_bytes(test)

    with pytest.raises(CommandError, match=says):
        call_command(
            "forecast_lead_times", train=tmp_path / "train.csv", test=tmp_path / "test.csv", out=tmp_path / "p.csv"
        )


def test_one_delivered_order_without_attributes_is_enough(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("row_id,start_date,asof_date,days,status\n1,2026-01-01,2026-06-30,18.5,closed\n")
    (tmp_path / "b.csv").write_text("row_id,age_days\nN,\n")

    call_command("forecast_lead_times", train=tmp_path / "a.csv", test=tmp_path / "b.csv", out=tmp_path / "c.csv")

    assert (tmp_path / "c.csv").read_text().count("\n") == 2


@pytest.mark.skipif(not SCORE.exists(), reason="SKIPPED LOUDLY: ../shared/leadtime/score.py is not here")
@pytest.mark.slow
@pytest.mark.parametrize("task", [["static"], ["rolling"], ["landmark", "--age", "90"]])
def test_the_bar_of_the_reference_data_is_met(task: list[str]) -> None:
    ours = f"{sys.executable} {settings.BASE_DIR / 'manage.py'} forecast_lead_times"
    command = [sys.executable, str(SCORE), "--run", ours + " --train {train} --test {test} --out {out}", "--accept"]

    done = subprocess.run([*command, "--task", *task], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "YOUR FORECAST" in done.stdout
