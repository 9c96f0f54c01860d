"""Verifies a bundle of evidence with Python alone: no Kerong, no package, no network.

    python verify_evidence.py FOLDER            everything in a bundle
    python verify_evidence.py --proof FILE      one proof that an event is under a signed checkpoint
    python verify_evidence.py FOLDER --checkpoint NOTE.txt   the same, held against a checkpoint kept elsewhere

It answers 0 when everything holds, 1 with the place of each thing that does not, 2 when the files cannot be read.
What it checks: every event against its hash, every chain without a gap, the tree over all events against every signed
checkpoint, every signature, and every sealed row against its last seal.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

# ── the tree (RFC 6962, section 2.1) ──────────────────────────────────────────


def leaf_hash(content: bytes) -> bytes:
    """Hash a leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf."""

    def __init__(self) -> None:
        self.size = 0
        self.whole: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        place, found = self.size, leaf
        while place & 1:
            found = node_hash(self.whole.pop(), found)
            place >>= 1
        self.whole.append(found)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self.whole:
            return hashlib.sha256(b"").digest()
        found = self.whole[-1]
        for left in reversed(self.whole[:-1]):
            found = node_hash(left, found)
        return found


def inclusion_holds(leaf: bytes, number: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Tell whether a proof leads from a leaf to the root."""
    if not 0 <= number < size:
        return False
    place, last, found = number, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


# ── Ed25519 (RFC 8032), verification only: slow, and enough for a few checkpoints ─

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _recover(encoded: bytes) -> tuple[int, int, int, int] | None:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    squared = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(squared, (P + 3) // 8, P)
    if (x * x - squared) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - squared) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _add(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    found = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = _add(found, point)
        point = _add(point, point)
        scalar >>= 1
    return found


def signature_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature covers a message."""
    base_y = 4 * pow(5, -1, P) % P
    base = _recover(base_y.to_bytes(32, "little"))
    key, first = _recover(public), _recover(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or first is None or base is None or scalar >= ORDER:  # noqa: PLR2004 - bytes of a signature
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = _times(scalar, base), _add(first, _times(challenge, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


# ── the bundle ────────────────────────────────────────────────────────────────


def read_note(text: str) -> tuple[str, str, int, bytes, list[tuple[str, bytes]]]:
    """Return the signed text, origin, size, root and signature lines of a checkpoint."""
    head, _empty, tail = text.partition("\n\n")
    origin, size, root = head.split("\n")[:3]
    lines = [
        (line.split(" ")[1], base64.b64decode(line.rsplit(" ", 1)[1])) for line in tail.splitlines() if line
    ]
    return head + "\n", origin, int(size), base64.b64decode(root), lines


def note_faults(text: str, keys: dict[str, list[str]], name: str) -> list[str]:
    """Return what is wrong with the signatures of a checkpoint."""
    signed, _origin, _size, _root, lines = read_note(text)
    for who, raw in lines:
        for encoded in keys.get(who, []):
            public = base64.b64decode(encoded)
            if raw[:4] == hashlib.sha256(who.encode() + b"\n\x01" + public).digest()[:4]:
                return (
                    []
                    if signature_holds(public, signed.encode(), raw[4:])
                    else [f"{name}: the signature of {who} does not hold"]
                )
    return [f"{name}: no signature by a known key"]


def bundle_faults(folder: Path, further_notes: list[Path]) -> list[str]:
    """Return everything in a bundle that does not hold, with its place."""
    keys = json.loads((folder / "public_keys.json").read_text(encoding="utf-8"))
    notes = [*sorted((folder / "checkpoints").glob("*.txt")), *further_notes]
    faults, wanted = [], dict[int, list[tuple[str, bytes]]]()
    for path in notes:
        text = path.read_text(encoding="utf-8")
        faults += note_faults(text, keys, path.name)
        _signed, _origin, size, root, _lines = read_note(text)
        wanted.setdefault(size, []).append((path.name, root))
    tree, heads, seals = (
        Tree(),
        dict[str, tuple[int, str]](),
        dict[tuple[str, str], tuple[tuple[str, str], str, bool]](),
    )
    with (folder / "events.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            faults += _entry_faults(entry, tree, heads)
            _remember_seal(json.loads(entry["event"]), seals)
            tree.add(bytes.fromhex(entry["leaf"]))
            for name, root in wanted.get(tree.size, []):
                if tree.root() != root:
                    faults.append(f"{name}: the root over {tree.size} events is another one")
    faults += [
        f"{name}: speaks of {size} events, the bundle holds {tree.size}"
        for size, named in wanted.items()
        if size > tree.size
        for name, _root in named
    ]
    rows = folder / "rows.jsonl"
    if rows.exists():
        faults += _row_faults(rows, seals)
    return faults


def _entry_faults(entry: dict, tree: Tree, heads: dict[str, tuple[int, str]]) -> list[str]:
    place, faults = f"{entry['stream']}#{entry['position']}", []
    if entry["number"] != tree.size:
        faults.append(f"number {tree.size}: missing, {entry['number']} follows")
    position, previous = heads.get(entry["stream"], (0, "0" * 64))
    if entry["position"] != position:
        faults.append(f"{place}: expected position {position} in its stream")
    if leaf_hash(entry["event"].encode()).hex() != entry["leaf"]:
        faults.append(f"{place}: the event was changed after it was written")
    chained = hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(entry["leaf"])).hexdigest()
    if chained != entry["hash"]:
        faults.append(f"{place}: does not continue the event before it")
    heads[entry["stream"]] = (entry["position"] + 1, entry["hash"])
    return faults


def _remember_seal(event: dict, seals: dict[tuple[str, str], tuple[tuple[str, str], str, bool]]) -> None:
    if not event["row_table"]:
        return
    key, when = (event["row_table"], event["row_id"]), (event["occurred_at"], event["id"])
    if key not in seals or seals[key][0] < when:
        seals[key] = (when, event["content_digest"], not event["row_fields"])


def _row_faults(rows: Path, seals: dict[tuple[str, str], tuple[tuple[str, str], str, bool]]) -> list[str]:
    faults, seen = [], set[tuple[str, str]]()
    with rows.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            key = (row["table"], row["row_id"])
            seen.add(key)
            if key not in seals:
                faults.append(f"row {key[0]}:{key[1]}: was never sealed")
            elif hashlib.sha256(row["content"].encode()).hexdigest() != seals[key][1]:
                faults.append(f"row {key[0]}:{key[1]}: was changed after it was sealed")
    faults += [
        f"row {table}:{row_id}: is missing"
        for (table, row_id), (_when, _digest, is_removed) in seals.items()
        if (table, row_id) not in seen and not is_removed
    ]
    return faults


def proof_faults(path: Path) -> list[str]:
    """Return what is wrong with one proof: a JSON file with event, number, hashes, checkpoint and public keys."""
    proof = json.loads(path.read_text(encoding="utf-8"))
    _signed, _origin, size, root, _lines = read_note(proof["checkpoint"])
    faults = note_faults(proof["checkpoint"], proof["public_keys"], "checkpoint")
    hashes = [bytes.fromhex(each) for each in proof["hashes"]]
    if not inclusion_holds(leaf_hash(proof["event"].encode()), proof["number"], size, hashes, root):
        faults.append(f"event {proof['number']}: is not under this checkpoint")
    return faults


def main() -> int:
    """Read the arguments, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(description="Verify a bundle of evidence with Python alone.")
    parser.add_argument("folder", type=Path, nargs="?", help="the bundle")
    parser.add_argument("--proof", type=Path, help="one proof instead of a bundle")
    parser.add_argument(
        "--checkpoint", type=Path, action="append", default=[], help="a checkpoint kept elsewhere"
    )
    arguments = parser.parse_args()
    if (arguments.folder is None) == (arguments.proof is None):
        parser.error("name a folder or a proof")
    try:
        faults = (
            proof_faults(arguments.proof)
            if arguments.proof
            else bundle_faults(arguments.folder, arguments.checkpoint)
        )
    except (OSError, ValueError, KeyError, IndexError) as error:
        sys.stderr.write(f"cannot be read: {error}\n")
        return 2
    for fault in faults:
        sys.stdout.write(f"DOES NOT HOLD  {fault}\n")
    sys.stdout.write("everything holds\n" if not faults else f"{len(faults)} things do not hold\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
