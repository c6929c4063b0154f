"""Part numbers of a file, resolved at once: by number or alias, to a revision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inventory.models import Part, PartAlias, PartRevision


@dataclass(frozen=True, slots=True)
class RevisionBook:
    """Parts by the numbers they were asked for, and their revisions."""

    parts: dict[str, Part]
    revisions: dict[tuple[int, str], PartRevision]
    latest: dict[int, PartRevision]

    @classmethod
    def of(cls, numbers: Iterable[str]) -> RevisionBook:
        """Step: the parts behind these numbers. Three queries; locks nothing."""
        wanted = set(numbers)
        aliases = PartAlias.objects.filter(number__in=wanted).select_related("part")
        parts = {alias.number: alias.part for alias in aliases}
        parts |= {part.number: part for part in Part.objects.filter(number__in=wanted)}
        rows = PartRevision.objects.filter(part__in={part.pk for part in parts.values()}).select_related("part")
        revisions: dict[tuple[int, str], PartRevision] = {}
        latest: dict[int, PartRevision] = {}
        for row in rows.order_by("part_id", "revision"):
            revisions[row.part_id, row.revision] = row
            latest[row.part_id] = row
        return cls(parts, revisions, latest)

    def find(self, number: str, revision: str = "") -> PartRevision | None:
        """The revision of a part, "" = the latest; None when there is none."""
        part = self.parts.get(number)
        if part is None:
            return None
        return self.revisions.get((part.pk, revision)) if revision else self.latest.get(part.pk)
