"""Issuing work instructions: text in both languages and pictures, as a new revision beside the fixed routing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext as _

from accounts.models import User
from assembly.models import Instruction, InstructionPicture, RoutingOperation
from assembly.operations.route_rules import UnknownOperation
from documents import files
from documents.operations.filing import register_files
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal

MOST_PICTURES = 12
"""More than a person looks through at a bench."""


class InstructionEmpty(Refusal):
    """An instruction needs its text in both languages."""


class InstructionChanged(Refusal):
    """Another revision was issued meanwhile."""


class PictureOdd(Refusal):
    """A picture that is not in the store, is none, says nothing, or is one too many."""


@dataclass(frozen=True, slots=True)
class PictureSpec:
    """A picture that lies in the content store: its hash, and what it shows in words."""

    sha256: str
    caption_ja: str
    caption_en: str


@operation(permission="assembly.keep_master_data", returns=Instruction)
def issue_instruction(
    *,
    caller: Caller,
    operation_id: int,
    text_ja: str,
    text_en: str,
    pictures: list[PictureSpec] | None = None,
    revision: int | None = None,
) -> Instruction:
    """Issue the next revision of the work instruction of an operation of a routing; stations show it at once.
    `revision` is the one that the writer saw (0: none yet): where a newer one holds, nothing is overwritten. None does
    not look. Locks the operation.

    Refuses UnknownOperation, InstructionEmpty, PictureOdd, InstructionChanged."""
    texts = _texts(text_ja, text_en)
    shapes = _shapes(pictures or [])
    found, held = _last(operation_id)
    if revision is not None and revision != held:
        raise InstructionChanged(
            _("The instruction of operation %(number)d was changed meanwhile.") % {"number": found.number},
            true=_("Revision %(now)d holds; you saw %(was)d. Nothing was recorded.") % {"now": held, "was": revision},
            do=_("Look at the new revision and write yours again."),
        )

    event = record(
        caller,
        "assembly.instruction-issued",
        found,
        routing=f"{found.routing.code} {found.routing.revision}",
        operation=found.number,
        revision=held + 1,
        text_ja=texts[0],
        text_en=texts[1],
        pictures=[picture.sha256 for picture in pictures or []],
    )
    issued = Instruction.objects.create(
        operation=found,
        revision=held + 1,
        text_ja=texts[0],
        text_en=texts[1],
        issued_at=caller.at,
        issued_by=cast("User", caller.user),
        event_id=event,
    )
    register_files(
        caller,
        [
            (picture.sha256, files.size_of(picture.sha256), media, "")
            for picture, (media, _width, _height) in zip(pictures or [], shapes, strict=True)
        ],
    )
    _write_pictures(issued, pictures or [], shapes)
    return issued


def _texts(text_ja: str, text_en: str) -> tuple[str, str]:
    if not (text_ja.strip() and text_en.strip()):
        raise InstructionEmpty(
            _("An instruction needs its text in Japanese and in English."), true=_("Nothing was recorded.")
        )
    return text_ja.strip(), text_en.strip()


def _last(operation_id: int) -> tuple[RoutingOperation, int]:
    """The operation, locked, and the revision that holds (0: none)."""
    rows = RoutingOperation.objects.select_for_update(no_key=True, of=("self",)).select_related("routing")
    found = rows.filter(pk=operation_id).first()
    if found is None:
        raise UnknownOperation(_("There is no such operation."), true=_("Nothing was recorded."))
    return found, found.instructions.order_by("-revision").values_list("revision", flat=True).first() or 0


def _write_pictures(
    issued: Instruction, pictures: Sequence[PictureSpec], shapes: Sequence[tuple[str, int, int]]
) -> None:
    InstructionPicture.objects.bulk_create(
        [
            InstructionPicture(
                instruction=issued,
                order=order,
                sha256=picture.sha256,
                media=media,
                width=width,
                height=height,
                caption_ja=picture.caption_ja.strip(),
                caption_en=picture.caption_en.strip(),
            )
            for order, (picture, (media, width, height)) in enumerate(zip(pictures, shapes, strict=True))
        ]
    )


def _shapes(pictures: Sequence[PictureSpec]) -> list[tuple[str, int, int]]:
    """Media type, width and height of each picture, read from its own bytes."""
    if len(pictures) > MOST_PICTURES:
        raise PictureOdd(
            _("An instruction has at most %(most)d pictures.") % {"most": MOST_PICTURES},
            true=_("Nothing was recorded."),
            do=_("Split the operation, or choose the pictures that matter."),
        )
    return [_shape(picture) for picture in pictures]


def _shape(picture: PictureSpec) -> tuple[str, int, int]:
    if not (picture.caption_ja.strip() and picture.caption_en.strip()):
        raise PictureOdd(
            _("A picture needs words in both languages: not everybody sees it."), true=_("Nothing was recorded.")
        )
    if not files.has(picture.sha256):
        raise PictureOdd(
            _("Picture %(name)s is not in the store.") % {"name": picture.sha256[:12]},
            true=_("Nothing was recorded."),
            do=_("Upload it first."),
        )
    with files.open_file(picture.sha256) as stored:
        head = stored.read(26)
    shape = png_shape(head)
    if shape is None:
        found = jpeg_shape(files.get(picture.sha256)) if head.startswith(b"\xff\xd8\xff") else None
        if found is None:
            raise PictureOdd(
                _("%(name)s is no picture.") % {"name": picture.sha256[:12]},
                true=_("Nothing was recorded."),
                do=_("Use a PNG or JPEG picture."),
            )
        return ("image/jpeg", *found)
    return ("image/png", *shape)


def png_shape(head: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG from its first 24 bytes."""
    if len(head) < 24 or head[:8] != b"\x89PNG\r\n\x1a\n" or head[12:16] != b"IHDR":
        return None
    width, height = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    return (width, height) if 0 < width <= 20_000 and 0 < height <= 20_000 else None


def jpeg_shape(content: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG from its frame header (SOF0 to SOF15 without DHT, JPG, DAC)."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = (int.from_bytes(content[at + n : at + n + 2], "big") for n in (5, 7))
            return (width, height) if width and height else None
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None


wall(
    "instruction_revision_is_used_once",
    lambda: InstructionChanged(_("Another revision was issued at the same moment."), true=_("Nothing was recorded.")),
)
