"""Keeping what was forecast: it is the record by which forecasts are judged later."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.lead_times.forecast import RackForecast
from logistics.models import Forecast
from logistics.operations.recalibrations import learn_from_misses
from logistics.queries.lives import RackLife
from logistics.queries.outlook import MODEL, outlook

DRAWS_MOST = 20_000


class DrawsOutOfRange(Refusal):
    """So many draws are not made."""


@operation(permission="logistics.compare")
def record_forecasts(*, caller: Caller, draws: int = 2_000, seed: int = 1) -> dict[str, object]:
    """Forecast the end of site receiving of every open rack as of now and keep it; one event a rack.

    A forecast is never rewritten: the next one is a new row. Before it, when enough racks more were received
    (logistics.operations.recalibrations), what their forecasts missed is learnt. Locks nothing. Refuses
    DrawsOutOfRange."""
    if not 1 <= draws <= DRAWS_MOST or seed < 0:
        raise DrawsOutOfRange(
            _("Draws are 1 to %(most)d, the seed is 0 or more.") % {"most": DRAWS_MOST}, true=_("Nothing was recorded.")
        )
    learn_from_misses(caller)
    return keep_forecasts(caller, draws=draws, seed=seed)


def keep_forecasts(caller: Caller, *, draws: int = 2_000, seed: int = 1) -> dict[str, object]:
    """Step: forecast every open rack as of now and keep it; one event a rack, which names the
    timetables and calendars it was made by. Locks nothing."""
    view = outlook(caller.at, draws=draws, seed=seed)

    judged_by = list(view.known.judged_by)
    rows = [(life, view.by_unit[life.unit_id]) for life in view.open_lives if life.unit_id in view.by_unit]
    events = record_many(
        caller,
        "logistics.forecast-made",
        [
            Happening(
                ("inventory.unit", life.unit_id),
                {
                    "rack": life.name,
                    "model": MODEL,
                    "stage": view.places[life.unit_id].stage,
                    "p50_at": row.p50_at,
                    "p80_at": row.p80_at,
                    "p95_at": row.p95_at,
                    "p_late": row.p_late,
                    "judged_by": judged_by,
                    "recalibrated_on": view.recalibration.delivered if view.recalibration.is_on else 0,
                },
            )
            for life, row in rows
        ],
    )
    Forecast.objects.bulk_create(
        [_row(caller, life, row, event) for (life, row), event in zip(rows, events, strict=True)]
    )
    return {"forecasts": len(rows), "model": MODEL}


def _row(caller: Caller, life: RackLife, row: RackForecast, event: int) -> Forecast:
    return Forecast(
        unit_id=life.unit_id,
        made_at=caller.at,
        model=MODEL,
        p10_at=row.p10_at,
        p50_at=row.p50_at,
        p80_at=row.p80_at,
        p95_at=row.p95_at,
        p_late=row.p_late,
        event_id=event,
    )
