"""Looking at pieces of what arrived: each once, at the points of its plan; a slip is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext as _

from documents.operations.photos import attach_photos
from inventory.models import GoodsReceipt, InspectedPiece, Inspection, InspectionPoint, PointResult, Unit
from inventory.operations.finding import find_unit_id, refuse_ended
from inventory.operations.inspections import lock_inspection, resize
from inventory.operations.units import next_keys, place_sentence
from ledger.bulk import insert_rows
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class InspectionJudged(Refusal):
    """The inspection has its verdict: no piece is added or taken back."""


class NotInInspection(Refusal):
    """The unit did not arrive with what is inspected here."""


class PieceInspected(Refusal):
    """The unit was looked at already."""


class SampleComplete(Refusal):
    """As many pieces were looked at as the plan asks for."""


class PointOdd(Refusal):
    """A point that the plan does not have, a value for a point that is looked at, or one out of its range."""


class ValueMissing(Refusal):
    """A point of the plan is measured, and no value was given."""


class PieceUnknown(Refusal):
    """No such piece was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredValue:
    """A value at a measured point, in the point's unit, at most four decimals."""

    point: int
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceFinding:
    """What somebody saw on one piece. `code`: the label of a unit (blank for a part without serials). `failed`: numbers
    of the points that are NG to the eye. `photos`: hashes of kept photos."""

    ok: bool
    code: str = ""
    failed: list[int] = field(default_factory=list)
    values: list[MeasuredValue] = field(default_factory=list)
    defect: str = ""
    photos: list[str] = field(default_factory=list)


@operation(permission="inventory.inspect", returns=InspectedPiece)
def inspect_piece(*, caller: Caller, number: str, finding: PieceFinding) -> InspectedPiece:
    """Record one piece of an inspection, each unit once. It is OK when it was called so and no value lies outside its
    limits (the limits belong to what is good); an OK piece needs all its values.

    Locks the inspection. Refuses UnknownInspection, InspectionJudged, SampleComplete, UnknownSerial, AmbiguousSerial,
    NotInInspection, UnitEnded, PieceInspected, PointOdd, ValueMissing, TooManyPhotos, PhotoMissing, NotAPhoto,
    LayoutError."""
    inspection = lock_inspection(number)
    _refuse_judged(inspection)
    if inspection.inspected >= inspection.sample:
        raise SampleComplete(
            _("All %(count)d pieces of %(number)s are inspected.")
            % {"count": inspection.sample, "number": inspection.number},
            true=_("Nothing was recorded."),
            do=_("Have the verdict signed."),
        )
    unit = unit_to_inspect(inspection, finding.code) if inspection.lot_id is None else None
    points = list(InspectionPoint.objects.filter(plan=inspection.plan_id))
    results = _results(points, finding)
    ok = finding.ok and all(result.ok for result in results)

    piece = _next_piece(caller, inspection, unit, ok)
    piece.defect = "" if ok else finding.defect.strip() or _failed_points(points, results)
    piece.event_id = _tell(caller, inspection, piece, finding)
    insert_rows([piece])
    for result in results:
        result.piece_id = piece.pk
    insert_rows(results)
    attach_photos(caller, piece, finding.photos, piece.event_id)
    inspection.inspected += 1
    inspection.nonconforming += not ok
    inspection.save(update_fields=["inspected", "nonconforming"])
    return piece


@operation(permission="inventory.inspect", returns=InspectedPiece)
def take_back_piece(*, caller: Caller, number: str, piece: int) -> InspectedPiece:
    """Take a slip back: the record of the piece stays, marked; the piece may be looked at again, unless its unit has
    ended: then the sample is one less.

    Locks the inspection. Refuses UnknownInspection, InspectionJudged, PieceUnknown."""
    inspection = lock_inspection(number)
    _refuse_judged(inspection)
    active = InspectedPiece.objects.select_related("unit").filter(inspection=inspection, withdrawn_at=None)
    found = active.filter(number=piece).first()
    if found is None:
        raise PieceUnknown(
            _("Piece %(piece)d of %(number)s is not recorded.") % {"piece": piece, "number": inspection.number},
            true=_("Nothing was recorded."),
            do=_("Look at the list of its pieces."),
        )

    subject = ("inventory.unit", found.unit_id) if found.unit_id else ("inventory.lot", inspection.lot_id or 0)
    facts = {"number": inspection.number, "piece": piece, "verdict": _word(found.ok)}
    event = record_many(caller, "inventory.piece-taken-back", [Happening(subject, facts)])[0]
    found.withdrawn_at, found.withdrawn_by_id, found.withdrawn_event_id = caller.at, caller.user.pk, event
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_event_id"])
    inspection.inspected -= 1
    inspection.nonconforming -= not found.ok
    inspection.save(update_fields=["inspected", "nonconforming"])
    if found.unit is not None and found.unit.ended_at is not None:
        resize(caller, [inspection])
    return found


def _refuse_judged(inspection: Inspection) -> None:
    if inspection.verdict is not None:
        raise InspectionJudged(
            _("Inspection %(number)s is judged already.") % {"number": inspection.number},
            true=_("Nothing was recorded."),
            do=_("Look at its verdict."),
        )


def unit_to_inspect(inspection: Inspection, code: str) -> Unit:
    """Step: the unit that a label names, of this inspection's goods, here, not looked at yet. Refuses as
    inspect_piece."""
    unit = Unit.objects.select_related("part").get(pk=find_unit_id(code))
    goods = inspection.origin_id or inspection.pk
    receipt = GoodsReceipt.objects.filter(unit=unit).select_related("inspection").first()
    if receipt is None or receipt.inspection_id != goods:
        other = receipt.inspection.number if receipt and receipt.inspection else ""
        raise NotInInspection(
            _("%(unit)s is not of inspection %(number)s.") % {"unit": unit.name, "number": inspection.number},
            true=(
                _("It belongs to inspection %(number)s. Nothing was recorded.") % {"number": other}
                if other
                else _("%(place)s Nothing was recorded.") % {"place": place_sentence(unit)}
            ),
            do=_("Take a piece of this delivery."),
        )
    refuse_ended(unit)
    looked = [inspection.pk, *([inspection.origin_id] if inspection.origin_id else [])]
    before = InspectedPiece.objects.filter(inspection__in=looked, unit=unit, withdrawn_at=None).first()
    if before is not None:
        raise _inspected_already(unit.name, _word(before.ok))
    return unit


def _inspected_already(name: str, word: str) -> PieceInspected:
    return PieceInspected(
        _("%(unit)s was inspected already: %(word)s.") % {"unit": name, "word": word},
        true=_("Nothing was recorded."),
        do=_("Take another piece. A slip is taken back first."),
    )


def _results(points: Sequence[InspectionPoint], finding: PieceFinding) -> list[PointResult]:
    """What each point showed. Of a piece that is NG the values may be missing: what is broken is not measured."""
    by_number = {point.number: point for point in points}
    values = {given.point: given.value for given in finding.values}
    _refuse_odd_points(by_number, finding, values)
    results = []
    for point in points:
        value = values.get(point.number)
        if point.kind == "visual":
            results.append(PointResult(point=point, ok=point.number not in finding.failed, value=None))
        elif value is not None:
            results.append(PointResult(point=point, ok=point.holds(value), value=value))
        elif finding.ok:
            raise ValueMissing(
                _("The value of point %(number)d is missing: %(text)s.") % {"number": point.number, "text": point.text},
                true=_("Nothing was recorded."),
                do=_("Measure it and enter the value."),
            )
    return results


def _refuse_odd_points(
    by_number: dict[int, InspectionPoint], finding: PieceFinding, values: dict[int, Decimal]
) -> None:
    for number in [*finding.failed, *values]:
        point = by_number.get(number)
        if point is None or (number in values) != (point.kind == "measured"):
            raise PointOdd(
                _("Point %(number)d is not recorded that way by this plan.") % {"number": number},
                true=_("Nothing was recorded."),
                do=_("Open the inspection again."),
            )
    for value in values.values():
        if abs(value) >= 10**10 or value != value.quantize(Decimal("0.0001")):
            raise PointOdd(
                _("A value has at most ten digits and four decimals."),
                true=_("Nothing was recorded."),
                do=_("Enter the value again."),
            )


def _failed_points(points: Sequence[InspectionPoint], results: Sequence[PointResult]) -> str:
    """Why a piece is NG where nobody wrote it: the points that failed; a bare NG scanned at the bench says so."""
    failed = {result.point_id for result in results if not result.ok}
    return ", ".join(point.text for point in points if point.pk in failed) or _("NG without a reason")


def _next_piece(caller: Caller, inspection: Inspection, unit: Unit | None, ok: bool) -> InspectedPiece:
    active = InspectedPiece.objects.filter(inspection=inspection, withdrawn_at=None)
    last = active.aggregate(last=Max("number"))["last"] or 0
    return InspectedPiece(
        pk=next_keys(InspectedPiece, 1)[0],
        inspection=inspection,
        unit=unit,
        number=last + 1,
        ok=ok,
        at=caller.happened_at,
        by_id=caller.user.pk,
        event_id=0,
    )


def _tell(caller: Caller, inspection: Inspection, piece: InspectedPiece, finding: PieceFinding) -> int:
    """The event, told of the unit (or the lot) that was looked at, so that its own history shows it."""
    subject = ("inventory.unit", piece.unit_id) if piece.unit_id else ("inventory.lot", inspection.lot_id or 0)
    facts = {
        "number": inspection.number,
        "piece": piece.number,
        "verdict": _word(piece.ok),
        "defect": piece.defect,
        "failed": list(finding.failed),
        "values": {str(given.point): given.value for given in finding.values},
        "photos": list(finding.photos),
    }
    return record_many(caller, "inventory.piece-inspected", [Happening(subject, facts)])[0]


def _word(ok: bool) -> str:
    return "OK" if ok else "NG"


wall("unit_is_inspected_once", lambda: _inspected_already(_("The unit"), _("at the same moment")))
