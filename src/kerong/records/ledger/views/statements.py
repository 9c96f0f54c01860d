"""The statement of one account, and the trial balance of a book, as pages and as files that tie to them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kerong.basics.acting import current_actor
from kerong.basics.clock import SHANGHAI, current_clock
from kerong.records.ledger import queries
from kerong.records.ledger.forms import day_of
from kerong.records.ledger.models.entries import KIND_WORDS
from kerong.records.ledger.views.books import account_line, seen_book
from kerong.records.ledger.views.printing import or_blank, table_file, yuan
from kerong.records.parties.queries import business, name_of_party, needs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kerong.records.ledger.models import Account
    from kerong.records.ledger.queries import Statement

PAGE = 50


@never_cache
@require_safe
@business
def account(request: HttpRequest, book: str, code: str) -> HttpResponse:
    """Show an account: what it holds, its statement for a period, and its balance at any moment asked for."""
    found = _seen(book, code)
    first, last, text = _asked(request)
    paginator = Paginator(range(_count(found, first, last, text)), PAGE)
    page = paginator.get_page(request.GET.get("page"))
    made = queries.statement(
        account_id=found.id,
        first_day=first,
        last_day=last,
        offset=(page.number - 1) * PAGE,
        limit=PAGE,
        search=text,
    )
    moment = _moment(request)
    return render(
        request,
        "ledger/account.html",
        {
            "section": "work",
            "book": found.book,
            "account": found,
            "held": account_line(found),
            "owner": name_of_party(found.owner),
            "first": first,
            "last": last,
            "text": text,
            "statement": _printed(made),
            "lines": [_line(each) for each in made.movements],
            "page": page,
            "query": f"from={first}&to={last}&q={text}",
            "moment": request.GET.get("at", "")[:16],
            "at_moment": _held_at(found, moment) if moment else None,
            "reads_bank": found.is_bank and _reads_bank(found),
            "synthetic": found.book.is_demo,
        },
    )


@never_cache
@require_safe
@business
def account_file(request: HttpRequest, book: str, code: str, ending: str) -> HttpResponse:
    """Hand the whole statement of the period out as xlsx, csv or PDF."""
    found = _seen(book, code)
    first, last, _text = _asked(request)
    made = queries.statement(account_id=found.id, first_day=first, last_day=last)
    head = [_("日期"), _("分录号"), _("性质"), _("摘要"), _("借方"), _("贷方"), _("余额")]
    rows: list[list[Any]] = [[first.isoformat(), "", "", _("期初余额"), None, None, made.opening]]
    rows += [
        [
            each.happened_on.isoformat(), str(each.entry_id), str(KIND_WORDS[each.kind]), each.what,
            each.debit or None, each.credit or None, each.running,
        ]
        for each in made.movements
    ]  # fmt: skip
    totals = [last.isoformat(), "", "", _("合计及期末余额"), made.debits, made.credits, made.closing]
    about = [
        (_("账套"), found.book.name),
        (_("科目"), str(found)),
        (_("户主"), name_of_party(found.owner)),
        (_("期间"), f"{first} — {last}"),
        (_("币种"), found.currency),
    ]
    if found.book.is_demo:
        about.append((_("演示数据"), _("企业和数字都是虚构的。")))
    return table_file(
        ending, f"statement-{book}-{code}-{first}-{last}", _("对账单"), about, head, rows, totals,
        money=(4, 5, 6), is_demo=found.book.is_demo,
    )  # fmt: skip


@never_cache
@require_safe
@needs("ledger.read", "audit.read")
def trial_balance(request: HttpRequest, book: str) -> HttpResponse:
    """Show the trial balance of a whole book at the end of a day."""
    found, on, made, names = _trial(request, book)
    return render(
        request,
        "ledger/trial_balance.html",
        {
            "section": "work",
            "book": found,
            "on": on,
            "lines": [
                {
                    "code": line.code,
                    "name": names[line.code],
                    "currency": line.currency,
                    "cells": [or_blank(amount) for amount in _sides(line)],
                }
                for line in made.lines
            ],
            "digest": queries.digest_to_close(found.key, on),
            "totals": [(total.currency, [yuan(amount) for amount in total[1:]]) for total in made.totals],
            "synthetic": found.is_demo,
        },
    )


@never_cache
@require_safe
@needs("ledger.read", "audit.read")
def trial_balance_file(request: HttpRequest, book: str, ending: str) -> HttpResponse:
    """Hand the trial balance out as xlsx, csv or PDF."""
    found, on, made, names = _trial(request, book)
    head = [_("科目编号"), _("科目"), _("币种"), _("借方累计"), _("贷方累计"), _("借方余额"), _("贷方余额")]
    rows = [[line.code, names[line.code], line.currency, *_sides(line)] for line in made.lines]
    sums = [["", _("合计"), total.currency, *total[1:]] for total in made.totals]
    about = [(_("账套"), found.name), (_("截至"), on.isoformat())]
    return table_file(
        ending, f"trial-balance-{book}-{on}", _("试算平衡表"), about, head, [*rows, *sums[:-1]],
        sums[-1] if sums else [""] * len(head), money=(3, 4, 5, 6), is_demo=found.is_demo,
    )  # fmt: skip


def _reads_bank(found: Account) -> bool:
    actor = current_actor()
    return actor.may("audit.read") or (found.keeper == actor.party and actor.may("ledger.read"))


def _seen(book: str, code: str) -> Account:
    found = queries.account_of(book, code)
    if found is None:
        raise Http404
    return found


def _asked(request: HttpRequest) -> tuple[date, date, str]:
    today = current_clock().today()
    last = day_of(request.GET.get("to")) or today
    first = day_of(request.GET.get("from")) or last.replace(month=1, day=1)
    return min(first, last), last, request.GET.get("q", "").replace("\0", "").strip()[:100]


def _count(found: Account, first: date, last: date, text: str) -> int:
    return queries.statement(account_id=found.id, first_day=first, last_day=last, limit=0, search=text).count


def _moment(request: HttpRequest) -> datetime | None:
    """Read a moment typed as 2026-11-23T10:00; in Shanghai."""
    try:
        found = datetime.fromisoformat(request.GET.get("at", "").strip()[:16])
    except ValueError:
        return None
    return found.replace(tzinfo=SHANGHAI) + timedelta(seconds=59, microseconds=999_999)


def _held_at(found: Account, moment: datetime) -> dict[str, str]:
    held = queries.balance(account_id=found.id, at=moment)
    return {"amount": yuan(held.amount), "available": yuan(held.available)}


def _printed(made: Statement) -> dict[str, Any]:
    return {
        "opening": yuan(made.opening),
        "debits": yuan(made.debits),
        "credits": yuan(made.credits),
        "closing": yuan(made.closing),
    }


def _line(each: Any) -> dict[str, Any]:
    return {
        "movement": each,
        "kind": KIND_WORDS[each.kind],
        "debit": or_blank(each.debit),
        "credit": or_blank(each.credit),
        "running": yuan(each.running),
    }


def _sides(line: Any) -> tuple[int, int, int, int]:
    return line.debit_turnover, line.credit_turnover, line.debit_balance, line.credit_balance


def _trial(request: HttpRequest, book: str) -> tuple[Any, date, Any, dict[str, str]]:
    found = seen_book(book)
    actor = current_actor()
    if found.keeper != actor.party and not actor.may("audit.read"):
        raise Http404
    on = day_of(request.GET.get("on")) or current_clock().today()
    names = dict(queries.accounts_of(found.key).values_list("code", "name"))
    return found, on, queries.trial_balance(book=found.key, on=on), names
