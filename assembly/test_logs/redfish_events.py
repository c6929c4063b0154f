"""What a BMC's logs leave open: nvl72.md section 10.5.

A threshold event is judged by its MessageId and direction, not by its Severity alone: a recovery carries OK, and so may
the crossing. The same event stands in SEL and EventLog: it is counted once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from assembly.test_logs.redfish_tree import Tree
from assembly.test_logs.result import TestResult, Verdict, label

_THRESHOLD = re.compile(r"SensorThreshold(Warning|Critical|Fatal)(Low|High)Going(Low|High)$")
_VERDICT: dict[str, Verdict] = {"Warning": "warn", "Critical": "fail", "Fatal": "fail"}


@dataclass(frozen=True)
class Event:
    """One log entry: when (text with zone, as sent), what kind, about what, how grave the sender calls it."""

    created: str
    message_id: str
    args: tuple[str, ...]
    message: str
    severity: str
    resolved: bool
    log: str


def events_of(tree: Tree) -> list[Event]:
    """All events of all systems, each once, in the order of their time."""
    found: dict[tuple[str, str, tuple[str, ...], str], Event] = {}
    root = tree.at("/redfish/v1") or {}
    for system in tree.members(tree.linked(root, "Systems")):
        for service in tree.members(tree.linked(system, "LogServices")):
            for entry in tree.below(tree.linked(service, "Entries")):
                event = _event(entry, str(service.get("Id") or "log"))
                found.setdefault((event.created, event.message_id, event.args, event.message), event)
    return sorted(found.values(), key=lambda event: event.created)


def _event(entry: Mapping[str, object], log: str) -> Event:
    args = entry.get("MessageArgs")
    return Event(
        created=_text(entry, "Created"),
        message_id=_text(entry, "MessageId"),
        args=tuple(str(one)[:120] for one in args) if isinstance(args, list) else (),
        message=_text(entry, "Message")[:300],
        severity=_text(entry, "Severity"),
        resolved=entry.get("Resolved") is True,
        log=log[:40],
    )


def _text(entry: Mapping[str, object], name: str) -> str:
    value = entry.get(name)
    return value.strip() if isinstance(value, str) else ""


def left_open(events: Iterable[Event]) -> Iterator[TestResult]:
    """A result for every crossing that did not come back, and for every other unresolved warning or fault."""
    crossings: dict[tuple[str, str, str], Event | None] = {}
    for event in events:
        match = _THRESHOLD.search(event.message_id)
        if match:
            sensor = event.args[0] if event.args else event.message[:60]
            crossings[(sensor, match[1], match[2])] = event if match[2] == match[3] else None
        elif event.severity in ("Critical", "Warning") and not event.resolved:
            verdict: Verdict = "fail" if event.severity == "Critical" else "warn"
            yield TestResult(label("log", event.log), event.message_id or "event", verdict, detail=_detail(event))
    for (sensor, level, _side), crossed in crossings.items():
        if crossed is not None:
            yield TestResult(label("sensor", sensor), f"{level} threshold", _VERDICT[level], detail=_detail(crossed))


def _detail(event: Event) -> str:
    return f"{event.created} {event.message}"


def xids_of(tree: Tree, chassis: Mapping[str, object], entity: str) -> Iterator[TestResult]:
    """Entries of a GPU's XID log."""
    for service in tree.members(tree.linked(chassis, "LogServices")):
        if str(service.get("Id", "")).upper() == "XID":
            for entry in tree.below(tree.linked(service, "Entries")):
                yield TestResult(entity, "XID log", "fail", detail=_detail(_event(entry, "XID")))
