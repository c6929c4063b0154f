"""People, roles, stations, operator sessions, PINs."""

import importlib

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        told = importlib.import_module("accounts.event_words")
        words = importlib.import_module("ledger.event_words")
        words.register_events(told.EVENTS)
        for noun in ("badges", "devices", "histories", "people", "sessions", "skills"):
            importlib.import_module(f"accounts.operations.{noun}")
