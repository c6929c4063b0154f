"""certificate_sheet and its paper: what was tested, how it soaked, what was done again; no verdict without data."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assembly.burn_in.moments import MINUTE as MICROS
from assembly.burn_in.plotting import PLACES, stretches_of
from assembly.documents import certificate
from assembly.models import Build, TelemetrySample
from assembly.operations.burn_in import stop_burn_in
from assembly.papers import NotJudged
from assembly.queries.certificate import certificate_sheet
from documents.kinds import NothingToPrint
from documents.models import IssuedDocument
from documents.operations.issuing import copy_of, issue_document
from documents.press import press
from documents.seal import facts_hash
from ledger.models import Event
from tests.assembly.burn_in_world import MINUTE, feed
from tests.assembly.paper_world import a_complete_rack, a_filled_rack, a_soaking_rack, a_started_rack, done
from tests.cast import a_caller, person
from tests.documents.reading import text_of

pytestmark = pytest.mark.django_db


def squeezed(kind: str, build: Build, lang: str = "ja") -> str:
    return text_of(copy_of(kind, build.unit.tag, lang)[0])


def test_a_complete_rack_has_a_certificate_with_what_was_done_again_and_why() -> None:
    build = a_complete_rack()

    sheet = certificate_sheet(build.pk)

    assert (sheet.verdict, sheet.missing) == ("pass", ())
    assert [(row.number, row.attempt, row.result, row.counts) for row in sheet.operations] == [
        ("250", 1, "fail", False),
        ("250", 2, "pass", True),
        ("260", 1, "pass", True),
        ("350", 1, "pass", True),
    ]
    first = sheet.operations[0]
    assert first.report.startswith("NC-") and "6.2" in first.why.en
    assert {reading.step for reading in sheet.readings} == {"250"}
    soak = sheet.soaks[0]
    assert (soak.verdict, soak.state, soak.samples, soak.gaps[0].minutes) == ("pass", "finished", 79, 12)
    assert len(soak.samples_sha256) == 64
    assert soak.counted_minutes >= soak.required_minutes
    assert all(row.n == 79 and row.p95 is not None for row in soak.series)
    assert {stamp.meaning for stamp in sheet.stamps} == {"prepared", "checked"}
    for lang, words in (("ja", "○合格 250漏れ 欠測"), ("en", "○PASS attempt2 nodata")):
        text = squeezed("certificate", build, lang)
        assert [word for word in words.split() if word not in text] == []
        assert "DRAFT" not in text


def test_it_is_issued_with_its_check_code_once_for_the_same_facts() -> None:
    build = a_complete_rack()

    first = issue_document(caller=a_caller("tanaka"), kind="certificate", key=build.unit.serial)
    second = issue_document(caller=a_caller("tanaka"), kind="certificate", key=build.order_number)

    assert first.pk == second.pk and first.facts_hash == facts_hash(certificate_sheet(build.pk))
    assert Client().get(f"/verify/{first.verify_code}").status_code == 200


@pytest.mark.parametrize("why", ["soaking", "no data"])
def test_before_the_burn_in_is_judged_it_is_a_draft_that_cannot_be_issued(why: str) -> None:
    if why == "soaking":
        build, _burn_in = a_soaking_rack()
    else:
        build = a_complete_rack()
        TelemetrySample.objects.all().delete()  # as history that came without samples
    before = Event.objects.count()

    sheet = certificate_sheet(build.pk)
    with pytest.raises(NotJudged) as refused:
        issue_document(caller=a_caller("tanaka"), kind="certificate", key=build.unit.tag)

    assert sheet.verdict == "" and sheet.missing and "350" in sheet.missing[0].ja
    assert "350" in refused.value.true
    assert not IssuedDocument.objects.filter(kind="certificate").exists() and Event.objects.count() == before
    for lang in ("ja", "en"):
        text = squeezed("certificate", build, lang)
        assert "DRAFT" in text
    if why == "no data":
        assert (sheet.soaks[0].verdict, sheet.soaks[0].plots) == ("", ())
        assert "欠測は合格になりません" in squeezed("certificate", build)


def test_a_failed_burn_in_is_a_verdict_and_its_alarms_are_told() -> None:
    build, burn_in = a_soaking_rack()
    feed(burn_in, [31, 32], [30.0, 170.0, 0.0])
    feed(burn_in, [33, 34])
    end = burn_in.started_at + 40 * MINUTE
    stop_burn_in(caller=a_caller("kenji", at=end), build_id=build.pk)
    done(build, 350, end)

    sheet = certificate_sheet(build.pk)

    soak = sheet.soaks[0]
    assert (sheet.verdict, soak.verdict) == ("fail", "fail") and soak.why.ja != soak.why.en
    alarm = soak.alarms[0]
    assert (alarm.started_at, alarm.cleared_at) == (
        burn_in.started_at + 31 * MINUTE, burn_in.started_at + 33 * MINUTE,
    )  # fmt: skip
    assert issue_document(caller=a_caller("tanaka"), kind="certificate", key=build.unit.tag).pk


def test_nothing_tested_is_nothing_to_print() -> None:
    with pytest.raises(NothingToPrint):
        copy_of("certificate", a_started_rack().unit.tag, "ja")


def test_the_queries_do_not_grow_and_the_same_facts_are_the_same_paper() -> None:
    build = a_complete_rack()
    with CaptureQueriesContext(connection) as caught:
        sheet = certificate_sheet(build.pk)

    assert len(caught) <= 26
    assert press(certificate.story(sheet, "ja")) == press(certificate.story(certificate_sheet(build.pk), "ja"))


def test_who_audits_reads_it_and_a_stranger_does_not() -> None:
    build = a_filled_rack()
    for name, status in (("aud", 200), ("stranger", 403)):
        client = Client()
        client.force_login(person(name))
        assert client.get(f"/documents/certificate/{build.unit.tag}.pdf").status_code == status


def test_a_course_keeps_its_spike_and_breaks_at_its_gap() -> None:
    minutes = np.array([*range(4000), *range(4100, 8000)], dtype=np.int64)
    values = np.full(len(minutes), 50.0)
    values[1234] = 91.25
    values[2000:2003] = np.nan

    drawn = stretches_of(minutes * MICROS, values, (0, 8000 * MICROS), 5 * MICROS)

    assert len(drawn) == 2 and drawn[0][-1][0] <= 3999 * 60 and drawn[1][0][0] >= 4100 * 60
    assert sum(map(len, drawn)) <= PLACES + 2
    assert max(most for stretch in drawn for _at, _least, _mean, most in stretch) == 9125
    assert {least for stretch in drawn for _at, least, _mean, _most in stretch} == {5000}
