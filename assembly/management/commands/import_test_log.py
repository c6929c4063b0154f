"""`manage.py import_test_log FILE --unit TAG|PART:SERIAL --station CODE`: a tester's file for its unit."""

import json
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Station, User
from assembly.operations.test_runs import FileTooBig, import_test_log
from assembly.queries.tests import earlier_import
from assembly.uploads import store_log
from inventory.operations.finding import find_unit_ids
from ledger.doors import command_caller, new_key
from ledger.refusals import Refusal


class Command(BaseCommand):
    help = "Imports one tester's file for a unit; prints the test run as JSON. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--unit", required=True, metavar="TAG|PART:SERIAL")
        parser.add_argument("--station", required=True, metavar="CODE")
        parser.add_argument("--exit-code", type=int, metavar="N")
        parser.add_argument("--expect-gpus", type=int, metavar="N")
        parser.add_argument("--as", dest="user", default="genpin", metavar="USER")
        parser.add_argument("--key", default="", metavar="K")

    def handle(self, *, file: Path, unit: str, station: str, **given: object) -> None:
        user = User.objects.filter(username=given["user"]).first()
        if user is None or not Station.objects.filter(code=station).exists():
            raise CommandError(f"There is no user {given['user']} or no station {station}.")
        caller = replace(command_caller(user, key=str(given["key"] or new_key())), station=station)
        sha256 = _stored(file)
        try:
            known = earlier_import(sha256, find_unit_ids([unit])[unit])
            run = import_test_log(
                caller=caller,
                file_sha256=sha256,
                file_name=file.name.encode("utf-8", "replace").decode(),
                unit=unit,
                exit_code=_whole(given["exit_code"]),
                expect_gpus=_whole(given["expect_gpus"]),
            )
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        answer = {
            "test_run": run.pk,
            "known": known is not None,
            "unit": run.unit.tag,
            "tool": run.tool,
            "verdict": run.verdict,
            "disposition": run.disposition,
            "reasons": run.reasons,
            "sha256": run.file_sha256,
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if known is not None:
            self.stderr.write(f"{file.name} was imported before; nothing was recorded.")


def _stored(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            return store_log(opened)
    except OSError as broken:
        raise CommandError(f"{path} cannot be opened: {broken.strerror or 'unknown reason'}.") from broken
    except FileTooBig as refusal:
        raise CommandError(refusal.detail) from refusal


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
