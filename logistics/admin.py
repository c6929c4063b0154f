"""Every table of logistics, to look at."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin

from inventory.admin import ReadOnlyAdmin

for _model in apps.get_app_config("logistics").get_models():
    _columns = [field.name for field in _model._meta.concrete_fields][:8]
    admin.site.register(_model, type(f"{_model.__name__}Admin", (ReadOnlyAdmin,), {"list_display": _columns}))
