"""Making: designs, builds, operations, installs, tests, burn-in."""

import importlib

from django.apps import AppConfig

ROOMS = (
    "routings", "designs", "cells", "builds", "runs", "installs", "deviations", "nonconformities", "history",
    "test_runs", "reservations", "burn_in", "telemetry",
)  # fmt: skip


class AssemblyConfig(AppConfig):
    name = "assembly"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in ROOMS:
            importlib.import_module(f"assembly.operations.{room}")
        importlib.import_module("assembly.checks")
        importlib.import_module("assembly.papers")
        scanning = importlib.import_module("inventory.scanning")
        scanning.register_resolver(100, importlib.import_module("assembly.scanning").resolve)
