"""Pages about people, mandates, institutions, claims and signatures."""

from kerong.records.parties.views.access import (
    access_account,
    access_end,
    access_grant,
    access_list,
    access_switch,
)
from kerong.records.parties.views.claims import claim_new, claim_resend, claim_withdraw, claims
from kerong.records.parties.views.institutions import (
    branch_store,
    institution_list,
    institution_page,
    licence_add,
    licence_end,
    office_list,
)
from kerong.records.parties.views.own import mandate, me
from kerong.records.parties.views.signing import sign_confirm, sign_read

__all__ = [
    "access_account",
    "access_end",
    "access_grant",
    "access_list",
    "access_switch",
    "branch_store",
    "claim_new",
    "claim_resend",
    "claim_withdraw",
    "claims",
    "institution_list",
    "institution_page",
    "licence_add",
    "licence_end",
    "mandate",
    "me",
    "office_list",
    "sign_confirm",
    "sign_read",
]
