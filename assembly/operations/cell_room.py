"""Whether a rack fits into a cell in a period: the cell itself, and the sums of its feed and loop at every moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from assembly.burn_in.capacity import Load, peak_of
from assembly.models import Build, BurnInCell, CellOutage, Reservation
from ledger.refusals import Refusal


class NotARack(Refusal):
    """Only a rack with planning figures goes into a cell."""


class BuildReserved(Refusal):
    """The rack has a cell in that period already."""


class CellTaken(Refusal):
    """Another rack has the cell in that period."""


class CellBlocked(Refusal):
    """The cell is out of service in that period."""


class CellTooSmall(Refusal):
    """The rack needs more than the cell can give."""


class FeedFull(Refusal):
    """The feed has no room for the rack's power in that period."""


class LoopFull(Refusal):
    """The coolant loop has no room for the rack's heat or flow in that period."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A cell wanted for a (locked) build, from (included) to (not included)."""

    build: Build
    cell: BurnInCell
    from_at: datetime
    to_at: datetime

    @property
    def kw(self) -> Decimal:
        return model_of(self.build)[0]

    @property
    def lpm(self) -> Decimal:
        return model_of(self.build)[1]


def model_of(build: Build) -> tuple[Decimal, Decimal]:
    """The planned kW and L/min of a rack build. Refuses NotARack."""
    model = build.design.rack_model
    if model is None:
        raise NotARack(
            _("%(unit)s is not a rack with planning figures.") % {"unit": build.unit.name},
            true=_("Nothing was recorded."),
        )
    return model.planned_kw, model.planned_lpm


def outages_in(from_at: datetime, to_at: datetime) -> list[CellOutage]:
    """The open outages that touch a stretch of time, by cell. One query."""
    rows = CellOutage.objects.filter(ended_at=None, period__overlap=DateTimeTZRange(from_at, to_at))
    return list(rows.select_related("cell").order_by("cell__order", "cell__code", "period"))


def refuse_blocked(wish: Wish, outages: Iterable[CellOutage], kept: Sequence[Reservation]) -> None:
    """Step: refuse CellBlocked for a wish in a cell that is out of service then; the cells are locked."""
    for outage in outages:
        if outage.cell_id == wish.cell.pk and outage.period.lower < wish.to_at and wish.from_at < outage.period.upper:
            raise CellBlocked(
                _("Cell %(cell)s is out of service until %(at)s: %(reason)s.")
                % {
                    "cell": wish.cell.code,
                    "at": timezone.localtime(outage.period.upper).strftime("%Y/%m/%d %H:%M"),
                    "reason": outage.reason[:120],
                },
                true=_("Nothing was recorded."),
                do=_where_instead(wish, kept),
            )


def _near(wish: Wish, kept: Iterable[Reservation]) -> list[Reservation]:
    return [row for row in kept if row.period.lower < wish.to_at and wish.from_at < row.period.upper]


def refuse_wish(wish: Wish, kept: Sequence[Reservation]) -> None:
    """Step: refuse a wish that does not fit among what is kept; cells, feeds and loops are locked.

    Refuses BuildReserved, CellTooSmall, CellTaken, FeedFull, LoopFull."""
    near = _near(wish, kept)
    mine = next((row for row in near if row.build_id == wish.build.pk), None)
    if mine is not None:
        raise BuildReserved(
            _("%(rack)s has cell %(cell)s in that period already.")
            % {"rack": wish.build.unit.name, "cell": mine.cell.code},
            true=_("Nothing was recorded."),
            do=_("Cancel that reservation first."),
        )
    cell = wish.cell
    if wish.kw > cell.max_kw or wish.lpm > cell.max_lpm:
        raise CellTooSmall(
            _("Cell %(cell)s gives %(kw)s kW and %(lpm)s L/min.")
            % {"cell": cell.code, "kw": _plain(cell.max_kw), "lpm": _plain(cell.max_lpm)},
            true=_("The rack needs %(kw)s kW and %(lpm)s L/min.") % {"kw": _plain(wish.kw), "lpm": _plain(wish.lpm)},
            do=_where_instead(wish, kept),
        )
    other = next((row for row in near if row.cell_id == cell.pk), None)
    if other is not None:
        raise CellTaken(
            _("Cannot reserve: cell %(cell)s is kept for %(rack)s.")
            % {"cell": cell.code, "rack": other.build.unit.name},
            true=_("Nothing was recorded."),
            do=_where_instead(wish, kept),
        )
    _refuse_feed(wish, near, kept)
    _refuse_loop(wish, near, kept)


def _refuse_feed(wish: Wish, near: Sequence[Reservation], kept: Sequence[Reservation]) -> None:
    feed = wish.cell.feed
    taken, _flow = _peak([row for row in near if row.cell.feed_id == feed.pk], wish)
    if taken + wish.kw > feed.capacity_kw:
        raise FeedFull(
            _("Cannot reserve: feed %(feed)s has %(taken)s of %(limit)s kW taken.")
            % {"feed": feed.code, "taken": _plain(taken), "limit": _plain(feed.capacity_kw)},
            true=_("%(left)s kW left. Nothing was recorded.") % {"left": _plain(feed.capacity_kw - taken)},
            do=_where_instead(wish, kept),
        )


def _refuse_loop(wish: Wish, near: Sequence[Reservation], kept: Sequence[Reservation]) -> None:
    loop = wish.cell.loop
    heat, flow = _peak([row for row in near if row.cell.loop_id == loop.pk], wish)
    if heat + wish.kw <= loop.capacity_kw and flow + wish.lpm <= loop.capacity_lpm:
        return
    raise LoopFull(
        _("Cannot reserve: loop %(loop)s has %(heat)s of %(heat_limit)s kW and %(flow)s of %(flow_limit)s L/min taken.")
        % {
            "loop": loop.code,
            "heat": _plain(heat),
            "heat_limit": _plain(loop.capacity_kw),
            "flow": _plain(flow),
            "flow_limit": _plain(loop.capacity_lpm),
        },
        true=_("%(kw)s kW and %(lpm)s L/min left. Nothing was recorded.")
        % {"kw": _plain(loop.capacity_kw - heat), "lpm": _plain(loop.capacity_lpm - flow)},
        do=_where_instead(wish, kept),
    )


def _peak(rows: Iterable[Reservation], wish: Wish) -> tuple[Decimal, Decimal]:
    loads = [Load(row.period.lower, row.period.upper, row.kw, row.lpm) for row in rows]
    return peak_of(loads, wish.from_at, wish.to_at)


def _where_instead(wish: Wish, kept: Sequence[Reservation]) -> str:
    """The first cell that has room in the same period, in words."""
    near = _near(wish, kept)
    taken = {row.cell_id for row in near} | {row.cell_id for row in outages_in(wish.from_at, wish.to_at)}
    for cell in BurnInCell.objects.select_related("feed", "loop").exclude(pk__in=taken).order_by("order", "code"):
        feed_kw, _flow = _peak([row for row in near if row.cell.feed_id == cell.feed_id], wish)
        loop_kw, loop_lpm = _peak([row for row in near if row.cell.loop_id == cell.loop_id], wish)
        room = (
            wish.kw <= cell.max_kw and wish.lpm <= cell.max_lpm,
            feed_kw + wish.kw <= cell.feed.capacity_kw,
            loop_kw + wish.kw <= cell.loop.capacity_kw and loop_lpm + wish.lpm <= cell.loop.capacity_lpm,
        )
        if all(room):
            return _("Cell %(cell)s on %(feed)s has room.") % {"cell": cell.code, "feed": cell.feed.code}
    return _("No cell has room in that period. Choose a later one.")


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
