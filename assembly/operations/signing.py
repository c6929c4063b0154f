"""Signing runs: the step behind finishing and behind a second person's signature."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.operations.sessions import signer_of
from assembly.models import Build, OperationRun, Signature
from assembly.operations import completion
from assembly.operations.route_rules import NotRunning
from assembly.queries.shown import shown_hash_of
from ledger.bulk import insert_rows
from ledger.callers import Caller
from ledger.operations import wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class ShownChanged(Refusal):
    """What was shown to the signer is no longer true."""


class AlreadySigned(Refusal):
    """That meaning is signed already."""


class SecondPersonWanted(Refusal):
    """Who made it may not also check it."""


class SignatureNotWanted(Refusal):
    """The operation asks for no such signature."""


def sign_many(caller: Caller, rows: Sequence[tuple[Build, OperationRun, str, int | None, str]]) -> list[Signature]:
    """Step: sign runs (`operation` loaded) of locked builds; a row is build, run, meaning, PIN check, shown hash."""
    if not rows:
        return []
    signers = {check: signer_of(caller, check or 0) for check in {row[3] for row in rows}}
    earlier: dict[int, dict[str, int]] = {}
    known = Signature.objects.filter(run_id__in=[row[1].pk for row in rows]).values_list("run_id", "meaning", "user_id")
    for run_id, signed_meaning, user_id in known:
        earlier.setdefault(run_id, {})[signed_meaning] = user_id
    hashes = shown_hash_of([row[1] for row in rows])
    for _build, run, meaning, check, shown in rows:
        _refuse_sign(run, meaning, signers[check].pk, earlier.get(run.pk, {}))
        if shown and shown != hashes[run.pk]:
            raise ShownChanged(
                _("The record changed after it was shown to you."),
                true=_("Nothing was signed."),
                do=_("Look at it again and sign then."),
            )
    events = record_many(
        caller,
        "assembly.run-signed",
        [
            Happening(
                build,
                {
                    "operation": run.operation.number,
                    "attempt": run.attempt,
                    "meaning": meaning,
                    "signer": signers[check].pseudonym,
                    "shown": hashes[run.pk],
                },
            )
            for build, run, meaning, check, _shown in rows
        ],
    )
    signatures = insert_rows(
        [
            Signature(
                run=run,
                meaning=meaning,
                user=signers[check],
                pin_check_id=check or 0,
                shown_hash=hashes[run.pk],
                at=caller.happened_at,
                event_id=event,
            )
            for (_build, run, meaning, check, _shown), event in zip(rows, events, strict=True)
        ]
    )
    finished = {build.pk: build for build, run, *_rest in rows if run.finished_at is not None}
    completion.complete_done(caller, list(finished.values()))
    return signatures


def refuse_unfinished(run: OperationRun) -> None:
    """Step: refuse NotRunning for a run at work (its maker signs by finishing it, nobody before) or broken off."""
    if run.finished_at is None or run.result == "aborted":
        raise NotRunning(
            _("The operation is not finished yet."), true=_("Nothing was signed."), do=_("Finish it first.")
        )


def _refuse_sign(run: OperationRun, meaning: str, signer: int, earlier: dict[str, int]) -> None:
    if meaning not in run.operation.signs:
        raise SignatureNotWanted(
            _("Operation %(number)d asks for no such signature.") % {"number": run.operation.number},
            true=_("Nothing was signed."),
        )
    if meaning in earlier:
        raise AlreadySigned(
            _("Operation %(number)d is signed already.") % {"number": run.operation.number},
            true=_("Nothing was signed."),
        )
    if meaning == "made":
        return  # comes with the finish alone: refuse_unfinished stands before every other door
    refuse_unfinished(run)
    if earlier.get("made", run.started_by_id) == signer:
        raise SecondPersonWanted(
            _("Who did the work may not also check it."),
            true=_("Nothing was signed."),
            do=_("Ask a second person to sign."),
        )


wall(
    "checker_is_a_second_person",
    lambda: SecondPersonWanted(_("Who did the work may not also check it."), true=_("Nothing was signed.")),
)
wall(
    "meaning_is_signed_once_in_a_run",
    lambda: AlreadySigned(_("The operation was signed at the same moment."), true=_("Nothing was signed.")),
)
