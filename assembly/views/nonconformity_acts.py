"""What a person does with a nonconformity: decide it, answer a proposed use as is, add photos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.models import User
from accounts.operations.pins import check_pin
from assembly.forms import ConcessionForm, DispositionForm, PhotosForm
from assembly.models import Concession, Nonconformity
from assembly.operations.concessions import approve_concession, decline_concession, propose_concession
from assembly.operations.nonconformities import DISPOSITIONS as DECIDABLE
from assembly.operations.nonconformities import add_photos, dispose_nonconformity
from assembly.queries.quality import causes_in_use
from assembly.queries.route import routes_of
from assembly.views.words import DISPOSITIONS
from ledger.doors import Outcome, call_from_page, caller_from, new_key
from ledger.refusals import NotPermitted, Refusal

PHOTOS_AT_ONCE = 8


@dataclass
class Forms:
    """The forms that the reader may fill in now; None for what is not theirs or not open."""

    decide: DispositionForm | None = None
    answer: ConcessionForm | None = None
    photos: PhotosForm | None = None

    @classmethod
    def of(cls, request: HttpRequest, report: Nonconformity, waiting: Concession | None) -> Forms:
        """Those of a report that is open, by the reader's rights; bound where the request is theirs."""
        acted = request.POST.get("act", "decide") if request.method == "POST" else ""
        forms = cls()
        if report.disposition is None and waiting is None and request.user.has_perm("assembly.dispose_nonconformity"):
            forms.decide = _disposition_form(request, report, acted == "decide")
        if waiting is not None and request.user.has_perm("assembly.approve_concession"):
            bound = request.POST if acted in ("approve", "decline") else None
            forms.answer = ConcessionForm(bound)
        if report.closed_at is None and request.user.has_perm("assembly.report_nonconformity"):
            forms.photos = PhotosForm(request.POST, request.FILES) if acted == "photos" else PhotosForm()
        return forms

    def as_context(self) -> dict[str, Any]:
        """As the template names them."""
        return {"form": self.decide, "answer_form": self.answer, "photo_form": self.photos}


def _disposition_form(request: HttpRequest, report: Nonconformity, acted: bool) -> DispositionForm:
    route = routes_of([report.build])[report.build_id]
    operations = [
        (state.operation.number, f"{state.operation.number} {state.operation.name}")
        for state in route.operations
        if state.runs
    ]
    return DispositionForm(
        request.POST if acted else None,
        choices=[(name, DISPOSITIONS[name][1]) for name in (*DECIDABLE, "use_as_is")],
        operations=operations,
        causes=[(cause.code, f"{cause.code} {cause.name}") for cause in causes_in_use()],
    )


def act(request: HttpRequest, report: Nonconformity, forms: Forms) -> Outcome | None:
    """One act of the page; None where its form is not filled in rightly. What is not open to the reader is refused by
    the gate or by the operation."""
    acted = request.POST.get("act", "decide")
    if acted == "photos":
        return _add_photos(request, report, forms.photos)
    if acted in ("approve", "decline"):
        if forms.answer is not None and not forms.answer.is_valid():
            return None
        gated = approve_concession if acted == "approve" else decline_concession
        given = forms.answer.cleaned_data if forms.answer else {}
        return _signed(request, given, gated, number=report.number, remarks=given.get("remarks", ""))
    if forms.decide is None:
        return _decided_unasked(request, report)
    if not forms.decide.is_valid():
        return None
    return _decide(request, report, forms.decide.cleaned_data)


def _decide(request: HttpRequest, report: Nonconformity, given: dict[str, Any]) -> Outcome:
    if given["disposition"] == "use_as_is":
        return _signed(request, given, propose_concession, number=report.number, reason=given["reason"])
    return _signed(
        request,
        given,
        dispose_nonconformity,
        number=report.number,
        disposition=given["disposition"],
        reason=given["reason"],
        repeats=given["repeats"] if given["disposition"] == "rework" else [],
        cause=given["cause"],
    )


def _signed(request: HttpRequest, given: dict[str, Any], gated: Callable[..., Any], **arguments: Any) -> Outcome:
    """The PIN is checked here, at the door; the operation takes the id of the check."""
    check_id = 0
    if given:
        caller = caller_from(request, door="page", key=new_key())
        try:
            person = User.objects.get(username=request.user.get_username())
            sent = request.POST.get("key", "")
            check_id = check_pin(person, given["pin"], at=caller.at, session=caller.session, form=sent).pk
        except Refusal as refusal:
            return Outcome(refusal=refusal)
    return call_from_page(request, gated, pin_check_id=check_id, **arguments)


def _decided_unasked(request: HttpRequest, report: Nonconformity) -> Outcome:
    """A decision by somebody who may not, or on what is decided: the operation refuses it."""
    return call_from_page(
        request,
        dispose_nonconformity,
        number=report.number,
        disposition=request.POST.get("disposition", ""),
        reason=request.POST.get("reason", ""),
        pin_check_id=0,
    )


def _add_photos(request: HttpRequest, report: Nonconformity, form: PhotosForm | None) -> Outcome | None:
    """The right is asked before a byte is stored."""
    if not request.user.has_perm("assembly.report_nonconformity"):
        return Outcome(refusal=NotPermitted("assembly.report_nonconformity"))
    if form is None:  # closed: the operation refuses it
        return call_from_page(request, add_photos, number=report.number, photos=[])
    if not form.is_valid():
        return None
    photos = form.cleaned_data["photos"][:PHOTOS_AT_ONCE]
    return call_from_page(request, add_photos, number=report.number, photos=photos)
