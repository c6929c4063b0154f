"""The work instruction that holds for an operation, with its pictures."""

from __future__ import annotations

from assembly.models import Instruction, InstructionPicture


def instruction_of(operation_id: int) -> Instruction | None:
    """The latest revision with its pictures at hand; None where none was issued. Two queries."""
    rows = Instruction.objects.filter(operation_id=operation_id).order_by("-revision")
    return rows.prefetch_related("pictures").select_related("issued_by").first()


def revisions_of(operation_id: int) -> list[Instruction]:
    """Every revision, the newest first, with pictures and writers. Two queries."""
    rows = Instruction.objects.filter(operation_id=operation_id).order_by("-revision")
    return list(rows.prefetch_related("pictures").select_related("issued_by"))


def picture_named(sha256: str) -> InstructionPicture | None:
    """A picture of some instruction by its hash: nothing else of the content store is shown by this road."""
    return InstructionPicture.objects.filter(sha256=sha256).order_by("pk").first()
