"""Requests that nobody should send: a sentence and 400, never 500, and JSON under /api/."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from genpin import urls
from inventory.models import Supplier
from ledger.models import Event
from tests.cast import person
from tests.world import a_unit

pytestmark = pytest.mark.django_db

LIST = "/api/ship-notices/"


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    raise RuntimeError("broken")


class Urls:
    """Our addresses, and two that fail."""

    urlpatterns = [path("api/broken/", broken), path("broken/", broken), *urls.urlpatterns]
    handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500


@pytest.fixture
def admin() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person("admin"))
    return client


@pytest.mark.parametrize(
    "address",
    ["/nonconformities/?q=%00", "/deviations/?q=x%00", "/shipments/?lane=%00", "/audit/?kind=%00", "/units/%00/",
     "/verify/%00", "/racks/a%00b/"],
)  # fmt: skip
def test_nul_in_an_address_is_refused_with_a_page(admin: Client, address: str) -> None:
    answer = admin.get(address)

    assert answer.status_code == 400 and "保存できない文字" in answer.content.decode()
    assert "default-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/api/units/?q=%00", "/api/verify/%00/", "/api/holds/%00/release/"])
def test_nul_in_an_address_of_the_api_is_refused_with_json(admin: Client, address: str) -> None:
    answer = admin.get(address)

    assert (answer.status_code, answer.json()["code"]) == (400, "BadInput")


def test_too_large_a_body_is_refused_with_json(admin: Client) -> None:
    before = Event.objects.count()

    answer = admin.post("/api/suppliers/", b'{"a":"' + b"x" * (17 << 20) + b'"}', content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "BadInput")
    assert Event.objects.count() == before and not Supplier.objects.exists()


@override_settings(BODY_LIMIT=1_000)
@pytest.mark.parametrize("address", [LIST, "/verify/nobody"])
def test_a_body_beyond_the_limit_is_refused_unread(admin: Client, address: str) -> None:
    file = SimpleUploadedFile("big.csv", b"x" * 2_000)

    answer = admin.post(address, {"file": file})

    assert answer.status_code == 413
    assert ("TooLarge" in answer.text) == address.startswith("/api/")


def test_too_many_fields_are_refused_with_json(admin: Client) -> None:
    answer = admin.post(LIST, {f"f{number}": "1" for number in range(2_000)})

    assert (answer.status_code, answer.json()["code"]) == (400, "BadInput")


def test_an_unknown_address_of_the_api_answers_json(admin: Client) -> None:
    answer = admin.get("/api/nothing-here/")

    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


@override_settings(ROOT_URLCONF=Urls)
def test_a_fault_of_ours_answers_json_under_the_api_and_a_page_elsewhere(admin: Client) -> None:
    machine, browser = admin.get("/api/broken/"), admin.get("/broken/")

    assert (machine.status_code, machine.json()["code"]) == (500, "ServerFault")
    assert browser.status_code == 500 and b"<html" in browser.content
    assert "default-src 'self'" in machine["Content-Security-Policy"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00", "0001-01-01T00:00"])
def test_a_moment_at_the_end_of_time_breaks_no_page(admin: Client, moment: str) -> None:
    unit = a_unit()

    for address in (f"/units/{unit.tag}/", f"/audit/units/{unit.tag}/"):
        assert admin.get(address, {"as_of": moment}).status_code in (200, 422), address
    assert admin.get(f"/api/units/{unit.pk}/genealogy/", {"as_of": moment}).status_code == 400
