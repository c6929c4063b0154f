"""Papers: the press, what was issued, the content store."""

import importlib

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        importlib.import_module("documents.operations.issuing")
        importlib.import_module("documents.operations.printing")
