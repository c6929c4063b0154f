"""Making: designs, builds, operations, installs, tests, burn-in."""

import importlib

from django.apps import AppConfig

ROOMS = (
    "tools", "configuration", "routings", "routing_drafts", "designs", "design_drafts", "rack_models", "build_orders",
    "planning_files", "cells", "builds", "runs", "amendments", "installs", "causes", "column_maps", "concessions",
    "deviations", "nonconformities", "history", "limit_sets", "dispositions", "firmware",
    "test_runs", "reservations", "replanning", "outages", "burn_in", "telemetry", "telemetry_columns",
    "telemetry_files", "raw_keeping", "raw_policy", "andon", "work_centres", "instructions", "kits", "reference_units",
)  # fmt: skip


class AssemblyConfig(AppConfig):
    name = "assembly"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        told = importlib.import_module("assembly.event_words")
        words = importlib.import_module("ledger.event_words")
        words.register_events(told.EVENTS)
        for fact, values in told.VALUES.items():
            words.register_values(fact, values)
        words.register_teller("says", "text", importlib.import_module("assembly.text").told)
        for room in ROOMS:
            importlib.import_module(f"assembly.operations.{room}")
        importlib.import_module("assembly.checks")
        importlib.import_module("assembly.papers")
        scanning = importlib.import_module("inventory.scanning")
        scanning.register_resolver(80, importlib.import_module("assembly.scanning.kits").resolve)
        scanning.register_resolver(90, importlib.import_module("assembly.scanning.commands").resolve)
        scanning.register_resolver(100, importlib.import_module("assembly.scanning").resolve)
