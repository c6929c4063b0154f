"""The chain of custody: every hand-over that was recorded, and those that the lane wants and nobody recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from logistics.models import (
    Carrier,
    Handover,
    HandoverCrate,
    HandoverSeal,
    IndicatorReading,
    Leg,
    Replan,
    Shipment,
    ShipmentCrate,
    Site,
)
from logistics.text import bare_sscc


@dataclass(frozen=True, slots=True)
class Holder:
    """A site or a carrier: its key in the chain, and its names."""

    key: str
    name_ja: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as it was found: fitted (there), intact, broken or missing."""

    number: str
    state: str


@dataclass(frozen=True, slots=True)
class Link:
    """One hand-over. `row` is None where nobody recorded it; `due`: something later is known, so it is a gap and not
    merely ahead. `unread`: seals that were on the load and were not told of."""

    giver: Holder
    taker: Holder
    row: Handover | None = None
    due: bool = False
    seals: tuple[Seal, ...] = ()
    unread: tuple[str, ...] = ()
    readings: tuple[IndicatorReading, ...] = ()


def handover_rows(shipment_id: int) -> QuerySet[Handover]:
    """The rows of a chain, in order, with their persons, `crate_count`, `crate_ids` and `seal_list` (of {number,
    state}). One query."""
    rows = Handover.objects.filter(shipment_id=shipment_id).select_related("giver_user", "taker_user", "by")
    seals = HandoverSeal.objects.filter(handover=OuterRef("pk")).order_by("pk")
    told = ArraySubquery(seals.values(told=JSONObject(number="number", state="state")))
    counted = ArraySubquery(HandoverCrate.objects.filter(handover=OuterRef("pk")).order_by("pk").values("crate_id"))
    return rows.annotate(crate_count=Count("crates"), crate_ids=counted, seal_list=told).order_by("number")


def seals_of(row: Handover) -> list[Seal]:
    """The seals told of at a row of `handover_rows`."""
    return [Seal(**one) for one in row.seal_list]  # type: ignore[attr-defined]


def custody_chain(
    shipment: Shipment,
    legs: Sequence[Leg],
    readings: Iterable[IndicatorReading],
    begun: Collection[int],
    turns: Sequence[Replan] = (),
) -> list[Link]:
    """The chain of a shipment that is loaded with its lane's ends, its carrier, departure and arrival, from legs with
    their carriers, all readings of its indicators, the numbers of the legs that are reported as begun, and where it was
    sent another way (`turns`, the first first, with their carriers). One query, another where a carrier holds it that
    is not of the lane."""
    rows = list(handover_rows(shipment.pk))
    names = _holders(shipment, legs, rows)
    for turn in turns:
        names |= {f"carrier:{one.code}": _as_holder(one) for one in (turn.was_carrier, turn.carrier)}
    by_event: dict[int, list[IndicatorReading]] = defaultdict(list)
    for reading in readings:
        by_event[reading.event_id].append(reading)
    unread = _unread(rows)
    recorded = [
        Link(
            names[row.giver], names[row.taker], row, True, tuple(seals_of(row)), unread[row.pk],
            tuple(by_event[row.event_id]),
        )
        for row in rows
    ]  # fmt: skip
    last = max([*begun, 1 if shipment.has_departed else 0])
    reached = len(legs) + 1 if shipment.has_arrived else last
    return _with_gaps(recorded, _wanted_on_turns(shipment, turns, reached) or _wanted(shipment, legs), names, reached)


def _as_holder(one: Carrier) -> Holder:
    return Holder(f"carrier:{one.code}", one.name_ja, one.name_en)


def _wanted_on_turns(shipment: Shipment, turns: Sequence[Replan], reached: int) -> list[tuple[str, str, int]]:
    """The hand-overs of a shipment that was sent another way: from the carrier who had it to the one who goes on."""
    if not turns:
        return []
    carriers = [f"carrier:{turns[0].was_carrier.code}", *(f"carrier:{turn.carrier.code}" for turn in turns)]
    held = [f"site:{shipment.lane.origin.code}", *carriers, f"site:{shipment.lane.destination.code}"]
    later = reached if shipment.has_arrived else reached + 1
    return [
        (giver, taker, later if taker.startswith("site:") else reached)
        for giver, taker in pairwise(held)
        if giver != taker
    ]


def carriers_ahead(shipment: Shipment) -> list[Carrier]:
    """Carriers who may take a shipment over: those of its lane's later legs first, never who holds it. Three
    queries."""
    last = Handover.objects.filter(shipment=shipment).order_by("-number").first()
    legs = Leg.objects.filter(lane=shipment.lane_id, number__gt=1).order_by("number")
    order = dict.fromkeys(legs.values_list("carrier_id", flat=True))
    rows = [one for one in Carrier.objects.order_by("code") if last is None or last.taker != f"carrier:{one.code}"]
    places = {pk: place for place, pk in enumerate(order)}
    return sorted(rows, key=lambda one: places.get(one.pk, len(places)))


def seals_on(rows: Iterable[Handover]) -> list[str]:
    """The seals that are on the load after these hand-overs, in the order in which they were fitted."""
    there: dict[str, None] = {}
    for row in rows:
        for seal in seals_of(row):
            if seal.state == "fitted":
                there[seal.number] = None
            elif seal.state != "intact":
                there.pop(seal.number, None)
    return list(there)


def seals_under_way(shipment_id: int) -> list[str]:
    """The seals on what is under way of a shipment; where it arrived in part those that were fitted since to crates
    that have not come: the truck's stayed with what arrived. Two queries, where it arrived three."""
    rows = list(handover_rows(shipment_id).prefetch_related("crates"))
    since = next((row.number for row in rows if row.kind == "arrival"), None)
    if since is None:
        return seals_on(rows)
    away = ShipmentCrate.objects.filter(shipment=shipment_id, arrival=None).order_by("crate_id")
    paths = [rows_of_crate(rows, pk) for pk in away.values_list("crate_id", flat=True)]
    seals = (number for path in paths for number in seals_on(row for row in path if row.number > since))
    return list(dict.fromkeys(seals))


def _unread(rows: Sequence[Handover]) -> dict[int, tuple[str, ...]]:
    """The seals that were not read at each row: those that were on the load. The truck's stay with what arrives first;
    on a late crate are those that were fitted since."""
    found = {}
    parted = next((place for place, row in enumerate(rows, start=1) if row.kind == "arrival"), len(rows))
    for place, row in enumerate(rows):
        told = {seal.number for seal in seals_of(row)}
        before = rows[parted if place >= parted else 0 : place]
        found[row.pk] = tuple(number for number in seals_on(before) if number not in told)
    return found


def _holders(shipment: Shipment, legs: Sequence[Leg], rows: Sequence[Handover]) -> dict[str, Holder]:
    sites: list[Site] = [shipment.lane.origin, shipment.lane.destination]
    carriers: list[Carrier] = [shipment.carrier, *(leg.carrier for leg in legs)]
    found = {f"site:{one.code}": Holder(f"site:{one.code}", one.name_ja, one.name_en) for one in sites}
    found |= {f"carrier:{one.code}": Holder(f"carrier:{one.code}", one.name_ja, one.name_en) for one in carriers}
    strange = {key.partition(":")[2] for row in rows for key in (row.giver, row.taker) if key not in found}
    for one in Carrier.objects.filter(code__in=strange) if strange else ():
        found[f"carrier:{one.code}"] = Holder(f"carrier:{one.code}", one.name_ja, one.name_en)
    return found


def _wanted(shipment: Shipment, legs: Sequence[Leg]) -> list[tuple[str, str, int]]:
    """(giver, taker, leg that the taker begins; the arrival: one more than the last) of each hand-over that the lane
    wants."""
    first = shipment.carrier.code
    later = [(f"carrier:{leg.carrier.code}", leg.number) for leg in legs if leg.number > 1]
    held = [
        (f"site:{shipment.lane.origin.code}", 0),
        (f"carrier:{first}", 1),
        *later,
        (f"site:{shipment.lane.destination.code}", len(legs) + 1),
    ]
    return [(giver, taker, leg) for (giver, _leg), (taker, leg) in pairwise(held) if giver != taker]


def _with_gaps(
    recorded: Sequence[Link],
    wanted: Sequence[tuple[str, str, int]],
    names: dict[str, Holder],
    reached: int,
) -> list[Link]:
    """What is recorded, in its order; between it what is wanted and missing."""
    links: list[Link] = []
    place = 0
    for giver, taker, leg in wanted:
        there = next((at for at in range(place, len(recorded)) if recorded[at].taker.key == taker), None)
        if there is not None:
            links += recorded[place : there + 1]
            place = there + 1
        else:
            due = place < len(recorded) or leg <= reached
            links.append(Link(names[giver], names[taker], due=due))
    return [*links, *recorded[place:]]


def holder_of_crate(chain: Sequence[Link], crate_id: int) -> Holder | None:
    """Who holds a crate by the recorded links of a chain: whoever took it over by name, and before the shipment arrived
    in part whoever took the load over without counting its crates."""
    found, parted = None, False
    for link in chain:
        if link.row is None:
            continue
        counted = link.row.crate_ids  # type: ignore[attr-defined]
        apart = counted or parted or link.row.kind == "arrival" or (found is not None and found.key != link.giver.key)
        if crate_id in counted or not apart:
            found = link.taker
        parted = parted or link.row.kind == "arrival"
    return found


def load_named(code: str) -> Shipment | None:
    """The shipment on its way that has a crate of that SSCC, a seal or a number, with its lane, departure and arrival.
    One query."""
    sealed = Handover.objects.filter(seals__number=code, seals__state="fitted")
    named = Q(number=code) | Q(crates__crate__sscc=bare_sscc(code)) | Q(pk__in=sealed.values("shipment_id"))
    found = Shipment.objects.filter(named).select_related("lane__origin", "departure", "arrival")
    return found.distinct().order_by("-pk").first()


def rows_of_crate(rows: Sequence[Handover], crate_id: int) -> list[Handover]:
    """Of the rows of a chain (in order, with their `crates`) those in which this crate changed hands: those that name
    it, and before the shipment arrived those that name none, since the load stayed under its seal. A crate that was
    not counted among others stayed with whoever gave them, and goes on with no load of another holder."""
    first = next((row.number for row in rows if row.kind == "arrival"), len(rows) + 1)
    path: list[Handover] = []
    for row in rows:
        named = {one.crate_id for one in row.crates.all()}
        with_load = not named and row.number < first and (not path or path[-1].taker == row.giver)
        if crate_id in named or with_load:
            path.append(row)
    return path


def holder_names_at(shipment: Shipment, moments: Sequence[datetime], crate_id: int) -> list[dict[str, str]]:
    """Who held a crate of a shipment (loaded with its lane) at each of these moments, by name in both languages; before
    the first hand-over the plant. Four queries."""
    chain = Handover.objects.filter(shipment=shipment).order_by("number").prefetch_related("crates")
    rows = rows_of_crate(list(chain), crate_id)
    codes = {row.taker.partition(":")[2] for row in rows}
    sites = Site.objects.filter(Q(code__in=codes) | Q(pk=shipment.lane.origin_id))
    named = {f"site:{one.code}": {"ja": one.name_ja, "en": one.name_en} for one in sites}
    named |= {
        f"carrier:{one.code}": {"ja": one.name_ja, "en": one.name_en} for one in Carrier.objects.filter(code__in=codes)
    }
    origin = next(f"site:{one.code}" for one in sites if one.pk == shipment.lane.origin_id)
    return [named[next((row.taker for row in reversed(rows) if row.at <= at), origin)] for at in moments]
