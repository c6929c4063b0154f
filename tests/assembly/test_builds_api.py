"""The API of builds: the same acts as on pages and at stations, with cursor pages and refusals as 409."""

import json
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from assembly.models import Build, Nonconformity, OperationRun
from inventory.models import Placement
from tests.assembly.pages import a_client, queries_of
from tests.assembly.world import (
    a_build,
    a_tray,
    a_unit_of,
    everything,
    fill,
    pin_check,
    received,
    slot_of,
    started,
    tool_of,
)
from tests.cast import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def post(client: Client, url: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/api/{url}", json.dumps(body or {}), content_type="application/json", headers=headers)


def test_racks_are_listed_by_cursor_and_filtered() -> None:
    racks = [a_build() for _ in range(3)]
    a_build("GB200-CT")
    started(racks[0], 200)
    client = a_client("aud")

    first = client.get("/api/racks/?limit=2").json()
    rest = client.get(first["next"]).json()

    assert [row["number"] for row in first["results"] + rest["results"]] == [
        rack.unit.serial for rack in reversed(racks)
    ]
    running = client.get("/api/racks/?state=run").json()["results"]
    assert [(row["number"], row["operation"], row["stage"]) for row in running] == [
        (racks[0].unit.serial, 200, "rack_build")
    ]
    assert len(client.get("/api/racks/?kind=tray").json()["results"]) == 1
    assert client.get("/api/racks/?state=nonsense").status_code == 400
    assert client.get(f"/api/racks/?q={racks[1].unit.tag}").json()["results"][0]["id"] == racks[1].pk
    assert a_client("stranger").get("/api/racks/").status_code == 403


def test_the_list_takes_one_number_of_queries() -> None:
    client = a_client("aud")
    a_build()
    few = queries_of(client, "/api/racks/")
    for _ in range(5):
        a_build()

    assert queries_of(client, "/api/racks/") == few == 4


def test_one_rack_has_its_route_slots_and_differences() -> None:
    rack = a_build()

    body = a_client("aud").get(f"/api/racks/{rack.pk}/").json()

    assert body["number"] == rack.unit.serial
    assert [row["number"] for row in body["route"]][:3] == [200, 210, 220]
    assert len(body["slots"]) == rack.slots.count()
    assert body["differences"] == []
    slots = a_client("aud").get(f"/api/builds/{rack.pk}/slots/").json()["results"]
    assert slots == body["slots"]
    assert a_client("aud").get("/api/racks/0/").status_code == 404


def test_a_tray_is_built_by_addresses() -> None:
    plan, mei, kenji = a_client("plan"), a_client("mei"), a_client("kenji")
    build = post(plan, "builds/", {"start": {"design_code": "N5200", "serial": a_unit_of("N5200_LD").serial}}).json()
    at = f"builds/{build['id']}/operations"
    values = {
        100: {"shortages": "0"},
        110: {"qd_clean": "OK"},
        120: {"p_start": "600", "p_end": "599", "p_drop": "1", "dwell": "10", "ambient": "23"},
        130: {"ground_bond": "0.02", "insulation": "400"},
        140: {"asics": "2", "leak_detectors": "8", "firmware_differences": "0", "sel_open": "0"},
    }
    tools = {120: tool_of(["leak_tester"])}
    for number, told in values.items():
        assert post(mei, f"{at}/{number}/start/").status_code == 201
        if number == 110:
            slot = mei.get(f"/api/builds/{build['id']}/slots/").json()["results"][0]["id"]
            bmc = a_unit_of("692-13809-1404-000")
            assert post(mei, f"slots/{slot}/installation/", {"serial": bmc.serial}).status_code == 201
        reply = post(
            mei, f"{at}/{number}/finish/",
            {
                "values": [{"code": code, "text": text, "tool": tools.get(number, "")} for code, text in told.items()],
                "pin_check_id": pin(mei),
            },
        )  # fmt: skip
        assert reply.status_code == 201, reply.content
        if number == 130:
            signed = post(
                kenji, f"runs/{reply.json()['id']}/signatures/", {"meaning": "checked", "pin_check_id": pin(kenji)}
            )
            assert signed.status_code == 201

    assert mei.get(f"/api/racks/{build['id']}/").json()["state"] == "done"


def pin(client: Client) -> int:
    return int(post(client, "pin-checks/", {"pin": "2468"}).json()["id"])


def test_a_kit_is_fitted_by_one_request_and_a_key_makes_it_once() -> None:
    tray = a_tray()
    slots = list(tray.slots.select_related("part"))
    units = received([slot.part.number for slot in slots])
    body = {"fits": [{"slot_id": s.pk, "serial": u.serial} for s, u in zip(slots, units, strict=True)]}
    mei = a_client("mei")

    first, again = (post(mei, "builds/installations/", body, key="kit-1") for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Placement.objects.filter(host=tray.unit, to_at=None).count() == len(slots)


def test_refusals_are_409_with_code_and_sentence_and_change_nothing() -> None:
    tray, wrong = a_tray(), a_unit_of("HMC-GB")
    mei = a_client("mei")
    before = everything()

    reply = post(mei, f"slots/{slot_of(tray, 'pdb_0').pk}/installation/", {"serial": wrong.serial})

    assert reply.status_code == 409
    assert reply.json()["code"] == "WrongPart"
    assert "HMC-GB" in reply.json()["detail"]
    assert post(mei, "slots/0/installation/", {"serial": wrong.serial}).json()["code"] == "UnknownSlot"
    assert post(mei, "builds/0/operations/100/start/").json()["code"] == "UnknownBuild"
    assert post(mei, f"slots/{slot_of(tray, 'pdb_0').pk}/installation/", {"serial": 7}).status_code == 400
    assert post(a_client("aud"), f"builds/{tray.pk}/operations/120/start/").status_code == 403
    assert post(a_client("kenji"), "runs/0/signatures/", {"meaning": "checked", "pin_check_id": 1}).status_code == 404
    assert everything() == before


def test_a_nonconformity_is_reported_listed_and_decided() -> None:
    tray = a_tray()
    fill(tray)
    mei, tanaka = a_client("mei"), a_client("tanaka")

    reported = post(mei, "nonconformities/", {"serial": tray.unit.tag, "text": "凹み"})
    assert reported.status_code == 201
    number = Nonconformity.objects.get().number
    assert mei.get("/api/nonconformities/?state=undecided").json()["results"][0]["number"] == number
    decided = post(
        tanaka, f"nonconformities/{number}/disposition/",
        {"disposition": "rework", "reason": "打ち直し", "repeats": [110], "pin_check_id": pin(tanaka)},
    )  # fmt: skip
    assert decided.status_code == 201
    assert mei.get("/api/nonconformities/?state=undecided").json()["results"] == []
    assert post(mei, f"nonconformities/{number}/disposition/", {"disposition": "rework"}).status_code in (400, 403)


def test_abort_removal_and_deviation_have_their_addresses() -> None:
    tray = a_tray()
    fill(tray)
    mei, tanaka = a_client("mei"), a_client("tanaka")
    slot = slot_of(tray, "pdb_0").pk

    assert post(mei, f"slots/{slot}/removal/", {"reason": "傷", "location_code": "QRN"}).json()["repeats"] == []
    told = {"position": "pdb_0", "part_number": "HMC-GB", "reason": "欠品"}
    assert post(tanaka, f"builds/{tray.pk}/deviations/", told).status_code == 201
    assert post(mei, f"builds/{tray.pk}/operations/110/abort/", {"reason": "呼出し"}).status_code == 201
    assert OperationRun.objects.filter(build=tray, result="aborted").exists()


def test_many_builds_start_by_one_request() -> None:
    reply = post(a_client("plan"), "builds/bulk/", {"starts": [{"design_code": "D-31", "need_by": "2026-12-24"}] * 2})

    assert reply.status_code == 201
    assert Build.objects.filter(design__code="D-31").count() == 2


# --- the admin --------------------------------------------------------------------------------------------------------


def test_the_admin_shows_every_table_and_no_secret() -> None:
    pin_check("mei")
    a_tray()
    client = a_client("admin", "en")

    for model, site in admin.site._registry.items():
        label = model._meta.app_label
        if label not in ("ledger", "accounts", "documents", "inventory", "assembly"):
            continue
        page = client.get(f"/admin/{label}/{model._meta.model_name}/")
        assert page.status_code == 200, model
        assert not site.has_add_permission(page.wsgi_request)
        assert not site.has_change_permission(page.wsgi_request)
        assert not site.has_delete_permission(page.wsgi_request)
    text = client.get(f"/admin/accounts/user/{person('mei').pk}/change/").content.decode()
    assert "field-username" in text
    for secret in ("pin_hash", "password", "badge"):
        assert f"field-{secret}" not in text


def test_tokens_are_no_reading_matter() -> None:
    client = a_client("admin", "en")

    assert client.get("/admin/authtoken/tokenproxy/").status_code == 403
    assert "tokenproxy" not in client.get("/admin/").content.decode()
