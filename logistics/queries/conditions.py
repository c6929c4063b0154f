"""Conditions of the road: loggers, their files and courses, the limits in force, what went beyond them."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import (
    BooleanField,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from assembly.burn_in.columns import read_parquet
from assembly.burn_in.moments import micros
from documents import files
from inventory.text import fold
from logistics.files.road_course import Bounds, Times, Values
from logistics.models import (
    Carrier,
    ConditionLimit,
    ConditionLimits,
    ConditionSummary,
    CrateLogger,
    Excursion,
    Handover,
    HandoverCrate,
    LoggerFile,
    LoggerReading,
    Milestone,
    RoadReading,
    Shipment,
    Site,
)
from logistics.models.conditions import MEASURES


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as it counts: its ends, the grade of the figure (A measured, B sourced, C assumed), where it is from."""

    low: float | None
    high: float | None
    grade: str
    basis: str


SHIPPED: Mapping[str, Limit] = {
    "shock": Limit(None, 10.0, "C", "仮定:メーカー値が未入手 / assumed: the rack maker's figure is not known"),
    "tilt": Limit(None, 15.0, "B", "ISTA:包装品 15~30°の下側 / ISTA: packaged goods 15 to 30 degrees, the lower end"),
    "temperature": Limit(0.0, 45.0, "C", "仮定:冷却液入りで凍結なし / assumed: above freezing for what is shipped wet"),
    "humidity": Limit(None, 85.0, "C", "仮定:結露なし / assumed: below condensing"),
    "gap": Limit(None, 60.0, "C", "仮定:1時間の空白は記録ではない / assumed: an hour without a reading is no record"),
}  # fmt: skip
"""What counts until limits are released: of every crate."""


MEASURE_WORDS: Mapping[str, tuple[str, str, str]] = {
    "shock": ("衝撃", "shock", "g"),
    "tilt": ("傾斜", "tilt", "°"),
    "temperature": ("温度", "temperature", "℃"),
    "humidity": ("湿度", "humidity", "%"),
    "gap": ("記録なし", "no reading", "min"),
}
"""Measure → Japanese, English, unit: names in both languages, kept in what a nonconformity says."""


def limits_in_force(crate_part: str) -> tuple[ConditionLimits | None, dict[str, Limit]]:
    """The newest revision (None: the shipped limits) and the limits of a kind of crate by measure. Two queries."""
    newest = ConditionLimits.objects.order_by("-revision").first()
    return newest, limits_of(newest, crate_part)


def limits_of(revision: ConditionLimits | None, crate_part: str) -> dict[str, Limit]:
    """The limits of a revision for a kind of crate: its own, else those of every crate. One query."""
    if revision is None:
        return dict(SHIPPED)
    rows = ConditionLimit.objects.filter(limits=revision, crate_part__in=["", crate_part]).order_by("crate_part")
    return {row.measure: as_limit(row) for row in rows}


def rows_in_force() -> tuple[ConditionLimits | None, dict[tuple[str, str], Limit]]:
    """The newest revision (None: the shipped limits) and every limit by measure and crate part. Two queries."""
    newest = ConditionLimits.objects.select_related("released_by").order_by("-revision").first()
    if newest is None:
        return None, {(measure, ""): limit for measure, limit in SHIPPED.items()}
    return newest, {(row.measure, row.crate_part): as_limit(row) for row in newest.rows.all()}


def as_limit(row: ConditionLimit) -> Limit:
    """A row as it counts."""
    low, high = (None if end is None else float(end) for end in (row.low, row.high))
    return Limit(low, high, row.grade, row.basis)


def bounds_of(limits: Mapping[str, Limit]) -> dict[str, Bounds]:
    """The limits without their grades."""
    return {measure: Bounds(one.low, one.high) for measure, one in limits.items()}


def logger_rows() -> QuerySet[CrateLogger]:
    """Loggers with crate and shipment, `latest_state`, and what `with_account` says of them."""
    latest = LoggerReading.objects.filter(logger=OuterRef("pk")).order_by("-at", "-pk").values("state")[:1]
    rows = CrateLogger.objects.select_related(
        "crate__unit__part_revision__part",
        "crate__shipment_crate__shipment__departure",
        "crate__shipment_crate__shipment__arrival",
    )
    return with_account(rows.annotate(latest_state=Subquery(latest))).order_by("-pk")


def with_account(rows: QuerySet[CrateLogger]) -> QuerySet[CrateLogger]:
    """With `whole`: its files tell of the way until it stopped; `shocked`: a file of a logger on its crate tells of
    shock on that way; `read_until`: its last reading (None without a file); `removed`: it was taken off.

    `whole` is a file read in after the arrival, since whatever silence was left until the stop was judged with it; or
    one read in before that reaches as near to the stop as a gap may be long. A second logger beside one that records
    shock may tell of temperature only."""
    shock = ConditionSummary.objects.filter(file__logger__crate=OuterRef("crate"), measure="shock")
    last = LoggerFile.objects.filter(logger=OuterRef("pk")).order_by().values("logger")
    return rows.annotate(
        removed=ExpressionWrapper(taken_off(), output_field=BooleanField()),
        whole=Exists(_whole_files().filter(logger=OuterRef("pk"))),
        shocked=Exists(shock),
        read_until=Subquery(last.annotate(last=Max("to_at")).values("last")),
    )


def taken_off() -> Q:
    """Of loggers that were taken off before their crate left: they stop where they began, and nobody saw them after."""
    seen = LoggerReading.objects.filter(logger=OuterRef("pk")).exclude(moment="seal")
    return Q(Q(stopped_at=F("started_at")), ~Exists(seen))


def _whole_files() -> QuerySet[LoggerFile]:
    """The files that tell of a way to its end. The event decides and not the clock: an arrival may be told of late. The
    silences between readings told singly are judged after the arrival only: before, they are no whole way, nor is a
    post after which more follow."""
    arrived = LoggerReading.objects.filter(
        logger=OuterRef("logger"), moment="receipt", event_id__lt=OuterRef("event_id")
    )
    newest = ConditionLimits.objects.order_by("-revision").values("pk")[:1]
    part = OuterRef("logger__crate__unit__part_revision__part__number")
    gaps = ConditionLimit.objects.filter(Q(crate_part="") | Q(crate_part=part), limits=Subquery(newest), measure="gap")
    minutes = Coalesce(
        Cast(Subquery(gaps.order_by("-crate_part").values("high")[:1]), FloatField()), Value(SHIPPED["gap"].high)
    )
    allowed = ExpressionWrapper(minutes * Value(timedelta(minutes=1)), output_field=DurationField())
    near = ExpressionWrapper(F("to_at") + allowed, output_field=DateTimeField())
    rows = LoggerFile.objects.filter(more_follows=False).annotate(silent_until=near)
    return rows.filter(Exists(arrived) | Q(source="file", silent_until__gte=F("logger__stopped_at")))


def unread_loggers(crate_ids: Collection[int]) -> QuerySet[CrateLogger]:
    """Loggers on these crates whose files do not tell of the whole way, or of no shock at all, whose data were not told
    to be lost and that were neither found missing nor taken off before the departure; as `with_account`. One query."""
    rows = CrateLogger.objects.filter(crate_id__in=list(crate_ids)).select_related("crate")
    return _unread(with_account(rows)).order_by("pk")


def loggers_to_read(since: datetime) -> QuerySet[CrateLogger]:
    """Unread loggers of crates that arrived since, as `logger_rows`; who waits for longest first. One query."""
    way = "crate__shipment_crate"
    came_at = Coalesce(f"{way}__arrival__at", f"{way}__shipment__arrival__at")
    rows = logger_rows().annotate(came_at=came_at).filter(came_at__gte=since)
    return _unread(rows).order_by(F("came_at"), "pk")


def _unread(rows: QuerySet[CrateLogger]) -> QuerySet[CrateLogger]:
    given_up = LoggerReading.objects.filter(logger=OuterRef("pk"), state="missing")
    return rows.filter(Q(whole=False) | Q(shocked=False), ~taken_off()).exclude(Exists(given_up))


def logger_named(serial: str) -> CrateLogger | None:
    """The logger of that serial, in any case and width: the one that was fitted last. One query."""
    return CrateLogger.objects.filter(~taken_off(), serial__iexact=fold(serial)).order_by("-pk").first()


def file_rows(logger_ids: Collection[int]) -> QuerySet[LoggerFile]:
    """The files of these loggers, the newest first. One query."""
    rows = LoggerFile.objects.filter(logger_id__in=list(logger_ids)).select_related("limits", "imported_by", "logger")
    return rows.order_by("-pk")


def moments_told(logger_ids: Collection[int]) -> dict[int, int]:
    """The moments that were told singly of these loggers, each counted once however often it was told. One query."""
    rows = RoadReading.objects.filter(logger_id__in=list(logger_ids)).order_by().values_list("logger_id")
    return dict(rows.annotate(moments=Count("at", distinct=True)))


def with_files(rows: QuerySet[CrateLogger]) -> QuerySet[CrateLogger]:
    """With the files and their figures: two more queries a page."""
    return rows.prefetch_related("files__summaries")


def excursion_rows(wish: Q | None = None) -> QuerySet[Excursion]:
    """Excursions with crate, shipment and nonconformity; `holder` (`site:CODE`, `carrier:CODE`; None before the first
    hand-over) and `leg_number` are who held the crate and what it was on then, by what is known today: a report that
    comes late moves them. A row that a later one of its nonconformity tells in full, since it went on, is left out. One
    query."""
    shipment = OuterRef("file__logger__crate__shipment_crate__shipment")
    arrived = Handover.objects.filter(shipment=OuterRef("shipment"), kind="arrival", number__lte=OuterRef("number"))
    own = HandoverCrate.objects.filter(crate=OuterRef(OuterRef("file__logger__crate")))
    counted = HandoverCrate.objects.filter(handover=OuterRef("pk"))
    before = HandoverCrate.objects.filter(
        handover__shipment=OuterRef(OuterRef("shipment")), handover__number__lt=OuterRef(OuterRef("number"))
    )
    with_load = own.filter(handover=Subquery(before.order_by("-handover__number").values("handover")[:1]))
    holder = Handover.objects.filter(
        Exists(own.filter(handover=OuterRef("pk"))) | (~Exists(arrived) & ~Exists(counted) & Exists(with_load)),
        shipment=shipment, at__lte=OuterRef("began_at"),
    ).order_by("-number")  # fmt: skip
    begun = Milestone.objects.filter(
        shipment=shipment, kind="leg_departed", happened_at__lte=OuterRef("began_at")
    ).order_by("-happened_at", "-pk")
    later = Excursion.objects.filter(
        nonconformity=OuterRef("nonconformity"), file__logger=OuterRef("file__logger"), measure=OuterRef("measure"),
        pk__gt=OuterRef("pk"), began_at__lte=OuterRef("began_at"), ended_at__gte=OuterRef("ended_at"),
    )  # fmt: skip
    rows = Excursion.objects.filter(~Exists(later), wish or Q()).select_related(
        "nonconformity", "file__logger__crate__shipment_crate__shipment", "file__limits"
    )
    return rows.annotate(
        holder=Subquery(holder.values("taker")[:1]), leg_number=Subquery(begun.values("leg__number")[:1])
    ).order_by("began_at", "pk")


def open_excursions() -> QuerySet[Excursion]:
    """The excursions that nobody has settled: their nonconformity is open. With `holder`, `leg_number`; `file`,
    `logger`, crate, shipment and `nonconformity` are loaded. One query."""
    return excursion_rows(Q(nonconformity__closed_at=None))


def excursions_of(logger_ids: Collection[int]) -> QuerySet[Excursion]:
    """Everything that these loggers told beyond the limits, in order of time. One query."""
    return excursion_rows(Q(file__logger__in=list(logger_ids)))


def holder_names(rows: Iterable[Excursion]) -> dict[str, str]:
    """The holders of rows of `excursion_rows`, by key, in the language of whoever looks. At most two queries."""
    keys = {str(key) for row in rows if (key := getattr(row, "holder", None))}
    named: dict[str, str] = {}
    kinds: tuple[tuple[str, QuerySet[Any]], ...] = (("carrier", Carrier.objects.all()), ("site", Site.objects.all()))
    for kind, table in kinds:
        codes = [key.partition(":")[2] for key in keys if key.startswith(f"{kind}:")]
        named |= {f"{kind}:{one.code}": one.name for one in table.filter(code__in=codes)} if codes else {}
    return named


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that happened on the way, as the charts mark it: handed to whom, a leg begun or ended where; named in
    the language of whoever looks."""

    at: datetime
    kind: str
    name: str


def stops_of(shipment: Shipment) -> list[Stop]:
    """Hand-overs and ends of legs of a shipment (loaded with its lane's ends) in order of time. Three queries."""
    handed = list(Handover.objects.filter(shipment=shipment).order_by("number"))
    codes = [row.taker.partition(":")[2] for row in handed if row.taker.startswith("carrier:")]
    named = {f"site:{one.code}": one.name for one in (shipment.lane.origin, shipment.lane.destination)}
    named |= {f"carrier:{one.code}": one.name for one in (Carrier.objects.filter(code__in=codes) if codes else ())}
    found = [Stop(row.at, "handed", named.get(row.taker, row.taker)) for row in handed]
    ends = shipment.milestones.filter(kind__in=["leg_departed", "leg_arrived"], leg__isnull=False)
    for report in ends.select_related("leg").order_by("happened_at", "pk"):
        leg: Any = report.leg
        found.append(Stop(report.happened_at, report.kind, leg.start if report.kind == "leg_departed" else leg.end))
    return sorted(found, key=lambda one: one.at)


def courses_of(kept: Sequence[LoggerFile]) -> list[dict[str, tuple[Times, Values]]]:
    """The readings of each of these, files and what was told singly alike, the latter in one. One query where any was
    told singly. Raises documents.files.FileAbsent."""
    found = [course_of(one) for one in kept if one.source == "file"]
    singly = [one.pk for one in kept if one.source == "api"]
    return [*found, _told_course(singly)] if singly else found


def _told_course(file_ids: Sequence[int]) -> dict[str, tuple[Times, Values]]:
    rows = RoadReading.objects.filter(file_id__in=file_ids).order_by("measure", "at", "value")
    told: dict[str, list[tuple[int, float]]] = {}
    for measure, at, value in rows.values_list("measure", "at", "value").iterator():
        told.setdefault(measure, []).append((micros(at), float(value)))
    return {
        measure: (np.array([at for at, _value in rows], np.int64), np.array([value for _at, value in rows], np.float64))
        for measure, rows in told.items()
    }


def readings_told(logger_id: int) -> QuerySet[RoadReading]:
    """The values that were told singly of a logger, the latest moment first, with who told them. One query."""
    rows = RoadReading.objects.filter(logger=logger_id).select_related("file__imported_by")
    return rows.order_by("-at", "pk")


def course_of(file: LoggerFile) -> dict[str, tuple[Times, Values]]:
    """The stored readings of a file by measure. No query. Raises documents.files.FileAbsent."""
    content = files.get(file.course_sha256)
    found = {}
    for part in read_parquet(io.BytesIO(content), 0, len(MEASURES) - 1):
        for number in sorted(set(part.series.tolist())):
            own = part.where(part.series == number)
            found[MEASURES[number]] = (own.at, own.values)
    return found
