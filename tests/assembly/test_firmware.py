"""Firmware baselines: drafted, released by quality, met or not by what the hardware reported, and what they stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from assembly.models import Build, BurnInCell, BurnInRun, ConfigurationDifference, FirmwareBaseline, FirmwareNeed
from assembly.operations.burn_in import start_burn_in
from assembly.operations.configuration import approve_differences, withdraw_approvals
from assembly.operations.designs import SlotSpec, release_design
from assembly.operations.firmware import (
    NeedSpec,
    discard_firmware_baseline,
    draft_firmware_baseline,
    release_firmware_baseline,
)
from assembly.operations.routing_specs import OperationSpec
from assembly.operations.routings import release_routing
from assembly.operations.soak_gates import FirmwareNotMet
from assembly.operations.test_rows import firmware_of
from assembly.queries.as_built import as_built_sheet
from assembly.queries.configuration import Compared, differences_of, reconciled
from assembly.queries.firmware import reported_versions
from assembly.test_logs.result import Entity, TestLog
from ledger.models import Event
from ledger.refusals import Refusal
from ledger.versions import StaleEdit
from logistics.operations.crates import pack_rack
from tests.assembly.pages import a_client, text_of
from tests.assembly.small_rack import SmallRack, a_small_rack
from tests.assembly.world import a_unit_of, pin_check
from tests.cast import NOON, a_caller, person
from tests.logistics.world import packing_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

PART = "GB200-CT"
BMC, DRIVER = "FW_BMC_0", "580.105.08"


@pytest.fixture(scope="module")
def built(plant: None, django_db_blocker: Any) -> Iterator[SmallRack]:
    """A rack of one tray whose soak may begin. Building it is the slow part: once, in a transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        rows = [
            OperationSpec(number, f"工程 {number}", f"Operation {number}", kind, "WC-RACK", "rack_test", 10,
                          slot_kinds=kinds, signs=(), soak_minutes=60 if kind == "burn_in" else None)
            for kind, number, kinds in (
                ("kit", 10, ()), ("assemble", 20, ("cartridge", "compute")), ("burn_in", 25, ()), ("pack", 90, ()),
            )
        ]  # fmt: skip
        release_routing(caller=a_caller("plan"), code="RT-SOAK", revision="A", operations=rows, reentry=[])
        design = release_design(
            caller=a_caller("plan"), code="D-SOAK", kind="rack", part_number="GB200-NVL72", revision="B",
            routing_code="RT-SOAK", routing_revision="A", rack_model="GB200-NVL72", unit_prefix="RS",
            slots=[SlotSpec("CT-00", "compute", PART, 11, 1, 1, 0)],
        )  # fmt: skip
        yield a_small_rack(design=design, places=("CT-00",), cartridges=())
        transaction.set_rollback(True)


@pytest.fixture
def rack(built: SmallRack) -> SmallRack:
    return replace(built)


def draft(*needs: NeedSpec, version: int = 0, who: str = "kenji") -> FirmwareBaseline:
    return draft_firmware_baseline(caller=a_caller(who), part_number=PART, needs=list(needs), version=version)


def released(*needs: NeedSpec) -> FirmwareBaseline:
    seen = draft(*needs)
    return release_firmware_baseline(
        caller=a_caller("tanaka"), part_number=PART, version=seen.version, reason="DGX GB200 SW 1.3"
    )


def one_of(component: str, *versions: str) -> NeedSpec:
    return NeedSpec(component, versions)


def at_least(component: str, version: str) -> NeedSpec:
    return NeedSpec(component, (version,), "at_least")


def told(rack: SmallRack) -> list[tuple[str, str, str, str]]:
    rows = [row for row in reconciled([rack.build.pk])[rack.build.pk] if row.is_firmware]
    return [(row.state, row.kind, row.scanned, row.reported) for row in rows]


def read_out(rack: SmallRack, **versions: str) -> None:
    """The tray's BMC is read again and says these versions."""
    rack.redfish("CT-00", firmware=versions)


def soak(rack: SmallRack) -> BurnInRun:
    cell = BurnInCell.objects.order_by("order")[0].code
    return start_burn_in(caller=a_caller("kenji"), build_id=rack.build.pk, cell_code=cell)


def approve(rack: SmallRack, who: str = "tanaka") -> None:
    keys = [row.key for row in differences_of(rack.build) if row.is_firmware and row.is_open]
    approve_differences(
        caller=a_caller(who),
        build_id=rack.build.pk,
        differences=keys,
        reason="特採 26-014",
        pin_check_id=pin_check(who),
    )


def firmware_key(rack: SmallRack) -> str:
    return next(row.key for row in differences_of(rack.build) if row.is_firmware)


def log(*entities: Entity) -> TestLog:
    return TestLog("f", "0" * 64, "nvidia-smi", None, None, "pass", "accept", (), entities, (), ())


def test_a_version_that_only_some_parts_tell_is_not_taken_for_all() -> None:
    gpus = [Entity("gpu", n, more={"vbios_version": v}) for n, v in enumerate(("97.00.B9", None, "97.00.B9"))]
    entries = [
        Entity("firmware", "FW BMC", more={"version": "1.2"}),
        Entity("firmware", "UEFI", more={"version": None}),
    ]

    assert firmware_of(log(*gpus, *entries)) == ["FW_BMC 1.2", "UEFI ?", "vbios 97.00.B9", "vbios ?"]
    assert firmware_of(log(Entity("gpu", 0, more={"vbios_version": None}))) == []


MEETS = [
    (at_least("x", "580.95"), "580.173.02", True),
    (at_least("x", "580.173.02"), "580.173.2", True),
    (at_least("x", "580.173.02"), "580.82.07", False),
    (at_least("x", "580.95.0"), "580.95", False),  # fewer places are lower, never equal
    (at_least("x", "9"), "10", True),  # as numbers, not as text
    (at_least("x", "25.06"), "25.06-2_NV_WW_02", False),  # what is no plain number has no order
    (one_of("x", "25.06-A", "25.06-B"), "25.06-B", True),
    (one_of("x", "25.06-A"), "25.06-a", False),
    (one_of("x", "0x00 0x0b 0x03 0x04"), "0x00 0x0b 0x03 0x04", True),
]


def test_versions_are_compared_as_numbers_only_where_they_are_numbers(rack: SmallRack) -> None:
    names = [f"DPU_{n}" for n in range(len(MEETS))]
    read_out(rack, **{name: version for name, (_need, version, _met) in zip(names, MEETS, strict=True)})
    released(*[replace(need, component=name) for name, (need, _version, _met) in zip(names, MEETS, strict=True)])

    states = {kind: state for state, kind, _wanted, _reported in told(rack)}
    assert [states[name] for name in names] == ["match" if met else "firmware" for _need, _version, met in MEETS]
    lately = {row.component: row.met for row in reported_versions(rack.trays["CT-00"].part_id, _newest().pk)}
    assert [lately[name] for name in names] == [met for _need, _version, met in MEETS]
    assert lately["vbios"] is None


def _newest() -> FirmwareBaseline:
    return FirmwareBaseline.objects.order_by("-revision")[0]


REFUSED: list[tuple[str, tuple[NeedSpec, ...]]] = [
    ("UnknownComponent", (one_of("FW_BMC_O", "1"),)),
    ("WrongNeed", (one_of("", "1"),)),
    ("WrongNeed", (one_of(BMC),)),
    ("WrongNeed", (one_of(BMC, "1", "  "),)),
    ("WrongNeed", (one_of(BMC, "?"),)),
    ("WrongNeed", (one_of(BMC, "1"), one_of(BMC + " ", "2"))),
    ("WrongNeed", (at_least("vbios", "97.00.B9.00.69"),)),
    ("WrongNeed", (NeedSpec("driver", ("580.1", "580.2"), "at_least"),)),
    ("WrongNeed", (one_of(BMC, *map(str, range(30))),)),
]


def test_a_draft_that_would_stop_every_rack_or_none_is_refused() -> None:
    events = Event.objects.count()
    for code, needs in REFUSED:
        with pytest.raises(Refusal) as refused:
            draft(*needs)
        assert type(refused.value).__name__ == code, needs
    with pytest.raises(Refusal, match="750-0567-002"):
        draft_firmware_baseline(caller=a_caller("kenji"), part_number="750-0567-002", needs=[one_of(BMC, "1")])
    with pytest.raises(Refusal, match=r"mei|権限"):
        draft(one_of(BMC, "1"), who="mei")
    assert not FirmwareBaseline.objects.exists() and Event.objects.count() == events


def test_quality_releases_what_others_draft_and_the_released_is_fixed() -> None:
    first = draft(one_of(BMC, "1.2"), at_least("driver", "580.95"))
    with pytest.raises(StaleEdit) as stale:
        draft(one_of(BMC, "1.3"))
    assert {one.name for one in stale.value.differences} == {BMC, "driver"}
    second = draft(one_of(BMC, "1.3", "1.4"), version=first.version)
    assert (second.pk, second.version, [row.wanted for row in second.needs.all()]) == (first.pk, 2, ["1.3 | 1.4"])
    changes = Event.objects.get(kind="assembly.firmware-baseline-changed").payload["changes"]
    assert changes == {"needs.FW_BMC_0": ["1.2", "1.3 | 1.4"], "needs.driver": ["≧ 580.95", ""]}

    for who, given in (
        ("kenji", {"version": 2, "reason": "x"}),
        ("tanaka", {"version": 1, "reason": "x"}),
        ("tanaka", {"version": 2, "reason": " "}),
    ):
        with pytest.raises(Refusal):
            release_firmware_baseline(caller=a_caller(who), part_number=PART, **given)
    assert not FirmwareBaseline.objects.exclude(released_at=None).exists()

    row = release_firmware_baseline(caller=a_caller("tanaka"), part_number=PART, version=2, reason="SW 1.3")
    assert (row.revision, row.released_by, row.reason) == (1, person("tanaka"), "SW 1.3")
    need = row.needs.get()
    for change in (
        lambda: FirmwareBaseline.objects.filter(pk=row.pk).update(reason="another"),
        lambda: FirmwareNeed.objects.filter(pk=need.pk).update(versions=["1.5"]),
        lambda: FirmwareNeed.objects.create(baseline=row, component="UEFI", rule="one_of", versions=["1"]),
        lambda: FirmwareNeed.objects.filter(pk=need.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="released"), transaction.atomic():
            change()
    with pytest.raises(Refusal, match=PART):  # there is no draft now: nothing to release, to change or to give up
        release_firmware_baseline(caller=a_caller("tanaka"), part_number=PART, version=3, reason="again")
    with pytest.raises(Refusal, match=PART):
        draft(one_of(BMC, "1.5"), version=3)


def test_an_empty_draft_is_not_released_and_may_be_given_up() -> None:
    empty = draft()
    with pytest.raises(Refusal, match="r1"):
        release_firmware_baseline(caller=a_caller("tanaka"), part_number=PART, version=1, reason="x")
    with pytest.raises(Refusal):
        discard_firmware_baseline(caller=a_caller("kenji"), part_number=PART, version=1, reason=" ")

    discard_firmware_baseline(caller=a_caller("kenji"), part_number=PART, version=empty.version, reason="begun twice")

    assert not FirmwareBaseline.objects.exists()
    assert Event.objects.get(kind="assembly.firmware-baseline-discarded").payload["reason"] == "begun twice"


def test_a_rack_soaks_only_with_the_firmware_of_the_baseline(rack: SmallRack) -> None:
    """From the readout to the gate: nothing read, another version, the right one."""
    released(one_of(BMC, "25.06-A"), at_least("driver", "580.95"))
    assert told(rack) == [("unreported", BMC, "25.06-A", ""), ("match", "driver", "≧ 580.95", DRIVER)]
    with pytest.raises(FirmwareNotMet, match=f"CT-00.*{BMC}.*25.06-A") as refused:
        soak(rack)
    assert "r1" in str(refused.value.true) and not BurnInRun.objects.filter(run__build=rack.build).exists()
    assert not ConfigurationDifference.objects.exists()  # nothing told it

    read_out(rack, FW_BMC_0="25.05-C")
    with pytest.raises(FirmwareNotMet, match=r"CT-00.*25\.05-C.*25\.06-A"):
        soak(rack)
    row = ConfigurationDifference.objects.get(state="firmware")
    assert (row.what, row.place, row.scanned, row.reported) == (f"firmware:{BMC}", "CT-00", "25.06-A", "25.05-C")

    read_out(rack, FW_BMC_0="25.06-A")
    row.refresh_from_db()
    assert row.settled_at is not None
    assert soak(rack).pk


def test_what_is_put_into_a_tray_makes_its_versions_unread(rack: SmallRack) -> None:
    read_out(rack, FW_BMC_0="25.06-A")
    released(one_of(BMC, "25.06-A"))
    assert told(rack)[0][0] == "match"

    tray, spare = rack.trays["CT-00"], a_unit_of("750-0567-002")
    with connection.cursor() as cursor:  # round the operations: a tray is opened only out of its rack
        cursor.execute("SELECT max(id) + 1, now() FROM ledger_event")
        event, now = cursor.fetchone()
        spare.placements.filter(to_at=None).update(to_at=now, closed_event_id=event)
        cursor.execute(
            "INSERT INTO inventory_placement"
            " (unit_id, unit_level, host_id, host_level, position, from_at, event_id, why)"
            " VALUES (%s, %s, %s, %s, 'board_9', %s, %s, '')",
            [spare.pk, spare.level, tray.pk, tray.level, now, event],
        )

    assert told(rack) == [("unreported", BMC, "25.06-A", "")]


def test_a_rack_keeps_the_baseline_of_its_soak(rack: SmallRack) -> None:
    read_out(rack, FW_BMC_0="25.06-A")
    released(one_of(BMC, "25.06-A"))
    soaking = soak(rack)

    released(one_of(BMC, "25.08-B"))
    assert told(rack) == [("match", BMC, "25.06-A", "25.06-A")]

    # The soak is broken off: the next one is asked by what counts now.
    run = soaking.run
    type(run).objects.filter(pk=run.pk).update(finished_at=NOON, finished_event_id=1, result="aborted")
    assert told(rack) == [("firmware", BMC, "25.08-B", "25.06-A")]


def test_an_approval_lets_the_rack_soak_until_it_is_withdrawn(rack: SmallRack) -> None:
    read_out(rack, FW_BMC_0="25.05-C")
    released(one_of(BMC, "25.06-A"))
    approve(rack)
    assert not [row for row in differences_of(rack.build) if row.is_firmware and row.is_open]
    papers = as_built_sheet(rack.build.pk)
    [row] = papers.firmware
    assert (row.baseline, row.component, row.state, row.places) == (f"{PART} r1", BMC, "approved", ("CT-00",))
    assert any("25.06-A → 25.05-C" in row.what for row in papers.differences)

    key, events = firmware_key(rack), Event.objects.count()
    for who, given in (
        ("tanaka", {"differences": [key], "reason": " "}),
        ("tanaka", {"differences": ["0" * 32], "reason": "x"}),
        ("tanaka", {"differences": [], "reason": "x"}),
        ("mei", {"differences": [key], "reason": "x"}),
    ):
        with pytest.raises(Refusal):
            withdraw_approvals(caller=a_caller(who), build_id=rack.build.pk, **given)
    assert Event.objects.count() == events

    withdraw_approvals(caller=a_caller("tanaka"), build_id=rack.build.pk, differences=[key], reason="別の番号だった")

    with pytest.raises(FirmwareNotMet):
        soak(rack)
    old, new = ConfigurationDifference.objects.filter(state="firmware").order_by("pk")
    assert (old.approved_by, old.settled_event_id, new.approved_at) == (person("tanaka"), new.event_id, None)
    event = Event.objects.get(pk=new.event_id)
    assert (event.kind, event.payload["reason"]) == ("assembly.approval-withdrawn", "別の番号だった")
    assert event.payload["approved"] == old.approved_event_id
    with pytest.raises(Refusal, match="CT-00"):  # it is open now: there is nothing to withdraw
        withdraw_approvals(caller=a_caller("tanaka"), build_id=rack.build.pk, differences=[key], reason="x")


def test_pages_show_the_baseline_and_quality_withdraws_there(rack: SmallRack) -> None:
    read_out(rack, FW_BMC_0="25.05-C")
    form = {
        "part_number": PART, "version": "0", "rows": "3", "key": "fw-1", "component_0": BMC, "rule_0": "one_of",
        "versions_0": "25.06-A | 25.06-B", "component_1": "driver", "rule_1": "at_least", "versions_1": "580.95",
        "component_2": "", "rule_2": "one_of", "versions_2": "",
    }  # fmt: skip
    client = a_client("kenji")
    assert BMC in text_of(client.get(f"/planning/firmware/draft/?part={PART}"))
    wrong = client.post("/planning/firmware/draft/", {**form, "component_0": "FW_BMC_O"})
    assert wrong.status_code == 422 and "FW_BMC_O" in text_of(wrong)
    page = client.post("/planning/firmware/draft/", {**form, "key": "fw-2"}, follow=True)
    assert "25.06-A | 25.06-B" in text_of(page) and "1 台が不適合" in text_of(page)
    row = FirmwareBaseline.objects.get()
    url = f"/planning/firmware/{row.pk}/"
    assert client.get(f"{url}release/").status_code == 403
    quality = a_client("tanaka")
    gone = quality.post(f"{url}release/", {"reason": "SW 1.3", "version": "1", "key": "fw-3"})
    assert gone.status_code == 302
    assert "SW 1.3" in text_of(client.get("/planning/firmware/?state=released"))

    there = f"/racks/{rack.build.unit.serial}/"
    reader = text_of(quality.get(there))
    assert "ファームウェア相違" in reader and "25.05-C" in reader and url in reader
    assert "differences/withdrawal" not in reader
    approve(rack)
    assert "differences/withdrawal" in text_of(quality.get(there))
    assert "differences/withdrawal" not in text_of(client.get(there))
    told = {"differences": [firmware_key(rack)], "reason": "別の番号", "key": "fw-4"}
    assert quality.post(f"{there}differences/withdrawal/", told).status_code == 302
    body = quality.get(f"/api/racks/{rack.build.pk}/configuration/").json()
    [found] = [one for one in body["compared"] if one["state"] == "firmware"]
    assert (found["what"], found["baseline"], found["open"]) == (f"firmware:{BMC}", 1, True)
    [listed] = quality.get("/api/firmware-baselines/?q=driver").json()["results"]
    assert listed["needs"][1] == {"component": "driver", "rule": "at_least", "versions": ["580.95"]}


def test_a_rack_with_other_firmware_is_not_packed(rack: SmallRack) -> None:
    read_out(rack, FW_BMC_0="25.05-C")
    released(one_of(BMC, "25.06-A"))
    Build.objects.filter(pk=rack.build.pk).update(completed_at=NOON, completed_event_id=1)

    with pytest.raises(Refusal, match=r"25\.05-C"):
        pack_rack(caller=a_caller("mei"), packing=packing_of(rack.build.unit))


def test_sentences_of_firmware_name_component_and_versions() -> None:
    for state in ("firmware", "unreported"):
        row = Compared(1, state, "firmware:vbios", "CT-00", "CT-00", "97.1", "97.0", 1, None, "", None, None, None)
        for language in ("ja", "en"):
            with override(language):
                assert "vbios" in row.say and "97.1" in row.say
