"""The facts of an incoming inspection report (受入検査成績書)."""

from __future__ import annotations

from accounts.models import User
from documents.paper import Stamp
from documents.words import PLANT_NAME, Plant, Words, number
from inventory.documents.incoming_inspection import InspectionSheet, PieceRow, PointRow
from inventory.models import InspectedPiece, Inspection, InspectionPoint
from inventory.queries.inspections import inspection_page, photos_of, pieces_of
from ledger.models import Event

PLANT = Plant(PLANT_NAME, Words("品質保証部", "Quality assurance"))
NOBODY = Words("", "")


def inspection_sheet(name: str) -> InspectionSheet:
    """Every fact of the report of an inspection. Seven queries.

    Raises Inspection.DoesNotExist."""
    found = inspection_page(name)
    if found is None:
        raise Inspection.DoesNotExist
    every = pieces_of(found)
    pieces = [piece for piece in every if piece.withdrawn_at is None]
    photos = photos_of(pieces)
    events = {found.event_id, found.judged_event_id, found.conceded_event_id}
    events |= {piece.event_id for piece in every} | {piece.withdrawn_event_id for piece in every}
    last = Event.objects.get(pk=max(event for event in events if event))
    return InspectionSheet(
        plant=PLANT,
        number=found.number,
        kind=found.kind,
        origin=found.origin.number if found.origin else "",
        part_number=found.part.number,
        name=Words(found.part.name_ja, found.part.name_en),
        supplier=found.supplier.name,
        notice=found.notice.number,
        lot=found.lot.number if found.lot else "",
        size=found.lot_size.normalize(),
        plan=str(found.plan),
        plan_name=Words(found.plan.name_ja, found.plan.name_en),
        standard=found.plan.standard,
        sample=found.sample,
        accept=found.accept,
        inspected=found.inspected,
        nonconforming=found.nonconforming,
        points=tuple(_point(point) for point in found.plan.points.all()),
        pieces=tuple(_piece(piece, tuple(photos.get(piece.pk, ()))) for piece in pieces),
        verdict=found.verdict or "",
        judged_at=found.judged_at,
        judged_by=_name(found.judged_by),
        remarks=found.remarks,
        conceded_at=found.conceded_at,
        conceded_by=_name(found.conceded_by),
        conceded_why=found.conceded_why,
        stamps=_stamps(found, pieces),
        at=last.recorded_at,
        record=last.pk,
    )


def _stamps(found: Inspection, pieces: list[InspectedPiece]) -> tuple[Stamp, ...]:
    """作成: who looked at the last piece; 承認: who signed the verdict; of a special acceptance 承認 is the second
    person, and who rejected it stands in 確認."""
    stamps = []
    if pieces:
        stamps.append(_stamp("prepared", pieces[-1].by, pieces[-1].at))
    if found.judged_by is not None:
        stamps.append(_stamp("checked" if found.conceded_by else "approved", found.judged_by, found.judged_at))
    if found.conceded_by is not None:
        stamps.append(_stamp("approved", found.conceded_by, found.conceded_at))
    return tuple(stamps)


def _stamp(meaning: str, user: User, at: object) -> Stamp:
    return Stamp(meaning, user.section, user.family_name, at)  # type: ignore[arg-type]


def _name(user: User | None) -> Words:
    if user is None:
        return NOBODY
    ja = user.name_ja or user.name_en or user.username
    return Words(ja, user.name_en or ja)


def _point(point: InspectionPoint) -> PointRow:
    limits = ""
    if point.kind == "measured":
        low = number(point.low.normalize()) if point.low is not None else ""
        high = number(point.high.normalize()) if point.high is not None else ""
        limits = f"{low} – {high}" if low and high else f"≧ {low}" if low else f"≦ {high}"
    return PointRow(point.number, Words(point.text_ja, point.text_en), f"{limits} {point.unit}".strip())


def _piece(piece: InspectedPiece, photos: tuple[str, ...]) -> PieceRow:
    return PieceRow(
        number=piece.number,
        serial=piece.unit.name if piece.unit else "",
        ok=piece.ok,
        values=tuple(
            (result.point.number, f"{number(result.value.normalize())} {result.point.unit}".strip())
            for result in piece.results.all()
            if result.value is not None
        ),
        defect=piece.defect,
        photos=photos,
        at=piece.at,
        by=_name(piece.by),
    )
