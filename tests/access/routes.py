"""The role × route matrix as a table: who may ask for each route of the service, and what a permitted one gets (SEC-2).

Add a row for each named route. ``audience`` is "public", "signed_in", "business" (signed in, and no
administrator) or a tuple of duties; one is enough.
``arguments`` fill the address; for a route about one object take an identifier nobody has and say ``gives=(404,)``.
A route that only takes POST says ``method="post"`` and is sent an empty form. ``needs_law`` is for pages that show
released policies: they are asked for by a visitor only, because loading the policies takes seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NOBODY = "00000000-0000-7000-8000-000000000000"
NO_FIRM = "X9420100ZZZ000000A"
SIGNED_IN = "signed_in"
# Signed in, and no administrator of the service.
BUSINESS = "business"
PUBLIC = "public"
_LOOKS = ("institution.act", "office.act", "disputes.handle", "adviser.act")
_ANSWERS = ("disputes.handle", "cases.supervise")
_FIRM = ("firm.act", "firm.sign")
_SYSTEM = ("system.manage",)
_OUTBOX = ("outbox.manage", "system.manage")
_VERIFIERS = ("evidence.verify", "audit.read")
# Who has a material library, and who may put something into it.
_READERS = ("firm.act", "firm.sign", "institution.act", "office.act", "adviser.act", "cases.work")
_DRAFT_READERS = ("packs.draft", "packs.review", "packs.approve", "audit.read")
_KEEPERS = ("firm.act", "institution.act", "office.act")

_CONSENT_RECIPIENTS = ("institution.act", "office.act", "adviser.act", "facts.import")
_CONSENT_READERS = (*_FIRM, *_CONSENT_RECIPIENTS, "audit.read")
_FINANCING_READERS = (*_FIRM, "institution.act", "audit.read")
_BOOK_READERS = ("ledger.read", "audit.read")


@dataclass(frozen=True)
class Route:
    """Who may ask for a route, with which arguments, and which answers a permitted asker gets."""

    audience: str | tuple[str, ...] = PUBLIC
    arguments: dict[str, Any] = field(default_factory=dict)
    method: str = "get"
    gives: tuple[int, ...] = (200,)
    needs_law: bool = False


def _law(**more: Any) -> Route:
    return Route(needs_law=True, **more)


def _own(**more: Any) -> Route:
    return Route(SIGNED_IN, **more)


def _business(**more: Any) -> Route:
    return Route(BUSINESS, **more)


def _about_firm(**more: Any) -> Route:
    return _law(arguments={"uscc": NO_FIRM, **more}, gives=(404,))


ROUTES: dict[str, Route] = {
    # ── portal ──
    "home": _law(),
    "health": Route(gives=(200, 503)),
    "set_language": Route(method="post", gives=(204, 302)),
    "text_size": Route(method="post", gives=(302, 400)),
    # ── work, notices, documents ──
    "work": _own(),
    "notices:notices": _own(),
    "notices:notices_export": _own(arguments={"ending": "csv"}),
    "notices:read_all": _own(method="post", gives=(302,)),
    "notices:preference": _own(method="post", gives=(302,)),
    "notices:notice": _own(arguments={"notice_id": NOBODY}, gives=(404,)),
    "documents:materials": Route(_READERS),
    "documents:materials_export": Route(_READERS, arguments={"ending": "csv"}),
    "documents:material_new": Route(_KEEPERS),
    "documents:material": Route(_READERS, arguments={"document_id": NOBODY}, gives=(404,)),
    "documents:material_file": Route(_READERS, arguments={"document_id": NOBODY}, gives=(404,)),
    "documents:material_replace": Route(
        _KEEPERS, arguments={"document_id": NOBODY}, method="post", gives=(404,)
    ),
    "documents:material_withdraw": Route(
        _KEEPERS, arguments={"document_id": NOBODY}, method="post", gives=(404,)
    ),
    "documents:material_share": Route(
        _KEEPERS, arguments={"document_id": NOBODY}, method="post", gives=(404,)
    ),
    "documents:material_share_end": Route(
        _KEEPERS, arguments={"document_id": NOBODY, "share_id": NOBODY}, method="post", gives=(404,)
    ),
    "documents:letters": _business(),
    "documents:letters_export": _business(arguments={"ending": "csv"}),
    "documents:letter": _business(arguments={"letter_id": NOBODY}, gives=(404,)),
    "documents:letter_pdf": _business(arguments={"letter_id": NOBODY}, gives=(404,)),
    "documents:letter_docx": _business(arguments={"letter_id": NOBODY}, gives=(404,)),
    "documents:verify": Route(),
    "documents:verify_code": Route(arguments={"code": "0000-0000-0000-0000"}, gives=(404, 429)),
    # ── system ──
    "system": Route(_SYSTEM),
    "system_jobs": Route(_SYSTEM),
    "system_job_retry": Route(_SYSTEM, arguments={"job": 0}, method="post", gives=(404,)),
    "system_job_dismiss": Route(_SYSTEM, arguments={"job": 0}, method="post", gives=(404,)),
    "system_alarms": Route(_SYSTEM),
    "system_alarms_export": Route(_SYSTEM, arguments={"ending": "csv"}),
    "system_alarm": Route(_SYSTEM, arguments={"key": NOBODY}, gives=(404,)),
    "system_alarm_close": Route(_SYSTEM, arguments={"key": NOBODY}, method="post", gives=(404,)),
    "system_backups": Route(_SYSTEM),
    # ── outbox ──
    "outbox:endpoints": Route(_OUTBOX),
    "outbox:endpoint": Route(_OUTBOX, arguments={"key": NOBODY}, gives=(404,)),
    "outbox:rotate": Route(_OUTBOX, arguments={"key": NOBODY}, method="post", gives=(404,)),
    "outbox:ping": Route(_OUTBOX, arguments={"key": NOBODY}, method="post", gives=(404,)),
    "outbox:switch": Route(_OUTBOX, arguments={"key": NOBODY}, method="post", gives=(404,)),
    "outbox:deliveries": Route(_OUTBOX),
    "outbox:deliveries_export": Route(_OUTBOX, arguments={"ending": "csv"}),
    "outbox:delivery": Route(_OUTBOX, arguments={"key": NOBODY}, gives=(404,)),
    "outbox:redeliver": Route(_OUTBOX, arguments={"key": NOBODY}, method="post", gives=(404,)),
    # ── evidence ──
    "evidence": Route(_VERIFIERS),
    "evidence_check": Route(("evidence.verify",), method="post", gives=(200, 302)),
    "evidence_bundle": Route(("evidence.verify",), method="post", gives=(200, 302)),
    "evidence_administrators": Route(("audit.logs",)),
    "evidence_event": Route(_VERIFIERS, arguments={"key": NOBODY}, gives=(404,)),
    "evidence_proof": Route(_VERIFIERS, arguments={"key": NOBODY}, gives=(404,)),
    # ── facts ──
    "facts:start": _business(gives=(302,)),
    "facts:ask": Route(_LOOKS),
    "facts:look": Route(_LOOKS, arguments={"uscc": "no-such-code"}, gives=(404,)),
    "facts:imports": Route(("facts.import", "audit.read")),
    "facts:batch": Route(("facts.import", "audit.read"), arguments={"key": NOBODY}, gives=(404,)),
    "facts:disputes": Route(_ANSWERS),
    "facts:dispute": Route((*_FIRM, *_ANSWERS), arguments={"key": NOBODY}, gives=(404,)),
    "facts:note": Route(("disputes.handle",), arguments={"key": NOBODY}, method="post", gives=(404,)),
    "facts:answer": Route(("disputes.handle",), arguments={"key": NOBODY}, method="post", gives=(404,)),
    "facts:dossier": Route(_FIRM, arguments={"uscc": NO_FIRM}, gives=(404,)),
    "facts:dossier_export": Route(_FIRM, arguments={"uscc": NO_FIRM}, gives=(404,)),
    "facts:lookups": Route(_FIRM, arguments={"uscc": NO_FIRM}, gives=(404,)),
    "facts:lookups_export": Route(_FIRM, arguments={"uscc": NO_FIRM, "ending": "csv"}, gives=(404,)),
    "facts:file_dispute": Route(_FIRM, arguments={"uscc": NO_FIRM, "name": "staff_count"}, gives=(404,)),
    "facts:declare": Route(
        _FIRM, arguments={"uscc": NO_FIRM, "name": "staff_count"}, method="post", gives=(404,)
    ),
    # ── accounts (allauth guards its own pages: it sends elsewhere whoever has no business there) ──
    "step_up": _own(gives=(302,)),
    "step_up_done": _own(gives=(302,)),
    "account_login": Route(gives=(200, 302)),
    "account_logout": Route(gives=(200, 302)),
    "account_inactive": Route(),
    "account_signup": Route(gives=(200, 302)),
    "account_reauthenticate": _own(gives=(200, 302)),
    "account_email": _own(gives=(200, 302)),
    "account_email_verification_sent": Route(gives=(200, 302)),
    "account_change_password": _own(gives=(200, 302)),
    "account_set_password": _own(gives=(200, 302)),
    "account_reset_password": Route(gives=(200, 302)),
    "account_confirm_login_code": Route(gives=(200, 302)),
    "account_confirm_email": Route(arguments={"key": "none"}, gives=(200, 302, 404)),
    "account_reset_password_from_key": Route(arguments={"uidb36": "0", "key": "none"}, gives=(200, 302)),
    "account_reset_password_from_key_done": Route(),
    "account_reset_password_done": Route(),
    "mfa_index": _own(),
    "mfa_authenticate": Route(gives=(200, 302)),
    "mfa_reauthenticate": _own(gives=(200, 302)),
    "mfa_activate_totp": _own(gives=(200, 302)),
    "mfa_deactivate_totp": _own(gives=(200, 302)),
    "mfa_view_recovery_codes": _own(gives=(200, 302, 404)),
    "mfa_generate_recovery_codes": _own(gives=(200, 302)),
    "mfa_download_recovery_codes": _own(gives=(200, 302, 404)),
    "mfa_list_webauthn": _own(gives=(200, 302)),
    "mfa_add_webauthn": _own(gives=(200, 302)),
    "mfa_reauthenticate_webauthn": _own(gives=(200, 302)),
    "mfa_remove_webauthn": _own(arguments={"pk": 0}, gives=(302, 404)),
    "mfa_edit_webauthn": _own(arguments={"pk": 0}, gives=(302, 404)),
    "mfa_login_webauthn": Route(gives=(200, 302)),
    "socialaccount_login_cancelled": Route(),
    "socialaccount_login_error": Route(gives=(401,)),
    "socialaccount_signup": Route(gives=(200, 302)),
    "socialaccount_connections": _own(gives=(200, 302)),
    "openid_connect_login": Route(arguments={"provider_id": "none"}, gives=(404,)),
    "openid_connect_callback": Route(arguments={"provider_id": "none"}, gives=(404,)),
    "usersessions_list": _own(),
    # ── parties ──
    "parties:me": _own(),
    "parties:mandate": _own(),
    "parties:institutions": Route(),
    "parties:institution": Route(arguments={"key": "nobody"}, gives=(404,)),
    "parties:licence_add": Route(
        ("institution.manage",), arguments={"key": "nobody"}, method="post", gives=(404,)
    ),
    "parties:licence_end": Route(
        ("institution.manage",), arguments={"key": "nobody", "licence": NOBODY}, method="post", gives=(404,)
    ),
    "parties:branch_add": Route(("institution.manage",), arguments={"key": "nobody"}, gives=(404,)),
    "parties:branch": Route(
        ("institution.manage",), arguments={"key": "nobody", "branch": NOBODY}, gives=(404,)
    ),
    "parties:offices": Route(),
    "parties:claims": _own(),
    "parties:claim_new": _own(),
    "parties:claim_resend": _own(arguments={"claim": NOBODY}, method="post", gives=(404,)),
    "parties:claim_withdraw": _own(arguments={"claim": NOBODY}, method="post", gives=(404,)),
    "parties:sign": Route(arguments={"token": "nobody"}, gives=(404,)),
    "parties:sign_confirm": Route(arguments={"token": "nobody"}, gives=(404,)),
    "parties:access": Route(("accounts.manage",)),
    "parties:access_grant": Route(("accounts.manage",)),
    "parties:access_account": Route(("accounts.manage",), arguments={"user": NOBODY}, gives=(404,)),
    "parties:access_switch": Route(
        ("accounts.manage",), arguments={"user": NOBODY}, method="post", gives=(404,)
    ),
    "parties:access_end": Route(
        ("accounts.manage",), arguments={"membership": NOBODY}, method="post", gives=(404,)
    ),
    # ── policy library and matchmaking: public, from released policies ──
    "policy_library:rules": _law(),
    "policy_library:rule": _law(arguments={"key": "nobody"}, gives=(404,)),
    "policy_library:value": _law(arguments={"key": "nobody", "parameter": "none"}, gives=(404,)),
    "policy_library:sources": _law(),
    "policy_library:source": _law(arguments={"key": "nobody"}, gives=(404,)),
    "policy_library:unpublished": _law(),
    "policy_library:unpublished_file": _law(arguments={"ending": "csv"}),
    "policy_library:policy_search": _law(),
    "policy_library:comparisons": _law(),
    "policy_library:comparison": _law(arguments={"topic": "nobody"}, gives=(404,)),
    "policy_library:what_if": _law(),
    "matchmaking:shelf": _law(),
    "matchmaking:shelf_compare": _law(),
    "matchmaking:shelf_export": _law(arguments={"ending": "csv"}),
    "matchmaking:shelf_product": _law(
        arguments={"institution": "nobody", "product": "nothing"}, gives=(404,)
    ),
    "matchmaking:firms": _law(gives=(200, 503)),
    "matchmaking:firms_export": _law(arguments={"ending": "csv"}),
    "matchmaking:firm": _about_firm(),
    "matchmaking:doors": _about_firm(),
    "matchmaking:evaluation": _about_firm(key="nobody"),
    # ── approvals ──
    "decisions:decisions": _business(),
    "decisions:decisions_export": _business(arguments={"ending": "csv"}),
    "decisions:decision": _business(arguments={"decision_id": NOBODY}, gives=(404,)),
    "decisions:record": _business(arguments={"decision_id": NOBODY}, gives=(404,)),
    "decisions:replay": _business(arguments={"decision_id": NOBODY}, gives=(404,)),
    "decisions:ask_review": _business(arguments={"decision_id": NOBODY}, method="post", gives=(404,)),
    "decisions:give_review": Route(
        ("institution.act", "office.act", "disputes.handle"),
        arguments={"decision_id": NOBODY},
        method="post",
        gives=(404,),
    ),
    "decisions:pre_assess": Route(
        ("firm.act",), arguments={"uscc": NO_FIRM, "key": "none"}, method="post", gives=(404,)
    ),
    "packs:releases": Route(),
    "packs:releases_export": Route(arguments={"ending": "csv"}),
    "packs:release": Route(arguments={"number": 999_999}, gives=(404,)),
    "packs:release_text": Route(arguments={"number": 999_999, "name": "facts.yaml"}, gives=(404,)),
    "packs:drafts": Route(_DRAFT_READERS),
    "packs:new_draft": Route(("packs.draft",), needs_law=True),
    "packs:draft": Route(_DRAFT_READERS, arguments={"draft_id": NOBODY}, gives=(404,)),
    "packs:draft_file": Route(("packs.draft",), arguments={"draft_id": NOBODY}, gives=(404,)),
    "packs:rebase": Route(("packs.draft",), arguments={"draft_id": NOBODY}, method="post", gives=(404,)),
    "packs:submit": Route(("packs.draft",), arguments={"draft_id": NOBODY}, method="post", gives=(404,)),
    "packs:put_in_force": Route(
        ("packs.draft", "packs.approve"), arguments={"draft_id": NOBODY}, method="post", gives=(404,)
    ),
    "approvals:approvals": _business(),
    "approvals:approvals_export": _business(arguments={"ending": "csv"}),
    "approvals:approval": _business(arguments={"approval_id": NOBODY}, gives=(404,)),
    "approvals:decide": _business(arguments={"approval_id": NOBODY}, method="post", gives=(404,)),
    "approvals:withdraw": _business(arguments={"approval_id": NOBODY}, method="post", gives=(404,)),
    # ── cases ──
    "cases:cases": _business(),
    "cases:cases_export": _business(arguments={"ending": "csv"}),
    "cases:case": _business(arguments={"number": "KR1999-000001"}, gives=(404,)),
    "cases:move": _business(arguments={"number": "KR1999-000001", "transition": "take"}, gives=(404,)),
    "cases:note": _business(arguments={"number": "KR1999-000001"}, method="post", gives=(404,)),
    "cases:pause": _business(arguments={"number": "KR1999-000001"}, method="post", gives=(404,)),
    "cases:resume": _business(arguments={"number": "KR1999-000001"}, method="post", gives=(404,)),
    "cases:returned": _business(arguments={"number": "KR1999-000001"}, method="post", gives=(404,)),
    "cases:assign": _business(arguments={"number": "KR1999-000001"}, method="post", gives=(404,)),
    # ── ledger ──
    "ledger:books": _business(),
    "ledger:entry": _business(arguments={"entry_id": 1}, gives=(404,)),
    "ledger:entry_undo": Route(("ledger.post",), arguments={"entry_id": 1}, gives=(404,)),
    "ledger:voucher": Route(_BOOK_READERS, arguments={"voucher_id": NOBODY}, gives=(404,)),
    "ledger:voucher_post": Route(
        ("ledger.post",), method="post", arguments={"voucher_id": NOBODY}, gives=(404,)
    ),
    "ledger:book": _business(arguments={"book": "none"}, gives=(404,)),
    "ledger:close": Route(("ledger.post",), method="post", arguments={"book": "none"}, gives=(404,)),
    "ledger:vouchers": Route(_BOOK_READERS, arguments={"book": "none"}, gives=(404,)),
    "ledger:voucher_new": Route(("ledger.post",), arguments={"book": "none"}, gives=(404,)),
    "ledger:trial_balance": Route(_BOOK_READERS, arguments={"book": "none"}, gives=(404,)),
    "ledger:trial_balance_file": Route(
        _BOOK_READERS, arguments={"book": "none", "ending": "csv"}, gives=(404,)
    ),
    "ledger:account": _business(arguments={"book": "none", "code": "1002"}, gives=(404,)),
    "ledger:account_file": _business(
        arguments={"book": "none", "code": "1002", "ending": "csv"}, gives=(404,)
    ),
    "ledger:reconciliation": Route(_BOOK_READERS, arguments={"book": "none", "code": "1002"}, gives=(404,)),
    "ledger:bank_import": Route(
        ("ledger.post",), method="post", arguments={"book": "none", "code": "1"}, gives=(404,)
    ),
    "ledger:bank_match": Route(
        ("ledger.post",), method="post", arguments={"book": "none", "code": "1"}, gives=(404,)
    ),
    # ── consents, financings ──
    "consents:consents": Route(_CONSENT_READERS),
    "consents:export": Route(_CONSENT_READERS, arguments={"ending": "csv"}),
    "consents:consent": Route(_CONSENT_READERS, arguments={"key": NOBODY}, gives=(404,)),
    "consents:give": Route(_FIRM),
    "consents:answer": Route(_FIRM, arguments={"key": NOBODY}, gives=(404,)),
    "consents:refuse": Route(_FIRM, arguments={"key": NOBODY}, method="post", gives=(404,)),
    "consents:withdraw": Route(_FIRM, arguments={"key": NOBODY}, method="post", gives=(404,)),
    "consents:waiting": Route(_FIRM, arguments={"key": NOBODY}, gives=(404,)),
    "consents:send_again": Route(_FIRM, arguments={"key": NOBODY}, method="post", gives=(404,)),
    "consents:take_back": Route(_FIRM, arguments={"key": NOBODY}, method="post", gives=(404,)),
    "consents:credit_report": Route(_FIRM, arguments={"bank": "none"}, gives=(404,)),
    "consents:ask": Route(_CONSENT_RECIPIENTS),
    "consents:register": _business(),
    "financings:financings": Route(_FINANCING_READERS),
    "financings:export": Route(_FINANCING_READERS, arguments={"ending": "csv"}),
    "financings:financing": Route(_FINANCING_READERS, arguments={"key": NOBODY}, gives=(404,)),
    "financings:results": Route(("financings.write",)),
    "financings:results_template": Route(("financings.write",), arguments={"ending": "csv"}),
}
