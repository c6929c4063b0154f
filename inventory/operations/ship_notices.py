"""Suppliers' ship notices come in by file: all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from inventory.models import Supplier
from inventory.models.ship_notices import ShipNotice, ShipNoticeLine
from inventory.operations.announced import judge
from inventory.operations.incoming_files import FileRefused, keep_file, stored_content
from inventory.operations.part_numbers import RevisionBook
from inventory.operations.units import next_keys
from inventory.ship_notice_files import Notice, NoticeFile, NoticeLine, read_ship_notices
from ledger.bulk import insert_rows
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class NoticeTaken(Refusal):
    """A ship notice of that number of that supplier exists."""


@operation(permission="inventory.import_ship_notice")
def import_ship_notice(*, caller: Caller, file_sha256: str, file_name: str) -> dict[str, object]:
    """Import the ship notices of a stored file (`documents.files.put` it first), all or nothing.

    The same file again changes nothing and answers `already`. Locks nothing: notice numbers are unique for their
    supplier. Refuses FileMissing, FileRefused (every bad line with a sentence), NoticeTaken."""
    known = list(ShipNotice.objects.filter(file_sha256=file_sha256).order_by("pk"))
    if known:
        return _answer(known, ShipNoticeLine.objects.filter(notice__in=known).count(), already=True)
    content = stored_content(file_sha256)
    told, book, suppliers = check_ship_notice(content)
    if told.faults:
        raise FileRefused(told.faults)
    _refuse_taken(told.notices, suppliers)

    keep_file(caller, file_sha256, content, file_name)
    notices = _add_notices(caller, told.notices, suppliers, file_sha256, file_name)
    _add_lines(told.notices, notices, book)
    return _answer(notices, told.lines, already=False)


def check_ship_notice(content: bytes) -> tuple[NoticeFile, RevisionBook, dict[str, Supplier]]:
    """Step: what a file says and all its faults, those that only the database knows among them. Reads only."""
    told = read_ship_notices(content)
    suppliers = {supplier.code: supplier for supplier in Supplier.objects.all()}
    book = RevisionBook.of({line.part for notice in told.notices for line in notice.lines})
    judge(told, book, suppliers)
    return told, book, suppliers


def _answer(notices: Sequence[ShipNotice], lines: int, *, already: bool) -> dict[str, object]:
    return {
        "notices": [notice.pk for notice in notices],
        "numbers": [notice.number for notice in notices],
        "lines": lines,
        "already": already,
    }


def _refuse_taken(notices: Sequence[Notice], suppliers: dict[str, Supplier]) -> None:
    for notice in notices:
        there = ShipNotice.objects.filter(supplier=suppliers[notice.supplier], number=notice.number).first()
        if there is not None:
            raise NoticeTaken(
                _("Ship notice %(number)s of %(supplier)s is imported already.")
                % {"number": notice.number, "supplier": notice.supplier},
                true=_("It came as %(file)s. Nothing was imported.") % {"file": there.file_name},
                do=_("Ask the supplier for a notice under a new number."),
            )


def _add_notices(
    caller: Caller, told: Sequence[Notice], suppliers: dict[str, Supplier], file_sha256: str, file_name: str
) -> list[ShipNotice]:
    keys = next_keys(ShipNotice, len(told))
    events = record_many(
        caller,
        "inventory.ship-notice-imported",
        [
            Happening(
                ("inventory.shipnotice", key),
                {
                    "number": notice.number,
                    "supplier": notice.supplier,
                    "order": notice.order,
                    "ordered_at": notice.ordered_at,
                    "shipped_at": notice.shipped_at,
                    "lines": len(notice.lines),
                    "file_sha256": file_sha256,
                },
            )
            for notice, key in zip(told, keys, strict=True)
        ],
    )
    return ShipNotice.objects.bulk_create(
        [
            ShipNotice(
                pk=key,
                number=notice.number,
                supplier=suppliers[notice.supplier],
                order_number=notice.order,
                ordered_at=notice.ordered_at,
                shipped_at=notice.shipped_at,
                file_sha256=file_sha256,
                file_name=file_name[:200],
                imported_at=caller.at,
                event_id=event,
            )
            for notice, key, event in zip(told, keys, events, strict=True)
        ]
    )


def _add_lines(told: Sequence[Notice], notices: Sequence[ShipNotice], book: RevisionBook) -> None:
    insert_rows(
        [
            _row(notice, number, line, book)
            for notice, said in zip(notices, told, strict=True)
            for number, line in enumerate(said.lines, start=1)
        ]
    )


def _row(notice: ShipNotice, number: int, line: NoticeLine, book: RevisionBook) -> ShipNoticeLine:
    revision = book.find(line.part, line.revision)
    assert revision is not None  # judged before
    return ShipNoticeLine(
        notice=notice,
        number=number,
        part_id=revision.part_id,
        part_revision=revision,
        serial_raw=line.serial_raw,
        serial=line.serial,
        uuid=line.uuid,
        lot_number=line.lot,
        quantity=line.quantity,
        expires_on=line.expires_on,
        promised_on=line.promised_on,
        country=line.country,
        parent_serial=line.parent,
        position=line.position,
    )


wall(
    "ship_notice_number_is_unique_for_its_supplier",
    lambda: NoticeTaken(_("This ship notice was imported at the same moment."), true=_("Nothing was imported.")),
)
