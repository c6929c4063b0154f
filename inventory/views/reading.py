"""What the pages of this app share: the right to read, export of a list, the filters over it."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import openpyxl
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

ROWS = 50
"""Rows a page."""
CHUNK = 2_000
"""Rows of a list that are read at once for a file."""

View = Callable[..., HttpResponse]


def reads(view: View) -> View:
    """A page for whoever may read inventory; the middleware has asked for a login before."""
    guarded: View = require_GET(permission_required("inventory.read", raise_exception=True)(view))
    return guarded


def page_of(request: HttpRequest, rows: Any, each: int = ROWS) -> Page[Any]:
    """The page of a list that the address asks for; anything unreadable is the first, anything beyond the last."""
    return Paginator(rows, each).get_page(request.GET.get("page"))


def chosen_links(request: HttpRequest, chosen: dict[str, str], labels: dict[str, str]) -> list[dict[str, str]]:
    """The chosen filters, each with the address that takes it away."""
    links = []
    for name, value in chosen.items():
        query = request.GET.copy()
        query.pop(name, None)
        query.pop("page", None)
        links.append({"label": f"{labels.get(name, name)}: {value}", "url": "?" + query.urlencode()})
    return links


def exports_of(request: HttpRequest) -> list[dict[str, str]]:
    """Links that export the list with the filter on the screen."""
    links = []
    for form in ("csv", "xlsx"):
        query = request.GET.copy()
        query["export"] = form
        query.pop("page", None)
        links.append({"label": form.upper(), "url": "?" + query.urlencode()})
    return links


def exported(
    request: HttpRequest,
    name: str,
    heading: Sequence[str],
    rows: Iterable[Any],
    cells: Callable[[Any], Sequence[Any]] = list,
) -> Any:
    """The list as a file, or None when the address asks for a page; `cells` makes a line of a row.

    A generator over a query set would ask for all its rows as it is made, for every page: give the query set itself."""
    form = request.GET.get("export", "")
    if form == "csv":
        answer = StreamingHttpResponse(_csv(heading, _lines(rows, cells)), content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        answer = HttpResponse(_xlsx(heading, _lines(rows, cells)), content_type=_XLSX)  # type: ignore[assignment]
    else:
        return None
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _lines(rows: Iterable[Any], cells: Callable[[Any], Sequence[Any]]) -> Iterator[Sequence[Any]]:
    found = rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows
    return (cells(row) for row in found)


def _csv(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Lines with a byte order mark, so that Excel in Japan reads them as UTF-8."""
    yield "\ufeff"
    for row in itertools.chain([heading], rows):
        line = io.StringIO()
        csv.writer(line).writerow([harmless(cell) for cell in row])
        yield line.getvalue()


def _xlsx(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Genpin")
    sheet.append([str(cell) for cell in heading])
    for row in rows:
        sheet.append([harmless(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def harmless(cell: Any) -> str:
    """A cell that no spreadsheet takes for a formula; serials stay text."""
    text = "" if cell is None else str(cell)
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def empty_words(chosen: dict[str, str]) -> dict[str, Any]:
    """What an empty list says."""
    if chosen:
        return {
            "title": _("Nothing fits these filters."),
            "text": _("Take one away."),
            "acts": [{"label": _("Remove all"), "url": "?"}],
        }
    return {"title": _("Nothing here yet."), "text": "", "acts": []}


def done_words(count: int) -> str:
    """How many were recorded."""
    return ngettext("%(count)d recorded.", "%(count)d recorded.", count) % {"count": count}
