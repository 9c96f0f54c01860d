"""Verification codes of letters: fifteen random letters and a check letter, easy to read out and to type."""

from __future__ import annotations

import re
import secrets

# Crockford's base 32: no I, L, O and U, so that nothing is mistaken and nothing is spelled.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LETTERS = 15
"""75 random bits: at a thousand guesses a second against a million letters, a hit takes a million years."""
_GROUP = 4
_MISTAKEN = str.maketrans("ILO", "110")


def new_code() -> str:
    """Return a fresh code without dashes."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LETTERS))
    return text + _check_letter(text)


def shown_code(code: str) -> str:
    """Return a code as it is printed, in groups of four."""
    return "-".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP))


def normal_code(typed: str) -> str | None:
    """Return what somebody typed as a code, None where it cannot be one: a wrong letter is noticed at once."""
    code = re.sub(r"[\s\-‐－—]+", "", typed).upper().translate(_MISTAKEN)
    if len(code) != RANDOM_LETTERS + 1 or any(letter not in ALPHABET for letter in code):
        return None
    return code if _check_letter(code[:-1]) == code[-1] else None


def _check_letter(text: str) -> str:
    """Work out the check letter as the hybrid systems of ISO/IEC 7064 do, here with 33 and 32."""
    modulus = len(ALPHABET)
    product = modulus
    for letter in text:
        total = (product + ALPHABET.index(letter)) % modulus or modulus
        product = total * 2 % (modulus + 1)
    return ALPHABET[(modulus + 1 - product) % modulus]
