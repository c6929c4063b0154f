"""Correcting the values of a finished run: what stands, what it should be, why, and the PIN of who corrects."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.operations.pins import check_pin
from assembly.models import Measurement, OperationField, OperationRun
from assembly.operations.amendments import amend_run
from assembly.operations.judging import limits_text
from assembly.operations.runs import RecordedValue
from inventory.text import fold
from ledger.doors import call_from_page, caller_from, new_key
from ledger.refusals import Refusal


class AmendmentForm(forms.Form):
    """One field for each value of the operation, the reason, the PIN."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    pin = forms.CharField(
        label=gettext_lazy("Your PIN"),
        max_length=8,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, measured: dict[str, Measurement], fields: list[OperationField], **others: Any
    ) -> None:
        super().__init__(*args, **others)
        self.codes = [field.code for field in fields]
        for field in fields:
            was = measured.get(field.code)
            limits = limits_text(field) if field.low is not None or field.high is not None else ""
            told = _("recorded: %(value)s") % {"value": f"{was.written} {field.unit}".strip()} if was else ""
            self.fields[f"v_{field.code}"] = forms.CharField(
                label=f"{field.name} {field.unit}".strip(),
                required=False,
                max_length=60,
                initial=was.written if was else "",
                help_text=" · ".join(part for part in (told, limits) if part),
            )
        self.order_fields([*(f"v_{code}" for code in self.codes), "reason", "pin"])

    def changed_values(self, measured: dict[str, Measurement]) -> list[RecordedValue]:
        """The values that differ from what is recorded."""
        given = {code: self.cleaned_data[f"v_{code}"] for code in self.codes}
        return [
            RecordedValue(code, text)
            for code, text in given.items()
            if text.strip() and (code not in measured or fold(text) != measured[code].written)
        ]


@permission_required("assembly.amend_run", raise_exception=True)
@require_http_methods(["GET", "POST"])
def run_amendment(request: HttpRequest, run_id: int) -> HttpResponse:
    """The values of one finished run, corrected."""
    rows = OperationRun.objects.select_related("operation", "build__unit", "build__design")
    run = get_object_or_404(rows, pk=run_id)
    fields = list(run.operation.fields.all())
    measured = {row.field.code: row for row in run.measurements.select_related("field")}
    form = AmendmentForm(request.POST or None, measured=measured, fields=fields)
    refusal, status = None, 200
    if request.method == "POST":
        status, refusal = 422, _amended(request, run, form, measured) if form.is_valid() else None
        if form.is_valid() and refusal is None:
            messages.success(request, _("Corrected. Both values stay on record; signatures are to be given again."))
            return redirect("rack_operations", run.build.unit.name)
    context = {
        "heading": _("Correct operation %(number)d") % {"number": run.operation.number},
        "intro": f"{run.build.unit.name} · {run.operation.name} #{run.attempt}",
        "form": form,
        "refusal": refusal,
        "key": request.POST.get("key") or new_key(),
        "button": _("Correct and sign"),
        "note": _("Both values stay on record. Signatures given before are void, and a second person checks again."),
        "back_url": reverse("rack_operations", args=[run.build.unit.name]),
        "back_label": run.build.unit.name,
    }
    return render(request, "assembly/form.html", context, status=status)


def _amended(
    request: HttpRequest, run: OperationRun, form: AmendmentForm, measured: dict[str, Measurement]
) -> Refusal | None:
    caller = caller_from(request, door="page", key=new_key())
    person = User.objects.get(pk=request.user.pk or 0)
    try:
        sent = request.POST.get("key", "")
        check = check_pin(person, form.cleaned_data["pin"], at=caller.at, session=caller.session, form=sent)
    except Refusal as refusal:
        return refusal
    outcome = call_from_page(
        request,
        amend_run,
        run_id=run.pk,
        values=form.changed_values(measured),
        reason=form.cleaned_data["reason"],
        pin_check_id=check.pk,
    )
    return outcome.refusal
