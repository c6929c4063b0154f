"""What events are called: one empty table; each app fills in the kinds that it records (`<app>/event_words.py`).

Every page that tells of events reads this table, so that one event has one name wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.models import Event


@dataclass(frozen=True, slots=True)
class EventWords:
    """A kind of event: its state on a line, its title, and a whole sentence with %(facts)s of the payload.

    `judged_by`: the fact of the payload whose value decides the state (a run that failed is no tick)."""

    state: str
    title: Any
    sentence: Any = ""
    judged_by: str = ""


EVENT_WORDS: dict[str, EventWords] = {}
"""Event kind → its words."""

VALUE_WORDS: dict[str, dict[str, tuple[str, Any]]] = {}
"""Name of a fact → its value in code → (state, words)."""

FACT_TELLERS: dict[str, tuple[str, Callable[[Any], str]]] = {}
"""Name of a fact that is a structure (codes with parameters) → the fact that it is told as, and how."""


def register_events(words: Mapping[str, EventWords]) -> None:
    """Add an app's kinds to the table; a kind is named once."""
    twice = EVENT_WORDS.keys() & words.keys()
    if twice:
        raise RuntimeError(f"named twice: {sorted(twice)}")
    EVENT_WORDS.update(words)


def register_values(fact: str, words: Mapping[str, tuple[str, Any]]) -> None:
    """Say what the values of a fact are called that payloads spell in code."""
    VALUE_WORDS.setdefault(fact, {}).update(words)


def register_teller(fact: str, told_as: str, teller: Callable[[Any], str]) -> None:
    """Say how a fact that is a structure (codes with their parameters) is told, and in place of which other fact."""
    FACT_TELLERS[fact] = told_as, teller


def told_facts(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a payload, those that were stored as codes in the reader's language."""
    facts = dict(payload)
    for fact, (told_as, teller) in FACT_TELLERS.items():
        value = facts.pop(fact, None)
        if value:
            facts[told_as] = teller(value)
    return facts


def title_of(event: Event) -> tuple[str, str]:
    """An event as (state, title). A kind that nobody named shows its own name: a test keeps that from happening."""
    words = EVENT_WORDS.get(event.kind, EventWords("info", event.kind))
    return _state(event, words), str(words.title)


def sentence_of(event: Event, told: Mapping[str, str] | None = None) -> tuple[str, str]:
    """An event as (state, sentence), else its title; `told` replaces facts (a host's name for its tag)."""
    words = EVENT_WORDS.get(event.kind, EventWords("info", event.kind))
    sentence = str(words.sentence)
    facts = _Facts({name: value_words(name, value) for name, value in told_facts(event.payload).items()})
    facts.update(told or {})
    return _state(event, words), sentence % facts if sentence else str(words.title)


def value_words(fact: str, value: Any) -> str:
    """A fact's value in words; what is not there is a dash."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, str) and value in VALUE_WORDS.get(fact, {}):
        return str(VALUE_WORDS[fact][value][1])
    return "–" if value in (None, "") else str(value)


def _state(event: Event, words: EventWords) -> str:
    value = event.payload.get(words.judged_by)
    found = VALUE_WORDS.get(words.judged_by, {}).get(value) if isinstance(value, str) else None
    return found[0] if found else words.state


class _Facts(dict[str, str]):
    """The facts of a sentence; one that is not there is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"
