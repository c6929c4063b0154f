"""What a signer is shown of a run, as a hash: a signature is bound to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from assembly.models import Measurement, OperationRun, TestRun
from ledger.canonical import canonical_bytes


def shown_hash_of(runs: Sequence[OperationRun]) -> dict[int, str]:
    """By run id, SHA-256 over the run's facts: build, operation, attempt, values, tests. Two queries for all."""
    ids = [run.pk for run in runs]
    values: dict[int, list[object]] = {pk: [] for pk in ids}
    for run_id, code, value, text, verdict in (
        Measurement.objects.filter(run_id__in=ids)
        .order_by("run_id", "field__code")
        .values_list("run_id", "field__code", "value", "text", "verdict")
    ):
        values[run_id].append([code, None if value is None else format(value.normalize(), "f"), text, verdict])
    tests: dict[int, list[object]] = {pk: [] for pk in ids}
    for run_id, sha, disposition in (
        TestRun.objects.filter(run_id__in=ids).order_by("id").values_list("run_id", "file_sha256", "disposition")
    ):
        tests[run_id or 0].append([sha, disposition])
    return {
        run.pk: hashlib.sha256(
            canonical_bytes(
                {
                    "build": run.build_id,
                    "operation": run.operation_id,
                    "attempt": run.attempt,
                    "values": values[run.pk],
                    "tests": tests[run.pk],
                }
            )
        ).hexdigest()
        for run in runs
    }
