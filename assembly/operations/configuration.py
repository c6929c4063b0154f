"""Differences between scanned and reported: noted when a file tells them, settled by a later one, approved by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations.sessions import signer_of
from assembly.models import Build, ConfigurationDifference
from assembly.operations.nonconformities import ReasonWanted
from assembly.operations.runs import lock_builds
from assembly.operations.signing import SecondPersonWanted
from assembly.queries.configuration import Compared, reconciled
from assembly.queries.tests import standings_of
from inventory.operations.finding import lock_units
from inventory.operations.placements import UnitNotHere
from ledger.callers import Caller
from ledger.models import Event
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal

REASON_LIMIT = 500


class DifferenceGone(Refusal):
    """The rack has no such difference: the facts are others than those that were looked at."""


class DifferenceApproved(Refusal):
    """The difference is approved already."""


class DifferenceNotApproved(Refusal):
    """Nobody approved the difference: there is nothing to withdraw."""


@operation(permission="assembly.approve_difference")
def approve_differences(
    *, caller: Caller, build_id: int, differences: list[str], reason: str, pin_check_id: int
) -> dict[str, list[int]]:
    """Let differences of a rack be, by name and with the reason; `differences` are their keys as the page and the API
    give them. An approval holds for exactly this fact: read again it stays, any other fact is another difference.

    Locks the build. Refuses UnknownBuild, ReasonWanted, DifferenceGone, DifferenceApproved, PinNotChecked,
    SecondPersonWanted (who put the thing there)."""
    build = lock_builds([build_id])[build_id]
    reason = reason.strip()[:REASON_LIMIT]
    if not reason:
        raise ReasonWanted(
            _("An approval needs a reason."), true=_("Nothing was recorded."), do=_("Write why it may stay so.")
        )
    signer = signer_of(caller, pin_check_id)
    told = reconciled([build_id])[build_id]
    chosen = _chosen(told, differences)
    fitters = _fitters(chosen)
    if any(fitters.get(one.since) == signer for one in chosen):
        raise SecondPersonWanted(
            _("Who put the thing there may not also approve the difference."),
            true=_("Nothing was signed."),
            do=_("Ask a second person to sign."),
        )

    note(caller, [build], {build_id: told})
    events = record_many(
        caller,
        "assembly.difference-approved",
        [Happening(build, {**_fact(one), "reason": reason, "signer": signer.pseudonym}) for one in chosen],
    )
    rows = _rows(caller, chosen, events, fitters)
    for row, event in zip(rows, events, strict=True):
        row.approved_at, row.approved_by, row.approved_event_id = caller.happened_at, signer, event
        row.reason, row.pin_check_id = reason, pin_check_id
    ConfigurationDifference.objects.bulk_update(
        rows, ["approved_at", "approved_by", "approved_event_id", "reason", "pin_check_id"]
    )
    return {"differences": [row.pk for row in rows]}


@operation(permission="assembly.approve_difference")
def withdraw_approvals(*, caller: Caller, build_id: int, differences: list[str], reason: str) -> dict[str, int]:
    """Take approvals of a rack's differences back, by whoever gave them or a second person of quality: the differences
    stop the rack again from now on. The approved rows stay as history, closed by the event; new ones are open.

    Locks the build, then the rack. Refuses UnknownBuild, ReasonWanted, DifferenceGone, DifferenceNotApproved,
    UnitNotHere (a rack that left is stopped by a nonconformity or a recall, not here)."""
    build = lock_builds([build_id])[build_id]
    reason = reason.strip()[:REASON_LIMIT]
    if not reason:
        raise ReasonWanted(
            _("Withdrawing an approval needs a reason."), true=_("Nothing was recorded."), do=_("Write what is wrong.")
        )
    lock_units([build.unit_id])
    _refuse_gone(build)
    told = reconciled([build_id])[build_id]
    chosen = _approved(told, differences)

    rows = ConfigurationDifference.objects.select_related("approved_by").in_bulk([one.row for one in chosen])
    given = [rows[one.row] for one in chosen if one.row is not None]
    events = record_many(
        caller,
        "assembly.approval-withdrawn",
        [
            Happening(
                build, {**_fact(one), "reason": reason, "approved": row.approved_event_id, "signer": _signer(row)}
            )
            for one, row in zip(chosen, given, strict=True)
        ],
    )
    for row, event in zip(given, events, strict=True):
        row.settled_at, row.settled_event_id = caller.happened_at, event
    ConfigurationDifference.objects.bulk_update(given, ["settled_at", "settled_event_id"])
    fitters = _fitters(chosen)
    ConfigurationDifference.objects.bulk_create(
        [_drafted(caller, one, event, fitters) for one, event in zip(chosen, events, strict=True) if _is_told(one)]
    )
    return {"withdrawn": len(given)}


def _refuse_gone(build: Build) -> None:
    if not standings_of([build.unit_id])[build.unit_id].is_here:
        raise UnitNotHere(
            _("%(rack)s is not in the plant any more.") % {"rack": build.unit.name},
            true=_("Its papers say what was approved. Nothing was recorded."),
            do=_("Report a nonconformity, or start a recall."),
        )


def _approved(told: Iterable[Compared], keys: Sequence[str]) -> list[Compared]:
    """The approved differences of these keys. Refuses DifferenceGone, DifferenceNotApproved."""
    chosen = _found(told, keys)
    open_one = next((one for one in chosen if one.approval is None), None)
    if open_one is not None:
        raise DifferenceNotApproved(
            _("%(place)s is not approved.") % {"place": open_one.place},
            true=_("It stops the rack already. Nothing was recorded."),
        )
    return chosen


def _signer(row: ConfigurationDifference) -> str:
    return str(row.approved_by.pseudonym) if row.approved_by else ""


def note(caller: Caller, builds: Sequence[Build], told: Mapping[int, Sequence[Compared]] | None = None) -> None:
    """Step: write down the differences of these (locked) racks that a file tells for the first time, and settle those
    that are no longer true; an approval ends with its difference. One event a rack and kind of change.

    Three queries where nothing changed. What a tray has not reported yet is no row: nothing told it."""
    racks = {build.pk: build for build in builds}
    told = reconciled(racks) if told is None else told
    rows = {row.pk: row for row in ConfigurationDifference.objects.open().filter(build_id__in=list(racks))}
    true_now = {one.row for found in told.values() for one in found if one.row is not None}
    gone = [row for pk, row in rows.items() if pk not in true_now]
    new = [one for found in told.values() for one in found if one.row is None and _is_told(one)]
    if gone:
        events = _record(
            caller, "assembly.differences-settled", racks, [(row.build_id, _row_fact(row)) for row in gone]
        )
        for row in gone:
            row.settled_at, row.settled_event_id = caller.happened_at, events[row.build_id]
        ConfigurationDifference.objects.bulk_update(gone, ["settled_at", "settled_event_id"])
    if new:
        events = _record(caller, "assembly.differences-found", racks, [(one.build_id, _fact(one)) for one in new])
        fitters = _fitters(new)
        ConfigurationDifference.objects.bulk_create(
            [_drafted(caller, one, events[one.build_id], fitters) for one in new]
        )


def _is_told(one: Compared) -> bool:
    """Whether a file says otherwise; a place that has said nothing yet is no contradiction."""
    waits = one.state == "unreported" or (one.state == "unreadable" and one.what in ("slot", "gpu"))
    return one.differs and one.test_run_id is not None and not waits


def _chosen(told: Iterable[Compared], keys: Sequence[str]) -> list[Compared]:
    """The differences of these keys. Refuses DifferenceGone, DifferenceApproved."""
    chosen = _found(told, keys)
    approved = next((one for one in chosen if one.approval is not None), None)
    if approved is not None and approved.approval is not None:
        raise DifferenceApproved(
            _("%(place)s is approved already.") % {"place": approved.place},
            true=_("%(person)s approved it. Nothing was recorded.") % {"person": approved.approval.by.name},
        )
    return chosen


def _found(told: Iterable[Compared], keys: Sequence[str]) -> list[Compared]:
    """The differences of these keys. Refuses DifferenceGone."""
    found = {one.key: one for one in told if one.differs}
    lost = [key for key in keys if key not in found]
    if lost or not keys:
        raise DifferenceGone(
            _("The rack has no such difference now."),
            true=_("What the hardware reports, or what was scanned, has changed since. Nothing was recorded."),
            do=_("Look at the configuration of the rack again."),
        )
    return [found[key] for key in dict.fromkeys(keys)]


def _rows(
    caller: Caller, chosen: Sequence[Compared], events: Sequence[int], fitters: Mapping[int, User]
) -> list[ConfigurationDifference]:
    """The open rows of these differences, made where nothing told them before."""
    open_rows = ConfigurationDifference.objects.open().filter(build_id=chosen[0].build_id)
    known = {_identity(row): row for row in open_rows}
    missing = [
        _drafted(caller, one, event, fitters)
        for one, event in zip(chosen, events, strict=True)
        if _identity(one) not in known
    ]
    known |= {_identity(row): row for row in ConfigurationDifference.objects.bulk_create(missing)}
    return [known[_identity(one)] for one in chosen]


def _identity(one: Compared | ConfigurationDifference) -> tuple[object, ...]:
    return one.build_id, one.state, one.what, one.place, one.scanned, one.reported, one.since


def _drafted(caller: Caller, one: Compared, event: int, fitters: Mapping[int, User]) -> ConfigurationDifference:
    return ConfigurationDifference(
        build_id=one.build_id, state=one.state, what=one.what, place=one.place, scanned=one.scanned,
        reported=one.reported, since=one.since, test_run_id=one.test_run_id, fitted_by=fitters.get(one.since),
        found_at=caller.happened_at, event_id=event,
    )  # fmt: skip


def _fitters(found: Iterable[Compared]) -> dict[int, User]:
    """Who put the things there, by the event that says so."""
    actors = dict(Event.objects.filter(pk__in={one.since for one in found}).values_list("pk", "actor"))
    people = {user.pseudonym: user for user in User.objects.filter(pseudonym__in=set(actors.values()))}
    return {event: people[actor] for event, actor in actors.items() if actor in people}


def _record(
    caller: Caller, kind: str, racks: Mapping[int, Build], facts: Sequence[tuple[int, dict[str, object]]]
) -> dict[int, int]:
    """One event for each rack, with its facts; the events by rack."""
    by_rack: dict[int, list[dict[str, object]]] = {}
    for build_id, fact in facts:
        by_rack.setdefault(build_id, []).append(fact)
    happenings = [
        Happening(racks[build_id], {"count": len(told), "places": ", ".join(_places(told)), "differences": told})
        for build_id, told in by_rack.items()
    ]
    return dict(zip(by_rack, record_many(caller, kind, happenings), strict=True))


def _places(told: Sequence[Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(str(fact["place"]) for fact in told))[:6]


def _fact(one: Compared) -> dict[str, object]:
    return {
        "place": one.place, "what": one.what, "state": one.state, "scanned": one.scanned, "reported": one.reported,
        "test_run": one.test_run_id,
    }  # fmt: skip


def _row_fact(row: ConfigurationDifference) -> dict[str, object]:
    return {
        "place": row.place, "what": row.what, "state": row.state, "scanned": row.scanned, "reported": row.reported,
        "test_run": row.test_run_id, "was_approved": row.approved_at is not None,
    }  # fmt: skip


wall(
    "difference_is_open_once",
    lambda: DifferenceApproved(
        _("The difference was written down at the same moment."), true=_("Nothing was recorded.")
    ),
)
wall(
    "difference_is_approved_by_a_second_person",
    lambda: SecondPersonWanted(
        _("Who put the thing there may not also approve the difference."), true=_("Nothing was signed.")
    ),
)
