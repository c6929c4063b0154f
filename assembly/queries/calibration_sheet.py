"""The facts of a calibration list (校正一覧)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery

from assembly.documents.calibration_list import CalibrationSheet, ToolRow
from assembly.models import CalibrationRecord
from assembly.queries.planning import tool_list
from documents.words import PLANT_NAME, Plant, Words
from ledger.models import Event
from ledger.statements import ask

PLANT = Plant(PLANT_NAME, Words("品質保証部", "Quality assurance"))
ALL = "all"
SOON = timedelta(days=30)
KINDS: dict[str, Words] = {
    ALL: Words("すべての測定器", "All measuring tools"),
    "torque": Words("トルク工具", "Torque tool"),
    "leak_tester": Words("漏れ試験器", "Leak tester"),
    "pressure": Words("圧力計", "Pressure gauge"),
    "electrical": Words("電気安全試験器", "Electrical safety tester"),
    "resistance": Words("抵抗計", "Resistance meter"),
    "coolant": Words("冷却液計器", "Coolant meter"),
    "scale": Words("はかり", "Scale"),
    "length": Words("長さ計", "Length gauge"),
    "other": Words("その他の工具", "Other tool"),
}
"""Kinds of tools as papers name them; `all` is a key of the list, no kind."""

# Per tool, from its latest calibration on: where values were recorded with it, by the index of tools.
_USED = """
SELECT t.code, r.station, count(*) FROM unnest(%s::text[], %s::date[]) AS t(code, since)
JOIN assembly_measurement m ON m.tool = t.code JOIN assembly_operationrun r ON r.id = m.run_id
WHERE r.started_at >= (t.since::timestamp AT TIME ZONE 'Asia/Tokyo') AND r.station <> ''
GROUP BY t.code, r.station ORDER BY t.code, r.station
"""


def calibration_sheet(kind: str, on: date) -> CalibrationSheet:
    """The list of a kind, or of all, as of a day. Four queries."""
    tools = list(_tools(kind, on))
    used = _used(tools)
    retired = {tool.retired_event_id for tool in tools if tool.retired_event_id}
    told = dict(Event.objects.filter(pk__in=retired).values_list("pk", "payload")) if retired else {}
    last = Event.objects.filter(pk=max((_last(tool) for tool in tools), default=0)).first()
    last = last or Event.objects.order_by("pk")[0]
    return CalibrationSheet(
        plant=PLANT,
        subject=kind.upper(),
        what=KINDS[kind],
        on=on,
        tools=tuple(_row(tool, on, used, told) for tool in tools),
        stamps=(),
        at=last.recorded_at,
        record=last.pk,
    )


def _tools(kind: str, on: date) -> Iterable[Any]:
    latest = CalibrationRecord.objects.filter(tool=OuterRef("pk"), calibrated_on__lte=on).order_by(
        "-calibrated_on", "-pk"
    )
    rows = tool_list(on, kind="" if kind == ALL else kind).annotate(
        certificate=Subquery(latest.values("certificate")[:1]),
        laboratory=Subquery(latest.values("laboratory")[:1]),
        calibration_event=Subquery(latest.values("event_id")[:1]),
    )
    return rows.order_by("code")


def _used(tools: list[Any]) -> dict[str, list[tuple[str, int]]]:
    known = [(tool.code, tool.calibrated_on) for tool in tools if tool.calibrated_on]
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for code, station, count in ask(_USED, [[code for code, _on in known], [on for _code, on in known]]):
        found[code].append((station, count))
    return found


def _last(tool: Any) -> int:
    return max(int(tool.event_id), tool.retired_event_id or 0, tool.calibration_event or 0)


def _row(tool: Any, on: date, used: dict[str, list[tuple[str, int]]], told: dict[int, Any]) -> ToolRow:
    return ToolRow(
        code=tool.code,
        name=Words(tool.name_ja, tool.name_en),
        kind=KINDS[tool.kind],
        maker=tool.maker,
        serial=tool.serial,
        place=tool.place,
        calibrated_on=tool.calibrated_on,
        due_on=tool.due_on,
        certificate=tool.certificate or "",
        laboratory=tool.laboratory or "",
        state=state_of(tool, on),
        why=str(told.get(tool.retired_event_id or 0, {}).get("reason", "")),
        used=tuple(used[tool.code]),
    )


def state_of(tool: Any, on: date) -> str:
    """Of a tool with its latest calibration (tool_list): as of that day."""
    if tool.retired_at is not None:
        return "retired"
    if tool.calibrated_on is None:
        return "never"
    if tool.result == "fail" or tool.due_on is None:
        return "failed"
    if tool.due_on < on:
        return "expired"
    return "soon" if tool.due_on <= on + SOON else "valid"
