"""Imports what the bank says of a special account and matches it: a receipt settles the payment that waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import connection, transaction

from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.engines.bookkeeping.refusals import BookkeepingError, UnknownAccountError
from kerong.records.evidence.actions import house, seal, seal_many
from kerong.records.ledger.actions.posting import post_pending
from kerong.records.ledger.models import Account, BankLine, BankMatch, BankStatement
from kerong.records.ledger.queries.bank import candidates

if TYPE_CHECKING:
    from uuid import UUID

    from kerong.adapters.bank_statements import BankFile


class BankRefusedError(BookkeepingError):
    """The statement or the match does not fit what is there."""


class Imported(NamedTuple):
    """What an import brought: the statement, lines that were new, and how many of them were matched at once."""

    statement: BankStatement
    new_lines: int
    matched: int


def import_bank_statement(*, account_id: UUID | str, name: str, file: BankFile) -> Imported:
    """Import a statement of a bank account and match its lines; the same file again changes nothing.

    Lines whose receipt is known already are left out, and must say the same. Raises BankRefusedError.
    """
    with transaction.atomic(), house("books are written by this record alone"):
        account = Account.objects.filter(id=account_id, is_bank=True).first()
        if account is None:
            raise UnknownAccountError("there is no such bank account")
        _one_at_a_time(account.id)
        before = BankStatement.objects.filter(account=account, file_digest=file.digest).first()
        if before is not None:
            return Imported(before, 0, 0)
        known = {
            line.receipt: line
            for line in BankLine.objects.filter(
                account=account, receipt__in=[line.receipt for line in file.lines]
            )
        }
        for line in file.lines:
            same = known.get(line.receipt)
            if same is not None and (same.amount_minor, same.happened_on) != (
                line.amount_fen,
                line.happened_on,
            ):
                raise BankRefusedError(f"回单号 {line.receipt} 已经导入过，金额或日期不同")
        now = current_clock().now()
        statement = BankStatement.objects.create(
            id=new_identifier(now), account=account, owner=account.keeper, name=name[:200], file_digest=file.digest,
            first_day=file.lines[0].happened_on, last_day=file.lines[-1].happened_on,
            opening_minor=file.opening_fen, closing_minor=file.closing_fen, imported_at=now,
        )  # fmt: skip
        seal(statement, stream="ledger", kind="bank_statement_imported", subject=account.keeper)
        fresh = BankLine.objects.bulk_create(
            BankLine(
                id=new_identifier(now), statement=statement, account=account, owner=account.keeper,
                happened_on=line.happened_on, receipt=line.receipt, amount_minor=line.amount_fen,
                counterpart=line.counterpart, text=line.text,
            )
            for line in file.lines
            if line.receipt not in known
        )  # fmt: skip
        seal_many(fresh, stream="ledger", kind="bank_line_imported", subject=account.keeper)
        return Imported(statement, len(fresh), sum(_match_by_itself(line) for line in fresh))


def match(*, line_id: UUID | str, entry_id: int) -> BankMatch:
    """Say by hand which entry a bank line belongs to; a waiting payment is settled by it. Raises BankRefusedError."""
    with transaction.atomic(), house("books are written by this record alone"):
        line = BankLine.objects.get(id=line_id)
        _one_at_a_time(line.account_id)
        if BankMatch.objects.filter(line=line).exists():
            raise BankRefusedError("这一行已经勾对")
        found = next((each for each in candidates(line) if each.id == entry_id), None)
        if found is None:
            raise BankRefusedError("这一笔分录与该行金额不同，或已经勾对")
        return _match(line, entry_id, is_pending=found.kind == "pending")


def _one_at_a_time(account_id: UUID) -> None:
    """Let imports and matches of one bank account wait for each other until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ledger.bank:{account_id}"])


def _match_by_itself(line: BankLine) -> bool:
    """Match a line where only one entry can be meant: its key is in the text, or no other has this amount."""
    possible = candidates(line)
    named = [entry for entry in possible if entry.key in line.text or entry.key == line.receipt]
    chosen = named or [
        entry for entry in possible if entry.kind == "pending" or entry.happened_on == line.happened_on
    ]
    if len(chosen) != 1:
        return False
    try:
        with transaction.atomic():
            _match(line, chosen[0].id, is_pending=chosen[0].kind == "pending")
    except BookkeepingError:
        # A receipt dated in a closed period, for instance: it stays open for a person.
        return False
    return True


def _match(line: BankLine, entry_id: int, *, is_pending: bool) -> BankMatch:
    if is_pending:
        entry_id = post_pending(
            entry_id=entry_id, key=f"receipt:{line.account_id}:{line.receipt}", happened_on=line.happened_on
        ).id
    made = BankMatch.objects.create(
        line=line,
        entry_ref=entry_id,
        owner=line.owner,
        matched_at=current_clock().now(),
        how="receipt" if is_pending else "same",
    )
    seal(made, stream="ledger", kind="bank_line_matched", subject=line.owner)
    return made
