"""The act of correcting what a finished run recorded."""

from __future__ import annotations

from assembly.models import OperationRun
from assembly.operations.runs import RecordedValue
from tests.doors.act import Act, Acts, pin_check


def amend_run() -> Act:
    """A value of a run that counts, corrected."""
    rows = OperationRun.objects.filter(result="pass", build__origin="plant", measurements__value__isnull=False)
    later = OperationRun.objects.filter
    run = next(
        run
        for run in rows.select_related("operation").order_by("pk").distinct()
        if not later(build=run.build_id, operation=run.operation_id, attempt__gt=run.attempt).exists()
    )
    was = run.measurements.exclude(value=None).select_related("field").order_by("pk")[0]
    told = RecordedValue(was.field.code, f"{(was.value or 0) + (was.value or 1) / 1000:.6f}")
    right = {"run_id": run.pk, "values": [told], "reason": "Misread", "pin_check_id": pin_check("mei")}
    return Act("mei", right, wrong={"reason": " "}, refusal="ReasonWanted")


ACTS: Acts = {"assembly.amend_run": amend_run}
