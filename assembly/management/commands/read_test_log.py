"""`manage.py read_test_log FILE…`: what testers' files say, as JSON, without a database."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assembly.test_logs.column_map import BadColumnMap, ColumnMap, column_map_from_json
from assembly.test_logs.files import file_report
from assembly.test_logs.limits import BadLimits, limits_from_json
from assembly.test_logs.result import FORMATS, Limit, ReadOptions


class Command(BaseCommand):
    help = "Reads testers' files and prints one JSON object a file; exit status 1 if any was not understood."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=FORMATS, default="auto")
        parser.add_argument("--exit-code", type=int, metavar="N")
        parser.add_argument("--expect-gpus", type=int, metavar="N")
        parser.add_argument("--expect-ranks", type=int, metavar="N")
        parser.add_argument("--limits", type=Path, metavar="F.json")
        parser.add_argument("--column-map", action="append", default=[], type=Path, metavar="F.json")

    def handle(
        self,
        *,
        files: list[Path],
        format: str,  # noqa: A002
        limits: Path | None,
        column_map: list[Path],
        **given: object,
    ) -> None:
        options = ReadOptions(
            exit_code=_whole(given["exit_code"]),
            expect_gpus=_whole(given["expect_gpus"]),
            expect_ranks=_whole(given["expect_ranks"]),
            limits=_limits(limits) if limits else {},
            column_maps=tuple(_column_map(path) for path in column_map),
        )
        unread = 0
        for path in files:
            report = file_report(path, format=format, options=options)
            unread += "error" in report
            self.stdout.write(json.dumps(report, allow_nan=False))
        if unread:
            raise CommandError(f"{unread} of {len(files)} files were not understood.", returncode=1)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _limits(path: Path) -> dict[str, Limit]:
    try:
        return limits_from_json(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as broken:
        raise CommandError(f"The limits in {path} cannot be read: {broken}") from broken
    except BadLimits as bad:
        raise CommandError(str(bad)) from bad


def _column_map(path: Path) -> ColumnMap:
    try:
        return column_map_from_json(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as broken:
        raise CommandError(f"The column map in {path} cannot be read: {broken}") from broken
    except BadColumnMap as bad:
        raise CommandError(f"{path}: {bad}") from bad
