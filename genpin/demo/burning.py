"""The acts of a burn-in: the cell is kept, the rack soaks, samples come by day, the end is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from assembly.burn_in.packing import packed
from assembly.operations.burn_in import start_burn_in, stop_burn_in
from assembly.operations.reservations import reserve_cell
from assembly.operations.runs import RunFinish, finish_runs
from assembly.operations.telemetry import SampleBlock, feed_blocks
from genpin.demo.cast import TESTERS
from genpin.demo.plan import RackPlan
from genpin.demo.plant import Plant
from genpin.demo.soaking import samples, with_reading, without

GAP = range(1260, 1307)
"""Minutes of the rack with a gap in which nothing came."""
LEAK_MINUTE = 3110
STALE_MINUTES = 38
"""How long nothing has come from the stale cell."""
FED_EVERY = timedelta(hours=24)


@dataclass(slots=True)
class Burning:
    """One rack's burn-in."""

    plant: Plant
    rack: RackPlan
    build: int
    burn_in: int = 0
    fed: int = 0
    """Minutes stored so far."""

    def schedule(self) -> None:
        begin, end = self.rack.spans["350"]
        self.plant.agenda.at(begin - timedelta(hours=20), self._reserve)
        self.plant.agenda.at(begin, self._start)
        at = begin + FED_EVERY
        while at < min(end, self.plant.agenda.end):
            self.plant.agenda.at(at, self._feed)
            at += FED_EVERY
        if end > self.plant.agenda.end >= begin:
            self.plant.agenda.at(self.plant.agenda.end, self._feed_last)
        self.plant.agenda.at(end, self._stop)

    def _reserve(self, at: datetime) -> None:
        begin, end = self.rack.spans["350"]
        self.plant.call(
            reserve_cell, "plan", at, build_id=self.build, cell_code=self.rack.cell,
            from_at=begin - timedelta(hours=1), to_at=end + timedelta(hours=12),
        )  # fmt: skip

    def _start(self, at: datetime) -> None:
        person = self.plant.on_shift(TESTERS, at)
        run = self.plant.call(start_burn_in, person, at, "B1", build_id=self.build, cell_code=self.rack.cell)
        self.burn_in = run.pk
        told = self.plant.told
        told[f"soak {run.pk}"] = str(self.rack.seed)
        if self.rack.wish.trouble == "stale":
            told["stale burn-in"], told["stale cell"] = str(run.pk), self.rack.cell
        if self.rack.name == "burn-last":
            told["last cell"] = self.rack.cell

    def _feed(self, at: datetime) -> None:
        """Store what came since the last time, at the plant's step."""
        begin = self.rack.spans["350"][0]
        count = int((at - begin) / timedelta(minutes=1)) - self.fed + 1
        if count <= 0:
            return
        values = samples(self.rack.seed, self.rack.is_gb300, self.fed, count)
        if self.rack.wish.trouble == "gap":
            values = without(values, self.fed, GAP)
        if self.rack.wish.trouble == "burn_failed":
            values = with_reading(values, self.fed, LEAK_MINUTE, "RackLeakDetect", 1.0)
        step = self.plant.sample_minutes
        skipped = -self.fed % step  # samples lie on whole steps from the beginning on
        first = begin + timedelta(minutes=self.fed + skipped)
        self.fed += count
        if skipped < count:
            block = SampleBlock(self.burn_in, first, 60 * step, packed(values[skipped::step]))
            self.plant.call(feed_blocks, "kenji", at, "B1", blocks=[block])

    def _feed_last(self, at: datetime) -> None:
        """Up to the present, or to when the stale cell fell silent."""
        stale = self.rack.wish.trouble == "stale"
        self._feed(at - timedelta(minutes=STALE_MINUTES) if stale else at)

    def _stop(self, at: datetime) -> None:
        self._feed(at)
        person = self.plant.on_shift(TESTERS, at)
        self.plant.call(stop_burn_in, person, at, "B1", build_id=self.build)
        finish = RunFinish(self.build, 350, [], self.plant.checks[person])
        self.plant.call(finish_runs, person, at, "B1", finishes=[finish])
