"""The commands about firms: why one firm is what it is, and the whole register against every rule."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from kerong.cli import main
from kerong.cli.tests.invented_policies import TERMS, change, write_policies

if TYPE_CHECKING:
    from click.testing import Result

WAN = 1_000_000
A, B, C = (f"91420100INVENTED0{letter}" for letter in "ABC")


@pytest.fixture(autouse=True)
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write invented policies, which every command finds by itself."""
    folder = write_policies(tmp_path / "policies")
    monkeypatch.setenv("KERONG_POLICIES", str(folder))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "firm.yaml").write_text(
        "revenue_fen: 3800万元\nrd_fen: 152万元\nhas_lab: true\n", encoding="utf-8"
    )
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def register() -> str:
    """Write three firms: met, just missed, and nothing known."""
    columns = {
        "uscc": [A, B, C],
        "revenue_fen": [1_000 * WAN, 1_000 * WAN, None],
        "rd_fen": [90 * WAN, 80 * WAN, None],
        "has_lab": [True, True, True],
    }
    pq.write_table(pa.table(columns), "firms.parquet")
    return "firms.parquet"


def test_explain_tells_why_and_what_would_do() -> None:
    result = run("explain", "firm.yaml", "--product", "invented.loan", "--on", "2026-11-23")

    assert result.exit_code == 0
    assert result.output.splitlines()[:8] == [
        "虚构贷款  [invented.loan, 2026-11-23]",
        "✗ 不符合，差一条",
        "",
        "✗ 不符合  研发费用占比不低于 5.0%",
        "      研发费用占比 4.0%，要求不低于 5.0%，研发费用还差 38万元",
        "      invented-measures#art1 [official]",
        "✓ 符合  有研发机构",
        "      有研发机构：是，要求：是",
    ]
    assert "研发费用由 152万元 增至 190万元（增加 38万元），即符合全部条件" in result.output
    # An amount is not told for a rule that is not met.
    assert "额度：304万元" not in result.output


def test_explain_as_json_holds_the_whole_evaluation() -> None:
    result = run("explain", "firm.yaml", "--product", "invented.loan", "--json")

    found = json.loads(result.output)
    assert (found["verdict"], found["nearness"]) == ("not_met", "near_miss")
    assert [move["after"] for way in found["ways"] for move in way["moves"]] == [190 * WAN]


@pytest.mark.parametrize("named", ["invented.relending", "再贷款"])
def test_explain_of_terms_says_that_they_judge_nobody(policies: Path, named: str) -> None:
    (policies / "invented/relending.yaml").write_text(TERMS, encoding="utf-8")

    result = run("explain", "firm.yaml", "--product", named)

    assert result.exit_code == 1
    assert "invented.relending (虚构再贷款) is of kind terms" in result.output
    assert "judges nobody" in result.output


def test_explain_finds_the_firm_in_a_file() -> None:
    result = run("explain", B.lower(), "--product", "补助", "--facts", register())

    assert result.exit_code == 0
    assert "研发费用占比 8.0%，要求不低于 9.0%" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["firm.yaml", "--product", "虚构"],
            "names several rules; choose one of invented.grant, invented.loan",
        ),
        (["firm.yaml", "--product", "房贷"], "names no rule; choose one of invented.grant, invented.loan"),
        (["nobody.yaml", "--product", "补助"], "nobody.yaml cannot be read"),
        (["91420100NOBODY", "--product", "补助", "--facts", "firms.parquet"], "is not among the 3 firms"),
        (["91420100NOBODY", "--product", "补助", "--facts", "none.parquet"], "does not exist"),
    ],
)
def test_explain_that_cannot_be_answered_says_what_can(arguments: list[str], said: str) -> None:
    register()

    result = run("explain", *arguments)

    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("just text", "should hold lines such as"),
        ("a: [", "cannot be read"),
        ("nonsense: 5\nrd_fen: 5吨\nhas_lab: perhaps", "has 3 problem(s)"),
        ("rd_fen: [1, 2]", "has 1 problem(s)"),
        ("grade: C", "is not a code of grade"),
        ("rd_fen: -5", "outside the range"),
    ],
)
def test_facts_of_a_firm_with_mistakes_are_refused_together(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "firm.yaml").write_text(text, encoding="utf-8")

    result = run("explain", "firm.yaml", "--product", "invented.loan")

    assert result.exit_code == 1
    assert said in result.output


def test_empty_facts_are_not_known(tmp_path: Path) -> None:
    (tmp_path / "firm.yaml").write_text("rd_fen:\nhas_lab: null\nrevenue_fen: 1元\n", encoding="utf-8")

    result = run("explain", "firm.yaml", "--product", "invented.loan")

    assert (result.exit_code, result.output.splitlines()[1]) == (0, "? 缺资料")


def test_law_with_a_wrong_predicate_explains_nothing(policies: Path) -> None:
    change(policies, "invented/loan.yaml", "revenue_fen * rd_min", "revenue * rd_min")

    result = run("explain", "firm.yaml", "--product", "invented.loan")

    assert result.exit_code == 1
    assert "'revenue' is not known here" in result.output
    assert isinstance(result.exception, SystemExit)


def test_firm_of_the_demo_world_needs_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERONG_POLICIES")

    listed = run("explain", "nobody", "--product", "hubei.credit.talent_loan")
    first = listed.output.partition("(")[2].partition(",")[0]
    found = run("explain", first, "--product", "hubei.credit.talent_loan")

    assert listed.exit_code == 1
    assert "nobody is no demo firm" in listed.output
    assert found.exit_code == 0
    assert "pack sha256" in found.output


def test_demo_firms_that_do_not_fit_other_policies_are_said_to() -> None:
    result = run("explain", "nobody", "--product", "invented.loan")

    assert result.exit_code == 1
    assert "The demo firms do not fit these policies" in result.output


def test_match_writes_totals_pairs_and_a_report_that_agree() -> None:
    result = run("match", "--facts", register(), "--out", "result", "--on", "2026-11-23")

    out = Path("result")
    assert result.exit_code == 0, result.output
    with (out / "counts.csv").open(encoding="utf-8-sig") as handle:
        counts = {
            row["rule"]: [
                int(row[k]) for k in ("met", "near_miss", "one_document_away", "not_met", "unknown")
            ]
            for row in csv.DictReader(handle)
        }
    assert counts == {"invented.grant": [1, 1, 1, 1, 1], "invented.loan": [2, 0, 1, 0, 1]}
    eligible = pq.read_table(out / "eligible.parquet").to_pylist()
    assert sorted((row["rule"], row["row"]) for row in eligible) == [
        ("invented.grant", 0),
        ("invented.loan", 0),
        ("invented.loan", 1),
    ]
    near = pq.read_table(out / "near_misses.parquet").to_pylist()
    assert [(row["rule"], row["clause"], row["row"]) for row in near] == [("invented.grant", "rd_share", 1)]
    assert (out / "report.txt").read_text(encoding="utf-8").strip() in result.output
    with (out / "missing_facts.csv").open(encoding="utf-8-sig") as handle:
        missing = [(row["fact"], row["pairs_held_up"]) for row in csv.DictReader(handle)]
    assert missing == [("rd_fen", "2"), ("revenue_fen", "2")]


def test_match_leaves_an_audit_that_duckdb_repeats_without_us(monkeypatch: pytest.MonkeyPatch) -> None:
    run("match", "--facts", register(), "--out", "result")
    monkeypatch.chdir("result")

    with duckdb.connect() as connection:
        rows = connection.execute(Path("audit.sql").read_text(encoding="utf-8")).fetchall()

    assert [(rule, *map(int, counts)) for rule, *counts in rows] == [
        ("invented.grant", 1, 1, 1),
        ("invented.loan", 2, 0, 1),
    ]


def test_match_keeps_an_earlier_result_until_told_to_replace(tmp_path: Path) -> None:
    first = run("match", "--facts", register(), "--out", "result")
    (tmp_path / "file").write_text("")

    refused = run("match", "--facts", "firms.parquet", "--out", "result")
    replaced = run("match", "--facts", "firms.parquet", "--out", "result", "--replace")
    onto_file = run("match", "--facts", "firms.parquet", "--out", "file")

    assert (first.exit_code, refused.exit_code, replaced.exit_code, onto_file.exit_code) == (0, 1, 0, 1)
    assert "result is not empty. Choose another folder, or say --replace." in refused.output
    assert "file is a file" in onto_file.output


def test_match_without_usable_facts_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("no parquet")

    result = run("match", "--facts", "text.parquet", "--out", "result")

    assert result.exit_code == 1
    assert "is not a Parquet file" in result.output
    assert not Path("result").exists()


def test_match_of_nobody_counts_nobody() -> None:
    pq.write_table(
        pa.table({"uscc": pa.array([], pa.string()), "rd_fen": pa.array([], pa.int64())}), "none.parquet"
    )

    result = run("match", "--facts", "none.parquet", "--out", "result")

    assert result.exit_code == 0, result.output
    assert "0 家企业 × 2 条规则" in result.output
