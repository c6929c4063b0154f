"""Sending testers' files by page and API, and the page of a test run."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assembly.models import TestRun
from tests.assembly.burn_in_world import a_tray_with_superchips
from tests.assembly.test_import_test_log import xml
from tests.cast import person

pytestmark = pytest.mark.django_db


def client(name="kenji"):
    browser = Client()
    browser.force_login(person(name))
    return browser


def file(content=None, name="tray.xml"):
    return SimpleUploadedFile(name, content if content is not None else xml())


def test_several_files_of_one_form_are_answered_one_by_one():
    build = a_tray_with_superchips()
    form = {"key": "k", "unit": build.unit.tag, "exit_code": "0", "files": [file(), file(b"hello", "bad.txt")]}

    answer = client().post("/stations/tests/", form)

    page = answer.content.decode()
    assert answer.status_code == 422 and TestRun.objects.count() == 1
    assert "bad.txt" in page
    again = client().post("/stations/tests/", {**form, "key": "k2", "files": [file()]})
    assert again.status_code == 200 and "取込み済み" in again.content.decode()


def test_the_same_form_twice_imports_once():
    build = a_tray_with_superchips()
    browser = client()

    for _turn in range(2):
        form = {"key": "k", "unit": build.unit.tag, "files": [file(), file(xml(driver="2"), "b.xml")]}
        assert browser.post("/stations/tests/", form).status_code == 200

    assert TestRun.objects.count() == 2


@pytest.mark.parametrize(
    "change", [{"unit": "NOPE"}, {"exit_code": "x"}, {"exit_code": "999"}, {"files": []}, {"key": ""}]
)
def test_what_is_wrong_in_the_form_is_said(change):
    build = a_tray_with_superchips()
    form = {"key": "k", "unit": build.unit.tag, "exit_code": "0", "files": [file()], **change}

    assert client().post("/stations/tests/", form).status_code == 422
    assert not TestRun.objects.exists()


def test_a_run_page_keeps_verdict_and_disposition_apart():
    build = a_tray_with_superchips()
    browser = client()
    browser.post("/stations/tests/", {"key": "k", "unit": build.unit.tag, "exit_code": "205", "files": [file()]})
    run = TestRun.objects.get()

    page = client("aud").get(f"/test-runs/{run.pk}/")

    text = page.content.decode()
    assert page.status_code == 200 and "判定" in text and "処置" in text and "gpu:0" in text
    raw = client("aud").get(f"/test-runs/{run.pk}/file/")
    assert b"".join(raw.streaming_content) == xml() and "attachment" in raw["Content-Disposition"]
    assert client().get("/test-runs/999/").status_code == 404
    assert client("stranger").get(f"/test-runs/{run.pk}/file/").status_code == 403


def test_who_may_not_import_sees_no_form():
    assert client("aud").get("/stations/tests/").status_code == 403
    assert client().get("/stations/tests/").status_code == 200


def test_the_api_takes_a_file_and_says_when_it_knew_it():
    build = a_tray_with_superchips()
    browser = client()
    codes = [
        browser.post("/api/test-logs/", {"file": file(), "unit": build.unit.tag, "exit_code": "0"}).status_code
        for _turn in range(2)
    ]

    assert codes == [201, 200] and TestRun.objects.count() == 1
    assert browser.post("/api/test-logs/", {"unit": build.unit.tag}).status_code == 400
    assert browser.post("/api/test-logs/", {"file": file(b"x"), "unit": build.unit.tag}).json()["code"] == (
        "FileNotUnderstood"
    )
    assert client("aud").post("/api/test-logs/", {"file": file(), "unit": "x"}).status_code == 403
