"""The check of ``identity_codes`` over a whole column at once, with numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kerong.basics.identity_codes import (
    ALPHABET,
    LENGTH,
    MODULUS,
    ORGANISATION_ALPHABET,
    ORGANISATION_MODULUS,
    ORGANISATION_WEIGHTS,
    WEIGHTS,
    Fault,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAULTS: tuple[Fault | None, ...] = (None, "empty", "length", "alphabet", "region_digits", "check_digit")


def _value_table(alphabet: str) -> NDArray[np.int16]:
    table = np.full(256, -1, dtype=np.int16)
    for value, character in enumerate(alphabet):
        table[ord(character)] = value
    return table


_VALUES = _value_table(ALPHABET)
_ORGANISATION_VALUES = _value_table(ORGANISATION_ALPHABET)
_WEIGHTS = np.array(WEIGHTS, dtype=np.int32)
_ORGANISATION_WEIGHTS = np.array(ORGANISATION_WEIGHTS, dtype=np.int32)
_NINE = ord("9")


def check_credit_codes(characters: NDArray[np.uint8], lengths: NDArray[np.int32]) -> NDArray[np.int8]:
    """Return per code the index into ``FAULTS`` of the first broken rule; 0 is a valid code.

    ``characters`` holds one normalised code per row, eighteen bytes; rows whose length in characters is not
    eighteen may hold anything.
    """
    fault = np.zeros(len(lengths), dtype=np.int8)
    values = _VALUES[characters]
    check = (-(values[:, :17].astype(np.int32) @ _WEIGHTS)) % MODULUS
    fault[check != values[:, 17]] = FAULTS.index("check_digit")
    fault[(characters[:, 2:8] > _NINE).any(axis=1)] = FAULTS.index("region_digits")
    fault[(values < 0).any(axis=1)] = FAULTS.index("alphabet")
    fault[lengths != LENGTH] = FAULTS.index("length")
    fault[lengths == 0] = FAULTS.index("empty")
    return fault


def check_organisation_codes(characters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell per code of eighteen bytes whether the GB 11714 check at position 17 holds."""
    values = _ORGANISATION_VALUES[characters[:, 8:16]].astype(np.int32)
    expected = ORGANISATION_MODULUS - (values @ _ORGANISATION_WEIGHTS) % ORGANISATION_MODULUS
    written = _ORGANISATION_VALUES[characters[:, 16]]
    as_value = np.where(expected == 10, ORGANISATION_ALPHABET.index("X"), expected % ORGANISATION_MODULUS)  # noqa: PLR2004 - GB 11714 writes 10 as X
    return (written == as_value) & (values >= 0).all(axis=1)
