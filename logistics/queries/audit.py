"""The whole record of one thing: its events, those of its build and its shipments, its places, its papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from assembly.models import Build
from documents.models import IssuedDocument
from inventory.models import Hold, Identifier, Lot, Placement, Unit
from inventory.operations.finding import find_unit_ids
from inventory.queries.genealogy import Node, Step, genealogy_down, genealogy_up
from inventory.text import normalise
from ledger.models import Event
from logistics.models import Shipment

HITS = 50
TOP_CONTENTS_LEVEL = 40
"""Contents are drawn down to trays and what sits in them; a crate's tree would hold nine hundred rows."""


def find_units(text: str) -> list[Unit]:
    """The units a text names: by tag, any identifier, document number, order or shipment. At most five queries.

    Refuses LayoutError."""
    wanted = normalise(text)
    if not wanted:
        return []
    ids = find_unit_ids([wanted])[wanted]
    where = (
        Q(pk__in=ids)
        if ids
        else Q(serial__iendswith=wanted)
        | Q(build__order_number__iexact=wanted)
        | Q(lot__number=wanted)
        | Q(contents__unit__isnull=True, crate__shipment_crate__shipment__number__iexact=wanted)
        | Q(pk__in=_paper_units(wanted))
    )
    rows = Unit.objects.filter(where).select_related("part", "build__design").distinct().order_by("-level", "pk")
    return list(rows[:HITS])


def _paper_units(text: str) -> QuerySet[Build, int]:
    """The units of builds about which a paper with that verification code was issued."""
    papers = IssuedDocument.objects.filter(verify_code=text, subject_type="assembly.build").values("subject_id")
    return Build.objects.filter(pk__in=papers).values_list("unit_id", flat=True)


def find_lots(text: str) -> list[Lot]:
    """The lots of that tag or number. One query."""
    wanted = normalise(text)
    return list(Lot.objects.filter(Q(tag=wanted) | Q(number=wanted)).select_related("part")[:HITS])


@dataclass(frozen=True)
class Record:
    """One unit's record as of an instant. `subjects`: what else its events speak of."""

    unit: Unit
    build: Build | None
    is_held: bool
    identifiers: tuple[Identifier, ...]
    papers: tuple[IssuedDocument, ...]
    hosts: tuple[Step, ...]
    contents: tuple[Node, ...]
    as_of: datetime

    def events(self) -> QuerySet[Event]:
        """Every event about the unit, its build and its shipments, or that a row of it names; newest first."""
        about = Q(subject_type="inventory.unit", subject_id=self.unit.pk)
        if self.build:
            about |= Q(subject_type="assembly.build", subject_id=self.build.pk)
        hosts = Placement.objects.filter(unit=self.unit, host__isnull=False).values("host_id")
        shipments = Shipment.objects.filter(Q(crates__crate__unit_id__in=hosts) | Q(crates__crate__unit=self.unit))
        about |= Q(subject_type="logistics.shipment", subject_id__in=shipments.values("pk"))
        opened = Placement.objects.filter(unit=self.unit).values("event_id")
        closed = Placement.objects.filter(unit=self.unit, closed_event_id__isnull=False).values("closed_event_id")
        about |= Q(pk__in=opened) | Q(pk__in=closed) | Q(pk__in=[row.event_id for row in self.identifiers])
        return Event.objects.filter(about, recorded_at__lte=self.as_of).order_by("-pk")


def record_of(tag: str, as_of: datetime) -> Record | None:
    """The record of the unit with that tag. Five queries."""
    held = Hold.objects.open().filter(Q(unit=OuterRef("pk")) | Q(lot__isnull=False, lot=OuterRef("lot_id")))
    rows = Unit.objects.filter(tag=tag).annotate(is_held=Exists(held))
    unit = rows.select_related("part", "part_revision", "build__design").first()
    if unit is None:
        return None
    build = getattr(unit, "build", None)
    own = Q(subject_type="inventory.unit", subject_id=unit.pk)
    papers = own | Q(subject_type="assembly.build", subject_id=build.pk) if build else own
    return Record(
        unit=unit,
        build=build,
        is_held=bool(getattr(unit, "is_held", False)),
        identifiers=tuple(unit.identifiers.order_by("kind", "pk")),
        papers=tuple(IssuedDocument.objects.filter(papers).order_by("kind", "language", "-revision")),
        hosts=tuple(genealogy_up(unit.pk, as_of)),
        contents=tuple(genealogy_down(unit.pk, as_of)),
        as_of=as_of,
    )


def people_of(events: Sequence[Event]) -> dict[object, User]:
    """Who stands behind the pseudonyms of these events. One query."""
    return {user.pseudonym: user for user in User.objects.filter(pseudonym__in={event.actor for event in events})}


def corrections_of(events: Sequence[Event]) -> dict[int, int]:
    """Which of these events were amended later: event → the amending one. One query."""
    rows = Event.objects.filter(amends__in=[event.pk for event in events])
    return {amended or 0: pk for amended, pk in rows.order_by("pk").values_list("amends", "pk")}
