"""What only the database knows about the lines of a ship notice: parts, suppliers, serials, built-in positions."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.models import Identifier, PartPosition, PartRevision, ShipNoticeLine, Supplier
from inventory.operations.part_numbers import RevisionBook
from inventory.ship_notice_files import NoticeFile, NoticeLine


def judge(told: NoticeFile, book: RevisionBook, suppliers: dict[str, Supplier]) -> None:
    """Step: note every fault of the lines against master data and what is there already. A fixed number of queries."""
    for notice in told.notices:
        if notice.supplier not in suppliers:
            first = notice.lines[0].line if notice.lines else 0
            told.table.fault(first, "supplier", _("There is no supplier %(code)s.") % {"code": notice.supplier[:60]})
        for line in notice.lines:
            _judge_part(told, line, book)
    _judge_serials(told, book)
    _judge_uuids(told)
    _judge_contents(told, book)


def _judge_part(told: NoticeFile, line: NoticeLine, book: RevisionBook) -> None:
    revision = book.find(line.part, line.revision)
    if line.part not in book.parts:
        told.table.fault(line.line, "part", _("There is no part %(number)s.") % {"number": line.part[:60]})
    elif revision is None:
        told.table.fault(
            line.line,
            "revision",
            _("Part %(number)s has no revision %(revision)s.")
            % {"number": line.part, "revision": line.revision[:20] or "“”"},
        )
    elif revision.part.is_serialised:
        _judge_serial_line(told, line)
    else:
        _judge_lot_line(told, line, revision)


def _judge_serial_line(told: NoticeFile, line: NoticeLine) -> None:
    if line.quantity != Decimal(1):
        told.table.fault(line.line, "quantity", _("A part with serials is announced one a line."))
    if not line.serial and not (line.parent and line.uuid):
        told.table.fault(line.line, "serial", _("The serial is missing."))


def _judge_lot_line(told: NoticeFile, line: NoticeLine, revision: PartRevision) -> None:
    if line.serial or line.uuid or line.parent:
        told.table.fault(line.line, "serial", _("This part is followed by quantity: it has no serial and no parent."))
    if revision.part.traceability == "lot" and not line.lot:
        told.table.fault(line.line, "lot", _("The lot number is missing."))


def _judge_serials(told: NoticeFile, book: RevisionBook) -> None:
    """A serial of a part is announced once and received once, for ever."""
    wanted: dict[tuple[int, str], NoticeLine] = {}
    for line in (line for notice in told.notices for line in notice.lines if line.serial and line.part in book.parts):
        earlier = wanted.setdefault((book.parts[line.part].pk, line.serial), line)
        if earlier is not line:
            told.table.fault(line.line, "serial", _("It stands already in line %(line)d.") % {"line": earlier.line})
    serials, parts = {key[1] for key in wanted}, {key[0] for key in wanted}
    labels = Identifier.objects.filter(kind="label", normalised__in=serials, part_id__in=parts)
    for part_id, serial, tag in labels.values_list("part_id", "normalised", "unit__tag"):
        _registered(told, wanted.get((part_id, serial)), "serial", serial, tag)
    announced = ShipNoticeLine.objects.filter(serial__in=serials, part_id__in=parts).order_by("pk")
    for part_id, serial, number in announced.values_list("part_id", "serial", "notice__number"):
        hit = wanted.get((part_id, serial))
        if hit is not None:
            say = _("%(serial)s is announced already by ship notice %(number)s.")
            told.table.fault(hit.line, "serial", say % {"serial": serial, "number": number})


def _registered(told: NoticeFile, line: NoticeLine | None, column: str, text: str, tag: str) -> None:
    if line is not None:
        say = _("%(serial)s is registered already as %(tag)s.") % {"serial": text, "tag": tag}
        told.table.fault(line.line, column, say)


def _judge_uuids(told: NoticeFile) -> None:
    wanted = {line.uuid: line for notice in told.notices for line in notice.lines if line.uuid}
    if not wanted:
        return
    current = Identifier.objects.filter(kind="uuid", normalised__in=wanted, closed_at=None)
    for text, tag in current.values_list("normalised", "unit__tag"):
        _registered(told, wanted[text], "uuid", text, tag)


def _judge_contents(told: NoticeFile, book: RevisionBook) -> None:
    """What is announced inside a parent is of a lower level and, at a built-in position, of the part of that place."""
    inside = [
        (notice, line) for notice in told.notices for line in notice.lines if line.parent and line.part in book.parts
    ]
    if not inside:
        return
    revisions: dict[tuple[int, str], PartRevision | None] = {
        (id(notice), line.serial): book.find(line.part, line.revision)
        for notice in told.notices
        for line in notice.lines
        if line.serial
    }
    belongs: dict[int, dict[str, PartPosition]] = defaultdict(dict)
    wanted = {revision.pk for revision in revisions.values() if revision is not None}
    for place in PartPosition.objects.filter(part_revision_id__in=wanted).select_related("child"):
        belongs[place.part_revision_id][place.position] = place
    for notice, line in inside:
        host = revisions.get((id(notice), line.parent))
        if host is None:
            continue
        part = book.parts[line.part]
        if part.level >= host.part.level:
            told.table.fault(
                line.line,
                "parent",
                _("%(part)s cannot sit inside %(host)s.") % {"part": part.number, "host": host.part.number},
            )
        takes = belongs[host.pk].get(line.position)
        if takes is not None and takes.child_id != part.pk:
            told.table.fault(
                line.line,
                "position",
                _("%(position)s of %(host)s takes %(part)s.")
                % {"position": line.position, "host": host.part.number, "part": takes.child.number},
            )
