"""Telemetry as columns: moments × thousands of named series of one run, in one call."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from assembly.burn_in.columns import Columns, NotColumns, columns_from
from assembly.burn_in.moments import micros
from assembly.burn_in.soak import Times, Values
from assembly.burn_in.wide import Mask, Samples, ordered
from assembly.models import BurnInRun, TelemetrySeries
from assembly.operations.raw_store import keep_raw
from assembly.operations.series_names import series_ids
from assembly.operations.telemetry import AHEAD, Feeding, WrongSample, feed_many, lock_runs, running_in
from ledger.callers import Caller
from ledger.operations import operation

Places = npt.NDArray[np.int32]
VALUES_LIMIT = 2_000_000
"""Values in one call: two minutes of 14,000 series a second. Files come in pieces."""


@dataclass(frozen=True, slots=True)
class _Sorted:
    """What came, apart: the core's table (moments × places, NaN where nothing came) and the wide series' samples."""

    core_at: Times
    core: Values
    wide: Samples
    wide_came: int
    missing: int
    dropped: int


@operation(permission="assembly.feed_telemetry")
def feed_columns(*, caller: Caller, columns: str, cell_code: str = "", burn_in_id: int | None = None) -> dict[str, int]:
    """Store a table of the burn-in that runs in a cell (or of the one named): base64 of an Arrow stream or a Parquet
    file, wide (a column `at`, one a series) or long (`at`, `series`, `value`). Series that are new are registered with
    the unit told. Core series, which the verdict reads, go to the samples; all others to the raw store. What is no
    number did not come; from before the start or more than a minute ahead is dropped; the first of a moment stays.

    Locks the burn-in run. Refuses NothingSoaks, WrongSample, TooManySeries. Counts values: `stored`, `known`,
    `dropped`, `missing`; `moments` of the core that were stored; `series` registered."""
    came = came_from(columns)
    chosen = running_in(cell_code, burn_in_id)
    return feed_table(caller, lock_runs([chosen.pk])[chosen.pk], came)


def feed_table(caller: Caller, burn_in: BurnInRun, came: Columns) -> dict[str, int]:
    """Step: store a table of a (locked) run; the counts of feed_columns."""
    ids, places, registered = series_ids(caller, came.codes, came.units)
    parts = _sorted(caller, burn_in, came, ids, places)
    counts = {"stored": 0, "known": 0, "dropped": 0}
    if len(parts.core_at):
        counts = feed_many(caller, [Feeding(burn_in, parts.core_at, parts.core)])[burn_in.pk]
    kept = keep_raw(caller, burn_in, parts.wide)
    return {
        "stored": kept,
        "known": parts.wide_came - kept,
        "dropped": parts.dropped,
        "missing": parts.missing,
        "moments": counts["stored"],
        "moments_known": counts["known"],
        "series": registered,
    }


def came_from(text: str) -> Columns:
    """The table in base64. Refuses WrongSample."""
    try:
        return columns_from(base64.b64decode(text, validate=True), VALUES_LIMIT)
    except binascii.Error as broken:
        raise WrongSample(_("The columns are not base64."), true=_("Nothing was recorded.")) from broken
    except NotColumns as broken:
        raise WrongSample(
            _("The columns cannot be read: %(why)s.") % {"why": broken},
            true=_("Nothing was recorded."),
            do=_("Send an Arrow stream or a Parquet file: a column at, and one for each series."),
        ) from broken


def _sorted(caller: Caller, burn_in: BurnInRun, came: Columns, ids: Places, places: Places) -> _Sorted:
    told = np.isfinite(came.values)
    fits = (came.at >= micros(burn_in.started_at)) & (came.at <= micros(caller.at + AHEAD))
    keep = told & fits
    is_core = (places >= 0)[came.series]
    at, core = _core_table(came, keep & is_core, places)
    mask = keep & ~is_core
    wide = _by_id(came, ids, mask)
    return _Sorted(at, core, wide, int(mask.sum()), int((~told).sum()), int((told & ~fits).sum()))


def _by_id(came: Columns, ids: Places, mask: Mask) -> Samples:
    return ordered(ids[came.series[mask]], came.at[mask], came.values[mask])


def _core_table(came: Columns, mask: Mask, places: Places) -> tuple[Times, Values]:
    """A row a moment. Core series come together: a row without one that has a limit would stop the clock."""
    limited = TelemetrySeries.objects.exclude(index=None).order_by("index")
    core = list(limited.values_list("index", "code", "low", "high"))
    there = set(places[places >= 0].tolist())
    missing = [code for index, code, low, high in core if (low, high) != (None, None) and index not in there]
    if not there:
        return np.empty(0, dtype=np.int64), np.empty((0, len(core)))
    if missing:
        raise WrongSample(
            _("The series of the verdict come together, but %(code)s is not among them.") % {"code": missing[0]},
            true=_("Without it the soak clock would stop; nothing was recorded."),
            do=_("Send them in one table, blank where no value came."),
        )
    samples = ordered(places[came.series[mask]], came.at[mask], came.values[mask])
    at, rows = np.unique(samples.at, return_inverse=True)
    table = np.full((len(at), len(core)), np.nan)
    table[rows, samples.series] = samples.values
    return at, table
