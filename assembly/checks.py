"""Integrity checks of builds, burn-ins and testers' files: registered in the table of `check_integrity`."""

from __future__ import annotations

from collections.abc import Iterator

from assembly.burn_in.moments import MINUTE
from assembly.burn_in.packing import digest_of
from assembly.burn_in.soak import course_of
from assembly.models import BurnInRun, RawFile, Signature, TestRun
from assembly.queries.attempts import KEPT_ARE_AS_JUDGED
from assembly.queries.burn_in import limits_of_series, samples_of
from assembly.queries.raw_telemetry import path_of
from assembly.queries.shown import Shown
from assembly.queries.standing import UNDONE
from documents.files import hash_of, is_whole
from inventory.checks import Fault, register_check
from inventory.checks.sql import statement
from ledger.models import Event

register_check(
    "assembly.kept-attempts-are-as-judged",
    statement(KEPT_ARE_AS_JUDGED, "judged anew it is {1}, but {2} is kept"),
)
register_check(
    "assembly.fitted-units-sit-in-a-slot",
    statement(
        "SELECT 'placement ' || p.id, u.tag, p.position FROM inventory_placement p"
        " JOIN assembly_build b ON b.unit_id = p.host_id JOIN inventory_unit u ON u.id = b.unit_id"
        " WHERE p.to_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM assembly_slot s WHERE s.build_id = b.id AND s.position = p.position)"
        " AND NOT EXISTS (SELECT 1 FROM inventory_partposition pp"
        " WHERE pp.part_revision_id = u.part_revision_id AND pp.position = p.position) ORDER BY p.id",
        "{1} has no place {2}",
    ),
)
register_check(
    "assembly.fitted-parts-are-accepted",
    statement(
        "SELECT 'slot ' || s.id, i.tag, s.position FROM assembly_slot s"
        " JOIN assembly_build b ON b.id = s.build_id"
        " JOIN inventory_placement p ON p.host_id = b.unit_id AND p.position = s.position AND p.to_at IS NULL"
        " JOIN inventory_unit i ON i.id = p.unit_id"
        " WHERE i.part_id <> s.part_id AND NOT i.part_id = ANY(s.alternates) AND NOT EXISTS"
        " (SELECT 1 FROM assembly_deviation d WHERE d.build_id = b.id AND d.position = s.position"
        " AND d.part_id = i.part_id) ORDER BY s.id",
        "{1} sits in {2}, which takes another part",
    ),
)
register_check(
    "assembly.slots-are-those-of-the-design",
    statement(
        "SELECT 'build ' || COALESCE(x.build_id, s.build_id), COALESCE(x.position, s.position) FROM"
        " (SELECT b.id AS build_id, d.* FROM assembly_build b"
        " JOIN assembly_designslot d ON d.design_id = b.design_id) x"
        " FULL JOIN assembly_slot s ON s.build_id = x.build_id AND s.position = x.position"
        ' AND (s.kind, s."order", s.part_id, s.alternates, s.required, s.ru_height)'
        ' = (x.kind, x."order", x.part_id, x.alternates, x.required, x.ru_height)'
        " AND (s.ru, s.slot_number, s.tray_index) IS NOT DISTINCT FROM (x.ru, x.slot_number, x.tray_index)"
        " WHERE x.build_id IS NULL OR s.build_id IS NULL ORDER BY 1, 2",
        "slot {1} is not a copy of the design's",
    ),
)
register_check(
    "assembly.complete-builds-have-everything-done",
    statement(
        "SELECT 'build ' || b.id, b.order_number, u.number FROM assembly_build b"
        " JOIN assembly_design d ON d.id = b.design_id"
        f" JOIN LATERAL ({UNDONE}) u ON true"
        " WHERE b.completed_at IS NOT NULL AND b.origin = 'plant' ORDER BY b.id, u.number",
        "{1} is complete, but its operation {2} is not done",
    ),
)
register_check(
    "assembly.complete-builds-have-required-slots-filled",
    statement(
        "SELECT 'slot ' || s.id, b.order_number, s.position FROM assembly_slot s"
        " JOIN assembly_build b ON b.id = s.build_id"
        " WHERE b.completed_at IS NOT NULL AND b.origin = 'plant' AND s.required AND NOT EXISTS"
        " (SELECT 1 FROM inventory_placement p WHERE p.host_id = b.unit_id AND p.position = s.position"
        " AND p.to_at IS NULL) ORDER BY s.id",
        "{1} is complete, but its slot {2} is empty",
    ),
)
register_check(
    "assembly.attempts-count-without-gaps",
    statement(
        "SELECT 'build ' || build_id || ', operation ' || operation_id, count(*), max(attempt)"
        " FROM assembly_operationrun GROUP BY build_id, operation_id HAVING count(*) <> max(attempt) ORDER BY 1",
        "{1} attempts are numbered up to {2}",
    ),
)
register_check(
    "assembly.checkers-are-second-persons",
    statement(
        "SELECT 'signature ' || s.id, s.run_id FROM assembly_signature s"
        " JOIN assembly_operationrun r ON r.id = s.run_id"
        " JOIN assembly_signature m ON m.run_id = s.run_id AND m.meaning = 'made'"
        " WHERE s.meaning <> 'made' AND m.user_id = s.user_id ORDER BY s.id",
        "run {1} was made and checked by one person",
    ),
)
register_check(
    "assembly.signatures-name-their-persons-pin",
    statement(
        "SELECT 'signature ' || s.id, s.pin_check_id FROM assembly_signature s WHERE NOT EXISTS"
        " (SELECT 1 FROM accounts_pincheck c WHERE c.id = s.pin_check_id AND c.user_id = s.user_id) ORDER BY s.id",
        "PIN check {1} is not the signer's",
    ),
)
register_check(
    "assembly.failed-runs-are-reported",
    statement(
        "SELECT 'run ' || r.id, b.order_number FROM assembly_operationrun r JOIN assembly_build b ON b.id = r.build_id"
        " WHERE r.result = 'fail' AND b.origin = 'plant'"
        " AND NOT EXISTS (WITH RECURSIVE chain(id) AS (SELECT r.id UNION ALL"
        " SELECT a.amended_id FROM chain JOIN assembly_amendment a ON a.run_id = chain.id)"
        " SELECT 1 FROM assembly_nonconformity n JOIN chain ON chain.id = n.run_id) ORDER BY r.id",
        "a run of {1} failed without a nonconformity",
    ),
)
register_check(
    "assembly.closed-nonconformities-are-answered",
    statement(
        "SELECT 'nonconformity ' || n.number, o.number FROM assembly_nonconformity n"
        " JOIN assembly_rework w ON w.nonconformity_id = n.id JOIN assembly_reworkoperation x ON x.rework_id = w.id"
        " JOIN assembly_routingoperation o ON o.id = x.operation_id WHERE n.closed_at IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM assembly_operationrun r WHERE r.build_id = n.build_id AND r.operation_id = x.operation_id"
        " AND r.result IN ('pass', 'conditional') AND r.started_event_id > w.event_id) ORDER BY n.id, o.number",
        "it is closed, but operation {1} was not done again",
    ),
)
register_check(
    "assembly.decided-nonconformities-name-their-event",
    statement(
        "SELECT 'nonconformity ' || number, coalesce(disposition, '-') FROM assembly_nonconformity"
        " WHERE (disposition IS NULL) <> (disposed_event_id IS NULL)"
        " OR (closed_at IS NULL) <> (closed_event_id IS NULL) ORDER BY id",
        "disposition {1} and its event do not go together",
    ),
)


def signatures_match_what_was_shown() -> Iterator[Fault]:
    """Each signature is bound to the facts that its signer was shown: their hash is found again from the rows."""
    signatures = Signature.objects.order_by("pk").select_related("run")
    last = 0
    while batch := list(signatures.filter(pk__gt=last)[:2_000]):
        last = batch[-1].pk
        shown = Shown(list({sign.run_id: sign.run for sign in batch}.values()))
        for sign in batch:
            if shown.hash_of(sign.run, before=sign.event_id) != sign.shown_hash:
                yield Fault(f"signature {sign.pk}", f"run {sign.run_id} is not what was shown when it was signed")


register_check("assembly.signatures-match-what-was-shown", signatures_match_what_was_shown)
register_check(
    "assembly.amended-runs-are-followed",
    statement(
        "SELECT 'amendment ' || a.id, o.attempt, n.attempt FROM assembly_amendment a"
        " JOIN assembly_operationrun o ON o.id = a.amended_id JOIN assembly_operationrun n ON n.id = a.run_id"
        " WHERE (n.build_id, n.operation_id, n.attempt, n.started_event_id)"
        " <> (o.build_id, o.operation_id, o.attempt + 1, o.started_event_id) ORDER BY a.id",
        "attempt {2} does not follow attempt {1}",
    ),
)


def soak_follows_from_samples() -> Iterator[Fault]:
    """The soak minutes of every ended run are those of its stored samples, and these are the ones that were judged."""
    limits = limits_of_series()
    ended = BurnInRun.objects.exclude(ended_event_id=None).select_related("cell").order_by("pk")
    told = dict(Event.objects.filter(pk__in=ended.values("ended_event_id")).values_list("pk", "payload"))
    for run in ended.iterator():
        where = f"assembly_burninrun {run.pk} ({run.cell.code})"
        digest = told.get(run.ended_event_id or 0, {}).get("samples_sha256")
        if digest is None:
            continue  # history that came without samples
        times, values = samples_of(run.pk)
        soaked = course_of(times, values, limits, run.gap_minutes_allowed * MINUTE).soak_minutes
        if soaked != run.soak_minutes:
            yield Fault(where, f"soaked {soaked} minutes by its samples, but {run.soak_minutes} are recorded")
        if digest != digest_of(times, values):
            yield Fault(where, "its samples are not those that its verdict was given on")
        if run.verdict == "pass" and soaked < run.soak_minutes_required:
            yield Fault(where, f"passed with {soaked} of {run.soak_minutes_required} minutes")


def test_files_are_kept() -> Iterator[Fault]:
    """The file behind every test run is in the store, byte for byte."""
    rows = dict(TestRun.objects.order_by("-pk").values_list("file_sha256", "pk"))
    for sha256, pk in rows.items():
        if not is_whole(sha256):
            yield Fault(f"assembly_testrun {pk}", f"its file {sha256} is not in the store, or was changed")


register_check("assembly.soak-follows-from-samples", soak_follows_from_samples)
register_check("assembly.test-files-are-kept", test_files_are_kept)


def raw_telemetry_is_kept() -> Iterator[Fault]:
    """Every raw file that a row names is in its place, byte for byte."""
    for file in RawFile.objects.order_by("pk").iterator():
        path = path_of(file.burn_in_id, file.sha256)
        if not path.is_file() or hash_of(path) != file.sha256:
            yield Fault(f"assembly_rawfile {file.pk}", f"the file {file.sha256} is not in its place, or was changed")


register_check("assembly.raw-telemetry-is-kept", raw_telemetry_is_kept)
