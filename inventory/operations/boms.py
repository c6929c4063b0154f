"""Bills of material: released in one act, then fixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.models import Bom, BomLine, Part, PartAlias, PartRevision
from inventory.operations.units import UnknownPart, revision_of
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal


class BomReleased(Refusal):
    """That revision of the bill is released already."""


class BomOdd(Refusal):
    """The bill cannot be as it is described."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BomRow:
    """One line: a quantity of a part. `number` is the find number."""

    number: int
    part_number: str
    quantity: Decimal
    unit: str = "pcs"


@operation(permission="inventory.keep_master_data", returns=Bom)
def release_bom(
    *,
    caller: Caller,
    part_number: str,
    part_revision: str,
    revision: str,
    lines: list[BomRow],
    effective_from: date | None = None,
) -> Bom:
    """Release a bill of a part revision; it is fixed from then on, a change is a new revision of the bill. New builds
    take it from `effective_from` on (none: at once).

    Locks nothing: the revision is unique. Refuses UnknownPart, UnknownRevision, BomReleased, BomOdd."""
    return add_bom(caller, part_number, part_revision, revision, lines, effective_from)


def add_bom(
    caller: Caller,
    part_number: str,
    part_revision: str,
    revision: str,
    lines: list[BomRow],
    effective_from: date | None = None,
) -> Bom:
    """Step: write and release one bill. Refuses as release_bom says."""
    host = revision_of(part_number, part_revision)
    refuse_revision(host, revision)
    refuse_odd_lines(lines)
    parts = parts_of(host, lines)

    event = record(
        caller,
        "inventory.bom-released",
        host.part,
        revision=revision,
        part_revision=host.revision,
        effective_from=effective_from,
        lines=[[line.number, parts[line.part_number].number, line.quantity, line.unit] for line in lines],
    )
    bom = Bom.objects.create(part_revision=host, revision=revision, effective_from=effective_from, event_id=event)
    write_lines(bom, lines, parts)
    Bom.objects.filter(pk=bom.pk).update(released_at=caller.at)
    bom.released_at = caller.at
    return bom


def refuse_revision(host: PartRevision, revision: str) -> None:
    """Step: a revision of a bill is used once."""
    if not revision.strip() or len(revision) > 40:
        raise BomOdd(_("A bill needs a revision of at most 40 characters."))
    if Bom.objects.filter(part_revision=host, revision=revision).exists():
        raise BomReleased(
            _("Bill %(revision)s of %(part)s is released already.") % {"revision": revision, "part": str(host)},
            true=_("A released bill is never changed. Nothing was recorded."),
            do=_("Release the next revision."),
        )


def parts_of(host: PartRevision, lines: Sequence[BomRow]) -> dict[str, Part]:
    """Step: the parts that the lines name, by the number written there. Refuses UnknownPart, BomOdd (level)."""
    parts = _parts(lines)
    missing = next((line.part_number for line in lines if line.part_number not in parts), None)
    if missing is not None:
        raise UnknownPart(
            _("There is no part %(number)s.") % {"number": missing[:60]},
            true=_("Nothing was recorded."),
            do=_("Check the part number or have it registered."),
        )
    too_high = next((line for line in lines if parts[line.part_number].level > host.part.level), None)
    if too_high is not None:
        raise BomOdd(
            _("%(child)s is of a higher level than %(part)s.")
            % {"child": too_high.part_number, "part": host.part.number}
        )
    return parts


def write_lines(bom: Bom, lines: Sequence[BomRow], parts: dict[str, Part]) -> None:
    """Step: the rows of a bill that is not released yet."""
    BomLine.objects.bulk_create(
        [
            BomLine(
                bom=bom,
                number=line.number,
                part=parts[line.part_number],
                quantity=line.quantity,
                unit=line.unit or "pcs",
            )
            for line in lines
        ],
        batch_size=2_000,
    )


def lines_of(bom: Bom) -> list[tuple[int, str, Decimal, str]]:
    """Step: a bill's lines as (number, part number, quantity, unit), in order."""
    return list(bom.lines.order_by("number").values_list("number", "part__number", "quantity", "unit"))


def refuse_odd_lines(lines: Sequence[BomRow]) -> None:
    """Step: line numbers once each, quantities above zero. Refuses BomOdd."""
    if not lines:
        raise BomOdd(_("The bill has no lines."))
    numbers = [line.number for line in lines]
    if len(set(numbers)) != len(numbers) or min(numbers) < 1 or max(numbers) > 32_000:
        raise BomOdd(_("Line numbers of a bill are from 1 to 32000 and each is used once."))
    if any(line.quantity <= 0 for line in lines):
        raise BomOdd(_("A quantity of a bill is more than zero."))


def _parts(lines: Sequence[BomRow]) -> dict[str, Part]:
    numbers = {line.part_number for line in lines}
    found = {alias.number: alias.part for alias in PartAlias.objects.filter(number__in=numbers).select_related("part")}
    return found | {part.number: part for part in Part.objects.filter(number__in=numbers)}


wall(
    "bom_revision_is_unique",
    lambda: BomReleased(_("This bill was released at the same moment."), true=_("Nothing was recorded.")),
)
