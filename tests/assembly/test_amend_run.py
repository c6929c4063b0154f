"""amend_run: a finished run's values corrected by another record beside it; its signatures void, its verdict anew."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from assembly.documents import as_built, traveller
from assembly.models import Amendment, Build, Measurement, Nonconformity, OperationRun, Signature
from assembly.operations.amendments import AlreadyAmended, NothingAmended, RunNotAmendable, amend_run
from assembly.operations.judging import FieldUnknown, ValueNotUnderstood
from assembly.operations.nonconformities import ReasonWanted
from assembly.operations.route_rules import NotRunning
from assembly.operations.runs import RecordedValue, sign_run
from assembly.operations.signing import SecondPersonWanted
from assembly.queries.as_built import as_built_sheet
from assembly.queries.route import Route, routes_of
from assembly.queries.shown import shown_hash_of
from assembly.queries.traveller import traveller_sheet
from documents.press import press
from inventory.checks import run_checks
from ledger.models import Event, Receipt
from ledger.refusals import NotPermitted, Refusal
from tests.assembly.pages import a_client, text_of
from tests.assembly.world import a_build, a_finished_tray, done, everything, finished, pin_check, started
from tests.cast import PIN, a_caller, person
from tests.documents.reading import text_of as text_of_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

CHECKS = (
    "assembly.signatures-match-what-was-shown", "assembly.amended-runs-are-followed",
    "assembly.failed-runs-are-reported", "assembly.complete-builds-have-everything-done",
    "assembly.checkers-are-second-persons", "assembly.attempts-count-without-gaps",
)  # fmt: skip


def a_leak_test() -> OperationRun:
    """A tray's electrical safety test, made by mei and checked by kenji: it has values and a second person."""
    build = a_build("GB200-CT")
    for number in (100, 110, 120):
        done(build, number)
    return done(build, 130)


def number_field(run: OperationRun) -> Measurement:
    """The first value with limits."""
    row = run.measurements.exclude(value=None).filter(low__isnull=False).select_related("field").first()
    row = row or run.measurements.exclude(value=None).select_related("field").first()
    assert row is not None
    return row


def inside(row: Measurement) -> str:
    """Another value inside the limits."""
    other = (row.low if row.low is not None else row.high) or row.value
    return f"{other.normalize():f}" if other != row.value else f"{(row.value + (row.high or row.value + 2)) / 2:f}"


def outside(row: Measurement) -> str:
    """A value outside the limits."""
    return f"{(row.high + 1 if row.high is not None else row.low - 1).normalize():f}"


def amend(run: OperationRun, code: str, text: str, *, who: str = "mei", **others: Any) -> OperationRun:
    """The operation."""
    told = {
        "run_id": run.pk, "values": [RecordedValue(code, text)], "reason": "読み違い", "pin_check_id": pin_check(who),
    }  # fmt: skip
    return amend_run(caller=a_caller(who), **{**told, **others})


def route(run: OperationRun) -> Route:
    build = Build.objects.select_related("design", "unit").get(pk=run.build_id)
    return routes_of([build])[build.pk]


def clean() -> bool:
    """The integrity checks find nothing."""
    return [found.fault for found in run_checks(CHECKS)] == []


def test_both_lives_stay_and_the_new_one_counts() -> None:
    old = a_leak_test()
    was = number_field(old)

    new = amend(old, was.field.code, inside(was))

    assert (new.attempt, new.started_event_id, new.result, new.finished_at) == (
        old.attempt + 1, old.started_event_id, "pass", old.finished_at,
    )  # fmt: skip
    assert Measurement.objects.get(pk=was.pk).value == was.value
    now = new.measurements.get(field=was.field)
    assert now.value != was.value and (now.low, now.high) == (was.low, was.high)
    assert new.measurements.count() == old.measurements.count()
    event = Event.objects.get(kind="assembly.run-amended")
    assert (event.amends, event.payload["reason"]) == (old.finished_event_id, "読み違い")
    assert event.payload["values"][0]["was"] == was.written
    amendment = Amendment.objects.get()
    assert (amendment.amended_id, amendment.run_id, amendment.amended_by) == (old.pk, new.pk, person("mei"))
    assert clean()


@pytest.mark.complaint(31)
def test_the_signatures_before_are_void_and_a_second_person_checks_again() -> None:
    old = a_leak_test()
    was = number_field(old)
    assert route(old).of_number(130).is_done  # type: ignore[union-attr]

    new = amend(old, was.field.code, inside(was))

    state = route(old).of_number(130)
    assert state is not None and state.missing_signs == ("checked",)
    assert all(sign.is_void for sign in Signature.objects.filter(run=old)) and old.signatures.count() == 2
    assert [sign.meaning for sign in new.signatures.all()] == ["made"]
    with pytest.raises(SecondPersonWanted):
        sign_run(caller=a_caller("mei"), run_id=new.pk, meaning="checked", pin_check_id=pin_check("mei"))
    sign_run(caller=a_caller("kenji"), run_id=new.pk, meaning="checked", pin_check_id=pin_check("kenji"))
    assert route(old).of_number(130).is_done  # type: ignore[union-attr]
    assert clean()


def test_what_is_now_out_of_its_limits_fails_and_opens_a_nonconformity() -> None:
    old = a_leak_test()
    was = number_field(old)

    new = amend(old, was.field.code, outside(was))

    assert new.result == "fail"
    assert Nonconformity.objects.get(run=new).build_id == old.build_id
    assert clean()
    again = amend(new, was.field.code, was.written)
    assert (again.result, again.attempt) == ("pass", old.attempt + 2)
    assert Nonconformity.objects.filter(build=old.build, closed_at=None).count() == 1  # quality's to decide
    assert clean()


def test_a_failed_run_that_was_a_slip_of_the_pen_passes() -> None:
    build = a_build("GB200-CT")
    for number in (100, 110, 120):
        done(build, number)
    started(build, 130)
    sample = build.design.routing.operations.get(number=130).fields.exclude(low=None, high=None).first()
    assert sample is not None
    wrong = f"{(sample.high + 1 if sample.high is not None else sample.low - 1).normalize():f}"
    failed = finished(build, 130, **{sample.code: wrong})
    assert failed.result == "fail"

    right = sample.low if sample.low is not None else sample.high
    new = amend(failed, sample.code, f"{right.normalize():f}")

    assert new.result == "pass"
    assert Nonconformity.objects.get(run=failed).disposition is None
    assert clean()


def test_a_complete_build_waits_for_its_signature_again() -> None:
    tray = a_finished_tray()
    run = OperationRun.objects.get(build__unit=tray, operation__number=130)
    assert run.build.completed_at is not None
    was = number_field(run)

    amend(run, was.field.code, inside(was))

    new = OperationRun.objects.get(build=run.build_id, operation__number=130, attempt=2)
    assert Build.objects.get(pk=run.build_id).completed_at is None
    sign_run(caller=a_caller("kenji"), run_id=new.pk, meaning="checked", pin_check_id=pin_check("kenji"))
    assert Build.objects.get(pk=run.build_id).completed_at is not None
    assert clean()


@pytest.mark.parametrize(
    ("refusal", "others"),
    [
        (ReasonWanted, {"reason": "  "}),
        (FieldUnknown, {"values": [RecordedValue("nothing", "1")]}),
        (ValueNotUnderstood, {"text": "about three"}),
        (NothingAmended, {"values": []}),
        (NotPermitted, {"who": "rosa"}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(refusal: type[Refusal], others: dict[str, Any]) -> None:
    run = a_leak_test()
    was = number_field(run)
    text = others.pop("text", inside(was)) if "text" in others else inside(was)
    check = pin_check("mei")
    before, receipts = everything(), Receipt.objects.count()

    with pytest.raises(refusal):
        amend(run, was.field.code, text, **{"pin_check_id": check, **others})

    assert (everything(), Receipt.objects.count(), Amendment.objects.count()) == (before, receipts, 0)


def test_only_the_attempt_that_counts_is_corrected_and_only_once() -> None:
    run = a_leak_test()
    was = number_field(run)
    new = amend(run, was.field.code, inside(was))
    first = OperationRun.objects.get(build=run.build, operation__number=100)
    sign_run(caller=a_caller("kenji"), run_id=new.pk, meaning="checked", pin_check_id=pin_check("kenji"))
    open_one = started(run.build, 140)

    with pytest.raises(AlreadyAmended):
        amend(run, was.field.code, was.written)
    with pytest.raises(NotRunning):
        amend(open_one, was.field.code, was.written)
    OperationRun.objects.create(
        build=run.build, operation=first.operation, attempt=2, started_by=first.started_by,
        started_at=first.started_at, started_event_id=first.started_event_id,
    )  # fmt: skip
    with pytest.raises(RunNotAmendable):
        amend(first, "x", "1")
    assert Amendment.objects.get().run == new


def test_the_same_key_corrects_once() -> None:
    run = a_leak_test()
    was = number_field(run)
    caller, told = a_caller("mei"), [RecordedValue(was.field.code, inside(was))]
    check = pin_check("mei")

    once = amend_run(caller=caller, run_id=run.pk, values=told, reason="x", pin_check_id=check)
    twice = amend_run(caller=caller, run_id=run.pk, values=told, reason="x", pin_check_id=check)

    assert once == twice and Amendment.objects.count() == 1


def test_the_walls_hold_without_the_operation() -> None:
    run = a_leak_test()
    was = number_field(run)
    new = amend(run, was.field.code, inside(was))
    made = new.signatures.get(meaning="made")
    facts = {"pin_check_id": made.pin_check_id, "shown_hash": "x", "at": made.at, "event_id": made.event_id}

    with pytest.raises(IntegrityError, match="checked by who made it"), transaction.atomic():
        Signature.objects.create(run=new, meaning="checked", user=made.user, **facts)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE assembly_amendment SET reason = 'other'")
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.create(
            amended=run, run=new, reason="x", amended_by=made.user, pin_check_id=1, at=made.at, event_id=1
        )


def test_the_hash_of_what_was_shown_is_found_again() -> None:
    run = a_leak_test()
    was = number_field(run)
    new = amend(run, was.field.code, inside(was))

    hashes = shown_hash_of([run, new])

    assert {sign.shown_hash for sign in run.signatures.all()} == {hashes[run.pk]}
    assert {sign.shown_hash for sign in new.signatures.all()} == {hashes[new.pk]} != {hashes[run.pk]}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assembly_measurement DISABLE TRIGGER measurement_is_history")
        cursor.execute("UPDATE assembly_measurement SET text = '9' , value = 9 WHERE run_id = %s", [run.pk])
    faults = list(run_checks(["assembly.signatures-match-what-was-shown"]))
    assert len(faults) == run.signatures.count()


@pytest.mark.parametrize(("language", "void"), [("ja", "無効"), ("en", "void")])
def test_traveller_and_as_built_show_both_lives_and_why(language: str, void: str) -> None:
    run = a_leak_test()
    was = number_field(run)
    amend(run, was.field.code, inside(was))

    sheet = traveller_sheet(run.build_id)
    paper = text_of_pdf(press(traveller.story(sheet, language)))
    record = as_built_sheet(run.build_id)
    built = text_of_pdf(press(as_built.story(record, language)))

    assert [row.reason for row in sheet.amendments] == ["読み違い"] == [row.reason for row in record.amendments]
    assert [sign.void for sign in sheet.signatures if sign.step == "130"] == ["読み違い", "読み違い", ""]
    for text in (paper, built):
        assert "読み違い" in text and void in text
    steps = [step for step in sheet.steps if step.number == "130"]
    assert [(step.amended_by, step.amends) for step in steps] == [(2, 0), (0, 1)]


def test_the_page_corrects_with_reason_and_pin_and_says_void() -> None:
    run = a_leak_test()
    was = number_field(run)
    client = a_client("mei")
    tab = f"/racks/{run.build.unit.name}/operations/"
    assert f"/runs/{run.pk}/amendment/" in text_of(client.get(tab))
    form = {
        f"v_{row.field.code}": row.written for row in run.measurements.select_related("field")
    } | {f"v_{was.field.code}": inside(was), "reason": "読み違い", "key": "k-1"}  # fmt: skip

    wrong = client.post(f"/runs/{run.pk}/amendment/", form | {"pin": "0000"})
    assert (wrong.status_code, Amendment.objects.count()) == (422, 0)
    right = client.post(f"/runs/{run.pk}/amendment/", form | {"pin": PIN, "key": "k-2"})

    assert (right.status_code, Amendment.objects.count()) == (302, 1)
    page = text_of(client.get(tab))
    assert "無効" in page and "読み違い" in page and "<s>" in page
