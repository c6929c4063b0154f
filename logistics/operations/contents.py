"""What is inside: steps that lock and judge a thing together with everything in it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext as _

from inventory.models import Hold
from inventory.operations.finding import UnitHeld

_INSIDE = """
WITH RECURSIVE inside(id) AS (
  SELECT unnest(%(ids)s::bigint[])
  UNION
  SELECT p.unit_id FROM inside i JOIN inventory_placement p ON p.host_id = i.id AND p.to_at IS NULL
)
"""

_LOTS = f"""{_INSIDE}
SELECT l.id FROM inventory_lot l WHERE l.id IN (
  SELECT u.lot_id FROM inventory_unit u JOIN inside ON inside.id = u.id
  UNION SELECT c.lot_id FROM inventory_consumption c JOIN inside ON inside.id = c.host_id
) ORDER BY l.id FOR SHARE OF l
"""

_UNITS = f"""{_INSIDE}
SELECT u.id FROM inventory_unit u WHERE u.id IN (SELECT id FROM inside) ORDER BY u.id FOR NO KEY UPDATE OF u
"""

_HELD = """
SELECT h.id FROM inventory_hold h WHERE h.released_at IS NULL AND (
  h.unit_id = ANY(%(ids)s)
  OR h.lot_id IN (SELECT u.lot_id FROM inventory_unit u WHERE u.id = ANY(%(ids)s))
  OR h.lot_id IN (SELECT c.lot_id FROM inventory_consumption c WHERE c.host_id = ANY(%(ids)s)))
ORDER BY h.id LIMIT 1
"""


def lock_with_contents(unit_ids: Iterable[int]) -> list[int]:
    """Step: take the lots in these units for share, then lock the units and everything inside them, by key; returns
    all their ids. Two statements.

    Hosts and contents are one kind in the lock order, so a hold on a tray waits for the departure of its rack."""
    wanted = {"ids": sorted(set(unit_ids))}
    with connection.cursor() as cursor:
        cursor.execute(_LOTS, wanted)
        cursor.execute(_UNITS, wanted)
        return [row[0] for row in cursor.fetchall()]


def refuse_held_contents(unit_ids: list[int]) -> None:
    """Step: refuse UnitHeld when one of these (locked) units, or a lot used in one of them, is on hold."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"ids": unit_ids})
        row = cursor.fetchone()
    if row is None:
        return
    hold = Hold.objects.select_related("unit", "lot", "placed_by").get(pk=row[0])
    raise UnitHeld(
        _("%(thing)s is on hold: %(reason)s.")
        % {"thing": hold.unit.name if hold.unit else hold.lot, "reason": hold.reason},
        true=_("Hold %(number)s by %(person)s. Nothing was recorded.")
        % {"number": hold.number, "person": hold.placed_by.name},
        do=_("Leave it where it is until quality has released the hold."),
    )
