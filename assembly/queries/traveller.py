"""The traveller's facts (工程移動票) as they are true now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from accounts.models import User
from assembly.documents import traveller_sheet as sheet
from assembly.models import Build, Nonconformity, Signature, TestRun
from assembly.queries.removed import removed_from
from assembly.queries.route import Route, routes_of
from assembly.queries.sheets_burn_in import SoakFacts, burn_ins_of, soak_facts
from assembly.queries.sheets_facts import (
    Latest,
    amendment_rows,
    amendments_of,
    build_of_sheet,
    identity_of,
    kind_counts,
    latest_of,
    lots_of,
    signatures_of,
    stamps_of,
)
from assembly.queries.sheets_steps import RunFacts, readings_of, reports_of, steps_of, wants_of
from assembly.queries.slots import FilledSlot, filled_slots
from assembly.text import reasons_words, told
from documents.words import SITE_NAME, Words

MEANINGS = {"made": "prepared", "checked": "checked", "approved": "approved"}


def traveller_sheet(build_id: int) -> sheet.TravellerSheet:
    """Every fact of a build's traveller. Twenty-two queries, however much was built. Raises Build.DoesNotExist.

    The same facts give the same sheet: what it says comes from stored rows, its time from the last event (or from the
    last sample that a running soak clock has counted)."""
    build = build_of_sheet(build_id)
    latest = latest_of(build)
    route = routes_of([build])[build.pk]
    signatures = signatures_of(build)
    soak = soak_facts(build.pk)
    slots = filled_slots(build.pk)
    corrections = amendments_of(build)
    facts = RunFacts(
        people=_people(route),
        signatures=signatures,
        readings=readings_of(build.pk),
        burn_ins={run.run_id: run for run in soak.runs},
        soaked=soak.soaked,
        test_runs=list(TestRun.objects.filter(build=build).select_related("run__operation").order_by("id")),
        reports=reports_of(build.pk),
        slots=() if build.origin == "imported" else slots,
        amended={row.amended_id: row.run_id for row in corrections},
    )
    at = max(filter(None, (latest.at, soak.latest)))
    return sheet.TravellerSheet(
        **identity_of(build),
        kind=build.design.kind,
        destination=SITE_NAME,
        need_by=build.need_by,
        at=at,
        record=latest.record,
        current=_current(build, route, latest, soak),
        stamps=stamps_of(build, latest, signatures),
        composition=kind_counts(build),
        lots=lots_of(build, deep=False),
        steps=steps_of(build.unit.tag, route, facts),
        slots=tuple(_slot(build, slot) for slot in slots),
        readings=tuple(reading for run in facts.readings.values() for reading in run),
        burn_ins=burn_ins_of(soak, at),
        signatures=tuple(signature_row(sign) for sign in signatures),
        nonconformities=tuple(_report(report) for report in facts.reports),
        test_runs=tuple(_test_run(run) for run in facts.test_runs),
        amendments=amendment_rows(corrections),
        removed=removed_from(build),
    )


def _people(route: Route) -> dict[int, User]:
    """Who started the runs. One query."""
    return User.objects.in_bulk({run.started_by_id for state in route.operations for run in state.runs})


def _current(build: Build, route: Route, latest: Latest, soak: SoakFacts) -> str:
    """The state of the current operation: a hold or an undecided nonconformity stops it, and so does an alarm."""
    if build.completed_at is not None:
        return "finished"
    stopped = latest.held or any(report.disposition is None for report in route.open_nonconformities)
    running = route.current is not None and route.current.open_run is not None
    if stopped:
        return "stopped_held" if running else "held"
    if running:
        return "stopped" if soak.in_alarm else "running"
    return "waiting"


def _slot(build: Build, slot: FilledSlot) -> sheet.SlotRow:
    return sheet.SlotRow(
        designation=slot.position,
        rack_unit="" if slot.ru is None else str(slot.ru),
        slot_number="" if slot.slot_number is None else str(slot.slot_number),
        designed_part=slot.part_number,
        name=Words(slot.part_ja, slot.part_en),
        installed_part=slot.unit_part,
        serial=slot.serial,
        tag=slot.tag,
        state=_slot_state(build, slot),
        since=slot.since,
    )


def _slot_state(build: Build, slot: FilledSlot) -> str:
    if slot.is_empty:
        if build.origin == "imported":
            return "unknown"
        return "missing" if slot.required and build.completed_at is not None else "empty"
    if slot.held:
        return "held"
    if slot.failed:
        return "failed"
    departs = slot.unit_part != slot.part_number and slot.position in build.deviating  # type: ignore[attr-defined]
    return "deviation" if departs else "installed"


def signature_row(sign: Signature) -> sheet.Signature:
    operation = sign.run.operation
    return sheet.Signature(
        step=str(operation.number),
        subject=Words(operation.name_ja, operation.name_en),
        name=_printed_name(sign.user),
        section=sign.user.section,
        meaning=MEANINGS[sign.meaning],
        at=sign.at,
        event=sign.event_id,
        void=sign.run.amendment.reason if sign.is_void else "",
    )


def _printed_name(user: User) -> Words:
    """In English with the Japanese name behind it: that is the one on the stamps."""
    ja = user.name_ja or user.name_en or user.username
    en = user.name_en or ja
    return Words(ja, en if en == ja else f"{en} ({ja})")


def _report(report: Nonconformity) -> sheet.Nonconformity:
    return sheet.Nonconformity(
        number=report.number,
        what=Words(told(report.says, "ja"), told(report.says, "en")) if report.says else report.text,
        found_at=report.opened_at,
        step=str(report.run.operation.number) if report.run else "",
        disposition=report.disposition or "",
        demands=_demands(wants_of(report), report.disposition_reason),
        state="closed" if report.closed_at else "open",
    )


def _demands(wants: Sequence[dict[str, int]], reason: str) -> str:
    """`250 → 320 → 350` and why: the operations that must be done again before the build goes on."""
    return "\n".join(filter(None, (" → ".join(_unique(str(want["number"]) for want in wants)), reason)))


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _test_run(run: TestRun) -> sheet.TestRunRow:
    return sheet.TestRunRow(
        step=str(run.run.operation.number) if run.run else "",
        tool=run.tool,
        version=run.tool_version,
        station=run.station,
        started_at=run.at,
        file_sha256=run.file_sha256,
        verdict=run.verdict,
        disposition=run.disposition,
        reason=Words(*(reasons_words(run.reasons[:3], language) for language in ("ja", "en"))),
    )
