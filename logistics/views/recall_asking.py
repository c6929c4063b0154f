"""From the form of a recall to a short address and back: a long list of serials is kept as a file, by a signed name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, QueryDict

from documents import files
from documents.words import PLANT_TIME
from inventory.files.tables import first_column
from ledger.refusals import Refusal
from logistics.forms import Asked, RecallForm, asked_of
from logistics.views.recall_words import CRITERIA

INLINE = 1_500
"""Characters of names that an address carries; more are kept as a file."""

SALT = "genpin.recall-list"


def recall_form(data: Any = None, uploaded: Any = None, initial: dict[str, Any] | None = None) -> RecallForm:
    """The form with its choices in the reader's language."""
    return RecallForm(data, uploaded, words=CRITERIA, initial=initial)


def address_of(form: RecallForm, names: Sequence[str]) -> str:
    """The query of the page that answers a valid form."""
    given = form.cleaned_data
    query: dict[str, str] = {"kind": given["kind"]}
    text = "\n".join(names)
    if len(text) <= INLINE:
        query["names"] = text
    else:
        query["list"] = signing.dumps(files.put(text.encode()), salt=SALT)
    for name in ("part", "from_on", "to_on"):
        if given[name]:
            query[name] = str(given[name])
    if given["as_of"]:
        query["as_of"] = given["as_of"].astimezone(PLANT_TIME).strftime("%Y-%m-%dT%H:%M")
    if given["ever"]:
        query["ever"] = "on"
    return urlencode(query)


def names_in(form: RecallForm) -> list[str]:
    """The names of a valid form: those typed, then those of its file. Raises the file's own fault as ValueError."""
    names = form.listed()
    upload = form.cleaned_data["file"]
    if upload is not None:
        names += first_column(upload.read())
    return list(dict.fromkeys(names))


def asked_in(request: HttpRequest) -> tuple[RecallForm, Asked | None, Refusal | None]:
    """The form as the address fills it, and what it asks; None before the first question or where it cannot be read."""
    if "kind" not in request.GET:
        return recall_form(initial={"kind": "lots"}), None, None
    data: QueryDict = request.GET.copy()
    if "list" in data:
        data["names"] = _kept(str(data["list"]))
    form = recall_form(data)
    form.fields["names"].max_length = None  # type: ignore[attr-defined]
    if not form.is_valid():
        return form, None, None
    try:
        return form, asked_of(form), None
    except Refusal as refusal:
        return form, None, refusal


def _kept(token: str) -> str:
    try:
        return files.get(signing.loads(token, salt=SALT)).decode()
    except (signing.BadSignature, files.FileAbsent, FileNotFoundError, UnicodeDecodeError):
        return ""
