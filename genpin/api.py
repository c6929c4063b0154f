"""The API's addresses: those of the apps, the scanner's door, a token, and one generic door for every operation."""

import importlib
import importlib.util
from typing import Any

from django.urls import path
from rest_framework.authtoken.views import obtain_auth_token

from genpin.scan_views import ScanDoor
from ledger.doors import endpoint
from ledger.operations import OPERATIONS

APPS: list[Any] = []
for _app in ("inventory", "assembly", "logistics", "documents", "accounts"):
    if importlib.util.find_spec(f"{_app}.api"):
        APPS += importlib.import_module(f"{_app}.api").API_URLS

API_URLS = [
    path("token/", obtain_auth_token, name="api_token"),
    path("scans/", ScanDoor.as_view(), name="api_scans"),
    *APPS,
    *[
        path(f"operations/{name}/", endpoint(name), name=f"api_operation_{name.replace('.', '_')}")
        for name in sorted(OPERATIONS)
    ],
]
