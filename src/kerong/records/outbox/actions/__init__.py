"""What the outbox does: publishes, remembers answers, keeps runs of jobs, raises alarms, looks after endpoints."""

from kerong.records.outbox.actions.alarms import AlarmNotOpenError, acknowledge_alarm, note_told, raise_alarm
from kerong.records.outbox.actions.answers import (
    Answer,
    ConcurrentRequestError,
    IdempotencyError,
    KeyMissingError,
    KeyReusedError,
    once,
)
from kerong.records.outbox.actions.delivering import deliver_round, endpoints_due
from kerong.records.outbox.actions.endpoints import (
    EndpointError,
    disable_endpoint,
    enable_endpoint,
    ping,
    redeliver,
    register_endpoint,
    rotate_secret,
)
from kerong.records.outbox.actions.publishing import MessageTooLargeError, publish
from kerong.records.outbox.actions.queueing import NotPlainError, defer
from kerong.records.outbox.actions.receiving import RepeatedIdError, receive
from kerong.records.outbox.actions.tidying import DismissError, dismiss_run, retry_run, tidy_old_rows

__all__ = [
    "AlarmNotOpenError",
    "Answer",
    "ConcurrentRequestError",
    "DismissError",
    "EndpointError",
    "IdempotencyError",
    "KeyMissingError",
    "KeyReusedError",
    "MessageTooLargeError",
    "NotPlainError",
    "RepeatedIdError",
    "acknowledge_alarm",
    "defer",
    "deliver_round",
    "disable_endpoint",
    "dismiss_run",
    "enable_endpoint",
    "endpoints_due",
    "note_told",
    "once",
    "ping",
    "publish",
    "raise_alarm",
    "receive",
    "redeliver",
    "register_endpoint",
    "retry_run",
    "rotate_secret",
    "tidy_old_rows",
]
