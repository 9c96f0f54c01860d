"""The books: entries a second in batches, one posting alone, balances in the past on ten million legs, a statement."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.directory import _database
from bench.measuring import Report, Timing, timed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KEEPER, BOOK, FIRST_DAY = "office:dept_finance", "bench", date(2016, 1, 1)
LEGS, BATCH, BATCHES, SINGLES, LINES = 10_000_000, 2_000, 10, 300, 10_000
# Each of these accounts meets "1002" in the history that is built; ten years of it.
DAYS = 3_650
MOMENT = "day + time '08:00' + n * interval '1 microsecond'"


def main(arguments: Sequence[str] = ()) -> int:
    """Measure, print a table and a line of JSON, return the number of missed goals."""
    parser = argparse.ArgumentParser(prog="make bench NAME=ledger")
    parser.add_argument("--legs", type=int, default=LEGS, help=f"legs of the history [{LEGS:,}]")
    parser.add_argument("--batch", type=int, default=BATCH, help=f"entries in a batch [{BATCH:,}]")
    parser.add_argument("--batches", type=int, default=BATCHES, help=f"batches [{BATCHES}]")
    parser.add_argument("--singles", type=int, default=SINGLES, help=f"postings alone [{SINGLES}]")
    options = parser.parse_args(arguments)
    report = Report("ledger")
    with tempfile.TemporaryDirectory(prefix="kerong-bench-") as name, _database(Path(name)):
        _open()
        _batches(report, options.batch, options.batches)
        _singles(report, options.singles)
        _statement(report)
        _history(report, options.legs)
        _moments(report)
        _batches(report, options.batch, 3, label="on top of the history")
    return report.finish()


@contextmanager
def _one_transaction() -> Iterator[None]:
    from django.db import transaction

    from kerong.basics.acting import house_actor
    from kerong.records.evidence.actions import acting

    with transaction.atomic(), acting(house_actor("bench")):
        yield


def _open() -> None:
    from kerong.records.ledger import actions

    with _one_transaction():
        for book in (BOOK, "history"):
            actions.open_book(key=book, name="基准", owner=KEEPER, is_demo=True)
            for code, kind, floor in (
                ("1002", "asset", 0),
                ("2401", "liability", 0),
                ("5001", "expense", None),
            ):
                actions.open_account(book=book, code=code, name=code, owner=KEEPER, kind=kind, floor=floor)
            for number in range(50):
                actions.open_account(
                    book=book, code=f"51{number:02}", name="x", owner=f"institution:b{number}", kind="expense"
                )


_serial = 0


def _postings(count: int) -> list[Any]:
    """Return entries with two legs, money in and money out over fifty accounts."""
    global _serial  # noqa: PLW0603 - keys are never repeated
    from kerong.records.ledger.actions import Leg, Posting

    made = []
    for number in range(count):
        _serial += 1
        other = "2401" if number % 2 == 0 else f"51{_serial % 50:02}"
        amount = 200 if number % 2 == 0 else -100
        made.append(
            Posting(
                f"k{_serial}",
                (Leg("1002", amount), Leg(other, -amount)),
                FIRST_DAY + timedelta(_serial % 300),
                "基准分录",
            )
        )
    return made


def _batches(report: Report, size: int, rounds: int, label: str = "") -> None:
    from kerong.records.ledger import actions

    def run() -> None:
        with _one_transaction():
            actions.post_many(book=BOOK, postings=_postings(size))

    timing = report.add(
        f"batch of {size:,} entries of two legs{' ' if label else ''}{label}", timed(run, rounds)
    )
    rate = size / timing.median
    report.figures[f"entries_per_second{'_' if label else ''}{label.replace(' ', '_')}"] = round(rate)
    report.goals.append((f"balanced entries a second in batches {label}".strip(), rate, ">=", 5_000))


def _singles(report: Report, rounds: int) -> None:
    from kerong.records.ledger import actions

    timing = Timing()
    for number, each in enumerate(_postings(rounds + 10)):
        core, wall = time.process_time(), time.perf_counter()
        with _one_transaction():
            actions.post(book=BOOK, **each._asdict())
        wall, core = time.perf_counter() - wall, time.process_time() - core
        if number >= 10:
            timing.wall.append(wall)
            timing.core.append(core)
    report.add("one posting in its own transaction, to disk", timing)
    report.figures |= {
        "single_p50_ms": round(float(np.percentile(timing.wall, 50)) * 1e3, 2),
        "single_p95_ms": round(float(np.percentile(timing.wall, 95)) * 1e3, 2),
    }


def _statement(report: Report) -> None:
    """A statement of ten thousand lines: a firm's whole account, and one page of it."""
    from kerong.records.ledger import actions, queries

    with _one_transaction():
        actions.open_account(book=BOOK, code="5999", name="x", owner=KEEPER, kind="expense")
        funding = actions.Posting(
            "lines", (actions.Leg("1002", LINES * 10), actions.Leg("2401", -LINES * 10)), FIRST_DAY, "x"
        )
        lines = [
            actions.Posting(
                f"l{i}",
                (actions.Leg("5999", 10), actions.Leg("1002", -10)),
                FIRST_DAY + timedelta(i % 360),
                "x",
            )
            for i in range(LINES)
        ]
        actions.post_many(book=BOOK, postings=[funding, *lines])
        account = queries.account_of(BOOK, "5999")

    def run(offset: int, limit: int | None) -> None:
        with _one_transaction():
            made = queries.statement(
                account_id=account.id,
                first_day=FIRST_DAY,
                last_day=FIRST_DAY + timedelta(400),
                offset=offset,
                limit=limit,
            )
            assert (made.count, len(made.movements)) == (LINES, limit or LINES)

    report.add(f"statement of {LINES:,} lines, whole", timed(lambda: run(0, None), 5))
    report.add(f"statement of {LINES:,} lines, its last page of 50", timed(lambda: run(LINES - 50, 50), 5))


def _history(report: Report, legs: int) -> None:
    """Build ten years of entries inside the database, triggers off, and let the database know the new sizes."""
    from django.db import connection

    from kerong.portal.owner_connection import as_owner

    entries = legs // 2
    began = time.perf_counter()
    with as_owner(), _one_transaction(), connection.cursor() as cursor:
        for table in ("ledger_entry", "ledger_leg"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "CREATE TEMPORARY TABLE history AS SELECT nextval('ledger_entry_number') AS id, n,"
            " DATE '2016-01-01' + (n::bigint * %s / %s)::int AS day, 100 + n %% 900 AS amount,"
            " CASE WHEN n %% 3 = 0 THEN '2401' ELSE '51' || lpad((n %% 50)::text, 2, '0') END AS other"
            " FROM generate_series(0, %s) AS n",
            [DAYS, entries, entries - 1],
        )
        cursor.execute(
            "INSERT INTO ledger_entry (id, book_id, key, kind, happened_on, recorded_at, what, decision_ref,"  # noqa: S608 - our words
            " pack_hash, approval_ref, original_id, legs_count, content_digest, owner, readers)"
            f" SELECT id, 'history', 'h' || n, 'posted', day, {MOMENT}, '历史分录',"
            " '', '', '', NULL, 2, repeat('0', 64), %s, ARRAY[%s] FROM history",
            [KEEPER, KEEPER],
        )
        cursor.execute(
            "INSERT INTO ledger_leg (entry_id, position, account_id, owner, keeper, amount_minor, currency,"  # noqa: S608 - our words
            " happened_on, recorded_at, is_posted, debit_after, credit_after, debit_pending_after,"
            " credit_pending_after)"
            " SELECT id, position, account_id, owner, keeper, amount, 'CNY', day,"
            f" {MOMENT}, true,"
            " sum(greatest(amount, 0)) OVER w, sum(greatest(-amount, 0)) OVER w, 0, 0 FROM ("
            "  SELECT h.id, h.n, h.day, side.position, account.id AS account_id, account.owner, account.keeper,"
            "   CASE WHEN (h.other = '2401') = (side.position = 0) THEN h.amount ELSE -h.amount END AS amount"
            "  FROM history AS h CROSS JOIN (VALUES (0), (1)) AS side (position) JOIN ledger_account AS account"
            "  ON account.book_id = 'history' AND account.code = CASE side.position WHEN 0 THEN '1002' ELSE h.other END"
            " ) AS legs WINDOW w AS (PARTITION BY account_id ORDER BY id)"
        )
        cursor.execute(
            "INSERT INTO ledger_daytotal (account_id, day, owner, keeper, debit, credit, legs)"
            " SELECT account_id, happened_on, leg.owner, leg.keeper, sum(greatest(amount_minor, 0)),"
            " sum(greatest(-amount_minor, 0)), count(*)"
            " FROM ledger_leg AS leg JOIN ledger_account AS account ON account.id = leg.account_id"
            " WHERE account.book_id = 'history' GROUP BY 1, 2, 3, 4"
        )
    with as_owner(), connection.cursor() as cursor:
        for table in ("ledger_entry", "ledger_leg"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE ledger_entry, ledger_leg, ledger_daytotal")
    seconds = time.perf_counter() - began
    report.figures |= {"legs": legs, "seconds_to_build_history": round(seconds, 1)}
    report.note(f"history of {legs:,} legs built in {seconds:.0f} s")


def _moments(report: Report) -> None:
    """Balances in the past of the account that half of all legs belong to."""
    from datetime import UTC, datetime

    from kerong.records.ledger import queries

    with _one_transaction():
        busy = queries.account_of("history", "1002").id
    chosen = np.random.default_rng(20_261_123)
    for label, at in (
        ("at a moment", lambda day: datetime(day.year, day.month, day.day, 8, 0, 1, tzinfo=UTC)),
        ("at the end of a day", lambda day: day),
    ):
        timing = Timing()
        for number in range(101):
            moment = at(FIRST_DAY + timedelta(int(chosen.integers(0, DAYS))))
            core, wall = time.process_time(), time.perf_counter()
            with _one_transaction():
                queries.balance(account_id=busy, at=moment)
            wall, core = time.perf_counter() - wall, time.process_time() - core
            if number:
                timing.wall.append(wall)
                timing.core.append(core)
        report.add(f"balance {label} in the past", timing)
        report.at_most(f"p95 of a balance {label}, seconds", float(np.percentile(timing.wall, 95)), 0.05)


if __name__ == "__main__":
    main(sys.argv[1:])
