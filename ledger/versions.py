"""Editable rows carry a version: whoever saves names the one that was seen, and a stale edit is refused, both shown.

Every change of an editable row is an event with `version` (the one it made) and `changes` (name → [before, after]), so
that a refusal can say, field by field, what somebody else changed meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from ledger.callers import Caller
from ledger.canonical import plain
from ledger.models import Event
from ledger.recording import record
from ledger.refusals import Refusal


class Versioned(Protocol):
    """A row that people edit."""

    pk: Any
    version: int


V = TypeVar("V", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in three versions: as it was when the form was opened, as it stands now, as it was to be saved."""

    name: str
    was: str
    theirs: str
    yours: str

    @property
    def clashes(self) -> bool:
        """Whether both changed it, and not to the same."""
        return self.was not in (self.theirs, self.yours) and self.theirs != self.yours


class StaleEdit(Refusal):
    """The row was changed after it was read: 412 at the API, 422 with both versions on a page."""

    def __init__(
        self, say: str, *, version: int, differences: Sequence[Difference], actor: str = "", at: datetime | None = None
    ) -> None:
        self.version, self.differences, self.actor, self.at = version, list(differences), actor, at
        super().__init__(
            say,
            true=_("Nothing was recorded: what stands now is version %(version)d.") % {"version": version},
            do=_("Compare both versions, then save again or keep what stands."),
        )

    def as_json(self) -> dict[str, Any]:
        shown = [
            {"field": one.name, "was": one.was, "theirs": one.theirs, "yours": one.yours} for one in self.differences
        ]
        return {**super().as_json(), "version": self.version, "differences": shown}


def locked(model: type[V], **lookup: Any) -> V:
    """Step: one row of an editable kind, locked for a change. A row that is not there is NotFound (the gate)."""
    return model._default_manager.select_for_update(no_key=True, of=("self",)).get(**lookup)


def amend(caller: Caller, row: Any, kind: str, version: int, given: Mapping[str, Any], **told: Any) -> Any:
    """Step: write those of the given fields that differ, under the row's lock; the version goes up by one, the event
    `kind` tells before and after. The same values again change nothing. Refuses StaleEdit."""
    refuse_stale(row, version, given)
    changed = changes_of(row, given)
    if not changed:
        return row
    write_changed(caller, row, kind, changed, **told)
    for name in changed:
        setattr(row, name, given[name])
    row.save(update_fields=[*changed, "version"])
    return row


def write_changed(caller: Caller, row: Any, kind: str, changed: Mapping[str, Any], **told: Any) -> int:
    """Step: the event of a change (name → [before, after]), and the row's next version (set on the row, which the
    caller of the step saves)."""
    row.version += 1
    return record(caller, kind, row, version=row.version, changes=dict(changed), **told)


def touch(caller: Caller, row: Any, kind: str, changed: Mapping[str, Any], **told: Any) -> int:
    """Step: a change in what hangs on the row (a line of a draft): event and next version, saved."""
    event = write_changed(caller, row, kind, changed, **told)
    row.save(update_fields=["version"])
    return event


def changes_of(row: Any, given: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Name → [before, after] of the fields that would change."""
    return {
        name: [_said(getattr(row, name)), _said(value)] for name, value in given.items() if getattr(row, name) != value
    }


def refuse_stale(row: Any, version: int, yours: Mapping[str, Any]) -> None:
    """Step: refuse StaleEdit unless the row still is the version that was read. Asks nothing where it is."""
    if row.version != version:
        theirs = {name: getattr(row, name) for name in yours}
        _refuse(row, row.version, version, theirs, yours)


def refuse_stale_facts(row: Any, version: int, theirs: Mapping[str, Any], yours: Mapping[str, Any]) -> None:
    """Step: the same for facts that other rows hold and the row's version counts; `theirs`: as they stand."""
    if row.version != version:
        _refuse(row, row.version, version, theirs, yours)


def refuse_stale_part(
    owner: Any, name: object, standing: int, version: int, theirs: Mapping[str, Any], yours: Mapping[str, Any]
) -> None:
    """Step: the same for what hangs on a row (a line of a draft, an operation), whose `standing` version is that of the
    owner when it was changed last; the owner's events tell its changes as `name.field`."""
    if standing != version:
        _refuse(owner, standing, version, theirs, yours, f"{name}.")


def _refuse(
    row: Any, standing: int, seen: int, theirs: Mapping[str, Any], yours: Mapping[str, Any], prefix: str = ""
) -> None:
    events = Event.objects.filter(
        subject_type=row._meta.label_lower, subject_id=row.pk, payload__version__gt=seen
    ).order_by("pk")
    since = [event for event in events if any(name.startswith(prefix) for name in event.payload.get("changes", {}))]
    raise StaleEdit(
        _("Somebody else changed this meanwhile: you saw version %(seen)d.") % {"seen": seen},
        version=standing,
        differences=list(_differences(since, theirs, yours, prefix)),
        actor=str(since[-1].actor) if since else "",
        at=since[-1].recorded_at if since else None,
    )


def _differences(
    since: Sequence[Event], theirs: Mapping[str, Any], yours: Mapping[str, Any], prefix: str
) -> Iterable[Difference]:
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for event in since:
        for name, pair in event.payload.get("changes", {}).items():
            if name.startswith(prefix):
                first.setdefault(name.removeprefix(prefix), pair[0])
                last[name.removeprefix(prefix)] = pair[1]
    for name, value in yours.items():
        now, mine = _said(theirs.get(name)), _said(value)
        if name in first or now != mine:
            now = last.get(name, now)
            yield Difference(name, told(first.get(name, now)), told(now), told(mine))
    for name, was in first.items():
        if name not in yours:
            yield Difference(name, told(was), told(last[name]), told(was))


def told(value: Any) -> str:
    """A value of an event as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _said(value: Any) -> Any:
    """A value as events tell it: a row by its name."""
    return str(value) if isinstance(value, models.Model) else plain(value)
