"""One build as its page shows it: found by any name of its unit, with holds, reports, tree and earlier parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q, QuerySet

from accounts.models import User
from assembly.models import Amendment, Build, Nonconformity, OperationRun, Signature, TestRun
from assembly.queries.history import EVENTS, INSIDE, inside_of
from assembly.queries.slots import FilledSlot
from documents.models import IssuedDocument
from inventory.models import Hold, Identifier, Placement
from inventory.queries.genealogy import Node, TopPlace, contents, genealogy_down, whereabouts


def build_named(name: str) -> Build | None:
    """The build of a unit that goes by this serial or tag; of several with one serial the rack, else the oldest."""
    rows = Build.objects.select_related(
        "unit__part", "unit__part_revision", "design__part_revision__part", "design__rack_model", "design__routing"
    )
    return rows.filter(Q(unit__serial=name) | Q(unit__tag=name)).order_by("design__kind", "pk").first()


@dataclass(frozen=True, slots=True)
class BuildHead:
    """What stands over every tab: holds, open reports, where the unit is, how much each tab holds."""

    holds: list[Hold]
    reports: list[Nonconformity]
    place: TopPlace | None
    tests: int
    events: int
    sheets: int


def build_head(build: Build) -> BuildHead:
    """The head of a build's page. Four queries."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"unit": build.unit_id, "build": build.pk})
        tests, events, sheets = cursor.fetchone()
    return BuildHead(
        holds=list(
            Hold.objects.open().filter(unit_id__in=inside_of(build)).select_related("unit", "placed_by").order_by("pk")
        ),
        reports=list(
            Nonconformity.objects.open().filter(build=build).select_related("opened_by", "unit").order_by("pk")
        ),
        place=whereabouts([build.unit_id]).get(build.unit_id),
        tests=tests,
        events=events,
        sheets=sheets,
    )


_COUNTS = f"""
WITH RECURSIVE {INSIDE.format(unit="%(unit)s")}
SELECT (SELECT count(*) FROM assembly_testrun t WHERE t.unit_id IN (SELECT unit_id FROM inside)),
  (SELECT count(*) FROM ({EVENTS}) e),
  (SELECT count(*) FROM documents_issueddocument d
    WHERE (d.subject_type = 'assembly.build' AND d.subject_id = %(build)s)
    OR (d.subject_type = 'inventory.unit' AND d.subject_id = %(unit)s))
"""


def tests_of(build: Build) -> QuerySet[TestRun]:
    """The test runs of a build and of everything inside it, newest first."""
    return TestRun.objects.filter(unit_id__in=inside_of(build)).select_related("unit__part").order_by("-pk")


def issues_of(build: Build) -> QuerySet[IssuedDocument]:
    """The papers issued about a build or its unit, newest first."""
    return (
        IssuedDocument.objects.filter(
            Q(subject_type="assembly.build", subject_id=build.pk)
            | Q(subject_type="inventory.unit", subject_id=build.unit_id)
        )
        .select_related("issued_by")
        .order_by("-pk")
    )


@dataclass(frozen=True, slots=True)
class Focus:
    """What sits at one place: the tree of its unit, and who fitted it; `earlier`: what sat there or in its tree before,
    by (host, position)."""

    slot: FilledSlot
    placement: Placement | None
    nodes: list[Node]
    earlier: dict[tuple[int, str], list[Placement]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    """What the hardware calls units without a label: UUIDs by unit id."""


def focus_on(build: Build, slot: FilledSlot, as_of: datetime | None = None) -> Focus:
    """One place of a build, now or at an instant. Four queries."""
    there = Placement.objects.filter(host_id=build.unit_id, position=slot.position).select_related("unit__part")
    if as_of is None:
        now = there.filter(to_at=None).first()
    else:
        now = there.filter(Q(to_at=None) | Q(to_at__gt=as_of), from_at__lte=as_of).first()
    nodes = genealogy_down(now.unit_id, as_of) if now is not None else []
    hosts = {now.unit_id, *_hosts(nodes)} if now is not None else set()
    closed = (
        Placement.objects.filter(
            Q(host_id=build.unit_id, position=slot.position) | Q(host_id__in=hosts), to_at__isnull=False
        )
        .select_related("unit__part")
        .order_by("-to_at")
    )
    earlier: dict[tuple[int, str], list[Placement]] = {}
    for placement in closed:
        if now is None or placement.pk != now.pk:
            earlier.setdefault((placement.host_id or 0, placement.position or ""), []).append(placement)
    told = Identifier.objects.filter(unit_id__in=hosts, kind="uuid", closed_at=None).values_list("unit_id", "raw")
    return Focus(slot, now, nodes, earlier, dict(told))


def _hosts(nodes: Sequence[Node]) -> set[int]:
    return {node.unit.unit_id for node in nodes} | {key for node in nodes for key in _hosts(node.children)}


@dataclass(frozen=True, slots=True)
class Figures:
    """Counted facts of a build: chips by kind that are inside and known by UUID, failed runs, mass in kg (None: the
    weight of a part is not known)."""

    inside: dict[str, int]
    failed_runs: int
    reworks: int


def figures_of(build: Build) -> Figures:
    """Counted facts. Three queries."""
    inside: dict[str, int] = {}
    for node in contents(build.unit_id):
        inside[node.unit.kind] = inside.get(node.unit.kind, 0) + 1
    counted = Build.objects.filter(pk=build.pk).aggregate(
        failed=Count("runs", filter=Q(runs__result="fail"), distinct=True), again=Count("reworks", distinct=True)
    )
    return Figures(inside, counted["failed"], counted["again"])


@dataclass(frozen=True, slots=True)
class SignedRun:
    """A run with the people behind it."""

    run: OperationRun
    starter: User
    signatures: tuple[Signature, ...]

    @property
    def amendment(self) -> Amendment | None:
        """The correction that stands in this run's place."""
        return getattr(self.run, "amendment", None)


def runs_with_people(build: Build) -> dict[int, list[SignedRun]]:
    """All runs of a build by operation, oldest first, with who started and who signed. Two queries."""
    signed: dict[int, list[Signature]] = {}
    for signature in Signature.objects.filter(run__build=build).select_related("user").order_by("pk"):
        signed.setdefault(signature.run_id, []).append(signature)
    found: dict[int, list[SignedRun]] = {}
    runs = OperationRun.objects.filter(build=build).select_related("started_by", "amendment__amended_by")
    for run in runs.order_by("attempt"):
        found.setdefault(run.operation_id, []).append(SignedRun(run, run.started_by, tuple(signed.get(run.pk, ()))))
    return found
