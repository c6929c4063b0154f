"""Differences between scanned and reported on a rack's page, and their approval by name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.operations.pins import check_pin
from assembly.operations.configuration import REASON_LIMIT, approve_differences, withdraw_approvals
from assembly.queries.configuration import Compared, differences_of, states_words
from assembly.views.builds import form_page, the_build
from assembly.views.racks import BuildPage
from ledger.doors import Outcome, call_from_page, caller_from
from ledger.refusals import Refusal

STATES = {
    "not_scanned": "fail",
    "not_in_hardware": "fail",
    "slot": "fail",
    "firmware": "fail",
    "unreadable": "unknown",
    "unreported": "unknown",
}
"""State of a comparison → shape and colour; its word stands beside it always."""


def differences(page: BuildPage) -> dict[str, Any] | None:
    """What differs in a rack, open ones first; None for a tray. Asks nothing."""
    if page.build.design.kind != "rack":
        return None
    compared = page.comparison
    words = states_words()
    rows = sorted(compared.differences, key=lambda row: not row.is_open)
    may = page.may("assembly.approve_difference")
    approved = any(row.approval for row in rows)
    return {
        "rows": [_row(row, words) for row in rows],
        "open": compared.open,
        "agreeing": compared.agreeing,
        "approve_url": page.url("rack_differences") if may and compared.open > 0 else "",
        "withdraw_url": page.url("rack_withdrawal") if may and approved else "",
    }


def _row(row: Compared, words: dict[str, str]) -> dict[str, Any]:
    approval = row.approval
    return {
        "state": "seal" if approval else STATES.get(row.state, "fail"),
        "word": words.get(row.state, row.state),
        "place": row.place,
        "kind": row.kind,
        "baseline": f"r{row.baseline.revision}" if row.baseline else "",
        "baseline_url": reverse("firmware_baseline", args=[row.baseline.pk]) if row.baseline else "",
        "scanned": row.scanned,
        "reported": row.reported,
        "say": row.say,
        "file": row.file_name,
        "file_url": reverse("test_run", args=[row.test_run_id]) if row.test_run_id else "",
        "at": row.reported_at,
        "approved": approval,
    }


class _Keys(forms.MultipleChoiceField):
    """Differences by key. One that was settled meanwhile is no bad form: the operation says that it is gone."""

    def valid_value(self, value: str) -> bool:
        return True


class ChoiceForm(forms.Form):
    """Which differences, and why."""

    differences = _Keys(
        label=gettext_lazy("Differences"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one difference.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=REASON_LIMIT, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, found: list[Compared], **more: Any) -> None:
        super().__init__(*args, **more)
        words = states_words()
        choices = [(one.key, f"{words.get(one.state, one.state)} · {one.say}") for one in found]
        self.fields["differences"].choices = choices  # type: ignore[attr-defined]


class ApprovalForm(ChoiceForm):
    """And the PIN that signs it."""

    pin = forms.CharField(
        label=gettext_lazy("Your PIN"),
        max_length=20,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@permission_required("assembly.approve_difference", raise_exception=True)
@require_http_methods(["GET", "POST"])
def rack_differences(request: HttpRequest, number: str) -> HttpResponse:
    """Approve differences of a rack by name, with reason and PIN."""
    build = the_build(number)
    found = [one for one in differences_of(build) if one.is_open]
    form = ApprovalForm(request.POST or None, found=found)
    outcome = None
    if request.method == "POST" and form.is_valid():
        outcome = _approve(request, build.pk, form)
        if outcome.refusal is None:
            count = len(outcome.result["differences"])
            messages.success(
                request, ngettext("%(count)d difference approved.", "%(count)d differences approved.", count)
                % {"count": count},
            )  # fmt: skip
            return redirect("rack", number)
    return form_page(
        request,
        form,
        heading=_("Approve differences of %(unit)s") % {"unit": build.unit.name},
        intro=_("The rack may leave with what you approve. An approval holds for exactly this fact: when the hardware"
                " reports anything else, it is a new difference."),
        button=_("Approve and sign"),
        back=(reverse("rack", args=[number]), build.unit.name),
        outcome=outcome,
    )  # fmt: skip


@permission_required("assembly.approve_difference", raise_exception=True)
@require_http_methods(["GET", "POST"])
def rack_withdrawal(request: HttpRequest, number: str) -> HttpResponse:
    """Take approvals of a rack's differences back, with the reason."""
    build = the_build(number)
    found = [one for one in differences_of(build) if one.approval is not None]
    form = ChoiceForm(request.POST or None, found=found)
    outcome = None
    if request.method == "POST" and form.is_valid():
        outcome = call_from_page(request, withdraw_approvals, build_id=build.pk, **form.cleaned_data)
        if outcome.refusal is None:
            count = outcome.result["withdrawn"]
            messages.success(
                request, ngettext("%(count)d approval withdrawn.", "%(count)d approvals withdrawn.", count)
                % {"count": count},
            )  # fmt: skip
            return redirect("rack", number)
    return form_page(
        request,
        form,
        heading=_("Withdraw approvals of %(unit)s") % {"unit": build.unit.name},
        intro=_("The difference stops the rack again. Who approved it, when and why stays in the history."),
        button=_("Withdraw"),
        back=(reverse("rack", args=[number]), build.unit.name),
        outcome=outcome,
    )


def _approve(request: HttpRequest, build_id: int, form: ApprovalForm) -> Outcome:
    caller = caller_from(request, door="page", key=request.POST.get("key", ""))
    given = form.cleaned_data
    person = User.objects.get(pk=request.user.pk or 0)
    try:
        check = check_pin(person, given["pin"], at=caller.at, session=caller.session, form=caller.key)
    except Refusal as refused:
        return Outcome(refusal=refused)
    return call_from_page(
        request, approve_differences, build_id=build_id, differences=given["differences"], reason=given["reason"],
        pin_check_id=check.pk,
    )  # fmt: skip


URLS = [
    path("racks/<str:number>/differences/approval/", rack_differences, name="rack_differences"),
    path("racks/<str:number>/differences/withdrawal/", rack_withdrawal, name="rack_withdrawal"),
]
