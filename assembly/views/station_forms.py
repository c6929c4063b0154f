"""What a station asks for at its step: measured values, or a signature by PIN."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import OperatorSession
from assembly.operations.judging import limits_text
from assembly.queries.shown import shown_hash_of
from assembly.queries.station import WorkInHand
from assembly.views.words import MEANINGS, TOOL_WORDS
from ledger.doors import new_key


def asked(session: OperatorSession, work: WorkInHand, shown: dict[str, Any]) -> dict[str, Any]:
    """The form that the step wants now: values, or a signature."""
    current = work.current
    if current is None or shown.get("state") == "stop":
        return {}
    if current.missing_signs:
        return {"sign": sign_form(session, work, current.missing_signs[0], second=True)}
    open_run = current.open_run
    slots_wait = work.wanted is not None and work.wanted.required
    if open_run is None or (slots_wait and (shown.get("context") or {}).get("finish") is None):
        return {}
    if current.operation.fields.all():
        return {"measure": measure_form(session, work)}
    if "made" in current.operation.signs:
        return {"sign": sign_form(session, work, "made", second=False)}
    return {}


def measure_form(session: OperatorSession, work: WorkInHand, given: dict[str, str] | None = None) -> dict[str, Any]:
    """The values that the open operation records, and the tools it asks for (contract of _measure.html). `given`: what
    was entered, by field code and by `t_<kind of tool>`."""
    current = work.current
    assert current is not None
    operation = current.operation
    given = given or {}
    values = [
        {
            "name": f"v_{field.code}",
            "label": field.name,
            "unit": field.unit,
            "low": _plain(field.low),
            "high": _plain(field.high),
            "value": given.get(field.code),
            "error": "",
            "text": field.kind == "text",
            "expected": field.expected,
            "limits": limits_text(field) if field.low is not None or field.high is not None else "",
        }
        for field in operation.fields.all()
    ]
    return {
        "action": reverse("station_finish", args=[session.station.code]),
        "key": new_key(),
        "title": f"{operation.number} {operation.name}",
        "tools": [
            {"name": name, "kind": kind, "label": TOOL_WORDS.get(kind, kind), "value": given.get(name, "")}
            for kind in operation.tool_kinds
            for name in (f"t_{kind}",)
        ],
        "tool_url": reverse("station_tool", args=[session.station.code]),
        "values": values,
        "note": operation.instruction,
        "hidden": [("build", work.build.pk), ("number", operation.number)],
    }


def _plain(limit: Decimal | None) -> Decimal | None:
    """A limit without the zeros that the column adds."""
    return None if limit is None else Decimal(f"{limit.normalize():f}")


def sign_form(
    session: OperatorSession,
    work: WorkInHand,
    meaning: str,
    *,
    second: bool,
    hidden: list[tuple[str, Any]] | None = None,
) -> dict[str, Any]:
    """A signature by PIN (contract of _sign.html)."""
    current = work.current
    assert current is not None
    operation = current.operation
    run = current.counting if second else current.open_run
    return {
        "action": reverse("station_sign" if second else "station_finish", args=[session.station.code]),
        "key": new_key(),
        "meaning": MEANINGS[meaning],
        "statement": _("I did this operation as the instruction says.")
        if meaning == "made"
        else _("I looked at it and agree."),
        "subject": f"{work.build.unit.name} · {operation.number} {operation.name}",
        "person": session.user.name,
        "second": second,
        "error": "",
        "length": 6,
        "hidden": [
            ("build", work.build.pk),
            ("number", operation.number),
            ("run", run.pk if run else ""),
            ("meaning", meaning),
            ("shown", shown_hash_of([run])[run.pk] if second and run else ""),
            *(hidden or []),
        ],
    }
