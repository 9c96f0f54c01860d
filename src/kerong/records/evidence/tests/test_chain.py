"""Events get their places, checkpoints are signed, and every kind of tampering is named by its first bad place."""

from __future__ import annotations

import pytest

from kerong.basics import checkpoints as notes
from kerong.basics import merkle
from kerong.basics.crypto import MemoryKeyRing, SoftwareProvider
from kerong.records.evidence.actions import (
    InconsistentTreeError,
    make_checkpoint,
    record,
    record_many,
    sequence_events,
)
from kerong.records.evidence.actions.recording import Happening
from kerong.records.evidence.models import Event
from kerong.records.evidence.queries import breaches, proof_of, root_at, tree_size

pytestmark = pytest.mark.usefixtures("house")


def signer() -> SoftwareProvider:
    return SoftwareProvider(MemoryKeyRing())


def happen(count: int, stream: str = "test") -> None:
    record_many(Happening(stream, "thing_done", "", {"number": number}) for number in range(count))


def test_events_are_numbered_in_order_and_once() -> None:
    happen(3)
    happen(2, "other")

    assert sequence_events() == 5
    assert sequence_events() == 0
    order = list(
        Event.objects.order_by("link__number").values_list("stream", "link__number", "link__position")
    )
    assert order == [("test", 0, 0), ("test", 1, 1), ("test", 2, 2), ("other", 3, 0), ("other", 4, 1)]
    assert list(breaches()) == []


def test_kept_nodes_give_the_same_roots_and_proofs_as_all_leaves() -> None:
    happen(700)
    sequence_events()

    leaves = [
        bytes.fromhex(leaf)
        for leaf in Event.objects.order_by("link__number").values_list("link__leaf", flat=True)
    ]
    nodes = merkle.nodes_over(leaves)
    for size in (1, 255, 256, 257, 512, 699, 700):
        assert root_at(size) == merkle.root(size, nodes).hex()
    for number in (0, 300, 699):
        proof = proof_of(number, 700)
        assert merkle.inclusion_holds(
            leaves[number],
            number,
            700,
            [bytes.fromhex(each) for each in proof.hashes],
            bytes.fromhex(proof.root),
        )
    assert list(breaches()) == []


def test_checkpoint_is_signed_once_for_each_size() -> None:
    happen(3)
    sequence_events()
    by = signer()

    made = make_checkpoint(signer=by)

    assert made is not None
    statement, lines = notes.read(made.note)
    assert (statement.size, statement.root.hex(), len(lines)) == (3, root_at(3), 1)
    assert make_checkpoint(signer=by) is None
    happen(1)
    sequence_events()
    again = make_checkpoint(signer=by)
    assert again is not None
    assert again.size == tree_size() == 4


def test_details_without_a_canonical_form_are_refused() -> None:
    with pytest.raises(ValueError, match="float"):
        record(stream="test", kind="thing_done", content={}, detail={"share": 0.5})


def test_nothing_is_signed_over_a_changed_past() -> None:
    happen(3)
    sequence_events()
    by = signer()
    last = make_checkpoint(signer=by)
    assert last is not None
    happen(1)
    sequence_events()

    type(last).objects.create(size=4, root="00" * 32, made_at=last.made_at, note="forged")

    with pytest.raises(InconsistentTreeError):
        make_checkpoint(signer=by)
    assert [each.what for each in breaches()] == ["checkpoint"]
