"""Steps of custody where a shipment arrived in part: each crate that was missing has a chain of its own, which begins
where its way left that of the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from ledger.refusals import Refusal
from logistics.models import Crate, Handover, Shipment
from logistics.operations.custody import Held, seals_after
from logistics.queries.custody import rows_of_crate


class CratesApart(Refusal):
    """Crates that one act names are in different hands, or came into the same ones apart."""


def custody_together(shipment: Shipment, crate_ids: Sequence[int]) -> Held:
    """Step: how the custody of crates of a (locked) shipment stands that are handed on together: the last row in which
    they changed hands, and the seals that were fitted since the others arrived. Refuses CratesApart. Four queries at
    most."""
    rows = list(Handover.objects.filter(shipment=shipment).order_by("number").prefetch_related("seals", "crates"))
    paths = {pk: rows_of_crate(rows, pk) for pk in crate_ids}
    ends = {pk: path[-1] for pk, path in paths.items() if path}
    holders = {row.pk: pk for pk, row in ends.items()}
    if len(holders) > 1:
        raise _apart(shipment, [(pk, ends[pk].taker) for pk in list(holders.values())[:2]])
    seals: set[str] = set()
    for path in paths.values():
        seals |= _seals_since(path, _parted_at(rows))
    last = next(iter(ends.values()), None)
    return Held(last, seals, rows[-1].number if rows else 0)


def _parted_at(rows: Sequence[Handover]) -> int:
    """The number of the row with which the first crates arrived."""
    return next((row.number for row in rows if row.kind == "arrival"), len(rows) + 1)


def _seals_since(path: Collection[Handover], first: int) -> set[str]:
    """The seals on a missing crate: those of the truck stayed with the others."""
    seals: set[str] = set()
    for row in path:
        seals = seals_after(seals, row) if row.number > first else seals
    return seals


def _apart(shipment: Shipment, hands: Sequence[tuple[int, str]]) -> CratesApart:
    named = Crate.objects.in_bulk([pk for pk, _taker in hands])
    told = [f"{named[pk].sscc}: {taker.partition(':')[2]}" for pk, taker in hands]
    apart = (
        _("The crates of %(number)s are in different hands.")
        if len({taker for _pk, taker in hands}) > 1
        else _("The crates of %(number)s were handed over separately.")
    )
    return CratesApart(
        apart % {"number": shipment.number},
        true=_("%(list)s. Nothing was recorded.") % {"list": ", ".join(told)},
        do=_("Record them one after the other."),
    )
