"""Keeping the raw telemetry by the clock: files joined, ended runs settled, what the policy lets go removed."""

from __future__ import annotations

import logging
from dataclasses import replace

from assembly.operations.raw_keeping import join_raw_files, settle_raw_telemetry, sweep_raw_files
from assembly.queries.raw_telemetry import runs_to_join, runs_to_settle
from ledger.callers import Caller
from ledger.refusals import Refusal
from logistics.operations.raw_removals import remove_raw_telemetry
from logistics.queries.raw_removals import runs_to_remove

logger = logging.getLogger("genpin.raw_store")


def keep_raw_store(caller: Caller) -> int:
    """One look: every run with many small files, every ended one that is not settled, every one due by policy; gives
    how many were done."""
    done = 0
    work = (
        (join_raw_files, runs_to_join()),
        (settle_raw_telemetry, runs_to_settle()),
        (remove_raw_telemetry, runs_to_remove(caller.at)),
    )
    for gated, runs in work:
        for burn_in_id in runs:
            try:
                gated(caller=replace(caller, key=f"{caller.key}:{burn_in_id}"), burn_in_id=burn_in_id)
            except Refusal as refusal:
                logger.warning("the raw files of run %s stay: %s", burn_in_id, refusal.detail)
                continue
            sweep_raw_files(burn_in_id)
            done += 1
    return done
