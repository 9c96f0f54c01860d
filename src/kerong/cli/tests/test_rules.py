"""The commands about the law, as an official or an engineer meets them: check, cases, what-if."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from kerong.cli import main
from kerong.cli.tests.invented_policies import BANK, TERMS, change, write_policies

if TYPE_CHECKING:
    from click.testing import Result

WAN = 1_000_000


@pytest.fixture(autouse=True)
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write invented policies, which every command finds by itself."""
    folder = write_policies(tmp_path / "policies")
    monkeypatch.setenv("KERONG_POLICIES", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def firms(path: Path) -> str:
    """Write twelve firms: shares of 4 to 15 percent, in two regions, one of them with three firms."""
    regions = ["420106"] * 9 + ["421022"] * 3
    columns = {
        "revenue_fen": [1_000 * WAN] * 12,
        "rd_fen": [(40 + 10 * i) * WAN for i in range(12)],
        "has_lab": [True] * 12,
        "region_code": regions,
    }
    pq.write_table(pa.table(columns), path / "firms.parquet")
    return "firms.parquet"


def test_check_says_what_was_read_and_that_nothing_is_wrong() -> None:
    result = run("check", "--on", "2026-11-23")

    assert result.exit_code == 0
    assert (
        "2 packs, 5 facts, 1 sources, 2 cases, 0 shelf products, 0 workflows, 0 calendars:" in result.output
    )
    assert ": no mistakes. 0 values 未公布." in result.output


def test_check_counts_the_products_of_the_shelf(policies: Path) -> None:
    (policies / "shelf").mkdir()
    (policies / "shelf/invented_bank.yaml").write_text(BANK, encoding="utf-8")

    assert "2 cases, 1 shelf products, 0 workflows, 0 calendars: no mistakes." in run("check").output


def test_what_if_about_terms_says_that_they_judge_nobody(policies: Path, tmp_path: Path) -> None:
    (policies / "invented/relending.yaml").write_text(TERMS, encoding="utf-8")

    result = run("what-if", "invented.relending:quota=5亿元", "--facts", firms(tmp_path))

    assert result.exit_code == 1
    assert "invented.relending judges no firms (kind terms, subject institution)" in result.output


def test_check_reports_mistakes_of_all_files_at_once(policies: Path) -> None:
    change(policies, "invented/loan.yaml", "revenue_fen * rd_min", "revenue * rd_min")
    change(policies, "invented/grant.yaml", "holds_when: has_lab", "holds_when: has_lab / 2")
    change(policies, "invented/loan.cases.yaml", "verdict: met", "verdict: perhaps")

    result = run("check")

    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in lines[:-1]] == [
        "invented/grant.yaml",
        "invented/loan.yaml",
        "invented/loan.cases.yaml",
    ]
    assert "'revenue' is not known here" in lines[1]
    assert "did you mean 'revenue_fen'?" in lines[1]
    assert lines[-1] == "3 mistake(s); nothing was run."


def test_check_of_a_folder_that_holds_nothing() -> None:
    result = run("check", "--policies", "nowhere")

    assert result.exit_code == 1
    assert "there is no facts.yaml" in result.output
    assert "Traceback" not in result.output


def test_cases_hold() -> None:
    result = run("cases")

    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "2 of 2 cases hold")


def test_case_that_differs_is_printed_and_ends_with_status_1(policies: Path) -> None:
    change(policies, "invented/loan.yaml", "value: 5\n", "value: 6\n")

    result = run("cases", "invented.loan")

    assert result.exit_code == 1
    assert "invented/loan.cases.yaml:7: 正好: the verdict is not_met, the case expects met" in result.output
    assert result.output.splitlines()[-1] == "1 of 2 cases hold"


def test_cases_of_a_pack_that_does_not_exist() -> None:
    result = run("cases", "invented.other")

    assert result.exit_code == 1
    assert "no pack 'invented.other'; the packs are invented.grant, invented.loan" in result.output


def test_cases_of_a_law_with_a_wrong_predicate_are_not_run(policies: Path) -> None:
    change(policies, "invented/loan.yaml", "revenue_fen * rd_min", "revenue * rd_min")

    result = run("cases")

    assert result.exit_code == 1
    assert "'revenue' is not known here" in result.output
    assert isinstance(result.exception, SystemExit)


def test_what_if_says_who_gains_and_hides_small_groups(tmp_path: Path) -> None:
    result = run("what-if", "invented.loan:rd_min=9%", "--facts", firms(tmp_path), "--on", "2026-11-23")

    assert result.exit_code == 0
    assert "12 firms" in result.output
    assert "虚构贷款 (invented.loan)" in result.output
    assert "虚构补助" not in result.output
    assert "11 →         7   +0 −4" in result.output
    assert "额度（合计）  2200万元 → 1680万元" in result.output.replace(",", "")
    assert "420100                8 →       <5   +0 −<5" in result.output


def test_what_if_as_json_leaves_out_small_cells_and_sums_over_few(tmp_path: Path) -> None:
    result = run("what-if", "invented.loan:rd_min=13%", "--facts", firms(tmp_path), "--json")

    (rule,) = json.loads(result.output)["rules"]
    assert (rule["before"], rule["after"], rule["lost"]) == ([11, 1, 0], [3, 9, 0], 8)
    assert [(a["before"], a["after"], a["firms_after"]) for a in rule["amounts"]] == [(2200 * WAN, None, 3)]
    groups = rule["groups"]["region_code"]
    assert [(g["key"], g["before"], g["after"], g["lost"]) for g in groups] == [
        ("420100", 8, 0, 8),
        ("421000", None, None, 0),
    ]
    assert [[a["before"] for a in g["amounts"]] for g in groups] == [
        [sum(range(50, 130, 10)) * 2 * WAN],
        [None],
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rd_min"], "cannot read 'rd_min'; write PACK:PARAMETER=VALUE"),
        (["rd_min=5"], "cannot read 'rd_min=5'"),
        (["invented.loan:none=5"], "invented.loan has no parameter 'none'; it has rd_min"),
        (["invented.none:rd_min=5"], "there is no pack 'invented.none'"),
        (["invented.loan:rd_min=5吨"], "is not a unit of rd_min"),
        (
            ["invented.loan:rd_min=5%", "--by", "rd_fen"],
            "cannot group by 'rd_fen'; the codes are region_code, grade",
        ),
    ],
)
def test_what_if_that_cannot_be_understood_says_what_can(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = run("what-if", *arguments, "--facts", firms(tmp_path))

    assert result.exit_code == 1
    assert said in result.output


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "does not exist"), ("text", "is not a Parquet file"), ({"q": [1]}, "has no column")],
)
def test_what_if_without_usable_facts_says_why(tmp_path: Path, content: object, said: str) -> None:
    path = tmp_path / "facts.parquet"
    if isinstance(content, str):
        path.write_text(content)
    elif content is not None:
        pq.write_table(pa.table(content), path)

    result = run("what-if", "invented.loan:rd_min=5%", "--facts", "facts.parquet")

    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
