"""The main menu says where the reader is, also on pages that have no entry of their own."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import reverse

from genpin.context import shell
from tests.cast import person


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "entry"),
    [
        ("exceptions", "control_tower"), ("weekly_reports", "control_tower"), ("shipment_board", "control_tower"),
        ("gantts", "lead_times"), ("saved_comparisons", "lead_times"), ("nonconformities", "yields"),
    ],
)  # fmt: skip
def test_the_entry_of_a_page_is_marked(page: str, entry: str) -> None:
    request = RequestFactory().get(reverse(page))
    request.user = person("admin")

    marked = [section["url"] for section in shell(request)["sections"] if section["current"]]

    assert marked == [reverse(entry)]
