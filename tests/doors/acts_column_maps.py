"""Acts on column maps of the plant's own testers."""

from __future__ import annotations

from django.urls import reverse

from assembly.operations.column_maps import ColumnSpec
from tests.doors.act import Act, Acts

COLUMNS = [ColumnSpec("SN", "serial"), ColumnSpec("Volts", "value", "volts", "V")]


def define_column_map() -> Act:
    page = reverse("column_map_new")
    form = {"act": "define", "code": "NEW-1", "name": "New tester", "c-TOTAL_FORMS": "2", "c-INITIAL_FORMS": "2"}
    for at, one in enumerate(COLUMNS):
        cells = {"header": one.header, "role": one.role, "name": one.name, "unit": one.unit, "low": "", "high": ""}
        form |= {f"c-{at}-{key}": value for key, value in cells.items()}
    return Act(
        "kenji",
        {"code": "NEW-1", "name": "New tester", "columns": COLUMNS},
        (page, form),
        {"columns": COLUMNS[1:]},
        "WrongColumnMap",
        (page, {**form, "c-0-role": "ignore"}),
    )


def retire_column_map() -> Act:
    return Act(
        "kenji",
        {"code": "HIPOT"},
        (reverse("column_map", args=["HIPOT"]), {}),
        {"code": "NO-SUCH"},
        "UnknownColumnMap",
        (reverse("column_map", args=["NO-SUCH"]), {}),
    )


ACTS: Acts = {
    "assembly.define_column_map": define_column_map,
    "assembly.retire_column_map": retire_column_map,
}
