"""Stories that cross records and capabilities, each told by name so that the storeys below need not import this one."""

from __future__ import annotations

# What follows a signature, by the kind of the signing request: `module:function`, called in the same transaction with
# signing_request_id=str.
SIGNED: dict[str, str] = {
    "firm_claim": "kerong.records.parties.actions:claim_signed",
    "consent": "kerong.records.consents.actions:consent_signed",
}
