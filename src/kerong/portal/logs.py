"""Logs as JSON, one line per event, without personal data; quiet while developing."""

from __future__ import annotations

from typing import Any

import structlog

# Applied to lines of the standard library and of structlog alike.
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def _logging(level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # A line for the beginning and end of every job says nothing that the table of runs does not.
            "procrastinate": {"handlers": [], "level": "WARNING", "propagate": True},
            # One line per request is written by our own middleware; Django's would repeat it.
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": False},
        },
    }


LOGGING_BY_ENVIRONMENT = {
    "development": _logging("WARNING"),
    "demo": _logging("INFO"),
    "production": _logging("INFO"),
}
