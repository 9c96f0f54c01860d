"""What runs by the clock: a table that others add lines to.

To schedule something, add a line: its name, when (five fields of cron, in Shanghai time) and the function, as text,
because some functions live in storeys above. The function takes no arguments and runs in one transaction with the
house acting; it may also be a job made with `@job`, which keeps its own limits. It must be harmless to run it late
or twice. A line may be kept for certain environments.
"""

from __future__ import annotations

from dataclasses import dataclass

EVERYWHERE = frozenset({"development", "demo", "production"})


@dataclass(frozen=True)
class Scheduled:
    """One line: a job's name as people see it, when it runs, and where its function is."""

    name: str
    cron: str
    place: str
    environments: frozenset[str] = EVERYWHERE


SCHEDULE: tuple[Scheduled, ...] = (
    Scheduled("cases.watch", "5 * * * *", "kerong.records.cases.actions:watch_clocks"),
    Scheduled("parties.mandates", "3 * * * *", "kerong.records.parties.actions:end_mandates_run_out"),
    Scheduled("parties.tidy", "35 3 * * *", "kerong.records.parties.actions:forget_codes_in_vain"),
    Scheduled("outbox.sweep", "* * * * *", "kerong.records.outbox.jobs:sweep"),
    Scheduled("outbox.tidy", "20 3 * * *", "kerong.records.outbox.jobs:tidy"),
    Scheduled("notices.mail", "* * * * *", "kerong.records.notices.actions:send_waiting_mail"),
    Scheduled("notices.reminders", "10 7 * * *", "kerong.records.notices.actions:remind_due"),
    Scheduled(
        "documents.expiring", "5 7 * * *", "kerong.portal.material_reminders:remind_of_expiring_materials"
    ),
    Scheduled("system.alarm_notices", "* * * * *", "kerong.portal.jobs.alarms:tell_of_alarms"),
    Scheduled("system.stalled_jobs", "*/2 * * * *", "kerong.portal.jobs.stalled:start_stalled_jobs_again"),
    Scheduled("evidence.integrity", "10 * * * *", "kerong.portal.jobs.integrity:check_and_tell"),
    Scheduled("financings.remind_due", "10 7 * * *", "kerong.records.financings.actions:remind_due"),
    Scheduled("facts.disputes", "15 * * * *", "kerong.records.facts.actions:watch_disputes"),
    Scheduled("system.backup", "40 2 * * *", "kerong.portal.jobs.nightly:back_up", frozenset({"production"})),
    Scheduled("ledger.invariants", "7 * * * *", "kerong.records.ledger.jobs:check_books"),
    Scheduled("ledger.bank", "30 8 * * *", "kerong.records.ledger.jobs:look_at_banks"),
)


def schedule_of(environment: str) -> list[Scheduled]:
    """Return the lines of an environment."""
    return [line for line in SCHEDULE if environment in line.environments]
