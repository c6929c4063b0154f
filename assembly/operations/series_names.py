"""Series by the names that feeders send: found, or registered as wide series when they come for the first time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from assembly.burn_in.soak import Values
from assembly.models import TelemetrySeries
from ledger.callers import Caller
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from ledger.statements import ask

SERIES_LIMIT = 200_000
"""Names in all: several times what a rack reports. Beyond it somebody sends values as names."""


class TooManySeries(Refusal):
    """More names than any plant has: probably values were sent as names."""


def series_ids(
    caller: Caller, codes: Sequence[str], units: Mapping[str, str]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], int]:
    """Step: the ids of these series and their places in the sample (-1: wide), in order, and how many were registered.
    Takes an advisory lock where names are new, so that two feeders register a name once. Refuses TooManySeries."""
    known = _known(codes)
    missing = sorted(set(codes) - known.keys())
    if missing:
        ask("SELECT pg_advisory_xact_lock(hashtext(%s))", ["telemetry series"])
        known = _known(codes)
        missing = sorted(set(codes) - known.keys())
        _register(caller, missing, units)
        known |= _known(missing)
    found = np.array([known[code] for code in codes], dtype=np.int32).reshape(-1, 2)
    return found[:, 0], found[:, 1], len(missing)


def _known(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """One text in place of an array of thousands: names are printable, so the separator is in none of them."""
    rows = ask(
        'SELECT code, id, coalesce("index", -1) FROM assembly_telemetryseries'
        " WHERE code = ANY(string_to_array(%s, %s))",
        ["\x1f".join(codes), "\x1f"],
    )
    return {code: (pk, place) for code, pk, place in rows}


def _register(caller: Caller, codes: Sequence[str], units: Mapping[str, str]) -> None:
    if not codes:
        return
    there = TelemetrySeries.objects.count()
    if there + len(codes) > SERIES_LIMIT:
        raise TooManySeries(
            _("%(count)d new series would be too many.") % {"count": len(codes)},
            true=_("There are %(count)d series; nothing was recorded.") % {"count": there},
            do=_("Check that the columns are named by series, not by values."),
        )
    rows = TelemetrySeries.objects.bulk_create(
        [
            TelemetrySeries(index=None, code=code, name_ja=code, name_en=code, unit=units.get(code, ""))
            for code in codes
        ],
        batch_size=5_000,
    )
    record_many(
        caller,
        "assembly.telemetry-series-defined",
        [
            Happening(row, {"code": row.code, "place": None, "unit": row.unit, "low": None, "high": None})
            for row in rows
        ],
    )


def limits_among(ids: npt.NDArray[np.int32]) -> dict[int, tuple[float, float]]:
    """Low and high of those of these wide series that have a limit. One query."""
    rows = ask(
        "SELECT id, coalesce(low, '-infinity'), coalesce(high, 'infinity') FROM assembly_telemetryseries"
        ' WHERE "index" IS NULL AND (low IS NOT NULL OR high IS NOT NULL)',
        [],
    )
    there = np.isin(np.array([row[0] for row in rows], dtype=np.int64), ids)
    return {pk: (low, high) for (pk, low, high), wanted in zip(rows, there.tolist(), strict=True) if wanted}


def bounds_of(limits: Mapping[int, tuple[float, float]], series: npt.NDArray[np.int32]) -> tuple[Values, Values]:
    """Both limits for each sample."""
    keys = np.array(sorted(limits), dtype=np.int32)
    table = np.array([limits[int(key)] for key in keys], dtype=np.float64).reshape(-1, 2)
    at = np.searchsorted(keys, series)
    return table[at, 0], table[at, 1]
