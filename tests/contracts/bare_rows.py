"""Rows written round every operation, to meet the walls of the database alone.

Foreign keys of the models are deferred, so most rows need no world; what the composite keys want at once (units with
their parts) comes from `givens`.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from tests.contracts.source import APPS
from tests.world import a_part, received_units

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
ONE = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TWO = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)

Row = dict[str, Any]
_count = itertools.count(1_000_000_000)

_BY_TYPE: dict[type[models.Field[Any, Any]], Any] = {
    models.TextField: lambda: f"x{next(_count)}",
    models.CharField: lambda: f"x{next(_count)}",
    models.BigIntegerField: lambda: next(_count),
    models.ForeignKey: lambda: next(_count),
    models.IntegerField: lambda: 1,
    models.SmallIntegerField: lambda: 1,
    models.BooleanField: lambda: False,
    models.DateTimeField: lambda: NOON,
    models.DateField: lambda: date(2026, 11, 20),
    models.TimeField: lambda: time(9, 0),
    models.DecimalField: lambda: Decimal(1),
    models.FloatField: lambda: 1.0,
    models.UUIDField: uuid.uuid4,
    models.BinaryField: lambda: b"x",
    models.JSONField: lambda: Jsonb({}),
}

# What a row needs besides, so that no wall stands in its way.
VALID: dict[str, Row] = {
    "ledger_relaybeat": {"id": 1},
    "accounts_rolegrant": {"role": "line"},
    "accounts_station": {"kind": "test"},
    "inventory_part": {"traceability": "serial"},
    "inventory_partposition": {"born": "receipt"},
    "inventory_identifier": {"kind": "asset"},
    "inventory_location": {"kind": "store"},
    "inventory_placement": {"location_id": 1},
    "inventory_stockmove": {"from_location_id": 1},
    "inventory_hold": {"unit_id": 1},
    "inventory_scanconflict": {"kind": "scan", "how": ""},
    "inventory_recall": {"kind": "lots"},
    "assembly_cause": {"category": "man"},
    "inventory_goodsreceipt": {"lot_id": 1},
    "assembly_buildorder": {"closed_why": ""},
    "inventory_discrepancy": {"kind": "over", "line_id": 1, "settlement_reason": ""},
    "inventory_samplingplan": {"kind": "full"},
    "inventory_samplingline": {"accept": 0},
    "inventory_inspectionpoint": {"kind": "visual"},
    "inventory_inspection": {"kind": "sample", "accept": 0, "inspected": 0, "nonconforming": 0},
    "assembly_kit": {"cancelled_why": ""},
    "assembly_referencemark": {"ended_why": ""},
    "assembly_kitpick": {"lot_id": 1, "ended_why": ""},
    "assembly_tool": {"kind": "torque"},
    "assembly_calibrationrecord": {"result": "pass", "due_on": date(2027, 11, 20)},
    "assembly_routingoperation": {"kind": "kit"},
    "assembly_operationfield": {"kind": "number"},
    "assembly_design": {"kind": "rack"},
    "assembly_limitset": {"reason": ""},
    "assembly_firmwarebaseline": {"reason": ""},
    "assembly_firmwareneed": {"rule": "one_of", "versions": ["x"]},
    "assembly_telemetryfile": {"why": ""},
    "assembly_testlimit": {"low": 1.0, "guard": 0.0},
    "assembly_build": {"origin": "plant"},
    "assembly_andoncall": {"reason": "help"},
    "assembly_instructionpicture": {"media": "image/png"},
    "assembly_measurement": {"verdict": "pass"},
    "assembly_signature": {"meaning": "made"},
    "assembly_mapcolumn": {"role": "value"},
    "assembly_dispositionrule": {"condition": "verdict", "disposition": "hold"},
    "assembly_configurationdifference": {"state": "slot", "reason": "", "scanned": "", "reported": ""},
    "assembly_testrun": {"verdict": "pass", "disposition": "accept"},
    "logistics_crate": {"gross_kg": Decimal(2), "height_mm": 3, "length_mm": 3, "width_mm": 3},
    "logistics_vehiclekind": {
        "grade": "C",
        "inside_height_mm": None,
        "front_axle_mm": 0,
        "gross_limit_kg": Decimal(9),
        "front_limit_kg": Decimal(2),
        "rear_limit_kg": Decimal(2),
    },
    "logistics_loadplan": {"permit": ""},
    "logistics_sitereturn": {"cancelled_why": "", "site_id": 1, "destination_id": 2},
    "logistics_loadplace": {"end_x_mm": 2, "end_y_mm": 2},
    "logistics_indicator": {"kind": "shock"},
    "logistics_indicatorreading": {"moment": "seal", "state": "intact"},
    "logistics_site": {"kind": "plant"},
    "logistics_leg": {"mode": "road"},
    "logistics_milestone": {"kind": "position"},
    "logistics_acceptance": {"outcome": "refused"},
    "logistics_missingcrate": {"reason": "unknown"},
    "logistics_handover": {"kind": "change", "giver": "carrier:A", "taker": "carrier:B"},
    "logistics_shipmentexception": {"kind": "silence", "state": "in_hand", "reason": ""},
    "logistics_exportcheck": {"gaihi": "not_listed"},
    "logistics_handoverseal": {"state": "intact"},
    "logistics_eta": {
        "awaited": "arrival",
        "source": "carrier",
        "carrier_id": 1,
        "earliest_at": TWO,
        "latest_at": TWO,
    },
    "logistics_disruption": {"kind": "typhoon", "p10_at": TWO, "p50_at": TWO, "p90_at": TWO},
    "logistics_disruptionexpectation": {"grade": "B"},
    "logistics_replan": {"from_leg": 1},
    "logistics_loggerreading": {"moment": "seal", "state": "recording", "reason": ""},
    "logistics_conditionlimit": {"measure": "shock", "high": 5, "grade": "C"},
    "logistics_conditionsummary": {"measure": "shock"},
    "logistics_excursion": {"measure": "shock", "limit": 3},
    "logistics_loggerfile": {"source": "file", "course_sha256": "0" * 64},
    "logistics_roadreading": {"measure": "shock"},
    "logistics_calendar": {"kind": "site", "site_id": 1, "country": "", "reason": ""},
    "logistics_calendarwindow": {"days": "1", "closes": time(17, 0)},
    "logistics_calendaropening": {"closes": time(17, 0)},
    "logistics_timetable": {"grade": "C", "reason": ""},
    "logistics_sailing": {"days": "1", "cut_off_days": 0},
    "logistics_planbasis": {"calendar_id": 1, "accepted_because": ""},
    "logistics_carrierword": {"meaning": "position"},
    "logistics_carrierlinenote": {"meant": "position"},
    "logistics_milestonereview": {"verdict": "ours"},
    "logistics_scenariorevision": {"base": "TWair"},
    "logistics_scenarioinput": {"grade": "C", "value": None, "p10": Decimal(1), "p50": Decimal(1), "p90": Decimal(1)},
    "logistics_weeklyreport": {"facts_sha256": "0" * 64, "begins_on": date(2026, 11, 16)},
    "logistics_weeklydelivery": {"way": "folder"},
    "logistics_savedcomparison": {"facts_sha256": "0" * 64},
}
_FRESH: dict[str, Any] = {
    "accounts_device.token_hash": lambda: f"{next(_count):064x}",
    "documents_storedfile.sha256": lambda: f"{next(_count):064x}",
    "logistics_crate.sscc": lambda: f"{next(_count):018d}",
    "inventory_scanconflict.session_id": uuid.uuid4,
    "assembly_telemetryseries.index": lambda: next(_count) % 30_000,
}


def tables() -> dict[str, type[models.Model]]:
    """Our tables."""
    return {model._meta.db_table: model for model in apps.get_models() if model._meta.app_label in APPS}


class Givens(dict[str, Row]):
    """What the composite keys want; made when it is first asked for, since most tables want nothing."""

    WANTED = ("inventory_unit", "inventory_identifier", "inventory_placement", "second", "in host")

    def get(self, name: str, otherwise: Any = None) -> Any:
        """The part of a row that is given for this table."""
        if name in self.WANTED and not self:
            self.update(_givens())
        return super().get(name, otherwise)

    def __getitem__(self, name: str) -> Row:
        return dict(self.get(name))


def _givens() -> dict[str, Row]:
    """Two units of one part, and for a placement's host one of a higher level."""
    part, host_part = a_part(level="board"), a_part(kind="tray", level="tray")
    first, second = received_units(part, 2)
    host = received_units(host_part)[0]
    revision = part.revisions.get()
    unit = {"part_id": part.pk, "part_revision_id": revision.pk, "level": part.level}
    with connection.cursor() as cursor:  # their own places out of the way
        cursor.execute(
            "UPDATE inventory_placement SET to_at = from_at + interval '1 s', closed_event_id = 1 WHERE to_at IS NULL"
        )
    return {
        "inventory_unit": unit,
        "inventory_identifier": {"unit_id": first.pk, "part_id": part.pk},
        "inventory_placement": {"unit_id": first.pk, "unit_level": first.level, "from_at": TWO},
        "second": {"unit_id": second.pk, "unit_level": second.level},
        "in host": {"location_id": None, "host_id": host.pk, "host_level": host.level, "position": "P1"},
    }


def a_row(table: str, given: Mapping[str, Row], **others: Any) -> Row:
    """A whole row that nothing stands against, with fresh keys; `others` replace."""
    row: Row = {}
    for field in tables()[table]._meta.local_concrete_fields:
        fresh = _FRESH.get(f"{table}.{field.column}")
        if fresh is not None:
            row[field.column] = fresh()
        elif isinstance(field, models.AutoField | models.BigAutoField):
            continue
        elif not field.null:
            row[field.column] = _value(field)
    return {**row, **VALID.get(table, {}), **given.get(table, {}), **others}


def _value(field: models.Field[Any, Any]) -> Any:
    kinds = [kind for kind in type(field).__mro__ if kind in _BY_TYPE]
    if kinds:
        return _BY_TYPE[kinds[0]]()
    name = type(field).__name__
    if name == "ArrayField":
        return []
    if name == "DateTimeRangeField":
        return Range(NOON, ONE)
    raise TypeError(f"{field}: no sample for {name}")


def insert(table: str, row: Row) -> int:
    """Write it, by plain SQL; gives its key where that is a number."""
    key = tables()[table]._meta.pk
    assert key is not None
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING "{key.column}"', list(row.values()))
        found = cursor.fetchone()[0]
    return int(found) if isinstance(found, int) else 0
