"""The installable shell: manifest, worker, icons; which pages say that a device may keep them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from genpin.shell_views import shell_addresses
from tests.cast import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


@pytest.mark.parametrize(("language", "name"), [("ja", "現品 ステーション"), ("en", "Genpin: stations")])
def test_the_manifest_speaks_the_reader_s_language_and_its_icons_are_there(language: str, name: str) -> None:
    client = Client()
    client.cookies["genpin_language"] = language

    answer = client.get("/manifest.webmanifest")
    facts = json.loads(answer.content)

    assert answer["Content-Type"] == "application/manifest+json"
    assert (facts["lang"], facts["name"], facts["display"], facts["scope"]) == (language, name, "standalone", "/")
    assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable"}
    for icon in facts["icons"]:
        file = settings.BASE_DIR / "static" / icon["src"].removeprefix("/static/")
        assert file.read_bytes().startswith(b"\x89PNG")


def test_the_worker_comes_from_the_root_and_is_asked_for_anew() -> None:
    answer = Client().get("/sw.js")
    code = answer.content.decode()

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert re.search(r'const VERSION = "[0-9a-f]{16}";', code)
    assert "http://" not in code and "https://" not in code


def test_the_shell_holds_everything_that_a_station_page_loads() -> None:
    client = Client()
    client.force_login(person("mei"))
    page = client.get(reverse("station", args=["A1"])).content.decode()
    loaded = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page))
    modules = {f"/static/genpin/{name}" for name in ("kept.js", "outbox.js", "wedge.js", "camera.js", "icons.svg")}

    assert (loaded | modules) - set(shell_addresses()) == set()
    assert all(not address.endswith("charts.js") for address in shell_addresses())


@pytest.mark.parametrize(("name", "code"), [("station", "A1"), ("receiving", "R1")])
def test_a_station_s_page_names_its_session_and_nothing_else_is_kept(name: str, code: str) -> None:
    client = Client()
    client.force_login(person("mei"))

    page = client.get(reverse(name, args=[code]))

    assert page["Genpin-Keep"] == client.session["operator_session"]
    for other in ("station_home", "units", "racks", "home", "scan_conflicts"):
        assert "Genpin-Keep" not in client.get(reverse(other), follow=True)
    assert "Genpin-Keep" not in Client().get(reverse(name, args=[code]))


def test_the_page_without_a_connection_is_nobody_s() -> None:
    client = Client()
    client.force_login(person("mei"))

    signed_in, stranger = (one.get("/away/").content.decode() for one in (client, Client()))

    plain = [re.sub(r'"X-CSRFToken": "[^"]*"', "", text) for text in (signed_in, stranger)]
    assert plain[0] == plain[1]
    assert "No connection" in stranger and "芽衣" not in signed_in


def test_scripts_that_import_each_other_are_hashed_together(collected_static: Path) -> None:
    names = json.loads((collected_static / "staticfiles.json").read_text())["paths"]

    code = (collected_static / names["genpin/scan.js"]).read_text()

    for name in ("kept.js", "outbox.js"):
        assert Path(names["genpin/outbox.js"]).name in code, name
    assert '"./outbox.js"' not in code
