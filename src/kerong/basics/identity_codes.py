"""Unified social credit codes (GB 32100-2015) and the organisation codes (GB 11714) inside them.

Layout: department that registers (1), category (1), region of the registrar (6), organisation code (9),
check (1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Fault: TypeAlias = Literal[
    "empty", "length", "alphabet", "region_digits", "check_digit", "organisation_check"
]

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
MODULUS = 31
WEIGHTS: tuple[int, ...] = tuple(pow(3, position, MODULUS) for position in range(LENGTH - 1))
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS: tuple[int, ...] = (3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_MODULUS = 11

# Full-width and lower-case forms of ASCII only: a general fold would also turn ligatures and circled digits
# into letters and digits that nobody wrote.
_FOLD = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20}
_UPPER = {ord("a") + offset: ord("A") + offset for offset in range(26)}
# Blanks, quotes, hyphens, dashes and invisible characters that people and spreadsheets put into codes.
_SEPARATORS = re.compile(r"[\s\-_'\u00ad\u2010-\u2015\u2212\ufe63\u200b-\u200d\u2060\ufeff]+")
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_ORGANISATION_VALUE = {character: value for value, character in enumerate(ORGANISATION_ALPHABET)}

FAULT_LABELS: dict[Fault, str] = {
    "empty": "没有代码",
    "length": "不是 18 位",
    "alphabet": "含有 GB 32100 不使用的字符（I、O、S、V、Z 或其他）",
    "region_digits": "第 3–8 位（登记机关行政区划）不是数字",
    "check_digit": "第 18 位校验码不符",
    "organisation_check": "第 17 位（GB 11714 组织机构代码校验码）不符",
}


class CodeError(ValueError):
    """A code that breaks the standard; ``fault`` names the rule that failed first."""

    def __init__(self, code: str, fault: Fault, message: str) -> None:
        self.code = code
        self.fault: Fault = fault
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A valid unified social credit code, taken apart."""

    text: str
    department: str
    category: str
    region: str
    organisation: str
    check: str

    def __str__(self) -> str:
        return self.text


def normalise(text: str) -> str:
    """Fold full-width and lower-case characters and drop spaces, hyphens and quotes; nothing is corrected."""
    return _SEPARATORS.sub("", text.translate(_FOLD)).translate(_UPPER)


def parse_credit_code(text: str) -> CreditCode:
    """Normalise and check a code. Raises CodeError naming the rule that failed."""
    code = normalise(text)
    fault = credit_code_fault(code)
    if fault is not None:
        raise CodeError(code, fault, f"{code or '（空）'}：{explain(code, fault)}")
    return CreditCode(code, code[0], code[1], code[2:8], code[8:17], code[17])


def is_credit_code(text: str) -> bool:
    """Tell whether a text is a valid code after normalising."""
    return credit_code_fault(normalise(text)) is None


def credit_code_fault(code: str) -> Fault | None:
    """Return the first rule of GB 32100 that a normalised code breaks, or None.

    The GB 11714 check inside is not among them: GB 32100 guards all eighteen characters with its own check,
    and a few codes in use carry an organisation part that fails GB 11714. See ``organisation_code_holds``.
    """
    if not code:
        return "empty"
    if len(code) != LENGTH:
        return "length"
    if any(character not in _VALUE for character in code):
        return "alphabet"
    if not code[2:8].isdigit():
        return "region_digits"
    if check_character(code[:17]) != code[17]:
        return "check_digit"
    return None


def explain(code: str, fault: Fault) -> str:
    """Say in Chinese what is wrong with a normalised code, with the figures."""
    if fault == "length":
        return f"{FAULT_LABELS[fault]}，而是 {len(code)} 位"
    if fault == "alphabet":
        strange = "".join(dict.fromkeys(character for character in code if character not in _VALUE))
        return f"{FAULT_LABELS[fault]}：{strange}"
    if fault == "check_digit":
        return f"{FAULT_LABELS[fault]}：写的是 {code[17]}，按前 17 位应为 {check_character(code[:17])}"
    return FAULT_LABELS[fault]


def check_character(first_seventeen: str) -> str:
    """Return the eighteenth character for the first seventeen. Raises KeyError outside the alphabet."""
    total = sum(
        _VALUE[character] * weight for character, weight in zip(first_seventeen, WEIGHTS, strict=True)
    )
    return ALPHABET[-total % MODULUS]


def organisation_check_character(first_eight: str) -> str:
    """Return the ninth character of a GB 11714 organisation code. Raises KeyError outside 0-9 and A-Z."""
    pairs = zip(first_eight, ORGANISATION_WEIGHTS, strict=True)
    remainder = (
        ORGANISATION_MODULUS
        - sum(_ORGANISATION_VALUE[c] * weight for c, weight in pairs) % ORGANISATION_MODULUS
    )
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def organisation_code_holds(code: str) -> bool:
    """Tell whether a GB 11714 code of nine characters (hyphen allowed) has its right check character."""
    plain = normalise(code)
    if re.fullmatch(r"[0-9A-Z]{8}[0-9X]", plain) is None:
        return False
    return organisation_check_character(plain[:8]) == plain[8]


def compose(department: str, category: str, region: str, organisation_first_eight: str) -> str:
    """Build a valid code from its parts, both check characters worked out: for invented firms.

    Raises CodeError when the parts hold characters outside the alphabet or of the wrong length.
    """
    organisation = organisation_first_eight.upper()
    head = f"{department}{category}{region}{organisation}".upper()
    if len(head) != LENGTH - 2 or any(character not in _VALUE for character in head):
        raise CodeError(head, "alphabet", f"{head!r} 不能组成统一社会信用代码的前 16 位")
    first_seventeen = head + organisation_check_character(organisation)
    return first_seventeen + check_character(first_seventeen)
