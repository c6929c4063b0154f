"""request_prints: many copies as one PDF, asked for on a page and pressed by a worker."""

from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from documents import files
from documents.kinds import UnknownDocumentKind
from documents.models import PrintJob
from documents.operations.issuing import UnknownLanguage
from documents.operations.printing import LIMIT, NothingAsked, request_prints
from genpin.tasks import react
from inventory.models import Unit
from inventory.operations.finding import UnknownSerial
from ledger.doors import new_key
from ledger.models import Delivery, Event, Receipt
from ledger.refusals import NotPermitted, Refusal
from tests.cast import NOON, a_caller, person
from tests.world import a_part, a_unit, received_units

pytestmark = pytest.mark.django_db


def asked(units: list[Unit], *, by: str = "mei", receipt: str | None = None) -> PrintJob:
    return request_prints(
        caller=a_caller(by, key=receipt), kind="unit-label", keys=[unit.tag for unit in units], language="ja"
    )


def press(job: PrintJob) -> PrintJob:
    """What a worker does with the job's delivery."""
    react(delivery_id=Delivery.objects.get(event_id=job.event_id, reaction="press_prints").pk)
    return PrintJob.objects.get(pk=job.pk)


def test_job_waits_with_its_event() -> None:
    units = received_units(a_part(), 3)

    job = asked(units)

    assert (job.done, job.total, job.finished_at, job.requested_at) == (0, 3, None, NOON)
    event = Event.objects.get(pk=PrintJob.objects.get(pk=job.pk).event_id)
    assert (event.kind, event.subject_id, event.payload["count"]) == ("documents.prints-requested", job.pk, 3)
    assert Delivery.objects.filter(event_id=event.pk, reaction="press_prints", done_at=None).count() == 1


def test_worker_presses_them_in_the_order_asked() -> None:
    units = received_units(a_part(), 3)[::-1]

    job = press(PrintJob.objects.get(pk=asked(units).pk))

    assert (job.done, job.fault) == (3, "")
    assert job.file_sha256 is not None
    pages = [page.extract_text() for page in PdfReader(BytesIO(files.get(job.file_sha256))).pages]
    assert len(pages) == 3
    assert all(unit.tag in page for unit, page in zip(units, pages, strict=True))


def test_finished_job_is_left_alone() -> None:
    job = press(PrintJob.objects.get(pk=asked([a_unit()]).pk))
    Delivery.objects.update(done_at=None)

    assert press(job) == job
    assert PrintJob.objects.get(pk=job.pk).finished_at == job.finished_at


def test_repeat_is_the_same_job() -> None:
    unit = a_unit()

    assert asked([unit], receipt="k-1") == asked([unit], receipt="k-1")
    assert PrintJob.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "wish"),
    [
        (UnknownDocumentKind, {"kind": "poem"}),
        (UnknownLanguage, {"language": "de"}),
        (NothingAsked, {"keys": []}),
        (NothingAsked, {"keys": ["X"] * (LIMIT + 1)}),
        (UnknownSerial, {"keys": ["NOBODY"]}),
    ],
)
def test_what_cannot_be_printed_is_refused_at_once(kind: type[Refusal], wish: dict[str, object]) -> None:
    arguments = {"kind": "unit-label", "keys": ["X"], "language": "ja", **wish}

    with pytest.raises(kind):
        request_prints(caller=a_caller("mei", key="k-1"), **arguments)  # type: ignore[arg-type]

    assert not PrintJob.objects.exists() and not Receipt.objects.filter(key="k-1").exists()
    assert not Event.objects.filter(kind="documents.prints-requested").exists()


def test_stranger_is_refused() -> None:
    with pytest.raises(NotPermitted):
        asked([a_unit()], by="stranger")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_page_asks_shows_progress_and_gives_the_file(language: str) -> None:
    client = Client()
    client.force_login(person("mei"))
    client.cookies["genpin_language"] = language
    units = received_units(a_part(), 2)
    wish = {"key": new_key(), "kind": "unit-label", "keys": "\n".join(unit.tag for unit in units)}
    assert client.get("/documents/prints/").status_code == 200

    answer = client.post("/documents/prints/new/", wish)

    job = PrintJob.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/documents/prints/{job.pk}/")
    waiting = client.get(answer["Location"], headers={"hx-request": "true"}).content.decode()
    assert "0 / 2" in waiting and "hx-get" in waiting and "<html" not in waiting
    assert client.get(f"/documents/prints/{job.pk}/file.pdf").status_code == 404

    press(job)

    ready = client.get(answer["Location"]).content.decode()
    assert "2 / 2" in ready and "hx-get" not in ready.split('id="job"')[1].split(">")[0]
    file = client.get(f"/documents/prints/{job.pk}/file.pdf")
    assert b"".join(file.streaming_content).startswith(b"%PDF")  # type: ignore[arg-type]
    assert "2 / 2" in client.get("/documents/prints/").content.decode()


def test_page_refuses_unknown_keys_and_strangers() -> None:
    client = Client()
    client.force_login(person("mei"))

    refusal = client.post("/documents/prints/new/", {"key": new_key(), "kind": "unit-label", "keys": "NOBODY"})

    assert refusal.status_code == 422 and "NOBODY" in refusal.content.decode()
    client.force_login(person("stranger"))
    assert client.get("/documents/prints/").status_code == 403
