"""The verdict of a burn-in, from its stored samples alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assembly.burn_in.moments import MINUTE, micros
from assembly.burn_in.packing import digest_of
from assembly.burn_in.soak import Course, course_of
from assembly.burn_in.summaries import summaries_of
from assembly.models import Alarm, BurnInRun, SeriesSummary, TelemetrySeries
from assembly.queries.burn_in import limits_of_series, samples_of
from assembly.queries.raw_telemetry import digest_of_files
from assembly.text import told
from ledger.callers import Caller

LEAKS = "RackLeakDetect"
"""Series whose alarm fails the run even when it cleared: the joint leaked (domain/nvl72.md section 1, row 14)."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found: the verdict and why, the clock, the samples it stands on, the summaries to store."""

    verdict: str
    why: str
    soak_minutes: int
    samples: int
    digest: str
    raw_digest: str = ""
    """Over the raw files of the wide series (queries.raw_telemetry.digest_of_files)."""
    says: list[dict[str, object]] = field(default_factory=list)
    summaries: list[SeriesSummary] = field(default_factory=list)


def judgements_of(caller: Caller, runs: Sequence[BurnInRun], abort: str = "") -> list[Judgement]:
    """Step: judge (locked) runs anew from all their samples; `abort` is a reason in place of a judgement."""
    limits = limits_of_series()
    series = list(TelemetrySeries.objects.exclude(index=None).order_by("index"))
    judged = []
    for run in runs:
        times, values = samples_of(run.pk)
        gap = run.gap_minutes_allowed * MINUTE
        course = course_of(times, values, limits, gap)
        figures = summaries_of(times, values, gap, micros(run.started_at), micros(caller.happened_at))
        says: list[dict[str, object]] = [] if abort else _faults(run, course, series) + _faults_of_wide(run)
        why = abort or told(says)
        verdict = "aborted" if abort else "fail" if why else "pass"
        judged.append(
            Judgement(
                verdict,
                why,
                course.soak_minutes,
                len(times),
                digest_of(times, values),
                digest_of_files(run.pk),
                says,
                [
                    SeriesSummary(
                        burn_in=run,
                        series=one,
                        n=said.n,
                        gaps=said.gaps,
                        minimum=said.minimum,
                        mean=said.mean,
                        p95=said.p95,
                        maximum=said.maximum,
                        last=said.last,
                    )
                    for one, said in zip(series, figures, strict=True)
                ],
            )
        )
    return judged


def _faults(run: BurnInRun, course: Course, series: Sequence[TelemetrySeries]) -> list[dict[str, object]]:
    """Every reason against passing, as codes with their parameters (assembly.text)."""
    found: list[dict[str, object]] = []
    if course.soak_minutes < run.soak_minutes_required:
        found.append({"code": "soak-missing", "missing": run.soak_minutes_required - course.soak_minutes})
    for alarm in course.open_alarms:
        found.append({"code": "alarm-open", "series": series[alarm.series].code})
    leaks = {series[alarm.series].code for alarm in course.alarms if series[alarm.series].code.startswith(LEAKS)}
    found += [{"code": "leak-seen", "series": code} for code in sorted(leaks)]
    return found


def _faults_of_wide(run: BurnInRun) -> list[dict[str, object]]:
    """The wide series run no clock, but an alarm of theirs that is open at the end, or of a leak, is a reason too."""
    alarms = Alarm.objects.filter(burn_in=run, series__index=None).order_by("series__code")
    found: list[dict[str, object]] = [
        {"code": "alarm-open", "series": code}
        for code in alarms.filter(cleared_at=None).values_list("series__code", flat=True)
    ]
    leaks = alarms.filter(series__code__startswith=LEAKS).values_list("series__code", flat=True).distinct()
    return found + [{"code": "leak-seen", "series": code} for code in leaks]
