"""Acts of documents: issued papers, prints."""

from __future__ import annotations

from django.urls import reverse

from documents.photos import put_photo
from tests.doors.act import Act, Acts, free_unit
from tests.pictures import a_picture


def issue_document() -> Act:
    tag = free_unit().tag
    return Act(
        "tanaka",
        {"kind": "unit-label", "key": tag, "language": "en"},
        (reverse("document_issue", args=["unit-label", tag]), {"lang": "en"}),
        {"kind": "poster"},
        "UnknownDocumentKind",
        (reverse("document_issue", args=["poster", tag]), {"lang": "en"}),
    )


def request_prints() -> Act:
    tag = free_unit().tag
    form = {"kind": "unit-label", "keys": tag, "lang": "en"}
    return Act(
        "mei",
        {"kind": "unit-label", "keys": [tag], "language": "en"},
        (reverse("print_many"), form),
        {"keys": []},
        "NothingAsked",
        (reverse("print_many"), {**form, "keys": ""}),
    )


def keep_photo() -> Act:
    return Act(
        "mei",
        {"file_sha256": put_photo(a_picture(colour="#2b4a7a")), "file_name": "crack.jpg"},
        wrong={"file_sha256": "0" * 64},
        refusal="PhotoMissing",
    )


ACTS: Acts = {
    "documents.issue_document": issue_document,
    "documents.keep_photo": keep_photo,
    "documents.request_prints": request_prints,
}
