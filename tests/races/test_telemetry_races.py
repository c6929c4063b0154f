"""Two feeders at once for one run, and a feeder that is killed between the raw file and its commit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from assembly.models import RawFile, TelemetrySeries
from assembly.operations.raw_keeping import sweep_raw_files
from assembly.queries.raw_telemetry import digest_of_files, folder_of, raw_samples
from inventory.checks import run_checks
from tests.assembly.burn_in_world import a_soaking_rack
from tests.assembly.wide_world import send
from tests.cast import person
from tests.database import at_once, connected_to

pytestmark = pytest.mark.commits
GPU = "GPU_17_Temperature"


@pytest.fixture
def address(committed_db: str) -> Iterator[str]:
    with connected_to(committed_db):
        person("kenji")
        person("plan")
        yield committed_db


def kept(burn_in: Any) -> list[float]:
    return raw_samples(burn_in.pk, TelemetrySeries.objects.get(code=GPU).pk).values.tolist()


@pytest.mark.usefixtures("address")
def test_feeders_at_once_store_every_moment_once_and_register_a_name_once() -> None:
    burn_in = a_soaking_rack()
    blocks = [range(20), range(10, 30), range(30), range(20, 40)]

    def sent(minutes: range) -> Any:
        return send(burn_in, minutes, {GPU: [float(minute) for minute in minutes]})

    said = at_once(*[lambda minutes=minutes: sent(minutes) for minutes in blocks])

    assert sum(one["stored"] for one in said) == 40 and sum(one["known"] for one in said) == 50
    assert sum(one["series"] for one in said) == 1
    assert kept(burn_in) == [float(minute) for minute in range(40)]
    assert list(run_checks(["assembly.raw-telemetry-is-kept"])) == []


def test_a_feeder_killed_before_its_commit_leaves_a_file_that_nobody_counts_and_the_repeat_is_stored(
    address: str, settings: Any
) -> None:
    burn_in = a_soaking_rack()
    sweep_raw_files(burn_in.pk)  # what another database's run of that number left in the tests' folder
    send(burn_in, [0, 1], {GPU: [0.0, 1.0]})
    before = digest_of_files(burn_in.pk)
    script = (
        "import os, signal, django; django.setup()\n"
        "from django.conf import settings\n"
        f"settings.FILES_FOLDER = {str(settings.FILES_FOLDER)!r}\n"
        "from assembly.models import BurnInRun\n"
        "from assembly.operations import raw_store\n"
        "from tests.assembly.wide_world import send\n"
        "raw_store._roll = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # the file is there, its row is not\n"
        f"send(BurnInRun.objects.get(pk={burn_in.pk}), [2, 3], {{{GPU!r}: [2.0, 3.0]}})\n"
    )
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "genpin.settings"}

    killed = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=False)

    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert len(list(folder_of(burn_in.pk).iterdir())) == 2 and RawFile.objects.count() == 1
    assert kept(burn_in) == [0, 1] and digest_of_files(burn_in.pk) == before
    assert sweep_raw_files(burn_in.pk) == 1
    assert send(burn_in, [2, 3], {GPU: [2.0, 3.0]})["stored"] == 2 and kept(burn_in) == [0, 1, 2, 3]
    assert list(run_checks(["assembly.raw-telemetry-is-kept"])) == []
