"""propose_concession, approve_concession, decline_concession: use as is takes two persons; causes, photos, words."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from assembly.models import Cause, Concession, Nonconformity, OperationRun
from assembly.operations.causes import CauseBlank, UnknownCause, define_cause, retire_cause
from assembly.operations.concessions import (
    NoConcession,
    approve_concession,
    decline_concession,
    propose_concession,
)
from assembly.operations.nonconformities import (
    AlreadyDisposed,
    ConcessionWaits,
    ReasonWanted,
    UnknownDisposition,
    add_photos,
    dispose_nonconformity,
    report_nonconformity,
)
from assembly.operations.runs import NonconformityOpen, start_run
from assembly.operations.signing import SecondPersonWanted
from assembly.text import report_words
from documents.kinds import kind_of
from documents.models import Photo
from documents.operations.issuing import copy_of
from documents.operations.photos import PhotoMissing
from documents.photos import put_photo
from ledger.event_words import sentence_of
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.test_nonconformities import a_failed_tray
from tests.assembly.world import done, everything, pin_check, started
from tests.cast import a_caller
from tests.documents.reading import text_of
from tests.pictures import a_picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def proposed(report: Nonconformity, who: str = "tanaka") -> Concession:
    return propose_concession(
        caller=a_caller(who), number=report.number, reason="客先了承", pin_check_id=pin_check(who)
    )


def approved(report: Nonconformity, who: str = "plan") -> Concession:
    return approve_concession(caller=a_caller(who), number=report.number, pin_check_id=pin_check(who), remarks="可")


@pytest.mark.complaint(20)
def test_nothing_goes_on_until_a_second_person_approved() -> None:
    tray, report = a_failed_tray()

    waiting = proposed(report)

    with pytest.raises(NonconformityOpen):
        start_run(caller=a_caller("mei"), build_id=tray.pk, number=130)
    with pytest.raises(ConcessionWaits):
        dispose_nonconformity(
            caller=a_caller("tanaka"), number=report.number, disposition="retest", reason="x",
            pin_check_id=pin_check("tanaka"),
        )  # fmt: skip
    approved(report)

    report.refresh_from_db()
    waiting.refresh_from_db()
    assert (report.disposition, report.disposed_by.username, report.disposition_reason) == (  # type: ignore[union-attr]
        "use_as_is", "tanaka", "客先了承",
    )  # fmt: skip
    assert (waiting.outcome, waiting.decided_by.username) == ("approved", "plan")  # type: ignore[union-attr]
    assert [run.result for run in OperationRun.objects.filter(build=tray, operation__number=120)] == [
        "fail", "conditional",
    ]  # fmt: skip
    started(tray, 130)


def test_who_proposed_may_not_approve_and_nothing_changes() -> None:
    _tray, report = a_failed_tray()
    waiting = proposed(report)
    check = pin_check("tanaka")
    before = everything()

    with pytest.raises(SecondPersonWanted):
        approve_concession(caller=a_caller("tanaka"), number=report.number, pin_check_id=check)
    with pytest.raises(SecondPersonWanted):
        decline_concession(caller=a_caller("tanaka"), number=report.number, remarks="x", pin_check_id=check)

    assert everything() == before
    with pytest.raises(IntegrityError, match="concession_is_decided_by_a_second_person"), transaction.atomic():
        Concession.objects.filter(pk=waiting.pk).update(
            outcome="approved", decided_by_id=waiting.proposed_by_id, decided_event_id=1
        )


def test_declined_means_that_quality_decides_again() -> None:
    tray, report = a_failed_tray()
    proposed(report)
    check = pin_check("plan")
    with pytest.raises(ReasonWanted):
        decline_concession(caller=a_caller("plan"), number=report.number, remarks=" ", pin_check_id=check)

    decline_concession(caller=a_caller("plan"), number=report.number, remarks="漏れは不可", pin_check_id=check)

    report.refresh_from_db()
    assert (report.disposition, report.closed_at) == (None, None)
    with pytest.raises(NoConcession):
        approved(report)
    dispose_nonconformity(
        caller=a_caller("tanaka"), number=report.number, disposition="retest", reason="締直し",
        pin_check_id=pin_check("tanaka"),
    )  # fmt: skip
    with pytest.raises(AlreadyDisposed):
        proposed(report)
    done(tray, 120)


def test_use_as_is_is_no_decision_of_one_person_and_not_of_the_floor() -> None:
    _tray, report = a_failed_tray()
    check, mine = pin_check("tanaka"), pin_check("mei")
    before = everything()

    with pytest.raises(UnknownDisposition):
        dispose_nonconformity(
            caller=a_caller("tanaka"), number=report.number, disposition="use_as_is", reason="x", pin_check_id=check
        )
    with pytest.raises(NotPermitted):
        propose_concession(caller=a_caller("mei"), number=report.number, reason="x", pin_check_id=mine)
    with pytest.raises(ReasonWanted):
        propose_concession(caller=a_caller("tanaka"), number=report.number, reason=" ", pin_check_id=check)

    assert everything() == before


def test_causes_are_data_that_quality_and_planner_keep() -> None:
    tray, report = a_failed_tray()
    define_cause(caller=a_caller("plan"), code="oring", category="material", name_ja="Oリング傷", name_en="O-ring")
    define_cause(
        caller=a_caller("tanaka"), code="ORING", category="method", name_ja="Oリング噛み込み", name_en="O-ring"
    )
    assert [(row.code, row.category, row.name_ja) for row in Cause.objects.filter(code="ORING")] == [
        ("ORING", "method", "Oリング噛み込み")
    ]

    dispose_nonconformity(
        caller=a_caller("tanaka"), number=report.number, disposition="retest", reason="x", cause="oring",
        pin_check_id=pin_check("tanaka"),
    )  # fmt: skip
    retire_cause(caller=a_caller("tanaka"), code="ORING")

    report.refresh_from_db()
    assert report.cause.code == "ORING"  # type: ignore[union-attr]
    for refusal, act in (
        (UnknownCause, lambda: retire_cause(caller=a_caller("tanaka"), code="ORING")),
        (CauseBlank, lambda: define_cause(
            caller=a_caller("plan"), code=" ", category="man", name_ja="x", name_en="x")),
        (NotPermitted, lambda: define_cause(
            caller=a_caller("mei"), code="X", category="man", name_ja="x", name_en="x")),
    ):  # fmt: skip
        with pytest.raises(refusal):
            act()
    assert tray.pk


def test_photos_are_kept_with_the_report() -> None:
    tray, _report = a_failed_tray()
    photo = put_photo(a_picture())

    report = report_nonconformity(caller=a_caller("mei"), serial=tray.unit.serial, text="傷", photos=[photo])
    add_photos(caller=a_caller("tanaka"), number=report.number, photos=[put_photo(a_picture(colour="red"))])

    kept = Photo.objects.filter(subject_type="assembly.nonconformity", subject_id=report.pk)
    assert [row.by.username for row in kept] == ["mei", "tanaka"]
    before = everything()
    with pytest.raises(PhotoMissing):
        add_photos(caller=a_caller("tanaka"), number=report.number, photos=["0" * 64])
    assert everything() == before


def test_what_the_product_found_is_told_in_the_readers_language() -> None:
    _tray, report = a_failed_tray()
    event = Event.objects.get(pk=report.opened_event_id)

    assert report.says[0]["code"] == "value-outside"
    with translation.override("en"):
        assert "is outside" in report_words(report)
        assert "is outside" in sentence_of(event)[1]
    with translation.override("ja"):
        assert "を外れています" in report_words(report)
        assert "を外れています" in sentence_of(event)[1]


@pytest.mark.parametrize(
    ("language", "words"), [("ja", ("不適合報告書", "特別採用")), ("en", ("Nonconformityreport",))]
)
def test_the_report_is_a_paper_with_both_signatures(language: str, words: tuple[str, ...]) -> None:
    _tray, report = a_failed_tray()
    proposed(report)
    approved(report)

    content, subject = copy_of("nonconformity", report.number, language)

    text = text_of(content)
    assert subject.name == report.number
    for word in (*words, report.number):
        assert word in text
    sheet = kind_of("nonconformity").sheet(subject)
    assert [stamp.meaning for stamp in sheet.stamps] == ["prepared", "checked", "approved"]
