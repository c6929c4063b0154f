"""Editing what is said of parts and suppliers; a part's level, number and traceability are what its units rest on and
stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.models import Part, PartAlias, PartPosition, PartRevision, Supplier
from inventory.operations.parts import AliasTaken, PartOdd
from ledger.callers import Caller
from ledger.operations import operation
from ledger.refusals import Refusal
from ledger.versions import amend, locked, refuse_stale, touch


class RevisionThere(Refusal):
    """The part has that revision already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFacts:
    """What may be edited of a part. Customs and export figures are candidates until a named person judges."""

    name_ja: str
    name_en: str
    kind: str
    manufacturer: str = ""
    gtin: str = ""
    hs_code: str = ""
    eccn: str = ""
    gaihi: str = ""
    country: str = ""
    weight_kg: Decimal | None = None


@operation(permission="inventory.keep_master_data", returns=Part)
def edit_part(*, caller: Caller, part_id: int, version: int, facts: PartFacts) -> Part:
    """Change what is said of a part. Locks the part. Refuses StaleEdit, PartOdd."""
    part = locked(Part, pk=part_id)
    if not (facts.name_ja.strip() and facts.name_en.strip() and facts.kind.strip()):
        raise PartOdd(
            _("A part needs a number without a colon, a kind and both names: %(number)s.") % {"number": part.number},
            part_number=part.number,
        )
    if facts.weight_kg is not None and not 0 < facts.weight_kg < 1_000_000:
        raise PartOdd(_("A weight is above zero kilograms."), part_number=part.number)
    given = {name: getattr(facts, name) for name in PartFacts.__dataclass_fields__}
    return amend(caller, part, "inventory.part-edited", version, given)  # type: ignore[no-any-return]


@operation(permission="inventory.keep_master_data", returns=PartRevision)
def revise_part(
    *, caller: Caller, part_id: int, version: int, revision: str, released_on: date | None = None
) -> PartRevision:
    """Give a part a further revision; what is built into the latest one is carried over. Units keep theirs. Locks the
    part. Refuses StaleEdit, RevisionThere, PartOdd (blank)."""
    part = locked(Part, pk=part_id)
    refuse_stale(part, version, {})
    revision = revision.strip()
    if not revision or len(revision) > 40:
        raise PartOdd(_("A revision has 1 to 40 characters."), part_number=part.number)
    if part.revisions.filter(revision=revision).exists():
        raise RevisionThere(
            _("%(part)s has revision %(revision)s already.") % {"part": part.number, "revision": revision},
            true=_("Nothing was recorded."),
            do=_("Give the next revision."),
        )
    before = part.revisions.order_by("-revision").first()

    touch(
        caller, part, "inventory.part-revision-added", {"revision": [before.revision if before else "", revision]},
        number=part.number, revision=revision, released_on=released_on,
    )  # fmt: skip
    made = PartRevision.objects.create(part=part, revision=revision, released_on=released_on)
    inside = PartPosition.objects.filter(part_revision=before)
    PartPosition.objects.bulk_create(
        [
            PartPosition(
                part_revision=made,
                position=row.position,
                child_id=row.child_id,
                child_revision_id=row.child_revision_id,
                born=row.born,
            )
            for row in inside
        ]
    )
    return made


@operation(permission="inventory.keep_master_data", returns=PartAlias)
def add_part_alias(*, caller: Caller, part_id: int, version: int, number: str, source: str = "") -> PartAlias:
    """Add another number that means the part (the maker's, a reported one). Locks the part.

    Refuses StaleEdit, AliasTaken, PartOdd (blank)."""
    part = locked(Part, pk=part_id)
    refuse_stale(part, version, {})
    number = number.strip()
    if not number:
        raise PartOdd(_("The other number is blank."), part_number=part.number)
    if PartAlias.objects.filter(number=number).exists() or Part.objects.filter(number=number).exists():
        raise AliasTaken(_("%(alias)s already means another part.") % {"alias": number}, part_number=part.number)

    touch(caller, part, "inventory.part-alias-added", {"alias": ["", number]}, number=part.number, source=source)
    return PartAlias.objects.create(part=part, number=number, source=source)


@operation(permission="inventory.keep_master_data", returns=Supplier)
def edit_supplier(*, caller: Caller, supplier_id: int, version: int, name: str, country: str = "") -> Supplier:
    """Change a supplier's name or country. Locks the supplier. Refuses StaleEdit, PartOdd (no name)."""
    supplier = locked(Supplier, pk=supplier_id)
    if not name.strip():
        raise PartOdd(_("A supplier needs a code and a name."))
    given = {"name": name.strip(), "country": country.strip()}
    return amend(caller, supplier, "inventory.supplier-edited", version, given)  # type: ignore[no-any-return]
