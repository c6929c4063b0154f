"""What `check_integrity` finds when somebody goes round the operations; drawing of strips and lines."""

from pathlib import Path

import numpy as np
import pytest

from assembly.burn_in.drawing import Sparkline, sparkline, strip_of
from assembly.burn_in.moments import MINUTE as MICROS
from assembly.burn_in.soak import Interval
from assembly.checks import soak_follows_from_samples
from assembly.checks import test_files_are_kept as files_are_kept
from assembly.models import BurnInRun, TelemetrySample
from assembly.operations.burn_in import start_burn_in, stop_burn_in
from assembly.operations.cell_room import CellTaken
from documents.files import path_of
from tests.assembly.burn_in_world import (
    MINUTE,
    SOAK,
    a_burn_in_room,
    a_soaking_rack,
    a_tray_with_superchips,
    feed,
    some_racks,
)
from tests.assembly.test_import_test_log import load, xml
from tests.cast import NOON, a_caller
from tests.database import at_once


@pytest.mark.django_db
def test_a_whole_record_has_no_fault_and_a_changed_sample_is_one():
    burn_in = a_soaking_rack()
    feed(burn_in, range(SOAK + 1))
    stop_burn_in(caller=a_caller("kenji", at=NOON + SOAK * MINUTE), build_id=burn_in.run.build_id)
    assert list(soak_follows_from_samples()) == []

    TelemetrySample.objects.filter(at=NOON + 3 * MINUTE).update(values=[31.0, 130.0, 0.0])
    assert "not those" in next(iter(soak_follows_from_samples())).say
    BurnInRun.objects.update(soak_minutes=SOAK + 1)
    assert "61 are recorded" in next(iter(soak_follows_from_samples())).say


@pytest.mark.django_db
def test_a_changed_or_missing_file_is_a_fault():
    build = a_tray_with_superchips()
    run = load(xml(driver="9"), build.unit.tag)
    assert list(files_are_kept()) == []

    stored: Path = path_of(run.file_sha256)
    stored.write_bytes(b"other")
    assert run.file_sha256 in next(iter(files_are_kept())).say
    stored.unlink()
    assert len(list(files_are_kept())) == 1


@pytest.mark.commits
def test_two_racks_started_in_one_cell_at_the_same_moment():
    a_burn_in_room()
    racks = some_racks(4)
    a_caller("kenji")

    answers = at_once(
        *[
            lambda build=build: start_burn_in(caller=a_caller("kenji"), build_id=build.pk, cell_code="A-01")
            for build in racks
        ]
    )

    assert [type(answer) for answer in answers].count(BurnInRun) == 1
    assert {type(answer) for answer in answers} == {BurnInRun, CellTaken}


def test_a_strip_is_as_long_as_the_soak_and_its_gaps():
    ran = [Interval(0, 10 * MICROS), Interval(40 * MICROS, 60 * MICROS)]

    strip = strip_of(ran, [Interval(59 * MICROS, 70 * MICROS)], 0, 70 * MICROS, 60)

    assert strip.width == 60 + 30 + 10
    assert [(part.kind, part.x, part.width) for part in strip.parts] == [
        ("fine", 0, 10),
        ("gap", 10, 30),
        ("fine", 40, 20),
        ("off", 60, 10),
    ]


def test_a_line_breaks_at_gaps_and_says_its_name_harmlessly():
    times = np.array([0, 1, 2, 30, 31], dtype=np.int64) * MICROS
    shape = Sparkline(100, 20, '<b>"x"</b>', high=5.0)

    drawn = sparkline(times, np.array([1.0, 2.0, 3.0, np.nan, 4.0]), shape, 5 * MICROS)

    assert drawn.count("<polyline") == 2 and drawn.count('class="need"') == 1
    assert "<b>" not in drawn and "style=" not in drawn
    assert sparkline(times, np.full(5, np.nan), shape, 5 * MICROS).endswith("></svg>")


def test_many_samples_are_a_band_with_its_mean():
    times = np.arange(4320, dtype=np.int64) * MICROS

    drawn = sparkline(times, np.sin(times / 1e9), Sparkline(560, 120, "x"), 5 * MICROS)

    assert drawn.count("<polygon") == 1 and len(drawn) < 12_000
