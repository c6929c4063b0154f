"""Units: lists and the facts of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import User
from inventory.models import Consumption, Hold, Identifier, Placement, Unit
from inventory.queries.genealogy import Node, Step, genealogy_down, genealogy_up
from inventory.text import LayoutError, normalise
from ledger.models import Event

HISTORY_LIMIT = 50
SORTS = {"tag": "tag", "serial": "serial", "part": "part__number", "since": "born_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFilter:
    """What a list of units is narrowed to; blank means everything.

    `text`: a tag, an identifier, or how a serial begins or ends. `state`: free, fitted, held, ended."""

    text: str = ""
    part: str = ""
    kind: str = ""
    location: str = ""
    supplier: str = ""
    state: str = ""


def unit_rows(wish: UnitFilter, sort: str = "") -> QuerySet[Unit]:
    """Units with part and revision, `is_held`, and `here` (a list of the open placement with its location or host).
    Two queries a page."""
    held = Hold.objects.open().filter(Q(unit=OuterRef("pk")) | Q(lot__isnull=False, lot=OuterRef("lot_id")))
    rows: QuerySet[Unit] = (
        Unit.objects.with_names()
        .select_related("supplier")
        .annotate(is_held=Exists(held))
        .prefetch_related(
            Prefetch(
                "placements",
                queryset=Placement.objects.open().select_related("location", "host"),
                to_attr="here",
            )
        )
    )
    rows = narrowed(rows, wish)
    name = SORTS.get(sort.removeprefix("-"), "")
    return rows.order_by(f"-{name}" if sort.startswith("-") else name, "-pk") if name else rows.order_by("-pk")


def narrowed(rows: QuerySet[Unit], wish: UnitFilter) -> QuerySet[Unit]:
    """Rows of `unit_rows`, narrowed further."""
    for condition in _conditions(wish):
        rows = rows.filter(condition)
    return rows


def _conditions(wish: UnitFilter) -> list[Q]:
    found = []
    if wish.text:
        found.append(_named(wish.text))
    if wish.part:
        found.append(Q(part__number=wish.part))
    if wish.kind:
        found.append(Q(part__kind=wish.kind))
    if wish.supplier:
        found.append(Q(supplier__code=wish.supplier))
    if wish.location:
        found.append(Q(pk__in=Placement.objects.open().filter(location__code=wish.location).values("unit_id")))
    states = {
        "free": Q(pk__in=Placement.objects.open().filter(location__isnull=False).values("unit_id")),
        "fitted": Q(pk__in=Placement.objects.open().filter(host__isnull=False).values("unit_id")),
        "held": Q(is_held=True),
        "ended": Q(ended_at__isnull=False),
    }
    if wish.state in states:
        found.append(states[wish.state])
    return found


def _named(text: str) -> Q:
    try:
        value = normalise(text)
    except LayoutError:
        return Q(pk=None)
    names = Identifier.objects.filter(Q(normalised=value) | Q(normalised=value.lower())).values("unit_id")
    return (
        Q(tag=value) | Q(pk__in=names) | Q(serial__startswith=value) | Q(serial__endswith=value) | Q(part__number=value)
    )


@dataclass(slots=True)
class UnitPage:
    """Every fact of a unit's page."""

    unit: Unit
    identifiers: list[Identifier]
    holds: list[Hold]
    inside: list[Node]
    around: list[Step]
    placements: list[Placement]
    consumed: list[Consumption]
    events: list[Event]
    actors: dict[object, User] = field(default_factory=dict)

    @property
    def is_held(self) -> bool:
        return any(hold.released_at is None for hold in self.holds)


def unit_page(unit: Unit, as_of: datetime | None = None) -> UnitPage:
    """The facts of one unit, however much sits in it. Eight queries. History is cut at HISTORY_LIMIT, newest first."""
    on_lot = Q(lot__isnull=False, lot_id=unit.lot_id) if unit.lot_id else Q(pk=None)
    events = list(
        Event.objects.filter(subject_type="inventory.unit", subject_id=unit.pk).order_by("-pk")[:HISTORY_LIMIT]
    )
    return UnitPage(
        unit=unit,
        identifiers=list(unit.identifiers.order_by("closed_at", "kind", "pk")),
        holds=list(
            Hold.objects.filter(Q(unit=unit) | on_lot)
            .select_related("placed_by", "released_by", "lot", "inspection")
            .order_by("-pk")
        ),
        inside=genealogy_down(unit.pk, as_of),
        around=genealogy_up(unit.pk, as_of),
        placements=list(
            unit.placements.select_related("location", "host__part").order_by("-from_at", "-pk")[:HISTORY_LIMIT]
        ),
        consumed=list(unit.consumed.select_related("lot__part").order_by("-pk")[:HISTORY_LIMIT]),
        events=events,
        actors={user.pseudonym: user for user in User.objects.filter(pseudonym__in={event.actor for event in events})},
    )
