"""Addresses of the books."""

from __future__ import annotations

from django.urls import path

from kerong.records.ledger.views import bank, books, statements, vouchers

app_name = "ledger"

urlpatterns = [
    path("ledger/", books.books, name="books"),
    path("ledger/entry/<int:entry_id>/", books.entry, name="entry"),
    path("ledger/entry/<int:entry_id>/undo/", vouchers.entry_undo, name="entry_undo"),
    path("ledger/voucher/<uuid:voucher_id>/", vouchers.voucher, name="voucher"),
    path("ledger/voucher/<uuid:voucher_id>/post/", vouchers.voucher_post, name="voucher_post"),
    path("ledger/<slug:book>/", books.book, name="book"),
    path("ledger/<slug:book>/close/", books.close, name="close"),
    path("ledger/<slug:book>/vouchers/", vouchers.vouchers, name="vouchers"),
    path("ledger/<slug:book>/vouchers/new/", vouchers.voucher_new, name="voucher_new"),
    path("ledger/<slug:book>/trial-balance/", statements.trial_balance, name="trial_balance"),
    path(
        "ledger/<slug:book>/trial-balance.<str:ending>",
        statements.trial_balance_file,
        name="trial_balance_file",
    ),
    path("ledger/<slug:book>/<slug:code>/", statements.account, name="account"),
    path(
        "ledger/<slug:book>/<slug:code>/statement.<str:ending>", statements.account_file, name="account_file"
    ),
    path("ledger/<slug:book>/<slug:code>/bank/", bank.reconciliation, name="reconciliation"),
    path("ledger/<slug:book>/<slug:code>/bank/import/", bank.bank_import, name="bank_import"),
    path("ledger/<slug:book>/<slug:code>/bank/match/", bank.bank_match, name="bank_match"),
]
