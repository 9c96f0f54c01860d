"""Changes to the notices: tell, done, read, remind, and mail."""

from kerong.records.notices.actions.mailing import prefer, send_waiting_mail
from kerong.records.notices.actions.reminding import forget_reminder, remind_due, reminder
from kerong.records.notices.actions.telling import NobodyToldError, done, read, tell

__all__ = [
    "NobodyToldError",
    "done",
    "forget_reminder",
    "prefer",
    "read",
    "remind_due",
    "reminder",
    "send_waiting_mail",
    "tell",
]
