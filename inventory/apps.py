"""Parts, units, lots, places: what there is and where it is."""

import importlib

from django.apps import AppConfig

OPERATIONS = (
    "boms", "endings", "holds", "locations", "lots", "master_files", "parts", "placements", "receiving", "ship_notices",
    "units",
)  # fmt: skip

CHECKS = ("events", "names", "places")


class InventoryConfig(AppConfig):
    name = "inventory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for noun in OPERATIONS:
            importlib.import_module(f"inventory.operations.{noun}")
        for noun in CHECKS:
            importlib.import_module(f"inventory.checks.{noun}")
        importlib.import_module("inventory.papers")
        scanning = importlib.import_module("inventory.scanning")
        receiving = importlib.import_module("inventory.scanning.receiving")
        units = importlib.import_module("inventory.scanning.units")
        scanning.register_resolver(500, receiving.resolve)
        scanning.register_resolver(600, units.move_to)
        scanning.register_resolver(900, units.look_up)
