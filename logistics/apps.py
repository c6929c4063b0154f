"""Moving: crates, shipments, the site, lead times."""

import importlib

from django.apps import AppConfig

ROOMS = (
    "acceptances", "arrivals", "calendars", "carrier_files", "carrier_words", "comparisons", "condition_limits",
    "crate_moves", "crates", "departures", "disruptions", "exceptions", "exports", "forecasts", "handovers", "lanes",
    "loads", "logger_files", "loggers", "milestones", "part_arrivals", "places", "raw_removals", "recalls",
    "receivings", "replanning", "road_readings", "scenarios", "shipments", "site_returns", "sites", "timetables",
    "vehicles", "work_limits",
)  # fmt: skip


class LogisticsConfig(AppConfig):
    name = "logistics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        told = importlib.import_module("logistics.event_words")
        words = importlib.import_module("ledger.event_words")
        words.register_events(told.EVENTS)
        for fact, values in told.VALUES.items():
            words.register_values(fact, values)
        for room in ROOMS:
            importlib.import_module(f"logistics.operations.{room}")
        importlib.import_module("logistics.papers")
        scanning = importlib.import_module("inventory.scanning")
        door = importlib.import_module("logistics.scanning")
        scanning.register_resolver(200, door.resolve)
        scanning.register_resolver(890, door.show_shipment)
        importlib.import_module("logistics.checks").register()
