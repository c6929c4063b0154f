"""The facts of a recall notice (回収通知書): all of a recall, or of one rack that it hits."""

from __future__ import annotations

from django.db.models import Count as Counted
from django.db.models import Max, Q

from documents.paper import Stamp
from documents.words import PLANT_NAME, Plant, Words
from inventory.models import Hold, Placement, Recall, Unit
from ledger.models import Event
from logistics.documents.recall_notice import Count, NoticePath, NoticeRow, RecallNoticeSheet
from logistics.documents.recall_notice_words import ABOUT, KINDS, PLACES, why
from logistics.queries.recalls import Affected, RecallAnswer, recall_answer

PLANT = Plant(PLANT_NAME, Words("品質保証部", "Quality assurance"))


def recall_notice_sheet(recall_id: int, unit_id: int | None = None) -> RecallNoticeSheet:
    """Every fact of the notice of a recall; with a unit, of that rack alone. Twelve queries, however many rows.

    Raises Recall.DoesNotExist."""
    recall = Recall.objects.select_related("opened_by").get(pk=recall_id)
    answer = recall_answer(recall.criterion)
    if unit_id is not None:
        answer.rows = [row for row in answer.rows if row.thing.unit_id == unit_id]
    holds = Hold.objects.filter(recall=recall).aggregate(
        all=Counted("pk"),
        open=Counted("pk", filter=Q(released_at=None)),
        placed=Max("placed_event_id"),
        released=Max("released_event_id"),
    )
    last = _last_event(recall, answer, holds["placed"], holds["released"])
    return RecallNoticeSheet(
        plant=PLANT,
        recall=recall.number,
        rack=Unit.objects.get(pk=unit_id).name if unit_id is not None else "",
        about=ABOUT[recall.kind],
        names=tuple(recall.names),
        part=recall.part,
        from_at=recall.from_at,
        to_at=recall.to_at,
        reason=recall.reason,
        opened_at=recall.opened_at,
        closed_at=recall.closed_at,
        holds=holds["all"],
        holds_open=holds["open"],
        counts=tuple(
            Count(PLACES[place], answer.count("rack", place), answer.count("tray", place), answer.count("loose", place))
            for place in PLACES
        ),
        rows=tuple(_row(row) for row in answer.rows),
        stamps=(Stamp("prepared", recall.opened_by.section, recall.opened_by.family_name, recall.opened_at),),
        at=last.recorded_at,
        record=last.pk,
    )


def _last_event(recall: Recall, answer: RecallAnswer, *events: int | None) -> Event:
    """The event after which all this was true: of the recall, its holds, or the places of what it hits. Two queries."""
    units = {thing.unit_id for row in answer.rows for path in row.paths for thing in path.units}
    moved = Placement.objects.filter(unit_id__in=units, to_at=None).aggregate(last=Max("event_id"))["last"]
    known = (recall.opened_event_id, recall.closed_event_id, moved, *events)
    return Event.objects.get(pk=max(event for event in known if event))


def _row(row: Affected) -> NoticeRow:
    return NoticeRow(
        name=row.thing.name,
        tag=row.thing.tag,
        kind=KINDS[row.kind],
        place=PLACES[row.place],
        location=Words(row.location_ja, row.location_en),
        crate=row.crate.name if row.crate else "",
        held=row.thing.is_held,
        paths=tuple(
            NoticePath(
                why(path.start.how, path.start.what, path.start.detail),
                " → ".join(
                    [path.units[0].name]
                    + [
                        f"{thing.name} ({step.position})"
                        for step, thing in zip(path.steps, path.units[1:], strict=True)
                    ]
                ),
            )
            for path in row.paths
        ),
    )
