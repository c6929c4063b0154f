"""Entries of a BMC's log, however many: each is counted, the few that a verdict reads are held."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from assembly.test_logs.result import ROWS_LIMIT, Unreadable

THRESHOLD = re.compile(r"SensorThreshold(Warning|Critical|Fatal)(Low|High)Going(Low|High)$")
FIRST = 2_000
"""Entries of a log that are held whatever they say: an XID log's matter all."""
MOST_ENTRIES = 4_000_000
"""Of one log: some gigabytes of JSON."""


@dataclass(frozen=True, slots=True)
class Event:
    """One log entry: when (text with zone, as sent), what kind, about what, how grave the sender calls it."""

    created: str
    message_id: str
    args: tuple[str, ...]
    message: str
    severity: str
    resolved: bool

    @property
    def mark(self) -> tuple[str, str, tuple[str, ...], str]:
        """The same event in SEL and EventLog has the same."""
        return self.created, self.message_id, self.args, self.message

    @property
    def sensor(self) -> str:
        """What a threshold event is about."""
        return self.args[0] if self.args else self.message[:60]

    @property
    def is_open(self) -> bool:
        """A warning or fault that nobody resolved."""
        return self.severity in ("Critical", "Warning") and not self.resolved


def event_of(entry: Mapping[str, object]) -> Event:
    """A log's entry as far as it is read."""
    args = entry.get("MessageArgs")
    return Event(
        created=_text(entry, "Created"),
        message_id=_text(entry, "MessageId"),
        args=tuple(str(one)[:120] for one in args[:20]) if isinstance(args, list) else (),
        message=_text(entry, "Message")[:300],
        severity=_text(entry, "Severity"),
        resolved=entry.get("Resolved") is True,
    )


def is_entry(member: Mapping[str, object]) -> bool:
    """Whether a collection's member is a log entry given whole."""
    return len(member) > 1 and ("MessageId" in member or "EntryType" in member)


def _text(entry: Mapping[str, object], name: str) -> str:
    value = entry.get(name)
    return value.strip() if isinstance(value, str) else ""


@dataclass(slots=True)
class Log:
    """The entries of one collection. Of a sensor's crossings of one threshold the first and the last are held: the last
    one judges; of all others those that are open."""

    marks: array[int] = field(default_factory=lambda: array("q"))
    first: list[Event] = field(default_factory=list)
    open: list[Event] = field(default_factory=list)
    crossings: dict[tuple[str, str, str], tuple[Event, Event]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """One more entry. Refuses a log that is longer than any, or leaves more open than a verdict can hold."""
        if len(self.marks) >= MOST_ENTRIES:
            raise Unreadable(f"The log holds more than {MOST_ENTRIES} entries.")
        self.marks.append(hash(event.mark))
        if len(self.first) < FIRST:
            self.first.append(event)
            return
        match = THRESHOLD.search(event.message_id)
        if match:
            key = (event.sensor, match[1], match[2])
            first, last = self.crossings.get(key, (event, event))
            first = event if event.created < first.created else first
            self.crossings[key] = (first, event if event.created >= last.created else last)
        elif event.is_open:
            self.open.append(event)
        if len(self.open) + len(self.crossings) > ROWS_LIMIT:
            raise Unreadable(f"The file holds more than {ROWS_LIMIT} results.")

    def __iter__(self) -> Iterator[Event]:
        """The entries that are held."""
        yield from self.first
        yield from self.open
        for first, last in self.crossings.values():
            yield first
            if last is not first:
                yield last

    @property
    def left_out(self) -> int:
        """Entries beyond the first ones."""
        return len(self.marks) - len(self.first)
