"""What a BMC's logs leave open: nvl72.md section 10.5.

A threshold event is judged by its MessageId and direction, not by its Severity alone: a recovery carries OK, and so may
the crossing. The same event stands in SEL and EventLog: it is counted once.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from assembly.test_logs.redfish_log import FIRST, THRESHOLD, Event, event_of
from assembly.test_logs.redfish_tree import Tree
from assembly.test_logs.result import TestResult, Verdict, label

_VERDICT: dict[str, Verdict] = {"Warning": "warn", "Critical": "fail", "Fatal": "fail"}

Told = tuple[str, Event]
"""The log that holds an event, and the event."""


def events_of(tree: Tree) -> tuple[list[Told], int]:
    """The events of all systems that are held, each once, in the order of their time; and how many there are."""
    found: dict[object, Told] = {}
    marks = []
    root = tree.at("/redfish/v1") or {}
    for system in tree.members(tree.linked(root, "Systems")):
        for service in tree.members(tree.linked(system, "LogServices")):
            name, entries = str(service.get("Id") or "log")[:40], tree.linked(service, "Entries")
            log = tree.log_of(entries)
            marks.append(np.frombuffer(log.marks, dtype=np.int64))
            for event in (*log, *map(event_of, tree.below(entries))):
                found.setdefault(event.mark, (name, event))
    held = np.array([hash(mark) for mark in found], dtype=np.int64)
    count = len(np.unique(np.concatenate([*marks, held])))
    return sorted(found.values(), key=lambda told: told[1].created), count


def left_open(events: Iterable[Told]) -> Iterator[TestResult]:
    """A result for every crossing that did not come back, and for every other unresolved warning or fault."""
    crossings: dict[tuple[str, str, str], Event | None] = {}
    for log, event in events:
        match = THRESHOLD.search(event.message_id)
        if match:
            crossings[(event.sensor, match[1], match[2])] = event if match[2] == match[3] else None
        elif event.is_open:
            verdict: Verdict = "fail" if event.severity == "Critical" else "warn"
            yield TestResult(label("log", log), event.message_id or "event", verdict, detail=_detail(event))
    for (sensor, level, _side), crossed in crossings.items():
        if crossed is not None:
            yield TestResult(label("sensor", sensor), f"{level} threshold", _VERDICT[level], detail=_detail(crossed))


def _detail(event: Event) -> str:
    return f"{event.created} {event.message}"


def xids_of(tree: Tree, chassis: Mapping[str, object], entity: str) -> Iterator[TestResult]:
    """Entries of a GPU's XID log; beyond the first ones only their number."""
    for service in tree.members(tree.linked(chassis, "LogServices")):
        if str(service.get("Id", "")).upper() == "XID":
            entries = tree.linked(service, "Entries")
            log = tree.log_of(entries)
            told = (*log.first, *map(event_of, tree.below(entries)))
            for event in {event.mark: event for event in told}.values():
                yield TestResult(entity, "XID log", "fail", detail=_detail(event))
            if log.left_out:
                yield TestResult(entity, "XID log", "fail", detail=f"{log.left_out} more entries after {FIRST}")
