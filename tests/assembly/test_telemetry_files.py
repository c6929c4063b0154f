"""Telemetry files by page, API and watched folder: received, read afterwards, once, also by whoever takes over."""

from __future__ import annotations

import base64
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings

from assembly.burn_in import feed_files
from assembly.burn_in.columns import stream_bytes
from assembly.feeding import feed_file, put_down, read_file, read_received, sweep_received
from assembly.models import RawFile, TelemetryFile
from assembly.operations.burn_in import stop_burn_in
from assembly.operations.telemetry import NothingSoaks
from assembly.operations.telemetry_files import (
    PieceOutOfTurn,
    end_telemetry_file,
    feed_piece,
    receive_telemetry_file,
)
from assembly.operations.test_runs import FileNotStored
from assembly.queries.raw_telemetry import received_path
from genpin.inbox import take_in
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.accounts.bench_world import a_station
from tests.assembly.burn_in_world import a_soaking_rack
from tests.assembly.test_feed_files import values_of
from tests.cast import NOON, a_caller, person

pytestmark = pytest.mark.django_db
LATE = NOON + timedelta(days=3)
ROWS = 300


def content(rows: int = ROWS, broken: bool = False) -> bytes:
    lines = [f"2026-11-20T{3 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z,Fan_1,{n}" for n in range(rows)]
    return "\n".join(["at,series,value", *lines, *(["yesterday,Fan_1,1"] if broken else [])]).encode() + b"\n"


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_files, "BLOCK", 2_000)


def received(burn_in: Any, said: bytes, who: str = "kenji") -> TelemetryFile:
    kept = put_down([said], limit=10**9)
    return receive_telemetry_file(
        caller=a_caller(who, at=LATE), file_sha256=kept.sha256, file_name="fan.csv", burn_in_id=burn_in.pk
    )


def test_a_file_is_received_then_read_and_gone(small_pieces: None) -> None:
    burn_in = a_soaking_rack()

    file = received(burn_in, content())
    assert (file.pieces, file.ended_at, received_path(file.sha256).is_file()) == (0, None, True)
    assert read_received(a_caller("kenji", at=LATE)) == 1

    file.refresh_from_db()
    assert file.ended_at == LATE and file.pieces > 3 and file.counts["stored"] == ROWS
    assert values_of(burn_in, "Fan_1") == list(range(ROWS)) and not received_path(file.sha256).exists()
    kinds = (
        Event.objects.filter(kind__startswith="assembly.telemetry-file").order_by("pk").values_list("kind", flat=True)
    )
    assert list(kinds) == ["assembly.telemetry-file-received", "assembly.telemetry-file-read"]
    assert received(burn_in, content()).pk == file.pk and read_received(a_caller("kenji", at=LATE)) == 0


def test_whoever_takes_over_goes_on_where_the_file_stands(small_pieces: None) -> None:
    """The reader was killed after two pieces: one is stored, and the second's answer was never told."""
    burn_in = a_soaking_rack()
    file = received(burn_in, content())
    for number, (piece, at_byte) in enumerate(feed_files.pieces_of(received_path(file.sha256))):
        if number == 2:
            break
        feed_piece(
            caller=a_caller("kenji", at=LATE),
            telemetry_file_id=file.pk,
            number=number,
            columns=base64.b64encode(stream_bytes(piece)).decode(),
            at_byte=at_byte,
        )
    half = TelemetryFile.objects.get()
    assert (half.pieces, 0 < half.counts["stored"] < ROWS) == (2, True)

    read_received(a_caller("kenji", at=LATE))

    file.refresh_from_db()
    assert (file.counts["stored"], file.counts.get("known", 0)) == (ROWS, 0)
    assert values_of(burn_in, "Fan_1") == list(range(ROWS))


def test_a_broken_file_says_the_line_and_may_be_sent_again(small_pieces: None) -> None:
    burn_in = a_soaking_rack()
    file = received(burn_in, content(broken=True))

    read_received(a_caller("kenji", at=LATE))

    file.refresh_from_db()
    assert "yesterday" in file.why and file.counts["stored"] > 0 and not received_path(file.sha256).exists()
    again = received(burn_in, content())
    read_received(a_caller("kenji", at=LATE))
    again.refresh_from_db()
    assert again.counts["stored"] + again.counts["known"] == ROWS and not again.why
    assert received(burn_in, content(broken=True)).pk != file.pk


def test_a_run_that_ends_meanwhile_refuses_the_rest() -> None:
    burn_in = a_soaking_rack()
    file = received(burn_in, content())
    stop_burn_in(caller=a_caller("kenji", at=LATE), build_id=burn_in.run.build_id)

    read_received(a_caller("kenji", at=LATE))

    file.refresh_from_db()
    assert "A-01" in file.why and not RawFile.objects.exists()


def test_what_cannot_be_received_or_fed_is_refused() -> None:
    burn_in = a_soaking_rack()
    file = received(burn_in, content())
    told = {"telemetry_file_id": file.pk, "columns": "", "number": 1}
    for refusal, call in (
        (NotPermitted, lambda: received(burn_in, content(9), who="mei")),
        (FileNotStored, lambda: receive_telemetry_file(
            caller=a_caller("kenji"), file_sha256="../../x", file_name="x", burn_in_id=burn_in.pk)),
        (NothingSoaks, lambda: receive_telemetry_file(
            caller=a_caller("kenji"), file_sha256=file.sha256, file_name="x", cell_code="A-02")),
        (PieceOutOfTurn, lambda: feed_piece(caller=a_caller("kenji"), **told)),
    ):  # fmt: skip
        with pytest.raises(refusal):
            call()

    end_telemetry_file(caller=a_caller("kenji", at=LATE), telemetry_file_id=file.pk, why="taken back")
    assert end_telemetry_file(caller=a_caller("kenji"), telemetry_file_id=file.pk).why == "taken back"
    assert TelemetryFile.objects.count() == 1


def test_a_file_that_another_process_reads_is_left_to_it() -> None:
    file = received(a_soaking_rack(), content())
    names = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    where = {theirs: told for ours, theirs in names.items() if (told := connection.settings_dict[ours])}
    with psycopg.connect(**where) as other:
        other.execute("SELECT pg_advisory_lock(hashtext(%s), %s)", ["telemetry file", file.pk])

        assert read_file(a_caller("kenji", at=LATE), file.pk) is None

    assert read_received(a_caller("kenji", at=LATE)) == 1


def test_page_and_api_receive_and_tell_how_far_it_is() -> None:
    burn_in = a_soaking_rack()
    browser = Client()
    browser.force_login(person("kenji"))

    page = browser.post(
        "/telemetry/files/", {"key": "k", "burn_in": burn_in.pk, "file": SimpleUploadedFile("fan.csv", content())}
    )
    assert page.status_code == 302
    shown = browser.get("/telemetry/files/").text
    assert "受信済み・読込み待ち" in shown and 'hx-trigger="every 5s"' in shown
    answer = browser.post(
        "/api/telemetry/files/", {"cell": "A-01", "file": SimpleUploadedFile("fan.csv", content(2))}, format="multipart"
    )
    assert (answer.status_code, answer.json()["state"]) == (202, "received")
    read_received(a_caller("kenji", at=LATE))

    states = [row["state"] for row in browser.get("/api/telemetry/files/?q=A-01").json()["results"]]
    assert states == ["read", "read"]
    shown = browser.get("/telemetry/files/", headers={"HX-Request": "true"}).text
    assert "every 5s" not in shown and "読込み済み" in shown and "<html" not in shown
    assert browser.get(f"/api/telemetry/files/{answer.json()['id']}/").json()["counts"]["known"] == 2
    assert browser.post("/telemetry/files/", {"key": "x", "burn_in": ""}).status_code == 422


@override_settings(UPLOAD_LIMIT=1_000)
def test_too_large_a_file_is_refused_and_leaves_nothing() -> None:
    burn_in = a_soaking_rack()
    browser = Client()
    browser.force_login(person("kenji"))
    file = SimpleUploadedFile("fan.csv", content())

    assert browser.post("/telemetry/files/", {"key": "k", "burn_in": burn_in.pk, "file": file}).status_code == 422
    file.seek(0)
    assert browser.post("/api/telemetry/files/", {"cell": "A-01", "file": file}, format="multipart").status_code == 409
    assert not TelemetryFile.objects.exists() and not list(received_path("x").parent.glob(".*"))


def test_the_watched_folder_takes_a_cells_file(tmp_path: Path) -> None:
    a_soaking_rack()
    a_station("B1", "burn_in")
    for place, rows in (("B1/A-01/fan.csv", 3), ("B1/A-01__more.csv", 5), ("B1/B-01/none.csv", 4)):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(content(rows))
        os.utime(tmp_path / place, (1, rows))

    taken = take_in(tmp_path, a_caller("kenji", at=LATE), settle=0)

    assert (taken.done, taken.refused) == (2, 1)
    assert "B-01" in (tmp_path / "refused/B1/B-01__none.csv.txt").read_text()
    read_received(a_caller("kenji", at=LATE))
    assert [file.counts["stored"] for file in TelemetryFile.objects.order_by("pk")] == [3, 2]


def test_the_command_receives_and_reads_at_once(tmp_path: Path) -> None:
    burn_in = a_soaking_rack()
    (tmp_path / "fan.csv").write_bytes(content())

    first = feed_file(a_caller("kenji", at=LATE), tmp_path / "fan.csv", cell_code="A-01")
    again = feed_file(a_caller("kenji", at=LATE), tmp_path / "fan.csv", burn_in_id=burn_in.pk)

    assert first == again and first["stored"] == ROWS and TelemetryFile.objects.count() == 1


def test_what_nobody_received_is_swept_after_a_day() -> None:
    old, new = put_down([b"old"], limit=9), put_down([b"new"], limit=9)
    file = received(a_soaking_rack(), content())
    for kept in (old.sha256, file.sha256):
        os.utime(received_path(kept), (1, 1))

    assert sweep_received() == 1 and not received_path(old.sha256).exists()
    assert received_path(new.sha256).exists() and received_path(file.sha256).exists()
    assert connection.in_atomic_block
