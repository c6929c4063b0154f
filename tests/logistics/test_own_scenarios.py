"""A scenario of one's own is an overlay: only what differs, with its grade and source, revision by revision."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models import Event, Receipt
from ledger.versions import StaleEdit
from logistics.lead_times.compare import compare
from logistics.lead_times.overlays import SWITCHES, input_keys, input_rows, overlaid, switched
from logistics.lead_times.scenarios import default_scenarios
from logistics.models import OwnScenario, ScenarioInput, ScenarioRevision
from logistics.operations import scenarios as room
from logistics.operations.scenarios import InputGiven, ScenarioContent, retire_scenario, save_scenario
from logistics.queries.own_scenarios import as_scenario, revisions_named
from tests.cast import a_caller, person

pytestmark = pytest.mark.django_db
BASES = default_scenarios()
HAUL, LINEHAUL = (BASES["TWsea"].stages[key].source for key in ("domestic_haul", "linehaul"))


def days(key: str, p50: str, p10: str | None = None, p90: str | None = None, **more: Any) -> InputGiven:
    low, high = (None if one is None else Decimal(one) for one in (p10, p90))
    told = {"grade": "C", "source": "大阪港からの見積り", **more}
    return InputGiven(key, p10=low, p50=Decimal(p50), p90=high, **told)


def content(*inputs: InputGiven, name: str = "台湾・博多港", base: str = "TWsea", **more: Any) -> ScenarioContent:
    return ScenarioContent(name, base, list(inputs), **more)  # type: ignore[arg-type]


def saved(*inputs: InputGiven, **more: Any) -> ScenarioRevision:
    given = inputs or (days("domestic_haul", "1", grade="B"),)
    return save_scenario(caller=a_caller("rosa"), content=content(*given, **more))


def test_only_what_differs_is_kept_and_the_spread_follows_its_median():
    row = saved(
        days("domestic_haul", "0.75"),
        days("linehaul", "4", "3", "6", grade="B", source=LINEHAUL),
    )

    (one,) = row.inputs.all()
    assert (one.key, one.p10, one.p50, one.p90) == (
        "domestic_haul",
        Decimal("0.500"),
        Decimal("0.750"),
        Decimal("1.500"),
    )
    assert row.code == f"own{row.scenario_id}.1"
    event = Event.objects.get(pk=row.event_id)
    assert event.kind == "logistics.scenario-saved"
    assert event.payload["changes"]["scenario.domestic_haul"] == [None, "0.5 / 0.75 / 1.5 C 大阪港からの見積り"]


def test_a_save_is_a_revision_and_the_old_one_stays_as_it_was():
    first = saved()
    second = save_scenario(
        caller=a_caller("rosa"), content=content(days("domestic_haul", "2")), scenario_id=first.scenario_id, version=1
    )
    again = save_scenario(
        caller=a_caller("rosa"), content=content(days("domestic_haul", "2")), scenario_id=first.scenario_id, version=2
    )

    assert (second.number, again) == (2, second)
    old, new = (as_scenario(row, BASES).stages["domestic_haul"] for row in revisions_named([first.code, second.code]))
    assert (old.p50, old.grade) == (1, "B")
    assert (new.p50, new.grade) == (2, "C")
    assert as_scenario(second, BASES).stages["linehaul"] == BASES["TWsea"].stages["linehaul"]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (content(days("domestic_haul", "1"), name=" "), room.ScenarioNameOdd),
        (content(days("domestic_haul", "1"), name="長" * 25), room.ScenarioNameOdd),
        (content(days("domestic_haul", "1"), name="台湾・海路"), room.ScenarioNameTaken),
        (content(days("customs", "1")), room.InputNotThere),
        (content(days("kit_ready", "80")), room.InputNotThere),
        (content(days("linehaul", "2"), base="DOM"), room.InputNotThere),
        (content(days("domestic_haul", "0")), room.SpreadOutOfOrder),
        (content(days("domestic_haul", "-1")), room.SpreadOutOfOrder),
        (content(days("domestic_haul", "2", "3", "4")), room.SpreadOutOfOrder),
        (content(days("domestic_haul", "0.0001")), room.SpreadOutOfOrder),
        (content(days("domestic_haul", "400")), room.SpreadOutOfOrder),
        (content(InputGiven("first_pass_fail", "C", "x", value=Decimal("0.96"))), room.SpreadOutOfOrder),
        (content(InputGiven("first_pass_fail", "C", "x", p50=Decimal(1))), room.SpreadOutOfOrder),
        (content(days("domestic_haul", "1", source=" ")), room.SourceMissing),
        (content(), room.NothingDiffers),
        (content(days("domestic_haul", "1.5", source=HAUL, grade="B")), room.NothingDiffers),
        (content(base="DOM", switches=["port_closed"]), room.SwitchNotThere),
    ],
)  # fmt: skip
def test_what_makes_no_scenario_is_refused_and_changes_nothing(given: ScenarioContent, refusal: type[Exception]):
    rosa = a_caller("rosa")
    before = (Event.objects.count(), Receipt.objects.count(), ScenarioInput.objects.count())

    with pytest.raises(refusal):
        save_scenario(caller=rosa, content=given)

    assert (Event.objects.count(), Receipt.objects.count(), ScenarioInput.objects.count()) == before


def test_a_name_is_taken_until_its_scenario_is_retired():
    first = saved()
    with pytest.raises(room.ScenarioNameTaken):
        saved(name="台湾・博多港 ")

    retire_scenario(caller=a_caller("rosa"), scenario_id=first.scenario_id, version=1)
    assert saved().scenario_id != first.scenario_id
    with pytest.raises(room.ScenarioRetired):
        save_scenario(
            caller=a_caller("rosa"), content=content(days("pack", "2")), scenario_id=first.scenario_id, version=1
        )
    assert [row.code for row in revisions_named([first.code])] == [first.code]


def test_who_saw_an_older_revision_is_shown_both():
    first = saved()
    save_scenario(
        caller=a_caller("rosa"), content=content(days("domestic_haul", "3")), scenario_id=first.scenario_id, version=1
    )

    with pytest.raises(StaleEdit) as stale:
        retire_scenario(caller=a_caller("rosa"), scenario_id=first.scenario_id, version=1)
    assert stale.value.version == 2
    assert OwnScenario.objects.get().retired_at is None


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda one: one.key)
def test_a_switch_makes_the_road_longer_where_it_can_strike(switch: Any):
    struck = [base for base in BASES.values() if switch.fits(base)]

    assert struck
    for base in struck[:1]:
        worse = overlaid(base, switched(base, [switch.key]), name="x", titles=("x", "x"))
        plain, hit = compare([base, worse], draws=4_000).results
        assert hit.mean > plain.mean + 0.3
        assert {row.key for row in input_rows(worse)} == set(input_keys(base))
        assert all(row.grade == "C" for row in input_rows(worse) if row.key in worse.own_keys)


def test_own_figure_goes_before_the_switch():
    row = saved(days("wait_departure", "5"), switches=["port_closed", "licence_delay"])
    kept = {one.key: (one.p50, one.value, one.switch) for one in row.inputs.all()}

    assert kept == {
        "wait_departure": (Decimal(5), None, ""),
        "licence_days": (Decimal(45), None, "licence_delay"),
        "licence_share": (None, Decimal("0.300"), "licence_delay"),
    }


def test_own_scenario_is_chosen_beside_the_built_in_ones():
    code = saved(days("domestic_haul", "30"), name="遠回り").code
    client = Client()
    client.force_login(person("rosa"))

    page = client.get(reverse("lead_times"), {"against": [code, "TWair"], "racks": 2}).context
    file = b"".join(client.get(reverse("lead_times"), {"against": code, "export": "csv"}).streaming_content).decode()
    told = client.get("/api/lead-times/compare/", {"against": code}).json()

    assert page["form"]["need_by_days"].value() == "30"  # what the address leaves out stands on the sliders
    means = {pair["name"]: pair["mean"] for pair in page["pairs"]}
    assert means["遠回り"] > means["台湾・海路"] + 25
    assert "遠回り" in file
    assert told["scenarios"][code]["inputs_by_grade"]["C"] > 0
    assert client.get(reverse("lead_times"), {"against": "own99.1"}).status_code == 422


def test_a_form_saves_it_and_shows_what_is_wrong():
    client = Client()
    client.force_login(person("rosa"))
    address = reverse("own_scenario_new") + "?base=TWair"
    form = {"key": "k", "name": "午前便", "p50-wait_departure": "0.8", "grade-wait_departure": "B", "version": "0"}

    blank = client.post(address, form)
    done = client.post(address, {**form, "source-wait_departure": "運送会社の見積り", "switches": "licence_delay"})
    listed = client.get(reverse("own_scenarios") + "?q=午前").content.decode()
    row = ScenarioRevision.objects.get()
    again = client.get(reverse("own_scenario_edit", args=[row.scenario_id])).content.decode()

    assert blank.status_code == 422
    assert "出所" in blank.content.decode()
    assert done.status_code == 302
    assert "午前便" in listed
    assert 'value="0.8"' in again
    assert row.inputs.count() == 3
