"""What sat in a build's slots and was taken out: the earlier lives that its traveller tells."""

from __future__ import annotations

from accounts.models import User
from assembly.documents.traveller_sheet import RemovedRow
from assembly.models import Build
from documents.words import Words
from ledger.statements import ask

_REMOVED = """
SELECT p.position, pt.number, pt.name_ja, pt.name_en, u.serial, u.tag, p.from_at, p.to_at, coalesce(after.why, ''),
  taker.username, taker.name_ja, taker.name_en
FROM inventory_placement p JOIN inventory_unit u ON u.id = p.unit_id JOIN inventory_part pt ON pt.id = u.part_id
LEFT JOIN assembly_slot s ON s.build_id = %s AND s.position = p.position
LEFT JOIN ledger_event e ON e.id = p.closed_event_id LEFT JOIN accounts_user taker ON taker.pseudonym = e.actor
LEFT JOIN inventory_placement after ON after.unit_id = p.unit_id AND after.event_id = p.closed_event_id
WHERE p.host_id = %s AND p.to_at IS NOT NULL ORDER BY s."order" NULLS LAST, p.position, p.from_at
"""


def removed_from(build: Build) -> tuple[RemovedRow, ...]:
    """The units that left the build's own slots, by slot and then by time. One query."""
    return tuple(
        RemovedRow(
            designation=position,
            part_number=number,
            name=Words(name_ja, name_en),
            serial=serial,
            tag=tag,
            installed_at=from_at,
            removed_at=to_at,
            reason=why,
            by=User(username=taker[0], name_ja=taker[1], name_en=taker[2]).family_name if taker[0] else "",
        )
        for position, number, name_ja, name_en, serial, tag, from_at, to_at, why, *taker in ask(
            _REMOVED, [build.pk, build.unit_id]
        )
    )
