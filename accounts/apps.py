"""People, roles, stations, operator sessions, PINs."""

import importlib

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        importlib.import_module("accounts.operations.people")
        importlib.import_module("accounts.operations.sessions")
