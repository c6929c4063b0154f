"""The planner's page for files: choose what the file holds; all of it or nothing, every bad line told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from assembly.operations.planning_files import (
    LIMITS,
    ORDERS,
    SKILLS,
    SLOTS,
    TOOLS,
    import_limits,
    import_orders,
    import_skill_grants,
    import_slots,
    import_tools,
)
from assembly.views.planning_words import tabs
from documents import files
from inventory.files.master_data import BOM_COLUMNS, BOM_REQUIRED, PART_COLUMNS, PART_REQUIRED
from inventory.files.plain_rows import Column
from inventory.operations.incoming_files import FileRefused
from inventory.operations.master_files import import_bom, import_parts
from inventory.planning_forms import ImportForm
from ledger.doors import call_from_page, new_key
from ledger.refusals import Refusal

KINDS: dict[str, tuple[Any, Callable[..., Any]]] = {
    "parts": (gettext_lazy("Parts"), import_parts),
    "boms": (gettext_lazy("Bills of material"), import_bom),
    "orders": (gettext_lazy("Build orders"), import_orders),
    "tools": (gettext_lazy("Tools and calibrations"), import_tools),
    "skills": (gettext_lazy("Qualifications of people"), import_skill_grants),
    "slots": (gettext_lazy("Slots of a draft design"), import_slots),
    "limits": (gettext_lazy("Limits of a draft routing"), import_limits),
}


@permission_required("inventory.keep_master_data", raise_exception=True)
@require_http_methods(["GET", "POST"])
def planning_import(request: HttpRequest) -> HttpResponse:
    """Import one file of planning data."""
    form = ImportForm(
        request.POST or None, request.FILES or None, kinds=[(name, words) for name, (words, _gated) in KINDS.items()],
        initial={"kind": request.GET.get("kind", "parts")},
    )  # fmt: skip
    refusal: Refusal | None = None
    done = ""
    if request.method == "POST" and form.is_valid():
        refusal, done = _taken(request, form.cleaned_data)
    context = {
        "form": form,
        "refusal": refusal,
        "faults": refusal.faults if isinstance(refusal, FileRefused) else [],
        "done": done,
        "key": new_key(),
        "columns": [{"kind": KINDS[kind][0], "columns": shown} for kind, shown in _columns().items()],
        "tabs": tabs(request),
    }
    return render(request, "assembly/planning_import.html", context, status=422 if refusal or form.errors else 200)


def _taken(request: HttpRequest, given: dict[str, Any]) -> tuple[Refusal | None, str]:
    """The refusal, or what was done. `check` goes the whole way and takes everything back."""
    upload = given["file"]
    with transaction.atomic():
        sha256 = files.put(upload.read())
        outcome = call_from_page(request, KINDS[given["kind"]][1], file_sha256=sha256, file_name=str(upload.name))
        transaction.set_rollback(given["check"] or outcome.refusal is not None)
    if outcome.refusal is not None:
        return outcome.refusal, ""
    count = _count(outcome.result)
    if given["check"]:
        text = ngettext(
            "%(count)d line is right. Nothing was changed.", "%(count)d lines are right. Nothing was changed.", count
        )
    else:
        text = ngettext("%(count)d imported.", "%(count)d imported.", count)
    return None, text % {"count": count}


def _count(result: dict[str, Any]) -> int:
    value = result.get("lines", result.get("parts", result.get("boms", 0)))
    return len(value) if isinstance(value, list) else int(value)


def _columns() -> dict[str, list[dict[str, Any]]]:
    """What each kind of file may hold: its columns, with the Japanese word where there is one."""
    plain: dict[str, dict[str, Column]] = {
        "orders": ORDERS, "tools": TOOLS, "skills": SKILLS, "slots": SLOTS, "limits": LIMITS,
    }  # fmt: skip
    shown = {
        kind: [{"name": name, "word": one.words[-1], "required": one.required} for name, one in columns.items()]
        for kind, columns in plain.items()
    }
    for kind, words, required in (("parts", PART_COLUMNS, PART_REQUIRED), ("boms", BOM_COLUMNS, BOM_REQUIRED)):
        shown[kind] = [{"name": name, "word": one[-1], "required": name in required} for name, one in words.items()]
    return {kind: shown[kind] for kind in KINDS}


URLS = [path("planning/import/", planning_import, name="planning_import")]
