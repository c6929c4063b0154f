"""Bettering a plan with the solver (OR-Tools CP-SAT): again and again some racks around a late one are lifted, and the
solver puts them back in the best way while all others stand. The only room that imports it."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Sequence

import numpy as np
from ortools.sat.python import cp_model

from assembly.burn_in.effort import Effort
from assembly.burn_in.hall import Hall, Job, Spot, Spots
from assembly.burn_in.rules import worth


def bettered(hall: Hall, jobs: Sequence[Job], spots: Spots, effort: Effort) -> tuple[Spots, int]:
    """A plan that is no worse, and the rounds it took. `hall` has what is kept, and nothing of the plan."""
    chance = random.Random(len(jobs))
    end = time.monotonic() + effort.seconds
    there = _with(hall, jobs, spots)
    best, value, done = dict(spots), worth(jobs, spots), 0
    while done < effort.rounds and time.monotonic() < end and value != (0, 0, 0):
        done += 1
        lifted = _neighbours(jobs, best, chance, effort.lifted)
        for job in lifted:
            there.lift(job, best[job.key])
        found = _solved(there, lifted, best, effort)
        tried = None if found is None else _in_cells(hall, jobs, _kinds(hall, best) | found)
        if tried is not None and worth(jobs, tried) < value:
            best, value = tried, worth(jobs, tried)
            there = _with(hall, jobs, best)
        else:
            for job in lifted:
                there.put(job, best[job.key])
    return best, done


def _with(hall: Hall, jobs: Sequence[Job], spots: Spots) -> Hall:
    there = hall.copy()
    for job in jobs:
        there.put(job, spots[job.key])
    return there


def _kinds(hall: Hall, spots: Spots) -> dict[int, tuple[int, int]]:
    return {key: (int(hall.kind[spot.cell]), spot.start) for key, spot in spots.items()}


def _in_cells(hall: Hall, jobs: Sequence[Job], kinds: dict[int, tuple[int, int]]) -> Spots | None:
    """A cell of its kind for each rack, in order of their starts: the planned one if it is free, else the one that was
    free for the shortest time. None when what is kept in single cells leaves none: the count alone does not know."""
    busy, spots = hall.busy.copy(), {}
    for job in sorted(jobs, key=lambda job: (kinds[job.key][1], job.key)):
        kind, start = kinds[job.key]
        span = slice(start, start + job.length)
        free = [int(cell) for cell in np.flatnonzero(hall.kind == kind) if not busy[cell, span].any()]
        if not free:
            return None
        planned = job.planned.cell if job.planned is not None else -1
        cell = planned if planned in free else min(free, key=lambda cell: start - _last_busy(busy[cell, :start]))
        busy[cell, span] = True
        spots[job.key] = Spot(cell, start)
    return spots


def _last_busy(before: np.ndarray) -> int:  # type: ignore[type-arg]
    found = np.flatnonzero(before)
    return int(found[-1]) + 1 if len(found) else 0


def _neighbours(jobs: Sequence[Job], spots: Spots, chance: random.Random, count: int) -> list[Job]:
    """A rack that is late (or waits), and those that stand in its way: near in time to where it should be."""
    late = [job for job in jobs if job.lateness(spots[job.key].start)]
    pool = late or [job for job in jobs if spots[job.key].start > job.release] or list(jobs)
    weights = [1 + job.lateness(spots[job.key].start) for job in pool]
    middle = chance.choices(pool, weights)[0]
    wished = middle.release if middle.due is None else max(middle.release, middle.due - middle.length)
    near = sorted(
        (job for job in jobs if job is not middle),
        key=lambda job: (abs(spots[job.key].start - wished) * chance.uniform(0.5, 1.5), job.key),
    )
    return [middle, *near[: count - 1]]


def _solved(hall: Hall, jobs: Sequence[Job], spots: Spots, effort: Effort) -> dict[int, tuple[int, int]] | None:
    """The best kinds and slots of these racks in what the others leave. None when it found none."""
    puzzle = _Puzzle(hall, jobs, spots)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = effort.steps
    solver.parameters.max_time_in_seconds = effort.seconds
    solver.parameters.linearization_level = 0
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    if solver.solve(puzzle.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return {job.key: puzzle.spot(solver, job) for job in jobs}


class _Puzzle:
    """The small question as the solver reads it: each rack begins once, in one kind of cell (cells of one kind share
    feed, loop and limits); how many of a kind, how much power, heat and flow are left in every slot."""

    def __init__(self, hall: Hall, jobs: Sequence[Job], spots: Spots) -> None:
        self.model = cp_model.CpModel()
        self.hall, self.jobs = hall, jobs
        self.begin = min(job.release for job in jobs)
        self.end = min(hall.slots, max(spots[job.key].start + job.length for job in jobs) + 1)
        self.starts = {job.key: self._start(job, spots) for job in jobs}
        self.kinds: dict[tuple[int, int], cp_model.IntVar] = {}
        self.spans: list[tuple[Job, int, cp_model.IntervalVar]] = []
        for job in jobs:
            self._choose_kind(job, int(hall.kind[spots[job.key].cell]))
        self._keep_supplies()
        self._wish(jobs)

    def spot(self, solver: cp_model.CpSolver, job: Job) -> tuple[int, int]:
        """The kind of cell and the slot that the solver chose for a rack."""
        kind = next(kind for (key, kind), chosen in self.kinds.items() if key == job.key and solver.value(chosen))
        return kind, solver.value(self.starts[job.key])

    def _start(self, job: Job, spots: Spots) -> cp_model.IntVar:
        start = self.model.new_int_var(job.release, self.end - job.length, "")
        self.model.add_hint(start, spots[job.key].start)
        return start

    def _choose_kind(self, job: Job, now: int) -> None:
        """One optional span a kind of cell that could take the rack."""
        mine = sorted({int(kind) for kind in self.hall.kind[self.hall.able(job)]})
        for kind in mine:
            chosen = self.model.new_bool_var("")
            self.model.add_hint(chosen, kind == now)
            self.kinds[job.key, kind] = chosen
            span = self.model.new_optional_fixed_size_interval_var(self.starts[job.key], job.length, chosen, "")
            self.spans.append((job, kind, span))
        self.model.add_exactly_one(self.kinds[job.key, kind] for kind in mine)

    def _keep_supplies(self) -> None:
        """What a kind, a feed or a loop has less than its most is a fixed load on it."""
        hall = self.hall
        free = ~hall.busy
        for kind in range(len(hall.first_of_kind)):
            self._keep(
                free[hall.kind == kind].sum(axis=0), [(span, 1) for _j, there, span in self.spans if there == kind]
            )
        feed_of, loop_of = hall.feed[hall.first_of_kind], hall.loop[hall.first_of_kind]
        for row in range(len(hall.feed_codes)):
            self._keep(hall.feed_left[row], [(span, job.kw) for job, kind, span in self.spans if feed_of[kind] == row])
        for row in range(len(hall.loop_codes)):
            mine = [(job, span) for job, kind, span in self.spans if loop_of[kind] == row]
            self._keep(hall.heat_left[row], [(span, job.kw) for job, span in mine])
            self._keep(hall.flow_left[row], [(span, job.lpm) for job, span in mine])

    def _keep(self, left: np.ndarray, needs: list[tuple[cp_model.IntervalVar, int]]) -> None:  # type: ignore[type-arg]
        if not needs:
            return
        room = np.maximum(left[self.begin : self.end], 0)
        most = int(room.max())
        loads = [
            (self.model.new_fixed_size_interval_var(self.begin + start, end - start, ""), most - int(room[start]))
            for start, end in _steps(room)
            if room[start] < most
        ]
        spans = [*needs, *loads]
        self.model.add_cumulative([span for span, _need in spans], [need for _span, need in spans], most)

    def _wish(self, jobs: Sequence[Job]) -> None:
        """Lateness before waiting, as one whole number."""
        leap = len(jobs) * (self.end + 1)
        late = [self._lateness(job) for job in jobs if job.weight and job.due is not None]
        self.model.minimize(leap * sum(late) + sum(self.starts[job.key] for job in jobs))  # type: ignore[arg-type]

    def _lateness(self, job: Job) -> cp_model.LinearExprT:
        due = job.due or 0
        late = self.model.new_int_var(0, max(0, self.end - due), "")
        self.model.add(late >= self.starts[job.key] + job.length - due)
        return job.weight * late


def _steps(values: np.ndarray) -> list[tuple[int, int]]:  # type: ignore[type-arg]
    """The stretches of equal values."""
    edges = [0, *(int(at) + 1 for at in np.flatnonzero(np.diff(values))), len(values)]
    return list(itertools.pairwise(edges))
