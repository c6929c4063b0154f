"""The API's addresses: those of the apps, the scanner's door, a token, and one generic door for every operation."""

from django.urls import URLPattern, include, path
from rest_framework.authtoken.views import obtain_auth_token

from accounts.api import API_URLS as ACCOUNTS
from assembly.api import API_URLS as ASSEMBLY
from assembly.api_burn_in import API_URLS as BURN_IN
from assembly.api_configuration import API_URLS as CONFIGURATION
from assembly.api_firmware import API_URLS as FIRMWARE
from assembly.api_telemetry import TELEMETRY_URLS
from assembly.quality_api import API_URLS as QUALITY
from documents.api import API_URLS as DOCUMENTS
from genpin.scan_views import Pulse, ScanDoor
from inventory.api import API_URLS as INVENTORY
from ledger.doors import endpoint
from ledger.operations import OPERATIONS
from logistics.api import API_URLS as LOGISTICS
from logistics.api_calendars import API_URLS as CALENDARS
from logistics.api_conditions import API_URLS as CONDITIONS
from logistics.api_custody import API_URLS as CUSTODY
from logistics.api_disruptions import API_URLS as DISRUPTIONS
from logistics.api_etas import API_URLS as ETAS
from logistics.api_exceptions import API_URLS as EXCEPTIONS
from logistics.api_loads import API_URLS as LOADS
from logistics.api_site_returns import API_URLS as SITE_RETURNS
from logistics.api_weekly import API_URLS as WEEKLY


def _operations_by_room() -> dict[str, list[URLPattern]]:
    """The generic doors by their operation's app: Django tries addresses one by one, and these are hundreds."""
    rooms: dict[str, list[URLPattern]] = {}
    for name in sorted(OPERATIONS):
        room, act = name.split(".")
        called = f"operate_{room}_{act}"
        rooms.setdefault(room, []).append(
            path(f"{act}/", endpoint(name, called=called), name=f"api_operation_{room}_{act}")
        )
    return rooms


API_URLS = [
    path("token/", obtain_auth_token, name="api_token"),
    path("scans/", ScanDoor.as_view(), name="api_scans"),
    path("scans/pulse/", Pulse.as_view(), name="api_pulse"),
    *INVENTORY,
    *ASSEMBLY,
    *TELEMETRY_URLS,
    *QUALITY,
    *CONFIGURATION,
    *FIRMWARE,
    *BURN_IN,
    *LOGISTICS,
    *CONDITIONS,
    *CUSTODY,
    *DISRUPTIONS,
    *ETAS,
    *WEEKLY,
    *LOADS,
    *EXCEPTIONS,
    *SITE_RETURNS,
    *CALENDARS,
    *DOCUMENTS,
    *ACCOUNTS,
    path("operations/", include([path(f"{room}.", include(urls)) for room, urls in _operations_by_room().items()])),
]
