"""What a signer is shown of a run, as a hash: a signature is bound to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from assembly.models import Measurement, OperationRun
from ledger.canonical import canonical_bytes
from ledger.statements import ask

_CHAIN = """
WITH RECURSIVE chain(run_id, source_id) AS (
  SELECT id, id FROM unnest(%s::bigint[]) AS given(id)
  UNION ALL SELECT c.run_id, a.amended_id FROM chain c JOIN assembly_amendment a ON a.run_id = c.source_id
)
"""
_RUNS = f"{_CHAIN} SELECT run_id, source_id FROM chain"
_TESTS = f"""{_CHAIN}
SELECT c.run_id, c.source_id, t.file_sha256, t.disposition, t.event_id FROM chain c
LEFT JOIN assembly_testrun t ON t.run_id = c.source_id ORDER BY t.id
"""


def amended_runs(run_ids: Sequence[int]) -> dict[int, list[int]]:
    """By run, itself and the runs it stands for: those it amends, and those they amended. One query."""
    found: dict[int, list[int]] = {pk: [] for pk in run_ids}
    for run_id, source_id in ask(_RUNS, [list(run_ids)]):
        found[run_id].append(source_id)
    return found


def shown_hash_of(runs: Sequence[OperationRun]) -> dict[int, str]:
    """By run id, SHA-256 over the run's facts: build, operation, attempt, values, tests. Two queries for all."""
    shown = Shown(runs)
    return {run.pk: shown.hash_of(run) for run in runs}


class Shown:
    """The facts of these runs. Two queries, however many.

    A run that amends another stands for its tests too, and says which one it amends. Values and tests are never
    rewritten, so what was shown at a signature is found again: all that was recorded before its event."""

    def __init__(self, runs: Sequence[OperationRun]) -> None:
        ids = [run.pk for run in runs]
        self.values: dict[int, list[object]] = {pk: [] for pk in ids}
        for run_id, code, value, text, verdict in (
            Measurement.objects.filter(run_id__in=ids)
            .order_by("run_id", "field__code")
            .values_list("run_id", "field__code", "value", "text", "verdict")
        ):
            told = None if value is None else format(value.normalize(), "f")
            self.values[run_id].append([code, told, text, verdict])
        self.tests: dict[int, list[tuple[int, list[object]]]] = {pk: [] for pk in ids}
        self.amends: dict[int, set[int]] = {pk: set() for pk in ids}
        for run_id, source_id, sha, disposition, event in ask(_TESTS, [ids]):
            if sha is not None:
                self.tests[run_id].append((event, [sha, disposition]))
            if source_id != run_id:
                self.amends[run_id].add(source_id)

    def hash_of(self, run: OperationRun, before: int | None = None) -> str:
        """The hash of what is known of a run, or was before an event."""
        return hashlib.sha256(self.bytes_of(run, before)).hexdigest()

    def bytes_of(self, run: OperationRun, before: int | None = None) -> bytes:
        """The canonical bytes that are hashed."""
        tests = [facts for event, facts in self.tests[run.pk] if before is None or event < before]
        facts: dict[str, object] = {
            "build": run.build_id,
            "operation": run.operation_id,
            "attempt": run.attempt,
            "values": self.values[run.pk],
            "tests": tests,
        }
        if self.amends[run.pk]:
            facts["amends"] = sorted(self.amends[run.pk])
        return canonical_bytes(facts)
