"""Ship notices: expected against received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Coalesce, Now, TruncDate
from django.utils.translation import get_language

from inventory.files.cells import PLANT
from inventory.models import AwaitedLine, Discrepancy, GoodsReceipt, ShipNotice, ShipNoticeLine

_QUANTITY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=20, decimal_places=4)


def notice_rows(*, text: str = "", supplier: str = "", state: str = "", sort: str = "-pk") -> QuerySet[ShipNotice]:
    """Notices with `line_count`, `open_count` (lines of which something is still expected), expected and received
    quantities; newest first. `state`: open, part, done, overdue (a line is open past its promised day, by the plant's
    calendar). One query a page."""
    lines = ShipNoticeLine.objects.filter(notice=OuterRef("pk")).order_by().values("notice")
    receipts = GoodsReceipt.objects.filter(line__notice=OuterRef("pk")).order_by().values("line__notice")
    rows = ShipNotice.objects.select_related("supplier").annotate(
        line_count=Coalesce(Subquery(lines.annotate(n=Count("pk")).values("n")), 0),
        expected=Coalesce(Subquery(lines.annotate(q=Sum("quantity")).values("q")), Decimal(0), output_field=_QUANTITY),
        received=Coalesce(
            Subquery(receipts.annotate(q=Sum("quantity")).values("q")), Decimal(0), output_field=_QUANTITY
        ),
    )
    if text:
        rows = rows.filter(Q(number__icontains=text) | Q(order_number__icontains=text) | Q(file_name__icontains=text))
    if supplier:
        rows = rows.filter(supplier__code=supplier)
    if state == "open":
        rows = rows.filter(received=0)
    elif state == "part":
        rows = rows.filter(received__gt=0, received__lt=F("expected"))
    elif state == "done":
        rows = rows.filter(received__gte=F("expected"))
    elif state == "overdue":
        today = TruncDate(Now(), tzinfo=PLANT)
        late = AwaitedLine.objects.filter(line__notice=OuterRef("pk"), line__promised_on__lt=today)
        rows = rows.filter(Exists(_still_awaited(late)))
    return rows.order_by(
        {"number": "number", "-number": "-number", "sent": "shipped_at", "-sent": "-shipped_at"}.get(sort, "-pk")
    )


def _still_awaited(rows: QuerySet[AwaitedLine]) -> QuerySet[AwaitedLine]:
    """Without those of which all has come but what a settled discrepancy accepted as missing."""
    came = GoodsReceipt.objects.filter(line=OuterRef("line")).order_by().values("line")
    short = Discrepancy.objects.filter(line=OuterRef("line"), kind="under", settlement="accept")
    sums = [came, short.order_by().values("line")]
    came_sum, short_sum = (
        Coalesce(Subquery(one.annotate(q=Sum("quantity")).values("q")), Decimal(0), output_field=_QUANTITY)
        for one in sums
    )
    return rows.annotate(came=came_sum, short=short_sum).filter(line__quantity__gt=F("came") + F("short"))


@dataclass(frozen=True, slots=True)
class LineGroup:
    """What is announced of one part and lot for one day on a notice, against what came. `line_ids` only for lots."""

    part_number: str
    name_ja: str
    name_en: str
    revision: str
    lot_number: str
    is_serialised: bool
    first_line: int
    line_id: int
    expires_on: date | None
    promised_on: date | None
    expected: Decimal
    received: Decimal

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja

    @property
    def difference(self) -> Decimal:
        return self.received - self.expected


def notice_groups(notice_id: int) -> list[LineGroup]:
    """The lines of a notice by part, lot and promised day: units counted, lots summed. Two queries."""
    received = dict(
        GoodsReceipt.objects.filter(line__notice=notice_id)
        .order_by()
        .values_list("line_id")
        .annotate(came=Sum("quantity"))
    )
    groups: dict[tuple[int, str, date | None, int], LineGroup] = {}
    for line in ShipNoticeLine.objects.filter(notice=notice_id).select_related("part", "part_revision"):
        serialised = line.part.is_serialised
        key = (line.part_revision_id, line.lot_number, line.promised_on, 0 if serialised else line.pk)
        group = groups.get(key)
        came = received.get(line.pk, Decimal(0))
        groups[key] = LineGroup(
            part_number=line.part.number,
            name_ja=line.part.name_ja,
            name_en=line.part.name_en,
            revision=line.part_revision.revision,
            lot_number=line.lot_number,
            is_serialised=serialised,
            first_line=group.first_line if group else line.number,
            line_id=group.line_id if group else line.pk,
            expires_on=line.expires_on,
            promised_on=line.promised_on,
            expected=line.quantity + (group.expected if group else 0),
            received=came + (group.received if group else 0),
        )
    return sorted(groups.values(), key=lambda group: group.first_line)


def serial_lines(notice_id: int) -> QuerySet[ShipNoticeLine]:
    """The announced units of a notice, each with `received_unit_id` and `received_tag` (None: not yet)."""
    came = GoodsReceipt.objects.filter(line=OuterRef("pk"), unit__isnull=False)
    return (
        ShipNoticeLine.objects.filter(notice=notice_id)
        .filter(Q(part__traceability="serial"))
        .select_related("part")
        .annotate(
            received_unit_id=Subquery(came.values("unit_id")[:1]),
            received_tag=Coalesce(Subquery(came.values("unit__tag")[:1]), Value(""), output_field=TextField()),
        )
        .order_by("number")
    )
