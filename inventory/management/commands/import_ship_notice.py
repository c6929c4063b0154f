"""`manage.py import_ship_notice FILE [--check]`."""

from typing import Any

from inventory.management.file_command import FileCommand
from inventory.operations.ship_notices import import_ship_notice


class Command(FileCommand):
    """Import a supplier's ship notice."""

    help = "Import a supplier's ship notice (CSV or XLSX), all or nothing; the same file again is a no-op."
    operation = import_ship_notice

    def told(self, result: dict[str, Any], *, check: bool) -> str:
        numbers = ", ".join(result["numbers"])
        if result["already"]:
            return f"This file was imported before: {numbers}, {result['lines']} lines. Nothing was changed."
        done = "can be imported" if check else "imported"
        return f"{numbers}: {result['lines']} lines {done}."
