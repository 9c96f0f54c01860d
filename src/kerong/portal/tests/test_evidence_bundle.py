"""An auditor verifies a bundle with Python alone, and every kind of tampering is named with its place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kerong.basics.crypto import MemoryKeyRing, SoftwareProvider
from kerong.portal import evidence_bundle, sequencer, witness
from kerong.portal.evidence_bundle import export_bundle
from kerong.records.evidence import queries
from kerong.records.evidence.actions import make_checkpoint, record_many, sequence_events
from kerong.records.evidence.actions.recording import Happening
from kerong.records.parties.actions import create_person

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("house")
OTHER_NOTE = f"kerong/evidence\n9\n{'A' * 43}=\n\n"


@pytest.fixture
def signer(monkeypatch: pytest.MonkeyPatch) -> SoftwareProvider:
    """Keep the evidence's key in memory, so that no test writes into the home folder."""
    made = SoftwareProvider(MemoryKeyRing())
    monkeypatch.setattr(evidence_bundle, "make_evidence_provider", lambda: made)
    return made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERONG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def happen(count: int, stream: str = "test") -> None:
    record_many(Happening(stream, "thing_done", "", {"number": number}) for number in range(count))
    sequence_events()


@pytest.fixture
def bundle(signer: SoftwareProvider, tmp_path: Path) -> Path:
    """Return a bundle of 10 and more events in two streams, two checkpoints, and one sealed row."""
    happen(5)
    make_checkpoint(signer=signer)
    create_person(name="测试人员", number="11010519491231002X")
    happen(5, "other")
    make_checkpoint(signer=signer)
    export_bundle(tmp_path / "bundle", with_rows=True)
    return tmp_path / "bundle"


def verify(*arguments: str | Path) -> tuple[int, list[str]]:
    """Run the script as the auditor would: isolated from everything installed here."""
    script = Path(evidence_bundle.write_bundle.__code__.co_filename).with_name("verify_evidence.py")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


def lines_of(bundle: Path) -> list[str]:
    return (bundle / "events.jsonl").read_text(encoding="utf-8").splitlines()


def write_lines(bundle: Path, lines: list[str]) -> None:
    (bundle / "events.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_untouched_bundle_holds(bundle: Path) -> None:
    assert verify(bundle) == (0, ["everything holds"])


def test_altered_event_is_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    write_lines(bundle, [*lines[:2], lines[2].replace("thing_done", "thing_undone"), *lines[3:]])

    code, said = verify(bundle)

    assert code == 1
    assert said[0] == "DOES NOT HOLD  test#2: the event was changed after it was written"


def test_removed_event_is_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    write_lines(bundle, [*lines[:2], *lines[3:]])

    assert verify(bundle)[1][0] == "DOES NOT HOLD  number 2: missing, 3 follows"


def test_inserted_event_is_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    write_lines(bundle, [*lines[:2], lines[1], *lines[2:]])

    assert verify(bundle)[1][:2] == [
        "DOES NOT HOLD  number 2: missing, 1 follows",
        "DOES NOT HOLD  test#1: expected position 2 in its stream",
    ]


def test_swapped_events_are_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    write_lines(bundle, [lines[0], lines[2], lines[1], *lines[3:]])

    assert verify(bundle)[1][0] == "DOES NOT HOLD  number 1: missing, 2 follows"


def test_rehashed_history_contradicts_the_signed_checkpoint(bundle: Path) -> None:
    """Whoever can write the whole database can rebuild the chain, but not the signature over the old root."""
    lines = [json.loads(line) for line in lines_of(bundle)]
    kept = [line for line in lines if line["stream"] != "test"]
    first = {"other": "0" * 64, "parties": "0" * 64}
    rebuilt = []
    for number, line in enumerate(kept):
        line["number"] = number
        line["hash"] = queries.chained(first[line["stream"]], line["leaf"])
        first[line["stream"]] = line["hash"]
        rebuilt.append(json.dumps(line, ensure_ascii=False))
    write_lines(bundle, rebuilt)

    code, said = verify(bundle)

    assert code == 1
    assert said[0] == "DOES NOT HOLD  000000000005.txt: the root over 5 events is another one"


def test_forged_checkpoint_is_named(bundle: Path) -> None:
    path = bundle / "checkpoints" / "000000000005.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("\n5\n", "\n4\n"), encoding="utf-8")

    assert (
        "DOES NOT HOLD  000000000005.txt: the signature of kerong/evidence does not hold" in verify(bundle)[1]
    )


def test_changed_and_missing_rows_are_named(bundle: Path) -> None:
    row = json.loads((bundle / "rows.jsonl").read_text(encoding="utf-8").splitlines()[0])
    name = f"{row['table']}:{row['row_id']}"

    (bundle / "rows.jsonl").write_text(
        json.dumps(row | {"content": row["content"].replace("测试人员", "另一个人")}) + "\n", encoding="utf-8"
    )
    changed = verify(bundle)[1]
    (bundle / "rows.jsonl").write_text("", encoding="utf-8")
    missing = verify(bundle)[1]

    assert changed[0] == f"DOES NOT HOLD  row {name}: was changed after it was sealed"
    assert missing[0] == f"DOES NOT HOLD  row {name}: is missing"


def test_unreadable_bundle_says_so(tmp_path: Path) -> None:
    code, said = verify(tmp_path)

    assert (code, said[0].startswith("cannot be read:")) == (2, True)


def test_one_proof_holds_offline_and_for_its_event_only(
    signer: SoftwareProvider, tmp_path: Path, sign_in: Callable[..., object]
) -> None:
    happen(300)
    make_checkpoint(signer=signer)
    event = queries.events(stream="test").last()
    client = sign_in("auditor", "office:audit_office")

    answer = client.get(f"/evidence/{event.id}/proof.json")
    path = tmp_path / "proof.json"
    path.write_bytes(answer.content)
    proof = json.loads(answer.content)

    assert verify("--proof", path) == (0, ["everything holds"])
    path.write_text(
        json.dumps(proof | {"event": proof["event"].replace("thing_done", "x")}), encoding="utf-8"
    )
    assert verify("--proof", path)[0] == 1


# ── the witness outside the database ─────────────────────────────────────────


@pytest.mark.usefixtures("home")
def test_witness_agrees_with_a_database_that_only_grows(signer: SoftwareProvider) -> None:
    happen(3)
    sequencer.sign_and_keep(signer)
    happen(3)

    assert witness.disagreement() == ""
    assert witness.closed_because() == ""


@pytest.mark.usefixtures("home")
def test_older_database_is_detected_and_closes_the_service(signer: SoftwareProvider) -> None:
    """SEC-23: the witness keeps a larger tree than the database has."""
    happen(3)
    witness.keep(9, OTHER_NOTE)

    sequencer.sign_and_keep(signer)

    assert (
        witness.closed_because() == "见证文件记有 9 件事项，数据库只有 3 件：数据库可能被恢复到了较早的状态"
    )
    assert queries.checkpoints().count() == 0
    assert queries.events(kind="closed_for_writing").count() == 1


@pytest.mark.usefixtures("home")
def test_rewritten_history_is_detected(signer: SoftwareProvider) -> None:
    happen(9)
    witness.keep(9, OTHER_NOTE)

    sequencer.sign_and_keep(signer)

    assert witness.closed_because() == "前 9 件事项的根摘要与见证文件不符：历史被改写"


@pytest.mark.usefixtures("home")
def test_closed_service_reads_and_does_not_write(sign_in: Callable[..., object]) -> None:
    client = sign_in("audit_admin", "platform")
    witness.close("测试")

    assert client.get("/evidence/").status_code == 200
    refused = client.post("/mandate/")
    assert refused.status_code == 503
    assert "测试" in refused.content.decode()
    # Whoever must find out why can still check.
    assert client.post("/evidence/check/").status_code == 302
    witness.open_again()
    assert client.post("/mandate/").status_code != 503
