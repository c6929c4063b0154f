"""Log lines for people, or JSON lines for a collector (`GENPIN_LOG_FORMAT=json`).

No request bodies, headers, cookies or settings are logged anywhere, so there is nothing secret to filter out. Plain
logging: importing structlog's console renderer costs every command 0.4 s.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and the traceback when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class NothingFound(logging.Filter):
    """Keeps back the line of a task that looked and found nothing: beat looks every few seconds, all day."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.args if isinstance(record.args, dict) else {}
        return record.levelno > logging.INFO or told.get("return_value") != "0"


def logging_table(*, as_json: bool) -> dict[str, Any]:
    """The table for logging.config: everything to stderr, one line an event; the supervisor prefixes the process."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
            "json": {"()": JsonLines},
        },
        "filters": {"found": {"()": NothingFound}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json" if as_json else "text"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "celery.app.trace": {"filters": ["found"]},
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},  # that a task was received: its end is told
            "fontTools": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
            "psycopg.pool": {"level": "ERROR"},
        },
    }
