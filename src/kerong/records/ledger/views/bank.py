"""The bank's side of a special account: import of its statements, matching, 银行存款余额调节表."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kerong.adapters.bank_statements import StatementRefusedError, read_bank_statement
from kerong.adapters.uploads import UploadRefusedError, accept
from kerong.basics.acting import current_actor
from kerong.records.ledger import actions, queries
from kerong.records.ledger.forms import BankFileForm, MatchForm, day_of
from kerong.records.ledger.views.printing import yuan
from kerong.records.parties.queries import needs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kerong.records.ledger.models import Account, BankLine


@never_cache
@require_safe
@needs("ledger.read", "audit.read")
def reconciliation(request: HttpRequest, book: str, code: str) -> HttpResponse:
    """Show the 余额调节表 on a day, the lines that are open, and the form to import a statement."""
    return _page(request, _seen(book, code), BankFileForm())


@require_POST
@needs("ledger.post")
def bank_import(request: HttpRequest, book: str, code: str) -> HttpResponse:
    """Import a statement; nothing of it is kept when a single cell is wrong."""
    found = _seen(book, code)
    form = BankFileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read()
            taken = accept(name=file.name, content=content, declared_type=file.content_type or "")
            read = read_bank_statement(taken.name, content)
            brought = actions.import_bank_statement(account_id=found.id, name=taken.name, file=read)
        except StatementRefusedError as error:
            for mistake in error.mistakes[:50]:
                form.add_error("file", mistake)
        except (UploadRefusedError, actions.BankRefusedError) as error:
            form.add_error("file", str(error))
        else:
            messages.success(
                request,
                _("已导入 %(lines)d 行，自动勾对 %(matched)d 行。")
                % {"lines": brought.new_lines, "matched": brought.matched},
            )
            return redirect("ledger:reconciliation", book, code)
    return _page(request, found, form, status=422)


@require_POST
@needs("ledger.post")
def bank_match(request: HttpRequest, book: str, code: str) -> HttpResponse:
    """Match one line with one entry by hand."""
    found = _seen(book, code)
    form = MatchForm(request.POST)
    lines = {line.id for line in queries.open_lines(found.id)}
    if not form.is_valid() or form.cleaned_data["line"] not in lines:
        messages.error(request, _("这一行已经勾对，或不在这个账户。"))
        return redirect("ledger:reconciliation", book, code)
    try:
        actions.match(line_id=form.cleaned_data["line"], entry_id=form.cleaned_data["entry"])
    except actions.BookkeepingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已勾对。"))
    return redirect("ledger:reconciliation", book, code)


def _seen(book: str, code: str) -> Account:
    found = queries.account_of(book, code)
    actor = current_actor()
    if found is None or not found.is_bank or (found.keeper != actor.party and not actor.may("audit.read")):
        raise Http404
    return found


def _voucher(line: BankLine, code: str) -> str:
    """Return the voucher that a line of the bank asks for, as the query of an address."""
    side = "debit_0" if line.amount_minor > 0 else "credit_0"
    return urlencode(
        {
            "happened_on": line.happened_on.isoformat(), "what": f"{line.text or line.counterpart} {line.receipt}",
            "account_0": code, side: f"{abs(line.amount_minor) // 100}.{abs(line.amount_minor) % 100:02}",
        }
    )  # fmt: skip


def _page(request: HttpRequest, found: Account, form: BankFileForm, *, status: int = 200) -> HttpResponse:
    made = queries.reconciliation(account=found, on=day_of(request.GET.get("on")))
    may_post = found.keeper == current_actor().party and current_actor().may("ledger.post")
    lines = [
        {
            "line": line,
            "amount": yuan(line.amount_minor),
            "candidates": queries.candidates(line),
            "voucher": _voucher(line, found.code),
        }
        for line in queries.open_lines(found.id)[:100]
    ]
    context = {
        "section": "work",
        "book": found.book,
        "account": found,
        "made": made,
        "book_balance": yuan(made.book_balance),
        "bank_balance": yuan(made.bank_balance),
        "book_adjusted": yuan(made.book_adjusted),
        "bank_adjusted": yuan(made.bank_adjusted),
        "difference": yuan(made.book_adjusted - made.bank_adjusted),
        "only_bank": [{"item": item, "amount": yuan(item.amount)} for item in made.only_bank],
        "only_book": [{"item": item, "amount": yuan(item.amount)} for item in made.only_book],
        "lines": lines,
        "may_post": may_post,
        "form": form,
        "synthetic": found.book.is_demo,
    }
    return render(request, "ledger/reconciliation.html", context, status=status)
