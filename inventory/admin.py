"""The admin shows every table and changes none: changes go through operations."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A table to look at. Counting is not done for the whole table, and related rows are fetched with the list."""

    show_full_result_count = False
    list_per_page = 50
    list_select_related = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


for model in apps.get_app_config("inventory").get_models():
    columns = [field.name for field in model._meta.concrete_fields][:8]
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnlyAdmin,), {"list_display": columns}))
