"""What kind of database this is, and how a load that was broken off is begun anew.

A load is whole when its last event says so. One without that event was broken off: nobody can have worked with it,
because the web server starts after the load, and this is looked after once more before its tables are dropped.
"""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

from accounts.models import User
from genpin.demo.kept_scans import SCANS
from genpin.demo.plant import KEYS
from ledger.models import Event, Receipt, ScanLog

BEGUN, WHOLE = "accounts.demo-history-begun", "accounts.demo-loaded"


def state_of_database() -> str:
    """empty, broken-off (a load that did not come to its end), whole, or other: a plant that is no demo."""
    kinds = set(Event.objects.filter(kind__in=(BEGUN, WHOLE)).values_list("kind", flat=True))
    if WHOLE in kinds:
        return "whole"
    if kinds:
        return "broken-off"
    return "other" if Event.objects.exists() else "empty"


def only_demo_is_there() -> bool:
    """Whether nothing was done but by the load: no other receipt or scan, no login."""
    return not (
        Receipt.objects.exclude(key__startswith=KEYS).exists()
        or ScanLog.objects.exclude(pk__in=SCANS).exists()
        or User.objects.filter(last_login__isnull=False).exists()
    )


def begin_anew() -> None:
    """Drop what the broken-off load left, all tables with it, and migrate again."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    call_command("migrate", interactive=False, verbosity=0)
