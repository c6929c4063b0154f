"""Papers: the press, what was issued, the content store."""

import importlib

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        told = importlib.import_module("documents.event_words")
        words = importlib.import_module("ledger.event_words")
        words.register_events(told.EVENTS)
        importlib.import_module("documents.operations.issuing")
        importlib.import_module("documents.operations.printing")
        importlib.import_module("documents.operations.photos")
        importlib.import_module("documents.papers")
