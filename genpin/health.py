"""Is the process alive (`/healthz`), and can it do its work (`/readyz`)?"""

import hmac
import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from genpin.celery import app

log = logging.getLogger(__name__)

# The relay asks for work every second or so; its session in pg_stat_activity is its heartbeat.
RELAY_SECONDS = 30


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker and relay, each with true or false; 503 when one is missing. Says nothing about addresses."""
    checks: dict[str, Callable[[], bool]] = {"database": database, "broker": broker, "relay": relay}
    state = {name: check() for name, check in checks.items()}
    return JsonResponse(state, status=200 if all(state.values()) else 503)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus text format, for who holds GENPIN_METRICS_TOKEN (Bearer); without a token set, closed.

    Asks the database one question; the estimates of big tables come from the planner's statistics."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        return HttpResponse("metrics are closed\n", status=403, content_type="text/plain")
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        names = [column.name for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))
    lines = [f"# TYPE genpin_{name} gauge\ngenpin_{name} {value}" for name, value in row.items()]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


_FIGURES = """
SELECT
  (SELECT count(*) FROM ledger_delivery WHERE done_at IS NULL) AS deliveries_undone,
  (SELECT coalesce(extract(epoch FROM now() - min(e.recorded_at)), 0) FROM ledger_delivery d
    JOIN ledger_event e ON e.id = d.event_id WHERE d.done_at IS NULL) AS oldest_delivery_seconds,
  (SELECT count(*) FROM ledger_scanlog WHERE answer IS NULL AND received_at < now() - interval '1 minute')
    AS scans_without_answer,
  (SELECT coalesce(max(id), 0) FROM ledger_event) AS events_last_id,
  (SELECT count(*) FROM ledger_queue) AS events_unsealed,
  (SELECT count(*) FROM assembly_build b JOIN inventory_unit u ON u.id = b.unit_id AND u.ended_at IS NULL
    WHERE b.completed_at IS NULL) AS builds_open,
  (SELECT count(*) FROM inventory_hold WHERE released_at IS NULL) AS holds_open,
  (SELECT count(*) FROM assembly_nonconformity WHERE closed_at IS NULL) AS nonconformities_open,
  (SELECT count(*) FROM assembly_burninrun WHERE ended_at IS NULL) AS burn_ins_running
"""


def database() -> bool:
    """Whether a query is answered."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as reason:
        log.warning("database does not answer: %s", reason)
        return False
    return True


def broker() -> bool:
    """Whether the broker accepts a connection within two seconds."""
    try:
        with app.connection(connect_timeout=1) as connected:
            connected.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=2)
    except (OperationalError, OSError) as reason:
        log.warning("broker does not answer: %s", reason)
        return False
    return True


def relay() -> bool:
    """Whether a process called genpin-relay has talked to the database lately; works across machines."""
    question = """
        SELECT count(*) FROM pg_stat_activity
        WHERE application_name = 'genpin-relay' AND state_change > clock_timestamp() - make_interval(secs => %s)
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(question, [RELAY_SECONDS])
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False
