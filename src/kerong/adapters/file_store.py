"""Keeps the content of files, encrypted, in the home folder: one file each, found by whose it is and what is in it."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

from kerong.basics import crypto
from kerong.basics.party_reference import parse

FOLDER = "files"
_PURPOSE = "files.content"


class ContentGoneError(LookupError):
    """The content is not there any more, or its owner's key was destroyed: it was lawfully removed, or lost."""


class ContentAlteredError(ValueError):
    """What lies in the store is not what was put there."""


def keep(content: bytes, *, owner: str) -> str:
    """Keep content and return its place, the same for the same content of the same owner; safe to do again.

    The place tells nothing about the content: two owners of one file have two places. The file is complete or not
    there, and on disk before this returns. A file whose row is rolled back stays behind and harms nobody.
    """
    digest = hashlib.sha256(content).hexdigest()
    place = crypto.provider().blind(f"{owner}\n{digest}", purpose="files.place")
    path = _path(place)
    if path.exists():
        try:
            fetch(place, owner=owner, sha256=digest)
        except (ContentGoneError, ContentAlteredError):
            pass
        else:
            return place
    sealed = crypto.provider().seal_bytes(
        content, purpose=_PURPOSE, context=owner, own_key=_has_own_key(owner)
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{place}.{secrets.token_hex(4)}.part")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - mode at birth
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return place


def fetch(place: str, *, owner: str, sha256: str) -> bytes:
    """Return content. Raises ContentGoneError or ContentAlteredError."""
    try:
        sealed = _path(place).read_bytes()
        content = crypto.provider().open_bytes(sealed, purpose=_PURPOSE, context=owner)
    except FileNotFoundError as error:
        raise ContentGoneError("the file is not in the store") from error
    except crypto.DestroyedKeyError as error:
        raise ContentGoneError("the owner's key was destroyed") from error
    except crypto.CryptoError as error:
        raise ContentAlteredError("the file does not open under its owner's key") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ContentAlteredError("the file's digest is not the stored one")
    return content


def _path(place: str) -> Path:
    return Path(settings.KERONG_HOME) / FOLDER / place[:2] / place


def _has_own_key(owner: str) -> bool:
    """A natural person's files can be removed by destroying one key; a firm's are kept under the service's."""
    return parse(owner).kind == "person"
