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

from kerong.basics.clock import current_clock
from kerong.records.approvals.queries import approval, name_of_account, step_label
from kerong.records.ledger import actions, queries
from kerong.records.ledger.forms import UndoForm, VoucherForm
from kerong.records.ledger.views.books import may_post, seen_book
from kerong.records.ledger.views.printing import or_blank
from kerong.records.parties.queries import needs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from kerong.records.ledger.models import Voucher

PAGE = 30
# What an unmatched line of the bank fills in beforehand.
STARTED_WITH = ("happened_on", "what", "account_0", "debit_0", "credit_0")


@never_cache
@require_safe
@needs("ledger.read", "audit.read")
def vouchers(request: HttpRequest, book: str) -> HttpResponse:
    """List the vouchers of a book."""
    found = seen_book(book)
    page = Paginator(queries.vouchers_of(found.key), PAGE).get_page(request.GET.get("page"))
    lines = [{"voucher": each, "amount": _amount(each), **_approval(each)} for each in page]
    return render(
        request,
        "ledger/vouchers.html",
        {
            "section": "work", "book": found, "page": page, "lines": lines, "may_post": may_post(found),
            "synthetic": found.is_demo,
        },
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("ledger.post")
def voucher_new(request: HttpRequest, book: str) -> HttpResponse:
    """Ask for an entry."""
    found = seen_book(book)
    if not may_post(found):
        raise Http404
    accounts = list(queries.accounts_of(found.key))
    form = VoucherForm(
        request.POST if request.method == "POST" else None,
        accounts={each.code: each.currency for each in accounts},
        initial={name: request.GET.get(name, "")[:200].replace("\0", "") for name in STARTED_WITH},
    )
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
                    form=said["form"],
                )
            except actions.BookkeepingError as error:
                form.add_error(AT_FIELD.get(type(error)), _refusal(error))
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
@require_http_methods(["GET", "HEAD", "POST"])
@needs("ledger.post")
def entry_undo(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Ask for an entry to be reversed, or a reserved one to be let go."""
    found = queries.entry_of(entry_id) if entry_id < 2**63 else None
    if found is None or not may_post(found.book):
        raise Http404
    form = UndoForm(
        request.POST if request.method == "POST" else None, initial={"happened_on": current_clock().today()}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.ask_undoing(entry_id=found.id, **form.cleaned_data)
            except actions.BookkeepingError as error:
                form.add_error(AT_FIELD.get(type(error)), _refusal(error))
                status = 409
            else:
                messages.success(request, _("已提交复核。另外两人都同意就登记，并与原分录互相指明。"))
                return redirect("ledger:voucher", made.id)
    legs = found.legs.select_related("account").order_by("position")
    context = {
        "section": "work",
        "entry": found,
        "form": form,
        "legs": _legs([(leg.account.code, -leg.amount_minor, leg.currency) for leg in legs], found.book_id),
        "synthetic": found.book.is_demo,
    }
    return render(request, "ledger/entry_undo.html", context, status=status)


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
    if not may_post(found.book):
        raise Http404
    try:
        actions.post_voucher(voucher_id=found.id)
    except actions.BookkeepingError as error:
        return _voucher_page(request, found, problem=_refusal(error), status=409)
    return redirect("ledger:voucher", found.id)


def _voucher_page(
    request: HttpRequest, found: Voucher, *, problem: str = "", status: int = 200
) -> HttpResponse:
    asked = _approval(found)["approval"]
    context = {
        "section": "work", "book": found.book, "voucher": found, "problem": problem, **_approval(found),
        "legs": _legs(found.legs, found.book_id), "asked_by": name_of_account(found.asked_by),
        "may_post": may_post(found.book) and not found.entry_ref and asked is not None and asked.state == "agreed",
        "synthetic": found.book.is_demo,
    }  # fmt: skip
    return render(request, "ledger/voucher.html", context, status=status)


def _seen(voucher_id: Any) -> Voucher:
    found = queries.voucher_of(voucher_id)
    if found is None:
        raise Http404
    return found


def _approval(found: Voucher) -> dict[str, Any]:
    asked = approval(found.approval_ref)
    return {"approval": asked, "step": step_label(asked.step) if asked else ""}


def _legs(legs: Iterable[tuple[str, int, str]], book: str) -> list[dict[str, str]]:
    names = dict(queries.accounts_of(book).values_list("code", "name"))
    return [
        {
            "code": code, "name": names.get(code, ""), "debit": or_blank(max(amount, 0)),
            "credit": or_blank(max(-amount, 0)), "currency": currency,
        }
        for code, amount, currency in legs
    ]  # fmt: skip


def _amount(found: Voucher) -> str:
    return or_blank(sum(amount for _code, amount, _currency in found.legs if amount > 0))


AT_FIELD: dict[type[Exception], str] = {
    actions.PeriodClosedError: "happened_on",
    actions.NotYetError: "happened_on",
}
"""Refusals that stand at a field; the others stand above the form."""


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
        actions.AskedAlreadyError: _("这一笔已提交冲销，正在审批。"),
        actions.OriginalError: _("这一笔已经转实、撤销或冲销，或冲销日期早于原分录，不能再冲销。"),
    }
    return words.get(type(error), str(error))
