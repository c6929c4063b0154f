"""The admin shows tables and changes none: changes go through operations. What every app's admin is made of."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

COLUMNS = 8
"""Columns of a list."""


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A table to look at. Counting is not done for the whole table, and related rows are fetched with the list."""

    show_full_result_count = False
    list_per_page = 50
    list_select_related = True
    secret: frozenset[str] = frozenset()
    """Fields that are neither shown nor asked about: `?pin_hash__startswith=` would tell them letter by letter."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # type: ignore[override]
        return not self.secret & set(lookup.split("__")) and super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def show_all(app_label: str, hidden: Iterable[str] = ()) -> None:
    """Register every model of an app, without the fields `hidden` (secrets, and bytes nobody can read)."""
    secret = frozenset(hidden)
    for model in apps.get_app_config(app_label).get_models():
        names = [field.name for field in model._meta.concrete_fields if field.name not in secret]
        facts = {"list_display": names[:COLUMNS], "fields": names, "readonly_fields": names, "secret": secret}
        admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnlyAdmin,), facts))


show_all("ledger", hidden=("body", "leaf_hash", "arguments_hash"))
