"""The empty table of reactions: event kind → names. The composition root fills it at start-up."""

from __future__ import annotations

from collections import defaultdict

_TABLE: dict[str, list[str]] = defaultdict(list)


def register_reaction(kind: str, name: str) -> None:
    """Let the reaction `name` follow each event of `kind` from now on, never for history."""
    if name not in _TABLE[kind]:
        _TABLE[kind].append(name)


def reactions_to(kind: str) -> list[str]:
    """The names of the reactions that follow an event of this kind."""
    return _TABLE.get(kind, [])
