"""Parts, units, lots, places: what there is and where it is."""

import importlib

from django.apps import AppConfig

OPERATIONS = (
    "bom_drafts", "boms", "discrepancies", "endings", "holds", "inspecting", "locations", "lots", "master_files",
    "part_edits", "parts", "placements", "recalls", "receiving", "returns", "sampling_plans", "scan_conflicts",
    "ship_notices", "units", "verdicts",
)  # fmt: skip

CHECKS = ("events", "inspections", "names", "places", "scans")


class InventoryConfig(AppConfig):
    name = "inventory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        told = importlib.import_module("inventory.event_words")
        words = importlib.import_module("ledger.event_words")
        words.register_events(told.EVENTS)
        for fact, values in told.VALUES.items():
            words.register_values(fact, values)
        for noun in OPERATIONS:
            importlib.import_module(f"inventory.operations.{noun}")
        for noun in CHECKS:
            importlib.import_module(f"inventory.checks.{noun}")
        importlib.import_module("inventory.papers")
        scanning = importlib.import_module("inventory.scanning")
        receiving = importlib.import_module("inventory.scanning.receiving")
        units = importlib.import_module("inventory.scanning.units")
        inspecting = importlib.import_module("inventory.scanning.inspecting")
        people = importlib.import_module("inventory.scanning.people")
        scanning.register_resolver(10, people.read_badge)
        scanning.register_resolver(20, people.read_station)
        scanning.register_resolver(490, inspecting.resolve)
        scanning.register_resolver(500, receiving.resolve)
        scanning.register_resolver(30, units.undo_move)
        scanning.register_resolver(600, units.move_to)
        scanning.register_resolver(900, units.look_up)
