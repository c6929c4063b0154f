"""Lists of builds: racks and trays, filtered and sorted, with what each row shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy, RawSQL
from django.utils.translation import get_language

from assembly.models import Build
from assembly.queries.standing import CURRENT

STAGES = ("kit", "tray_build", "tray_test", "rack_build", "rack_test", "burn_in", "pack")
STATES = ("open", "hold", "fail", "run", "wait", "late", "done", "ended")

_STATE = """
CASE WHEN EXISTS (SELECT 1 FROM inventory_unit g WHERE g.id = b.unit_id AND g.ended_at IS NOT NULL) THEN 'ended'
  WHEN EXISTS (SELECT 1 FROM inventory_hold h WHERE h.unit_id = b.unit_id AND h.released_at IS NULL)
    OR EXISTS (SELECT 1 FROM assembly_nonconformity n WHERE n.build_id = b.id AND n.disposition IS NULL
      AND n.closed_at IS NULL) THEN 'hold'
  WHEN b.completed_at IS NOT NULL THEN 'done'
  WHEN c.running THEN 'run'
  WHEN c.result = 'fail' THEN 'fail'
  WHEN b.need_by < %s THEN 'late'
  ELSE 'wait' END
"""
"""What a row says of its build, worst first."""

_SINCE = """
coalesce(CASE WHEN c.running THEN c.started_at END, b.completed_at,
  (SELECT max(f.finished_at) FROM assembly_operationrun f WHERE f.build_id = b.id), b.started_at)
"""
"""Since when the build is where it is: the running operation's start, else the end of the latest one."""

_FROM = f"FROM assembly_build b JOIN assembly_design d ON d.id = b.design_id {CURRENT}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildFilter:
    """What a list is narrowed to; blank means everything. `kind`: rack or tray. `text`: how a serial begins or ends, a
    tag, an order. `need_by`: needed by that day at the latest. `today` judges lateness."""

    today: date
    kind: str = "rack"
    text: str = ""
    stage: str = ""
    state: str = ""
    design: str = ""
    need_by: date | None = None


@dataclass(frozen=True, slots=True)
class BuildRow:
    """One row of a list. `filled` and `places` by slot kind."""

    id: int
    number: str
    tag: str
    kind: str
    design: str
    product: str
    order_number: str
    need_by: date | None
    operation: int | None
    stage: str
    name_ja: str
    name_en: str
    running: bool
    state: str
    since: datetime
    updated: datetime
    ended: datetime | None
    completed_at: datetime | None
    trays: dict[str, list[int]]

    @property
    def operation_name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


def build_list(wish: BuildFilter, sort: str = "") -> QuerySet[Build]:
    """Builds that fit, in order: need_by (the default), number, operation, stay, updated; `-` turns it round."""
    rows = Build.objects.filter(design__kind=wish.kind) if wish.kind else Build.objects.all()
    if wish.text:
        rows = rows.filter(
            Q(unit__serial__istartswith=wish.text)
            | Q(unit__serial__iendswith=wish.text)
            | Q(unit__tag__iexact=wish.text)
            | Q(order_number__istartswith=wish.text)
        )
    if wish.design:
        rows = rows.filter(design__code=wish.design)
    if wish.need_by:
        rows = rows.filter(need_by__lte=wish.need_by)
    if wish.state == "open":
        rows = rows.open()
    elif wish.state in STATES:
        rows = rows.filter(pk__in=_chosen(f"({_STATE}) = %s", wish.today, wish.state))
    if wish.stage in STAGES:
        rows = rows.open().filter(pk__in=_chosen("c.stage = %s", wish.stage))
    return _sorted(rows, sort)


def _chosen(condition: str, *parameters: object) -> RawSQL:
    return RawSQL(f"SELECT b.id {_FROM} WHERE {condition}", parameters)


def _sorted(rows: QuerySet[Build], sort: str) -> QuerySet[Build]:
    down = sort.startswith("-")
    name = sort.removeprefix("-")
    key: object
    if name in ("operation", "stay"):
        column = "c.number" if name == "operation" else _SINCE
        key = RawSQL(f"(SELECT {column} {_FROM} WHERE b.id = assembly_build.id)", ())
        down = not down if name == "stay" else down
    else:
        key = F({"number": "unit__serial", "updated": "id", "id": "id"}.get(name, "need_by"))
    return rows.order_by(OrderBy(key, descending=down, nulls_last=True), "-pk" if down else "pk")


_ROWS = f"""
SELECT b.id, coalesce(nullif(u.serial, ''), u.tag), u.tag, d.code AS design, d.kind, p.number AS product,
  b.order_number, b.need_by, c.number, c.stage, c.name_ja, c.name_en, c.running, {_STATE}, {_SINCE},
  greatest((SELECT e.recorded_at FROM ledger_event e WHERE e.subject_type = 'assembly.build' AND e.subject_id = b.id
    ORDER BY e.id DESC LIMIT 1), (SELECT max(i.from_at) FROM inventory_placement i WHERE i.host_id = b.unit_id),
    b.started_at),
  u.ended_at, b.completed_at, t.trays
FROM unnest(%s::bigint[]) WITH ORDINALITY wanted (id, place)
JOIN assembly_build b ON b.id = wanted.id
JOIN assembly_design d ON d.id = b.design_id
JOIN inventory_unit u ON u.id = b.unit_id
JOIN inventory_part p ON p.id = u.part_id
{CURRENT}
LEFT JOIN LATERAL (SELECT jsonb_object_agg(k.kind, jsonb_build_array(k.filled, k.places)) AS trays FROM (
  SELECT s.kind, count(i.id) AS filled, count(*) AS places FROM assembly_slot s
  LEFT JOIN inventory_placement i ON i.host_id = b.unit_id AND i.position = s.position AND i.to_at IS NULL
  WHERE s.build_id = b.id GROUP BY s.kind) k) t ON true
ORDER BY wanted.place
"""


def build_rows(build_ids: Sequence[int], today: date) -> list[BuildRow]:
    """The facts of these builds, in the order given. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [today, list(build_ids)])
        return [_row(row) for row in cursor.fetchall()]


def _row(row: tuple[object, ...]) -> BuildRow:
    (pk, number, tag, design, kind, product, order, need_by, operation, stage, ja, en, running, *rest) = row
    state, since, updated, ended, completed, trays = rest
    return BuildRow(
        id=pk,  # type: ignore[arg-type]
        number=str(number),
        tag=str(tag),
        kind=str(kind),
        design=str(design),
        product=str(product),
        order_number=str(order),
        need_by=need_by,  # type: ignore[arg-type]
        operation=operation,  # type: ignore[arg-type]
        stage=str(stage or ""),
        name_ja=str(ja or ""),
        name_en=str(en or ""),
        running=bool(running),
        state=str(state),
        since=since,  # type: ignore[arg-type]
        updated=updated,  # type: ignore[arg-type]
        ended=ended,  # type: ignore[arg-type]
        completed_at=completed,  # type: ignore[arg-type]
        trays=json.loads(str(trays)) if trays else {},
    )
