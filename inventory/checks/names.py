"""Identifiers: each in the form that its raw text gives, each unit's serial the one on its label."""

from __future__ import annotations

from collections.abc import Iterator

from inventory.checks import Fault, register_check
from inventory.checks.sql import statement
from inventory.models import Identifier, Lot, Unit
from inventory.text import LayoutError, is_tag, normalise_identifier


def normal_forms() -> Iterator[Fault]:
    """Every identifier's normalised text is what its raw text gives today."""
    rows = Identifier.objects.order_by("pk").values_list("pk", "kind", "raw", "normalised")
    for key, kind, raw, normalised in rows.iterator(chunk_size=5_000):
        try:
            now = normalise_identifier(kind, raw)
        except LayoutError:
            now = None
        if now != normalised:
            yield Fault(f"identifier {key}", f"{normalised!r} is not the normal form of {raw!r}")


def tags() -> Iterator[Fault]:
    """Every unit's and lot's tag carries its check character."""
    keys = Unit.objects.values_list("pk", "tag").order_by("pk"), Lot.objects.values_list("pk", "tag").order_by("pk")
    for what, rows in zip(("unit", "lot"), keys, strict=True):
        for key, tag in rows.iterator(chunk_size=5_000):
            if not is_tag(tag):
                yield Fault(f"{what} {key}", f"{tag} is no tag of ours")


register_check("inventory.identifiers-are-normalised", normal_forms)
register_check("inventory.tags-carry-their-check-character", tags)
register_check(
    "inventory.serial-is-the-label",
    statement(
        "SELECT 'unit ' || u.id, u.tag, u.serial FROM inventory_unit u WHERE u.serial <> '' AND NOT EXISTS"
        " (SELECT 1 FROM inventory_identifier i"
        " WHERE i.unit_id = u.id AND i.kind = 'label' AND i.normalised = u.serial)"
        " ORDER BY u.id",
        "{1} shows serial {2}, which is on no label of it",
    ),
)
