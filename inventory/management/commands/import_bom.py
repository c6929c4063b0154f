"""`manage.py import_bom FILE [--check]`."""

from typing import Any

from inventory.management.file_command import FileCommand
from inventory.operations.master_files import import_bom


class Command(FileCommand):
    """Release bills of material from a file."""

    help = "Release bills of material (CSV or XLSX), all or nothing."
    operation = import_bom

    def told(self, result: dict[str, Any], *, check: bool) -> str:
        done = "could be released" if check else "released"
        return f"{len(result['boms'])} bills {done}, {result['already']} were released already."
