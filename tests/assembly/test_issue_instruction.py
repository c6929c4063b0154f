"""issue_instruction: words in both languages and pictures, in revisions that nobody rewrites."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from assembly.models import Instruction, InstructionPicture, RoutingOperation
from assembly.operations.instructions import (
    InstructionChanged,
    InstructionEmpty,
    PictureOdd,
    PictureSpec,
    issue_instruction,
)
from assembly.operations.route_rules import UnknownOperation
from documents import files
from genpin.demo.drawings import PICTURES
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.cast import a_caller, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

WORDS: dict[str, Any] = {"text_ja": "締めます。", "text_en": "Tighten."}


def the_operation() -> RoutingOperation:
    return RoutingOperation.objects.get(routing__code="RT-RACK-GB200", number=200)


def a_picture(form: str = "PNG", size: tuple[int, int] = (40, 30), ja: str = "図", en: str = "Figure") -> PictureSpec:
    out = io.BytesIO()
    Image.new("RGB", size, "#204080").save(out, form)
    return PictureSpec(files.put(out.getvalue()), ja, en)


def test_the_first_and_the_next_revision_are_both_kept() -> None:
    operation = the_operation()

    first = issue_instruction(
        caller=a_caller("plan"), operation_id=operation.pk, revision=0, pictures=[a_picture()], **WORDS
    )
    second = issue_instruction(
        caller=a_caller("plan"), operation_id=operation.pk, revision=1, **{**WORDS, "text_ja": "二度締めます。"}
    )

    assert [row.revision for row in operation.instructions.all()] == [2, 1]
    assert (first.issued_by, first.text, second.text) == (person("plan"), "締めます。", "二度締めます。")
    event = Event.objects.get(pk=second.event_id)
    assert (event.kind, event.payload["operation"], event.payload["revision"]) == (
        "assembly.instruction-issued", 200, 2,
    )  # fmt: skip


@pytest.mark.parametrize(("form", "media"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_picture_is_read_for_what_it_is(form: str, media: str) -> None:
    issued = issue_instruction(
        caller=a_caller("plan"), operation_id=the_operation().pk, pictures=[a_picture(form, (321, 123))], **WORDS
    )

    picture = issued.pictures.get()
    assert (picture.media, picture.width, picture.height, picture.caption) == (media, 321, 123, "図")


def test_every_drawn_picture_is_one_and_the_same_every_time() -> None:
    for draw in PICTURES.values():
        assert draw() == draw()
        with Image.open(io.BytesIO(draw())) as image:
            assert (image.format, image.size) == ("PNG", (960, 640))


def _no_picture() -> PictureSpec:
    return PictureSpec(files.put(b"<svg onload='alert(1)'/>"), "図", "Figure")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"text_en": " "}, InstructionEmpty),
        ({"operation_id": 999_999}, UnknownOperation),
        ({"pictures": lambda: [PictureSpec("0" * 64, "図", "Figure")]}, PictureOdd),
        ({"pictures": lambda: [PictureSpec("../../etc/passwd", "図", "Figure")]}, PictureOdd),
        ({"pictures": lambda: [_no_picture()]}, PictureOdd),
        ({"pictures": lambda: [a_picture(en="")]}, PictureOdd),
        ({"pictures": lambda: [a_picture()] * 13}, PictureOdd),
        ({"revision": 3}, InstructionChanged),
    ],
)
def test_what_cannot_be_shown_is_refused(wrong: dict[str, Any], refusal: Any) -> None:
    arguments = {"operation_id": the_operation().pk, **WORDS, **wrong}
    if callable(arguments.get("pictures")):
        arguments["pictures"] = arguments["pictures"]()
    before = Event.objects.count()

    with pytest.raises(refusal):
        issue_instruction(caller=a_caller("plan"), **arguments)

    assert (Instruction.objects.count(), InstructionPicture.objects.count(), Event.objects.count()) == (0, 0, before)


def test_two_writers_of_one_revision_are_told_apart() -> None:
    operation = the_operation()
    issue_instruction(caller=a_caller("plan"), operation_id=operation.pk, revision=0, **WORDS)

    with pytest.raises(InstructionChanged, match="変更されました") as refusal:
        issue_instruction(caller=a_caller("admin"), operation_id=operation.pk, revision=0, **WORDS)
    assert "第 1 版" in refusal.value.true
    with pytest.raises(NotPermitted):
        issue_instruction(caller=a_caller("mei"), operation_id=operation.pk, revision=1, **WORDS)
    assert Instruction.objects.count() == 1
