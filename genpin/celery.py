"""The queue: a door-bell for work whose truth is in the database (the event rows are the outbox).

Beat's schedule is code, here, with one scheduler; its state file is in GENPIN_HOME (`up` passes it).
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genpin.settings")

# name → {"task": dotted name, "schedule": seconds or celery.schedules.crontab(…)}; times are Asia/Tokyo.
SCHEDULE: dict[str, Any] = {
    "answer scans whose device is gone": {
        "task": "genpin.give_up_left_scans",
        "schedule": 300.0,
        "options": {"expires": 280},
    },
    "keep the morning's forecasts": {
        "task": "genpin.keep_forecasts",
        "schedule": crontab(hour=6, minute=0),
        "options": {"expires": 3600},
    },
    "make the weekly report": {
        "task": "genpin.make_weekly_report",
        "schedule": crontab(minute=0),
        "options": {"expires": 3000},
    },
    "take in testers' files": {
        "task": "genpin.take_in_files",
        "schedule": 15.0,
        "options": {"expires": 14},
    },
    "keep the judged attempts": {
        "task": "genpin.keep_attempts",
        "schedule": 20.0,
        "options": {"expires": 18},
    },
    "read telemetry files": {
        "task": "genpin.read_telemetry_files",
        "schedule": 15.0,
        "options": {"expires": 14},
    },
    "end exceptions that are over": {
        "task": "genpin.end_exceptions",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "keep the raw telemetry": {
        "task": "genpin.keep_raw_telemetry",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
}
if os.environ.get("GENPIN_DEMO"):  # `up --demo`; the task looks whether the database holds a demo
    SCHEDULE["keep the demo moving"] = {
        "task": "genpin.demo.keep_moving",
        "schedule": 60.0,
        "options": {"expires": 50},
    }

# kombu sweeps up the tasks of a killed worker every 100 s by default; with these every 2 s it looks for tasks taken
# longer ago than the visibility timeout. The relay sends lost ones again anyway, and tasks do their work once.
REDIS_OPTIONS = {"visibility_timeout": 120, "unacked_restore_interval": 2, "unacked_restore_throttle": 1}

app = Celery("genpin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.autodiscover_tasks()
app.autodiscover_tasks(["genpin.demo"])


def transport_options(broker_url: str) -> dict[str, int]:
    """Options for brokers of the Redis kind; RabbitMQ would refuse names it does not know."""
    return REDIS_OPTIONS if broker_url.startswith(("redis", "rediss", "valkey")) else {}


app.conf.broker_transport_options = transport_options(os.environ.get("BROKER_URL") or "redis")
