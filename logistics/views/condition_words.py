"""What the pages of the road's conditions call things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.models import CrateLogger, Excursion, LoggerFile
from logistics.queries.conditions import MEASURE_WORDS, Limit, Stop, readings_told
from logistics.views.saying import in_english

TOLD_SHOWN = 40
"""Values told singly on a logger's page; the API gives all posts."""
STATES: Mapping[str, tuple[str, Any]] = {
    "recording": ("run", gettext_lazy("recording")),
    "stopped": ("done", gettext_lazy("stopped")),
    "missing": ("stop", gettext_lazy("missing")),
}
GRADES: Mapping[str, Any] = {
    "A": gettext_lazy("measured"),
    "B": gettext_lazy("sourced"),
    "C": gettext_lazy("assumed"),
}


def measure_word(measure: str) -> str:
    """A measure in the language of the page; an axis after it."""
    ja, en, _unit = MEASURE_WORDS[measure.partition("_")[0]]
    word = en.capitalize() if in_english() else ja
    axis = measure.partition("_")[2]
    return f"{word} {axis.upper()}" if axis else word


def unit_of(measure: str) -> str:
    """g, °, ℃, %; minutes in words."""
    return _("min") if measure == "gap" else MEASURE_WORDS[measure.partition("_")[0]][2]


def limit_words(measure: str, limit: Limit | None) -> str:
    """0 to 45 ℃, or at most 10 g."""
    if limit is None:
        return _("no limit")
    told = {"low": _plain(limit.low), "high": _plain(limit.high), "unit": unit_of(measure)}
    if limit.low is None:
        return _("at most %(high)s %(unit)s") % told
    if limit.high is None:
        return _("at least %(low)s %(unit)s") % told
    return _("%(low)s to %(high)s %(unit)s") % told


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def stop_words(stop: Stop) -> str:
    """What a mark of the charts stands for."""
    told = {"handed": _("handed to %(name)s"), "leg_departed": _("left %(name)s"), "leg_arrived": _("reached %(name)s")}
    return told[stop.kind] % {"name": stop.name}


def logger_state(logger: CrateLogger) -> tuple[str, str]:
    """State and word of a logger of `logger_rows`: read to the end, or what is missing, or how it was found last."""
    state = str(getattr(logger, "latest_state", "") or "recording")
    if logger.removed:  # type: ignore[attr-defined]
        return "unknown", _("taken off")
    if state == "missing":
        return "stop", str(STATES["missing"][1])
    whole, shocked = logger.whole, logger.shocked  # type: ignore[attr-defined]
    if whole:
        return ("done", _("read")) if shocked else ("hold", _("read, no shock told"))
    if logger.stopped_at is None:
        return STATES[state][0], str(STATES[state][1])
    partly = logger.read_until is not None  # type: ignore[attr-defined]
    return "hold", _("read only in part") if partly else _("file not read")


def excursion_row(row: Excursion, holders: Mapping[str, str]) -> dict[str, Any]:
    """A row of `excursion_rows` for a table."""
    report = row.nonconformity
    state = ("done", _("settled")) if report.closed_at else ("hold", _("not settled"))
    if report.disposition and not report.closed_at:
        state = ("run", _("decided, not done"))
    unit = unit_of(row.measure)
    holder, leg = str(getattr(row, "holder", "") or ""), getattr(row, "leg_number", None)
    return {
        "measure": measure_word(row.measure), "from": row.began_at, "to": row.ended_at,
        "peak": f"{row.peak.normalize():f} {unit}", "limit": f"{row.limit.normalize():f} {unit}",
        "holder": holders.get(holder, holder.partition(":")[2]) or _("the plant"),
        "leg": _("leg %(n)d") % {"n": leg} if leg else "",
        "number": report.number, "url": reverse("nonconformity", args=[report.number]), "state": state[0],
        "word": state[1],
    }  # fmt: skip


def finding_words(file: LoggerFile) -> list[str]:
    """What is odd about a file, one line each."""
    return [line for one in file.findings if (line := _finding(str(one["code"]), int(one["n"])))]


def _finding(code: str, n: int) -> str:
    told = {
        "no-reading": ngettext("%(n)d cell without a reading", "%(n)d cells without a reading", n),
        "out-of-order": ngettext("%(n)d line out of order: sorted", "%(n)d lines out of order: sorted", n),
        "doubled": ngettext("%(n)d line stands twice: counted once", "%(n)d lines stand twice: counted once", n),
        "differing": ngettext(
            "%(n)d reading differs from another of its moment: both are judged",
            "%(n)d readings differ from others of their moment: all are judged", n,
        ),
        "before-start": ngettext(
            "%(n)d reading from before it was fitted: not judged",
            "%(n)d readings from before it was fitted: not judged", n,
        ),
        "after-stop": ngettext(
            "%(n)d reading from after it stopped: not judged", "%(n)d readings from after it stopped: not judged", n
        ),
        "no-shock": _("no shock on the way: the rack is not cleared by it"),
    }  # fmt: skip
    return told.get(code, "") % {"n": n}


def files_of(files: Sequence[LoggerFile], counts: Mapping[int, int], moments: int) -> list[dict[str, Any]]:
    """Files for a table, and a line for all that was told singly (at so many moments); `counts`: excursions by file."""
    singly = [file for file in files if file.source == "api"]
    told = [_singly(singly, counts, moments)] if singly else []
    return [*told, *_read([f for f in files if f.source == "file"], counts)]


def _singly(told: Sequence[LoggerFile], counts: Mapping[int, int], moments: int) -> dict[str, Any]:
    last = max(told, key=lambda one: one.pk)
    odd: Counter[str] = Counter()
    for one in told:
        odd.update({str(finding["code"]): int(finding["n"]) for finding in one.findings})
    revisions = sorted({f"r{one.limits.revision}" if one.limits else str(_("shipped")) for one in told})
    words = ngettext("Told by API, %(n)d time", "Told by API, %(n)d times", len(told)) % {"n": len(told)}
    return {
        "name": words, "at": last.imported_at, "by": last.imported_by.name, "rows": moments,
        "from": min(one.from_at for one in told), "to": max(one.to_at for one in told),
        "findings": [line for code, n in sorted(odd.items()) if (line := _finding(code, n))],
        "excursions": sum(counts.get(one.pk, 0) for one in told), "limits": ", ".join(revisions),
    }  # fmt: skip


def told_rows(logger_id: int) -> list[dict[str, Any]]:
    """The latest readings told singly, for a table: what, where, and whose system told it when."""
    return [
        {
            "at": one.at, "measure": measure_word(one.measure), "value": f"{one.value.normalize():f}",
            "unit": unit_of(one.measure), "place": one.place, "told_at": one.file.imported_at,
            "by": one.file.imported_by.name,
        }
        for one in readings_told(logger_id)[:TOLD_SHOWN]
    ]  # fmt: skip


def _read(files: Sequence[LoggerFile], counts: Mapping[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "name": file.file_name, "at": file.imported_at, "by": file.imported_by.name, "rows": file.rows,
            "from": file.from_at, "to": file.to_at, "findings": finding_words(file),
            "excursions": counts.get(file.pk, 0),
            "limits": f"r{file.limits.revision}" if file.limits else _("shipped"),
        }
        for file in files
    ]  # fmt: skip
