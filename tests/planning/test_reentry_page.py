"""Re-entry rules on the planner's page of a routing: read by all, changed in a draft, stale edits shown."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from assembly.models import ReentryRule, Routing
from assembly.operations.routing_drafts import put_reentry_rule
from tests.assembly.pages import queries_of
from tests.cast import a_caller, person
from tests.planning.edits import a_routing_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def client(name: str = "plan") -> Client:
    browser = Client(headers={"accept-language": "ja"})
    browser.force_login(person(name))
    return browser


def rules(routing: Routing) -> dict[str, list[int]]:
    return dict(ReentryRule.objects.filter(routing=routing).values_list("slot_kind", "repeats"))


def section(text: str) -> str:
    return text[text.index('id="reentry"') :]


def test_every_kind_of_slot_says_what_is_repeated() -> None:
    routing = Routing.objects.get(code="RT-RACK-GB200", revision="A")
    browser = client("mei")

    said = section(browser.get(f"/planning/routings/{routing.pk}/").content.decode())

    row = next(part for part in said.split("<tr>") if ">compute</span>" in part)
    assert "計算" in row
    assert "230 トレイ挿入" in row
    assert "320 構成照合" in row
    assert "330 NVLink立上げ" in row
    assert "/reentry/" not in said  # released, and no planner
    assert queries_of(browser, f"/planning/routings/{routing.pk}/") <= 12


def test_a_rule_is_added_changed_and_taken_away_in_a_draft() -> None:
    routing, browser = a_routing_draft(), client()
    page = f"/planning/routings/{routing.pk}/"
    before = rules(routing)
    assert "superchip" in before

    assert f"{page}reentry/superchip/" in section(browser.get(page).content.decode())
    form = browser.get(f"{page}reentry/superchip/").content.decode()
    assert "110 トレイ組立" in form
    said = {"repeats": ["110", "140"], "version": routing.version, "key": "a"}
    assert browser.post(f"{page}reentry/superchip/", said).status_code == 302
    assert rules(routing)["superchip"] == [110, 140]

    new = {"slot_kind": "fluid_joint", "repeats": ["120"], "version": routing.version + 1, "key": "b"}
    assert browser.post(f"{page}reentry/new/", new).status_code == 302
    assert rules(routing)["fluid_joint"] == [120]

    gone = {"version": routing.version + 2, "key": "c"}
    assert browser.post(f"{page}reentry/superchip/removal/", gone).status_code == 302
    assert rules(routing) == {**{k: v for k, v in before.items() if k != "superchip"}, "fluid_joint": [120]}
    assert "?kind=superchip" in section(browser.get(page).content.decode())


def test_a_stale_rule_is_refused_with_what_changed_meanwhile() -> None:
    routing, browser = a_routing_draft(), client()
    put_reentry_rule(
        caller=a_caller("admin"), routing_id=routing.pk, version=routing.version, slot_kind="superchip", repeats=[110]
    )
    said = {"repeats": ["140"], "version": routing.version, "key": "a"}

    answer = browser.post(f"/planning/routings/{routing.pk}/reentry/superchip/", said)

    assert answer.status_code == 422
    assert "両方の内容" in answer.content.decode()
    assert re.search(r"\b110\b", answer.content.decode())
    assert rules(routing)["superchip"] == [110]
