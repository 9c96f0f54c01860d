"""Finds the folder that holds the law: the one named, the one in the checkout, or the one shipped."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE_FOLDER = Path(__file__).resolve().parents[1]


class PoliciesNotFoundError(FileNotFoundError):
    """There is no policies folder where one was expected; the message says where we looked and what to do."""


def policies_folder() -> Path:
    """Return the folder of policies: KERONG_POLICIES, else the checkout's `policies/`, else the shipped copy.

    Raises PoliciesNotFoundError. A folder named in KERONG_POLICIES is never replaced by another one silently.
    """
    if configured := os.environ.get("KERONG_POLICIES"):
        folder = Path(configured).expanduser().absolute()
        if not folder.is_dir():
            raise PoliciesNotFoundError(
                f"KERONG_POLICIES is {configured}, which is no folder. Correct it or unset it."
            )
        return folder
    candidates = (PACKAGE_FOLDER.parents[1] / "policies", PACKAGE_FOLDER / "policies_shipped")
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    looked = " and ".join(str(candidate) for candidate in candidates)
    raise PoliciesNotFoundError(f"No policies folder: looked at {looked}. Set KERONG_POLICIES to yours.")
