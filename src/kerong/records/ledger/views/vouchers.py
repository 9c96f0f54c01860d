"""Manual vouchers: asked here, reviewed and approved by others, posted when all agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerong.basics.acting import current_actor
from kerong.records.approvals.queries import approval
from kerong.records.ledger import actions, queries
from kerong.records.ledger.forms import VoucherForm
from kerong.records.ledger.views.books import seen_book
from kerong.records.ledger.views.printing import or_blank
from kerong.records.parties.queries import needs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kerong.records.ledger.models import Book, Voucher

PAGE = 30


@never_cache
@require_safe
@needs("ledger.read", "audit.read")
def vouchers(request: HttpRequest, book: str) -> HttpResponse:
    """List the vouchers of a book."""
    found = seen_book(book)
    page = Paginator(queries.vouchers_of(found.key), PAGE).get_page(request.GET.get("page"))
    lines = [
        {"voucher": each, "approval": approval(each.approval_ref), "amount": _amount(each)} for each in page
    ]
    return render(
        request,
        "ledger/vouchers.html",
        {
            "section": "work", "book": found, "page": page, "lines": lines, "may_post": _may_post(found),
            "synthetic": found.is_demo,
        },
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("ledger.post")
def voucher_new(request: HttpRequest, book: str) -> HttpResponse:
    """Ask for an entry."""
    found = seen_book(book)
    if not _may_post(found):
        raise Http404
    accounts = list(queries.accounts_of(found.key))
    form = VoucherForm(request.POST or None, accounts={each.code: each.currency for each in accounts})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            said = form.cleaned_data
            try:
                made = actions.ask_voucher(
                    book=found.key,
                    **{
                        name: said[name]
                        for name in ("legs", "happened_on", "what", "decision_ref", "pack_hash")
                    },
                    waits_for_bank=said["waits_for_bank"],
                )
            except actions.BookkeepingError as error:
                form.add_error(None, _refusal(error))
            else:
                messages.success(request, _("已提交复核。复核人和审批人的待办里会出现这张凭证。"))
                return redirect("ledger:voucher", made.id)
        status = 422
    context = {
        "section": "work",
        "book": found,
        "form": form,
        "accounts": accounts,
        "synthetic": found.is_demo,
    }
    return render(request, "ledger/voucher_new.html", context, status=status)


@never_cache
@require_safe
@needs("ledger.read", "audit.read")
def voucher(request: HttpRequest, voucher_id: Any) -> HttpResponse:
    """Show a voucher, how far its approval is, and the entry it became."""
    return _voucher_page(request, _seen(voucher_id))


@require_POST
@needs("ledger.post")
def voucher_post(request: HttpRequest, voucher_id: Any) -> HttpResponse:
    """Post an approved voucher that could not be posted when it was approved."""
    found = _seen(voucher_id)
    if not _may_post(found.book):
        raise Http404
    try:
        actions.post_voucher(voucher_id=found.id)
    except actions.BookkeepingError as error:
        return _voucher_page(request, found, problem=_refusal(error), status=409)
    return redirect("ledger:voucher", found.id)


def _voucher_page(
    request: HttpRequest, found: Voucher, *, problem: str = "", status: int = 200
) -> HttpResponse:
    names = dict(queries.accounts_of(found.book_id).values_list("code", "name"))
    asked = approval(found.approval_ref)
    legs = [
        {
            "code": code, "name": names.get(code, ""), "debit": or_blank(max(amount, 0)),
            "credit": or_blank(max(-amount, 0)), "currency": currency,
        }
        for code, amount, currency in found.legs
    ]  # fmt: skip
    context = {
        "section": "work", "book": found.book, "voucher": found, "approval": asked, "legs": legs, "problem": problem,
        "may_post": _may_post(found.book) and not found.entry_ref and asked is not None and asked.state == "agreed",
        "synthetic": found.book.is_demo,
    }  # fmt: skip
    return render(request, "ledger/voucher.html", context, status=status)


def _seen(voucher_id: Any) -> Voucher:
    found = queries.voucher_of(voucher_id)
    if found is None:
        raise Http404
    return found


def _may_post(book: Book) -> bool:
    actor = current_actor()
    return book.keeper == actor.party and actor.may("ledger.post")


def _amount(found: Voucher) -> str:
    return or_blank(sum(amount for _code, amount, _currency in found.legs if amount > 0))


def _refusal(error: actions.BookkeepingError) -> str:
    """Say a refusal in the words of an accountant."""
    words = {
        actions.LimitError: _("余额不足：扣除在途后，有科目会低于下限或超过上限。"),
        actions.PeriodClosedError: _("记账日期在已结账的期间，请改到未结账的期间。"),
        actions.NotYetError: _("记账日期还没到。"),
        actions.ReferenceMissingError: _("这个账套要求每笔都写明决定、规则版本等依据。"),
        actions.UnknownAccountError: _("账套里没有这个科目。"),
        actions.UnbalancedError: _("借贷不平。"),
        actions.NotApprovedError: _("还没有审批同意。"),
    }
    return words.get(type(error), str(error))
