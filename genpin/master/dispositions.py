"""The first revision of the disposition rules: what is shipped. Quality changes them on their page; a change is a new
revision, and where there is one nothing is added."""

from __future__ import annotations

from dataclasses import replace

from assembly.models import DispositionRules
from assembly.operations.dispositions import release_dispositions, shipped_specs
from ledger.callers import Caller


def load(caller: Caller) -> None:
    """Release the shipped rules where the plant has none."""
    if not DispositionRules.objects.exists():
        release_dispositions(
            caller=replace(caller, key=f"{caller.key}:r1"), revision=0, changes=list(shipped_specs()),
            reason="Shipped start values (DCGM 4.6 error table, plant defaults)",
        )  # fmt: skip
