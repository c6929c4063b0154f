"""Where racks soak: feeds, loops, cells, and the series a cell reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from assembly.models import BurnInCell, Feed, Loop, TelemetrySeries
from assembly.operations.routing_specs import first_twice
from inventory.models import Location
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal

HIGHEST_INDEX = 32_767
"""Places in a sample's array (smallint)."""


class PlantCodeTaken(Refusal):
    """A feed, loop, cell or series with that code or place exists already."""


class WrongCapacity(Refusal):
    """A capacity that is not above zero, or a cell that wants more than its feed or loop has."""


class UnknownFeed(Refusal):
    """There is no feed of that code."""


class UnknownLoop(Refusal):
    """There is no loop of that code."""


class CellWithoutPlace(Refusal):
    """There is no location of kind cell with the cell's code."""


class WrongSeries(Refusal):
    """Series that share a code or a place, leave a gap, or have reversed limits."""


@dataclass(frozen=True, slots=True)
class SeriesSpec:
    """A telemetry series: its place in the sample's array (from 0, without gaps; none for a wide series), unit and
    limits."""

    index: int | None
    code: str
    name_ja: str
    name_en: str
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None


@operation(permission="assembly.keep_master_data", returns=Feed)
def define_feed(*, caller: Caller, code: str, capacity_kw: Decimal) -> Feed:
    """Define a power feed by its capacity in kW. Locks nothing. Refuses PlantCodeTaken, WrongCapacity."""
    _refuse_not_positive(code, capacity_kw)
    _refuse_taken(Feed.objects.filter(code=code).exists(), code)

    feed = Feed.objects.create(code=code, capacity_kw=capacity_kw)
    record(caller, "assembly.feed-defined", feed, code=code, capacity_kw=capacity_kw)
    return feed


@operation(permission="assembly.keep_master_data", returns=Loop)
def define_loop(*, caller: Caller, code: str, capacity_kw: Decimal, capacity_lpm: Decimal) -> Loop:
    """Define a coolant loop by heat in kW and flow in L/min. Locks nothing. Refuses PlantCodeTaken, WrongCapacity."""
    _refuse_not_positive(code, capacity_kw, capacity_lpm)
    _refuse_taken(Loop.objects.filter(code=code).exists(), code)

    loop = Loop.objects.create(code=code, capacity_kw=capacity_kw, capacity_lpm=capacity_lpm)
    record(caller, "assembly.loop-defined", loop, code=code, capacity_kw=capacity_kw, capacity_lpm=capacity_lpm)
    return loop


@operation(permission="assembly.keep_master_data", returns=BurnInCell)
def define_cell(  # noqa: PLR0913 - a cell is these facts; each comes from its own place in a form
    *, caller: Caller, code: str, feed_code: str, loop_code: str, max_kw: Decimal, max_lpm: Decimal, order: int = 0
) -> BurnInCell:
    """Define a burn-in cell: kW and L/min for one rack, on one feed and one loop. Its Location (kind cell) has the
    same code and is there first.

    Locks nothing. Refuses PlantCodeTaken, UnknownFeed, UnknownLoop, WrongCapacity, CellWithoutPlace."""
    _refuse_not_positive(code, max_kw, max_lpm)
    feed = Feed.objects.filter(code=feed_code).first()
    if feed is None:
        raise UnknownFeed(_("There is no feed %(code)s.") % {"code": feed_code})
    loop = Loop.objects.filter(code=loop_code).first()
    if loop is None:
        raise UnknownLoop(_("There is no coolant loop %(code)s.") % {"code": loop_code})
    if max_kw > min(feed.capacity_kw, loop.capacity_kw) or max_lpm > loop.capacity_lpm:
        raise WrongCapacity(
            _("Cell %(code)s would take more than its feed or loop has.") % {"code": code},
            true=_("%(feed)s: %(kw)s kW; %(loop)s: %(heat)s kW, %(lpm)s L/min.")
            % {
                "feed": feed.code, "kw": feed.capacity_kw, "loop": loop.code, "heat": loop.capacity_kw,
                "lpm": loop.capacity_lpm,
            },
        )  # fmt: skip
    _refuse_taken(BurnInCell.objects.filter(code=code).exists(), code)
    if not Location.objects.filter(code=code, kind="cell").exists():
        raise CellWithoutPlace(
            _("There is no location %(code)s of kind cell.") % {"code": code}, do=_("Define the location first.")
        )

    cell = BurnInCell.objects.create(code=code, feed=feed, loop=loop, max_kw=max_kw, max_lpm=max_lpm, order=order)
    record(
        caller, "assembly.cell-defined", cell, code=code, feed=feed_code, loop=loop_code, max_kw=max_kw, max_lpm=max_lpm
    )
    return cell


@operation(permission="assembly.keep_master_data")
def define_telemetry_series(*, caller: Caller, series: list[SeriesSpec]) -> list[str]:
    """Define the next series that cells report, in one go; returns their codes. Samples hold one value a series, in
    this order, so places follow on those that exist, without gaps.

    Locks nothing: places and codes are unique. Refuses PlantCodeTaken, WrongSeries."""
    _refuse_wrong_series(series)
    codes = [spec.code for spec in series]
    known = TelemetrySeries.objects.filter(code__in=codes).order_by("index", "pk").first()
    if known is not None:
        _refuse_taken(True, known.code)
    first = TelemetrySeries.objects.exclude(index=None).count()
    places = sorted(spec.index for spec in series if spec.index is not None)
    if places != list(range(first, first + len(places))):
        raise WrongSeries(
            _("The places of the series leave a gap or are taken."),
            true=_("The next free place is %(place)d.") % {"place": first},
        )

    rows = TelemetrySeries.objects.bulk_create(
        [
            TelemetrySeries(
                index=spec.index,
                code=spec.code,
                name_ja=spec.name_ja,
                name_en=spec.name_en,
                unit=spec.unit,
                low=None if spec.low is None else float(spec.low),
                high=None if spec.high is None else float(spec.high),
            )
            for spec in series
        ]
    )
    record_many(
        caller,
        "assembly.telemetry-series-defined",
        [
            Happening(
                row, {"code": spec.code, "place": spec.index, "unit": spec.unit, "low": spec.low, "high": spec.high}
            )
            for row, spec in zip(rows, series, strict=True)
        ],
    )
    return codes


def _refuse_wrong_series(series: Sequence[SeriesSpec]) -> None:
    if not series:
        raise WrongSeries(_("No series was given."))
    twice = first_twice([spec.code for spec in series])
    if twice is not None:
        raise WrongSeries(_("The series %(code)s is named twice.") % {"code": twice})
    for spec in series:
        if spec.index is not None and not 0 <= spec.index <= HIGHEST_INDEX:
            raise WrongSeries(_("%(place)d is no place in a sample.") % {"place": spec.index})
        if spec.low is not None and spec.high is not None and spec.low > spec.high:
            raise WrongSeries(
                _("The low limit of %(code)s is above its high limit.") % {"code": spec.code},
                do=_("Correct the limits."),
            )


def _refuse_not_positive(code: str, *figures: Decimal) -> None:
    if not code.strip():
        raise WrongCapacity(_("A feed, loop or cell needs a code."))
    if any(figure <= 0 for figure in figures):
        raise WrongCapacity(_("The capacity of %(code)s is not above zero.") % {"code": code})


def _refuse_taken(taken: bool, code: str) -> None:
    if taken:
        raise PlantCodeTaken(_("%(code)s exists already.") % {"code": code}, true=_("Nothing was recorded."))


for table in ("feed_code", "loop_code", "burnincell_code", "telemetryseries_code", "telemetryseries_index"):
    wall(
        f"assembly_{table}_key",
        lambda: PlantCodeTaken(_("This was defined at the same moment."), true=_("Nothing was recorded.")),
    )
