"""Carriers' files of what happened on the way: taken whole or not at all; and a person's word on a doubtful place."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast

from django.utils.translation import gettext as _

from inventory.operations.incoming_files import FileRefused, keep_file, stored_content
from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.files.carrier_lines import CarrierText, read_carrier_lines
from logistics.models import Carrier, CarrierFile, CarrierLineNote, MilestoneReview, Shipment
from logistics.operations.carrier_judging import Judgement, judge_lines, name_shipments, world_of
from logistics.operations.etas import unkept_expectation
from logistics.operations.lanes import carriers_by_code
from logistics.operations.milestones import LEG_KINDS, Kind, Report, legs_of, report_many, write_reports
from logistics.operations.shipments import lock_shipments

REASON_LIMIT = 500


class CarrierFileTaken(Refusal):
    """The same file was taken at the same moment."""


class NoDoubt(Refusal):
    """The report has no doubtful place, or somebody has settled it."""


class ReviewOdd(Refusal):
    """A word on a doubtful place needs its reason, and a leg where one was begun or ended."""


@operation(permission="logistics.report_milestone")
def import_carrier_file(*, caller: Caller, carrier_code: str, file_sha256: str, file_name: str) -> dict[str, object]:
    """Report what a carrier's stored file tells (`documents.files.put` it first), all or nothing; one event a report.

    The same file again changes nothing and answers `already`; a line that is known already is passed over and counted.
    Late reports and reports out of order are taken. An expected arrival too far ahead, or past, is put aside with its
    line's reason (`aside`); the report of the line is taken. A place that may be the other Sendai (仙台 / 川内) is
    taken as a position that a person has to settle (review_milestone). Locks the shipments by key. Refuses
    UnknownCarrier, FileMissing, FileRefused (every bad line with a sentence), CarrierFileTaken."""
    carrier = carriers_by_code({carrier_code})[carrier_code]
    there = CarrierFile.objects.filter(carrier=carrier, file_sha256=file_sha256).first()
    if there is not None:
        return _answer(there, already=True)
    content = stored_content(file_sha256)
    text = read_carrier_lines(content)
    judged, shipments = _judged(caller, carrier, text)
    if judged.faults:
        raise FileRefused(judged.faults)

    keep_file(caller, file_sha256, content, file_name)
    (key,) = next_keys(CarrierFile, 1)
    event = record(
        caller, "logistics.carrier-file-imported", ("logistics.carrierfile", key), carrier=carrier.code,
        lines=len(text.lines), reported=len(judged.taken), file_sha256=file_sha256,
    )  # fmt: skip
    row = CarrierFile.objects.create(
        pk=key, carrier=carrier, file_sha256=file_sha256, file_name=file_name[:200], lines=len(text.lines),
        reported=len(judged.taken), imported_at=caller.at, event_id=event,
    )  # fmt: skip
    reports = [one.report for one in judged.taken]
    milestones = write_reports(caller, reports, shipments, legs_of(shipments), carrier)
    CarrierLineNote.objects.bulk_create(
        CarrierLineNote(
            milestone=milestone, file=row, line=one.line, remarks=one.remarks, doubt=one.doubt, meant=one.meant
        )
        for milestone, one in zip(milestones, judged.taken, strict=True)
    )
    return _answer(row, already=False)


def check_carrier_file(caller: Caller, carrier: Carrier, content: bytes) -> tuple[CarrierText, Judgement]:
    """Step: what a file says and what would become of every line. Reads only."""
    text = read_carrier_lines(content)
    return text, _judged(caller, carrier, text, lock=False)[0]


def _judged(
    caller: Caller, carrier: Carrier, text: CarrierText, *, lock: bool = True
) -> tuple[Judgement, dict[int, Shipment]]:
    named = name_shipments(carrier, text.lines)
    wanted = set(named.by_line.values())
    shipments = lock_shipments(wanted) if lock else _seen(wanted)
    judged = judge_lines(text, named, world_of(caller, carrier, shipments))
    judged.faults = sorted([*text.faults, *judged.faults], key=lambda fault: fault.line)
    return judged, shipments


def _seen(wanted: set[int]) -> dict[int, Shipment]:
    rows = Shipment.objects.select_related("lane__destination", "departure", "arrival").filter(pk__in=wanted)
    return {row.pk: row for row in rows}


def _answer(row: CarrierFile, *, already: bool) -> dict[str, object]:
    """`aside`: the lines whose expected arrival is not kept as an ETA, with the reason, by what was written."""
    doubts = row.notes.filter(doubt=True).count()
    notes = row.notes.filter(milestone__expected_at__isnull=False).select_related("milestone").order_by("line")
    told = [(one.line, one.milestone) for one in notes]
    unkept = [(line, unkept_expectation(at.kind, at.expected_at, at.happened_at)) for line, at in told]
    aside = [{"line": line, "say": say} for line, say in unkept if say]
    return {
        "file": row.pk, "name": row.file_name, "lines": row.lines, "reported": row.reported, "doubts": doubts,
        "aside": aside, "already": already,
    }  # fmt: skip


@operation(permission="logistics.report_milestone", returns=MilestoneReview)
def review_milestone(
    *,
    caller: Caller,
    milestone_id: int,
    whose: Literal["ours", "elsewhere"],
    reason: str,
    leg_number: int | None = None,
) -> MilestoneReview:
    """Say which Sendai a carrier's report meant. `ours`: the lane's own place; what the carrier's word meant is then
    reported with its own moment (`leg_number` where a leg was begun or ended). `elsewhere`: it stays a position. Locks
    the shipment. Refuses UnknownShipment, NoDoubt, ReviewOdd, and what report_milestone refuses."""
    rows = CarrierLineNote.objects.select_related("milestone", "review").filter(milestone_id=milestone_id)
    note = rows.filter(doubt=True).first()
    if note is not None:
        lock_shipments([note.milestone.shipment_id])
        note = rows.get()
    if note is None or hasattr(note, "review"):
        raise NoDoubt(
            _("This report is not in doubt."), true=_("Nothing was recorded."), do=_("Look at the shipment's page.")
        )
    ends_a_leg = whose == "ours" and note.meant in LEG_KINDS
    _refuse_odd(reason.strip(), leg_number, ends_a_leg=ends_a_leg)

    event = record(
        caller, "logistics.milestone-reviewed", note.milestone.shipment, milestone=note.milestone_id,
        verdict=whose, reason=reason.strip(), leg=leg_number,
    )  # fmt: skip
    review = MilestoneReview.objects.create(
        note=note, verdict=whose, reason=reason.strip(), at=caller.at, by_id=caller.user.pk, event_id=event
    )
    if ends_a_leg:
        report_many(caller, [_meant(note, leg_number, note.milestone.happened_at)])
    return review


def _meant(note: CarrierLineNote, leg_number: int | None, at: datetime) -> Report:
    """What the carrier expected was kept with the doubtful report already."""
    told = note.milestone
    return Report(told.shipment_id, cast(Kind, note.meant), at, leg_number, told.place, "review")


def _refuse_odd(reason: str, leg_number: int | None, *, ends_a_leg: bool) -> None:
    say = ""
    if not reason or len(reason) > REASON_LIMIT:
        say = _("A reason of 1 to %(limit)d characters is needed.") % {"limit": REASON_LIMIT}
    elif ends_a_leg and leg_number is None:
        say = _("The carrier reports the start or end of a leg: which one is not said.")
    if say:
        raise ReviewOdd(say, true=_("Nothing was recorded."), do=_("Ask the carrier and fill it in."))


wall(
    "carrier_file_is_imported_once",
    lambda: CarrierFileTaken(_("This file was imported at the same moment."), true=_("Nothing was imported.")),
)
