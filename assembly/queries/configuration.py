"""Built against reported: what the hardware said of itself beside what was scanned."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from assembly.models import Build


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: where, what was scanned, what was reported ("" = nothing), and its kind."""

    kind: str
    tray: str
    position: str
    built: str
    reported: str

    @property
    def say(self) -> str:
        words = {
            "not_reported": _("%(tray)s %(position)s: nothing reported"),
            "unknown": _("%(tray)s %(position)s: not known yet"),
            "not_built": _("%(tray)s: reports %(reported)s, which was not scanned"),
            "slot": _("%(tray)s: sits in slot %(built)s, reports slot %(reported)s"),
            "slot_unread": _("%(tray)s: has not reported its slot since it was put in %(built)s"),
        }
        return words[self.kind] % {
            "tray": self.tray,
            "position": self.position,
            "built": self.built,
            "reported": self.reported,
        }


_REPORTED = """
WITH trays AS (
  SELECT p.unit_id AS tray_id, p.event_id AS put_in, s.slot_number, s.tray_index, u.serial
  FROM assembly_slot s
  JOIN assembly_build b ON b.id = s.build_id
  JOIN inventory_placement p ON p.host_id = b.unit_id AND p.position = s.position AND p.to_at IS NULL
  JOIN inventory_unit u ON u.id = p.unit_id
  WHERE s.build_id = %(build)s AND s.kind = 'compute'
), latest AS (
  SELECT DISTINCT ON (t.unit_id) t.unit_id, t.id, t.event_id > trays.put_in AS in_place
  FROM assembly_testrun t JOIN trays ON trays.tray_id = t.unit_id
  WHERE t.tool = 'nvidia-smi' ORDER BY t.unit_id, t.id DESC
), seen AS (
  SELECT l.unit_id AS tray_id, lower(o.uuid) AS uuid, o.slot_number, o.tray_index, l.in_place
  FROM latest l JOIN assembly_observation o ON o.test_run_id = l.id WHERE o.kind = 'gpu' AND o.uuid IS NOT NULL
), boards AS (
  SELECT trays.tray_id, bp.unit_id AS board_id, bp.position AS board_position, bu.part_revision_id
  FROM trays JOIN inventory_placement bp ON bp.host_id = trays.tray_id AND bp.to_at IS NULL
  JOIN inventory_unit bu ON bu.id = bp.unit_id
), places AS (
  SELECT boards.tray_id, boards.board_position || '/' || pp.position AS position, gp.unit_id AS gpu_id,
    (SELECT min(i.normalised) FROM inventory_identifier i
      WHERE i.unit_id = gp.unit_id AND i.kind = 'uuid' AND i.closed_at IS NULL) AS uuid
  FROM boards JOIN inventory_partposition pp ON pp.part_revision_id = boards.part_revision_id AND pp.born = 'reported'
  LEFT JOIN inventory_placement gp ON gp.host_id = boards.board_id AND gp.position = pp.position AND gp.to_at IS NULL
)
SELECT 'unknown', trays.serial, places.position, '', '' FROM places JOIN trays USING (tray_id) WHERE places.uuid IS NULL
UNION ALL
SELECT 'not_reported', trays.serial, places.position, places.uuid, '' FROM places JOIN trays USING (tray_id)
  WHERE places.uuid IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.tray_id = places.tray_id AND seen.uuid = places.uuid)
UNION ALL
SELECT 'not_built', trays.serial, '', '', seen.uuid FROM seen JOIN trays USING (tray_id)
  WHERE NOT EXISTS (SELECT 1 FROM places WHERE places.tray_id = seen.tray_id AND places.uuid = seen.uuid)
UNION ALL
SELECT DISTINCT CASE WHEN seen.in_place THEN 'slot' ELSE 'slot_unread' END, trays.serial, '',
  coalesce(trays.slot_number::text, '') || '/' || coalesce(trays.tray_index::text, ''),
  coalesce(seen.slot_number::text, '') || '/' || coalesce(seen.tray_index::text, '')
  FROM seen JOIN trays USING (tray_id)
  WHERE NOT seen.in_place
    OR seen.slot_number IS DISTINCT FROM trays.slot_number OR seen.tray_index IS DISTINCT FROM trays.tray_index
ORDER BY 2, 3
"""


def differences_of(build: Build) -> list[Difference]:
    """The differences of a rack build, by its compute trays' latest nvidia-smi files: GPUs by UUID, slot, tray index.

    Asks only for the kinds that the tool reports (RULINGS 10). One query. What a tray said at its bench is no word on
    its slot here (`slot_unread`): the rack's own test (operation 320 at the latest) must be read after insertion."""
    with connection.cursor() as cursor:
        cursor.execute(_REPORTED, {"build": build.pk})
        return [Difference(*row) for row in cursor.fetchall()]
