"""The books one sees, one book with its accounts, one entry with its whole story."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kerong.basics.acting import current_actor
from kerong.engines.bookkeeping.accounts import Balance
from kerong.engines.bookkeeping.entries import POSTING_KINDS
from kerong.records.approvals.queries import approval
from kerong.records.evidence.queries import events
from kerong.records.ledger import actions, queries
from kerong.records.ledger.forms import CloseForm
from kerong.records.ledger.views.printing import or_blank, yuan
from kerong.records.parties.queries import business, name_of_party, needs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kerong.records.ledger.models import Account, Book

READERS = ("ledger.read", "audit.read")


def seen_book(key: str) -> Book:
    """Return a book in which the actor sees an account, or answer 404."""
    found = queries.book_of(key)
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
@business
def books(request: HttpRequest) -> HttpResponse:
    """List the books in which the actor sees an account."""
    lines = [
        {
            "book": each,
            "keeper": name_of_party(each.keeper),
            "accounts": queries.accounts_of(each.key).count(),
        }
        for each in queries.books()
    ]
    return render(
        request,
        "ledger/books.html",
        {
            "section": "work",
            "lines": lines,
            "inspection": queries.last_inspection() if _reads_books() else None,
            "whole_max": actions.REPLAYED_WHOLE_MAX,
            "synthetic": True,
        },
    )


@never_cache
@require_safe
@business
def book(request: HttpRequest, book: str) -> HttpResponse:
    """Show one book: its accounts with their balances."""
    return _book_page(request, seen_book(book), CloseForm())


@require_POST
@needs("ledger.post")
def close(request: HttpRequest, book: str) -> HttpResponse:
    """Ask for a period of the actor's own book to be closed; two others decide."""
    found = seen_book(book)
    if found.keeper != current_actor().party:
        raise Http404
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            asked = actions.ask_closing(book=found.key, through=form.cleaned_data["through"])
        except actions.NotYetError:
            form.add_error("through", _("这一天还没有过完，不能结账。"))
        except actions.PeriodClosedError:
            form.add_error("through", _("已经结账到更晚的一天；结账不能倒退，也不能重开。"))
        except actions.AskedAlreadyError:
            form.add_error("through", _("已有一件结账在审批中，办完再提交。"))
        else:
            messages.success(request, _("已提交复核。另外两人核对余额表，都同意就结账。"))
            return redirect("approvals:approval", asked.id)
    return _book_page(request, found, form, status=422)


@never_cache
@require_safe
@business
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Show one entry: legs the actor sees, what it rests on, what came before and after, where it is sealed."""
    found = queries.entry_of(entry_id) if entry_id < 2**63 else None
    if found is None:
        raise Http404
    legs = [
        {
            "code": leg.account.code,
            "name": leg.account.name,
            "debit": or_blank(max(leg.amount_minor, 0)),
            "credit": or_blank(max(-leg.amount_minor, 0)),
            "currency": leg.currency,
        }
        for leg in found.legs.select_related("account").order_by("position")
    ]
    sealed = events(row_table="ledger_entry", row_id=str(found.id)).first()
    return render(
        request,
        "ledger/entry.html",
        {
            "section": "work",
            "entry": found,
            "legs": legs,
            "hidden": found.legs_count - len(legs),
            "is_posted": found.kind in POSTING_KINDS,
            "follower": getattr(found, "follower", None),
            "keeper": name_of_party(found.owner),
            "approval": approval(found.approval_ref) if _is_id(found.approval_ref) else None,
            "decision_id": found.decision_ref if _sees_decision(found.decision_ref) else "",
            "voucher": queries.voucher_of(UUID(found.key.removeprefix("voucher:")))
            if _is_id(found.key.removeprefix("voucher:")) and found.key.startswith("voucher:")
            else None,
            "undoings": [(each, approval(each.approval_ref)) for each in queries.undoings_of(found.id)],
            "may_undo": may_post(found.book)
            and getattr(found, "follower", None) is None
            and found.kind in {*POSTING_KINDS, "pending"} - {"reversal"},
            "sealed": sealed,
            "link": getattr(sealed, "link", None) if sealed else None,
            "synthetic": found.book.is_demo,
        },
    )


def may_post(book: Book) -> bool:
    """Tell whether the actor may ask for entries in a book."""
    actor = current_actor()
    return book.keeper == actor.party and actor.may("ledger.post")


def account_line(account: Account) -> dict[str, Any]:
    """Return an account with its balance as the lists print it."""
    from kerong.engines.bookkeeping.accounts import sign_of

    kept, sign = account.balance, sign_of(account.kind)
    held = Balance(kept.debit, kept.credit, kept.debit_pending, kept.credit_pending)
    return {
        "account": account,
        "owner": name_of_party(account.owner),
        "amount": yuan(held.amount(sign)),
        "outgoing": or_blank(held.outgoing(sign)),
        "incoming": or_blank(held.incoming(sign)),
        "available": yuan(held.available(sign)),
    }


def _book_page(request: HttpRequest, found: Book, form: CloseForm, status: int = 200) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    actor = current_actor()
    is_keeper = found.keeper == actor.party
    return render(
        request,
        "ledger/book.html",
        {
            "section": "work",
            "book": found,
            "keeper": name_of_party(found.keeper),
            "text": text,
            "lines": [account_line(each) for each in queries.accounts_of(found.key, search=text)],
            "reads_book": (is_keeper and actor.may("ledger.read")) or actor.may("audit.read"),
            "may_post": may_post(found),
            "closing_now": queries.open_closings(found.key),
            "closings": list(found.closings.order_by("-through")[:12]),
            "form": form,
            "synthetic": found.is_demo,
        },
        status=status,
    )


def _reads_books() -> bool:
    return any(current_actor().may(duty) for duty in READERS)


def _sees_decision(reference: str) -> bool:
    """Tell whether the actor may open a decision; found by name, because decisions stand beside the books."""
    if not _is_id(reference):
        return False
    module, _colon, name = settings.KERONG_DECISION.partition(":")
    return getattr(importlib.import_module(module), name)(reference) is not None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
