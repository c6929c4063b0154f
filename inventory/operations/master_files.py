"""Parts and bills of material come in by file: all of it or nothing."""

from __future__ import annotations

from inventory.files.master_data import ToldPart, read_boms, read_parts
from inventory.files.tables import LineFault
from inventory.models import Bom
from inventory.operations.boms import BomRow, add_bom, lines_of
from inventory.operations.incoming_files import FileRefused, keep_file, stored_content
from inventory.operations.parts import BuiltInRow, PartRow, add_parts
from ledger.callers import Caller
from ledger.operations import operation
from ledger.refusals import Refusal


@operation(permission="inventory.keep_master_data")
def import_parts(*, caller: Caller, file_sha256: str, file_name: str) -> dict[str, object]:
    """Define the parts of a stored file, all or nothing; what is there just so is counted under `already`.

    Locks nothing. Refuses FileMissing, FileRefused (every bad line with a sentence)."""
    content = stored_content(file_sha256)
    told, table = read_parts(content)
    if table.faults:
        raise FileRefused(sorted(table.faults, key=lambda fault: fault.line))
    try:
        revisions, already = add_parts(caller, [_row(part) for part in told])
    except Refusal as refusal:
        raise FileRefused([LineFault(_line_of(refusal, told), "", refusal.detail)]) from refusal
    keep_file(caller, file_sha256, content, file_name)
    return {"parts": len(revisions), "already": already}


@operation(permission="inventory.keep_master_data")
def import_bom(*, caller: Caller, file_sha256: str, file_name: str) -> dict[str, object]:
    """Release the bills of a stored file, all or nothing; a bill that is released just so is counted under `already`.

    Locks nothing. Refuses FileMissing, FileRefused (every bad line with a sentence)."""
    content = stored_content(file_sha256)
    told, table = read_boms(content)
    if table.faults:
        raise FileRefused(sorted(table.faults, key=lambda fault: fault.line))
    released, already = [], 0
    for bill in told:
        lines = [BomRow(number=n, part_number=part, quantity=q, unit=unit) for n, part, q, unit in bill.lines]
        if _is_released(bill.part, bill.part_revision, bill.revision, lines):
            already += 1
            continue
        try:
            released.append(add_bom(caller, bill.part, bill.part_revision, bill.revision, lines).pk)
        except Refusal as refusal:
            raise FileRefused([LineFault(bill.line, "", refusal.detail)]) from refusal
    keep_file(caller, file_sha256, content, file_name)
    return {"boms": released, "already": already}


def _row(part: ToldPart) -> PartRow:
    built_in = [
        BuiltInRow(position=one.position, part_number=one.part_number, revision=one.revision, born=one.born)
        for one in part.built_in
    ]
    return PartRow(**part.facts, aliases=part.aliases, built_in=built_in)


def _line_of(refusal: Refusal, told: list[ToldPart]) -> int:
    """The line of the part that a refusal is about (0: none in particular)."""
    number = getattr(refusal, "part_number", "")
    return next((part.line for part in told if part.facts["number"] == number), 0)


def _is_released(part: str, part_revision: str, revision: str, lines: list[BomRow]) -> bool:
    bom = Bom.objects.filter(
        part_revision__part__number=part, part_revision__revision=part_revision, revision=revision
    ).first()
    return bom is not None and lines_of(bom) == sorted((n.number, n.part_number, n.quantity, n.unit) for n in lines)
