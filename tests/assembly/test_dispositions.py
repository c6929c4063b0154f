"""Disposition rules: released as data, a change is a revision, and what was read keeps the one that disposed it."""

from __future__ import annotations

import pytest

from assembly.models import Build, DispositionRules, Nonconformity, TestRun
from assembly.operations.dispositions import RuleSpec, release_dispositions
from assembly.operations.test_runs import import_test_log
from assembly.queries.dispositions import rules_in_force
from assembly.test_logs.rules import SHIPPED
from assembly.test_logs.writing import Fault, dcgm_v4_diag, tray_gpus
from documents import files
from ledger.models import Event
from ledger.refusals import Refusal
from tests.assembly.pages import a_client, text_of
from tests.assembly.world import a_tray, fill
from tests.cast import a_caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

OWN = RuleSpec("error", "29", "hold", "Persistence is set by script here", "dcgm-diag")


def released(
    *changes: RuleSpec, revision: int | None = None, who: str = "tanaka", reason: str = "Study"
) -> DispositionRules:
    seen = DispositionRules.objects.order_by("-revision")[0].revision if revision is None else revision
    return release_dispositions(caller=a_caller(who), revision=seen, changes=list(changes), reason=reason)


def read_again(build: Build, error: int, version: str) -> TestRun:
    """A file of the tray's DCGM that tells one error."""
    content = dcgm_v4_diag(
        tray_gpus([f"GPU-0b5e55ed-00d1-4a1b-8c2d-00000000000{n}" for n in range(4)], ("1", "2"), slot=1, tray_index=0,
                  chassis_serial="1820000000001"),
        failing=[Fault(0, "software", error)], version=version,
    )  # fmt: skip
    return import_test_log(
        caller=a_caller("kenji"), file_sha256=files.put(content.encode()), file_name="dcgm.json", unit=build.unit.tag,
        exit_code=0, expect_gpus=4,
    )  # fmt: skip


def test_the_shipped_rules_are_the_first_revision() -> None:
    newest, rules = rules_in_force()

    assert newest is not None and newest.revision == 1
    assert rules == SHIPPED


def test_a_change_is_a_revision_and_history_keeps_its_own() -> None:
    build = a_tray()
    fill(build)
    before = read_again(build, 29, "4.4.1")

    second = released(OWN)

    after = read_again(build, 29, "4.4.2")
    before.refresh_from_db()
    assert (before.verdict, before.disposition, before.rules.revision) == ("fail", "retest", 1)  # type: ignore[union-attr]
    assert (after.verdict, after.disposition, after.rules) == ("fail", "hold", second)
    assert any("Persistence is set by script here" in reason for reason in after.reasons)
    event = Event.objects.get(pk=second.event_id)
    assert (event.kind, event.payload["changes"]) == (
        "assembly.dispositions-released",
        [{"tool": "dcgm-diag", "condition": "error", "key": "29", "disposition": ["", "hold"], "reason": OWN.reason}],
    )
    page = text_of(a_client("kenji").get(f"/test-runs/{after.pk}/"))
    assert "?revision=2" in page


def test_isolate_holds_and_opens_a_nonconformity_and_config_is_tested_again() -> None:
    """Of a tray whose test nobody has begun; where an operation waits for the file, its end judges it."""
    build = a_tray()
    fill(build)

    config = read_again(build, 29, "4.4.1")
    assert (config.disposition, Nonconformity.objects.filter(build=build).count()) == ("retest", 0)

    isolate = read_again(build, 52, "4.4.2")
    assert (isolate.verdict, isolate.disposition) == ("fail", "hold")
    assert Nonconformity.objects.get(build=build).text.startswith("dcgm-diag")


@pytest.mark.parametrize(
    ("code", "change", "more"),
    [
        ("WrongRule", RuleSpec("weather", "rain", "hold", "x"), {}),
        ("WrongRule", RuleSpec("verdict", "pass", "review", "x"), {}),
        ("WrongRule", RuleSpec("error", "other", "hold", "x"), {}),
        ("WrongRule", RuleSpec("verdict", "fail", "accept", "x"), {}),
        ("WrongRule", RuleSpec("verdict", "fail", "reject", "x"), {}),
        ("WrongRule", RuleSpec("verdict", "fail", "hold", " "), {}),
        ("WrongRule", RuleSpec("verdict", "fail", "hold", "x", "abacus"), {}),
        ("RulesChanged", OWN, {"revision": 0}),
        ("SameRules", RuleSpec("verdict", "fail", *SHIPPED["", "verdict", "fail"]), {}),
        ("ReasonWanted", OWN, {"reason": " "}),
        ("NotPermitted", OWN, {"who": "kenji"}),
    ],
)
def test_what_is_refused_changes_nothing(code: str, change: RuleSpec, more: dict[str, object]) -> None:
    events = Event.objects.count()

    with pytest.raises(Refusal) as refused:
        released(change, **more)  # type: ignore[arg-type]

    assert type(refused.value).__name__ == code
    assert (DispositionRules.objects.count(), Event.objects.count()) == (1, events)


def test_the_page_shows_the_rules_and_an_earlier_revision() -> None:
    released(OWN)
    client = a_client("tanaka")

    now = text_of(client.get("/planning/dispositions/?q=script"))
    before = text_of(client.get("/planning/dispositions/?revision=1&q=script"))
    form = text_of(client.get("/planning/dispositions/change/?tool=dcgm-diag&condition=error&key=29"))

    assert OWN.reason in now and OWN.reason not in before
    assert OWN.reason in form
