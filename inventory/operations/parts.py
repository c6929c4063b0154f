"""Master data of what can be had: suppliers, parts with their revisions, bills of material."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.models import Part, PartAlias, PartPosition, PartRevision, Supplier
from inventory.models.parts import LEVELS, TRACEABILITY
from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal


class SupplierDefined(Refusal):
    """A supplier of that code exists."""


class PartRefusal(Refusal):
    """What cannot be said of a part; `part_number` is the row's, so that a file's line can be told."""

    def __init__(self, say: str, *, true: str = "", do: str = "", part_number: str = "") -> None:
        super().__init__(say, true=true, do=do)
        self.part_number = part_number


class PartDiffers(PartRefusal):
    """A part of that number exists and is another."""


class PartOdd(PartRefusal):
    """A part cannot be as it is described."""


class AliasTaken(PartRefusal):
    """The other number already means another part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltInRow:
    """A position of a supplier-built part and what sits there. `born`: receipt or reported (RULINGS 10)."""

    position: str
    part_number: str
    revision: str = ""
    born: str = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """A part with one revision. `level`: a word (chip, board, module, tray, rack, crate) or a number 1–99."""

    number: str
    revision: str
    name_ja: str
    name_en: str
    kind: str
    level: str
    traceability: str = "serial"
    trace_level: int = 3
    manufacturer: str = ""
    gtin: str = ""
    hs_code: str = ""
    eccn: str = ""
    gaihi: str = ""
    country: str = ""
    weight_kg: Decimal | None = None
    self_reported: bool = False
    released_on: date | None = None
    aliases: list[str] = field(default_factory=list)
    built_in: list[BuiltInRow] = field(default_factory=list)


FACTS = (
    "name_ja", "name_en", "kind", "traceability", "trace_level", "manufacturer", "gtin", "hs_code", "eccn", "gaihi",
    "country", "weight_kg", "self_reported",
)  # fmt: skip
"""What is said of the part itself, whichever revision."""


@operation(permission="inventory.keep_master_data", returns=Supplier)
def define_supplier(*, caller: Caller, code: str, name: str, country: str = "") -> Supplier:
    """Define a supplier; the same again gives the row that is there. Refuses SupplierDefined, PartOdd (blank code),
    TextUnprintable."""
    refuse_unprintable(code, name, country)
    if not code.strip() or not name.strip():
        raise PartOdd(_("A supplier needs a code and a name."))
    there = Supplier.objects.filter(code=code).first()
    if there is not None and (there.name, there.country) == (name, country):
        return there
    if there is not None:
        raise SupplierDefined(
            _("Supplier %(code)s exists already.") % {"code": code},
            true=_("It is %(name)s. Nothing was recorded.") % {"name": there.name},
            do=_("Choose another code."),
        )

    supplier = Supplier.objects.create(code=code, name=name, country=country)
    record(caller, "inventory.supplier-defined", supplier, code=code, name=name, country=country)
    return supplier


@operation(permission="inventory.keep_master_data", returns=Part)
def define_part(*, caller: Caller, part: PartRow) -> Part:
    """Define a part with a revision, or a further revision of a part. See define_parts for what is refused."""
    return add_parts(caller, [part])[0][0].part


@operation(permission="inventory.keep_master_data")
def define_parts(*, caller: Caller, parts: list[PartRow]) -> dict[str, object]:
    """Define parts and revisions, all or none; built-in parts may be rows of the same call.

    A revision that is there just so is counted under `already`. Refuses PartDiffers, PartOdd, AliasTaken."""
    revisions, already = add_parts(caller, parts)
    return {"revisions": [revision.pk for revision in revisions], "already": already}


def add_parts(caller: Caller, rows: Sequence[PartRow]) -> tuple[list[PartRevision], int]:
    """Step: the revisions of these rows, made where they are missing, and how many were there; set-based, one event a
    part. Locks nothing: numbers, revisions and aliases are unique. Refuses PartDiffers, PartOdd, AliasTaken."""
    levels = {row.number: _level(row) for row in rows}
    known = {part.number: part for part in Part.objects.filter(number__in=levels)}
    for row in rows:
        if row.number in known:
            _refuse_different(known[row.number], row, levels[row.number])
    fresh = {row.number: row for row in rows if row.number not in known}
    for row in rows:
        if row.number in fresh and _facts(fresh[row.number]) != _facts(row):
            raise PartDiffers(
                _("Part %(number)s is described in two ways.") % {"number": row.number}, part_number=row.number
            )
    made = Part.objects.bulk_create([_part(row, levels[row.number]) for row in fresh.values()], batch_size=1_000)
    known |= {part.number: part for part in made}

    there = _revisions(known.values())
    new = list({(row.number, row.revision): row for row in rows if (row.number, row.revision) not in there}.values())
    revisions = PartRevision.objects.bulk_create(
        [PartRevision(part=known[row.number], revision=row.revision, released_on=row.released_on) for row in new],
        batch_size=2_000,
    )
    there |= {(row.number, row.revision): revision for row, revision in zip(new, revisions, strict=True)}
    _add_aliases(rows, known)
    _add_built_in(new, there)

    for kind, told in (("inventory.part-defined", True), ("inventory.part-revised", False)):
        record_many(caller, kind, [_happening(row, known) for row in new if (fresh.get(row.number) is row) is told])
    return [there[row.number, row.revision] for row in rows], len({(r.number, r.revision) for r in rows}) - len(new)


def _happening(row: PartRow, known: dict[str, Part]) -> Happening:
    return Happening(
        known[row.number],
        {
            "number": row.number,
            "revision": row.revision,
            "part_kind": row.kind,
            "level": known[row.number].level,
            "traceability": row.traceability,
            "built_in": {built.position: built.part_number for built in row.built_in},
        },
    )


def _level(row: PartRow) -> int:
    level = LEVELS.get(row.level) or (int(row.level) if row.level.isascii() and row.level.isdecimal() else 0)
    if not 1 <= level <= 99:
        raise PartOdd(
            _("Part %(number)s: there is no level “%(level)s”.") % {"number": row.number, "level": row.level[:20]},
            do=_("Write one of: %(levels)s, or a number from 1 to 99.") % {"levels": ", ".join(LEVELS)},
            part_number=row.number,
        )
    if row.traceability not in TRACEABILITY or not 1 <= row.trace_level <= 4:
        raise PartOdd(
            _("Part %(number)s: it is followed by serial, lot or bulk, at trace level 1 to 4.")
            % {"number": row.number},
            part_number=row.number,
        )
    if not row.number.strip() or ":" in row.number or not row.kind.strip() or not (row.name_ja and row.name_en):
        raise PartOdd(
            _("A part needs a number without a colon, a kind and both names: %(number)s.") % {"number": row.number},
            part_number=row.number,
        )
    return level


def _facts(row: PartRow) -> tuple[object, ...]:
    return (row.level, *(getattr(row, name) for name in FACTS))


def _part(row: PartRow, level: int) -> Part:
    return Part(number=row.number, level=level, **{name: getattr(row, name) for name in FACTS})


def _refuse_different(part: Part, row: PartRow, level: int) -> None:
    different = [name for name in FACTS if getattr(part, name) != getattr(row, name)]
    if part.level != level:
        different.insert(0, "level")
    if different:
        raise PartDiffers(
            _("Part %(number)s exists already and differs: %(names)s.")
            % {"number": row.number, "names": ", ".join(different)},
            true=_("Nothing was recorded."),
            do=_("Give the facts that are registered, or another part number."),
            part_number=row.number,
        )


def _revisions(parts: Iterable[Part]) -> dict[tuple[str, str], PartRevision]:
    found = PartRevision.objects.filter(part__in=[part.pk for part in parts]).select_related("part")
    return {(revision.part.number, revision.revision): revision for revision in found}


def _add_aliases(rows: Sequence[PartRow], known: dict[str, Part]) -> None:
    wanted = {alias: known[row.number] for row in rows for alias in row.aliases if alias.strip()}
    taken = dict(PartAlias.objects.filter(number__in=wanted).values_list("number", "part_id"))
    taken |= dict(Part.objects.filter(number__in=wanted).values_list("number", "id"))
    for alias, part in wanted.items():
        if taken.get(alias, part.pk) != part.pk:
            raise AliasTaken(_("%(alias)s already means another part.") % {"alias": alias}, part_number=part.number)
    PartAlias.objects.bulk_create(
        [
            PartAlias(part=part, number=alias, source="definition")
            for alias, part in wanted.items()
            if alias not in taken
        ]
    )


def _add_built_in(rows: Sequence[PartRow], revisions: dict[tuple[str, str], PartRevision]) -> None:
    numbers = {built.part_number for row in rows for built in row.built_in}
    children = revisions | _revisions(Part.objects.filter(number__in=numbers))
    positions = []
    for row in rows:
        host = revisions[row.number, row.revision]
        for built in row.built_in:
            child = _child(built, children)
            if child is None or child.part.level >= host.part.level or built.born not in ("receipt", "reported"):
                raise PartOdd(
                    _("Part %(number)s cannot have %(child)s built in at %(position)s.")
                    % {"number": row.number, "child": built.part_number, "position": built.position},
                    true=_("A built-in part is a registered revision of a lower level."),
                    part_number=row.number,
                )
            positions.append(
                PartPosition(
                    part_revision=host,
                    position=built.position,
                    child=child.part,
                    child_revision=child,
                    born=built.born,
                )
            )
    PartPosition.objects.bulk_create(positions, batch_size=2_000)


def _child(built: BuiltInRow, known: dict[tuple[str, str], PartRevision]) -> PartRevision | None:
    if built.revision:
        return known.get((built.part_number, built.revision))
    fits = sorted((key for key in known if key[0] == built.part_number), key=lambda key: key[1])
    return known[fits[-1]] if fits else None


for constraint in ("inventory_part_number_key", "part_revision_is_unique", "alias_means_one_part"):
    wall(
        constraint,
        lambda: PartDiffers(_("This part was defined at the same moment."), true=_("Nothing was recorded.")),
    )
