"""The composition root: the last app, which knows all others."""

import importlib

from django.apps import AppConfig


class GenpinConfig(AppConfig):
    name = "genpin"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        importlib.import_module("genpin.reactions").register_all()
