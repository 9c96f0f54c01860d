"""The tree gives the roots of the standard's test leaves, and proofs hold for every size and for nothing else."""

from __future__ import annotations

import pytest

from kerong.basics import merkle

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(bytes([number % 256, number // 256])) for number in range(300)]
NODES = merkle.nodes_over(HASHES)


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_standard(size: int) -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in LEAVES]

    assert merkle.root(size, merkle.nodes_over(leaves)).hex() == ROOTS[size]


def test_inclusion_holds_for_all_sizes_and_for_no_other_leaf() -> None:
    for size in range(1, 301):
        top = merkle.root(size, NODES)
        for number in {0, size // 3, size // 2, size - 1}:
            proof = merkle.inclusion_proof(number, size, NODES)
            assert merkle.inclusion_holds(HASHES[number], number, size, proof, top)
            assert not merkle.inclusion_holds(merkle.leaf_hash(b"other"), number, size, proof, top)
            assert not merkle.inclusion_holds(HASHES[number], number, size, [*proof, top], top)


def test_consistency_holds_for_all_sizes_and_for_no_other_past() -> None:
    for size in range(1, 301):
        top = merkle.root(size, NODES)
        for old in {1, size // 3 or 1, size // 2 or 1, size}:
            proof, old_top = merkle.consistency_proof(old, size, NODES), merkle.root(old, NODES)
            assert merkle.consistency_holds(old, size, proof, old_top, top)
            if old < size:
                assert not merkle.consistency_holds(old, size, proof, merkle.leaf_hash(b"other"), top)
                assert not merkle.consistency_holds(old, size, proof, old_top, merkle.leaf_hash(b"other"))


def test_numbers_outside_the_tree_are_refused() -> None:
    with pytest.raises(ValueError, match="no leaf 5"):
        merkle.inclusion_proof(5, 5, NODES)
    with pytest.raises(ValueError, match="no beginning"):
        merkle.consistency_proof(6, 5, NODES)


def test_growing_tree_has_the_same_roots() -> None:
    grown = merkle.Frontier()

    for size in range(301):
        assert grown.root() == merkle.root(size, NODES)
        if size < 300:
            grown.add(HASHES[size])
