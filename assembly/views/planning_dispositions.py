"""The desk's pages of disposition rules: what the plant does after a verdict, by revision, and a change of one rule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from assembly.event_words import TEST_DISPOSITIONS
from assembly.models import DispositionRule, DispositionRules
from assembly.models.dispositions import RULE_CONDITIONS, RULED_DISPOSITIONS
from assembly.operations.dispositions import REASON_LIMIT, RuleSpec, release_dispositions
from assembly.queries.dispositions import rule_list
from assembly.test_logs.result import FORMATS
from assembly.views.builds import form_page
from assembly.views.planning_words import tabs
from inventory.views.boms import day
from inventory.views.desk import Cell, Sheet, act, choice_filter, list_page, search_filter, text_of
from ledger.doors import call_from_page

READS = permission_required("assembly.read", raise_exception=True)
KEEPS = permission_required("assembly.keep_dispositions", raise_exception=True)

CONDITION_WORDS: dict[str, Any] = {
    "verdict": gettext_lazy("verdict of the file"),
    "severity": gettext_lazy("severity of a DCGM error"),
    "error": gettext_lazy("DCGM error id"),
    "exit": gettext_lazy("exit code"),
    "exit-clean": gettext_lazy("exit code of a file in which everything passed"),
}


@READS
@require_GET
def dispositions(request: HttpRequest) -> HttpResponse:
    """The rules in force, or those of an earlier revision (`?revision=`)."""
    revisions = list(DispositionRules.objects.select_related("released_by").order_by("-revision")[:50])
    asked = text_of(request, "revision")
    shown = next((row for row in revisions if str(row.revision) == asked), revisions[0] if revisions else None)
    newest = bool(revisions) and shown is revisions[0]
    may = newest and request.user.has_perm("assembly.keep_dispositions")
    sheet = Sheet(
        name="dispositions",
        heading=_("Disposition rules"),
        intro=_intro(shown, newest),
        columns=[_("Condition"), _("Key"), _("Tool"), _("Disposition"), _("Reason"), *([_("Change")] if may else [])],
        rows=rule_list(shown, text_of(request, "q"), text_of(request, "condition")),
        cells=lambda row: _cells(row, change=may),
        filters=[
            search_filter(request, _("Tool, key or reason")),
            choice_filter(
                request, "condition", _("Condition"), [(name, str(CONDITION_WORDS[name])) for name in RULE_CONDITIONS]
            ),
            choice_filter(
                request, "revision", _("Revision"),
                [(str(row.revision), f"{row.revision} · {day(row.released_at)}") for row in revisions],
            ),
        ],
        acts=act(request, _("Add a rule"), reverse("disposition_change"), "assembly.keep_dispositions", "primary"),
        tabs=tabs(request),
    )  # fmt: skip
    return list_page(request, sheet)


def _intro(shown: DispositionRules | None, newest: bool) -> str:
    if shown is None:
        return _("No rules are released: the shipped ones count.")
    told = {
        "revision": shown.revision, "day": day(shown.released_at), "person": shown.released_by.name,
        "reason": shown.reason,
    }  # fmt: skip
    if newest:
        return _("Revision %(revision)d, in force since %(day)s, by %(person)s: %(reason)s") % told
    return _("Revision %(revision)d, released %(day)s by %(person)s, no longer in force: %(reason)s") % told


def _cells(row: DispositionRule, *, change: bool) -> list[Cell]:
    state, word = TEST_DISPOSITIONS[row.disposition]
    cells = [
        Cell(str(CONDITION_WORDS[row.condition])), Cell(row.key, css="code"), Cell(row.tool or _("any"), css="code"),
        Cell(word, state=state), Cell(row.reason),
    ]  # fmt: skip
    if change:
        asked = urlencode({"tool": row.tool, "condition": row.condition, "key": row.key})
        cells.append(Cell(_("Change"), f"{reverse('disposition_change')}?{asked}"))
    return cells


class RuleForm(forms.Form):
    """One rule, and why the rules change."""

    condition = forms.ChoiceField(label=gettext_lazy("Condition"), choices=list(CONDITION_WORDS.items()))
    named = forms.CharField(  # not `key`: that is the form's idempotency key

        label=gettext_lazy("Key"), max_length=20,
        help_text=gettext_lazy("fail, warn, ISOLATE, a DCGM error id, an exit code or “other”"),
    )  # fmt: skip
    tool = forms.ChoiceField(label=gettext_lazy("Tool"), required=False)
    disposition = forms.ChoiceField(label=gettext_lazy("Disposition"))
    reason = forms.CharField(label=gettext_lazy("Reason that people read"), max_length=REASON_LIMIT)
    why = forms.CharField(
        label=gettext_lazy("Why the rules change"), max_length=REASON_LIMIT, widget=forms.Textarea(attrs={"rows": 2})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        tools = [("", _("any")), *((tool, tool) for tool in FORMATS if tool != "auto")]
        self.fields["tool"].choices = tools  # type: ignore[attr-defined]
        choices = [(name, TEST_DISPOSITIONS[name][1]) for name in RULED_DISPOSITIONS]
        self.fields["disposition"].choices = choices  # type: ignore[attr-defined]


@KEEPS
@require_http_methods(["GET", "POST"])
def disposition_change(request: HttpRequest) -> HttpResponse:
    """Release the next revision with one rule changed or added."""
    newest = DispositionRules.objects.order_by("-revision").first()
    form = RuleForm(request.POST or None, initial=_initial(request, newest))
    outcome = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        rule = RuleSpec(given["condition"], given["named"], given["disposition"], given["reason"], given["tool"])
        outcome = call_from_page(
            request, release_dispositions, revision=given["revision"], changes=[rule], reason=given["why"]
        )
        if outcome.refusal is None:
            messages.success(request, _("Revision %(revision)d is in force.") % {"revision": outcome.result.revision})
            return redirect("dispositions")
    return form_page(
        request,
        form,
        heading=_("Change a disposition rule"),
        intro=_("The verdict stays what the tool said; the rule says what the plant does. What was read keeps the"
                " revision that disposed it."),
        button=_("Release the next revision"),
        back=(reverse("dispositions"), _("Disposition rules")),
        outcome=outcome,
    )  # fmt: skip


def _initial(request: HttpRequest, newest: DispositionRules | None) -> dict[str, Any]:
    asked = {name: text_of(request, name) for name in ("tool", "condition", "key")}
    initial: dict[str, Any] = {**asked, "named": asked["key"], "revision": newest.revision if newest else 0}
    if newest is not None and asked["key"]:
        row = get_object_or_404(DispositionRule, rules=newest, **asked)
        initial |= {"disposition": row.disposition, "reason": row.reason}
    return initial


URLS = [
    path("planning/dispositions/", dispositions, name="dispositions"),
    path("planning/dispositions/change/", disposition_change, name="disposition_change"),
]
