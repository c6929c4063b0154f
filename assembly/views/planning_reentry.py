"""Re-entry rules of a routing: which operations are done again after a unit was taken out of a slot of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assembly.documents.part_kinds import kind_words
from assembly.models import ReentryRule, Routing, RoutingOperation
from assembly.operations.routing_drafts import put_reentry_rule
from assembly.planning_forms import ReentryForm, choose
from inventory.views.desk import Edit, edit_page, post_call, text_of

KEEPS = permission_required("assembly.keep_master_data", raise_exception=True)


def reentry_rows(routing: Routing, operations: Sequence[RoutingOperation], *, change: bool) -> list[dict[str, Any]]:
    """Every kind of slot that the routing fills or has a rule for: what fills it, what is repeated, where it is
    changed ("" where it is not). One query."""
    rules = {rule.slot_kind: rule for rule in routing.reentry_rules.order_by("slot_kind")}
    filling: dict[str, list[RoutingOperation]] = {}
    for row in operations:
        for kind in row.slot_kinds:
            filling.setdefault(kind, []).append(row)
    named = {row.number: f"{row.number} {row.name}" for row in operations}
    return [
        {
            "kind": kind,
            "name": kind_name(kind),
            "fills": [named[row.number] for row in filling.get(kind, [])],
            "repeats": [named.get(number, str(number)) for number in rules[kind].repeats] if kind in rules else [],
            "url": _url_of(routing, kind, known=kind in rules) if change else "",
        }
        for kind in [*filling, *(kind for kind in rules if kind not in filling)]
    ]


def kind_name(kind: str) -> str:
    """A kind of slot in the reader's language; one without a word is shown by its code."""
    return kind_words(kind).say(get_language() or "ja")


def _url_of(routing: Routing, kind: str, *, known: bool) -> str:
    if known:
        return reverse("routing_reentry", args=[routing.pk, kind])
    return f"{reverse('routing_reentry_new', args=[routing.pk])}?kind={kind}"


def _back(routing: Routing) -> tuple[str, str]:
    return reverse("routing", args=[routing.pk]), str(routing)


def _form(request: HttpRequest, routing: Routing, initial: dict[str, Any]) -> ReentryForm:
    form = ReentryForm(request.POST or None, initial=initial)
    operations = routing.operations.order_by("number")
    choose(form, repeats=[(str(row.number), f"{row.number} {row.name}") for row in operations])
    return form


def _arguments(routing: Routing, given: dict[str, Any]) -> dict[str, Any]:
    return {"routing_id": routing.pk, "slot_kind": given["slot_kind"], "repeats": [int(n) for n in given["repeats"]]}


@KEEPS
@require_http_methods(["GET", "POST"])
def routing_reentry_new(request: HttpRequest, routing_id: int) -> HttpResponse:
    """Add a rule to a draft."""
    found = get_object_or_404(Routing, pk=routing_id)
    edit = Edit(
        _form(request, found, {"slot_kind": text_of(request, "kind")}), _("Add a re-entry rule"), _("Add"),
        _back(found), put_reentry_rule, lambda given: _arguments(found, given), _("The rule is recorded."),
        version=found.version, intro=_intro(),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@require_http_methods(["GET", "POST"])
def routing_reentry(request: HttpRequest, routing_id: int, slot_kind: str) -> HttpResponse:
    """Change a rule of a draft."""
    found = get_object_or_404(Routing, pk=routing_id)
    rule = get_object_or_404(ReentryRule, routing=found, slot_kind=slot_kind)
    form = _form(request, found, {"slot_kind": slot_kind, "repeats": [str(number) for number in rule.repeats]})
    form.fields["slot_kind"].disabled = True
    edit = Edit(
        form, _("Re-entry after %(kind)s") % {"kind": kind_name(slot_kind)}, _("Save"), _back(found), put_reentry_rule,
        lambda given: _arguments(found, given), _("The rule is recorded."), version=found.version, intro=_intro(),
        drop=(reverse("routing_reentry_drop", args=[found.pk, slot_kind]), _("Take the rule away")),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@require_POST
def routing_reentry_drop(request: HttpRequest, routing_id: int, slot_kind: str) -> HttpResponse:
    """Take a rule out of a draft: only the operation that fills the slot is repeated then."""
    found = get_object_or_404(Routing, pk=routing_id)
    return post_call(
        request, put_reentry_rule, done=_("The rule is gone."), to=_back(found)[0], back=_back(found),
        routing_id=found.pk, slot_kind=slot_kind, repeats=[], version=None,
    )  # fmt: skip


def _intro() -> str:
    return _(
        "What is ticked is done again after a unit came out of such a slot, as far as it had been done. The operation"
        " that fills the slot is always repeated."
    )


URLS = [
    path("planning/routings/<int:routing_id>/reentry/new/", routing_reentry_new, name="routing_reentry_new"),
    path("planning/routings/<int:routing_id>/reentry/<str:slot_kind>/", routing_reentry, name="routing_reentry"),
    path(
        "planning/routings/<int:routing_id>/reentry/<str:slot_kind>/removal/",
        routing_reentry_drop,
        name="routing_reentry_drop",
    ),
]
