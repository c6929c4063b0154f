"""Who expects what of a shipment: each source's newest word with its age, side by side, then all that was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.forms import AWAITED_WORDS
from logistics.models import Eta, Shipment
from logistics.queries.etas import SILENT_AFTER, SourceRecord, Word, model_words, word_of
from logistics.queries.outlook import PLANT
from logistics.queries.shipments import ShipmentPage
from logistics.views.saying import hours_ago

SHOWN = 30
"""Words in the history; the API has all."""
HOUR = timedelta(hours=1)


def eta_context(page: ShipmentPage, rows: Iterable[Eta], now: datetime) -> dict[str, Any]:
    """`etas` of the page of a shipment (logistics/_etas.html)."""
    ours, told = model_words(page.forecasts), [word_of(row) for row in rows]
    carrier, person = _by(told, "carrier"), _by(told, "person")
    shipment = page.shipment
    history = sorted([*told, *ours], key=lambda word: word.given_at, reverse=True)
    return {
        "etas": {
            "newest": [
                *(_newest(word, shipment, now) for word in [*_latest(ours), *carrier]),
                *([] if carrier else [_silence(shipment, now)]),
                *(_newest(word, shipment, now) for word in person),
            ],
            "history": [_line(word, shipment) for word in history[:SHOWN]],
            "follows": not shipment.has_arrived,
        }
    }


def _latest(words: Sequence[Word]) -> list[Word]:
    return list(words[:1])


def _by(words: Sequence[Word], source: str) -> list[Word]:
    """The newest word of each teller of a source, for each thing awaited."""
    found: dict[tuple[str, str], Word] = {}
    for word in words:  # the newest first
        if word.source == source:
            found.setdefault((word.who if source == "carrier" else "", word.awaited), word)
    return list(found.values())


def _newest(word: Word, shipment: Shipment, now: datetime) -> dict[str, Any]:
    came = _came(shipment, word.awaited)
    silent = came is None and word.source == "carrier" and now - word.given_at > SILENT_AFTER
    return {
        "source": word.source,
        "name": _name(word),
        "awaited": AWAITED_WORDS[word.awaited],
        "at": window_words(word),
        "given": word.given_at,
        "age": hours_ago(word.given_at, now),
        "state": "stale" if silent else "",
        "silence": _nothing_for(word.given_at, now) if silent else "",
        "reason": word.reason,
        "passed": came is None and word.latest_at < now,
        "error": "" if came is None else _error_words(word, came),
    }


def _silence(shipment: Shipment, now: datetime) -> dict[str, Any]:
    """A carrier that never said when: since the departure; before it nothing is owed."""
    words = _("has said nothing")
    if shipment.has_departed:
        end = shipment.arrival.at if shipment.has_arrived else now
        words = _nothing_for(shipment.departure.at, end)
    return {"source": "carrier", "name": shipment.carrier.name, "at": "", "state": "unknown", "silence": words}


def _nothing_for(since: datetime, until: datetime) -> str:
    hours = int((until - since) / HOUR)
    return ngettext("nothing for %(n)d h", "nothing for %(n)d h", hours) % {"n": hours}


def _name(word: Word) -> str:
    if word.source == "model":
        return _("Our model")
    return word.who


def _came(shipment: Shipment, awaited: str) -> datetime | None:
    if not shipment.has_arrived:
        return None
    return shipment.arrival.at if awaited == "arrival" else shipment.arrival.received_at


def window_words(word: Word) -> str:
    """A moment, or a window with its ends; of our model the P50 before its window."""
    if word.p50_at is not None:
        return f"{word.p50_at.astimezone(PLANT):%m/%d %H:%M} ({_ends(word)})"
    return _ends(word)


def _ends(word: Word) -> str:
    first = f"{word.earliest_at.astimezone(PLANT):%m/%d %H:%M}"
    if word.earliest_at == word.latest_at:
        return first
    last = word.latest_at.astimezone(PLANT)
    same = last.date() == word.earliest_at.astimezone(PLANT).date()
    return f"{first} – {last:%H:%M}" if same else f"{first} – {last:%m/%d %H:%M}"


def _error_words(word: Word, came: datetime) -> str:
    return error_words((came - word.middle_at) / HOUR)


def error_words(hours: float) -> str:
    """How far a word was off: came 2.5 h later than said."""
    if abs(hours) < 0.05:
        return _("as said")
    shown = {"hours": f"{abs(hours):.1f}"}
    return (_("%(hours)s h later than said") if hours > 0 else _("%(hours)s h earlier than said")) % shown


def _line(word: Word, shipment: Shipment) -> dict[str, Any]:
    came = _came(shipment, word.awaited)
    return {
        "given": word.given_at,
        "at": window_words(word),
        "name": _name(word),
        "awaited": AWAITED_WORDS[word.awaited],
        "reason": word.reason,
        "late": word.recorded_at - word.given_at > HOUR,
        "error": "" if came is None else _error_words(word, came),
    }


def record_rows(records: Sequence[SourceRecord], carriers: dict[str, str]) -> list[dict[str, Any]]:
    """The record by source for a table; `carriers`: names by code."""
    names = {"model": _("Our model"), "person": _("Persons")}
    return [
        {
            "name": names.get(row.source) or carriers.get(row.carrier, row.carrier),
            "awaited": AWAITED_WORDS[row.awaited],
            "asked": row.asked,
            "told": row.told,
            "error": "" if row.error is None else f"{row.error:+.1f}".replace("-", "−"),
            "spread": "" if row.spread is None else f"{row.spread:.1f}",
            "kept": row.kept,
            "share": f"{row.kept / row.told:.0%}" if row.told else "",
        }
        for row in records
    ]
