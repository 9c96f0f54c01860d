"""Where the keys of one installation are kept, and how the crypto provider is made from them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kerong.basics.clock import current_clock
from kerong.basics.crypto import FileKeyRing, KeyMissingError, SoftwareProvider, self_test
from kerong.portal.home import home_folder, make_private_folder

if TYPE_CHECKING:
    from pathlib import Path

SUITES = {
    # The signing purposes of the service; everything else is a key for texts or look-ups.
    "international": {},
    "domestic": {"fields": "sm4-gcm", "sign.consent": "sm2", "sign.letter": "sm2"},
}
PURPOSES = ("fields", "look_ups", "sign.consent", "sign.letter")
EVIDENCE_PURPOSES = ("sign.evidence",)


def keys_path(home: Path | None = None) -> Path:
    """Return where the service's keys are kept."""
    return (home or home_folder()) / "keys.json"


def evidence_keys_path(home: Path | None = None) -> Path:
    """Return where the key of the evidence is kept: a file of its own, which the pages never read."""
    return (home or home_folder()) / "evidence_keys.json"


def ensure_keys(home: Path | None = None) -> None:
    """Make the keys that are missing; keep those that are there."""
    make_private_folder((home or home_folder()).absolute())
    for path, purposes in ((keys_path(home), PURPOSES), (evidence_keys_path(home), EVIDENCE_PURPOSES)):
        ring = _ring(path, may_make=True)
        for purpose in purposes:
            ring.active(purpose)


def make_provider() -> SoftwareProvider:
    """Make the provider of the service, after the self-test. Raises SelfTestError and KeyMissingError."""
    from kerong.records.evidence.actions.subject_keys import DatabaseKeyStore

    self_test()
    return SoftwareProvider(_ring(keys_path(), may_make=_may_make()), store=DatabaseKeyStore())


def make_evidence_provider() -> SoftwareProvider:
    """Make the provider of whoever signs checkpoints: it knows the evidence's key and no other."""
    self_test()
    return SoftwareProvider(_ring(evidence_keys_path(), may_make=_may_make()))


def rings() -> list[FileKeyRing]:
    """Return both rings of this installation, for showing and rotating."""
    return [_ring(path, may_make=False) for path in (keys_path(), evidence_keys_path())]


def _ring(path: Path, *, may_make: bool) -> FileKeyRing:
    suite = os.environ.get("KERONG_CRYPTO_SUITE", "international")
    if suite not in SUITES:
        raise KeyMissingError(f"KERONG_CRYPTO_SUITE is {suite!r}, expected one of {', '.join(SUITES)}")
    return FileKeyRing(path, now=current_clock().now(), algorithms=SUITES[suite], may_make=may_make)


def _may_make() -> bool:
    """In production keys are made by `kerong init` only: a service that makes new ones could not read the old texts."""
    return os.environ.get("KERONG_ENV", "development") != "production"
