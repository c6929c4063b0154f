"""`manage.py import_parts FILE [--check]`."""

from typing import Any

from inventory.management.file_command import FileCommand
from inventory.operations.master_files import import_parts


class Command(FileCommand):
    """Define parts from a file."""

    help = "Define parts with revisions, aliases and built-in parts (CSV or XLSX), all or nothing."
    operation = import_parts

    def told(self, result: dict[str, Any], *, check: bool) -> str:
        done = "could be defined" if check else "defined"
        return f"{result['parts'] - result['already']} part revisions {done}, {result['already']} were there already."
