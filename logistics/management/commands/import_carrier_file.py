"""`manage.py import_carrier_file FILE --carrier CODE [--check]`."""

from typing import Any

from django.core.management.base import CommandParser

from inventory.management.file_command import FileCommand
from logistics.operations.carrier_files import import_carrier_file


class Command(FileCommand):
    """Report what a carrier's file tells."""

    help = "Read in a carrier's file of milestones (CSV or XLSX), all or nothing; the same file again is a no-op."
    operation = import_carrier_file

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--carrier", required=True, help="code of the carrier, such as CR-SETO")

    def more_arguments(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"carrier_code": options["carrier"]}

    def told(self, result: dict[str, Any], *, check: bool) -> str:
        if result["already"]:
            return f"This file was read in before: {result['lines']} lines. Nothing was changed."
        done = "can be reported" if check else "reported"
        told = [f"{result['lines']} lines, {result['reported']} {done}, {result['doubts']} to be checked."]
        return "\n".join([*told, *(f"line {one['line']}: {one['say']}" for one in result["aside"])])
