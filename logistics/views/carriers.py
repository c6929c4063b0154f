"""Carriers' files: read in or only checked, line by line; and what the carriers' words mean."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from documents import files
from inventory.forms import searched
from inventory.operations.incoming_files import FileRefused
from inventory.views.reading import chosen_links, empty_words, page_of
from ledger.doors import Outcome, call_from_page, caller_from, new_key
from logistics.forms import MEANING_WORDS, CarrierFileForm, CarrierWordForm
from logistics.models import Carrier, CarrierFile
from logistics.operations.carrier_files import check_carrier_file, import_carrier_file
from logistics.operations.carrier_judging import Judgement
from logistics.operations.carrier_words import WordMeaning, define_carrier_words, retire_carrier_word
from logistics.queries.carrier_files import carrier_file_rows, carrier_word_rows, open_doubts
from logistics.views.saying import reads

SHOWN = 200
"""Lines of one report, doubts of one panel."""
TOLD = 5
"""Lines whose ETA was put aside that are told after the reading; the answer of the API names all."""


def carrier_choices() -> list[tuple[str, str]]:
    """Carriers by code and name."""
    return [(one.code, one.name) for one in Carrier.objects.order_by("code")]


@reads
@require_http_methods(["GET", "POST"])
def carrier_files(request: HttpRequest) -> HttpResponse:
    """The files taken so far, and one read in or only checked."""
    carriers = carrier_choices()
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = CarrierFileForm(*given, carriers=carriers)
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome, context = _taken(request, form)
            if outcome is not None and outcome.refusal is None:
                return _after_import(request, outcome.result)
            status = 200 if outcome is None else outcome.status
    return render(request, "logistics/carrier_files.html", _list(request, form, carriers) | context, status=status)


def _taken(request: HttpRequest, form: CarrierFileForm) -> tuple[Outcome | None, dict[str, Any]]:
    upload, code = form.cleaned_data["file"], form.cleaned_data["carrier"]
    content, name = upload.read(), str(upload.name)
    if "check" in request.POST:
        caller = caller_from(request, door="page", key="")
        _text, judged = check_carrier_file(caller, Carrier.objects.get(code=code), content)
        return None, {"report": report(name, judged)}
    sha256 = files.put(content)
    outcome = call_from_page(request, import_carrier_file, carrier_code=code, file_sha256=sha256, file_name=name)
    if isinstance(outcome.refusal, FileRefused):
        judged = Judgement(faults=outcome.refusal.faults)
        return outcome, {"refusal": outcome.refusal, "report": report(name, judged)}
    return outcome, {"refusal": outcome.refusal}


def report(name: str, judged: Judgement) -> dict[str, Any]:
    """What would become of every line; with a fault, the faults alone."""
    faults = [
        {"line": one.line, "text": f"{one.column}: {one.say}" if one.column else one.say, "state": "fail"}
        for one in judged.faults
    ]
    if faults:
        return {"file": name, "state": "fail", "word": _("Not taken"), "lines": faults[:SHOWN], "more": 0}
    lines = [{"line": one.line, "text": one.say, "state": one.state} for one in judged.notes]
    doubts = any(one.state == "hold" for one in judged.notes)
    return {
        "file": name, "state": "hold" if doubts else "ok", "word": _("To be checked") if doubts else _("No fault"),
        "lines": lines[:SHOWN], "more": max(0, len(lines) - SHOWN),
    }  # fmt: skip


def _after_import(request: HttpRequest, result: dict[str, Any]) -> HttpResponse:
    if result["already"]:
        messages.info(request, _("This file was imported before. Nothing was changed."))
    else:
        told = _("%(reported)d of %(lines)d lines were reported; %(doubts)d places are to be checked.")
        messages.success(request, told % result)
        for one in result["aside"][:TOLD]:
            messages.warning(request, _("Line %(line)d: %(say)s") % one)
    return redirect("carrier_files")


def _list(request: HttpRequest, form: CarrierFileForm, carriers: list[tuple[str, str]]) -> dict[str, Any]:
    chosen = {name: value for name in ("q", "carrier") if (value := searched(request.GET.get(name)))}
    page = page_of(request, carrier_file_rows(chosen.get("q", ""), chosen.get("carrier", "")))
    may = request.user.has_perm("logistics.report_milestone")
    return {
        "files": [_row(row) for row in page],
        "page": page,
        "total": CarrierFile.objects.count(),
        "filters": _filters(chosen, carriers, _("File")),
        "chosen": chosen_links(request, chosen, {"q": _("File"), "carrier": _("Carrier")}),
        "empty": empty_words(chosen),
        "import_form": form if may else None,
        "doubts": [_doubt(note) for note in open_doubts()[:SHOWN]],
        "key": request.POST.get("key") or new_key(),
    }


def _filters(chosen: dict[str, str], carriers: list[tuple[str, str]], searched_for: str) -> list[dict[str, Any]]:
    options = [{"value": value, "label": label} for value, label in [("", _("All")), *carriers]]
    return [
        {"name": "q", "label": searched_for, "value": chosen.get("q", ""), "kind": "search"},
        {
            "name": "carrier", "label": _("Carrier"), "value": chosen.get("carrier", ""), "kind": "select",
            "options": options,
        },
    ]  # fmt: skip


def _row(row: Any) -> dict[str, Any]:
    state = ("hold", _("To be checked")) if row.doubts else ("done", _("Read in"))
    return {
        "name": row.file_name, "carrier": row.carrier.name, "at": row.imported_at, "lines": row.lines,
        "reported": row.reported, "doubts": row.doubts, "state": state[0], "word": state[1],
    }  # fmt: skip


def _doubt(note: Any) -> dict[str, Any]:
    told = note.milestone
    return {
        "number": told.shipment.number, "url": reverse("shipment_act", args=[told.shipment.number, "doubt"]),
        "place": told.place, "at": told.happened_at, "lane": told.shipment.lane.name, "line": note.line,
        "carrier": note.file.carrier.name,
    }  # fmt: skip


@reads
@require_http_methods(["GET", "POST"])
def carrier_words(request: HttpRequest) -> HttpResponse:
    """What the carriers' words mean: the list, one more, or one that is read no longer."""
    carriers = carrier_choices()
    adding = request.method == "POST" and "retire" not in request.POST
    form = CarrierWordForm(request.POST if adding else None, carriers=carriers)
    outcome = Outcome()
    if request.method == "POST":
        if adding and not form.is_valid():
            outcome = Outcome()
        elif adding:
            given = form.cleaned_data
            words = [WordMeaning(given["word"], given["meaning"])]
            outcome = call_from_page(request, define_carrier_words, carrier_code=given["carrier"], words=words)
        else:
            code, _at, word = request.POST.get("retire", "").partition("|")
            outcome = call_from_page(request, retire_carrier_word, carrier_code=code, word=word)
        if outcome.refusal is None and (not adding or form.is_valid()):
            messages.success(request, _("Recorded."))
            return redirect("carrier_words")
    status = 422 if request.method == "POST" and outcome.refusal is None else outcome.status
    context = _words(request, form, carriers) | {"refusal": outcome.refusal, "key": new_key()}
    return render(request, "logistics/carrier_words.html", context, status=status)


def _words(request: HttpRequest, form: CarrierWordForm, carriers: list[tuple[str, str]]) -> dict[str, Any]:
    chosen = {name: value for name in ("q", "carrier") if (value := searched(request.GET.get(name)))}
    page = page_of(request, carrier_word_rows(chosen.get("carrier", ""), chosen.get("q", "")))
    may = request.user.has_perm("logistics.keep_master_data")
    return {
        "words": [
            {
                "carrier": row.carrier.name, "word": row.shown, "meaning": MEANING_WORDS[row.meaning],
                "at": row.made_at, "key": f"{row.carrier.code}|{row.word}",
            }
            for row in page
        ],
        "page": page,
        "filters": _filters(chosen, carriers, _("Word")),
        "chosen": chosen_links(request, chosen, {"q": _("Word"), "carrier": _("Carrier")}),
        "empty": empty_words(chosen),
        "form": form if may else None,
    }  # fmt: skip
