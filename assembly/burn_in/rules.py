"""Simple rules that fill a hall rack by rack, and what a plan is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assembly.burn_in.hall import Hall, Job, Spots

FAR = 1_000_000
"""The due slot of a rack that has none, for putting them in order."""

Order = Callable[[Job], tuple[Any, ...]]


def _due(job: Job) -> int:
    return FAR if job.due is None else job.due


RULES: tuple[Order, ...] = (
    lambda job: (_due(job), job.release, job.key),
    lambda job: (_due(job) - job.length, -job.weight, job.key),
    lambda job: (-job.weight, _due(job), job.key),
    lambda job: (max(job.release, _due(job) - job.length - 48 * job.weight), job.key),
    lambda job: (job.release + job.length, _due(job), job.key),
)
"""Earliest day first; least slack first; most urgent first; the urgent two days early; shortest first."""


def filled(hall: Hall, jobs: Sequence[Job]) -> Spots:
    """Each rack in turn at its earliest spot; those without one are left out."""
    there, spots = hall.copy(), {}
    for job in jobs:
        spot = there.earliest(job)
        if spot is not None:
            there.put(job, spot)
            spots[job.key] = spot
    return spots


def first_come(hall: Hall, jobs: Sequence[Job]) -> Spots:
    """First come first served: the longest waiting rack takes the earliest spot."""
    return filled(hall, sorted(jobs, key=lambda job: (job.arrived, job.key)))


def rule_plans(hall: Hall, jobs: Sequence[Job], by_arrival: Spots) -> Iterator[Spots]:
    """The plans of all rules, what is planned now among them where it still holds."""
    yield by_arrival
    for rule in RULES:
        yield filled(hall, sorted(jobs, key=rule))
    if any(job.planned for job in jobs):
        yield _as_planned(hall, jobs)


def _as_planned(hall: Hall, jobs: Sequence[Job]) -> Spots:
    """What is planned stays where it can; the others come after, by their days."""
    there, spots = hall.copy(), {}
    for job in jobs:
        spot = job.planned
        if spot is None or spot.start < job.release or spot.start + job.length > hall.slots:
            continue
        if _free(there, job):
            there.put(job, spot)
            spots[job.key] = spot
    rest = [job for job in jobs if job.key not in spots]
    return spots | filled(there, sorted(rest, key=RULES[0]))


def _free(hall: Hall, job: Job) -> bool:
    spot = job.planned
    assert spot is not None
    span = slice(spot.start, spot.start + job.length)
    feed, loop = hall.feed[spot.cell], hall.loop[spot.cell]
    return bool(
        hall.able(job)[spot.cell]
        and not hall.busy[spot.cell, span].any()
        and (hall.feed_left[feed, span] >= job.kw).all()
        and (hall.heat_left[loop, span] >= job.kw).all()
        and (hall.flow_left[loop, span] >= job.lpm).all()
    )


def worth(jobs: Sequence[Job], spots: Spots) -> tuple[int, int, int]:
    """Weighted lateness, then waiting, then how many stand elsewhere than planned: less is better."""
    there = [(job, spots[job.key]) for job in jobs if job.key in spots]
    return (
        sum(job.lateness(spot.start) for job, spot in there),
        sum(spot.start - job.release for job, spot in there),
        sum(1 for job, spot in there if job.planned is not None and job.planned != spot),
    )
