"""Ending burn-ins: the verdict written, the rest of the cell given back, an aborted operation ended."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from assembly.models import Build, BurnInRun, OperationRun, Reservation, SeriesSummary
from assembly.operations.burn_in_verdict import Judgement, judgements_of
from assembly.operations.reservations import cancel_many, known_builds, lock_plant
from assembly.operations.telemetry import NothingSoaks
from ledger.callers import Caller
from ledger.recording import Happening, record_many


def end_burn_ins(caller: Caller, build_ids: Sequence[int], abort: str) -> list[BurnInRun]:
    """Step: end the burn-ins of builds, judged, or aborted for a reason; locks builds, cells, burn-in runs."""
    builds = known_builds(build_ids)
    open_ones = _lock_open(caller, builds, build_ids)
    judged = judgements_of(caller, open_ones, abort)
    events = record_many(
        caller,
        "assembly.burn-in-aborted" if abort else "assembly.burn-in-ended",
        [Happening(builds[one.run.build_id], _told(one, said)) for one, said in zip(open_ones, judged, strict=True)],
    )
    for one, said, event in zip(open_ones, judged, events, strict=True):
        one.ended_at = max(caller.happened_at, one.started_at)
        one.ended_why, one.ended_says, one.soak_minutes = said.why, said.says, said.soak_minutes
        one.verdict, one.ended_event_id = said.verdict, event
    BurnInRun.objects.bulk_update(
        open_ones, ["ended_at", "ended_why", "ended_says", "soak_minutes", "verdict", "ended_event_id"]
    )
    SeriesSummary.objects.bulk_create([row for said in judged for row in said.summaries], batch_size=5_000)
    _free_rest(caller, open_ones)
    if abort:
        _abort_runs(caller, open_ones, abort)
    return open_ones


def _lock_open(caller: Caller, builds: dict[int, Build], build_ids: Sequence[int]) -> list[BurnInRun]:
    running = BurnInRun.objects.filter(run__build_id__in=build_ids, ended_at=None)
    lock_plant(running.values_list("cell_id", flat=True))
    locked = (
        running.select_for_update(no_key=True, of=("self",)).select_related("cell", "run__operation").order_by("pk")
    )
    found = {row.run.build_id: row for row in locked}
    missing = next((pk for pk in build_ids if pk not in found), None)
    if missing is not None:
        rack = builds[missing].unit.name if missing in builds else str(missing)
        raise NothingSoaks(
            _("%(rack)s is not soaking.") % {"rack": rack},
            true=_("Nothing was recorded."),
            do=_("Start its burn-in at a cell first."),
        )
    return [found[pk] for pk in build_ids]


def _told(one: BurnInRun, said: Judgement) -> dict[str, object]:
    return {
        "cell": one.cell.code,
        "burn_in": one.pk,
        "verdict": said.verdict,
        "soak_minutes": said.soak_minutes,
        "soak_minutes_required": one.soak_minutes_required,
        "samples": said.samples,
        "samples_sha256": said.digest,
        **({"raw_files_sha256": said.raw_digest} if said.raw_digest else {}),
        "why": said.why,
        "says": said.says,
    }


def _free_rest(caller: Caller, ended: Sequence[BurnInRun]) -> None:
    """What a rack's reservation keeps beyond now is given back: cancelled, and what was used kept in its place."""
    for one in ended:
        end = one.ended_at or caller.happened_at
        kept = Reservation.objects.filter(
            build_id=one.run.build_id, cell_id=one.cell_id, cancelled_at=None, period__contains=end
        )
        for row in kept:
            cancel_many(caller, [row])
            if row.period.lower < end:
                Reservation.objects.create(
                    cell_id=row.cell_id,
                    build_id=row.build_id,
                    period=DateTimeTZRange(row.period.lower, end),
                    kw=row.kw,
                    lpm=row.lpm,
                    event_id=one.ended_event_id or 0,
                )


def _abort_runs(caller: Caller, ended: Sequence[BurnInRun], reason: str) -> None:
    """The operation runs end without a result, as runs.abort_run ends them."""
    events = record_many(
        caller,
        "assembly.operation-aborted",
        [
            Happening(
                ("assembly.build", one.run.build_id),
                {"operation": one.run.operation.number, "attempt": one.run.attempt, "reason": reason},
            )
            for one in ended
            if one.run.finished_at is None
        ],
    )
    open_runs = [one.run for one in ended if one.run.finished_at is None]
    for run, event in zip(open_runs, events, strict=True):
        run.finished_at = max(caller.happened_at, run.started_at)
        run.finished_event_id, run.result, run.note = event, "aborted", reason
    OperationRun.objects.bulk_update(open_runs, ["finished_at", "finished_event_id", "result", "note"])
