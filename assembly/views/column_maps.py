"""Column maps of the plant's own testers: the list, one with its revisions, and making one from a sample file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assembly.forms import ColumnMapForm, MapColumnForms
from assembly.models import ColumnMap
from assembly.operations.column_maps import ROLE_WORDS, ColumnSpec, define_column_map, retire_column_map
from assembly.queries.column_maps import column_map_list, column_map_revisions
from assembly.test_logs.column_guess import guessed_columns
from assembly.test_logs.result import Unreadable
from assembly.test_logs.text import SIZE_LIMIT
from assembly.text import reader_words
from inventory.views.desk import Cell, Sheet, list_page
from ledger.doors import call_from_page, new_key
from ledger.refusals import Refusal

KEEPS = "assembly.keep_column_maps"
reads = permission_required("assembly.read", raise_exception=True)


@require_GET
@reads
def column_maps(request: HttpRequest) -> HttpResponse:
    """Every map by its newest revision."""
    text, state = request.GET.get("q", "").strip()[:60], request.GET.get("state", "")
    acts = [{"kind": "", "url": reverse("test_upload"), "label": _("Import test files")}]
    if request.user.has_perm(KEEPS):
        acts.append({"kind": "primary", "url": reverse("column_map_new"), "label": _("Make a map")})
    sheet = Sheet(
        "column-maps",
        _("Column maps"),
        [_("Code"), _("Tester or file"), _("Revision"), _("Columns"), _("In use from"), _("State")],
        column_map_list(text, retired=state == "all"),
        _cells,
        intro=_("What the columns of the plant's own testers mean"),
        filters=[
            {"name": "q", "label": _("Code or name"), "value": text, "kind": "search"},
            {
                "name": "state", "label": _("State"), "value": state, "kind": "select",
                "options": [
                    {"value": "", "label": _("in use")},
                    {"value": "all", "label": _("all")},
                ],
            },
        ],
        acts=acts,
        crumbs=((reverse("test_upload"), _("Test files")),),
    )  # fmt: skip
    return list_page(request, sheet)


def _cells(row: ColumnMap) -> list[Cell]:
    state = ("void", _("retired")) if row.retired_at else ("done", _("in use"))
    return [
        Cell(row.code, reverse("column_map", args=[row.code]), "code"),
        Cell(row.name),
        Cell(row.revision, css="num"),
        Cell(row.column_count, css="num"),  # type: ignore[attr-defined]
        Cell(f"{timezone.localtime(row.made_at):%Y/%m/%d}"),
        Cell(state[1], state=state[0]),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@reads
def column_map(request: HttpRequest, code: str) -> HttpResponse:
    """One map: the columns of its newest revision, and the revisions before it."""
    outcome = call_from_page(request, retire_column_map, code=code) if request.method == "POST" else None
    if outcome is not None and outcome.refusal is None:
        messages.success(request, _("%(code)s is retired: no file is read by it any more.") % {"code": code.upper()})
        return redirect("column_map", code=code)
    revisions = column_map_revisions(code)
    if outcome is not None and not revisions:
        context: dict[str, Any] = {
            "refusal": outcome.refusal,
            "back_url": reverse("column_maps"),
            "back_label": _("Column maps"),
        }
        return render(request, "assembly/refused.html", context, status=outcome.status)
    if not revisions:
        raise Http404
    context = {
        "newest": revisions[0],
        "columns": [
            {"row": one, "role": ROLE_WORDS[one.role], "low": _plain(one.low), "high": _plain(one.high)}
            for one in revisions[0].columns.all()
        ],
        "revisions": [{"row": row, "columns": len(row.columns.all())} for row in revisions],
        "may": request.user.has_perm(KEEPS),
        "key": new_key(),
        "refusal": outcome.refusal if outcome else None,
    }
    return render(request, "assembly/column_map.html", context, status=outcome.status if outcome else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@reads
@permission_required(KEEPS, raise_exception=True)
def column_map_new(request: HttpRequest) -> HttpResponse:
    """A map, or the next revision of one: first a sample file is looked at, then each of its columns is explained."""
    head, columns, refusal = _begun(request)
    if request.method == "POST" and head is not None and columns is not None and request.POST.get("act") == "define":
        if head.is_valid() and columns.is_valid():
            specs = [_spec(one) for one in columns.cleaned_data]
            outcome = call_from_page(request, define_column_map, **head.cleaned_data, columns=specs)
            if outcome.refusal is None:
                row = outcome.result
                said = _("Revision %(revision)d of %(code)s is in use.") % {"revision": row.revision, "code": row.code}
                messages.success(request, said)
                return redirect("column_map", code=row.code)
            refusal = outcome.refusal
        else:
            refusal = Refusal(_("Some fields are not filled in rightly."), do=_("Correct the marked columns."))
    context = {"head": head, "columns": columns, "refusal": refusal, "key": request.POST.get("key") or new_key()}
    return render(request, "assembly/column_map_new.html", context, status=422 if refusal else 200)


def _begun(request: HttpRequest) -> tuple[Any, Any, Refusal | None]:
    """The forms as they stand: nothing yet, from a sample, from an earlier revision, or as sent."""
    if request.method != "POST":
        return *_from_revision(request.GET.get("from", "")), None
    if request.POST.get("act") == "define":
        return ColumnMapForm(request.POST), MapColumnForms(request.POST, form_kwargs=_roles(), prefix="c"), None
    sample = request.FILES.get("sample")
    try:
        if sample is None or (sample.size or 0) > SIZE_LIMIT:
            raise Unreadable(_("Choose a file of at most %(limit)d MB.") % {"limit": SIZE_LIMIT // 1024 // 1024})
        found = guessed_columns(sample.read())
    except Unreadable as unread:
        return None, None, Refusal(reader_words(str(unread)), do=_("Choose a file as the tester writes it."))
    initial = [
        {"header": one.header, "samples": " · ".join(one.samples)[:2_000], "role": one.role, "name": one.name}
        for one in found
    ]
    return ColumnMapForm(), MapColumnForms(initial=initial, form_kwargs=_roles(), prefix="c"), None


def _from_revision(code: str) -> tuple[Any, Any]:
    row = ColumnMap.objects.filter(code=code.upper()).order_by("-revision").first() if code else None
    if row is None:
        return None, None
    fields = ("header", "role", "name", "unit", "low", "high")
    initial = [
        {**{name: getattr(column, name) for name in fields}, "low": _plain(column.low), "high": _plain(column.high)}
        for column in row.columns.all()
    ]
    head = ColumnMapForm(initial={"code": row.code, "name": row.name})
    return head, MapColumnForms(initial=initial, form_kwargs=_roles(), prefix="c")


def _plain(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _roles() -> dict[str, Any]:
    return {"roles": list(ROLE_WORDS.items())}


def _spec(cleaned: dict[str, Any]) -> ColumnSpec:
    return ColumnSpec(**{name: cleaned[name] for name in ("header", "role", "name", "unit", "low", "high")})


URLS = [
    path("stations/tests/maps/", column_maps, name="column_maps"),
    path("stations/tests/maps/new/", column_map_new, name="column_map_new"),
    path("stations/tests/maps/<str:code>/", column_map, name="column_map"),
]
