"""Sealed texts open for their purpose and subject only, rotate without loss, and die with their subject's key."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kerong.basics.crypto import (
    CryptoError,
    DestroyedKeyError,
    FileKeyRing,
    KeyMissingError,
    MemoryKeyRing,
    SelfTestError,
    SoftwareProvider,
    self_test,
    sm2,
)
from kerong.basics.crypto import self_test as self_test_function

NUMBER = "42010119900101001X"
AT = datetime(2026, 11, 23, tzinfo=UTC)


class Store:
    """Keys of subjects in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, context: str) -> str | None:
        if self.kept.get(context) == "":
            raise DestroyedKeyError("gone")
        return self.kept.get(context)

    def put(self, context: str, wrapped: str) -> str:
        return self.kept.setdefault(context, wrapped)

    def destroy(self, context: str) -> None:
        self.kept[context] = ""


def made(fields: str = "aes-256-gcm") -> SoftwareProvider:
    return SoftwareProvider(MemoryKeyRing(algorithms={"fields": fields}), store=Store())


@pytest.mark.parametrize("algorithm", ["aes-256-gcm", "sm4-gcm"])
def test_sealed_text_opens_for_its_purpose_and_subject_only(algorithm: str) -> None:
    by = made(algorithm)

    sealed = by.seal(NUMBER, purpose="person.number", context="person:1")

    assert by.open(sealed, purpose="person.number", context="person:1") == NUMBER
    assert NUMBER not in sealed
    assert by.seal(NUMBER, purpose="person.number", context="person:1") != sealed
    for purpose, context in (("person.phone", "person:1"), ("person.number", "person:2")):
        with pytest.raises(CryptoError):
            by.open(sealed, purpose=purpose, context=context)


@pytest.mark.parametrize("algorithm", ["aes-256-gcm", "sm4-gcm"])
def test_changed_text_does_not_open(algorithm: str) -> None:
    by = made(algorithm)
    content = bytearray(by.seal_bytes(b"a file", purpose="document", context="x"))

    content[-1] ^= 1

    with pytest.raises(CryptoError):
        by.open_bytes(bytes(content), purpose="document", context="x")


@pytest.mark.parametrize(
    "text", ["", "k1", "k1:aes-256-gcm:nobody:ring:AAAA", "plain text", "k1:x:y:ring:%%%"]
)
def test_what_was_never_sealed_is_refused_in_words(text: str) -> None:
    with pytest.raises(CryptoError):
        made().open(text, purpose="a", context="b")


def test_rotation_makes_new_things_with_the_new_key_and_loses_nothing() -> None:
    ring = MemoryKeyRing()
    by = SoftwareProvider(ring)
    old_text, old_signature = by.seal("old", purpose="a", context="b"), by.sign(b"old", purpose="consent")

    ring.rotate("fields")
    ring.rotate("sign.consent")

    new_text = by.seal("new", purpose="a", context="b")
    assert by.open(old_text, purpose="a", context="b") == "old"
    assert by.open(new_text, purpose="a", context="b") == "new"
    assert old_text.split(":")[2] != new_text.split(":")[2]
    assert by.verify(b"old", old_signature, purpose="consent")
    assert len(by.public_keys(purpose="consent")) == 2


def test_destroyed_key_removes_what_it_sealed_and_nothing_else() -> None:
    by = made()
    hers = by.seal("hers", purpose="a", context="person:1", own_key=True)
    his = by.seal("his", purpose="a", context="person:2", own_key=True)

    by.destroy_key("person:1")

    with pytest.raises(DestroyedKeyError):
        by.open(hers, purpose="a", context="person:1")
    assert by.open(his, purpose="a", context="person:2") == "his"


@pytest.mark.parametrize("algorithm", ["ed25519", "sm2"])
def test_signature_covers_every_byte_and_its_purpose(algorithm: str) -> None:
    by = SoftwareProvider(MemoryKeyRing(algorithms={"sign.consent": algorithm}))

    signature = by.sign(b"agreed", purpose="consent")

    assert by.verify(b"agreed", signature, purpose="consent")
    assert not by.verify(b"agreef", signature, purpose="consent")
    assert not by.verify(b"agreed", signature, purpose="letter")
    assert not by.verify(b"agreed", "ed25519:nobody:AAAA", purpose="consent")
    assert not by.verify(b"agreed", "nonsense", purpose="consent")


def test_look_ups_find_the_same_text_and_differ_by_purpose() -> None:
    by = made()

    assert by.blind(NUMBER, purpose="person.number") == by.blind(NUMBER, purpose="person.number")
    assert by.blind(NUMBER, purpose="person.number") != by.blind(NUMBER, purpose="person.phone")
    assert by.blind(NUMBER, purpose="person.number") != made().blind(NUMBER, purpose="person.number")


def test_public_key_that_begins_with_04_works() -> None:
    """Careless libraries take these two characters for a format mark and cut them off."""
    private = (11).to_bytes(32)

    public = sm2.public_key(private)

    assert public.hex().startswith("04b3")
    assert sm2.verify(public, b"kerong", sm2.sign(private, b"kerong"))


def test_self_test_names_what_it_checked() -> None:
    assert self_test() == ["SHA-256", "SM3", "SM4", "SM2"]


def test_self_test_refuses_wrong_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(sys.modules["kerong.basics.crypto.self_test"], "SM3_ABC", "00")

    with pytest.raises(SelfTestError, match="SM3"):
        self_test_function()


# ── the file of keys ──────────────────────────────────────────────────────────


def ring_at(path: Path, *, may_make: bool = True) -> FileKeyRing:
    return FileKeyRing(path, now=AT, algorithms={}, may_make=may_make)


def test_keys_stay_the_same_for_every_process(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"

    first, second = ring_at(path), ring_at(path)

    assert first.active("fields") == second.active("fields")
    rotated = first.rotate("fields")
    assert second.by_id(rotated.id) == rotated
    assert [key.state for key in list(second.keys())] == ["retired", "active"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_missing_key_is_not_made_where_texts_could_be_lost(tmp_path: Path) -> None:
    with pytest.raises(KeyMissingError, match="kerong init"):
        ring_at(tmp_path / "keys.json", may_make=False).active("fields")


@pytest.mark.parametrize("content", ["", "{}", '{"keys": [{"id": 1}]}'])
def test_broken_file_says_what_to_do(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(KeyMissingError, match="backup"):
        ring_at(path)


def test_file_names_id_purpose_birth_and_state(tmp_path: Path) -> None:
    ring_at(tmp_path / "keys.json").active("fields")

    (key,) = json.loads((tmp_path / "keys.json").read_text(encoding="utf-8"))["keys"]

    assert sorted(key) == ["algorithm", "created_at", "id", "purpose", "secret", "state"]
    assert (key["purpose"], key["created_at"], key["state"]) == ("fields", AT.isoformat(), "active")
