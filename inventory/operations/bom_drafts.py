"""Drafts of bills: begun from an earlier revision, edited line by line, released with the day from which it counts.

A draft touches nothing that is built: only a release is seen by new builds, and a running build keeps its own bill.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from inventory.models import Bom, BomLine
from inventory.operations.boms import BomOdd, BomReleased, BomRow, lines_of, parts_of, refuse_revision, write_lines
from inventory.operations.units import revision_of
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import locked, refuse_stale, refuse_stale_part, touch, write_changed


class UnknownBom(Refusal):
    """There is no bill of that revision."""


class DiscardReasonWanted(Refusal):
    """A draft is given up without a reason."""


class BomLineThere(Refusal):
    """A line of that number stands in the bill already."""


@operation(permission="inventory.keep_master_data", returns=Bom)
def draft_bom(*, caller: Caller, part_number: str, part_revision: str, revision: str, from_revision: str = "") -> Bom:
    """Begin a draft of a bill; with `from_revision` it starts with the lines of that one. Nobody builds by a draft.

    Locks nothing: the revision is unique. Refuses UnknownPart, UnknownRevision, UnknownBom, BomReleased, BomOdd."""
    host = revision_of(part_number, part_revision)
    revision = revision.strip()
    refuse_revision(host, revision)
    rows: list[BomRow] = []
    if from_revision:
        source = Bom.objects.filter(part_revision=host, revision=from_revision).first()
        if source is None:
            raise UnknownBom(
                _("%(part)s has no bill %(revision)s.") % {"part": str(host), "revision": from_revision[:40]},
                do=_("Choose one from the list."),
            )
        rows = [BomRow(number=n, part_number=part, quantity=q, unit=unit) for n, part, q, unit in lines_of(source)]

    bom = Bom.objects.create(part_revision=host, revision=revision, event_id=0)
    bom.event_id = record(
        caller, "inventory.bom-drafted", bom, part=host.part.number, part_revision=host.revision, revision=revision,
        from_revision=from_revision, lines=len(rows), version=1,
    )  # fmt: skip
    bom.save(update_fields=["event_id"])
    write_lines(bom, rows, parts_of(host, rows))
    return bom


@operation(permission="inventory.keep_master_data", returns=BomLine)
def put_bom_line(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    bom_id: int,
    number: int,
    version: int,
    part_number: str,
    quantity: Decimal,
    unit: str = "pcs",
) -> BomLine:
    """Add a line to a draft (`version` 0) or change it (`version`: that of the line which was seen). Locks the bill.

    Refuses StaleEdit, BomLineThere, BomReleased, BomOdd, UnknownPart."""
    bom = _draft(bom_id)
    row = BomRow(number=number, part_number=part_number.strip(), quantity=quantity, unit=unit.strip() or "pcs")
    if not 1 <= number <= 32_000 or quantity <= 0:
        raise BomOdd(_("A line has a number from 1 to 32000 and a quantity above zero."))
    part = parts_of(bom.part_revision, [row])[row.part_number]
    line = BomLine.objects.select_related("part").filter(bom=bom, number=number).first()
    if line is None:
        return _added(caller, bom, row, version, part)
    if version == 0:
        raise BomLineThere(
            _("Line %(number)d stands in the bill already: %(part)s.") % {"number": number, "part": line.part.number},
            true=_("Nothing was recorded."),
            do=_("Take another number, or change that line."),
        )
    now, then = _facts(line), {"part": part.number, "quantity": quantity, "unit": row.unit}
    refuse_stale_part(bom, number, line.version, version, now, then)
    changed = {f"{number}.{name}": [now[name], then[name]] for name in then if now[name] != then[name]}
    if not changed:
        return line
    touch(caller, bom, "inventory.bom-line-changed", changed)
    line.part, line.quantity, line.unit, line.version = part, quantity, row.unit, bom.version
    line.save(update_fields=["part", "quantity", "unit", "version"])
    return line


@operation(permission="inventory.keep_master_data", returns=Bom)
def drop_bom_line(*, caller: Caller, bom_id: int, number: int, version: int) -> Bom:
    """Take a line out of a draft; `version` is that of the line which was seen. Locks the bill.

    Refuses StaleEdit, BomReleased, BomOdd (no such line)."""
    bom = _draft(bom_id)
    line = BomLine.objects.select_related("part").filter(bom=bom, number=number).first()
    if line is None:
        raise BomOdd(_("The bill has no line %(number)d.") % {"number": number}, true=_("Nothing was recorded."))
    refuse_stale_part(bom, number, line.version, version, _facts(line), {})
    touch(
        caller, bom, "inventory.bom-line-dropped",
        {f"{number}.part": [line.part.number, ""], f"{number}.quantity": [line.quantity, ""]},
    )  # fmt: skip
    line.delete()
    return bom


@operation(permission="inventory.keep_master_data", returns=Bom)
def release_bom_draft(*, caller: Caller, bom_id: int, version: int, effective_from: date | None = None) -> Bom:
    """Release the draft that was seen: fixed from now on, taken by builds that start on `effective_from` (none: today)
    or later. Running builds keep theirs. Locks the bill.

    Refuses StaleEdit, BomReleased, BomOdd (no lines)."""
    bom = _draft(bom_id)
    refuse_stale(bom, version, {})
    rows = lines_of(bom)
    if not rows:
        raise BomOdd(_("The bill has no lines."))

    changed = {"released_at": [None, caller.at.isoformat()], "effective_from": [None, effective_from]}
    event = write_changed(
        caller, bom, "inventory.bom-draft-released", changed, part=bom.part_revision.part.number,
        part_revision=bom.part_revision.revision, revision=bom.revision, lines=[list(row) for row in rows],
    )  # fmt: skip
    bom.event_id, bom.effective_from, bom.released_at = event, effective_from, caller.at
    bom.save(update_fields=["event_id", "effective_from", "released_at", "version"])
    return bom


@operation(permission="inventory.keep_master_data")
def discard_bom_draft(*, caller: Caller, bom_id: int, version: int, reason: str) -> dict[str, str]:
    """Give up the draft that was seen: its lines go, its revision is free again; the event keeps what it listed. Locks
    the bill.

    Refuses StaleEdit, BomReleased, DiscardReasonWanted."""
    bom = _draft(bom_id)
    refuse_stale(bom, version, {})
    refuse_no_discard_reason(reason)
    told = {"part": bom.part_revision.part.number, "part_revision": bom.part_revision.revision}

    write_changed(
        caller, bom, "inventory.bom-draft-discarded", {"draft": [bom.revision, None]}, **told, revision=bom.revision,
        reason=reason.strip(), lines=[list(row) for row in lines_of(bom)],
    )  # fmt: skip
    bom.lines.all().delete()
    bom.delete()
    return {"discarded": f"{told['part']} {told['part_revision']} / {bom.revision}"}


def refuse_no_discard_reason(reason: str) -> None:
    """Step: refuse DiscardReasonWanted for a blank reason."""
    if not reason.strip():
        raise DiscardReasonWanted(
            _("Giving up a draft needs a reason."), true=_("Nothing was recorded."), do=_("Write why.")
        )


def _added(caller: Caller, bom: Bom, row: BomRow, version: int, part: Any) -> BomLine:
    if version != 0:  # it was there when it was read
        refuse_stale_part(bom, row.number, 0, version, {}, {"part": row.part_number, "quantity": row.quantity})
    touch(
        caller, bom, "inventory.bom-line-added",
        {f"{row.number}.part": ["", part.number], f"{row.number}.quantity": ["", row.quantity]},
    )  # fmt: skip
    return BomLine.objects.create(
        bom=bom, number=row.number, part=part, quantity=row.quantity, unit=row.unit, version=bom.version
    )


def _facts(line: BomLine) -> dict[str, Any]:
    return {"part": line.part.number, "quantity": line.quantity, "unit": line.unit}


def _draft(bom_id: int) -> Bom:
    bom = locked(Bom, pk=bom_id)
    if bom.released_at is not None:
        raise BomReleased(
            _("Bill %(revision)s of %(part)s is released.")
            % {"revision": bom.revision, "part": str(bom.part_revision)},
            true=_("A released bill is never changed. Nothing was recorded."),
            do=_("Begin a draft of the next revision."),
        )
    return bom
