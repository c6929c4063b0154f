"""Loggers at the tablet: scan one, read its file in, say that its data are lost, fit one to a crate or take it off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from documents import files
from inventory.forms import searched
from inventory.operations.incoming_files import FileRefused
from ledger.doors import Outcome, call_from_page, new_key
from ledger.refusals import NotPermitted
from logistics.forms import LoggerFileForm, LoggerForm, LoggerLostForm
from logistics.models import CrateLogger, Shipment
from logistics.operations.logger_files import import_logger_file
from logistics.operations.loggers import fit_logger, give_up_logger, remove_logger
from logistics.operations.moments import plant_clock
from logistics.queries.conditions import (
    excursions_of,
    file_rows,
    holder_names,
    logger_named,
    logger_rows,
    loggers_to_read,
    moments_told,
)
from logistics.views.condition_panels import shipment_conditions
from logistics.views.condition_words import excursion_row, files_of, logger_state, told_rows
from logistics.views.saying import reads

FAULTS_SHOWN = 50
FILES_SHOWN = 20
WAITING_SHOWN = 20
WAITING_SINCE = timedelta(days=60)


@reads
@require_GET
def logger_scan(request: HttpRequest) -> HttpResponse:
    """Scan a logger's serial: its page opens, for the crate that it recorded last."""
    code = searched(request.GET.get("code")) or ""
    found = logger_named(code) if code else None
    if found is not None:
        return redirect("logger", logger_id=found.pk)
    notice = None
    if code:
        text = _("There is no logger %(code)s. Nothing was recorded; scan the serial on the logger again.") % {
            "code": code
        }
        notice = {"state": "stop", "text": text, "alert": True}
    waiting = [
        (row, *logger_state(row), row.crate.shipment_crate.shipment)
        for row in loggers_to_read(timezone.now() - WAITING_SINCE)[:WAITING_SHOWN]
    ]
    context = {"notice": notice, "waiting": waiting}
    return render(request, "logistics/logger_scan.html", context, status=404 if code else 200)


@reads
@require_http_methods(["GET", "POST"])
def logger(request: HttpRequest, logger_id: int) -> HttpResponse:
    """One logger: how it was found, its files and what they told; a file is read in."""
    row = logger_rows().filter(pk=logger_id).first()
    if row is None:
        raise Http404
    form = LoggerFileForm(*((request.POST, request.FILES) if request.method == "POST" else (None, None)))
    outcome = Outcome()
    if request.method == "POST" and not request.user.has_perm("logistics.read_logger"):
        outcome = Outcome(refusal=NotPermitted("logistics.read_logger"))  # before anything is read or stored
    elif request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        outcome = call_from_page(
            request, import_logger_file, logger_id=row.pk, file_sha256=files.put(upload.read()),
            file_name=str(upload.name), zone=form.cleaned_data["zone"],
        )  # fmt: skip
        if outcome.refusal is None:
            _tell(request, outcome.result)
            return redirect("logger", logger_id=row.pk)
    status = 422 if request.method == "POST" and outcome.refusal is None else outcome.status
    return render(request, "logistics/logger.html", _context(request, row, form, outcome), status=status)


def _tell(request: HttpRequest, result: dict[str, Any]) -> None:
    if result["already"]:
        messages.info(request, _("This file was imported before. Nothing was changed."))
    elif result["excursions"]:
        told = ngettext(
            "%(rows)d lines were read. %(n)d excursion: the rack is on hold, %(number)s is open.",
            "%(rows)d lines were read. %(n)d excursions: the rack is on hold, %(number)s is open.",
            result["excursions"],
        )
        shown = {"rows": result["rows"], "n": result["excursions"], "number": result["nonconformity"]}
        messages.warning(request, told % shown)
    else:
        messages.success(request, _("%(rows)d lines were read. Nothing went beyond its limit.") % result)


def _context(request: HttpRequest, row: CrateLogger, form: LoggerFileForm, outcome: Outcome) -> dict[str, Any]:
    kept = list(file_rows([row.pk]))
    read = [one for one in kept if one.source == "file"][:FILES_SHOWN]
    singly = [one for one in kept if one.source == "api"]
    moments = moments_told([row.pk]) if singly else {}
    found = list(excursions_of([row.pk]))
    shipment: Shipment | None = getattr(getattr(row.crate, "shipment_crate", None), "shipment", None)
    state, word = logger_state(row)
    may = request.user.has_perm("logistics.read_logger") and shipment is not None and shipment.has_departed
    settled = row.latest_state == "missing" or (row.whole and row.shocked)  # type: ignore[attr-defined]
    faults = outcome.refusal.faults[:FAULTS_SHOWN] if isinstance(outcome.refusal, FileRefused) else []
    return {
        "logger": row, "state": state, "word": word, "facts": _facts(row, shipment),
        "told": told_rows(row.pk) if singly else [],
        "files": files_of([*singly, *read], Counter(one.file_id for one in found), moments.get(row.pk, 0)),
        "excursions": [excursion_row(one, holder_names(found)) for one in found],
        "form": form if may else None, "refusal": outcome.refusal, "key": new_key(), "faults": faults,
        "conditions_url": reverse("shipment_conditions", args=[shipment.number]) if shipment else "",
        "lost_url": reverse("logger_lost", args=[row.pk]) if may and not settled else "",
        "removal_url": reverse("logger_removal", args=[row.pk]) if _may_remove(request, row, shipment) else "",
    }  # fmt: skip


def _may_remove(request: HttpRequest, row: CrateLogger, shipment: Shipment | None) -> bool:
    left = shipment is not None and shipment.has_departed
    return row.stopped_at is None and not left and request.user.has_perm("logistics.pack")


def _facts(row: CrateLogger, shipment: Shipment | None) -> list[dict[str, Any]]:
    number = shipment.number if shipment else ""
    return [
        {"label": _("Crate"), "value": row.crate.sscc, "code": True},
        {"label": _("Shipment"), "value": number, "url": reverse("shipment", args=[number]) if number else ""},
        {"label": _("Model"), "value": row.model},
        {"label": _("Records every (minutes)"), "value": str(row.interval_minutes)},
        {"label": _("Set to"), "value": row.rating},
        {"label": _("Started at"), "value": _moment(row.started_at)},
        {"label": _("Stopped at"), "value": _moment(row.stopped_at)},
    ]


def _moment(at: Any) -> str:
    return "" if at is None else plant_clock(at)


@reads
@require_http_methods(["GET", "POST"])
def logger_lost(request: HttpRequest, logger_id: int) -> HttpResponse:
    """The data of a logger are lost: why."""
    title, done = _("The data of logger %(serial)s are lost"), _("Recorded. The rack is on hold.")
    return _for_a_reason(request, logger_id, give_up_logger, title, done)


@reads
@require_http_methods(["GET", "POST"])
def logger_removal(request: HttpRequest, logger_id: int) -> HttpResponse:
    """Take a logger off a crate that has not left: why."""
    return _for_a_reason(request, logger_id, remove_logger, _("Take logger %(serial)s off"), _("Recorded."))


def _for_a_reason(request: HttpRequest, logger_id: int, act: Callable[..., Any], title: str, done: str) -> HttpResponse:
    """The form of an act on a logger that wants a reason, and back to the logger."""
    row = get_object_or_404(logger_rows(), pk=logger_id)
    form = LoggerLostForm(request.POST if request.method == "POST" else None)
    outcome = Outcome()
    if request.method == "POST" and form.is_valid():
        outcome = call_from_page(request, act, logger_id=row.pk, reason=form.cleaned_data["reason"])
        if outcome.refusal is None:
            messages.success(request, done)
            return redirect("logger", logger_id=row.pk)
    context = {"title": title % {"serial": row.serial}, "crumbs_url": reverse("logger", args=[row.pk]), "number": ""}
    return _act(request, form, outcome, context)


@reads
@require_http_methods(["GET", "POST"])
def logger_fit(request: HttpRequest, number: str) -> HttpResponse:
    """Fit a logger to a crate of a shipment that has not left."""
    shipment = get_object_or_404(Shipment, number=number)
    rows = shipment.crates.select_related("crate").order_by("crate__sscc")
    crates = [(row.crate.sscc, row.crate.sscc) for row in rows]
    form = LoggerForm(request.POST if request.method == "POST" else None, crates=crates)
    outcome = Outcome()
    if request.method == "POST" and form.is_valid():
        outcome = call_from_page(request, fit_logger, **form.cleaned_data)
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("shipment_conditions", number=number)
    context = {
        "title": _("Fit a logger"), "crumbs_url": reverse("shipment_conditions", args=[number]), "number": number,
    }  # fmt: skip
    return _act(request, form, outcome, context)


def _act(request: HttpRequest, form: Any, outcome: Outcome, context: dict[str, Any]) -> HttpResponse:
    bad = request.method == "POST" and outcome.refusal is None
    context |= {"form": form, "refusal": outcome.refusal, "key": new_key(), "button": _("Record it")}
    return render(request, "logistics/act.html", context, status=422 if bad else outcome.status)


URLS = [
    path("shipments/loggers/", logger_scan, name="logger_scan"),
    path("shipments/loggers/<int:logger_id>/", logger, name="logger"),
    path("shipments/loggers/<int:logger_id>/lost/", logger_lost, name="logger_lost"),
    path("shipments/loggers/<int:logger_id>/removal/", logger_removal, name="logger_removal"),
    path("shipments/<str:number>/conditions/", shipment_conditions, name="shipment_conditions"),
    path("shipments/<str:number>/loggers/new/", logger_fit, name="logger_fit"),
]
